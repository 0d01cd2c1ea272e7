"""Signals → the probability that the articles answer a question at all, by a logistic model.

Weights, means and scales stand in ``static/answer_model.json``, written by
``tests/eval/train_answer_model.py``; nothing here computes a signal.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model:
    probability = 1 / (1 + exp(−z)), z = bias + Σ weight · (signal − mean) / scale.
    """

    signals: tuple[str, ...]
    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    bias: float

    def check(self, signals: tuple[str, ...]) -> Logistic:
        """Itself. Raises AssertionError where it was fitted to other signals."""
        if self.signals != signals:
            raise AssertionError(f"Fitted to {self.signals}, not to {signals}; train it again.")
        return self

    def probability(self, values: Sequence[float]) -> float:
        """Signals, in order → 0…1. Raises ValueError where their number is another."""
        rows = zip(values, self.means, self.scales, self.weights, strict=True)
        total = self.bias + sum(w * (v - m) / s for v, m, s, w in rows)
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, total))))


@dataclass(frozen=True, slots=True)
class AnswerModel:
    """The model and the probability from which a question counts as answered."""

    answer: Logistic
    threshold: float


@cache
def answer_model() -> AnswerModel:
    """The fitted model that comes with the package."""
    data = json.loads((Path(__file__).parent / "static" / "answer_model.json").read_text())

    def logistic(name: str) -> Logistic:
        part = data[name]
        weights, means, scales = (tuple(part[key]) for key in ("weights", "means", "scales"))
        return Logistic(tuple(part["signals"]), weights, means, scales, part["bias"])

    return AnswerModel(logistic("answer"), data["threshold"])
