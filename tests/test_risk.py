"""The risk–coverage curve, against cases worked out by hand and brute force."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from rag.risk import Attempt, RiskPoint, risk_at, risk_curve


def attempts(*rows: tuple[float, bool], given: int | None = None) -> list[Attempt]:
    """(confidence, wrong) each; the first ``given`` were given, by default all."""
    count = len(rows) if given is None else given
    return [Attempt(confidence, n < count, wrong) for n, (confidence, wrong) in enumerate(rows)]


def test_risk_is_the_share_of_wrong_ones_among_the_most_confident() -> None:
    curve = risk_curve(attempts((0.6, True), (0.9, False), (0.8, True), (0.7, False)))
    assert curve.points == (
        RiskPoint(0.9, 1 / 4, 0),
        RiskPoint(0.8, 2 / 4, 1 / 2),
        RiskPoint(0.7, 3 / 4, 1 / 3),
        RiskPoint(0.6, 4 / 4, 2 / 4),
    )
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert curve.least_area == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_the_area_is_the_mean_over_all_orders_of_equal_confidences() -> None:
    rng = np.random.default_rng(11)
    for _ in range(20):
        confidences = rng.choice([0.2, 0.5, 0.8], 6)
        wrong = rng.integers(0, 2, 6).astype(bool)
        areas = [
            np.mean(np.cumsum(wrong[list(order)]) / np.arange(1, 7))
            for order in permutations(range(6))
            if all(np.diff(confidences[list(order)]) <= 0)
        ]
        rows = zip(confidences.tolist(), wrong.tolist(), strict=True)
        curve = risk_curve(attempts(*rows))
        assert curve.area == pytest.approx(np.mean(areas))
        assert curve.least_area == pytest.approx(
            np.mean(np.cumsum(np.sort(wrong)) / np.arange(1, 7))
        )
        assert len(curve.points) == len(set(confidences))


def test_what_was_refused_comes_after_what_was_given_even_at_equal_confidence() -> None:
    rows = [(0.9, False), (0.4, True), (0.4, True), (0.4, True)]
    curve = risk_curve(reversed(attempts(*rows, given=2)))
    assert curve.shipped == RiskPoint(0.4, 1 / 2, 1 / 2)
    assert curve.points[1:] == (RiskPoint(0.4, 1 / 2, 1 / 2), RiskPoint(0.4, 1.0, 3 / 4))


def test_where_nothing_was_given_there_is_no_shipped_point() -> None:
    assert risk_curve(attempts((0.2, True), given=0)).shipped is None
    with pytest.raises(ValueError, match="no answers"):
        risk_curve([])


def test_between_two_points_the_errors_grow_evenly() -> None:
    curve = risk_curve(attempts((0.9, False), (0.5, True), (0.5, True), (0.5, True)))
    assert risk_at(curve, 0.25) == 0
    assert risk_at(curve, 0.1) == 0
    assert risk_at(curve, 0.5) == pytest.approx(1 / 2)
    assert risk_at(curve, 0.625) == pytest.approx(1.5 / 2.5)
    assert risk_at(curve, 1.0) == pytest.approx(3 / 4)
