"""Signals of candidates → how well each fits its question, by a small neural network.

Its weights stand in ``static/ranker.json`` as plain numbers, written by
``tests/eval/train_ranker.py``. The signals describe the question too, so that which questions want
words and which want meaning is in the weights. Nothing here computes a signal.

Boosted trees, the usual choice, were worse on MultiHop-RAG and SQuAD and no better on the others:
they cut one signal at a time, and what tells two candidates apart is mostly a sum of several.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights of shape (inputs, outputs) and biases of shape (outputs,)."""

    weights: Matrix
    biases: Matrix

    def __call__(self, rows: Matrix) -> Matrix:
        """float64 of shape (rows, inputs) → of shape (rows, outputs)."""
        found: Matrix = rows @ self.weights + self.biases
        return found


@dataclass(frozen=True, slots=True)
class Network:
    """score = out(silu(second(silu(first(x))))) + direct(x), where x is (signal − mean) / scale,
    clipped to ±``limit``; silu(x) = x / (1 + exp(−x)) (Elfwing et al. 2018, equation 2).
    """

    signals: tuple[str, ...]
    means: Matrix
    scales: Matrix
    limit: float
    first: Layer
    second: Layer
    out: Layer
    direct: Layer

    def check(self, signals: tuple[str, ...]) -> Network:
        """Itself. Raises AssertionError where it was fitted to other signals."""
        if self.signals != signals:
            raise AssertionError(f"Fitted to {self.signals}, not to {signals}; train it again.")
        return self

    def scores(self, rows: Matrix) -> Matrix:
        """float64 of shape (candidates, signals) → of shape (candidates,): ``exp`` of the
        difference of two candidates of one question is the odds of one against the other.
        """
        x = np.clip((rows - self.means) / self.scales, -self.limit, self.limit)
        hidden = _silu(self.second(_silu(self.first(x))))
        total: Matrix = (self.out(hidden) + self.direct(x))[:, 0]
        return total


def _silu(x: Matrix) -> Matrix:
    found: Matrix = x / (1 + np.exp(-np.clip(x, -60, 60)))
    return found


def odds(scores: Matrix) -> Matrix:
    """Scores of one question's candidates → each one's odds against the best, 0…1."""
    found: Matrix = np.exp(np.clip(scores - scores.max(initial=-np.inf), -60, 0))
    return found


def network_from(data: Mapping[str, Any]) -> Network:
    """What the file holds → the network."""

    def layer(name: str) -> Layer:
        return Layer(np.array(data[name]["weights"]), np.array(data[name]["biases"]))

    return Network(
        tuple(data["signals"]), np.array(data["means"]), np.array(data["scales"]), data["limit"],
        layer("first"), layer("second"), layer("out"), layer("direct"),
    )  # fmt: skip


@cache
def ranker() -> Network:
    """The fitted network that comes with the package."""
    return network_from(json.loads((Path(__file__).parent / "static" / "ranker.json").read_text()))
