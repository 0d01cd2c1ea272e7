"""A question → the chunks that may hold its answer, each with its scores; in no order.

Lists by BM25 and by cosine, of the whole question and of each of its parts, are joined; where the
question names sources or days, so are the best of their articles. Then every candidate gets its
score in every list, whether the list held it or not, so that all are compared on the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.chunk_table import Mask, Numbers
from rag.embedding import Vectors
from rag.index import Snapshot
from rag.lexical import terms
from rag.periods import Period
from rag.query import Question
from rag.records import Filters

LIST_LENGTH = 100
"""How deep the two lists of the whole question are read; a hit's ranks are places in them."""
_WHOLE_COUNT = 60  # of them become candidates
_NAMED_COUNT = 20  # of the sources and days the question names
_PART_COUNT = 12  # of each part by BM25, half as many by cosine

_DEEP_COUNT = 400  # enough that most lists hold the best of a source or period of many chunks
_FEW_CHUNKS = 2_000

_NAMED_WEIGHT = 0.3  # what a part's source, or day, adds to its BM25

Scores = npt.NDArray[np.float64]
Found = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class PartScores:
    """A part's scores of the candidates: ``bm25`` and ``cosine`` of shape (n,) with the highest of
    each that any chunk has, and which candidates are of a source or day that the part names.
    """

    bm25: Scores
    best_bm25: float
    cosine: Scores
    best_cosine: float
    of_source: Mask
    of_day: Mask
    names_source: bool
    names_day: bool

    @property
    def weighted_bm25(self) -> Scores:
        """BM25 as a share of the best, raised for candidates of the part's source or day."""
        weights = 1 + _NAMED_WEIGHT * self.of_source + _NAMED_WEIGHT * self.of_day
        return self.bm25 / max(self.best_bm25, 1e-9) * weights


@dataclass(frozen=True, slots=True)
class Candidates:
    """Numbers of chunks, ascending, of shape (n,), with the question's scores of them.

    ``dense`` and ``lexical`` are the whole question's two lists, the best first; ``rows`` the
    candidates' places in the index's table. ``absent_phrases`` are the quoted ones
    that are in no chunk, or never together, so that chunks without them were looked for.
    """

    numbers: Numbers
    rows: Numbers
    dense: Found
    lexical: Found
    bm25: Scores
    cosine: Scores
    of_source: Mask
    of_day: Mask
    parts: tuple[PartScores, ...]
    absent_phrases: tuple[str, ...] = ()


def find_candidates(
    snapshot: Snapshot, question: Question, vectors: Vectors, filters: Filters
) -> Candidates:
    """``vectors``, of shape (1 + parts, dim), are the question's and its parts'."""
    search = _Search(snapshot, filters)
    lexical, phrases, absent = search.with_phrases(question)
    dense_lists = snapshot.vectors.search_all(vectors, LIST_LENGTH, only=search.only)
    dense = dense_lists[0]
    numbers = {n for found in (lexical, dense) for n, _ in found[:_WHOLE_COUNT]}
    source, day = search.masks(question.sources, question.periods)
    if question.sources or question.periods:
        numbers |= search.among(
            question.terms, source & day if _both(source, day) else source | day
        )
    best_bm25 = []
    for part, dense_of_part in zip(question.parts, dense_lists[1:], strict=True):
        of_part = search.lexical(part.words, _PART_COUNT)
        numbers |= {n for n, _ in of_part}
        numbers |= {n for n, _ in dense_of_part[: _PART_COUNT // 2]}
        best_bm25.append(of_part[0][1] if of_part else 0.0)
        of_source, of_day = search.masks(part.sources, part.periods)
        if part.sources or part.periods:
            both = of_source & of_day if _both(of_source, of_day) else of_source | of_day
            numbers |= search.among(part.words, both)
    if phrases:
        numbers &= search.having(question.terms, numbers, phrases)
    found = np.array(sorted(numbers), dtype=np.int64)
    rows = snapshot.table.places(found)
    cosines = snapshot.vectors.cosines(found, vectors).astype(np.float64)
    best = [
        (bm25, of_part[0][1] if of_part else 0.0)
        for bm25, of_part in zip(best_bm25, dense_lists[1:], strict=True)
    ]
    return Candidates(
        found, rows, dense, lexical, search.bm25(question.terms, found), cosines[0],
        source[rows], day[rows], _part_scores(search, question, found, rows, cosines[1:], best),
        absent,
    )  # fmt: skip


def _part_scores(
    search: _Search,
    question: Question,
    numbers: Numbers,
    rows: Numbers,
    cosines: Scores,
    best: Sequence[tuple[float, float]],
) -> tuple[PartScores, ...]:
    """``best`` are the highest BM25 and cosine of each part."""
    parts = []
    for part, cosine, (best_bm25, best_cosine) in zip(question.parts, cosines, best, strict=True):
        of_source, of_day = search.masks(part.sources, part.periods)
        parts.append(
            PartScores(
                search.bm25(part.words, numbers), best_bm25, cosine, best_cosine,
                of_source[rows], of_day[rows], bool(part.sources), bool(part.periods),
            )
        )  # fmt: skip
    return tuple(parts)


def _both(one: Mask, other: Mask) -> bool:
    return bool((one & other).any())


class _Search:
    """The index's two searches under one set of filters."""

    def __init__(self, snapshot: Snapshot, filters: Filters) -> None:
        self._snapshot = snapshot
        self._allowed = snapshot.table.allowed(filters)
        self._lists: dict[tuple[str, ...], Found] = {}
        self._masks: dict[tuple[frozenset[str], tuple[Period, ...]], tuple[Mask, Mask]] = {}
        self.only: Numbers | None = None
        if self._allowed is not None:
            self.only = snapshot.table.ids[self._allowed]

    def lexical(
        self, words: Sequence[str], count: int, *, phrases: Sequence[Sequence[str]] = ()
    ) -> Found:
        """The best by BM25."""
        if self.only is None and not phrases and count <= _DEEP_COUNT:
            return self._deep(words)[:count]
        return self._snapshot.lexical.search(words, count, phrases=phrases, only=self.only)

    def _deep(self, words: Sequence[str]) -> Found:
        """A list of all chunks, filtered or not, longer than most: it costs little more."""
        key = tuple(words)
        if key not in self._lists:
            self._lists[key] = self._snapshot.lexical.search(words, _DEEP_COUNT)
        return self._lists[key]

    def with_phrases(self, question: Question) -> tuple[Found, list[list[str]], tuple[str, ...]]:
        """The best by BM25 of the chunks that have the quoted phrases; the terms of the phrases
        that all of these have; the phrases that were left out, for no chunk has them.

        In a question of several parts a phrase belongs to one of them and is asked of no chunk.
        """
        quoted = {} if question.parts else {phrase: terms(phrase) for phrase in question.quoted}
        held = {q: words for q, words in quoted.items() if self.lexical(words, 1, phrases=[words])}
        found = self.lexical(question.terms, LIST_LENGTH, phrases=list(held.values()))
        if held and not found:  # each stands somewhere, but no chunk has them all
            held, found = {}, self.lexical(question.terms, LIST_LENGTH)
        return found, list(held.values()), tuple(q for q in quoted if q not in held)

    def among(self, words: Sequence[str], mask: Mask) -> set[int]:
        """The best by BM25 of the chunks in the mask."""
        if self._allowed is not None:
            mask = mask & self._allowed
        table, lexical = self._snapshot.table, self._snapshot.lexical
        if np.count_nonzero(mask) > _FEW_CHUNKS:
            found = np.array([n for n, _ in self._deep(words)], dtype=np.int64)
            among = found[mask[table.places(found)]]
            if len(among) >= _NAMED_COUNT or len(found) < _DEEP_COUNT:
                return set(among[:_NAMED_COUNT].tolist())
        return {n for n, _ in lexical.search(words, _NAMED_COUNT, only=table.ids[mask])}

    def having(
        self, words: Sequence[str], numbers: set[int], phrases: Sequence[Sequence[str]]
    ) -> set[int]:
        """Those of the chunks that have all the phrases, and one of the words."""
        lexical = self._snapshot.lexical
        found = lexical.search(words, max(len(numbers), 1), phrases=phrases, only=numbers)
        return {n for n, _ in found}

    def bm25(self, words: Sequence[str], numbers: Numbers) -> Scores:
        """The BM25 of each of the chunks, 0 where it has none of the words."""
        found = dict(
            self._snapshot.lexical.search(words, max(len(numbers), 1), only=numbers.tolist())
        )
        return np.array([found.get(int(number), 0.0) for number in numbers])

    def masks(self, sources: frozenset[str], periods: Sequence[Period]) -> tuple[Mask, Mask]:
        """Which chunks are of the sources, and which of the days."""
        key = sources, tuple(periods)
        if key not in self._masks:
            table = self._snapshot.table
            of_days = np.zeros(len(table.ids), dtype=np.bool_)
            for period in periods:
                of_days |= table.of_days(period.first_day, period.last_day)
            self._masks[key] = table.of_sources(sources), of_days
        return self._masks[key]
