"""How much each sentence of a text says of a question, by the vectors of their tokens."""

from __future__ import annotations

import numpy as np
import pytest

from rag.embedding import Embedder, Tokens
from rag.late_interaction import NO_LIKENESS, likenesses

E1, E2, E3 = np.eye(3, dtype=np.float32)


def tokens(*rows: np.ndarray) -> Tokens:
    """Tokens of four characters, one after the other."""
    places = np.arange(len(rows)) * 4
    return Tokens(np.array(rows, dtype=np.float32), places, places + 4)


def test_every_token_of_the_question_looks_for_its_likest_in_the_sentence() -> None:
    between = (E1 + E2) / np.sqrt(2)
    text = tokens(E1, E2, between, E3)
    first, second, none = likenesses(
        tokens(E1, E2), [np.array([1.0, 3.0])], text, [(0, 8), (8, 16), (20, 30)]
    )
    assert (first.mean, first.weighted, first.weakest) == pytest.approx((1.0, 1.0, 1.0))
    assert first.pooled == pytest.approx(1.0)
    # The likest to both is the token between them.
    assert second.mean == pytest.approx(np.sqrt(0.5))
    assert second.pooled < first.pooled
    assert none is NO_LIKENESS


def test_weights_say_which_token_counts_and_the_weakest_which_is_missed() -> None:
    question, text = tokens(E1, E2, E3), tokens(E1)
    (found,) = likenesses(question, [np.array([2.0, 1.0, 1.0])], text, [(0, 4)])
    assert found.mean == pytest.approx(1 / 3)
    assert found.weighted == pytest.approx(2 / 4)
    assert found.weakest == pytest.approx(0.0)


def test_a_sentence_is_held_against_the_part_of_the_question_that_it_fits() -> None:
    question = tokens(E1, E2)
    parts = [np.array([1.0, 0.0]), np.array([0.0, 1.0])]
    of_first, of_second = likenesses(question, parts, tokens(E1, E2), [(0, 4), (4, 8)])
    assert of_first.mean == of_second.mean == pytest.approx(1.0)


def test_tokens_stand_at_their_places_and_know_their_sentence(embedder: Embedder) -> None:
    text = "The bridge was closed in May.  It will open again."
    found = embedder.embed_tokens(text)
    words = [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    assert "".join(words) == text.replace(" ", "")
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    it = found.vectors[words.index("It")]
    alone = embedder.embed_tokens("It will open again.").vectors[0]
    bridge = found.vectors[words.index("bridge")]
    assert it @ bridge > alone @ bridge + 0.1
    # The same again, whatever else was asked for in between.
    again = Embedder().embed_tokens(text)
    assert (again.vectors == found.vectors).all()
    assert embedder.embed_tokens(text) is found


@pytest.mark.parametrize("text", ["", " ", "\n", "🙂", "x" * 5000, "a\u0301 b", "東京 タワー"])
def test_any_text_has_tokens_within_it(embedder: Embedder, text: str) -> None:
    found = embedder.embed_tokens(text)
    assert found.vectors.shape == (len(found.starts), embedder.dimension)
    assert np.isfinite(found.vectors).all()
    assert (found.starts >= 0).all()
    assert (found.ends <= max(len(text), 0)).all()
