"""The ranking network: the scores of the file's numbers, and the file that comes with the package."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rag.ranker
from rag.hit_signals import HIT_SIGNALS
from rag.network import network_from
from rag.ranker import odds, ranker

FILE = Path(rag.ranker.__file__).parent / "static" / "ranker.json"


def score_of(data: dict[str, Any], row: list[float]) -> float:
    """A row's score, number by number as the definition says."""

    def layer(name: str, inputs: list[float]) -> list[float]:
        weights, biases = data[name]["weights"], data[name]["biases"]
        return [
            bias + sum(value * weights[i][j] for i, value in enumerate(inputs))
            for j, bias in enumerate(biases)
        ]

    def silu(values: list[float]) -> list[float]:
        return [value / (1 + math.exp(-value)) if value > -700 else 0.0 for value in values]

    scaled = zip(row, data["means"], data["scales"], strict=True)
    limit = data["limit"]
    x = [min(max((value - mean) / scale, -limit), limit) for value, mean, scale in scaled]
    hidden = silu(layer("second", silu(layer("first", x))))
    return layer("out", hidden)[0] + layer("direct", x)[0]


def layer(weights: list[list[float]], biases: list[float]) -> dict[str, Any]:
    return {"weights": weights, "biases": biases}


BY_HAND = {
    "signals": ["words", "meaning"],
    "means": [1.0, 0.0],
    "scales": [2.0, 0.5],
    "limit": 3,
    "first": layer([[1.0], [1.0]], [0.0]),
    "second": layer([[2.0, 0.0]], [0.0, 1.0]),
    "out": layer([[1.0], [10.0]], [0.5]),
    "direct": layer([[100.0], [1000.0]], [7.0]),
}


def test_a_network_of_few_weights_gives_what_one_works_out_by_hand() -> None:
    network = network_from(BY_HAND)
    silu_of_1 = 1 / (1 + math.exp(-1))
    # x = (0, 0): the first layer gives 0, silu(0) = 0, the second (0, 1).
    at_means = 10 * silu_of_1 + 0.5 + 7
    # x = (1, 0): the first gives 1, so silu(1), the second (2 silu(1), 1).
    doubled = 2 * silu_of_1
    above = doubled / (1 + math.exp(-doubled)) + 10 * silu_of_1 + 0.5 + 100 + 7
    rows = np.array([[1.0, 0.0], [3.0, 0.0]])
    assert network.scores(rows).tolist() == pytest.approx([at_means, above])
    assert network.scores(rows[:0]).tolist() == []


def test_a_signal_counts_no_further_than_the_limit() -> None:
    scores = network_from(BY_HAND).scores(np.array([[7.0, 0.0], [8.0, 0.0], [1e12, 0.0]]))
    assert scores.tolist() == [scores[0]] * 3  # (7 − 1) / 2 = 3
    low = network_from(BY_HAND).scores(np.array([[-5.0, -1.5], [-1e300, -1e300]]))
    assert low.tolist() == [low[0]] * 2


NUMBERS = st.floats(-50, 50)


@st.composite
def networks_with_rows(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[float]]]:
    def numbers(count: int, of: st.SearchStrategy[float] = NUMBERS) -> list[float]:
        return draw(st.lists(of, min_size=count, max_size=count))

    def some_layer(inputs: int, outputs: int) -> dict[str, Any]:
        return layer([numbers(outputs) for _ in range(inputs)], numbers(outputs))

    width, first, second = (draw(st.integers(1, 4)) for _ in range(3))
    data = {
        "signals": list("abcd")[:width],
        "means": numbers(width),
        "scales": numbers(width, st.floats(1e-6, 20)),
        "limit": draw(st.floats(0.5, 10)),
        "first": some_layer(width, first),
        "second": some_layer(first, second),
        "out": some_layer(second, 1),
        "direct": some_layer(width, 1),
    }
    return data, [numbers(width) for _ in range(draw(st.integers(1, 5)))]


@given(networks_with_rows())
def test_scores_are_those_of_the_definition(case: tuple[dict[str, Any], list[list[float]]]) -> None:
    data, rows = case
    expected = [score_of(data, row) for row in rows]
    found = network_from(data).scores(np.array(rows))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


def test_other_signals_than_those_fitted_to_are_refused() -> None:
    network = network_from(BY_HAND)
    assert network.check(("words", "meaning")) is network
    with pytest.raises(AssertionError, match="train it again"):
        network.check(("meaning", "words"))
    with pytest.raises(AssertionError, match="train it again"):
        network.check(HIT_SIGNALS)


def test_odds_are_against_the_best_and_keep_the_order() -> None:
    found = odds(np.array([2.0, 2.0 + math.log(4), -1e9, 2.0 + math.log(2)]))
    assert found.tolist() == pytest.approx([0.25, 1.0, 0.0, 0.5])
    assert found[2] > 0
    assert odds(np.zeros(0)).tolist() == []
    assert odds(np.array([-1e6])).tolist() == [1.0]


# --- the file ---------------------------------------------------------------------------------


def test_the_file_s_layers_fit_together_and_its_numbers_are_finite() -> None:
    data = json.loads(FILE.read_text())
    assert tuple(data["signals"]) == HIT_SIGNALS
    count = len(HIT_SIGNALS)
    sizes = [len(data[name]["biases"]) for name in ("first", "second", "out", "direct")]
    assert sizes[2:] == [1, 1]
    inputs = {"first": count, "second": sizes[0], "out": sizes[1], "direct": count}
    for (name, width), outputs in zip(inputs.items(), sizes, strict=True):
        assert np.array(data[name]["weights"]).shape == (width, outputs)
        assert np.isfinite(data[name]["weights"]).all()
        assert np.isfinite(data[name]["biases"]).all()
    assert len(data["means"]) == len(data["scales"]) == count
    assert np.isfinite(data["means"]).all()
    assert np.isfinite(data["scales"]).all()
    assert min(data["scales"]) > 0
    assert 1 < data["limit"] < 100


def test_the_file_s_scores_are_those_of_the_definition() -> None:
    data = json.loads(FILE.read_text())
    chance = np.random.default_rng(1)
    rows = np.array(data["means"]) + chance.normal(size=(25, len(HIT_SIGNALS))) * data["scales"]
    expected = [score_of(data, row) for row in rows.tolist()]
    assert len(set(expected)) == 25
    np.testing.assert_allclose(ranker().check(HIT_SIGNALS).scores(rows), expected, atol=1e-9)
