"""Signals of candidates → how well each fits its question, by a small neural network.

Its weights stand in ``static/ranker.json``, written by ``tests/eval/train_ranker.py``. The signals
describe the question too, so that which questions want words and which want meaning is in the
weights. Nothing here computes a signal.

Boosted trees, the usual choice, were worse on MultiHop-RAG and SQuAD and no better on the others:
they cut one signal at a time, and what tells two candidates apart is mostly a sum of several.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from rag.network import Matrix, Network, shipped_network


@cache
def ranker() -> Network:
    """The network that comes with the package: ``exp`` of the difference of two candidates of one
    question is the odds of one against the other.
    """
    return shipped_network("ranker.json")


def odds(scores: Matrix) -> Matrix:
    """Scores of one question's candidates → each one's odds against the best, 0…1."""
    found: Matrix = np.exp(np.clip(scores - scores.max(initial=-np.inf), -60, 0))
    return found
