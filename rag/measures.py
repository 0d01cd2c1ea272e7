"""What was found and what was expected → the measures; nothing is searched here.

Evidence sentences are measured as MultiHop-RAG measures them (Tang & Yang 2024, arXiv 2401.15391,
and its published scorer): a text counts where it contains one, both with spaces and line breaks
removed. Ranked articles are measured by the ``ir-measures`` library. All are in 0…1, higher is
better.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DEPTH = 10
EVIDENCE_MEASURES = ("Hits@10", "Hits@4", "MAP@10", "MRR@10", "all evidence@10")
ARTICLE_MEASURES = ("nDCG@10", "RR@10", "R@10")
ALL = "all"
"""What the row over all kinds of questions is called, and so no kind."""
RESAMPLE_COUNT = 1_000
SEED = 2026


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean in 0…1 with its 95 % bootstrap confidence interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """The measures over ``count`` questions of a kind; the kind "all" is of all of them."""

    kind: str
    count: int
    figures: dict[str, Figure]


def score(texts: Sequence[str], evidence: Sequence[str]) -> dict[str, float]:
    """The hits' texts, best first, and the evidence → the evidence measures by name.

    MAP@10 adds 1/rank for each sentence where it is first found and divides by their number, at
    most ten.
    """
    ranks = [rank for rank in evidence_ranks(texts, evidence) if rank]
    first = min(ranks, default=0)
    values = (
        float(first > 0),
        float(0 < first <= 4),
        sum(sorted((1 / rank for rank in ranks), reverse=True)[:DEPTH]) / min(len(evidence), DEPTH),
        1 / first if first else 0.0,
        float(len(ranks) == len(evidence)),
    )
    return dict(zip(EVIDENCE_MEASURES, values, strict=True))


def evidence_ranks(texts: Sequence[str], evidence: Sequence[str]) -> tuple[int | None, ...]:
    """For each evidence sentence the 1-based rank of the first of ten texts that holds it."""
    places = [squeezed(text) for text in texts[:DEPTH]]
    facts = [squeezed(fact) for fact in evidence]
    return tuple(
        next((rank for rank, text in enumerate(places, 1) if fact in text), None) for fact in facts
    )


def squeezed(text: str) -> str:
    """A text without its spaces and line breaks."""
    return re.sub(r"\s", "", text)


def article_figures(
    relevant: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Relevant articles and the ranked ones' scores, by question → measures by question."""
    if not relevant:
        return {}
    import ir_measures

    # A question that nothing was found for is in no measure's output.
    figures = {question: dict.fromkeys(ARTICLE_MEASURES, 0.0) for question in relevant}
    measures = [ir_measures.parse_measure(name) for name in ARTICLE_MEASURES]
    for metric in ir_measures.iter_calc(measures, relevant, run):
        figures[metric.query_id][str(metric.measure)] = metric.value
    return figures


def bootstrap(values: npt.NDArray[np.float64]) -> list[Figure]:
    """Values of shape (n_questions, n_measures) → a figure for each measure.

    The percentile bootstrap over questions (Efron & Tibshirani 1993, section 13.3), the same for
    the same values.
    """
    count = len(values)
    drawn = np.random.default_rng(SEED).multinomial(
        count, np.full(count, 1 / count), RESAMPLE_COUNT
    )
    low, high = np.percentile(drawn @ values / count, (2.5, 97.5), axis=0)
    return [Figure(*map(float, each)) for each in zip(values.mean(axis=0), low, high, strict=True)]


def rows(measured: Sequence[tuple[str, Sequence[float]]], names: Sequence[str]) -> tuple[Row, ...]:
    """Each question's kind and values, in the order of ``names`` → a row over all, then one for
    each kind, by name; none where there are no questions.
    """
    kinds = sorted({kind for kind, _ in measured} - {""})
    groups = [(ALL, [values for _, values in measured])] if measured else []
    groups += [(kind, [values for each, values in measured if each == kind]) for kind in kinds]
    return tuple(
        Row(kind, len(group), dict(zip(names, bootstrap(np.array(group)), strict=True)))
        for kind, group in groups
    )
