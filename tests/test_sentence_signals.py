"""What is measured of a sentence and of a question's chances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.answer_signals import ANSWER_SIGNALS, answer_signals
from rag.chatbot import Chatbot
from rag.extractive import Reading, read
from rag.query import read_question
from rag.records import BuildReport
from rag.retrieval import retrieve
from rag.sentence_signals import SENTENCE_SIGNALS

Signals = dict[str, float]
Measure = Callable[[str], tuple[dict[str, Signals], Signals, Reading]]


@pytest.fixture
def measure(folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot) -> Measure:
    """Question → sentence → its signals by name, the answer's signals, all that was read."""
    build_index(folder)

    def run(text: str) -> tuple[dict[str, Signals], Signals, Reading]:
        question = read_question(text)
        with chatbot._index.snapshot() as snapshot:
            vectors = chatbot._embed_question(snapshot, question)
            hits = retrieve(snapshot, question, vectors, 10).hits
            reading = read(snapshot, question, hits, chatbot._reading_model.read)
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
    for name in ("reading", "reading_span", "overlap", "word_share"):
        best = max(s[name] for s in sentences.values())
        assert {round(s[name] - s[f"{name}_gap"], 9) for s in sentences.values()} == {
            round(best, 9)
        }
    assert whole["best_reading"] == max(s["reading"] for s in sentences.values())
    assert np.isfinite(reading.signals).all()


def test_reading_is_highest_for_the_sentence_that_answers(measure: Measure) -> None:
    sentences, _, reading = measure("Who found cracks in the girders?")
    best = max(sentences, key=lambda text: sentences[text]["reading"])
    assert best == "Engineers found cracks in 14 of its 36 girders."
    (place,) = [i for i, s in enumerate(reading.sentences) if s.text == best]
    start, end = reading.readings[place].span
    assert best[start:end] == "Engineers"


def test_each_sentence_is_read_in_the_chunk_it_was_found_in(measure: Measure) -> None:
    _, _, reading = measure("What will the bridge cost?")
    assert len(reading.readings) == len(reading.sentences)
    for sentence, each in zip(reading.sentences, reading.readings, strict=True):
        assert 0 <= each.span[0] < each.span[1] <= len(sentence.text)


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
