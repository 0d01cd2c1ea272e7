"""Where a question is divided."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.question_parts import LEAST_WORDS, MAX_PARTS, part_spans

SMALL_WORDS = """
a and as at by did does for from has in is it of on or than that the to was were what which while
who will with
"""


def meaning_count(text: str) -> Callable[[int, int], int]:
    """Counts the words that begin in a span, but for the smallest."""
    small = set(SMALL_WORDS.split())
    places = [m.start() for m in re.finditer(r"\w+", text) if m[0].lower() not in small]
    return lambda start, end: sum(start <= place < end for place in places)


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in part_spans(text, meaning_count(text))]


def beginnings(text: str) -> list[str]:
    """The first two words of each part, without what parts it from the one before."""
    return [" ".join(re.findall(r"\w+", part)[:2]) for part in parts(text)]


@pytest.mark.parametrize(
    "question",
    [
        "Who was the captain of the night ferry to Ostwick?",
        "What will the repair of the iron bridge cost the council of Ostwick this year?",
        "Why did growers and councillors quarrel?",  # a list of two words
        "Which of iron, slate, salt and timber was shipped?",
        "What was it, and what for?",  # nothing to search for
        "Who was the mayor, who resigned?",  # a relative clause
        "Between Orrin and what other town does the ferry run?",
        "In 2019, who wrote the harbour plan?",  # what stands before the comma says too little
        "",
    ],
)
def test_a_question_of_one_clause_is_not_divided(question: str) -> None:
    assert parts(question) == [question]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Did The Lenn Post report cracks in the iron bridge while Coast Radio reported "
            "a leak in the salt works?",
            ["Did The", "while Coast"],
        ),
        ("Who led the vote, and who is the mayor?", ["Who led", "and who"]),
        ("Who owns the quay? And what does it cost?", ["Who owns", "And what"]),
        ("Who owns the quay? How many berths has it?", ["Who owns", "How many"]),
        (
            "Which company, mentioned by The Lenn Post for closing its slate quarry, and by Coast "
            "Radio for buying two salt works, sold its trains last spring?",
            ["Which company", "and by", "sold its"],
        ),
        (
            "Is the night ferry to Ostwick older than the paddle steamer of Lake Lenn?",
            ["Is the", "than the"],
        ),
        (
            "Does the harbour plan promise four new piers, whereas the town budget pays for two "
            "old wooden piers?",
            ["Does the", "whereas the"],
        ),
        (
            "Who tends the Cobbler Light on the northern rock as reported by Coast Radio in its "
            "Sunday programme?",
            ["Who tends", "as reported"],
        ),
        (
            "What do farmers in the valley plant: early cherries of the northern kind; late plums "
            "under white nets?",
            ["What do", "early cherries", "late plums"],
        ),
        (
            "Who mended the town's old harbour crane? Which engineers refused the council's "
            "first offer?",
            ["Who mended", "Which engineers"],
        ),
    ],
)
def test_clauses_that_each_ask_for_something_are_parts(question: str, expected: list[str]) -> None:
    assert beginnings(question) == expected


def test_sentences_are_parts_and_abbreviations_divide_no_name() -> None:
    text = "The frost spoilt cherries and plums near Lenn. Did growers in Orrin lose their apples?"
    assert beginnings(text) == ["The frost", "Did growers"]
    assert len(parts("Did the frost reach Dr. Reyes?")) == 1


def test_a_piece_that_says_too_little_stays_with_its_neighbour() -> None:
    text = "Growers asked the province for money, however, while the council voted against new nets"
    assert [part.strip(" ,") for part in parts(text)] == [
        "Growers asked the province for money, however",
        "while the council voted against new nets",
    ]


def test_a_long_list_keeps_its_tail_together() -> None:
    clauses = [f"pier {n} takes barrels of herring" for n in range(12)]
    found = parts(", ".join(clauses))
    assert len(found) == MAX_PARTS == 8
    assert [part.strip(" ,") for part in found[:-1]] == clauses[:7]
    assert found[-1].strip(" ,") == ", ".join(clauses[7:])


WORDS = """
harbour ferry, Ostwick. bridge and or while , ; : ? — according to as reported by the a than
compared with girders cherries; Lenn
"""


@given(
    st.one_of(
        st.lists(st.sampled_from(WORDS.split()), max_size=60).map(" ".join), st.text(max_size=300)
    )
)
def test_parts_join_to_the_text_and_each_says_enough(text: str) -> None:
    count = meaning_count(text)
    spans = part_spans(text, count)
    assert "".join(text[start:end] for start, end in spans) == text
    assert 1 <= len(spans) <= MAX_PARTS
    if len(spans) > 1:
        assert all(count(*span) >= LEAST_WORDS for span in spans)
        assert all(start < end for start, end in spans)
