"""Confidences, and which answers were wrong → the risk–coverage curve; nothing is asked here.

Questions are answered in the order of falling confidence. Coverage is the share of them that are
answered, risk the share of the answered that are wrong (Geifman & El-Yaniv 2017, "Selective
Classification for Deep Neural Networks", arXiv 1705.08500, equations 1 and 2). Lower is better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np


@dataclass(frozen=True, slots=True)
class Attempt:
    """A question's answer: how confident, whether it was given, whether it is or would be wrong."""

    confidence: float
    given: bool
    wrong: bool


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What is answered where all questions of at least that confidence are."""

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class RiskCurve:
    """A point for each confidence that occurs, the highest first.

    ``area`` is the mean risk over all coverages, in 0…1; ``least_area`` what it would be if every
    wrong answer came last. ``shipped`` is the point of the answers that were given, None where none
    was.
    """

    points: tuple[RiskPoint, ...]
    area: float
    least_area: float
    shipped: RiskPoint | None


def risk_curve(attempts: Iterable[Attempt]) -> RiskCurve:
    """Answers, given or not → their curve; those that were given come first.

    Answers of equal confidence count as in random order, their errors spread evenly over them,
    since no threshold can part them. Raises ValueError where there are none.
    """
    ordered = sorted(attempts, key=_place)
    points: list[RiskPoint] = []
    shipped = None
    asked, errors, total = 0, 0, 0.0
    for _, group in groupby(ordered, key=_place):
        equal = list(group)
        wrong = sum(each.wrong for each in equal)
        total += sum(
            (errors + wrong * place / len(equal)) / (asked + place)
            for place in range(1, len(equal) + 1)
        )
        asked, errors = asked + len(equal), errors + wrong
        points.append(RiskPoint(equal[0].confidence, asked / len(ordered), errors / asked))
        if equal[0].given:
            shipped = points[-1]
    if not points:
        raise ValueError("There is no curve of no answers.")
    right = asked - errors
    least = sum(place / (right + place) for place in range(1, errors + 1))
    return RiskCurve(tuple(points), total / asked, least / asked, shipped)


def risk_at(curve: RiskCurve, coverage: float) -> float:
    """The risk where that share of the questions, in 0…1 and above 0, is answered."""
    coverages = [0.0, *(point.coverage for point in curve.points)]
    errors = [0.0, *(point.coverage * point.risk for point in curve.points)]
    return float(np.interp(coverage, coverages, errors)) / coverage


def _place(attempt: Attempt) -> tuple[bool, float]:
    return not attempt.given, -attempt.confidence
