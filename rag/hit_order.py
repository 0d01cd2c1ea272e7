"""Candidates with their scores → the order in which they are shown.

By score; of a question of several parts each part's evidence takes its turn, so that the one with
the most evidence does not fill the list; "the latest" goes by day. Nothing here makes a score.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rag.candidates import Candidates, Scores
from rag.chunk_table import Mask, Numbers
from rag.query import Question

Matrix = npt.NDArray[np.float64]

_ABOUT_AS_LIKELY = 0.1  # of the best one's odds: among these "the latest" means the newest

_TURNS_AMONG = 40  # of the best, as many as a long list shows
_SAME_PART = 0.75  # what a hit's odds are multiplied by for each earlier one that fits its part
_LIST_LENGTH = 10  # hits among which every part is represented
_BEST_OF_PART = 5  # by words, and as many by meaning: one of them represents the part


def hit_order(
    question: Question, found: Candidates, scores: Scores, days: Numbers, undated: Mask
) -> list[int]:
    """Places among the candidates, the best first; ``scores``, odds of 0…1, and ``days`` of
    publication are of shape (candidates,). Those that are ``undated`` come last.
    """
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], found.numbers[i]))
    if question.newest and order:
        least = _ABOUT_AS_LIKELY * scores[order[0]]
        likely = [i for i in order if scores[i] >= least]
        order = sorted(likely, key=lambda i: -days[i]) + order[len(likely) :]
    elif found.parts and order:
        fits = np.array([part.weighted_bm25 for part in found.parts])
        order = by_parts(fits, np.array([part.cosine for part in found.parts]), scores, order)
    order.sort(key=lambda i: bool(undated[i]))
    return order


def by_parts(fits: Matrix, cosines: Matrix, scores: Scores, order: list[int]) -> list[int]:
    """The order of a question of several parts; ``fits``, weighted BM25, and ``cosines`` are of
    shape (parts, candidates).
    """
    taken = _in_turns(fits.argmax(0), scores, order)
    return _represented(fits, cosines, scores, taken)


def _in_turns(part_of: Numbers, scores: Scores, order: list[int]) -> list[int]:
    """The best forty again, each chosen by its odds and by how many fit its part already."""
    worth = np.array(scores, dtype=np.float64)
    left, taken = order[:_TURNS_AMONG], list[int]()
    while left:
        best = max(left, key=lambda i: worth[i])  # of equals the first in order
        left.remove(best)
        taken.append(best)
        worth[part_of == part_of[best]] *= _SAME_PART
    return taken + order[_TURNS_AMONG:]


def _represented(fits: Matrix, cosines: Matrix, scores: Scores, order: list[int]) -> list[int]:
    """The order, with one of the best of each part that has none among the first ten put there."""
    shown = set(order[:_LIST_LENGTH])
    missing = list[int]()
    for ranking in zip(fits, cosines, strict=True):
        own = {
            int(i)
            for row in ranking
            for i in np.argsort(-row, kind="stable")[:_BEST_OF_PART]
            if row[i] > 0
        }
        if own and not own & (shown | set(missing)):
            missing.append(max(own, key=lambda i: (scores[i], -i)))
    others = [i for i in order if i not in missing]
    kept = _LIST_LENGTH - len(missing)
    return others[:kept] + missing + others[kept:]
