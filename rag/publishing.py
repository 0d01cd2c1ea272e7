"""What was read of a folder → a new generation of its index: what its engine searches, then, in one
short transaction, the articles and chunks that belong to them.

Readers see the old generation until the transaction ends, and the new one whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np

from rag.chunk_words import ChunkWords
from rag.comparison import Reading
from rag.contents import read_checked_contents, read_contents
from rag.copy_search import find_copies
from rag.derived import latest_generation
from rag.engine import Change, Engine
from rag.records import Article, Progress
from rag.rows import StoredChunk
from rag.staging import Staging
from rag.store import Store


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes generations of the index in ``folder``, from what ``manifest`` says it is.

    ``everything``: no old row is looked at or kept, for one may be damaged.
    """

    folder: Path
    store: Store
    engine: Engine
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
        change = Change(
            generation, entries["model_sha256"], dimension, self.everything, frozenset(gone),
            stored.first, staging.chunk_count, stored, stored.with_articles,
        )  # fmt: skip
        steps = [1]

        def indexing(done: int, total: int) -> None:
            steps.append(total)
            self._indexing(done, total)

        written = self.engine.write(self.store, self.manifest, change, indexing)
        words = ChunkWords(self.store)
        with self.store.transaction():
            if self.everything:
                self.store.delete_all_articles()
                words.clear()
            self.store.delete_articles(replaced, gone)
            words.delete(gone)
            for article, _ in staging.articles():
                self.store.put_article(article)
            self.store.put_chunks(stored)
            words.put(stored.words())
            self.store.put_copies(staging.text_keys(), staging.bands(), staging.pairs())
            self.store.delete_unused_text_keys(freed)
            self.store.put_failures(found.failures)
            self.store.delete_unused_vectors()
            written.publish()
            self.store.put_manifest(
                {
                    **entries,
                    **written.entries,
                    "passed_over": json.dumps(found.passed_over),
                    "generation": str(generation),
                    "dimension": str(dimension),
                    "next_chunk_id": str(stored.end),
                    "contents_sha256": read_contents(self.store).sha256,
                    "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                }
            )
        self._indexing(steps[-1], steps[-1])
        return generation

    def _indexing(self, done: int, total: int) -> None:
        self.on_progress(Progress("indexing", done, total))

    def keep(self, found: Reading, folder: str) -> None:
        """Nothing to publish: only what failed may be new, and derived files may be damaged."""
        if self.store.failures() != tuple(sorted(found.failures, key=lambda f: f.path)):
            with self.store.transaction():
                self.store.put_failures(found.failures)
        entries = {"folder": folder, "passed_over": json.dumps(found.passed_over)}
        if not entries.items() <= self.manifest.items():
            with self.store.transaction():
                self.store.put_manifest(entries)
        if not self.engine.holds(self.store, self.manifest):
            written = self.engine.write(self.store, self.manifest, None, self._indexing)
            with self.store.transaction():
                written.publish()
                self.store.put_manifest(written.entries)

    def _chunks_of(self, article_ids: set[str]) -> set[int]:
        """By the list of all chunks, which is checked: SQLite's own index may miss one."""
        if self.everything or "generation" not in self.manifest:
            return set()
        table = read_checked_contents(self.store, self.manifest["contents_sha256"]).chunks
        places = [place for place, i in enumerate(table.article_ids) if i in article_ids]
        return set(table.ids[np.isin(table.articles, places)].tolist())


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

    def words(self) -> Iterator[tuple[int, str]]:
        """(number, its words) of each."""
        for number, c in enumerate(self.staging.chunks(), self.first):
            yield number, c.words

    def with_articles(self) -> Iterator[tuple[StoredChunk, Article]]:
        """The same, each with the article it is of."""
        numbers = count(self.first)
        for article, chunks in self.staging.articles():
            for c in chunks:
                yield StoredChunk(next(numbers), c.chunk, c.vector_key, c.text_hash), article
