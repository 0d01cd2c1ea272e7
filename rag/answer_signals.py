"""A question, its hits and their sentences → signals that tell whether the articles answer it.

What the numbers are worth is fitted, see ``confidence``.
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
    # of the sentences
    "best_probability",
    "best_late",
    "best_late_weighted",
    "best_weakest",
    "best_pooled",
    "best_overlap",
    "best_context",
    # of the most probable sentence
    "top_late",
    "top_weakest",
    "top_overlap",
    "top_context",
    "top_names",
    "top_expected",
    # of the hits
    "hit_cosine",     # the highest
    "hit_overlap",    # highest share of the question's words in one hit, with its title
    "hit_names",      # highest share of its names
    "hit_bm25",       # highest, against the words' rarity
    # of the question
    "known_share",    # share of its words, by rarity, that any chunk has
    "word_count",     # ln(1 + how many it has)
    "named",          # 1 where it has a name
)  # fmt: skip

_COLUMN = {name: place for place, name in enumerate(SENTENCE_SIGNALS)}


def hits_signals(snapshot: Snapshot, question: Question, hits: Sequence[Hit]) -> dict[str, float]:
    """The signals of the hits and of the question itself."""
    rarity = rarities(snapshot, question.words)
    total = sum(rarity.values())
    names = set(question.names)
    words = [_hit_words(snapshot, hit) for hit in hits]
    known = sum(r for term, r in rarity.items() if snapshot.lexical.chunk_count_with(term))
    return {
        "hit_cosine": max((hit.cosine or 0.0 for hit in hits), default=0.0),
        "hit_overlap": max((overlap(rarity, here) for here in words), default=0.0),
        "hit_names": max((len(names & here) / len(names) for here in words if names), default=0.0),
        "hit_bm25": max((hit.bm25 or 0.0 for hit in hits), default=0.0) / total if total else 0.0,
        "known_share": known / total if total else 0.0,
        "word_count": math.log(1 + len(question.words)),
        "named": float(bool(names)),
    }


def answer_signals(of_hits: dict[str, float], sentences: Matrix, chances: Matrix) -> list[float]:
    """All of ``ANSWER_SIGNALS``; ``sentences`` of shape (n, sentence signals) and their
    probabilities ``chances`` of shape (n,), n at least 1.
    """
    best = sentences.max(axis=0)
    top = sentences[int(chances.argmax())]
    found = {
        "best_probability": float(chances.max()),
        "best_late": best[_COLUMN["late"]],
        "best_late_weighted": best[_COLUMN["late_weighted"]],
        "best_weakest": best[_COLUMN["late_weakest"]],
        "best_pooled": best[_COLUMN["pooled"]],
        "best_overlap": best[_COLUMN["overlap"]],
        "best_context": best[_COLUMN["context_overlap"]],
        "top_late": top[_COLUMN["late"]],
        "top_weakest": top[_COLUMN["late_weakest"]],
        "top_overlap": top[_COLUMN["overlap"]],
        "top_context": top[_COLUMN["context_overlap"]],
        "top_names": top[_COLUMN["name_share"]],
        "top_expected": top[_COLUMN["expected"]],
        **of_hits,
    }
    return [float(found[name]) for name in ANSWER_SIGNALS]


def _hit_words(snapshot: Snapshot, hit: Hit) -> frozenset[str]:
    article = snapshot.article(hit.chunk.article_id)
    text = article.text[hit.chunk.start : hit.chunk.end]
    return frozenset(terms(f"{article.title} {article.source} {text}"))
