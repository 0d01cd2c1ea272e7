"""A folder of articles → its index: reads, embeds and publishes what changed, nothing else.

Vectors are committed as they are made, so that a killed build goes on where it was; articles,
chunks and the new generation are published in one short transaction at the end. Only the holder
of the index's ``.lock`` writes, and readers go on with the old generation meanwhile.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.chunking import check_chunk_settings
from rag.comparison import Reading, read_changed
from rag.copy_search import FoundCopies, find_copies
from rag.derived import (
    load_derived,
    sweep,
    texts_of,
    vectors_from,
    write_lexical,
    write_vectors,
)
from rag.embedding import Embedder
from rag.errors import (
    DiskFull,
    FolderEmpty,
    FolderSwitchRefused,
    IndexLocked,
    IndexMissing,
    IndexOfOtherModel,
    IndexUnwritable,
)
from rag.folders import check_folder, is_sample
from rag.index import DATABASE
from rag.new_chunks import ChunkSettings, NewChunk, embed_new, new_chunks
from rag.records import Article, BuildReport, Progress
from rag.rows import StoredChunk
from rag.store import Store
from rag.vectors import VectorIndex


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Holds the index's lock; the kernel frees it when the process ends, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read(20).strip() or "unknown"
            raise IndexLocked(
                f"Another build (process {holder}) is working on {folder}; wait for it to end."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def check_switch(index_folder: Path, known: Path, asked: Path) -> None:
    """Raises FolderSwitchRefused where an index of the folder ``known`` is not to be rebuilt from
    ``asked`` without being told to. One of the sample articles is nobody's loss: the newcomer's
    next step is a folder of their own.
    """
    if known != asked.resolve() and not is_sample(known):
        raise FolderSwitchRefused(
            f"The index in {index_folder} was built from {known}, not from {asked}; run "
            f"`broadsheet build {asked} --index {index_folder} --switch-folder` to rebuild it from "
            "there, or give another `--index`."
        )


def build(
    index_folder: Path,
    articles_folder: Path | None,
    embedder: Embedder,
    chunk_settings: ChunkSettings,
    *,
    full: bool = False,
    switch_folder: bool = False,
    allow_empty: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> BuildReport:
    """Makes the index match its folder, working only on what changed.

    ``articles_folder`` None means the folder the index was built from. Readers go on with the
    old generation until the new one is complete. A build that was killed goes on where it was:
    vectors are committed every ten seconds.

    Raises IndexLocked, IndexMissing (no folder known), FolderSwitchRefused, FolderUnreadable,
    FolderEmpty, IndexOfOtherModel, IndexUnwritable, ChunkSettingInvalid, DiskFull.
    """
    check_chunk_settings(chunk_settings.chunk_tokens, chunk_settings.overlap_tokens)
    if articles_folder is not None:
        check_folder(articles_folder)  # before anything is made in the index's place
    try:
        with _locked(index_folder):
            store = Store(index_folder / DATABASE, writable=True)
            try:
                return _Build(index_folder, store, embedder, chunk_settings, full, on_progress).run(
                    articles_folder, switch_folder=switch_folder, allow_empty=allow_empty
                )
            finally:
                store.close()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk that holds {index_folder} is full; the old index stays. "
                "Free some space and build again."
            ) from error
        if error.errno not in (
            errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.EISDIR
        ):  # fmt: skip
            raise
        raise IndexUnwritable(
            f"The index in {index_folder} cannot be written ({error.strerror or error}: "
            f"{error.filename or index_folder}); give another `--index`, or mend its rights."
        ) from error


class _Build:
    """One run of ``build``."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        embedder: Embedder,
        chunk_settings: ChunkSettings,
        full: bool,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self.folder = folder
        self.store = store
        self.embedder = embedder
        self.chunk_settings = chunk_settings
        self.full = full
        self.on_progress = on_progress
        self.manifest = store.manifest()
        self.embedding_seconds = 0.0

    def run(
        self, articles_folder: Path | None, *, switch_folder: bool, allow_empty: bool
    ) -> BuildReport:
        started = time.monotonic()
        source = self._source_folder(articles_folder, switch_folder)
        self._check_settings()
        indexed = self.store.article_hashes()
        found = read_changed(
            source,
            indexed,
            self.store.failures(),
            everything=self.full,
            on_progress=self.on_progress,
        )
        if self.full:  # texts that stay from an earlier build are made anew with all others
            read = {article.id for article in found.articles}
            found.articles.extend(self.store.article(i) for i in sorted(found.kept - read))
        if not (found.present or allow_empty):
            raise FolderEmpty(
                f"Folder {source} holds no article that can be read ({len(found.failures)} files "
                "failed), so the index is left as it is; give `--allow-empty` to empty it."
            )
        chunks = new_chunks(found.articles, self.embedder, self.chunk_settings)
        embedded, self.embedding_seconds = embed_new(
            self.store, chunks, self.embedder, everything=self.full, on_progress=self.on_progress
        )
        deleted = indexed.keys() - found.present
        generation = int(self.manifest.get("generation", 0))
        if found.articles or deleted or not generation or self.full:
            generation += 1
            self._publish(source, generation, found, chunks, deleted)
        else:
            self._keep(source, found)
        sweep(self.folder, generation)
        self.on_progress(Progress("done", 1, 1))
        return self._report(source, generation, found, deleted, embedded, started)

    # --- what to do ------------------------------------------------------------------------

    def _source_folder(self, asked: Path | None, switch: bool) -> Path:
        known = self.manifest.get("folder")
        if asked is None:
            if known is None:
                raise IndexMissing(
                    f"The index in {self.folder} has no folder yet; "
                    "name one: `broadsheet build FOLDER`."
                )
            return Path(known)
        asked = asked.resolve()
        if known is not None and not switch:
            check_switch(self.folder, Path(known), asked)
        return asked

    def _settings(self) -> dict[str, str]:
        return {
            "model": self.embedder.name,
            "model_sha256": self.embedder.sha256,
            "chunk_tokens": str(self.chunk_settings.chunk_tokens),
            "overlap_tokens": str(self.chunk_settings.overlap_tokens),
        }

    def _check_settings(self) -> None:
        """Raises IndexOfOtherModel where the index was built otherwise, except for a full one."""
        if "generation" not in self.manifest or self.full:
            return
        for name, value in self._settings().items():
            if name != "model" and self.manifest[name] != value:
                raise IndexOfOtherModel(
                    f"The index in {self.folder} was built with {name} {self.manifest[name]} "
                    f"(model {self.manifest['model']}), now it is {value} "
                    f"(model {self.embedder.name}); run `broadsheet build --full`."
                )

    # --- publishing -------------------------------------------------------------------------

    def _publish(
        self,
        source: Path,
        generation: int,
        found: Reading,
        chunks: Sequence[NewChunk],
        deleted: set[str],
    ) -> None:
        """Writes the derived files of the new generation, then, in one short transaction, makes
        it the one that is read.
        """
        replaced = deleted | {a.id for a in found.articles}
        # A full build looks at no old row, for it may be called because one is damaged.
        gone = set() if self.full else {c.id for c in self.store.chunks_of(replaced)}
        freed = set() if self.full else self.store.text_keys_of(replaced)
        copies = self._find_copies(found.articles)
        first = int(self.manifest.get("next_chunk_id", 1))
        stored = [StoredChunk(first + i, c.chunk, c.vector_key) for i, c in enumerate(chunks)]
        self.on_progress(Progress("indexing", 0, 2))
        vectors, dimension = self._new_vectors(gone, stored)
        vectors_sha256 = write_vectors(self.folder, generation, vectors)
        self.on_progress(Progress("indexing", 1, 2))
        lexical_sha256 = self._write_lexical(generation, gone, stored, chunks)
        with self.store.transaction():
            if self.full:
                self.store.delete_all_articles()
            self.store.delete_articles(replaced)
            for article in found.articles:
                self.store.put_article(article)
            self.store.put_chunks(stored)
            self.store.put_copies(copies.keys, copies.bands, copies.pairs)
            self.store.delete_unused_text_keys(freed)
            self.store.put_failures(found.failures)
            self.store.delete_unused_vectors()
            self.store.put_manifest(
                {
                    **self._settings(),
                    "folder": str(source),
                    "passed_over": json.dumps(found.passed_over),
                    "generation": str(generation),
                    "dimension": str(dimension),
                    "next_chunk_id": str(first + len(stored)),
                    "vectors_sha256": vectors_sha256,
                    "lexical_sha256": lexical_sha256,
                    "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                }
            )
        self.on_progress(Progress("indexing", 2, 2))

    def _find_copies(self, articles: Sequence[Article]) -> FoundCopies:
        total = len(articles)
        return find_copies(
            self.store,
            articles,
            everything=self.full,
            on_progress=lambda done: self.on_progress(Progress("comparing", done, total)),
        )

    def _new_vectors(
        self, gone: set[int], stored: Sequence[StoredChunk]
    ) -> tuple[VectorIndex, int]:
        known = self.manifest.get("dimension")
        dimension = self.embedder.dimension if stored or known is None else int(known)
        embedded = [c for c in stored if c.vector_key]
        ids = np.fromiter((c.id for c in embedded), dtype=np.int64, count=len(embedded))
        new = self.store.vectors([c.vector_key for c in embedded], dimension)
        if "generation" not in self.manifest or self.full:
            return VectorIndex.from_vectors(ids, new), dimension
        old = load_derived(self.folder, self.manifest, self.store.vector_count())
        if old is not None:
            return old.vectors.changed(gone, ids, new), dimension
        kept = [c for c in self.store.chunks() if c.id not in gone]
        return vectors_from(self.store, [*kept, *stored], dimension), dimension

    def _write_lexical(
        self,
        generation: int,
        gone: set[int],
        stored: Sequence[StoredChunk],
        chunks: Sequence[NewChunk],
    ) -> str:
        # Made from all texts each time (0.2 s per 1,000 chunks): tantivy counts deleted texts
        # in its word frequencies until it merges them away, so an index changed in place would
        # rank otherwise than the same articles indexed at once.
        old = () if self.full else self.store.chunks()
        kept = texts_of(self.store, (c for c in old if c.id not in gone))
        added = ((s.id, c.words) for s, c in zip(stored, chunks, strict=True))
        return write_lexical(self.folder, generation, (*kept, *added))

    def _keep(self, source: Path, found: Reading) -> None:
        """Nothing to publish: only what failed may be new, and derived files may be damaged."""
        if self.store.failures() != tuple(sorted(found.failures, key=lambda f: f.path)):
            with self.store.transaction():
                self.store.put_failures(found.failures)
        entries = {"folder": str(source), "passed_over": json.dumps(found.passed_over)}
        if not entries.items() <= self.manifest.items():
            with self.store.transaction():
                self.store.put_manifest(entries)
        if load_derived(self.folder, self.manifest, self.store.vector_count()) is None:
            self._derive_again()

    def _derive_again(self) -> None:
        generation = int(self.manifest["generation"])
        chunks = list(self.store.chunks())
        vectors = vectors_from(self.store, chunks, int(self.manifest["dimension"]))
        vectors_sha256 = write_vectors(self.folder, generation, vectors)
        lexical_sha256 = write_lexical(self.folder, generation, texts_of(self.store, chunks))
        with self.store.transaction():
            self.store.put_manifest(
                {
                    "vectors_sha256": vectors_sha256,
                    "lexical_sha256": lexical_sha256,
                }
            )

    def _report(
        self,
        source: Path,
        generation: int,
        found: Reading,
        deleted: set[str],
        embedded: int,
        started: float,
    ) -> BuildReport:
        return BuildReport(
            folder=str(source),
            generation=generation,
            article_count=self.store.article_count(),
            chunk_count=self.store.chunk_count(),
            new=found.new,
            changed=found.changed,
            renamed=found.renamed,
            deleted=len(deleted) - found.renamed,
            unchanged=found.unchanged,
            embedded_chunk_count=embedded,
            words_only=tuple(self.store.words_only()),
            remarks=self.store.remarks(),
            passed_over=found.passed_over,
            failures=tuple(sorted(found.failures, key=lambda f: f.path)),
            seconds=time.monotonic() - started,
            embedding_seconds=self.embedding_seconds,
        )
