"""What an engine does for an index: it is told what changes, and searches one generation of it.

The truth stays in the store; an engine holds only what can be made anew from there. ``LocalEngine``
keeps files beside the store, ``MilvusEngine`` a collection in Milvus. Retrieval knows neither.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.chunk_table import ChunkTable, Numbers
from rag.records import Article, Check
from rag.rows import StoredChunk
from rag.store import Store

Matrix = npt.NDArray[np.float32]


class DenseSearch(Protocol):
    """Unit vectors of numbered chunks, searched by inner product."""

    def search_all(
        self, vectors: Matrix, count: int, *, only: Numbers | None = None
    ) -> list[list[tuple[int, float]]]:
        """float32 of shape (n, dim) → for each at most ``count`` (number, cosine), the highest
        first; among the numbers in ``only``, where that is given.
        """
        ...

    def cosines(self, ids: Numbers, vectors: Matrix) -> Matrix:
        """int64 of shape (m,) and float32 of shape (n, dim) → float32 of shape (n, m); −1 where
        a number has no vector.
        """
        ...


class LexicalSearch(Protocol):
    """The words of numbered chunks, searched by BM25."""

    def search(
        self,
        words: Iterable[str],
        count: int,
        *,
        phrases: Iterable[Sequence[str]] = (),
        only: Collection[int] | Numbers | None = None,
    ) -> list[tuple[int, float]]:
        """Terms → at most ``count`` (number, BM25), the highest first, equal ones by number; of
        chunks that have all ``phrases``, and among the numbers in ``only``, where that is given.
        """
        ...

    def chunk_count_with(self, word: str) -> int:
        """How many chunks have the term."""
        ...

    def has_similar(self, word: str) -> bool:
        """Whether a chunk has the term or, from five letters on, one that differs by a letter or
        begins with the same five.
        """
        ...

    def similar_terms(self, word: str) -> list[str]:
        """The terms with the same first letter that differ from a term by a letter left out, put
        in, exchanged or swapped with its neighbour; the most frequent first.
        """
        ...

    @property
    def count(self) -> int:
        """How many chunks there are."""
        ...


class Searches(Protocol):
    """One generation, ready to be searched from any snapshot of it; kept as long as it is used."""

    def at(self, store: Store, table: ChunkTable) -> tuple[DenseSearch, LexicalSearch]:
        """The two searches, as the store is inside its snapshot."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """What turns the store's generation into the next.

    ``gone`` are numbers of chunks that leave; ``chunks`` are those that come, by number from
    ``first_id`` on, and ``added`` gives them with their articles; both as often as wanted.
    ``everything``: no chunk of the store stays.
    """

    generation: int
    model_sha256: str
    dimension: int
    everything: bool
    gone: frozenset[int]
    first_id: int
    added_count: int
    chunks: Iterable[StoredChunk]
    added: Callable[[], Iterable[tuple[StoredChunk, Article]]]


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of a generation that nobody sees yet: ``entries`` of its manifest, and
    ``publish``, to be called in the store's transaction with all else.
    """

    entries: Mapping[str, str]
    publish: Callable[[], None] = field(default=_nothing)


class Engine(Protocol):
    """Where an index is searched. All but ``load`` and ``check`` are called by the one build."""

    def ready(self) -> None:
        """Looks whether it can be written to, before a build begins. Raises EngineError."""
        ...

    def load(self, store: Store, manifest: Mapping[str, str]) -> Searches:
        """The manifest's generation. Raises IndexDamaged, EngineError."""
        ...

    def holds(self, store: Store, manifest: Mapping[str, str]) -> bool:
        """Tells whether the manifest's generation is here, whole. Raises EngineError."""
        ...

    def write(
        self,
        store: Store,
        manifest: Mapping[str, str],
        change: Change | None,
        on_progress: Callable[[int, int], None],
    ) -> Written:
        """The next generation or, with None, the manifest's anew. What readers of the manifest's
        generation search is left as it is. Raises IndexDamaged, EngineError, OSError.
        """
        ...

    def sweep(self, store: Store, generation: int) -> None:
        """Removes what no reader needs, now that this is the store's newest generation."""
        ...

    def check(self, store: Store, manifest: Mapping[str, str]) -> Check:
        """Compares what is here with the store, and says what mends it."""
        ...
