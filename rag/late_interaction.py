"""Token vectors of a question and a text → how much each sentence of the text says of the question.

Every token of the question looks for the likest token of the sentence (Khattab & Zaharia 2020,
equation 3). The text went through the model as a whole, so that a sentence's tokens know what
stands around them: "it" of a sentence about a bridge is near "bridge". Nothing here embeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.chunking import Span
from rag.embedding import Tokens

Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A sentence's likeness to a question: the mean over the question's tokens, the mean weighted
    by the rarity of their words, that of the third of them that find least, each of cosines; and
    the cosine of both pooled vectors. In a question of several parts, of the part that fits best.
    """

    mean: float
    weighted: float
    weakest: float
    pooled: float


NO_LIKENESS = Likeness(0.0, 0.0, 0.0, 0.0)


def likenesses(
    question: Tokens, weights: Sequence[Weights], text: Tokens, spans: Sequence[Span]
) -> list[Likeness]:
    """One for each of the half-open ``spans`` of the text.

    ``weights``, one array of shape (question tokens,) for each part of the question or one for the
    whole, are 0 for tokens of other parts.
    """
    cosines = question.vectors @ text.vectors.T
    pooled = [_unit(question.vectors[each > 0].sum(0)) for each in weights]
    found = []
    for start, end in spans:
        inside = (text.starts >= start) & (text.ends <= end)
        if not inside.any():
            found.append(NO_LIKENESS)
            continue
        best = cosines[:, inside].max(1)
        whole = _unit(text.vectors[inside].sum(0))
        each = [
            _likeness(best, of_part, float(vector @ whole))
            for of_part, vector in zip(weights, pooled, strict=True)
        ]
        found.append(max(each, key=lambda likeness: likeness.mean))
    return found


def _likeness(best: Weights, weights: Weights, pooled: float) -> Likeness:
    of_part = best[weights > 0]
    lowest = np.sort(of_part)[: max(1, len(of_part) // 3)]
    weighted = float(best @ weights / weights.sum())
    return Likeness(float(of_part.mean()), weighted, float(lowest.mean()), pooled)


def _unit(vector: Weights) -> Weights:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
