"""A question, its hits and their sentences → signals that tell whether the articles answer it.

Few, because what signals of names and of what is asked for would learn is what the questions of one
set are like. What the numbers are worth is fitted, see ``confidence``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.index import Snapshot
from rag.lexical import terms
from rag.network import Matrix
from rag.query import Question
from rag.records import Hit
from rag.sentence_signals import SENTENCE_SIGNALS, overlap, rarities

ANSWER_SIGNALS = (
    # the highest of the sentences
    "best_probability",
    "best_reading",       # see ``comprehension.SentenceReading``
    "best_reading_span",
    # the highest of the hits
    "hit_cosine",
    "hit_overlap",  # share of the question's words in one hit, with its title
    # of the question
    "word_count",   # ln(1 + how many it has)
)  # fmt: skip

_COLUMN = {name: place for place, name in enumerate(SENTENCE_SIGNALS)}


def hits_signals(snapshot: Snapshot, question: Question, hits: Sequence[Hit]) -> dict[str, float]:
    """The signals of the hits and of the question itself."""
    rarity = rarities(snapshot, question.words)
    words = [_hit_words(snapshot, hit) for hit in hits]
    return {
        "hit_cosine": max((hit.cosine or 0.0 for hit in hits), default=0.0),
        "hit_overlap": max((overlap(rarity, here) for here in words), default=0.0),
        "word_count": math.log(1 + len(question.words)),
    }


def answer_signals(of_hits: dict[str, float], sentences: Matrix, chances: Matrix) -> list[float]:
    """All of ``ANSWER_SIGNALS``; ``sentences`` of shape (n, sentence signals) and their
    probabilities ``chances`` of shape (n,), n at least 1.
    """
    best = sentences.max(axis=0)
    found = {
        "best_probability": chances.max(),
        "best_reading": best[_COLUMN["reading"]],
        "best_reading_span": best[_COLUMN["reading_span"]],
        **of_hits,
    }
    return [float(found[name]) for name in ANSWER_SIGNALS]


def _hit_words(snapshot: Snapshot, hit: Hit) -> frozenset[str]:
    article = snapshot.article(hit.chunk.article_id)
    text = article.text[hit.chunk.start : hit.chunk.end]
    return frozenset(terms(f"{article.title} {article.source} {text}"))
