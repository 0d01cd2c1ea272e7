"""A folder of articles → its index: reads, embeds and publishes what changed, nothing else.

Articles are read one by one, cut and staged in a file, so that a build of many holds no more texts
in memory than one of few. Vectors are committed as they are made, so that a killed build goes on
where it was; articles, chunks and the new generation are published in one short transaction at the
end. Only the holder of the index's ``.lock`` writes, and readers go on with the old generation
meanwhile.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from rag.chunking import check_chunk_settings
from rag.comparison import Reading, find_changed
from rag.database import stated
from rag.derived import derived_names, is_of_generation, remove
from rag.embedding import Embedder
from rag.engine import Engine
from rag.errors import (
    BroadsheetError,
    DiskFailed,
    DiskFull,
    FolderEmpty,
    FolderSwitchRefused,
    IndexDamaged,
    IndexMissing,
    IndexOfOtherModel,
    IndexUnwritable,
)
from rag.folders import check_folder, is_sample
from rag.index import DATABASE
from rag.index_lock import locked
from rag.local_engine import LocalEngine
from rag.new_chunks import ChunkSettings, new_chunks
from rag.new_vectors import NewVectors
from rag.publishing import Publisher
from rag.records import Article, BuildReport, Progress
from rag.remedies import build_command
from rag.setting_aside import Opened, opened_to_build
from rag.soundness import Damage, find_damage
from rag.staging import Staging

_STAGED = f"{DATABASE}.staged"


def check_switch(index_folder: Path, known: Path, asked: Path) -> None:
    """Raises FolderSwitchRefused where an index of the folder ``known`` is not to be rebuilt from
    ``asked`` without being told to. One of the sample articles is nobody's loss: the newcomer's
    next step is a folder of their own.
    """
    if known != asked.resolve() and not is_sample(known):
        raise FolderSwitchRefused(
            f"The index in {index_folder} was built from {known}, not from {asked}; run "
            f"`{build_command(index_folder, '--switch-folder', folder=asked)}` to rebuild it from "
            "there, or give another `--index`."
        )


def build(
    index_folder: Path,
    articles_folder: Path | None,
    embedder: Embedder,
    chunk_settings: ChunkSettings,
    *,
    engine: Engine | None = None,
    full: bool = False,
    repair: bool = False,
    switch_folder: bool = False,
    allow_empty: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> BuildReport:
    """Makes the index match its folder, working only on what changed.

    ``articles_folder`` None means the folder the index was built from, ``engine`` None that the
    index is searched in its own files. Readers go on with the
    old generation until the new one is complete. A build that was killed goes on where it was:
    vectors are committed every ten seconds.

    ``full`` reads and embeds everything anew. ``repair`` checks every row first, reads the
    articles of damaged ones again and makes all the rest anew from what is sound; a build that
    meets a damaged row does the same. A database that cannot be used at all is put aside by both.

    Raises IndexLocked, IndexMissing (no folder known), FolderSwitchRefused, FolderUnreadable,
    FolderEmpty, IndexOfOtherModel, IndexOfOtherFormat, IndexDamaged, IndexUnwritable,
    ChunkSettingInvalid, EngineError, DiskFull, DiskFailed.
    """
    check_chunk_settings(chunk_settings.chunk_tokens, chunk_settings.overlap_tokens)
    if articles_folder is not None:
        check_folder(articles_folder)  # before anything is made in the index's place
    engine = engine or LocalEngine(index_folder)
    engine.ready()
    with (
        _disk_errors(index_folder),
        locked(index_folder),
        _without_leftovers(index_folder),
        opened_to_build(index_folder, anew_if_broken=full or repair) as opened,
    ):
        run = _Build(index_folder, opened, engine, embedder, chunk_settings, full, on_progress)
        options = {"switch_folder": switch_folder, "allow_empty": allow_empty}
        if repair and not opened.aside:
            run.repair()
        try:
            report = run.run(articles_folder, **options)
        except IndexDamaged:
            if full or run.damage is not None:
                raise
            run.repair()
            report = run.run(articles_folder, **options)
        return replace(report, repaired=(*opened.aside, *report.repaired))


@contextmanager
def _without_leftovers(index_folder: Path) -> Iterator[None]:
    """What a build that fails has begun takes no place."""
    before = derived_names(index_folder)
    try:
        yield
    except BaseException:
        with suppress(BroadsheetError, OSError):
            # A commit may have come through although it was reported to have failed.
            published = stated(index_folder / DATABASE).get("generation", "")
            for name in derived_names(index_folder) - before:
                if not is_of_generation(name, published):
                    remove(index_folder / name)
        raise


@contextmanager
def _disk_errors(index_folder: Path) -> Iterator[None]:
    """The system's errors → ours; those of articles are in the report."""
    try:
        yield
    except OSError as error:
        said = f"{error.strerror or error}: {error.filename or index_folder}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk that holds {index_folder} is full; the old index stays. "
                "Free some space and build again."
            ) from error
        if error.errno in (
            errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.EISDIR
        ):  # fmt: skip
            raise IndexUnwritable(
                f"The index in {index_folder} cannot be written ({said}); give another `--index`, "
                "or mend its rights."
            ) from error
        raise DiskFailed(
            f"The disk that holds {index_folder} reported a fault ({said}); the old index stays. "
            "Look whether it is failing, then build again."
        ) from error


class _Build:
    """One run of ``build``."""

    def __init__(
        self,
        folder: Path,
        opened: Opened,
        engine: Engine,
        embedder: Embedder,
        chunk_settings: ChunkSettings,
        full: bool,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self.folder = folder
        self.store = opened.store
        self.known_folder = opened.folder
        self.engine = engine
        self.embedder = embedder
        self.chunk_settings = chunk_settings
        self.full = full
        self.on_progress = on_progress
        self.damage: Damage | None = None
        self.embedding_seconds = 0.0

    def repair(self) -> None:
        """Finds what is damaged; ``run`` then makes it anew."""
        self.damage = find_damage(self.store)
        with self.store.transaction():
            self.store.delete_vectors(self.damage.vectors)
            if self.damage.manifest:
                self.store.reset_manifest()

    def run(
        self, articles_folder: Path | None, *, switch_folder: bool, allow_empty: bool
    ) -> BuildReport:
        """Raises what ``build`` does."""
        started = time.monotonic()
        self.manifest = self.store.manifest()
        source = self._source_folder(articles_folder, switch_folder)
        self._check_settings()
        damage = self.damage or Damage()
        anew = self.full or bool(damage.names)
        indexed = self.store.article_hashes()
        found = find_changed(
            source,
            {i: sha256 for i, sha256 in indexed.items() if i not in damage.articles},
            () if anew else self.store.failures(),
            everything=self.full,
        )
        with Staging(self.folder / _STAGED, by_id=anew) as staging:
            self._stage(found, staging)
            if not (found.present or allow_empty):
                raise FolderEmpty(
                    f"Folder {source} holds no article that can be read ({len(found.failures)} "
                    "files failed), so the index is left as it is; give `--allow-empty` to empty "
                    "it."
                )
            deleted = indexed.keys() - found.present
            generation = int(self.manifest.get("generation", 0))
            publisher = Publisher(
                self.folder, self.store, self.engine, self.manifest, anew, self.on_progress
            )
            if staging.article_count or deleted or not generation or anew:
                entries = {**self._settings(), "folder": str(source)}
                dimension = self._dimension(staging.chunk_count > 0)
                generation = publisher.publish(found, staging, deleted, dimension, entries)
            else:
                publisher.keep(found, str(source))
            embedded = staging.wanted_count
        self.engine.sweep(self.store, generation)
        self.on_progress(Progress("done", 1, 1))
        return self._report(source, generation, found, deleted, embedded, started)

    def _stage(self, found: Reading, staging: Staging) -> None:
        """Reads, cuts and embeds; while the model embeds what was staged, more is read and cut."""
        with (
            NewVectors(self.store, staging, self.embedder) as vectors,
            closing(found.articles(self.on_progress)) as articles,
        ):
            for article in articles:
                self._cut(article, staging)
                vectors.go_on()
            if staging.by_id:  # texts that stay from an earlier build are made anew with all others
                stay = found.kept if self.full else found.present
                for article_id in sorted(stay - staging.article_ids()):
                    self._cut(self.store.article(article_id), staging)
                    vectors.go_on()
            vectors.finish(self.on_progress)
            self.embedding_seconds = vectors.seconds

    def _cut(self, article: Article, staging: Staging) -> None:
        chunks = new_chunks(article, self.embedder, self.chunk_settings)
        keys = {chunk.vector_key for chunk in chunks if chunk.vector_key}
        known = set() if self.full else self.store.known_vector_keys(keys)
        staging.put(article, chunks, keys - known)

    def _dimension(self, has_new: bool) -> int:
        known = self.manifest.get("dimension")
        return self.embedder.dimension if has_new or known is None else int(known)

    # --- what to do ------------------------------------------------------------------------

    def _source_folder(self, asked: Path | None, switch: bool) -> Path:
        written = self.manifest.get("folder")
        known = Path(written) if written is not None else self.known_folder
        if asked is None:
            if known is None:
                raise IndexMissing(
                    f"The index in {self.folder} has no folder yet; "
                    f"name one: `{build_command(self.folder, folder=Path('FOLDER'))}`."
                )
            return known
        asked = asked.resolve()
        if known is not None and not switch:
            check_switch(self.folder, known, asked)
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
                    f"(model {self.embedder.name}); "
                    f"run `{build_command(self.folder, '--full')}`."
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
            repaired=self.damage.names if self.damage else (),
        )
