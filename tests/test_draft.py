"""What a model has written → its sentences with the numbers they cite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.draft import read_draft, says_no_answer

CASES: list[tuple[str, list[tuple[str, tuple[int, ...]]]]] = [
    ("It closed [1]. It costs 3.2 million [2][3].", [("It closed.", (1,)), ("It costs 3.2 million.", (2, 3))]),
    ("It closed. [1] It reopened. [2, 3]", [("It closed.", (1,)), ("It reopened.", (2, 3))]),
    ("It closed.[1]It reopened.[2]", [("It closed.", (1,)), ("It reopened.", (2,))]),
    ("It closed [1-3]. It reopened【4】.", [("It closed.", (1, 2, 3)), ("It reopened.", (4,))]),
    ("It closed [excerpt 2]. It reopened (Excerpts 1 and 3).", [("It closed.", (2,)), ("It reopened.", (1, 3))]),
    ("Cracks (14) were found [1].", [("Cracks (14) were found.", (1,))]),
    ("- **It** closed [1]\n- It reopened [2]", [("It closed", (1,)), ("It reopened", (2,))]),
    ("1. It closed [1].\n2. It reopened [2].", [("It closed.", (1,)), ("It reopened.", (2,))]),
    ("<think>It [9] is.\nHm.</think>\nIt closed [1].", [("It closed.", (1,))]),
    ("<think>It is not over", []),
    ("It \x1b[31mclosed\x07 [1].", [("It closed.", (1,))]),
    ("[1]", []),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_marks_belong_to_the_sentence_that_they_end(
    text: str, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [(s.text, s.numbers) for s in read_draft(text)] == expected


def test_a_sentence_longer_than_a_citation_may_be_stays_one() -> None:
    text = f"The board {'of the harbour and its many friends ' * 14}met [1]. It was late [2]."
    assert [s.numbers for s in read_draft(text)] == [(1,), (2,)]


@pytest.mark.parametrize(
    "text", ["NO ANSWER", "No answer.", "**NO ANSWER**", "<think>hm</think>\nNO ANSWER"]
)
def test_no_answer_is_understood(text: str) -> None:
    assert says_no_answer(text)
    assert not says_no_answer(f"There is {text.lower()} [1].")


@given(st.text(max_size=200))
def test_whatever_is_written_is_read(text: str) -> None:
    for sentence in read_draft(text):
        assert sentence.text.strip() == sentence.text != ""
        assert "\n" not in sentence.text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("It closed ![logo](http://evil.example/x.png) on Monday [1].", "It closed on Monday."),
        ("It [closed](http://evil.example/?q=secret) on Monday [1].", "It closed on Monday."),
        ("It closed [1](http://evil.example/a).", "It closed."),
        ('It <img src="http://evil.example/x.png"> closed <b>now</b> [1].', "It closed now."),
        ("It closed<script>alert(1)</script> [1].", "It closedalert(1)."),
        ("It cost a < b and c > d [1].", "It cost a < b and c > d."),
    ],
)
def test_images_links_and_tags_are_left_out(written: str, shown: str) -> None:
    (sentence,) = read_draft(written)
    assert (sentence.text, sentence.numbers) == (shown, (1,))
