"""What is measured of a candidate, against the definitions computed the slow way."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.build import build
from rag.candidates import Candidates, find_candidates
from rag.chatbot import Chatbot
from rag.derived import searched_text
from rag.embedding import Embedder
from rag.hit_signals import HIT_SIGNALS, _best_window, _pairs, day_signs, hit_signals
from rag.index import Snapshot
from rag.lexical import terms
from rag.new_chunks import ChunkSettings
from rag.query import Question, read_question
from rag.records import Filters
from rag.settings import Settings
from tests.conftest import BRIDGE, FERRY, ORCHARD, share_models
from tests.news import ARTICLES, GERMAN, POST, RADIO

Signals = dict[str, np.ndarray]


def measured(
    chatbot: Chatbot, snapshot: Snapshot, text: str
) -> tuple[Question, Candidates, Signals]:
    question = read_question(text, sources=snapshot.source_names, newest=snapshot.table.newest)
    vectors = chatbot._embed_question(snapshot, question)
    found = find_candidates(snapshot, question, vectors, Filters())
    matrix = hit_signals(snapshot, question, found)
    assert (matrix.shape, matrix.dtype) == ((len(found.numbers), len(HIT_SIGNALS)), np.float64)
    assert np.isfinite(matrix).all()
    return question, found, dict(zip(HIT_SIGNALS, matrix.T, strict=True))


def over(
    place: Path, embedder: Embedder, texts: dict[str, str], chunk_tokens: int = 254
) -> Chatbot:
    (place / "articles").mkdir(exist_ok=True)
    for name, text in texts.items():
        (place / "articles" / name).write_text(text)
    cut = ChunkSettings(chunk_tokens, chunk_tokens // 4)
    build(place / "index", place / "articles", embedder, cut, allow_empty=True)
    made = Chatbot(Settings(index=place / "index", articles=place / "articles"))
    share_models(made, embedder)
    return made


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Chatbot:
    """Four articles in chunks of a sentence or two; one is found by its words alone."""
    texts = {"ferry.txt": FERRY, "bridge.txt": BRIDGE, "orchard.txt": ORCHARD, "gate.txt": GERMAN}
    return over(tmp_path_factory.mktemp("cut"), embedder, texts, chunk_tokens=32)


# --- what any question gets -------------------------------------------------------------------

ODD = [
    "ferry",
    "xylophonist",
    "zyzzyva quokka wombat",
    "What did they say about it?",
    "it",
    "?! 7",
    "Кто закрыл мост и почему паром сел на мель?",
    "老桥什么时候关闭？",
    "متى أغلق الجسر",
    "Wann ist die Schleuse am alten Hafen geschlossen?",
    "bridge " * 285,
    "Did the ferry run aground, while " * 60,
    ", ".join(f"pier {n} takes barrels of herring" for n in range(40)),
    '"iron bridge" "iron bridge" "no such words anywhere"',
    "The Lenn Post, Coast Radio, BBC News, May 2024",
    "x " * 1_000,
    "What did the mayor of Ostwick call the closure of the bridge, and who " * 28,
]


@pytest.mark.parametrize("text", ODD, ids=lambda text: text[:20])
def test_any_question_has_finite_signals(news: Chatbot, cut: Chatbot, text: str) -> None:
    for chatbot in (news, cut):
        with chatbot._index.snapshot() as snapshot:
            measured(chatbot, snapshot, text)


@given(st.text(st.characters(codec="utf-8"), max_size=120).map(lambda text: f"ferry {text}"))
def test_any_text_has_finite_signals(cut: Chatbot, text: str) -> None:
    with cut._index.snapshot() as snapshot:
        measured(cut, snapshot, text)


@pytest.mark.parametrize("article", [FERRY, GERMAN], ids=["one", "words alone"])
def test_an_index_of_one_chunk_has_finite_signals(
    tmp_path: Path, embedder: Embedder, article: str
) -> None:
    chatbot = over(tmp_path, embedder, {"a.txt": article})
    with chatbot._index.snapshot() as snapshot:
        assert len(snapshot.table.ids) == 1
        for text in (
            "Where did the ferry run aground?",
            "What did they say?",
            "Did the night ferry run aground on a sandbank, while die Schleuse am alten Hafen bis "
            "zum Herbst geschlossen bleibt?",
        ):
            measured(chatbot, snapshot, text)


def test_an_empty_index_has_no_rows(tmp_path: Path, embedder: Embedder) -> None:
    chatbot = over(tmp_path, embedder, {})
    with chatbot._index.snapshot() as snapshot:
        _, found, _ = measured(chatbot, snapshot, "Where did the ferry run aground?")
        assert len(found.numbers) == 0


def test_no_word_with_meaning_leaves_the_measures_of_words_at_nothing(news: Chatbot) -> None:
    with news._index.snapshot() as snapshot:
        question, _, signals = measured(news, snapshot, "What did they say about it?")
    assert not question.words
    for name in ("coverage", "title_coverage", "rare_coverage", "window_40", "window_15", "pairs",
                 "word_count"):  # fmt: skip
        assert not signals[name].any(), name


# --- words ------------------------------------------------------------------------------------


def rarities(snapshot: Snapshot, words: list[str]) -> dict[str, float]:
    """Inverse document frequency, from the texts themselves."""
    chunks = snapshot.chunks(snapshot.table.ids.tolist()).values()
    held = [set(terms(searched_text(snapshot.article(c.article_id), c))) for c in chunks]
    count = {word: sum(word in here for here in held) for word in words}
    return {w: math.log(1 + (len(held) - n + 0.5) / (n + 0.5)) for w, n in count.items()}


def best_window(text: list[str], rarity: dict[str, float], width: int) -> float:
    windows = (text[i : i + width] for i in range(max(len(text), 1)))
    return max(sum(rarity[w] for w in set(window) & rarity.keys()) for window in windows)


def near_pairs(wanted: list[str], text: list[str]) -> float:
    pairs = list(pairwise(wanted))
    near = [
        any(abs(i - j) <= 4 for i, a in enumerate(text) if a == one
            for j, b in enumerate(text) if b == other)
        for one, other in pairs
    ]  # fmt: skip
    return sum(near) / len(pairs) if pairs else 0.0


QUESTIONS = [
    "How many girders of the iron bridge have cracks, and what does the repair cost the council?",
    "Where was the night ferry pulled free by the lifeboats of the coastguard?",
    "Which skippers pay harbour fees for a berth in weeks of frost?",
    "sandbank",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_measures_of_words_follow_their_definitions(news: Chatbot, cut: Chatbot, text: str) -> None:
    for chatbot in (news, cut):
        with chatbot._index.snapshot() as snapshot:
            question, found, signals = measured(chatbot, snapshot, text)
            words = list(question.words)
            rarity = rarities(snapshot, words)
            total = sum(rarity.values())
            rare = sorted(words, key=lambda w: -rarity[w])[:3]
            chunks = snapshot.chunks(found.numbers.tolist())
            for row, number in enumerate(found.numbers.tolist()):
                chunk = chunks[number]
                article = snapshot.article(chunk.article_id)
                here = terms(article.text[chunk.start : chunk.end])
                title = set(terms(article.title))
                expected = {
                    "coverage": sum(rarity[w] for w in words if w in here) / total,
                    "coverage_with_title":
                        sum(rarity[w] for w in words if w in here or w in title) / total,
                    "title_coverage": sum(rarity[w] for w in words if w in title) / total,
                    "rare_coverage":
                        sum(rarity[w] for w in rare if w in here) / sum(rarity[w] for w in rare),
                    "window_40": best_window(here, rarity, 40) / total,
                    "window_15": best_window(here, rarity, 15) / total,
                    "pairs": near_pairs(words, here),
                }  # fmt: skip
                assert {name: signals[name][row] for name in expected} == pytest.approx(expected)


LETTERS = st.lists(st.sampled_from("abcdefg"), max_size=40)


@given(LETTERS, st.integers(1, 12))
def test_the_best_window_is_the_best_of_all(text: list[str], width: int) -> None:
    rarity = {"a": 1.0, "b": 2.5, "c": 0.25, "d": 4.0}
    wanted = {"a", "b", "c"}
    places = [(i, letter) for i, letter in enumerate(text) if letter in rarity]
    expected = best_window(text, {letter: rarity[letter] for letter in wanted}, width)
    assert _best_window(places, rarity, wanted, width) == pytest.approx(expected)


@given(LETTERS, st.lists(st.sampled_from("abcd"), max_size=4, unique=True))
def test_pairs_are_the_share_of_neighbours_within_four_words(
    text: list[str], wanted: list[str]
) -> None:
    places = [(i, letter) for i, letter in enumerate(text) if letter in wanted]
    assert _pairs(list(pairwise(wanted)), places) == pytest.approx(near_pairs(wanted, text))


# --- lists ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", QUESTIONS)
def test_places_and_shares_are_of_the_candidates(news: Chatbot, text: str) -> None:
    with news._index.snapshot() as snapshot:
        question, found, signals = measured(news, snapshot, text)
        rarity = rarities(snapshot, list(question.words))
    for scores, name in ((found.bm25, "bm25_rank"), (found.cosine, "cosine_rank")):
        places = np.exp(signals[name])
        assert sorted(places.round(9).tolist()) == list(range(1, len(scores) + 1))
        assert (np.diff(scores[np.argsort(places)]) <= 0).all()
    np.testing.assert_allclose(signals["bm25"], found.bm25 / found.bm25.max())
    np.testing.assert_allclose(signals["cosine_gap"], found.cosine - found.cosine.max())
    for name, scores, ranked in (
        ("bm25_in_list", found.bm25, found.lexical),
        ("cosine_in_list", found.cosine, found.dense),
    ):
        low = ranked[99][1] if len(ranked) == 100 else 0.0
        expected = np.clip((scores - low) / (ranked[0][1] - low), 0, 1)
        np.testing.assert_allclose(signals[name], expected, atol=1e-6)
    assert set(signals["best_cosine"]) == {found.cosine.max()}
    assert signals["bm25_per_word"] == pytest.approx(found.bm25.max() / sum(rarity.values()))
    assert set(signals["part_count"]) == {max(len(question.parts), 1)}


# --- sources, days, parts ---------------------------------------------------------------------


def test_sources_and_days_count_only_where_the_question_names_some(news: Chatbot) -> None:
    with news._index.snapshot() as snapshot:
        table = snapshot.table

        def signs(text: str, name: str) -> dict[str, float]:
            _, found, signals = measured(news, snapshot, text)
            articles = [
                table.article_ids[i].removesuffix(".txt") for i in table.articles[found.rows]
            ]
            return dict(zip(articles, signals[name].tolist(), strict=True))

        text = "Who raised the harbour fees of the fishing boats{}?"
        for name in ("of_source", "part_of_source"):
            assert not any(signs(text.format(""), name).values())
        for name in ("of_source", "part_of_source"):
            found = signs(text.format(", as The Lenn Post has it"), name)
            assert found == {n: 1.0 if ARTICLES[n][0] == POST else -1.0 for n in found}
        question, rows, _ = measured(news, snapshot, text.format(" in June 2024"))
        articles = [table.article_ids[i].removesuffix(".txt") for i in table.articles[rows.rows]]
        days = dict(zip(articles, day_signs(table, question, rows).tolist(), strict=True))
        assert days["fees-june"] == 1.0
        assert days["fees-may"] == -1.0
        assert days["reservoir"] == 0.0  # undated
        question, rows, _ = measured(news, snapshot, text.format(""))
        assert not day_signs(table, question, rows).any()


def test_a_candidate_is_measured_by_the_part_that_fits_it_best(news: Chatbot) -> None:
    text = (
        f"Did {POST} report cracks in the girders of the iron bridge while {RADIO} reported a leak "
        "of brine at the salt works?"
    )
    with news._index.snapshot() as snapshot:
        question, found, signals = measured(news, snapshot, text)
        table = snapshot.table
        names = [table.article_ids[i].removesuffix(".txt") for i in table.articles[found.rows]]
    assert len(question.parts) == 2
    bm25 = np.array([part.bm25 / part.best_bm25 for part in found.parts])
    np.testing.assert_allclose(signals["part_bm25"], bm25.max(0))
    np.testing.assert_allclose(signals["part_bm25_second"], bm25.min(0))
    np.testing.assert_allclose(
        signals["part_cosine"], np.maximum(found.parts[0].cosine, found.parts[1].cosine)
    )
    for name in ("bridge", "salt"):
        row = names.index(name)
        assert signals["part_bm25"][row] == signals["part_bm25_weighted"][row] == 1.0
        assert signals["part_rank"][row] == 0.0  # ln 1
        assert signals["part_of_source"][row] == 1.0
    ferry = names.index("ferry")  # of one part's source; the other part fits it no worse
    assert signals["part_of_source"][ferry] in (1.0, -1.0)
    assert signals["of_source"][ferry] == 1.0


def test_an_undivided_question_is_its_own_part(news: Chatbot) -> None:
    with news._index.snapshot() as snapshot:
        question, _, signals = measured(news, snapshot, "Who is Captain Alma Reyes?")
    assert not question.parts
    for name in ("bm25", "cosine", "cosine_gap", "cosine_rank"):
        assert signals[f"part_{name}"].tolist() == signals[name].tolist()
    assert signals["part_coverage"].tolist() == signals["coverage_with_title"].tolist()
