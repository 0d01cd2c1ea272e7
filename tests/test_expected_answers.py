"""Spans of the kind that a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.asked_kinds import read_asked
from rag.expected_answers import expected_spans, has_expected
from rag.lexical import terms

QUESTIONS = (
    "Who?", "When?", "In what year?", "How many boats?", "How often?", "Where?", "Why?",
    "What did she say?", "Who is Rosa Lint?", "How did it end?",
)  # fmt: skip

# Question, sentence, the spans that are of that kind for certain.
CERTAIN = [
    ("Who closed it?", "The bridge was closed by Alma Reyes of the Lenn Council.",
     ["Alma Reyes of the Lenn Council"]),
    ("Who steered it?", "On Monday Second Officer Pim O'Hara and Józef Ångström steered.",
     ["Officer Pim O'Hara", "Józef Ångström"]),
    ("Who paid?", "Workers paid, and BBC-owned Plover AG did not.", ["BBC-owned Plover AG"]),
    ("When did it close?", "It closed on Friday, 3 May 2024, at 6:30 p.m.",
     ["Friday, 3 May 2024", "6:30 p.m."]),
    ("When did it open?", "It opened on March 12, 1931, was sold in 1990 and shut last week.",
     ["March 12, 1931", "1990", "last week"]),
    ("When was it made?", "It was made about 1140 BC or in the 12th century.",
     ["1140 BC", "the 12th century"]),
    ("In what year was it sold?", "Sold in 1990, on a Friday.", ["1990"]),
    ("How many people were on board?", "Of 228 people on board, 19 went to 2 hospitals in 2024.",
     ["228"]),
    ("How much did it cost?", "The 3-year work cost $175 million and took 40 workers.",
     ["$175 million"]),
    ("What percentage agreed?", "Of 900 workers 62.5 per cent agreed.", ["62.5 per cent"]),
    ("How far can it be seen?", "The light is seen for 18 nautical miles since 1871.",
     ["18 nautical miles"]),
    ("How old is she?", "She is 81 years old and has 3 cats.", ["81 years old"]),
    ("How often does it run?", "It runs every two hours.", ["every two hours"]),
    ("Where did it run aground?", "The ferry ran aground near Cobbler Rock, Orrin Bay, in May.",
     ["Cobbler Rock, Orrin Bay"]),
    ("Why did they strike?", "They struck because pay was low.", ["because pay was low"]),
    ("What did she say?", "“We were lucky,” said Reyes.", ["“We were lucky,”"]),
]  # fmt: skip


@pytest.mark.parametrize(("question", "sentence", "found"), CERTAIN)
def test_form_tells_what_is_of_the_kind_asked_for(
    question: str, sentence: str, found: list[str]
) -> None:
    spans = expected_spans(read_asked(question), sentence)
    assert [sentence[e.start : e.end] for e in spans if e.certain] == found


def test_words_of_the_question_are_no_answer_to_it() -> None:
    asked = read_asked("Who did Rosa Lint meet in 1990?")
    sentence = "Rosa Lint met Alma Reyes in 1990."
    assert [sentence[e.start : e.end] for e in expected_spans(asked, sentence)] == ["Alma Reyes"]
    assert not has_expected(read_asked("When in 1990 did it rain?"), "It rained in 1990.")


@given(
    st.sampled_from(QUESTIONS),
    st.lists(
        st.sampled_from(
            ["Rosa", "Lint", "in", "1990", "on", "3 May", "because", "of", "12", "km", "“so”", "the",
             "said", "council", ",", "$", "5", "million", "is", "a", "I.", "McX", "(", "–", "İz"]
        )
    ).map(" ".join)
    | st.text(max_size=60),
)  # fmt: skip
def test_spans_lie_in_the_sentence_in_order_and_have_a_word_the_question_lacks(
    question: str, sentence: str
) -> None:
    asked = read_asked(question)
    end = 0
    for span in expected_spans(asked, sentence):
        assert end <= span.start < span.end <= len(sentence)
        assert set(terms(sentence[span.start : span.end])) - asked.words
        end = span.end
