"""Five real news articles, where they are at hand: bylines, captions, boilerplate and all."""

from __future__ import annotations

from datetime import datetime

import pytest

from rag.articles import read_article
from rag.build import build
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.new_chunks import ChunkSettings
from rag.settings import Settings
from tests.conftest import SHARED, share_models

ARTICLES = SHARED / "articles"
MULTIHOP = SHARED / "data" / "multihop_rag" / "articles"
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
    "When was the grain deal between Ukraine and Turkey signed?",
    "Who won the football match in Seoul?",
]


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Chatbot:
    index = tmp_path_factory.mktemp("five")
    report = build(index, ARTICLES, embedder, ChunkSettings())
    assert (report.article_count, report.failures) == (5, ())
    chatbot = Chatbot(Settings(index=index))
    share_models(chatbot, embedder)
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


@pytest.mark.parametrize(
    ("start", "title_line", "sources"),
    [
        ("000", 1, [""]),
        ("001", 1, ["Reuters"]),
        ("002", 0, ["korrespondent", "Buna Times"]),
        ("003", 2, ["Entorno", "AFP"]),
        ("004", 1, ["Associated Press"]),
    ],
)
def test_its_title_is_its_own_headline_and_its_source_the_one_it_states(
    start: str, title_line: int, sources: list[str]
) -> None:
    """``title_line``: which line that is not blank is the headline, 1-based; 0 for none."""
    (path,) = ARTICLES.glob(f"{start}_*")
    article = read_article(path.name, path.read_bytes())
    lines = ["", *filter(None, path.read_text().split("\n"))]
    assert article.title == lines[title_line] or title_line == 0
    assert (article.title_from == "opening words") == (title_line == 0)
    assert all(source in article.source for source in sources)
    assert bool(article.source) == any(sources)
    assert article.language == "en"


@pytest.mark.skipif(not MULTIHOP.is_dir(), reason="../shared/data is absent")
def test_609_articles_are_read_as_their_header_lines_say() -> None:
    paths = sorted(MULTIHOP.iterdir())
    assert len(paths) == 609
    for path in paths:
        article = read_article(path.name, path.read_bytes())
        title, source, _, published, *_ = path.read_text().split("\n")
        # Nanoseconds, which Python does not keep, are all nought.
        moment = published.removeprefix("Published: ").replace(".000000000Z", "+00:00")
        # A no-break space at a line's end is a space, and nothing of a title.
        assert article.title == " ".join(title.split()), path.name
        assert f"Source: {article.source}" == source, path.name
        assert article.published == datetime.fromisoformat(moment), path.name
