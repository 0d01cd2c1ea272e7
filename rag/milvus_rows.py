"""Chunks with their articles → rows of a Milvus collection, and what their words are in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from rag.bm25 import chunk_weights
from rag.chunk_table import day_number
from rag.derived import searched_text
from rag.engine import Change
from rag.lexical import terms
from rag.milvus import ROWS_AT_ONCE, Row, source_number
from rag.records import Article
from rag.rows import StoredChunk
from rag.store import Store

_MEASURED_CHUNKS = 10_000  # enough for a mean
_TOLERANCE = 1e-5

T = TypeVar("T")


@dataclass
class Words:
    """The words of rows as they are written: what they change in the store, and their lengths."""

    counts: Counter[str] = field(default_factory=Counter)
    term_count: int = 0
    longest: int = 0

    def take(self, words: list[str], sign: int) -> None:
        """A chunk with these words comes (1) or leaves (−1)."""
        self.counts.update(dict.fromkeys(words, sign))
        self.term_count += sign * len(words)
        self.longest = max(self.longest, len(words))


def parts(values: Iterable[T], count: int) -> Iterator[list[T]]:
    """The values, so many at once."""
    iterator = iter(values)
    while part := list(islice(iterator, count)):
        yield part


def with_articles(store: Store, ids: Iterable[int]) -> Iterator[tuple[StoredChunk, Article]]:
    """Numbers of chunks → the chunks with their articles, by number."""
    article: Article | None = None
    for part in parts(ids, ROWS_AT_ONCE):
        for stored in store.stored_chunks(part):
            if article is None or article.id != stored.chunk.article_id:
                article = store.article(stored.chunk.article_id)
            yield stored, article


def all_chunks(store: Store, change: Change | None) -> Iterator[tuple[StoredChunk, Article]]:
    """All that the new generation has, or the one that there is."""
    if change is None or not change.everything:
        gone = frozenset() if change is None else change.gone
        yield from with_articles(store, (c.id for c in store.chunks() if c.id not in gone))
    if change is not None:
        yield from change.added()


def measured(chunks: Iterable[tuple[StoredChunk, Article]], total: int) -> float:
    """The mean length, in terms, of so many chunks; of more than 10,000 by some all over them."""
    some = islice(chunks, 0, None, max(1, total // _MEASURED_CHUNKS))
    lengths = [len(terms(searched_text(article, stored.chunk))) for stored, article in some]
    return sum(lengths) / len(lengths) if lengths else 1.0


def rows(
    store: Store,
    chunks: Iterable[tuple[StoredChunk, Article]],
    dimension: int,
    mean_length: float,
    words: Words,
) -> Iterator[Row]:
    """Chunks with their articles → rows; ``words`` takes in those of each."""
    for part in parts(chunks, ROWS_AT_ONCE):
        keys = [stored.vector_key for stored, _ in part if stored.vector_key]
        vectors = iter(store.vectors(keys, dimension))
        for stored, article in part:
            of_chunk = terms(searched_text(article, stored.chunk))
            words.take(of_chunk, 1)
            yield Row(
                stored.id,
                next(vectors) if stored.vector_key else None,
                chunk_weights(of_chunk, mean_length),
                article.source,
                day_number(article.published),
            )


def is_row(found: Mapping[str, Any] | None, row: Row) -> bool:
    """Whether an engine has a row as it was given."""
    if found is None or bool(found["embedded"]) != (row.vector is not None):
        return False
    words = {int(place): float(weight) for place, weight in found["words"].items()}
    return (
        found["source"] == source_number(row.source)
        and found["day"] == row.day
        and words.keys() == row.words.keys()
        and all(abs(words[place] - weight) < _TOLERANCE for place, weight in row.words.items())
        and (
            row.vector is None
            or bool(np.abs(np.array(found["vector"]) - row.vector).max() < _TOLERANCE)
        )
    )
