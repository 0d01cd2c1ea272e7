"""Where a build keeps what it has read and cut until it is published: a file, not memory.

A database of its own beside the index's, of which nothing outlives the build. What is published, in
which order and under which numbers, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.database import Scratch
from rag.records import Article, Chunk
from rag.rows import ARTICLE_COLUMNS, article_of, article_row, row_hash

_ARTICLE_ROW = f"{', '.join(ARTICLE_COLUMNS)}, row_hash"
_SCHEMA = f"""
CREATE TABLE articles (
    place INTEGER PRIMARY KEY, first_chunk INTEGER, end_chunk INTEGER, {_ARTICLE_ROW}
);
CREATE UNIQUE INDEX articles_by_id ON articles (id);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY, ordinal INTEGER, start INTEGER, end INTEGER, vector_key BLOB,
    text_hash BLOB, words TEXT
);
CREATE TABLE wanted (
    number INTEGER PRIMARY KEY, vector_key BLOB UNIQUE, place INTEGER, start INTEGER, end INTEGER
);
CREATE TABLE text_keys (place INTEGER PRIMARY KEY, text_key BLOB);
CREATE INDEX places_of_text_key ON text_keys (text_key);
CREATE TABLE bands (band BLOB, text_key BLOB, PRIMARY KEY (band, text_key)) WITHOUT ROWID;
CREATE TABLE pairs (one BLOB, other BLOB);
"""
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StagedChunk:
    """A chunk, its vector's key (empty: it gets no vector), its text's hash, and the terms of its
    text with a space between two.
    """

    chunk: Chunk
    vector_key: bytes
    text_hash: bytes
    words: str


class Staging(Scratch):
    """What is to be published of one build; to be closed. Safe to use from several threads.

    Articles are given back as they came, or ``by_id``: equal scores are ordered by chunks' numbers,
    and where all is made anew, the same articles are to have the same numbers.

    Raises DiskFull, DiskFailed, IndexUnwritable, IndexDamaged, OSError.
    """

    def __init__(self, path: Path, *, by_id: bool = False) -> None:
        super().__init__(path, _SCHEMA)
        self.by_id = by_id
        self.article_count = 0
        self.chunk_count = 0
        self.wanted_count = 0

    # --- articles and chunks ---------------------------------------------------------------

    def put(
        self, article: Article, chunks: Sequence[StagedChunk], wanted: Collection[bytes]
    ) -> None:
        """Adds an article with its chunks; of the keys ``wanted``, each is embedded once."""
        row = article_row(article)
        place, first = self.article_count + 1, self.chunk_count + 1
        self.write(
            f"INSERT INTO articles VALUES ({','.join('?' * (len(row) + 4))})",
            [(place, first, first + len(chunks), *row, row_hash(*row))],
        )
        self.write(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (n, c.chunk.ordinal, c.chunk.start, c.chunk.end, c.vector_key, c.text_hash, c.words)
                for n, c in enumerate(chunks, first)
            ],
        )
        for c in chunks:
            if c.vector_key in wanted:
                self.wanted_count += self.write(
                    "INSERT OR IGNORE INTO wanted VALUES (?, ?, ?, ?, ?)",
                    [(self.wanted_count + 1, c.vector_key, place, c.chunk.start, c.chunk.end)],
                )
        self.article_count, self.chunk_count = place, first + len(chunks) - 1

    def articles(self) -> Iterator[tuple[Article, list[StagedChunk]]]:
        """All articles with their chunks. Raises IndexDamaged."""
        order, last = ("id", "") if self.by_id else ("place", 0)
        query = (
            f"SELECT {order}, first_chunk, end_chunk, {_ARTICLE_ROW} FROM articles "
            f"WHERE {order} > ? ORDER BY {order} LIMIT 1"
        )
        while rows := self.rows_of(query, last):
            ((last, first, end, *row),) = rows
            article = article_of(tuple(row))
            yield article, self._chunks_of(article.id, first, end)

    def chunks(self) -> Iterator[StagedChunk]:
        """All chunks, in the order of ``articles``, without reading these."""
        order, last = ("id", "") if self.by_id else ("place", 0)
        query = (
            f"SELECT {order}, id, first_chunk, end_chunk FROM articles "
            f"WHERE {order} > ? ORDER BY {order} LIMIT {_ROWS_AT_ONCE}"
        )
        while rows := self.rows_of(query, last):
            for _, article_id, first, end in rows:
                yield from self._chunks_of(article_id, first, end)
            last = rows[-1][0]

    def _chunks_of(self, article_id: str, first: int, end: int) -> list[StagedChunk]:
        found = self.rows_of(
            "SELECT ordinal, start, end, vector_key, text_hash, words FROM chunks "
            "WHERE number >= ? AND number < ? ORDER BY number",
            first,
            end,
        )
        return [
            StagedChunk(Chunk(article_id, *place), key, of_text, words)
            for *place, key, of_text, words in found
        ]

    def article_ids(self) -> set[str]:
        """The ids of all articles."""
        return {article_id for (article_id,) in self.rows_of("SELECT id FROM articles")}

    def wanted(self, first: int, count: int) -> tuple[list[bytes], list[str]]:
        """The vectors that are wanted, from the ``first`` (from 1) on: their keys, and the texts of
        the chunks to be embedded.
        """
        rows = self.rows_of(
            "SELECT vector_key, place, start, end FROM wanted WHERE number >= ? AND number < ? "
            "ORDER BY number",
            first,
            first + count,
        )
        keys, texts, known, text = [], [], 0, ""
        for key, place, start, end in rows:
            if place != known:  # chunks of an article stand in a row
                ((text,),) = self.rows_of("SELECT text FROM articles WHERE place = ?", place)
                known = place
            keys.append(key)
            texts.append(text[start:end])
        return keys, texts

    # --- copies ----------------------------------------------------------------------------

    def has_text_key(self, key: bytes) -> bool:
        """Whether an article's text has the key."""
        return bool(self.rows_of("SELECT 1 FROM text_keys WHERE text_key = ? LIMIT 1", key))

    def put_text_key(self, article_id: str, key: bytes) -> None:
        """The key of the article's text."""
        self.write(
            "INSERT INTO text_keys SELECT place, ? FROM articles WHERE id = ?", [(key, article_id)]
        )

    def put_bands(self, key: bytes, bands: Iterable[bytes]) -> None:
        """The bands of the text of that key."""
        self.write("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, key) for band in bands])

    def put_pair(self, one: bytes, other: bytes) -> None:
        """Texts of these keys are copies."""
        self.write("INSERT INTO pairs VALUES (?, ?)", [(one, other)])

    def text_keys_with_bands(
        self, bands: Sequence[bytes], fewest: int, most: int
    ) -> dict[bytes, int]:
        """As ``Store.text_keys_with_bands``."""
        marks = ",".join("?" * len(bands))
        return dict(
            self.rows_of(
                f"SELECT text_key, COUNT(*) FROM bands WHERE band IN ({marks}) "
                "GROUP BY text_key HAVING COUNT(*) >= ? ORDER BY 2 DESC, 1 LIMIT ?",
                *bands,
                fewest,
                most,
            )
        )

    def text_of_key(self, key: bytes) -> str:
        """The text of the first article that has the key."""
        ((text,),) = self.rows_of(
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
        while rows := self.rows_of(
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

    def _in_parts(self, query: str) -> Iterator[Any]:
        """Rows without their first column, which is the number that the next part begins behind."""
        last = 0
        while rows := self.rows_of(query, last):
            for _, *values in rows:
                yield tuple(values)
            last = rows[-1][0]
