"""Which chunks are considered for a question, and the scores that each of them has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pytest

from rag.candidates import LIST_LENGTH, Candidates, find_candidates
from rag.chatbot import Chatbot
from rag.index import Snapshot
from rag.query import Question, read_question
from rag.records import Filters
from tests.news import ARTICLES, BBC, GAZETTE, POST, RADIO

TODAY = date(2025, 1, 15)
Find = Callable[..., tuple[Question, np.ndarray, Candidates]]


@pytest.fixture(scope="module")
def snapshot(news: Chatbot) -> Iterator[Snapshot]:
    with news._index.snapshot() as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def find(news: Chatbot, snapshot: Snapshot) -> Find:
    """``find(text, filters)`` gives the question, its and its parts' vectors, and candidates."""

    def run(text: str, filters: Filters | None = None) -> tuple[Question, np.ndarray, Candidates]:
        question = read_question(
            text, sources=snapshot.source_names, today=TODAY, newest=snapshot.table.newest
        )
        vectors = news._embed_question(snapshot, question)
        return question, vectors, find_candidates(snapshot, question, vectors, filters or Filters())

    return run


def articles_of(snapshot: Snapshot, found: Candidates) -> list[str]:
    table = snapshot.table
    return [table.article_ids[i].removesuffix(".txt") for i in table.articles[found.rows]]


QUESTIONS = [
    "What do barrels of herring cost at the fish market?",
    "Did The Lenn Post report cracks in the girders of the iron bridge while Coast Radio reported "
    "a leak of brine at the salt works?",
    "What did Coast Radio report in March 2024 about the ferry?",
    "Wann ist die Schleuse geschlossen?",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_every_candidate_has_its_own_score_in_every_list(
    snapshot: Snapshot, find: Find, text: str
) -> None:
    question, vectors, found = find(text)
    assert found.numbers.tolist() == sorted(set(found.numbers.tolist()))
    assert snapshot.table.ids[found.rows].tolist() == found.numbers.tolist()
    everything = len(snapshot.table.ids)
    asked = [(question.terms, found.bm25, found.cosine)]
    asked += [(p.words, s.bm25, s.cosine) for p, s in zip(question.parts, found.parts, strict=True)]
    for (words, bm25, cosine), vector in zip(asked, vectors, strict=True):
        by_words = dict(snapshot.lexical.search(words, everything))
        by_meaning = dict(snapshot.vectors.search(vector, everything))
        assert bm25.tolist() == [by_words.get(n, 0.0) for n in found.numbers.tolist()]
        np.testing.assert_allclose(
            cosine, [by_meaning.get(n, -1.0) for n in found.numbers.tolist()], atol=1e-5
        )
    for part, scores in zip(question.parts, found.parts, strict=True):
        assert scores.best_bm25 == snapshot.lexical.search(part.words, 1)[0][1]
        assert scores.best_cosine == pytest.approx(scores.cosine.max(), abs=1e-6)


def test_lists_are_those_of_the_whole_question(snapshot: Snapshot, find: Find) -> None:
    question, vectors, found = find(QUESTIONS[0])
    assert found.lexical == snapshot.lexical.search(question.terms, LIST_LENGTH)
    assert found.dense == snapshot.vectors.search(vectors[0], LIST_LENGTH)
    best = {number for ranked in (found.lexical, found.dense) for number, _ in ranked[:10]}
    assert best <= set(found.numbers.tolist())
    assert not found.parts
    assert not found.of_source.any() | found.of_day.any()


def test_what_the_named_source_or_day_has_is_a_candidate_however_deep_it_stands(
    snapshot: Snapshot, find: Find
) -> None:
    asked = "What do barrels of herring cost at the fish market{}?"
    _, _, found = find(asked.format(""))
    assert "cannery" not in articles_of(snapshot, found)  # seventy reports fit better
    for named in (", as BBC News has it", " on 9 September 2022"):
        question, _, found = find(asked.format(named))
        place = articles_of(snapshot, found).index("cannery")
        assert found.of_source[place] == (question.sources == {BBC})
        assert found.of_day[place] == bool(question.periods)


def test_masks_say_which_candidates_are_of_the_sources_and_days_named(
    snapshot: Snapshot, find: Find
) -> None:
    _, _, found = find("What did the Ostwick Gazette or Coast Radio report in May 2024?")
    for name, source, day in zip(
        articles_of(snapshot, found), found.of_source, found.of_day, strict=True
    ):
        publisher, published, _ = ARTICLES[name]
        assert source == (publisher in (GAZETTE, RADIO))
        assert day == published.startswith("2024-05")


def test_each_part_has_its_own_source_and_its_own_best(snapshot: Snapshot, find: Find) -> None:
    question, _, found = find(QUESTIONS[1])
    assert [part.sources for part in question.parts] == [{POST}, {RADIO}]
    names = articles_of(snapshot, found)
    for scores, publisher, expected in zip(
        found.parts, (POST, RADIO), ("bridge", "salt"), strict=True
    ):
        assert names[int(scores.bm25.argmax())] == expected
        assert scores.names_source
        assert not scores.names_day
        assert [names[i] for i in np.flatnonzero(scores.of_source)] == [
            name for name in names if ARTICLES[name][0] == publisher
        ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters((POST, BBC)), {n for n, (source, _, _) in ARTICLES.items() if source in (POST, BBC)}),
        (Filters((RADIO,), date(2024, 5, 1), date(2024, 6, 30)), {"salt", "festival"}),
        (
            Filters((), date(2024, 4, 16), date(2024, 5, 4)),
            {"owls", "orchard", "fees-may", "reservoir", "clinic"},  # the last two are undated
        ),
        (Filters((GAZETTE,), date(2030, 1, 1)), set()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", QUESTIONS)
def test_filters_hold_for_every_candidate_and_list(
    snapshot: Snapshot, find: Find, text: str, filters: Filters, expected: set[str]
) -> None:
    _, _, found = find(text, filters)
    assert set(articles_of(snapshot, found)) == expected  # few enough for all to be looked at
    allowed = set(snapshot.table.ids[snapshot.table.allowed(filters)].tolist())
    assert {n for ranked in (found.dense, found.lexical) for n, _ in ranked} <= allowed


def test_a_quoted_phrase_stands_in_every_candidate(snapshot: Snapshot, find: Find) -> None:
    _, _, found = find('Who said "barrels of herring" of the fish market?')
    assert found.absent_phrases == ()
    assert len(found.numbers) > 50
    assert all(name.startswith("fish-") for name in articles_of(snapshot, found))
    _, _, found = find('Who spoke of "herring of barrels" at the fish market?')
    assert found.absent_phrases == ("herring of barrels",)
    assert len(found.numbers) > 50


def test_a_phrase_of_another_source_is_absent_under_the_filter(find: Find) -> None:
    text = 'Who called it "a bitter but necessary step" in the town?'
    assert find(text, Filters((POST,)))[2].absent_phrases == ()
    assert find(text, Filters((RADIO,)))[2].absent_phrases == ("a bitter but necessary step",)


def test_of_several_phrases_those_that_stand_somewhere_are_still_asked_for(
    snapshot: Snapshot, find: Find
) -> None:
    _, _, found = find('Was it "a bitter but necessary step" or "a golden submarine"?')
    assert found.absent_phrases == ("a golden submarine",)
    assert articles_of(snapshot, found) == ["bridge"]
    _, _, found = find('Who spoke of "the iron bridge" and "the harbour fees"?')
    assert found.absent_phrases == ("the iron bridge", "the harbour fees")  # never together
    assert {"bridge", "fees-june"} <= set(articles_of(snapshot, found))
    _, _, found = find('Who "closed the iron bridge" with "cracks in 14" girders?')
    assert found.absent_phrases == ()
    assert articles_of(snapshot, found) == ["bridge"]
