"""A question → the chunks that may answer it: candidates, re-ordered by a ranker, copies folded.

Where the caller states no filters, the question's own apply: days on which articles were
published filter ("articles published in May"), all other days and the sources named only weigh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath
from typing import Protocol

import numpy as np

from rag.candidates import Candidates, Scores, find_candidates
from rag.chunk_table import UNDATED
from rag.embedding import Vectors
from rag.hit_order import hit_order
from rag.hit_signals import HIT_SIGNALS, day_signs, hit_signals
from rag.index import Snapshot
from rag.lexical import terms
from rag.query import Question
from rag.ranker import odds, ranker
from rag.records import Chunk, Filters, Hit, SearchResult, Understood, UnderstoodPeriod


class Reranker(Protocol):
    """A question and texts → how well each answers, in 0…1; ``name`` is what hits say of it."""

    name: str

    def __call__(self, question: str, texts: Sequence[str], /) -> Sequence[float]:
        """One score for each text."""
        ...


DAY_WEIGHT = 1.0
"""What a day that the question names adds to a score. Not learned: too few of the questions with
known evidence name days, and the ranker took some of them for a reason against."""

_NOTHING_ELSE = "new news latest newest events"
"""Words that ask for nothing in particular, beside a period."""

_NEWEST_DAYS = timedelta(days=6)
"""Before the newest article's day, that "What is the latest news?" asks for."""

RERANKED_COUNT = 30
"""How many of the best a cross-encoder, where one is set, puts in a new order."""

_FOLDED_OVERLAP = 0.5  # of a chunk's word triples that stand in a copy, to be the same text
_SHINGLE_TERMS = 3


def retrieve(
    snapshot: Snapshot,
    question: Question,
    vectors: Vectors,
    count: int,
    *,
    filters: Filters | None = None,
    reranker: Reranker | None = None,
) -> SearchResult:
    """The best ``count`` hits; ``vectors``, of shape (1 + parts, dim), are the question's and its
    parts'. ``filters`` given, even empty, take the place of what the question says.

    Raises UnknownSource where a filter names a source that the index does not have.
    """
    filters = _stated(snapshot, question) if filters is None else _resolved(snapshot, filters)
    found = find_candidates(snapshot, question, vectors, filters)
    scores: Scores = np.zeros(0)
    if len(found.numbers):
        signals = hit_signals(snapshot, question, found)
        raw = ranker().check(HIT_SIGNALS).scores(signals)
        scores = odds(raw + DAY_WEIGHT * day_signs(snapshot.table, question, found))
    order = _order(snapshot, question, filters, found, scores)
    reordered: set[Chunk] = set()
    if reranker is not None:
        scores, reordered = _reranked(snapshot, question, reranker, found, scores, order)
        # Again by the same rules: the newest first where that is wanted, undated articles last.
        order = _order(snapshot, question, filters, found, scores)
    hits = _folded(snapshot, question, found, scores, order, count)
    if reranker is not None and reordered:
        reason = f"re-ordered by {PurePath(reranker.name).name}"
        hits = [_because(hit, reason) if hit.chunk in reordered else hit for hit in hits]
    if filters.first_day or filters.last_day:
        hits = [
            _because(hit, "undated")
            if snapshot.article(hit.chunk.article_id).published is None
            else hit
            for hit in hits
        ]
    return SearchResult(
        question=question.text,
        searched_for=question.text,
        filters=filters,
        understood=_understood(question, found),
        hits=tuple(hits),
        generation=snapshot.generation,
    )


def _stated(snapshot: Snapshot, question: Question) -> Filters:
    """The days of publication that an undivided question asks for, as filters; any days where it
    asks for nothing else ("What happened last week?"), the last seven that have articles where it
    asks for the newest alone. In a question of several parts or sources each has its own, and a
    filter by one would lose the other's evidence.
    """
    if question.parts or question.publisher_count > 1:
        return Filters()
    stated = [period for period in question.periods if period.published]
    if not stated and len(question.periods) < 2 and not question.sources:
        said = set(terms(_NOTHING_ELSE))
        for period in question.periods:
            said |= set(terms(question.text[period.start : period.end]))
        if not set(question.words) - said:
            stated = list(question.periods)
            newest = snapshot.table.newest
            if not stated and question.newest and newest:
                return Filters((), newest - _NEWEST_DAYS, newest)
    return Filters((), stated[0].first_day, stated[0].last_day) if len(stated) == 1 else Filters()


def _resolved(snapshot: Snapshot, filters: Filters) -> Filters:
    names = {name for given in filters.sources for name in snapshot.source_names.named(given)}
    return Filters(tuple(sorted(names)), filters.first_day, filters.last_day)


def _order(
    snapshot: Snapshot,
    question: Question,
    filters: Filters,
    found: Candidates,
    scores: Scores,
) -> list[int]:
    """Places among the candidates, the best first; where days filter, undated articles last."""
    days = snapshot.table.days[found.rows]
    filtered = bool(filters.first_day or filters.last_day)
    return hit_order(question, found, scores, days, (days == UNDATED) & filtered)


def _reranked(
    snapshot: Snapshot,
    question: Question,
    reranker: Reranker,
    found: Candidates,
    scores: Scores,
    order: list[int],
) -> tuple[Scores, set[Chunk]]:
    """The scores with the reranker's for the first thirty, and the chunks that have these. The
    rest stay below them in the ranker's order, each score multiplied by the reranker's lowest,
    for a score of the one cannot be compared with a score of the other.

    Texts are scored with the whole question alone: with each of its parts as well, the time would
    be as many times as long.
    """
    head, rest = order[:RERANKED_COUNT], order[RERANKED_COUNT:]
    if not head:
        return scores, set()
    chunks = snapshot.chunks([int(found.numbers[i]) for i in head])
    texts = [_text(snapshot, chunks[int(found.numbers[i])]) for i in head]
    changed = scores.copy()
    changed[head] = reranker(question.text, texts)
    changed[rest] *= changed[head].min()
    return changed, set(chunks.values())


def _text(snapshot: Snapshot, chunk: Chunk) -> str:
    return snapshot.article(chunk.article_id).text[chunk.start : chunk.end]


def _folded(
    snapshot: Snapshot,
    question: Question,
    found: Candidates,
    scores: Scores,
    order: Sequence[int],
    count: int,
) -> list[Hit]:
    """The first ``count`` as hits, without chunks whose text a copy of their article, already
    among the hits, has as well.
    """
    hits: list[Hit] = []
    shingles: dict[str, set[tuple[str, ...]]] = {}  # of the articles taken that have copies
    for place in order:
        if len(hits) == count:
            break
        number = int(found.numbers[place])
        chunk = snapshot.chunks([number])[number]
        copies = snapshot.copies_of(chunk.article_id)
        taken = [article for article in copies if article in shingles]
        if taken:
            here = _shingles(_text(snapshot, chunk))
            if any(len(here & shingles[a]) >= _FOLDED_OVERLAP * len(here) for a in taken):
                continue
        if copies and chunk.article_id not in shingles:
            shingles[chunk.article_id] = _shingles(snapshot.article(chunk.article_id).text)
        hits.append(_hit(snapshot, question, found, float(scores[place]), place, chunk, copies))
    return hits


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = terms(text)
    return {tuple(words[i : i + _SHINGLE_TERMS]) for i in range(len(words))}


def _hit(
    snapshot: Snapshot,
    question: Question,
    found: Candidates,
    score: float,
    place: int,
    chunk: Chunk,
    copies: tuple[str, ...],
) -> Hit:
    number = int(found.numbers[place])
    dense = {n: rank for rank, (n, _) in enumerate(found.dense, 1)}
    lexical = {n: rank for rank, (n, _) in enumerate(found.lexical, 1)}
    cosine, bm25 = float(found.cosine[place]), float(found.bm25[place])
    return Hit(
        chunk,
        score=round(score, 6),
        dense_rank=dense.get(number),
        lexical_rank=lexical.get(number),
        cosine=cosine if cosine > -1 else None,
        bm25=bm25 if bm25 > 0 else None,
        reasons=_reasons(snapshot, question, found, place, dense.get(number), lexical.get(number)),
        copies=copies,
    )


def _because(hit: Hit, reason: str) -> Hit:
    return replace(hit, reasons=(*hit.reasons, reason))


def _reasons(
    snapshot: Snapshot,
    question: Question,
    found: Candidates,
    place: int,
    dense_rank: int | None,
    lexical_rank: int | None,
) -> tuple[str, ...]:
    reasons = list[str]()
    if dense_rank is not None:
        reasons.append(f"meaning: {dense_rank} of {len(found.dense)}")
    here = set(snapshot.chunk_terms([int(found.numbers[place])])[0])
    words = list(dict.fromkeys(word for term, word in question.words.items() if term in here))
    shown = ", ".join(words)
    if lexical_rank is not None and words:
        reasons.append(f"words: {lexical_rank} of {len(found.lexical)} ({shown})")
    elif lexical_rank is not None:
        reasons.append(f"words: {lexical_rank} of {len(found.lexical)}, none that carries meaning")
    elif words:
        reasons.append(f"words: {shown}")
    if found.parts:
        best = int(
            np.argmax([part.bm25[place] / max(part.best_bm25, 1e-9) for part in found.parts])
        )
        if found.parts[best].bm25[place] > 0:
            reasons.append(f"fits part {best + 1}")
    table, row = snapshot.table, found.rows[place]
    if found.of_source[place]:
        reasons.append(f"source: {table.source_names[table.sources[row]]}")
    if found.of_day[place]:
        reasons.append("published then")
    return tuple(reasons)


def _understood(question: Question, found: Candidates) -> Understood:
    return Understood(
        sources=tuple(sorted(question.sources)),
        periods=tuple(
            UnderstoodPeriod(question.text[p.start : p.end], p.first_day, p.last_day)
            for p in question.periods
        ),
        quoted=() if question.parts else question.quoted,
        parts=tuple(part.text for part in question.parts),
        newest=question.newest,
        absent_phrases=found.absent_phrases,
    )
