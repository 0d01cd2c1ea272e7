"""What the reply to a question that was not answered says is missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.build import build
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.index import Index, Snapshot
from rag.missing import absent_names, missing
from rag.new_chunks import ChunkSettings
from rag.query import read_question
from rag.records import BuildReport, Missing
from tests.conftest import SAMPLES

Build = Callable[..., BuildReport]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Snapshot]:
    """The sample articles."""
    folder = tmp_path_factory.mktemp("samples") / "index"
    build(folder, SAMPLES, embedder, ChunkSettings())
    with Index(folder).snapshot() as snapshot:
        yield snapshot


def ask(snapshot: Snapshot, question: str) -> tuple[Missing, ...]:
    return missing(snapshot, read_question(question, sources=snapshot.source_names))


def forms(word: str) -> set[str]:
    """A word in other cases, with and without diacritics, as a plural and with a possessive."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    accented = re.sub(
        "[aeou]", lambda m: unicodedata.normalize("NFC", f"{m[0]}\u0301"), word, count=1
    )
    changed = {
        word,
        word.upper(),
        word.lower(),
        word.title(),
        plain,
        accented,
        f"{word}'s",
        f"{word}’s",
    }
    if word.isalpha() and word.isascii() and len(word) > 2:
        ending = "es" if re.search("(?:s|x|z|ch|sh)$", word.lower()) else "s"
        plural = f"{word[:-1]}ies" if re.search("[^aeiou]y$", word.lower()) else word + ending
        changed |= {plural}
    return changed


def test_no_word_of_an_article_is_ever_called_absent(samples: Snapshot) -> None:
    words: set[str] = set()
    for article in samples.articles():
        words |= set(
            re.findall(
                r"\d+(?:[.,]\d+)*|[^\W\d_]+", f"{article.title} {article.source} {article.text}"
            )
        )
    assert len(words) > 1000
    wrong = []
    for word in sorted(words):
        for form in forms(word):
            wrong += [
                m.term
                for m in ask(samples, f"xx {form}")
                if m.article_count == 0 and m.term != "xx"
            ]
    assert wrong == []


def test_counts_are_those_of_a_count_by_hand(samples: Snapshot) -> None:
    articles = list(samples.articles())
    for phrase in ("Grey Heron", "tidal", "Cobbler Light"):
        pattern = re.compile(r"\b" + r"[\s-]+".join(phrase.lower().split()) + r"\b")
        having = [a for a in articles if pattern.search(f"{a.title} {a.source} {a.text}".lower())]
        days = [a.published.isoformat()[:10] for a in having if a.published]
        (found,) = (m for m in ask(samples, f"Which zebras saw the {phrase}?") if m.article_count)
        assert (found.term, found.article_count, found.more) == (phrase, len(having), False)
        assert found.newest == (date.fromisoformat(max(days)) if days else None)


@pytest.fixture
def news(folder: Path, build_index: Build, tmp_path: Path) -> Iterator[Snapshot]:
    """The three articles of ``folder`` and some more."""
    (folder / "deal.txt").write_text(
        "Grain deal extended\nSource: Coast Radio\nPublished: 2024-03-02\n\n"
        "The grain deal of Velmouth was extended, Rosa Lint said. Men bought bread from an MP."
    )
    (folder / "deal-2.txt").write_text(
        "Grain deal signed\nSource: Coast Radio\nPublished: 2023-07-01\n\n"
        "Both sides signed the grain deal. Two crises ended."
    )
    build_index(folder)
    with Index(tmp_path / "index").snapshot() as snapshot:
        yield snapshot


def test_phrases_that_stand_together_are_named_with_their_newest_article(news: Snapshot) -> None:
    found = ask(news, "What did Ruritania say about the grain deal?")
    assert found == (Missing("Ruritania", 0), Missing("grain deal", 2, date(2024, 3, 2)))
    assert ask(news, "Did Rosa Lint go to Atlantis?") == (
        Missing("Atlantis", 0), Missing("Rosa Lint", 1, date(2024, 3, 2))
    )  # fmt: skip


def test_names_that_do_not_stand_together_are_counted_word_by_word(news: Snapshot) -> None:
    found = ask(news, "Who is Prime Minister Rosa Velmouth?")
    assert {m.term: m.article_count for m in found} == {
        "Prime": 0, "Minister": 0, "Rosa": 1, "Velmouth": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    "word", ["man", "MAN", "buy", "buys", "crisis", "Crisis", "woman's men", "MPs", "VELMOUTHS"]
)
def test_irregular_forms_of_a_word_are_the_word(news: Snapshot, word: str) -> None:
    found = {m.term: m.article_count for m in ask(news, f"Which zebra has a {word}?")}
    assert found.pop("zebra") == 0
    found.pop("woman", None)
    assert set(found.values()) == {1}


def test_a_word_one_letter_from_the_only_similar_one_gets_it_as_a_suggestion(
    news: Snapshot,
) -> None:
    for typed in ("Velmuoth", "Velmoth", "Velmoutth", "velmouih"):
        assert ask(news, f"What happened in {typed}?") == (
            Missing(typed, 0, suggestion="Velmouth"),
        )
    assert ask(news, "What happened in Zelmouth?")[0].suggestion == ""
    assert ask(news, "What happened in Atlantis?")[0].suggestion == ""


@pytest.mark.parametrize(
    "question",
    ["Wann wurde Ruritania gegründet?", "Où est Ruritania ?", "¿Dónde está Ruritania?", "Dov'è Ruritania?",
     "Waar is Ruritania?", "Где Ruritania?", "Ruritaniaはどこですか"],
)  # fmt: skip
def test_question_words_of_other_languages_are_not_missing(news: Snapshot, question: str) -> None:
    absent = [m.term for m in ask(news, question) if not m.article_count]
    assert [term for term in absent if term != "gegründet"] == ["Ruritania"]


def test_words_of_the_source_and_the_days_asked_for_are_not_missing(news: Snapshot) -> None:
    for question in (
        "What did Coast Radio report about Ruritania last week?",
        "Is there news of Ruritania in October 2019?",
        "What is the latest on Ruritania?",
    ):
        assert [m.term for m in ask(news, question)] == ["Ruritania"]


def test_words_that_say_nothing_are_left_out(samples: Snapshot) -> None:
    counts = {m.term: m.article_count for m in ask(samples, "Why does Orrin want zebras?")}
    assert counts["zebras"] == 0
    assert all(count <= len(samples.table.article_ids) / 2 for count in counts.values())


def test_what_a_name_is_refused_for_is_what_is_said_to_be_missing(news: Snapshot) -> None:
    question = read_question("What did Rosa Lint call Lindgren and Velmoth?")
    assert absent_names(news, question) == ("Lindgren",)
    assert ask(news, question.text)[0] == Missing("Lindgren", 0)


def test_the_reply_names_what_is_missing(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    answer = chatbot.ask("Which volcano erupted in Ruritania?")
    assert answer.status == "not_found"
    assert {m.term for m in answer.missing if not m.article_count} >= {"volcano", "Ruritania"}
