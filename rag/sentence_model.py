"""Signals of sentences → the probability that each answers its question, by a small network.

Its weights stand in ``static/sentence_model.json``, which ``tests/eval/train_answer_model.py``
writes.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from rag.network import Matrix, Network, shipped_network


@cache
def sentence_model() -> Network:
    """The network that comes with the package; its scores are log odds."""
    return shipped_network("sentence_model.json")


def probabilities(scores: Matrix) -> Matrix:
    """Log odds → 0…1."""
    found: Matrix = 1 / (1 + np.exp(-np.clip(scores, -60, 60)))
    return found
