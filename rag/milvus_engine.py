"""The engine of an index that is searched in a Milvus collection: what a build does to it.

A build adds the new chunks' rows beside the old, counts them, and publishes the generation in the
store; rows that left with it stay for ten minutes, for who still reads the generation before.
Numbers of chunks only grow, so that what a killed build added is known by its numbers. Where every
row would be another (``--full``, ``--repair``, another mean length), a new collection is filled.

Each generation has a stamp, which is a row of the collection too. By these a copy of the index, or
one that was put back, is told from the index that the collection went on with: it reads what is
left of its own generation or is refused, and its next build fills a collection of its own.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from rag.bm25 import fits
from rag.chunk_table import ChunkTable
from rag.derived import derived_names, remove, searched_text
from rag.engine import Change, DenseSearch, LexicalSearch, Written
from rag.errors import CollectionUnsuitable, EngineError
from rag.lexical import terms
from rag.milvus import ROWS_AT_ONCE, Milvus, Row, one_of
from rag.milvus_holding import Holding, Left, begin, begun, begun_stamps, ranges
from rag.milvus_rows import Words, all_chunks, is_row, measured, parts, rows, with_articles
from rag.milvus_search import MilvusVectors, MilvusWords, Searched
from rag.records import Check
from rag.remedies import build_command
from rag.store import Store
from rag.word_table import WordTable

_LAYOUT = 1
"""Of a collection's columns; another number means another version of Broadsheet filled it."""
_DELETED_AT_ONCE = 5_000
_RANGES_AT_ONCE = 500
_SAMPLE = (
    "The mayor's 2.5 million ships ran aground on 3 May; Über-generously, Zürich's councillors had "
    "been arguing. Мост закрыт, 東京都の図書館, Ελλάδα, naïve coöperation, İstanbul's ferries."
)
_COMPARED_ROWS = 200
_CHECKED_SECONDS = 30.0  # so often it is looked whether the collection is still the index's


class _Searches:
    def __init__(self, searched: Searched, check: Callable[[], None]) -> None:
        self._searched = searched
        self._check = check
        self._checked_at = time.monotonic()

    def at(self, store: Store, table: ChunkTable) -> tuple[DenseSearch, LexicalSearch]:
        if time.monotonic() - self._checked_at > _CHECKED_SECONDS:
            self._check()
            self._checked_at = time.monotonic()
        return (
            MilvusVectors(self._searched, store, table),
            MilvusWords(self._searched, store, table),
        )


class MilvusEngine:
    """A collection of its own for each index, in one Milvus."""

    def __init__(self, milvus: Milvus) -> None:
        self._milvus = milvus
        self._sweepings: Holding | None = None
        self._next_id = 0

    def ready(self) -> None:
        """As ``Engine`` says."""
        self._milvus.connect()

    def load(self, store: Store, manifest: Mapping[str, str]) -> _Searches:
        """As ``Engine`` says."""
        remedy = build_command(store.path.parent)
        holding = Holding.of(manifest)
        if holding is None:
            raise CollectionUnsuitable(
                f"The index in {store.path.parent} is not in Milvus at {self._milvus.place} yet; "
                f"run `{remedy}` to bring it there, or unset milvus_uri."
            )
        if problem := self._problem(holding, manifest):
            raise CollectionUnsuitable(f"{problem}; run `{remedy}` to fill it anew.")
        count, wanted = self._count(holding, manifest), store.chunk_count()
        if count != wanted:
            raise CollectionUnsuitable(
                f"{self._named(holding)} holds {count:,} of {wanted:,} chunks; "
                f"run `{remedy}` to fill it anew."
            )
        searched = Searched(
            self._milvus,
            holding.collection,
            int(manifest["dimension"]),
            int(manifest["next_chunk_id"]),
            holding.mean_length,
            holding.longest,
        )

        def check() -> None:
            if problem := self._problem(holding, manifest):
                raise CollectionUnsuitable(f"{problem}; run `{remedy}` to fill it anew.")

        return _Searches(searched, check)

    def _named(self, holding: Holding) -> str:
        return f"Collection {holding.collection} in Milvus at {self._milvus.place}"

    def _problem(self, holding: Holding, manifest: Mapping[str, str]) -> str:
        """Why the collection cannot be the index's; empty where it may."""
        found = self._milvus.identity(holding.collection)
        if found is None:
            return f"{self._named(holding)} is missing"
        wanted = _identity(manifest["model_sha256"], int(manifest["dimension"]))
        if found != wanted:
            return f"{self._named(holding)} is of another model or version ({found[:100]!r})"
        if holding.stamp not in self._stamps(holding.collection):
            return f"{self._named(holding)} went on with another copy of this index"
        return ""

    def _stamps(self, name: str) -> list[int]:
        """Of the generations whose rows are all in a collection, the newest last."""
        generations = self._milvus.days(name, "id < 0")
        return [-number for number in sorted(generations, key=lambda n: (generations[n], n))]

    def _is_ours(self, name: str, *stamps: int) -> bool:
        """Tells whether the newest generation in a collection has one of these stamps."""
        return any(stamp in self._stamps(name)[-1:] for stamp in stamps)

    def _count(self, holding: Holding, manifest: Mapping[str, str]) -> int:
        """How many of the generation's chunks have a row; those that left are not counted."""
        name, condition = holding.collection, _numbered(int(manifest["next_chunk_id"]))
        first, *more = [*parts(holding.chunks_left, _RANGES_AT_ONCE)] or [[]]
        if first:  # in one request, for a build may delete them meanwhile
            condition = f"{condition} and not ({_within(first)})"
        return self._milvus.count(name, condition) - sum(
            self._milvus.count(name, _within(part)) for part in more
        )

    def holds(self, store: Store, manifest: Mapping[str, str]) -> bool:
        """As ``Engine`` says."""
        holding = Holding.of(manifest)
        self._drop_begun(holding, manifest)
        if holding is None or self._problem(holding, manifest):
            return False
        if not self._is_ours(holding.collection, holding.stamp, *begun_stamps(manifest)):
            return False
        self._tidy(holding, int(manifest["next_chunk_id"]))
        return self._count(holding, manifest) == store.chunk_count()

    def write(
        self,
        store: Store,
        manifest: Mapping[str, str],
        change: Change | None,
        on_progress: Callable[[int, int], None],
    ) -> Written:
        """As ``Engine`` says."""
        known = Holding.of(manifest)
        if (
            known is not None
            and change is not None
            and not change.everything
            and fits(known.term_count / max(store.chunk_count(), 1), known.mean_length)
            and self.holds(store, manifest)
        ):
            return self._add(store, known, change, on_progress)
        return self._fill(store, manifest, known, change, on_progress)

    def _add(
        self,
        store: Store,
        known: Holding,
        change: Change,
        on_progress: Callable[[int, int], None],
    ) -> Written:
        """The new rows beside the others, in the collection that there is."""
        stay = self._tidy(known, change.first_id)
        words = Words(term_count=known.term_count, longest=known.longest)
        for stored, article in with_articles(store, sorted(change.gone)):
            words.take(terms(searched_text(article, stored.chunk)), -1)
        total, stamp = change.added_count, _new_stamp()
        dimension, name = change.dimension, known.collection
        begin(store, name, stamp)
        filled = rows(store, change.added(), dimension, known.mean_length, words)
        next_id = change.first_id + total
        self._insert(name, filled, dimension, total, on_progress)
        self._check_count(name, f"id >= {change.first_id} and id < {next_id}", total)
        self._milvus.insert(name, [_marker(stamp, change.generation)], dimension)
        holding = replace(
            known,
            stamp=stamp,
            term_count=words.term_count,
            longest=words.longest,
            left=(*stay, Left(change.generation, time.time(), ranges(change.gone))),
        )
        self._sweepings, self._next_id = holding, next_id
        return Written(holding.entries(), lambda: WordTable(store).add(words.counts))

    def _fill(
        self,
        store: Store,
        manifest: Mapping[str, str],
        known: Holding | None,
        change: Change | None,
        on_progress: Callable[[int, int], None],
    ) -> Written:
        """All rows, in a new collection."""
        self._drop_begun(known, manifest)
        if change is None:
            dimension, next_id = int(manifest["dimension"]), int(manifest["next_chunk_id"])
            total, model = store.chunk_count(), manifest["model_sha256"]
            generation = int(manifest["generation"])
        else:
            dimension, next_id = change.dimension, change.first_id + change.added_count
            model, generation = change.model_sha256, change.generation
            kept_count = 0 if change.everything else store.chunk_count() - len(change.gone)
            total = kept_count + change.added_count
        name, stamp = f"broadsheet_{secrets.token_hex(8)}", _new_stamp()
        begin(store, name, stamp)
        self._milvus.create(name, _identity(model, dimension), dimension)
        try:
            mean_length = measured(all_chunks(store, change), total)
            words = Words()
            filled = rows(store, all_chunks(store, change), dimension, mean_length, words)
            self._insert(name, filled, dimension, total, on_progress)
            self._check_count(name, _numbered(next_id), total)
            self._milvus.insert(name, [_marker(stamp, generation)], dimension)
        except BaseException:
            with suppress(EngineError):
                self._milvus.drop(name)
            raise
        left: tuple[Left, ...] = ()
        if known is not None:
            collections = [left for left in known.left if left.collection is not None]
            gone = Left(generation, time.time(), collection=(known.collection, known.stamp))
            left = (*collections, gone)
        holding = Holding(name, stamp, mean_length, words.term_count, words.longest, left)
        self._sweepings, self._next_id = holding, next_id

        def publish() -> None:
            table = WordTable(store)
            table.clear()
            table.add(words.counts)

        return Written(holding.entries(), publish)

    def _insert(
        self,
        name: str,
        filled: Iterable[Row],
        dimension: int,
        total: int,
        on_progress: Callable[[int, int], None],
    ) -> None:
        done = 0
        on_progress(done, total)
        for part in parts(filled, ROWS_AT_ONCE):
            self._milvus.insert(name, part, dimension)
            done += len(part)
            on_progress(done, total)
        self._milvus.flush(name)

    def _check_count(self, name: str, condition: str, wanted: int) -> None:
        """Raises CollectionUnsuitable where not all rows are there."""
        count = self._milvus.count(name, condition)
        if count != wanted:
            raise CollectionUnsuitable(
                f"Collection {name} in Milvus at {self._milvus.place} holds {count:,} of "
                f"{wanted:,} chunks after they were written; the old index stays. Look at Milvus's "
                "log and build again."
            )

    def _tidy(self, holding: Holding, next_id: int) -> tuple[Left, ...]:
        """What nobody reads any more goes, and what a killed build left; what stays is returned."""
        name, stamps = holding.collection, self._stamps(holding.collection)
        at = stamps.index(holding.stamp) if holding.stamp in stamps else len(stamps)
        over = [left for left in holding.left if left.is_over]
        for left in over:
            if left.collection is not None:
                self._drop(*left.collection)
            numbers = (n for first, last in left.chunks for n in range(first, last + 1))
            for part in parts(numbers, _DELETED_AT_ONCE):
                self._milvus.delete(name, one_of("id", part))
            self._milvus.delete(name, f"id < 0 and day < {left.generation}")
        self._milvus.delete(name, f"id >= {next_id}")
        if unread := stamps[at + 1 :]:
            self._milvus.delete(name, one_of("id", (-stamp for stamp in unread)))
        return tuple(left for left in holding.left if left not in over)

    def _drop_begun(self, known: Holding | None, manifest: Mapping[str, str]) -> None:
        """The collection that a killed build began to fill goes, if there is one."""
        first = begun(manifest)
        if first is not None and (known is None or first[0] != known.collection):
            self._milvus.drop(first[0])

    def _drop(self, name: str, stamp: int) -> None:
        """A collection goes, unless another copy of the index went on with it."""
        if self._milvus.identity(name) is not None and self._is_ours(name, stamp):
            self._milvus.drop(name)

    def sweep(self, store: Store, generation: int) -> None:
        """As ``Engine`` says, and the files of an index that was not searched in Milvus before.
        Where Milvus does not answer now, the next build does it.
        """
        folder = store.path.parent
        for name in derived_names(folder):
            remove(folder / name)
        if self._sweepings is not None:
            with suppress(EngineError):
                self._tidy(self._sweepings, self._next_id)

    def check(self, store: Store, manifest: Mapping[str, str]) -> Check:
        """As ``Engine`` says."""
        remedy = build_command(store.path.parent)
        holding = Holding.of(manifest)
        try:
            self.load(store, manifest)
            assert holding is not None  # load refuses it
            chunks = list(store.chunks())
            some = chunks[:: max(1, len(chunks) // _COMPARED_ROWS)]
            found = self._milvus.rows(holding.collection, [chunk.id for chunk in some])
            dimension = int(manifest["dimension"])
            articles = with_articles(store, [chunk.id for chunk in some])
            words = Words()
            for row in rows(store, articles, dimension, holding.mean_length, words):
                if not is_row(found.get(row.id), row):
                    said = f"{self._named(holding)} has chunk {row.id} otherwise than the store"
                    full = build_command(store.path.parent, "--full")
                    return Check("Milvus", False, said, full)
        except EngineError as error:
            return Check("Milvus", False, str(error), remedy)
        said = f"{self._named(holding)} has every chunk; {len(some):,} compared are the store's"
        return Check("Milvus", True, said)


def _numbered(next_id: int) -> str:
    """The condition that is true of chunks' rows with numbers below one; stamps are below 0."""
    return f"id > 0 and id < {next_id}"


def _within(pairs: Iterable[tuple[int, int]]) -> str:
    return " or ".join(f"(id >= {first} and id <= {last})" for first, last in pairs)


def _new_stamp() -> int:
    return 1 + secrets.randbits(62)


def _marker(stamp: int, generation: int) -> Row:
    return Row(-stamp, None, {0: 1.0}, "", generation)


def _identity(model_sha256: str, dimension: int) -> str:
    # A word is cut and stemmed as it was when its row was written.
    of_words = hashlib.sha256("\n".join(terms(_SAMPLE)).encode()).hexdigest()[:16]
    return f"layout {_LAYOUT}, words {of_words}, model {model_sha256}, dimension {dimension}"
