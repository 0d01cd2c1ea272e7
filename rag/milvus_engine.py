"""The engine of an index that is searched in a Milvus collection: what a build does to it.

A build adds the new chunks' rows beside the old, counts them, and publishes the generation in the
store; rows that left with it stay until the generation after, for who still reads the one before.
Numbers of chunks only grow, so that what a killed build added is known by its numbers. Where every
row would be another (``--full``, ``--repair``, another mean length), a new collection is filled.

Each generation has a stamp, which is a row of the collection too. By these a copy of the index, or
one that was put back, is told from the index that the collection went on with: it reads what is
left of its own generation or is refused, and its next build fills a collection of its own.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace

from rag.bm25 import fits
from rag.chunk_table import ChunkTable
from rag.derived import derived_names, remove, searched_text
from rag.engine import Change, DenseSearch, LexicalSearch, Written
from rag.errors import CollectionUnsuitable, EngineError
from rag.lexical import terms
from rag.local_engine import ELSEWHERE
from rag.milvus import ROWS_AT_ONCE, Milvus, Row, one_of
from rag.milvus_rows import Words, all_chunks, is_row, measured, parts, rows, with_articles
from rag.milvus_search import MilvusVectors, MilvusWords, Searched
from rag.records import Check
from rag.remedies import build_command
from rag.store import Store
from rag.word_table import WordTable

_LAYOUT = 1
"""Of a collection's columns; another number means another version of Broadsheet filled it."""
_DELETED_AT_ONCE = 5_000
_COMPARED_ROWS = 200
_CHECKED_SECONDS = 30.0  # so often it is looked whether the collection is still the index's
_BEGUN = "milvus_begun"
"""The manifest's entry: collection and stamp of a generation that is not published yet."""


@dataclass(frozen=True, slots=True)
class _Holding:
    """What the manifest says of the collection. ``leaving`` are numbers of chunks that left with
    this generation, ``left`` those of before, as [first, last]; ``leaving_collections`` and
    ``left_collections`` likewise, as [name, stamp]. ``term_count`` is of all chunks together.
    """

    collection: str
    stamp: int
    mean_length: float
    term_count: int = 0
    longest: int = 0
    leaving: tuple[tuple[int, int], ...] = ()
    left: tuple[tuple[int, int], ...] = ()
    leaving_collections: tuple[tuple[str, int], ...] = ()
    left_collections: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, manifest: Mapping[str, str]) -> _Holding | None:
        said = manifest.get(ELSEWHERE)
        if not said:
            return None
        values = json.loads(said)
        for name in ("leaving", "left", "leaving_collections", "left_collections"):
            values[name] = tuple((one, other) for one, other in values[name])
        return cls(**values)

    def entries(self) -> dict[str, str]:
        """For the manifest; there are no files of this generation."""
        files = ("vectors_sha256", "vectors_bytes", "lexical_sha256", "lexical_bytes", _BEGUN)
        return dict.fromkeys(files, "") | {ELSEWHERE: json.dumps(asdict(self))}


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
        self._sweepings: _Holding | None = None
        self._next_id = 0

    def load(self, store: Store, manifest: Mapping[str, str]) -> _Searches:
        """As ``Engine`` says."""
        remedy = build_command(store.path.parent)
        holding = _Holding.of(manifest)
        if holding is None:
            raise CollectionUnsuitable(
                f"The index in {store.path.parent} is not in Milvus at {self._milvus.place} yet; "
                f"run `{remedy}` to bring it there, or unset milvus_uri."
            )
        if problem := self._problem(holding, manifest):
            raise CollectionUnsuitable(f"{problem}; run `{remedy}` to fill it anew.")
        count, wanted = self._count(holding, manifest), store.chunk_count()
        if count < wanted:
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

    def _named(self, holding: _Holding) -> str:
        return f"Collection {holding.collection} in Milvus at {self._milvus.place}"

    def _problem(self, holding: _Holding, manifest: Mapping[str, str]) -> str:
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

    def _count(self, holding: _Holding, manifest: Mapping[str, str]) -> int:
        return self._milvus.count(holding.collection, _numbered(int(manifest["next_chunk_id"])))

    def holds(self, store: Store, manifest: Mapping[str, str]) -> bool:
        """As ``Engine`` says."""
        holding = _Holding.of(manifest)
        if holding is None or self._problem(holding, manifest):
            return False
        if not self._is_ours(holding.collection, holding.stamp, *_begun_stamps(manifest)):
            return False
        self._tidy(holding, int(manifest["next_chunk_id"]))
        wanted = store.chunk_count() + _size(holding.leaving)
        return self._count(holding, manifest) == wanted

    def write(
        self,
        store: Store,
        manifest: Mapping[str, str],
        change: Change | None,
        on_progress: Callable[[int, int], None],
    ) -> Written:
        """As ``Engine`` says."""
        known = _Holding.of(manifest)
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
        known: _Holding,
        change: Change,
        on_progress: Callable[[int, int], None],
    ) -> Written:
        """The new rows beside the others, in the collection that there is."""
        words = Words(term_count=known.term_count, longest=known.longest)
        for stored, article in with_articles(store, sorted(change.gone)):
            words.take(terms(searched_text(article, stored.chunk)), -1)
        total, stamp = change.added_count, _new_stamp()
        dimension, name = change.dimension, known.collection
        _begin(store, name, stamp)
        filled = rows(store, change.added(), dimension, known.mean_length, words)
        wanted = store.chunk_count() + _size(known.leaving) + total
        next_id = change.first_id + total
        self._insert(name, filled, dimension, total, on_progress)
        self._check_count(name, next_id, wanted)
        self._milvus.insert(name, [_marker(stamp, change.generation)], dimension)
        holding = replace(
            known,
            stamp=stamp,
            term_count=words.term_count,
            longest=words.longest,
            leaving=_ranges(change.gone),
            left=known.leaving,
            leaving_collections=(),
            left_collections=known.leaving_collections,
        )
        self._sweepings, self._next_id = holding, next_id
        return Written(holding.entries(), lambda: WordTable(store).add(words.counts))

    def _fill(
        self,
        store: Store,
        manifest: Mapping[str, str],
        known: _Holding | None,
        change: Change | None,
        on_progress: Callable[[int, int], None],
    ) -> Written:
        """All rows, in a new collection."""
        if known is not None:
            self._drop(known.left_collections)
        if (begun := _begun(manifest)) and (known is None or begun[0] != known.collection):
            self._milvus.drop(begun[0])  # of a build that was killed
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
        self._milvus.drop(name)  # there is none: whether Milvus answers, before anything is begun
        _begin(store, name, stamp)
        self._milvus.create(name, _identity(model, dimension), dimension)
        try:
            chunks, mean_length = measured(all_chunks(store, change))
            words = Words()
            filled = rows(store, chunks, dimension, mean_length, words)
            self._insert(name, filled, dimension, total, on_progress)
            self._check_count(name, next_id, total)
            self._milvus.insert(name, [_marker(stamp, generation)], dimension)
        except BaseException:
            with suppress(EngineError):
                self._milvus.drop(name)
            raise
        holding = _Holding(
            name,
            stamp,
            mean_length,
            words.term_count,
            words.longest,
            leaving_collections=() if known is None else ((known.collection, known.stamp),),
            left_collections=() if known is None else known.leaving_collections,
        )
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

    def _check_count(self, name: str, next_id: int, wanted: int) -> None:
        """Raises CollectionUnsuitable where not all rows are there."""
        count = self._milvus.count(name, _numbered(next_id))
        if count != wanted:
            raise CollectionUnsuitable(
                f"Collection {name} in Milvus at {self._milvus.place} holds {count:,} of "
                f"{wanted:,} chunks after they were written; the old index stays. Look at Milvus's "
                "log and build again."
            )

    def _tidy(self, holding: _Holding, next_id: int) -> None:
        """What nobody reads any more goes, and what a killed build left."""
        self._drop(holding.left_collections)
        left = (n for first, last in holding.left for n in range(first, last + 1))
        for part in parts(left, _DELETED_AT_ONCE):
            self._milvus.delete(holding.collection, one_of("id", part))
        self._milvus.delete(holding.collection, f"id >= {next_id}")
        stamps = self._stamps(holding.collection)
        at = stamps.index(holding.stamp) if holding.stamp in stamps else 0
        if others := [*stamps[: max(0, at - 1)], *stamps[at + 1 :]]:
            self._milvus.delete(holding.collection, one_of("id", (-stamp for stamp in others)))

    def _drop(self, collections: Iterable[tuple[str, int]]) -> None:
        """Collections go, but for those that another copy of the index went on with."""
        for name, stamp in collections:
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
        holding = _Holding.of(manifest)
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


def _new_stamp() -> int:
    return 1 + secrets.randbits(62)


def _marker(stamp: int, generation: int) -> Row:
    return Row(-stamp, None, {0: 1.0}, "", generation)


def _begin(store: Store, collection: str, stamp: int) -> None:
    """The manifest says what is begun, so that the build after one that was killed knows it."""
    with store.transaction():
        store.put_manifest({_BEGUN: json.dumps([collection, stamp])})


def _begun(manifest: Mapping[str, str]) -> tuple[str, int] | None:
    said = manifest.get(_BEGUN)
    return tuple(json.loads(said)) if said else None


def _begun_stamps(manifest: Mapping[str, str]) -> tuple[int, ...]:
    begun = _begun(manifest)
    return () if begun is None else (begun[1],)


def _identity(model_sha256: str, dimension: int) -> str:
    return f"layout {_LAYOUT}, model {model_sha256}, dimension {dimension}"


def _size(ranges: Iterable[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in ranges)


def _ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers → [first, last] of those that follow each other."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return tuple(found)
