"""The order of hits where a question has several parts."""

from __future__ import annotations

import numpy as np
import pytest

from rag.hit_order import by_parts


def order(scores: list[float], fits: list[list[float]], cosines: list[list[float]]) -> list[int]:
    falling = sorted(range(len(scores)), key=lambda i: -scores[i])
    return by_parts(np.array(fits), np.array(cosines), np.array(scores), falling)


def test_a_part_with_much_evidence_lets_another_s_take_its_turn() -> None:
    # Three of the first part, all a little likelier than the one of the second.
    scores = [1.0, 0.9, 0.8, 0.7]
    fits = [[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    assert order(scores, fits, fits) == [0, 3, 1, 2]


def test_what_is_far_less_likely_takes_no_turn() -> None:
    scores = [1.0, 0.9, 0.8, 0.01]
    fits = [[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    assert order(scores, fits, fits) == [0, 1, 2, 3]


@pytest.mark.parametrize("by_meaning", [False, True])
def test_the_best_of_a_part_without_any_ends_the_first_ten(by_meaning: bool) -> None:
    scores = [*np.linspace(1.0, 0.9, 19), 1e-6]
    first = [*np.linspace(1.0, 0.5, 19), 0.0]
    second = [*[0.0] * 19, 0.4]  # of the last candidate alone
    none = [0.0] * 20
    fits, cosines = [first, second], [first, none]
    if by_meaning:
        fits, cosines = [first, none], [first, second]
    assert order(scores, fits, cosines) == [*range(9), 19, *range(9, 19)]


def test_one_candidate_is_its_own_order() -> None:
    assert order([1.0], [[1.0], [0.5]], [[0.1], [0.2]]) == [0]
