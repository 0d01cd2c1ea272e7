"""The index in a folder, to read: each question is answered from one moment of it.

SQLite's snapshot holds that moment whatever other processes publish meanwhile; what is searched
of the same generation is loaded once and kept. Nothing here writes: ``build`` does.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from rag.chunk_words import ChunkWords
from rag.comparison import compare
from rag.contents import read_checked_contents
from rag.engine import DenseSearch, Engine, LexicalSearch, Searches
from rag.errors import ArticlesError, ArticleUnknown, IndexDamaged, IndexMissing
from rag.folders import is_sample
from rag.lexical import terms
from rag.local_engine import ELSEWHERE, LocalEngine
from rag.records import Article, ArticleSummary, Chunk, Status
from rag.remedies import build_command
from rag.source_names import SourceNames
from rag.store import Store

DATABASE = "broadsheet.db"

T = TypeVar("T")


_REMEMBERED_CHUNKS = 20_000
"""Whose terms are kept in memory, some 3 KB each: reading them again is half of a search."""


class Generation:
    """What is held in memory of one generation: what is searched, and what is known of every
    chunk, copy and source.
    """

    def __init__(self, store: Store, manifest: Mapping[str, str], engine: Engine) -> None:
        self._engine = engine
        self._searches: Searches | None = None
        self._lock = threading.Lock()
        self.seal = _seal(manifest)
        contents = read_checked_contents(store, manifest.get("contents_sha256"))
        self.table = contents.chunks
        self.copies = contents.copies
        self.article_ids = frozenset(self.table.article_ids)
        self.source_names = SourceNames(self.table.source_names)
        self.terms: dict[int, list[str]] = {}

    def searches(self, store: Store, manifest: Mapping[str, str]) -> Searches:
        """What is searched, loaded when it is first wanted: an article is shown without it.

        Raises IndexDamaged, EngineError.
        """
        with self._lock:
            if self._searches is None:
                self._searches = self._engine.load(store, manifest)
            return self._searches


def _seal(manifest: Mapping[str, str]) -> tuple[str | None, ...]:
    """What tells one generation from all others, also from one of an index made anew."""
    names = (
        "generation",
        "contents_sha256",
        "vectors_sha256",
        "lexical_sha256",
        "built_at",
        ELSEWHERE,
    )
    return tuple(manifest.get(name) for name in names)


class Snapshot:
    """An index at one moment; valid inside ``Index.snapshot()``."""

    def __init__(self, store: Store, manifest: dict[str, str], held: Generation) -> None:
        self._store = store
        self._held = held
        self._terms = held.terms
        self._article_ids = held.article_ids
        self._copies = held.copies
        self.manifest = manifest
        self.generation = int(manifest["generation"])
        self.table = held.table
        self.source_names = held.source_names

    @property
    def vectors(self) -> DenseSearch:
        """Raises IndexDamaged, EngineError, with the first use."""
        return self._both[0]

    @property
    def lexical(self) -> LexicalSearch:
        """Raises IndexDamaged, EngineError, with the first use."""
        return self._both[1]

    @cached_property
    def _both(self) -> tuple[DenseSearch, LexicalSearch]:
        return self._held.searches(self._store, self.manifest).at(self._store, self.table)

    def chunks(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """Numbers of the derived files → chunks. Raises IndexDamaged."""
        return self._whole(ids, self._store.chunks_by_id(ids))

    def chunk_terms(self, ids: Sequence[int]) -> list[list[str]]:
        """Numbers of chunks → the terms of each chunk's text, in order, repeats kept."""
        found = {n: known for n in ids if (known := self._terms.get(n)) is not None}
        missing = [number for number in ids if number not in found]
        read = {n: words.split() for n, words in ChunkWords(self._store).of(missing).items()}
        without = [number for number in missing if number not in read]
        texts = self._whole(without, self._store.chunk_texts(without))
        read |= {number: terms(text) for number, text in texts.items()}
        if len(self._terms) + len(read) > _REMEMBERED_CHUNKS:
            self._terms.clear()
        self._terms.update(read)
        found.update(read)
        return [found[number] for number in ids]

    def _whole(self, ids: Sequence[int], found: dict[int, T]) -> dict[int, T]:
        for number in ids:
            if number not in found:
                raise IndexDamaged(
                    f"Chunk {number} is missing in {self._store.path}; "
                    f"run `{build_command(self._store.path.parent, '--repair')}`."
                )
        return found

    def article(self, article_id: str) -> Article:
        """Raises ArticleUnknown, IndexDamaged."""
        try:
            return self._store.article(article_id)
        except ArticleUnknown as error:
            if article_id not in self._article_ids:
                raise
            raise IndexDamaged(
                f"Article {article_id!r} is missing in {self._store.path}; "
                f"run `{build_command(self._store.path.parent, '--repair')}`."
            ) from error

    def articles(self) -> Iterator[Article]:
        """All articles, by id."""
        return self._store.articles()

    def article_summaries(self) -> list[ArticleSummary]:
        """All articles without their texts, by id."""
        return self._store.article_summaries()

    def copies_of(self, article_id: str) -> tuple[str, ...]:
        """The ids of the articles that are copies of it, sorted."""
        return self._copies.copies_of(article_id)


class Index:
    """The index in a folder, to read. Follows builds of other processes; never writes."""

    def __init__(self, folder: Path, engine: Engine | None = None) -> None:
        self.folder = folder
        self.engine = engine or LocalEngine(folder)
        self._held: Generation | None = None
        self._lock = threading.Lock()

    def exists(self) -> bool:
        """Whether a build has published anything here."""
        try:
            with self.reading():
                return True
        except IndexMissing:
            return False

    @contextmanager
    def reading(self) -> Iterator[tuple[Store, dict[str, str]]]:
        """The store at one moment, with its manifest, before anything is loaded of it.

        Raises IndexMissing, IndexDamaged, IndexOfOtherFormat.
        """
        path = self.folder / DATABASE
        if not path.is_file():
            raise IndexMissing(
                f"No index in {self.folder}; "
                f"run `{build_command(self.folder, folder=Path('FOLDER'))}`."
            )
        store = Store(path, writable=False)
        try:
            with store.snapshot():
                manifest = store.manifest()
                if "generation" not in manifest:
                    raise IndexMissing(
                        f"The first build of {self.folder} has not ended; "
                        f"run `{build_command(self.folder)}` to go on with it."
                    )
                yield store, manifest
        finally:
            store.close()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One moment of the index: the newest generation, unchanged until the block ends.

        Raises IndexMissing, IndexDamaged.
        """
        with self.reading() as (store, manifest):
            yield Snapshot(store, manifest, self._hold(store, manifest))

    def _hold(self, store: Store, manifest: dict[str, str]) -> Generation:
        with self._lock:
            held = self._held
            if held is None or held.seal != _seal(manifest):
                held = self._held = Generation(store, manifest, self.engine)
            return held

    def status(self, *, with_changes: bool = True) -> Status:
        """What the index holds and, unless that is not wanted (it reads every file), how its
        folder differs from it. Raises IndexMissing.
        """
        with self.reading() as (store, manifest):
            folder = Path(manifest["folder"])
            changes, folder_error = None, ""
            try:
                if with_changes:
                    changes = compare(folder, store.article_hashes(), store.failures())
            except ArticlesError as error:
                folder_error = str(error)
            return Status(
                index=str(self.folder),
                folder=str(folder),
                is_sample=is_sample(folder),
                generation=int(manifest["generation"]),
                built_at=datetime.fromisoformat(manifest["built_at"]),
                model=manifest["model"],
                model_sha256=manifest["model_sha256"],
                chunk_tokens=int(manifest["chunk_tokens"]),
                article_count=store.article_count(),
                chunk_count=store.chunk_count(),
                sources=tuple(store.sources()),
                undated_count=store.undated_count(),
                copied_count=store.copied_count(),
                words_only=tuple(store.words_only()),
                failures=store.failures(),
                remarks=store.remarks(),
                passed_over=tuple(map(tuple, json.loads(manifest["passed_over"]))),
                changes=changes,
                folder_error=folder_error,
            )
