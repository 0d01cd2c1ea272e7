"""Answers: sentences that stand in the articles, or an honest "not found"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.build import build
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.extractive import MAX_SENTENCES
from rag.new_chunks import ChunkSettings
from rag.records import BuildReport, Missing
from rag.settings import Settings
from tests.conftest import SAMPLES, share_models

Build = Callable[..., BuildReport]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Chatbot:
    """A chatbot over the sample articles, which no test changes."""
    index = tmp_path_factory.mktemp("samples") / "index"
    build(index, SAMPLES, embedder, ChunkSettings())
    made = Chatbot(Settings(index=index))
    share_models(made, embedder)
    return made


# Article, and words that the sentence that answers must have.
ANSWERED = [
    ("How many people were on board the Grey Heron?", "2025-11-06-ferry-head-count.txt", "228"),
    ("What caused the ferry to run aground, according to the inquiry?", "grey-heron-inquiry.pdf", "chart"),
    ("How many passengers were injured on the ferry?", "grey-heron-inquiry.pdf", "Nineteen"),
    ("By how much did the cost of the tidal power plant rise?", "2026-03-05-tidal-plant-cost.pdf", "175 million"),
    ("What was the vote of the Orrin town council on the tidal dam?", "orrin-council-tidal-vote.html", "11 votes"),
    ("How far can the Cobbler Light be seen?", "cobbler-light-keeper.txt", "18 nautical miles"),
    ("How old is the boat found in Orrin Bay?", "bronze-age-boat.md", "1140 BC"),
]  # fmt: skip

NOT_FOUND = [
    "What is the capital of Kazakhstan?",
    "How many tanks did the army order?",
    "Who won the chess tournament in Berlin?",
    "What did the pope say about the earthquake?",
]


@pytest.mark.parametrize(("question", "article", "words"), ANSWERED)
def test_sample_question_is_answered_by_the_right_sentence(
    samples: Chatbot, question: str, article: str, words: str
) -> None:
    answer = samples.ask(question)
    assert answer.status == "answered"
    cited = {c.number: c.article_id for c in answer.citations}
    assert [
        s for s in answer.sentences
        if words in s.text and len(s.text) <= 400 and cited[s.citation_numbers[0]] == article
    ], answer  # fmt: skip


@pytest.mark.parametrize("question", NOT_FOUND)
def test_question_from_elsewhere_is_not_found(samples: Chatbot, question: str) -> None:
    answer = samples.ask(question)
    assert answer.status == "not_found"
    assert (answer.sentences, answer.citations, answer.as_of) == ((), (), None)
    assert answer.hits


def test_missing_words_are_counted_under_inflection_case_and_diacritics(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    (folder / "visit.txt").write_text(
        "Minister visits the glacier\n\nMinister Zoë Åkerblom visited two glaciers in Norrland."
    )
    build_index(folder)
    answer = chatbot.ask("Which Patagonian penguins did zoe akerblom visit at the GLACIER?")
    assert {m.term: m.article_count for m in answer.missing} == {
        "Patagonian": 0, "penguins": 0, "zoe akerblom": 1, "visit": 1, "GLACIER": 1,
    }  # fmt: skip


def test_nothing_is_answered_about_a_name_that_no_article_has(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    known = chatbot.ask("What did Mayor Petrak call the closure of the iron bridge?")
    assert known.status == "answered"
    unknown = chatbot.ask("What did Mayor Lindgren call the closure of the iron bridge?")
    assert (unknown.status, unknown.confidence) == ("not_found", 0.0)
    assert unknown.missing[0] == Missing("Lindgren", 0)
    mistyped = chatbot.ask("What did Mayor Petrac call the closure of the iron bridge?")
    assert mistyped.status == "answered"


def test_who_somebody_is_is_answered_by_the_sentence_with_the_name(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    answer = chatbot.ask("Who is Alma Reyes?")
    assert answer.status == "answered"
    assert "Alma Reyes" in answer.sentences[0].text


def test_an_answer_repeats_nothing_and_stays_short(samples: Chatbot) -> None:
    for question, _, _ in ANSWERED:
        answer = samples.ask(question)
        texts = [s.text for s in answer.sentences]
        assert 1 <= len(texts) <= MAX_SENTENCES
        assert len(set(texts)) == len(texts)
        assert all(len(t) <= 400 for t in texts)


def test_numbers_follow_the_order_of_use_and_quotes_are_the_sentences(samples: Chatbot) -> None:
    answer = samples.ask("How has the cost of the tidal power plant changed?")
    used = [n for s in answer.sentences for n in s.citation_numbers]
    assert used == list(range(1, len(used) + 1)) == [c.number for c in answer.citations]
    for sentence in answer.sentences:
        for number in sentence.citation_numbers:
            citation = answer.citations[number - 1]
            assert citation.quote == sentence.text
            text = samples.article(citation.article_id).text
            assert text[citation.start : citation.end] == citation.quote


def test_the_same_question_gives_the_same_record_whatever_was_asked_before(
    samples: Chatbot,
) -> None:
    questions = [
        "How much more pay did the cannery workers demand, and what did they get?",
        "What did the cannery's union demand?",
        "Why did the packers strike at the cannery?",
    ]
    first = [samples.ask(q) for q in questions]
    assert [samples.ask(q) for q in reversed(questions)] == first[::-1]
    again = Chatbot(samples.settings)
    assert again.ask(questions[2]) == first[2]


def test_as_of_is_the_newest_date_cited(samples: Chatbot) -> None:
    answer = samples.ask("How has the cost of the tidal power plant changed?")
    days = [c.published.isoformat()[:10] for c in answer.citations if c.published]
    assert answer.as_of is not None
    assert answer.as_of.isoformat()[:10] == max(days)


@settings(deadline=None, max_examples=25)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80).map(lambda t: "x " + t))
def test_any_question_gets_an_answer_whose_quotes_stand(samples: Chatbot, question: str) -> None:
    answer = samples.ask(question)
    for citation in answer.citations:
        text = samples.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote
