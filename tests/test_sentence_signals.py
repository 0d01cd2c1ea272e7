"""What is measured of a sentence and of a question's chances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.answer_signals import ANSWER_SIGNALS, answer_signals
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.extractive import Reading, read
from rag.query import read_question
from rag.records import BuildReport
from rag.retrieval import retrieve
from rag.sentence_signals import SENTENCE_SIGNALS, token_weights

Signals = dict[str, float]
Measure = Callable[[str], tuple[dict[str, Signals], Signals, Reading]]


@pytest.fixture
def measure(folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot) -> Measure:
    """Question → sentence → its signals by name, the answer's signals, all that was read."""
    build_index(folder)
    embedder = chatbot._embedder

    def run(text: str) -> tuple[dict[str, Signals], Signals, Reading]:
        question = read_question(text)
        with chatbot._index.snapshot() as snapshot:
            vectors = chatbot._embed_question(snapshot, question)
            hits = retrieve(snapshot, question, vectors, 10).hits
            reading = read(snapshot, question, hits, embedder.embed_tokens)
        rows = reading.signals.tolist()
        by_text = {
            sentence.text: dict(zip(SENTENCE_SIGNALS, row, strict=True))
            for sentence, row in zip(reading.sentences, rows, strict=True)
        }
        chances = np.linspace(1, 0.5, len(rows))
        whole = answer_signals(reading.of_hits, reading.signals, chances)
        return by_text, dict(zip(ANSWER_SIGNALS, whole, strict=True)), reading

    return run


def test_overlap_is_the_share_of_the_question_s_words_weighted_by_rarity(measure: Measure) -> None:
    sentences, whole, _ = measure("Were cracks found in the girders by Ostwick divers?")
    cracks = sentences["Engineers found cracks in 14 of its 36 girders."]
    # found, cracks and girders are here; Ostwick is in the sentence before; no one has divers.
    assert 0 < cracks["overlap"] < cracks["context_overlap"] < 1
    assert cracks["context_overlap"] <= whole["hit_overlap"] < 1


def test_neighbouring_words_count_where_they_are_neighbours(measure: Measure) -> None:
    sentences, _, _ = measure("Who is Captain Alma Reyes?")
    quoted = [s for text, s in sentences.items() if "Alma Reyes" in text]
    assert quoted[0]["pairs"] == 1.0
    assert sentences["Engineers found cracks in 14 of its 36 girders."]["pairs"] == 0.0


def test_what_is_asked_for_counts_where_it_is_asked_for(measure: Measure) -> None:
    cost = "The repair will cost 3.2 million crowns and take two years."
    mayor = "Mayor Jon Petrak called the closure a bitter but necessary step."
    sentences, _, _ = measure("How much will the bridge cost?")
    assert (sentences[cost]["expected"], sentences[mayor]["expected"]) == (1.0, -1.0)
    assert sentences[cost]["expected_certain"] == 1.0
    assert sentences[cost]["expected_close"] > sentences[mayor]["expected_close"] == 0.0
    sentences, _, _ = measure("Who commented on the bridge?")
    assert sentences[mayor]["expected"] == 1.0
    assert {s["asks_who"] for s in sentences.values()} == {1.0}
    sentences, _, _ = measure("Is the bridge open?")
    assert {s["expected"] for s in sentences.values()} == {0.0}
    assert {s["asks_other"] for s in sentences.values()} == {1.0}


def test_a_gap_is_the_distance_to_the_best(measure: Measure) -> None:
    sentences, whole, reading = measure("What will the repair of the bridge cost?")
    for name in ("late", "late_weighted", "pooled", "overlap", "word_share"):
        best = max(s[name] for s in sentences.values())
        assert {round(s[name] - s[f"{name}_gap"], 9) for s in sentences.values()} == {
            round(best, 9)
        }
    assert whole["best_late_weighted"] == max(s["late_weighted"] for s in sentences.values())
    assert np.isfinite(reading.signals).all()


def test_late_interaction_is_highest_where_the_question_s_words_are_said(measure: Measure) -> None:
    sentences, _, _ = measure("Who found cracks in the girders?")
    best = max(sentences, key=lambda text: sentences[text]["late"])
    assert best == "Engineers found cracks in 14 of its 36 girders."


def test_tokens_weigh_by_the_rarity_of_their_words_in_their_part(embedder: Embedder) -> None:
    question = read_question("Who closed the iron bridge, and when did the salt works open?")
    tokens = embedder.embed_tokens(question.text, is_question=True)
    first, second = token_weights(question, dict.fromkeys(question.words, 3.0), tokens)
    words = [question.text[s:e].lower() for s, e in zip(tokens.starts, tokens.ends, strict=True)]
    assert first[words.index("bridge")] == second[words.index("salt")] == 3.0
    assert first[words.index("salt")] == second[words.index("bridge")] == 0.0
    assert 0 < first[words.index("who")] < 1


def test_sentences_are_those_of_the_hits_and_know_what_stands_before_them(measure: Measure) -> None:
    _, _, reading = measure("What will the bridge cost?")
    assert reading.sentences
    for sentence in reading.sentences:
        assert sentence.text == sentence.text.strip()
        assert len(sentence.text.split()) >= 4
        if sentence.before:
            start, end = sentence.before
            assert end <= sentence.span[0]
            assert not sentence.article.text[end : sentence.span[0]].strip()
            assert sentence.article.text[start:end] != sentence.article.title
