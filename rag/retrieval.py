"""A question → the chunks that may answer it: dense and BM25 lists, mixed.

Each list's scores are brought to 0…1 between its 100th and its first, then added with weights.
Reciprocal rank fusion, the usual way, lost 0.05 of Hits@10 against this on the same lists: it
throws away how much better the first is than the tenth.
"""

from __future__ import annotations

from rag.embedding import Vectors
from rag.index import Snapshot
from rag.lexical import terms
from rag.query import Question
from rag.records import Hit

CANDIDATE_COUNT = 100
DENSE_SHARE = 0.5
"""Best over question kinds so far: MultiHop-RAG wants 0.3, short natural questions 0.7."""


def retrieve(snapshot: Snapshot, question: Question, vector: Vectors, count: int) -> list[Hit]:
    """The best ``count`` hits, the best first; ``vector`` is the question's, of shape (dim,)."""
    dense = snapshot.vectors.search(vector, CANDIDATE_COUNT)
    lexical = snapshot.lexical.search(question.terms, CANDIDATE_COUNT)
    mixed = mix(dense, lexical)
    best = sorted(mixed, key=lambda number: (-mixed[number], number))[:count]
    chunks = snapshot.chunks(best)
    dense_places = {number: (rank, score) for rank, (number, score) in enumerate(dense, 1)}
    lexical_places = {number: (rank, score) for rank, (number, score) in enumerate(lexical, 1)}
    hits = []
    for number in best:
        dense_rank, cosine = dense_places.get(number, (None, None))
        lexical_rank, bm25 = lexical_places.get(number, (None, None))
        chunk = chunks[number]
        text = snapshot.article(chunk.article_id).text[chunk.start : chunk.end]
        hits.append(
            Hit(
                chunk,
                score=mixed[number],
                dense_rank=dense_rank,
                lexical_rank=lexical_rank,
                cosine=cosine,
                bm25=bm25,
                reasons=_reasons(question, text, dense_rank, lexical_rank),
                copies=snapshot.copies_of(chunk.article_id),
            )
        )
    return hits


def mix(
    dense: list[tuple[int, float]],
    lexical: list[tuple[int, float]],
    *,
    dense_share: float = DENSE_SHARE,
) -> dict[int, float]:
    """Two lists of (number, score), best first → number → mixed score in 0…1.

    A number that one list lacks gets 0 from it.
    """
    mixed: dict[int, float] = {}
    for found, share in ((dense, dense_share), (lexical, 1 - dense_share)):
        if not found:
            continue
        top = found[0][1]
        # A list that ends before the 100th holds all there is; what it lacks would score 0.
        bottom = found[CANDIDATE_COUNT - 1][1] if len(found) >= CANDIDATE_COUNT else 0.0
        width = top - bottom
        for number, score in found:
            part = (score - bottom) / width if width > 0 else 1.0
            mixed[number] = mixed.get(number, 0.0) + share * min(max(part, 0.0), 1.0)
    return mixed


def _reasons(
    question: Question, text: str, dense_rank: int | None, lexical_rank: int | None
) -> tuple[str, ...]:
    reasons = []
    if dense_rank is not None:
        reasons.append(f"meaning: {dense_rank} of {CANDIDATE_COUNT}")
    if lexical_rank is not None:
        here = set(terms(text))
        words = [word for term, word in question.words.items() if term in here]
        shown = ", ".join(words) if words else "title or source only"
        reasons.append(f"words: {lexical_rank} of {CANDIDATE_COUNT} ({shown})")
    return tuple(reasons)
