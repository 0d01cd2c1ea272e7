"""What is measured of a sentence and of a question's chances."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rag.signals import ANSWER_SIGNALS, SENTENCE_SIGNALS, Candidate, answer_signals, candidates

from rag.chatbot import Chatbot
from rag.query import read_question
from rag.records import BuildReport
from rag.retrieval import retrieve

Measure = Callable[[str], tuple[dict[str, dict[str, float]], dict[str, float], list[Candidate]]]


@pytest.fixture
def measure(folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot) -> Measure:
    """Question → sentence → its signals by name, the answer's signals, the candidates."""
    build_index(folder)

    def run(text: str) -> tuple[dict[str, dict[str, float]], dict[str, float], list[Candidate]]:
        question = read_question(text)
        with chatbot._index.snapshot() as snapshot:
            vectors = chatbot._embed_question(snapshot, question)
            hits = retrieve(snapshot, question, vectors, 10).hits
            found = candidates(snapshot, question, vectors[0], hits, chatbot._embedder.embed)
            whole = answer_signals(snapshot, question, hits, found)
        by_text = {c.text: dict(zip(SENTENCE_SIGNALS, c.signals, strict=True)) for c in found}
        return by_text, dict(zip(ANSWER_SIGNALS, whole, strict=True)), found

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


def test_figures_names_and_reasons_count_only_where_they_are_asked_for(measure: Measure) -> None:
    cost = "The repair will cost 3.2 million crowns and take two years."
    mayor = "Mayor Jon Petrak called the closure a bitter but necessary step."
    for question, signal, with_it, without in (
        ("How much will the bridge cost?", "figure_wanted", cost, mayor),
        ("Who commented on the bridge?", "name_wanted", mayor, cost),
    ):
        sentences, _, _ = measure(question)
        assert sentences[with_it][signal] == 1.0
        assert sentences[without][signal] == -1.0
    sentences, _, _ = measure("Is the bridge open?")
    assert {s["figure_wanted"] for s in sentences.values()} == {0.0}
    sentences, _, _ = measure("Why is the bridge closed?")
    assert {s["reason_wanted"] for s in sentences.values()} == {-1.0}


def test_candidates_are_sentences_of_the_hits_and_the_cosine_is_theirs(measure: Measure) -> None:
    _, _, found = measure("What will the bridge cost?")
    assert found == sorted(found, key=lambda c: -c.probability)
    assert all(c.text == c.text.strip() and len(c.text.split()) >= 4 for c in found)
    assert all(np.isfinite(c.signals).all() for c in found)
