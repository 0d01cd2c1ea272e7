"""A folder of articles → its index: reads, embeds and publishes what changed, nothing else.

Vectors are committed as they are made, so that a killed build goes on where it was; articles,
chunks and the new generation are published in one short transaction at the end. Only the holder
of the index's ``.lock`` writes, and readers go on with the old generation meanwhile.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.chunking import check_chunk_settings, chunk_spans, sentence_spans
from rag.comparison import Reading, read_changed
from rag.derived import (
    embedded_text,
    load_derived,
    searched_text,
    sweep,
    texts_of,
    vectors_from,
    write_lexical,
    write_vectors,
)
from rag.embedding import Embedder
from rag.errors import (
    ChunkSettingInvalid,
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
from rag.records import Article, BuildReport, Chunk, Failure, Progress
from rag.store import Store, StoredChunk
from rag.vectors import VectorIndex

COMMIT_SECONDS = 10.0
"""A killed build loses at most so much embedding."""


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How articles are cut, in tokens of the model."""

    chunk_tokens: int = 200
    overlap_tokens: int = 0


@dataclass(frozen=True, slots=True)
class _NewChunk:
    """A chunk to be published: its vector's key, what is embedded and what its words are."""

    chunk: Chunk
    key: bytes
    text: str
    words: str


def _vector_key(model_sha256: str, prompt: str, text: str) -> bytes:
    return hashlib.sha256("\0".join((model_sha256, prompt, text)).encode()).digest()


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
            found.articles.extend(self.store.article(i) for i in sorted(found.kept))
        if not (found.present or allow_empty):
            raise FolderEmpty(
                f"Folder {source} holds no article that can be read ({len(found.failures)} files "
                "failed), so the index is left as it is; give `--allow-empty` to empty it."
            )
        chunks = self._chunk(found.articles)
        embedded = self._embed(chunks)
        deleted = indexed.keys() - found.present
        generation = int(self.manifest.get("generation", 0))
        if found.articles or deleted or not generation or self.full:
            generation += 1
            self._publish(source, generation, found, chunks, deleted)
        else:
            self._keep(source, found.failures)
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

    # --- work ------------------------------------------------------------------------------

    def _chunk(self, articles: Sequence[Article]) -> list[_NewChunk]:
        settings = self.chunk_settings
        if articles and settings.chunk_tokens > self.embedder.max_tokens:
            raise ChunkSettingInvalid(
                f"Chunk size {settings.chunk_tokens} tokens is above the "
                f"{self.embedder.max_tokens} that model {self.embedder.name} reads; "
                "lower `chunk_tokens`."
            )
        return [chunk for article in articles for chunk in self._chunks_of(article)]

    def _chunks_of(self, article: Article) -> Iterator[_NewChunk]:
        spans = chunk_spans(
            article.text,
            sentence_spans(article.text),
            self.embedder.count_tokens,
            chunk_tokens=self.chunk_settings.chunk_tokens,
            overlap_tokens=self.chunk_settings.overlap_tokens,
        )
        for ordinal, (start, end) in enumerate(spans):
            if not 0 <= start < end <= len(article.text):
                raise AssertionError(f"Chunk {ordinal} of {article.id} has no text.")
            chunk = Chunk(article.id, ordinal, start, end)
            text = embedded_text(article, chunk)
            key = _vector_key(self.embedder.sha256, self.embedder.prompt, text)
            yield _NewChunk(chunk, key, text, searched_text(article, chunk))

    def _embed(self, chunks: Sequence[_NewChunk]) -> int:
        """Commits a vector for each chunk that has none; returns how many were embedded."""
        if not chunks:
            return 0
        known = set() if self.full else self.store.known_vector_keys(c.key for c in chunks)
        texts = {c.key: c.text for c in chunks if c.key not in known}
        keys = list(texts)
        if keys:
            self.embedder.load()  # takes seconds that are not the chunks'
        started = time.monotonic()
        done, waiting, last = 0, [], started
        self.on_progress(Progress("embedding", 0, len(keys)))
        for positions, vectors in self.embedder.embed_batches([texts[k] for k in keys]):
            waiting.append(([keys[p] for p in positions], vectors))
            done += len(positions)
            if time.monotonic() - last > COMMIT_SECONDS or done == len(keys):
                with self.store.transaction():
                    for batch_keys, batch in waiting:
                        self.store.put_vectors(batch_keys, batch)
                waiting, last = [], time.monotonic()
            self.on_progress(Progress("embedding", done, len(keys)))
        self.embedding_seconds = time.monotonic() - started
        return len(keys)

    def _publish(
        self,
        source: Path,
        generation: int,
        found: Reading,
        chunks: Sequence[_NewChunk],
        deleted: set[str],
    ) -> None:
        """Writes the derived files of the new generation, then, in one short transaction, makes
        it the one that is read.
        """
        self.on_progress(Progress("indexing", 0, 2))
        replaced = deleted | {a.id for a in found.articles}
        # A full build looks at no old row, for it may be called because one is damaged.
        gone = set() if self.full else {c.id for c in self.store.chunks_of(replaced)}
        first = int(self.manifest.get("next_chunk_id", 1))
        stored = [StoredChunk(first + i, c.chunk, c.key) for i, c in enumerate(chunks)]
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
            self.store.put_failures(found.failures)
            self.store.delete_unused_vectors()
            self.store.put_manifest(
                {
                    **self._settings(),
                    "folder": str(source),
                    "generation": str(generation),
                    "dimension": str(dimension),
                    "next_chunk_id": str(first + len(stored)),
                    "vectors_sha256": vectors_sha256,
                    "lexical_sha256": lexical_sha256,
                    "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                }
            )
        self.on_progress(Progress("indexing", 2, 2))

    def _new_vectors(
        self, gone: set[int], stored: Sequence[StoredChunk]
    ) -> tuple[VectorIndex, int]:
        known = self.manifest.get("dimension")
        dimension = self.embedder.dimension if stored or known is None else int(known)
        ids = np.fromiter((c.id for c in stored), dtype=np.int64, count=len(stored))
        new: npt.NDArray[np.float32] = self.store.vectors([c.vector_key for c in stored], dimension)
        if "generation" not in self.manifest or self.full:
            return VectorIndex.from_vectors(ids, new), dimension
        old = load_derived(self.folder, self.manifest, self.store.chunk_count())
        if old is not None:
            return old.vectors.changed(gone, ids, new), dimension
        kept = [c for c in self.store.chunks() if c.id not in gone]
        return vectors_from(self.store, [*kept, *stored], dimension), dimension

    def _write_lexical(
        self,
        generation: int,
        gone: set[int],
        stored: Sequence[StoredChunk],
        chunks: Sequence[_NewChunk],
    ) -> str:
        # Made from all texts each time (0.2 s per 1,000 chunks): tantivy counts deleted texts
        # in its word frequencies until it merges them away, so an index changed in place would
        # rank otherwise than the same articles indexed at once.
        old = () if self.full else self.store.chunks()
        kept = texts_of(self.store, (c for c in old if c.id not in gone))
        added = ((s.id, c.words) for s, c in zip(stored, chunks, strict=True))
        return write_lexical(self.folder, generation, (*kept, *added))

    def _keep(self, source: Path, failures: Sequence[Failure]) -> None:
        """Nothing to publish: only what failed may be new, and derived files may be damaged."""
        if self.store.failures() != tuple(sorted(failures, key=lambda f: f.path)):
            with self.store.transaction():
                self.store.put_failures(failures)
        if self.manifest["folder"] != str(source):
            with self.store.transaction():
                self.store.put_manifest({"folder": str(source)})
        if load_derived(self.folder, self.manifest, self.store.chunk_count()) is None:
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
            failures=tuple(sorted(found.failures, key=lambda f: f.path)),
            seconds=time.monotonic() - started,
            embedding_seconds=self.embedding_seconds,
        )
