"""The engine of an index that is searched in its own files, FAISS's and tantivy's.

Readers make in memory what is missing or damaged; only a build writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from rag.chunk_table import ChunkTable
from rag.derived import (
    Derived,
    derive_in_memory,
    load_derived,
    searched_text,
    sweep,
    texts_of,
    vectors_from,
    write_lexical,
    write_vectors,
)
from rag.engine import Change, DenseSearch, LexicalSearch, Written
from rag.errors import CollectionUnsuitable, IndexDamaged
from rag.lexical import terms
from rag.records import Check
from rag.remedies import build_command
from rag.store import Store
from rag.vectors import VectorIndex

ELSEWHERE = "milvus"
"""The manifest's entry of an index that is not searched in its own files; empty where it is."""

_CHANGES = "vectors_changed"
"""The manifest's entry: how many vectors came or went since their index was made anew."""
_TRIED_TITLES = 50


@dataclass(frozen=True, slots=True)
class _Searches:
    derived: Derived

    def at(self, store: Store, table: ChunkTable) -> tuple[DenseSearch, LexicalSearch]:
        return self.derived.vectors, self.derived.lexical


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Files in ``folder``, one of vectors and a folder of words for each generation."""

    folder: Path

    def ready(self) -> None:
        """As ``Engine`` says: whether its folder can be written shows when the lock is taken."""

    def load(self, store: Store, manifest: Mapping[str, str]) -> _Searches:
        """As ``Engine`` says; what is not here is made in memory."""
        if manifest.get(ELSEWHERE):
            raise CollectionUnsuitable(
                f"The index in {self.folder} is searched in Milvus; set milvus_uri to its address, "
                f"or run `{build_command(self.folder)}` to search it in its own files."
            )
        derived = load_derived(self.folder, manifest, store.vector_count())
        return _Searches(derived or derive_in_memory(store, manifest))

    def holds(self, store: Store, manifest: Mapping[str, str]) -> bool:
        """As ``Engine`` says."""
        if manifest.get(ELSEWHERE):
            return False
        return load_derived(self.folder, manifest, store.vector_count()) is not None

    def write(
        self,
        store: Store,
        manifest: Mapping[str, str],
        change: Change | None,
        on_progress: Callable[[int, int], None],
    ) -> Written:
        """As ``Engine`` says."""
        on_progress(0, 2)
        if change is None:
            generation, chunks = int(manifest["generation"]), list(store.chunks())
            index, changes = vectors_from(store, chunks, int(manifest["dimension"])), 0
            texts = texts_of(store, chunks)
        else:
            generation = change.generation
            index, changes = self._vectors(store, manifest, change)
            # Made from all texts each time (0.2 s per 1,000 chunks): tantivy counts deleted texts
            # in its word frequencies until it merges them away, so an index changed in place would
            # rank otherwise than the same articles indexed at once.
            old = () if change.everything else store.chunks()
            kept = texts_of(store, (c for c in old if c.id not in change.gone))
            added = ((s.id, searched_text(article, s.chunk)) for s, article in change.added())
            texts = chain(kept, added)
        entries = {_CHANGES: str(changes), ELSEWHERE: ""}
        entries |= write_vectors(self.folder, generation, index)
        on_progress(1, 2)
        entries |= write_lexical(self.folder, generation, texts)
        return Written(entries)

    def _vectors(
        self, store: Store, manifest: Mapping[str, str], change: Change
    ) -> tuple[VectorIndex, int]:
        """The index, and how many vectors of it came or went since it was made anew."""
        added = [stored for stored in change.chunks if stored.vector_key]
        if "generation" in manifest and not change.everything:
            ids = np.fromiter((c.id for c in added), dtype=np.int64, count=len(added))
            old = load_derived(self.folder, manifest, store.vector_count())
            if old is not None:
                changes = int(manifest.get(_CHANGES, 0)) + len(change.gone) + len(ids)
                count = old.vectors.count - len(change.gone) + len(ids)
                if old.vectors.fits(count, changes):
                    new = store.vectors([c.vector_key for c in added], change.dimension)
                    return old.vectors.changed(change.gone, ids, new), changes
            added = [*(c for c in store.chunks() if c.id not in change.gone), *added]
        return vectors_from(store, added, change.dimension), 0

    def sweep(self, store: Store, generation: int) -> None:
        """As ``Engine`` says; the generation before stays, for who still reads it."""
        sweep(self.folder, generation)

    def check(self, store: Store, manifest: Mapping[str, str]) -> Check:
        """As ``Engine`` says."""
        if manifest.get(ELSEWHERE):
            said = "the index is searched in Milvus, and milvus_uri is not set"
            return Check("derived files", False, said, build_command(self.folder))
        found = load_derived(self.folder, manifest, store.vector_count())
        if found is None:
            said = "missing, or not what the manifest says; answers are right, but start slowly"
            return Check("derived files", False, said, build_command(self.folder))
        try:
            right = derive_in_memory(store, manifest)
        except IndexDamaged as error:
            return Check("derived files", False, str(error), build_command(self.folder, "--repair"))
        if not _the_same(found, right, store):
            said, remedy = "not those of these articles", build_command(self.folder, "--full")
            return Check("derived files", False, said, remedy)
        return Check("derived files", True, "the same as when made anew")


def _the_same(found: Derived, right: Derived, store: Store) -> bool:
    if not found.vectors.same_vectors(right.vectors):
        return False
    if found.lexical.count != right.lexical.count:
        return False
    titles = [title for _, title, _, _ in store.article_facts()]
    for title in titles[:: max(1, len(titles) // _TRIED_TITLES)]:
        words = terms(title)
        if found.lexical.search(words, 20) != right.lexical.search(words, 20):
            return False
    return True
