"""Questions → chunks, from one generation of an index whose chunks lie in a Milvus collection.

The collection may also hold chunks that were added since, and those that left with this
generation: what is found is compared with the generation's own list, and more is asked for where
too few are left. So are numbers that a search is restricted to, when they are too many to be
named: Milvus is told the sources and days that they have. Cosines come from the store's vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.bm25 import dimension_of, least_weight, question_weight
from rag.chunk_table import UNDATED, ChunkTable, Numbers
from rag.lexical import one_letter_apart, telling, terms
from rag.milvus import MOST_FOUND, Found, Milvus, one_of, source_number
from rag.store import Store
from rag.word_table import WordTable

Matrix = npt.NDArray[np.float32]

_NAMED = 2_000  # numbers, and sources, that a condition names
_DEEPER = 4
_PHRASE_DEPTH = 512
_SHORTEST_SIMILAR = 5


@dataclass(frozen=True, slots=True)
class Searched:
    """A collection and what it was filled with: numbers below ``next_id`` are of this generation
    or of one before; ``mean_length`` is in the weights, no chunk has more terms than ``longest``.
    """

    milvus: Milvus
    collection: str
    dimension: int
    next_id: int
    mean_length: float
    longest: int


class _Restricted:
    """The chunks that one search is restricted to, as a condition and as what is kept of it."""

    def __init__(self, searched: Searched, table: ChunkTable, only: Numbers | None) -> None:
        self._allowed = table.ids if only is None else np.sort(only)
        self.condition = f"id > 0 and id < {searched.next_id}"
        if only is not None:
            self.condition = " and ".join([self.condition, *_conditions(table, self._allowed)])

    def kept(self, found: Found) -> Found:
        """Those of what was found that are allowed."""
        numbers = np.array([number for number, _ in found], dtype=np.int64)
        places = np.minimum(np.searchsorted(self._allowed, numbers), len(self._allowed) - 1)
        return [found[place] for place in np.flatnonzero(self._allowed[places] == numbers)]

    def best(self, search: Callable[[int, str], list[Found]], count: int) -> list[Found]:
        """Lists of the best ``count`` that are allowed, asked for deeper and deeper."""
        depth = count
        while True:
            lists = search(depth, self.condition)
            kept = [self.kept(found) for found in lists]
            enough = all(
                len(of) >= count or len(found) < depth
                for of, found in zip(kept, lists, strict=True)
            )
            if enough or depth >= MOST_FOUND:
                return [_ordered(of)[:count] for of in kept]
            depth = min(MOST_FOUND, depth * _DEEPER)


def _conditions(table: ChunkTable, numbers: Numbers) -> list[str]:
    """What is true of the chunks with these numbers, ascending; of few others where they are too
    many to be named.
    """
    if len(numbers) <= _NAMED:
        return [one_of("id", numbers.tolist())]
    rows = table.places(numbers)
    conditions = []
    sources = np.unique(table.sources[rows])
    if len(sources) < min(len(table.source_names), _NAMED):
        named = (source_number(table.source_names[place]) for place in sources.tolist())
        conditions.append(one_of("source", named))
    days = table.days[rows]
    dated = days[days != UNDATED]
    undated = [f"day == {UNDATED}"] if len(dated) < len(days) else []
    within = [f"(day >= {dated.min()} and day <= {dated.max()})"] if len(dated) else []
    conditions.append(f"({' or '.join([*within, *undated])})")
    return conditions


def _ordered(found: Found) -> Found:
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


class MilvusVectors:
    """The vectors of one generation."""

    def __init__(self, searched: Searched, store: Store, table: ChunkTable) -> None:
        self._searched = searched
        self._store = store
        self._table = table

    def search_all(
        self, vectors: Matrix, count: int, *, only: Numbers | None = None
    ) -> list[list[tuple[int, float]]]:
        """As ``DenseSearch`` says. Raises EngineError."""
        nothing = not len(self._table.ids) or (only is not None and not len(only))
        if nothing or not np.isfinite(vectors).all():
            return [[] for _ in vectors]
        at = self._searched
        restricted = _Restricted(at, self._table, only)
        return restricted.best(
            lambda depth, condition: at.milvus.nearest_vectors(
                at.collection, vectors, depth, f"embedded == true and {condition}"
            ),
            count,
        )

    def cosines(self, ids: Numbers, vectors: Matrix) -> Matrix:
        """As ``DenseSearch`` says. Raises IndexDamaged."""
        keys = {
            stored.id: stored.vector_key
            for stored in self._store.stored_chunks(ids.tolist())
            if stored.vector_key
        }
        found = np.full((len(vectors), len(ids)), -1, dtype=np.float32)
        places = [place for place, number in enumerate(ids.tolist()) if number in keys]
        if places:
            rows = self._store.vectors(
                [keys[int(ids[place])] for place in places], self._searched.dimension
            )
            found[:, places] = vectors @ rows.T
        return found


class MilvusWords:
    """The words of one generation."""

    def __init__(self, searched: Searched, store: Store, table: ChunkTable) -> None:
        self._searched = searched
        self._store = store
        self._table = table
        self._words = WordTable(store)
        self._counts: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many chunks there are."""
        return len(self._table.ids)

    def search(
        self,
        words: Iterable[str],
        count: int,
        *,
        phrases: Iterable[Sequence[str]] = (),
        only: Collection[int] | Numbers | None = None,
    ) -> list[tuple[int, float]]:
        """As ``LexicalSearch`` says; of phrases whose words stand in more than 16,384 chunks, not
        every one is found. Raises EngineError, IndexDamaged.
        """
        allowed = None if only is None else np.array(sorted(only), dtype=np.int64)
        phrases = [phrase for phrase in phrases if phrase]
        wanted = sorted(set(words))
        if phrases:
            allowed = self._with_phrases(phrases, allowed)
        else:
            self._know(wanted)
            wanted = telling(wanted, self.count, self.chunk_count_with)
        return self._best(wanted, count, allowed)

    def _best(self, words: Sequence[str], count: int, only: Numbers | None) -> Found:
        weights = self._weights(words)
        if not weights or not self.count or (only is not None and not len(only)):
            return []
        at = self._searched
        restricted = _Restricted(at, self._table, only)
        (found,) = restricted.best(
            lambda depth, condition: [
                at.milvus.nearest_words(at.collection, weights, depth, condition)
            ],
            count,
        )
        return found

    def _weights(self, words: Sequence[str]) -> dict[int, float]:
        self._know(words)
        return {
            dimension_of(word): question_weight(having, self.count)
            for word in words
            if (having := self._counts[word])
        }

    def _with_phrases(self, phrases: Sequence[Sequence[str]], only: Numbers | None) -> Numbers:
        """The chunks that have all the phrases, ascending: of those that have the most of their
        words, each is read, until one scores less than any that has all the words.
        """
        words = sorted({word for phrase in phrases for word in phrase})
        weights = self._weights(words)
        if len(weights) < len(set(map(dimension_of, words))):
            return np.zeros(0, dtype=np.int64)
        at = self._searched
        least = sum(weights.values()) * least_weight(at.longest, at.mean_length)
        depth = _PHRASE_DEPTH
        while True:
            found = self._best(words, depth, only)
            if len(found) < depth or found[-1][1] < least or depth >= MOST_FOUND:
                break
            depth = min(MOST_FOUND, depth * _DEEPER)
        numbers = [number for number, score in found if score >= least * (1 - 1e-6)]
        having = [
            number
            for number, text in self._texts(numbers).items()
            if all(_stands_in(phrase, text) for phrase in phrases)
        ]
        return np.array(sorted(having), dtype=np.int64)

    def _texts(self, numbers: Sequence[int]) -> dict[int, list[str]]:
        """Numbers → the words of each chunk, with its article's title and source, in order."""
        table = self._table
        places = table.places(np.array(numbers, dtype=np.int64)).tolist()
        beside = {
            number: terms(
                f"{table.titles[table.articles[place]]}\n{table.source_names[table.sources[place]]}"
            )
            for number, place in zip(numbers, places, strict=True)
        }
        texts = self._store.chunk_texts(numbers)
        return {number: [*beside[number], *terms(text)] for number, text in texts.items()}

    def _know(self, words: Iterable[str]) -> None:
        unknown = [word for word in words if word not in self._counts]
        if unknown:
            self._counts |= dict.fromkeys(unknown, 0) | self._words.counts(unknown)

    def chunk_count_with(self, word: str) -> int:
        """How many chunks have the term."""
        self._know([word])
        return self._counts[word]

    def has_similar(self, word: str) -> bool:
        """As ``LexicalSearch`` says."""
        if self.chunk_count_with(word):
            return True
        if len(word) < _SHORTEST_SIMILAR:
            return False
        if self._words.beginning_with(word[:_SHORTEST_SIMILAR]):
            return True
        # One letter lies in one half of the word, so that the other half is the same.
        half = len(word) // 2
        near = self._words.beginning_with(word[:half]) | self._words.ending_with(word[half + 1 :])
        return any(one_letter_apart(word, term) for term in near)

    def similar_terms(self, word: str) -> list[str]:
        """As ``LexicalSearch`` says."""
        known = self._words.beginning_with(word[:1])
        similar = [term for term in known if one_letter_apart(word, term)]
        return sorted(similar, key=lambda term: (-known[term], term))


def _stands_in(phrase: Sequence[str], words: Sequence[str]) -> bool:
    length = len(phrase)
    first = phrase[0]
    return any(
        word == first and words[place : place + length] == list(phrase)
        for place, word in enumerate(words[: len(words) - length + 1])
    )
