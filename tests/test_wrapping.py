"""Hard-wrapped lines become paragraphs; lines that end where they mean to stay."""

from __future__ import annotations

import pytest

from rag.wrapping import join_lines, join_wrapped, words_in

WRAPPED = """\
The county council said on Friday that the old bridge over the river will be
closed from Monday for repairs to its long-
neglected piers, which engineers found to be cracked during their inspection
last month.

Traffic will be diverted along:
- the ring road
- the mill lane

The next meeting of the council is on the first Tuesday of June, and the head
of roads will report on the work done until then to whoever comes to listen."""


def test_hard_wrapped_lines_become_paragraphs_and_lists_stay_lists() -> None:
    assert join_wrapped(WRAPPED.split("\n")) == [
        "The county council said on Friday that the old bridge over the river will be closed from "
        "Monday for repairs to its long-neglected piers, which engineers found to be cracked "
        "during their inspection last month.",
        "Traffic will be diverted along:",
        "- the ring road",
        "- the mill lane",
        "The next meeting of the council is on the first Tuesday of June, and the head of roads "
        "will report on the work done until then to whoever comes to listen.",
    ]


def test_one_paragraph_per_line_is_not_joined() -> None:
    lines = [
        "The bridge closes on Monday, the council said, and will stay closed for weeks.",
        "“It is a nuisance,” said the head of roads.",
        "'Long overdue'",
        "Engineers found cracks in the piers last month, and asked for repairs before winter.",
        "Traffic will go round by the mill.",
    ]
    assert join_wrapped(lines) == lines


def test_verse_is_not_joined() -> None:
    lines = ["O river, slow and brown and wide,", "Who flows", "Beside the mill, beside", "The inn"]
    assert join_wrapped(lines) == lines


@pytest.mark.parametrize(
    ("above", "line", "elsewhere", "whole"),
    [
        ("engineers had inspec-", "ted it", "", "engineers had inspected it"),
        ("the inspec-", "tion was", "an inspection", "the inspection was"),
        ("a well-", "known pier", "the well-known pier", "a well-known pier"),
        ("a well-", "known pier", "a wellknown pier", "a wellknown pier"),
        ("all twenty-", "five divers", "", "all twenty-five divers"),
        ("a state-of-the-", "art pump", "", "a state-of-the-art pump"),
        ("the council-", "backed plan, council", "the US-backed plan", "the council-backed plan, council"),
        ("one control-", "led flow, control", "a man-led walk", "one controlled flow, control"),
        ("an e-", "mail came", "", "an e-mail came"),
        ("the Anglo-", "American firm", "", "the Anglo-American firm"),
        ("a 10-", "year plan", "", "a 10-year plan"),
        ("pre-", "and post-war", "", "pre- and post-war"),
        ("two-", "or three-year terms", "", "two- or three-year terms"),
        ("the may-", "or of Tarnmouth said", "", "the mayor of Tarnmouth said"),
        ("see tarn.example/old-", "bridge for more", "", "see tarn.example/old-bridge for more"),
        ("the bridge—", "which is old", "", "the bridge—which is old"),
        ("the bridge –", "which is old", "", "the bridge – which is old"),
        ("Traffic goes", "round by the mill", "", "Traffic goes round by the mill"),
        ("そして彼女は去り、他の", "アリが来た。", "", "そして彼女は去り、他のアリが来た。"),
    ],
)  # fmt: skip
def test_lines_of_print_are_joined_and_words_divided_at_their_ends_made_whole(
    above: str, line: str, elsewhere: str, whole: str
) -> None:
    words = words_in([above, line, elsewhere])
    assert join_lines([above, line], words, divided=True) == whole


def test_a_hyphen_at_the_end_of_a_typed_line_goes_only_where_the_text_has_the_word_whole() -> None:
    assert join_lines(["an inspec-", "tion"], words_in(["an inspection"])) == "an inspection"
    assert join_lines(["a long-", "neglected pier"], frozenset()) == "a long-neglected pier"
