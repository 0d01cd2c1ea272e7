"""What is understood of a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import EmptyQuestion, QuestionTooLong
from rag.query import read_question


def test_words_of_grammar_and_reporting_carry_no_meaning() -> None:
    question = read_question("What did Mayor Petrak say about the bridges' closure in 2024?")
    assert list(question.words.values()) == ["Mayor", "Petrak", "bridges", "closure", "2024"]


def test_orders_to_a_terminal_are_no_words() -> None:
    words = read_question("\x1b[31mWho\x1b[0m paid \x1b]0;title\x07Reyes?").words
    assert list(words.values()) == ["paid", "Reyes"]


def test_names_are_the_capitals_amid_the_question_without_days_and_months() -> None:
    question = read_question("Did Petrak see António on Monday 3 March in Ostwick?")
    assert [question.words[n] for n in question.names] == ["Petrak", "António", "Ostwick"]


@pytest.mark.parametrize(
    "text", ["WHO HEADED THE DELEGATION OF OSTWICK?", "What Did The Mayor Say About Ostwick?"]
)
def test_capitals_mark_no_name_where_every_word_has_one(text: str) -> None:
    assert read_question(text).names == ()


def test_figures_and_possessives_are_read_whole() -> None:
    words = read_question("Who paid Reyes's 3.2 million?").words
    assert list(words.values()) == ["paid", "Reyes", "3.2", "million"]


@pytest.mark.parametrize("text", ["", "  \n", "?!", "\ud800"])
def test_a_question_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(EmptyQuestion):
        read_question(text)


def test_a_question_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(QuestionTooLong, match="5,000,000"):
        read_question("a" * 5_000_000)


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        question = read_question(text)
    except EmptyQuestion:
        return
    assert question.terms
    assert set(question.words) <= set(question.terms)
