"""What is understood of a question."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import EmptyQuestion, QuestionTooLong
from rag.lexical import terms
from rag.periods import Period
from rag.query import Question, read_question
from rag.source_names import SourceNames

SOURCES = SourceNames(["The Lenn Post", "Coast Radio", "BBC News", "Ostwick Gazette"])
TODAY = date(2024, 7, 10)  # a Wednesday


def read(text: str) -> Question:
    return read_question(text, sources=SOURCES, today=TODAY, newest=date(2024, 7, 8))


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
        question = read(text)
    except EmptyQuestion:
        return
    assert question.terms
    assert set(question.words) <= set(question.terms)
    assert len(question.parts) != 1


# --- sources, periods, phrases ----------------------------------------------------------------


def test_sources_are_named_as_the_index_has_them() -> None:
    asked = read("What did the BBC and the Lenn Post say about the ferry?")
    assert asked.sources == {"BBC News", "The Lenn Post"}
    assert read("What did the ferry carry to the coast?").sources == frozenset()
    assert read_question("What did the BBC say about the ferry?").sources == frozenset()


def test_periods_are_resolved_against_the_stated_day() -> None:
    text = "What happened to the ferry last week and in October 2023?"
    last_week, october = read(text).periods
    assert (last_week.first_day, last_week.last_day) == (date(2024, 7, 1), date(2024, 7, 7))
    assert (october.first_day, october.last_day) == (date(2023, 10, 1), date(2023, 10, 31))
    assert "October 2023" in text[october.start : october.end]
    assert not october.published
    assert read("Who wrote of it in articles published in October 2023?").periods[0].published
    assert read("What happened to the ferry?").periods == ()


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('Who said "a bitter but necessary step"?', ("a bitter but necessary step",)),
        ("Who said “nobody was in danger” and „alle sind an Land“?",
         ("nobody was in danger", "alle sind an Land")),
        ("Qui a dit « personne n’était en danger » ?", ("personne n’était en danger",)),
        ("Who said 'nobody was in danger'?", ()),
        ('Who said "?!" and " "?', ()),
        ('What does "The Lenn Post" say?', ()),
        ('Who said "nobody?', ()),
    ],
)  # fmt: skip
def test_phrases_stand_in_double_quotation_marks(text: str, quoted: tuple[str, ...]) -> None:
    assert read(text).quoted == quoted


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("What is the latest on the harbour fees?", True),
        ("What is the most recent count of herons?", True),
        ("How many herons were counted in the marsh?", False),
        ('Who wrote "the latest on the harbour fees"?', False),
    ],
)
def test_the_newest_is_wanted_where_the_question_says_so(text: str, newest: bool) -> None:
    assert read(text).newest is newest


# --- parts ------------------------------------------------------------------------------------


def test_each_part_has_its_own_words_sources_and_periods() -> None:
    text = (
        "Did The Lenn Post report cracks in the girders of the iron bridge in May 2024, while "
        "Coast Radio reported a leak of brine at the salt works on 7 June 2024?"
    )
    asked = read(text)
    first, second = asked.parts
    assert first.sources == {"The Lenn Post"}
    assert second.sources == {"Coast Radio"}
    assert asked.sources == {"The Lenn Post", "Coast Radio"}
    assert first.words == tuple(terms("cracks girders iron bridge"))
    assert second.words == tuple(terms("leak brine salt works"))
    assert [(p.first_day, p.last_day) for p in first.periods] == [
        (date(2024, 5, 1), date(2024, 5, 31))
    ]
    assert [(p.first_day, p.last_day) for p in second.periods] == [
        (date(2024, 6, 7), date(2024, 6, 7))
    ]
    assert first.periods + second.periods == asked.periods
    assert second.text.startswith("while Coast Radio reported")
    assert not second.text.endswith("?")


def test_a_question_of_one_clause_has_no_parts() -> None:
    assert read("What will the repair of the iron bridge cost the council?").parts == ()
    assert read("Who paid, and why?").parts == ()


NAMED = ["The Lenn Post", "Coast Radio", "BBC News", "in October 2023", "last week",
         "on 7 June 2024", "between 3 and 9 May 2024"]  # fmt: skip
PLAIN = ["slate quarry girders chapel", "veterinarian counted seventeen herons", "who mended"]


@given(
    st.lists(st.tuples(st.sampled_from(PLAIN), st.sampled_from(NAMED)), min_size=2, max_size=6),
    st.sampled_from([" while ", ", ", "; ", " and "]),
)
def test_words_of_sources_and_periods_are_no_words_of_parts(
    clauses: list[tuple[str, str]], joint: str
) -> None:
    asked = read(joint.join(f"{plain} {named}" for plain, named in clauses))
    inside = {word for part in asked.parts for word in part.words}
    assert inside <= set(terms(" ".join(PLAIN)))
    periods: tuple[Period, ...] = sum((part.periods for part in asked.parts), ())
    assert periods == (asked.periods if asked.parts else ())
    sources = {source for part in asked.parts for source in part.sources}
    assert sources == (asked.sources if asked.parts else set())
