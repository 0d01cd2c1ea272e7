"""Five real news articles, where they are at hand: bylines, captions, boilerplate and all."""

from __future__ import annotations

import pytest

from rag.build import ChunkSettings, build
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.settings import Settings
from tests.conftest import SHARED

ARTICLES = SHARED / "articles"
pytestmark = pytest.mark.skipif(not ARTICLES.is_dir(), reason="../shared/articles is absent")

ANSWERED = [
    ("What did Miller call Putin's remarks about supplying weapons to North Korea?", "001", "incredibly concerning"),
    ("How many shells does Russia forecast to produce, and how many did it make in 2022?", "003", "2.5 million shells this year, from 1.7 million"),
    ("Who headed the Russian delegation to the armistice commemoration?", "004", "Shoigu"),
    ("What does the agreement signed by Putin and Kim commit each side to?", "001", "immediate military assistance"),
    ("What did John Kirby call Russia's search for arms on 30 August?", "002", "weakness"),
    ("What did the UN Secretary-General say about cooperation with North Korea?", "003", "sanctions"),
]  # fmt: skip
NOT_FOUND = [
    "What is the population of Pyongyang?",
    "What did the Chinese foreign minister say about the agreement?",
    "Who won the football match in Seoul?",
]


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Chatbot:
    index = tmp_path_factory.mktemp("five")
    report = build(index, ARTICLES, embedder, ChunkSettings())
    assert (report.article_count, report.failures) == (5, ())
    chatbot = Chatbot(Settings(index=index))
    chatbot._embedder = embedder
    return chatbot


@pytest.mark.parametrize(("question", "article", "words"), ANSWERED)
def test_it_is_answered_by_a_short_sentence_of_the_right_file(
    five: Chatbot, question: str, article: str, words: str
) -> None:
    answer = five.ask(question)
    files = {c.number: c.article_id for c in answer.citations}
    assert [
        s for s in answer.sentences
        if words in s.text and len(s.text) <= 400 and files[s.citation_numbers[0]].startswith(article)
    ], answer  # fmt: skip
    for citation in answer.citations:
        text = five.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", NOT_FOUND)
def test_it_is_not_found(five: Chatbot, question: str) -> None:
    assert five.ask(question).status == "not_found"
