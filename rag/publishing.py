"""What was read of a folder → a new generation of its index: its derived files, then, in one short
transaction, the articles and chunks that belong to them.

Readers see the old generation until the transaction ends, and the new one whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

import numpy as np

from rag.comparison import Reading
from rag.contents import read_checked_contents, read_contents
from rag.copy_search import find_copies
from rag.derived import (
    latest_generation,
    load_derived,
    searched_text,
    texts_of,
    vectors_from,
    write_lexical,
    write_vectors,
)
from rag.records import Article, Progress
from rag.rows import StoredChunk
from rag.staging import Staging
from rag.store import Store
from rag.vectors import VectorIndex

_CHANGES = "vectors_changed"
"""The manifest's entry: how many vectors came or went since their index was made anew."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes generations of the index in ``folder``, from what ``manifest`` says it is.

    ``everything``: no old row is looked at or kept, for one may be damaged.
    """

    folder: Path
    store: Store
    manifest: Mapping[str, str]
    everything: bool
    on_progress: Callable[[Progress], None]

    def publish(
        self,
        found: Reading,
        staging: Staging,
        deleted: set[str],
        dimension: int,
        entries: Mapping[str, str],
    ) -> int:
        """Makes what was found the index, ``entries`` a part of its manifest; returns the number
        of the generation. Raises IndexDamaged, DiskFull, DiskFailed, OSError.
        """
        known = int(self.manifest.get("generation", 0))
        # In a new database, numbers go on behind those of the old one, which is still read.
        generation = (known or latest_generation(self.folder)) + 1
        replaced = deleted | staging.article_ids()
        gone = self._chunks_of(replaced)
        freed = set() if self.everything else self.store.text_keys_of(replaced)
        total = staging.article_count
        find_copies(
            self.store,
            staging,
            everything=self.everything,
            on_progress=lambda done: self.on_progress(Progress("comparing", done, total)),
        )
        stored = _Numbered(staging, int(self.manifest.get("next_chunk_id", 1)))
        self.on_progress(Progress("indexing", 0, 2))
        vectors, changes = self._new_vectors(gone, stored, dimension)
        derived = write_vectors(self.folder, generation, vectors) | {_CHANGES: str(changes)}
        self.on_progress(Progress("indexing", 1, 2))
        derived |= self._write_lexical(generation, gone, stored.with_articles())
        with self.store.transaction():
            if self.everything:
                self.store.delete_all_articles()
            self.store.delete_articles(replaced, gone)
            for article, _ in staging.articles():
                self.store.put_article(article)
            self.store.put_chunks(stored)
            self.store.put_copies(staging.text_keys(), staging.bands(), staging.pairs())
            self.store.delete_unused_text_keys(freed)
            self.store.put_failures(found.failures)
            self.store.delete_unused_vectors()
            self.store.put_manifest(
                {
                    **entries,
                    **derived,
                    "passed_over": json.dumps(found.passed_over),
                    "generation": str(generation),
                    "dimension": str(dimension),
                    "next_chunk_id": str(stored.end),
                    "contents_sha256": read_contents(self.store).sha256,
                    "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                }
            )
        self.on_progress(Progress("indexing", 2, 2))
        return generation

    def keep(self, found: Reading, folder: str) -> None:
        """Nothing to publish: only what failed may be new, and derived files may be damaged."""
        if self.store.failures() != tuple(sorted(found.failures, key=lambda f: f.path)):
            with self.store.transaction():
                self.store.put_failures(found.failures)
        entries = {"folder": folder, "passed_over": json.dumps(found.passed_over)}
        if not entries.items() <= self.manifest.items():
            with self.store.transaction():
                self.store.put_manifest(entries)
        if load_derived(self.folder, self.manifest, self.store.vector_count()) is None:
            self._derive_again()

    def _derive_again(self) -> None:
        generation = int(self.manifest["generation"])
        chunks = list(self.store.chunks())
        vectors = vectors_from(self.store, chunks, int(self.manifest["dimension"]))
        derived = write_vectors(self.folder, generation, vectors) | {_CHANGES: "0"}
        derived |= write_lexical(self.folder, generation, texts_of(self.store, chunks))
        with self.store.transaction():
            self.store.put_manifest(derived)

    def _chunks_of(self, article_ids: set[str]) -> set[int]:
        """By the list of all chunks, which is checked: SQLite's own index may miss one."""
        if self.everything or "generation" not in self.manifest:
            return set()
        table = read_checked_contents(self.store, self.manifest["contents_sha256"]).chunks
        places = [place for place, i in enumerate(table.article_ids) if i in article_ids]
        return set(table.ids[np.isin(table.articles, places)].tolist())

    def _new_vectors(
        self, gone: set[int], stored: Iterable[StoredChunk], dimension: int
    ) -> tuple[VectorIndex, int]:
        """The index, and how many vectors of it came or went since it was made anew."""
        embedded = [c for c in stored if c.vector_key]
        ids = np.fromiter((c.id for c in embedded), dtype=np.int64, count=len(embedded))
        new = self.store.vectors([c.vector_key for c in embedded], dimension)
        if "generation" not in self.manifest or self.everything:
            return VectorIndex.from_vectors(ids, new), 0
        old = load_derived(self.folder, self.manifest, self.store.vector_count())
        if old is not None:
            changes = int(self.manifest.get(_CHANGES, 0)) + len(gone) + len(ids)
            count = old.vectors.count - len(gone) + len(ids)
            if old.vectors.fits(count, changes):
                return old.vectors.changed(gone, ids, new), changes
        kept = [c for c in self.store.chunks() if c.id not in gone]
        return vectors_from(self.store, [*kept, *stored], dimension), 0

    def _write_lexical(
        self, generation: int, gone: set[int], new: Iterable[tuple[StoredChunk, Article]]
    ) -> dict[str, str]:
        # Made from all texts each time (0.2 s per 1,000 chunks): tantivy counts deleted texts
        # in its word frequencies until it merges them away, so an index changed in place would
        # rank otherwise than the same articles indexed at once.
        old = () if self.everything else self.store.chunks()
        kept = texts_of(self.store, (c for c in old if c.id not in gone))
        added = ((stored.id, searched_text(article, stored.chunk)) for stored, article in new)
        return write_lexical(self.folder, generation, chain(kept, added))


@dataclass(frozen=True, slots=True)
class _Numbered:
    """Staged chunks with the numbers that they get, from ``first`` on; nothing is held."""

    staging: Staging
    first: int

    @property
    def end(self) -> int:
        """The number behind the last."""
        return self.first + self.staging.chunk_count

    def __iter__(self) -> Iterator[StoredChunk]:
        for number, c in enumerate(self.staging.chunks(), self.first):
            yield StoredChunk(number, c.chunk, c.vector_key, c.text_hash)

    def with_articles(self) -> Iterator[tuple[StoredChunk, Article]]:
        """The same, each with the article it is of."""
        numbers = count(self.first)
        for article, chunks in self.staging.articles():
            for c in chunks:
                yield StoredChunk(next(numbers), c.chunk, c.vector_key, c.text_hash), article
