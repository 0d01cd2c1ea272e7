"""Rows of numbers → scores, by a small neural network that was fitted beforehand.

Its weights stand in a JSON file as plain numbers, to be read and compared. Nothing here knows what
the numbers mean; ``ranker`` and ``sentence_model`` each have a network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
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
        """float64 of shape (rows, signals) → of shape (rows,)."""
        x = np.clip((rows - self.means) / self.scales, -self.limit, self.limit)
        hidden = _silu(self.second(_silu(self.first(x))))
        total: Matrix = (self.out(hidden) + self.direct(x))[:, 0]
        return total


def _silu(x: Matrix) -> Matrix:
    found: Matrix = x / (1 + np.exp(-np.clip(x, -60, 60)))
    return found


def network_from(data: Mapping[str, Any]) -> Network:
    """What the file holds → the network."""

    def layer(name: str) -> Layer:
        return Layer(np.array(data[name]["weights"]), np.array(data[name]["biases"]))

    return Network(
        tuple(data["signals"]), np.array(data["means"]), np.array(data["scales"]), data["limit"],
        layer("first"), layer("second"), layer("out"), layer("direct"),
    )  # fmt: skip


def shipped_network(file_name: str) -> Network:
    """The fitted network in that file of the package's ``static`` folder."""
    return network_from(json.loads((Path(__file__).parent / "static" / file_name).read_text()))
