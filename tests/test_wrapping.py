"""Hard-wrapped lines become paragraphs; lines that end where they mean to stay."""

from __future__ import annotations

from rag.wrapping import join_wrapped

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


def test_a_divided_word_is_joined_as_the_text_spells_it_elsewhere() -> None:
    lines = [
        "The inspection was long, and the inspec-",
        "tion of the well-",
        "known well-known pier.",
    ]
    assert join_wrapped(lines, hyphens=True) == [
        "The inspection was long, and the inspection of the well-known well-known pier."
    ]
