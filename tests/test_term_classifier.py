"""What the term classifier reads, what it says, and that it is refused over another model."""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.torch import save_file

from rag import follow_up
from rag.errors import ModelUnsuitable
from rag.follow_up import stand_alone
from rag.follow_up_candidates import Said
from rag.records import Answer, Filters, Turn
from rag.term_classifier import (
    ADAPTERS,
    ANSWER,
    BEFORE_LAST,
    LAST,
    MAX_TOKENS,
    TURN,
    TermClassifier,
    encode,
    term_classifier,
)  # fmt: skip

HISTORY = [
    Said("What does the Orrin council plan?", ""),
    Said("Tell me about the iron bridge in Lenn.", "", "The bridge was closed by Rosa Lint."),
]


def letters(word: str) -> list[int]:
    """A word → as many ids as it has letters."""
    return [1000] * len(word)


def test_it_reads_the_turn_then_the_questions_from_the_last_then_the_answer() -> None:
    encoded = encode("When was it closed?", HISTORY, letters)
    assert [encoded.kinds[place] for place in encoded.places] == (
        [LAST] * 3 + [BEFORE_LAST] * 3 + [ANSWER] * 3
    )
    assert encoded.words == [
        "iron", "bridge", "lenn", "orrin", "council", "plan", "bridge", "rosa", "lint",
    ]  # fmt: skip
    assert (
        encoded.kinds[: 1 + sum(map(len, ["When", "was", "it", "closed", "?"])) + 1].count(TURN)
        == 18
    )
    assert encoded.ids.count(102) == 4


def test_it_never_reads_more_tokens_than_the_model_takes() -> None:
    long = [Said("word " * 300 + "?", "", "answer " * 300)] * 12
    for turn in ("Why?", "why " * 400):
        encoded = encode(turn, long, letters)
        assert len(encoded.ids) == len(encoded.kinds) <= MAX_TOKENS
        assert all(place < len(encoded.ids) for place in encoded.places)


def test_the_thing_that_is_meant_has_a_higher_chance_than_the_rest() -> None:
    chances = term_classifier()("How long is it?", HISTORY)
    assert chances["bridge"] > 0.5 > chances["plan"]
    other = term_classifier()("How high is the unemployment rate in Brisland?", HISTORY)
    assert max(other.values()) < 0.5
    assert term_classifier()("How long is the iron bridge?", [Said("The iron bridge?", "")]) == {}


def test_a_turn_is_read_at_once() -> None:
    term_classifier()("Warm?", HISTORY)
    started = time.monotonic()
    for count in range(20):
        term_classifier()(f"How long is it in {count}?", HISTORY * 3)
    assert (time.monotonic() - started) / 20 < 0.3  # takes 0.02 s


def test_the_shipped_adapters_are_small() -> None:
    assert ADAPTERS.stat().st_size < 1_000_000


@pytest.fixture
def of_another_model(tmp_path: Path) -> TermClassifier:
    with safe_open(str(ADAPTERS), framework="pt") as file:
        parts = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        fitted = file.metadata()
    save_file(parts, tmp_path / "other.safetensors", {**fitted, "model_sha256": "0" * 64})
    return TermClassifier(tmp_path / "other.safetensors")


def test_adapters_of_another_model_are_refused(of_another_model: TermClassifier) -> None:
    with pytest.raises(ModelUnsuitable, match=r"fitted to another model .*000000"):
        of_another_model("How long is it?", HISTORY)


def test_without_its_model_a_follow_up_is_still_understood(
    of_another_model: TermClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_up, "term_classifier", lambda: of_another_model)
    question = "Who approved the tidal power plant?"
    answer = Answer(
        question, question, Filters(), "not_found", (), (), (), (), None, 0.5, "extractive", 1
    )
    with pytest.warns(UserWarning, match="fitted to another model"):
        made = stand_alone("How long is it?", [Turn(question, question, Filters(), answer)])
    assert made == "How long is the tidal power plant?"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert stand_alone("How long is it?", []) == "How long is it?"
