"""Where a build keeps what it has read and cut until it is published: a file, not memory.

A database of its own beside the index's, which nobody else opens. Nothing in it outlives the build:
it is removed when it is closed, and one that a killed build left when the next is made. It is never
synced and has no journal, and what fits SQLite's cache is never written at all.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.records import Article, Chunk
from rag.rows import ARTICLE_COLUMNS, article_of, article_row, row_hash
from rag.sqlite_errors import translated

_ARTICLE_ROW = f"{', '.join(ARTICLE_COLUMNS)}, row_hash"
_SCHEMA = f"""
CREATE TABLE articles (
    place INTEGER PRIMARY KEY, first_chunk INTEGER, end_chunk INTEGER, {_ARTICLE_ROW}
);
CREATE UNIQUE INDEX articles_by_id ON articles (id);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY, ordinal INTEGER, start INTEGER, end INTEGER, vector_key BLOB,
    text_hash BLOB
);
CREATE TABLE wanted (
    number INTEGER PRIMARY KEY, vector_key BLOB UNIQUE, place INTEGER, start INTEGER, end INTEGER
);
CREATE TABLE text_keys (place INTEGER PRIMARY KEY, text_key BLOB);
CREATE INDEX places_of_text_key ON text_keys (text_key);
CREATE TABLE bands (band BLOB, text_key BLOB, PRIMARY KEY (band, text_key)) WITHOUT ROWID;
CREATE TABLE pairs (one BLOB, other BLOB);
"""
_CACHE_KIB = 16 * 1024
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StagedChunk:
    """A chunk, its vector's key (empty: it gets no vector), and its text's hash."""

    chunk: Chunk
    vector_key: bytes
    text_hash: bytes


class Staging:
    """What is to be published of one build; to be closed. Safe to use from several threads.

    Articles are given back as they came, or ``by_id``: equal scores are ordered by chunks' numbers,
    and where all is made anew, the same articles are to have the same numbers.

    Raises DiskFull, DiskFailed, IndexUnwritable, IndexDamaged, OSError.
    """

    def __init__(self, path: Path, *, by_id: bool = False) -> None:
        self.path = path
        self.by_id = by_id
        self.article_count = 0
        self.chunk_count = 0
        self.wanted_count = 0
        self._lock = threading.Lock()
        path.unlink(missing_ok=True)  # of a build that was killed
        with translated(path):
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            with translated(path):
                for setting in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE"):
                    self._db.execute(f"PRAGMA {setting}")
                self._db.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
                self._db.execute("BEGIN")  # never committed: nobody reads it afterwards
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._db.execute(statement)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """It is gone."""
        with self._lock:
            self._db.close()
        self.path.unlink(missing_ok=True)

    # --- articles and chunks ---------------------------------------------------------------

    def put(
        self, article: Article, chunks: Sequence[StagedChunk], wanted: Collection[bytes]
    ) -> None:
        """Adds an article with its chunks; of the keys ``wanted``, each is embedded once."""
        row = article_row(article)
        place, first = self.article_count + 1, self.chunk_count + 1
        with self._lock, translated(self.path):
            self._db.execute(
                f"INSERT INTO articles VALUES ({','.join('?' * (len(row) + 4))})",
                (place, first, first + len(chunks), *row, row_hash(*row)),
            )
            for number, staged in enumerate(chunks, first):
                chunk, key = staged.chunk, staged.vector_key
                self._db.execute(
                    "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?)",
                    (number, chunk.ordinal, chunk.start, chunk.end, key, staged.text_hash),
                )
                if key in wanted:
                    added = self._db.execute(
                        "INSERT OR IGNORE INTO wanted VALUES (?, ?, ?, ?, ?)",
                        (self.wanted_count + 1, key, place, chunk.start, chunk.end),
                    )
                    self.wanted_count += added.rowcount
        self.article_count, self.chunk_count = place, first + len(chunks) - 1

    def articles(self) -> Iterator[tuple[Article, list[StagedChunk]]]:
        """All articles with their chunks. Raises IndexDamaged."""
        order, last = ("id", "") if self.by_id else ("place", 0)
        query = (
            f"SELECT {order}, first_chunk, end_chunk, {_ARTICLE_ROW} FROM articles "
            f"WHERE {order} > ? ORDER BY {order} LIMIT 1"
        )
        while rows := self._rows(query, last):
            ((last, first, end, *row),) = rows
            article = article_of(tuple(row))
            chunks = self._rows(
                "SELECT ordinal, start, end, vector_key, text_hash FROM chunks "
                "WHERE number >= ? AND number < ? ORDER BY number",
                first,
                end,
            )
            yield (
                article,
                [StagedChunk(Chunk(article.id, *place), key, of) for *place, key, of in chunks],
            )

    def chunks(self) -> Iterator[StagedChunk]:
        """All chunks, in the order of ``articles``, without reading these."""
        order, last = ("id", "") if self.by_id else ("place", 0)
        query = (
            f"SELECT {order}, id, first_chunk, end_chunk FROM articles "
            f"WHERE {order} > ? ORDER BY {order} LIMIT {_ROWS_AT_ONCE}"
        )
        while rows := self._rows(query, last):
            for _, article_id, first, end in rows:
                found = self._rows(
                    "SELECT ordinal, start, end, vector_key, text_hash FROM chunks "
                    "WHERE number >= ? AND number < ? ORDER BY number",
                    first,
                    end,
                )
                for *place, key, of in found:
                    yield StagedChunk(Chunk(article_id, *place), key, of)
            last = rows[-1][0]

    def article_ids(self) -> set[str]:
        """The ids of all articles."""
        return {article_id for (article_id,) in self._rows("SELECT id FROM articles")}

    def wanted(self, first: int, count: int) -> tuple[list[bytes], list[str]]:
        """The vectors that are wanted, from the ``first`` (from 1) on: their keys, and the texts of
        the chunks to be embedded.
        """
        rows = self._rows(
            "SELECT vector_key, place, start, end FROM wanted WHERE number >= ? AND number < ? "
            "ORDER BY number",
            first,
            first + count,
        )
        keys, texts, known, text = [], [], 0, ""
        for key, place, start, end in rows:
            if place != known:  # chunks of an article stand in a row
                ((text,),) = self._rows("SELECT text FROM articles WHERE place = ?", place)
                known = place
            keys.append(key)
            texts.append(text[start:end])
        return keys, texts

    # --- copies ----------------------------------------------------------------------------

    def has_text_key(self, key: bytes) -> bool:
        """Whether an article's text has the key."""
        return bool(self._rows("SELECT 1 FROM text_keys WHERE text_key = ? LIMIT 1", key))

    def put_text_key(self, article_id: str, key: bytes) -> None:
        """The key of the article's text."""
        self._write(
            "INSERT INTO text_keys SELECT place, ? FROM articles WHERE id = ?", [(key, article_id)]
        )

    def put_bands(self, key: bytes, bands: Iterable[bytes]) -> None:
        """The bands of the text of that key."""
        self._write("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, key) for band in bands])

    def put_pair(self, one: bytes, other: bytes) -> None:
        """Texts of these keys are copies."""
        self._write("INSERT INTO pairs VALUES (?, ?)", [(one, other)])

    def text_keys_with_bands(
        self, bands: Sequence[bytes], fewest: int, most: int
    ) -> dict[bytes, int]:
        """As ``Store.text_keys_with_bands``."""
        marks = ",".join("?" * len(bands))
        return dict(
            self._rows(
                f"SELECT text_key, COUNT(*) FROM bands WHERE band IN ({marks}) "
                "GROUP BY text_key HAVING COUNT(*) >= ? ORDER BY 2 DESC, 1 LIMIT ?",
                *bands,
                fewest,
                most,
            )
        )

    def text_of_key(self, key: bytes) -> str:
        """The text of the first article that has the key."""
        ((text,),) = self._rows(
            "SELECT text FROM articles WHERE place = "
            "(SELECT MIN(place) FROM text_keys WHERE text_key = ?)",
            key,
        )
        return str(text)

    def text_keys(self) -> Iterator[tuple[str, bytes]]:
        """(article id, key of its text) of all articles whose text has one."""
        yield from self._in_parts(
            "SELECT place, id, text_key FROM text_keys JOIN articles USING (place) "
            f"WHERE place > ? ORDER BY place LIMIT {_ROWS_AT_ONCE}"
        )

    def bands(self) -> Iterator[tuple[bytes, bytes]]:
        """(band, key of a text) of all texts that are new, sorted."""
        last = (b"", b"")
        while rows := self._rows(
            f"SELECT band, text_key FROM bands WHERE (band, text_key) > (?, ?) "
            f"ORDER BY band, text_key LIMIT {_ROWS_AT_ONCE}",
            *last,
        ):
            yield from rows
            last = rows[-1]

    def pairs(self) -> Iterator[tuple[bytes, bytes]]:
        """Keys of two texts that are copies."""
        yield from self._in_parts(
            "SELECT rowid, one, other FROM pairs "
            f"WHERE rowid > ? ORDER BY rowid LIMIT {_ROWS_AT_ONCE}"
        )

    # ---------------------------------------------------------------------------------------

    def _in_parts(self, query: str) -> Iterator[Any]:
        """Rows without their first column, which is the number that the next part begins behind."""
        last = 0
        while rows := self._rows(query, last):
            for _, *values in rows:
                yield tuple(values)
            last = rows[-1][0]

    def _rows(self, query: str, *parameters: Any) -> list[Any]:
        with self._lock, translated(self.path):
            return self._db.execute(query, parameters).fetchall()

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        with self._lock, translated(self.path):
            self._db.executemany(statement, rows)
