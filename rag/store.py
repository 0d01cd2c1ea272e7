"""The truth, in SQLite: articles with their text, chunks with their spans, vectors, and what the
index was built from.

Rows of text and vectors carry a hash that is checked when they are read: SQLite's own check does
not see a changed digit inside a page. This module owns the database file; it knows neither FAISS
nor tantivy and decides nothing about what belongs in an index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import ArticleUnknown, DiskFull, IndexDamaged, IndexOfOtherFormat
from rag.records import Article, ArticleSummary, Chunk, Failure, Published, Remark
from rag.rows import (
    ARTICLE_COLUMNS,
    StoredChunk,
    article_of,
    article_row,
    chunk_of,
    published_from_iso,
    row_hash,
)

FORMAT = 2
"""Of the tables below; another number means another version of Broadsheet wrote them."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, path TEXT NOT NULL, title TEXT NOT NULL, title_from TEXT NOT NULL,
    text TEXT NOT NULL, notes TEXT NOT NULL, source TEXT NOT NULL, source_from TEXT NOT NULL,
    authors TEXT NOT NULL, authors_from TEXT NOT NULL, published TEXT,
    published_from TEXT NOT NULL, url TEXT NOT NULL, url_from TEXT NOT NULL,
    language TEXT NOT NULL, language_from TEXT NOT NULL, encoding TEXT NOT NULL,
    remarks TEXT NOT NULL, sha256 TEXT NOT NULL, text_sha256 TEXT NOT NULL, row_hash BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
    id INTEGER PRIMARY KEY, article_id TEXT NOT NULL, ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, vector_key BLOB NOT NULL, row_hash BLOB NOT NULL,
    UNIQUE (article_id, ordinal)
);
CREATE TABLE IF NOT EXISTS vectors (
    key BLOB PRIMARY KEY, vector BLOB NOT NULL, row_hash BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS text_keys (
    article_id TEXT PRIMARY KEY, text_key BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_of_text_key ON text_keys (text_key);
CREATE TABLE IF NOT EXISTS bands (
    band BLOB NOT NULL, text_key BLOB NOT NULL, PRIMARY KEY (band, text_key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bands_of_text_key ON bands (text_key);
CREATE TABLE IF NOT EXISTS copies (
    text_key BLOB NOT NULL, other_key BLOB NOT NULL, PRIMARY KEY (text_key, other_key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failures (
    path TEXT PRIMARY KEY, reason TEXT NOT NULL, kept INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
"""

_ARTICLE_ROW = f"SELECT {', '.join(ARTICLE_COLUMNS)}, row_hash FROM articles"
_CHUNK_TEXT = (
    "SELECT c.id, substr(a.text, c.start + 1, c.end - c.start) "
    "FROM chunks c JOIN articles a ON a.id = c.article_id"
)
_SQLITE_VARIABLES = 500  # below every build's limit of variables in one statement


class Store:
    """One connection to the database of an index.

    Readers see one unchanging state inside ``snapshot()``, whatever other processes commit
    meanwhile. Only the holder of the index's lock writes.

    Raises IndexOfOtherFormat and IndexDamaged when opening.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        mode = "rwc" if writable else "rw"  # even readers share the write-ahead log's index
        uri = f"file:{_quoted(path)}?mode={mode}"
        with _translated(path):
            self._db = sqlite3.connect(
                uri, uri=True, isolation_level=None, timeout=30, check_same_thread=False
            )
            self._db.execute("PRAGMA foreign_keys=ON")
            if writable:
                self._db.execute("PRAGMA journal_mode=WAL")
                # A commit is on the disk when it returns: the derived files rely on it.
                self._db.execute("PRAGMA synchronous=FULL")
                self._db.executescript(_SCHEMA)
            else:
                self._db.execute("PRAGMA query_only=ON")
            self._check_format(writable)

    def _check_format(self, writable: bool) -> None:
        found = self.manifest().get("format")
        if found is None and writable:
            self._db.execute("INSERT INTO manifest VALUES ('format', ?)", (str(FORMAT),))
        elif found != str(FORMAT):
            raise IndexOfOtherFormat(
                f"{self.path} has format {found}, this version reads format {FORMAT}; "
                "delete the index folder and build again."
            )

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is of one moment."""
        with _translated(self.path):
            self._db.execute("BEGIN")
            try:
                self.manifest()  # the first read fixes the moment
                yield
            finally:
                self._db.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside happens, or nothing of it."""
        with _translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    # --- reading -------------------------------------------------------------------------

    def manifest(self) -> dict[str, str]:
        """What the index was built from and which derived files belong to it."""
        with _translated(self.path):
            return dict(self._db.execute("SELECT key, value FROM manifest"))

    def article(self, article_id: str) -> Article:
        """Raises ArticleUnknown, or IndexDamaged where the row is not what its hash says."""
        with _translated(self.path):
            row = self._db.execute(f"{_ARTICLE_ROW} WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            raise ArticleUnknown(
                f"No article {article_id!r} in the index; `broadsheet status` names its folder."
            )
        return article_of(row)

    def articles(self) -> Iterator[Article]:
        """All articles, by id."""
        with _translated(self.path):
            for row in self._db.execute(f"{_ARTICLE_ROW} ORDER BY id"):
                yield article_of(row)

    def article_summaries(self) -> list[ArticleSummary]:
        """All articles without their texts, by id; those whose file now fails are marked."""
        failed = {f.path for f in self.failures()}
        with _translated(self.path):
            rows = self._db.execute(
                "SELECT id, title, source, published, published_from, language, LENGTH(text), "
                f"id IN ({_WORDS_ONLY}), "
                f"(SELECT COUNT(*) FROM ({_COPIES})) FROM articles ORDER BY id"
            ).fetchall()
        return [_summary(row, failed) for row in rows]

    def article_hashes(self) -> dict[str, str]:
        """Article id → sha256 of its file."""
        with _translated(self.path):
            return dict(self._db.execute("SELECT id, sha256 FROM articles"))

    def article_count(self) -> int:
        """How many articles there are."""
        return self._count("SELECT COUNT(*) FROM articles")

    def chunk_count(self) -> int:
        """How many chunks there are."""
        return self._count("SELECT COUNT(*) FROM chunks")

    def vector_count(self) -> int:
        """How many chunks are found by meaning, not by their words alone."""
        return self._count("SELECT COUNT(*) FROM chunks WHERE vector_key <> x''")

    def words_only(self) -> list[tuple[str, int]]:
        """(language, count of the articles in it that are found by their words alone), the most
        frequent first.
        """
        with _translated(self.path):
            return self._db.execute(
                f"SELECT language, COUNT(*) FROM articles WHERE id IN ({_WORDS_ONLY}) "
                "GROUP BY language ORDER BY 2 DESC, 1"
            ).fetchall()

    def remarks(self) -> tuple[Remark, ...]:
        """What could not be read of the articles, by article."""
        with _translated(self.path):
            rows = self._db.execute(
                "SELECT articles.id, value FROM articles, json_each(remarks) ORDER BY 1, key"
            ).fetchall()
        return tuple(Remark(article_id, text) for article_id, text in rows)

    def copied_count(self) -> int:
        """How many articles have copies."""
        return self._count(f"SELECT COUNT(*) FROM articles WHERE EXISTS ({_COPIES})")

    def copies_of(self, article_id: str) -> tuple[str, ...]:
        """The ids of the articles that are copies of it, sorted. Copies of its copies are not
        among them: a round-up holds stories that have nothing in common.
        """
        with _translated(self.path):
            rows = self._db.execute(
                _COPIES.replace("articles.id", "?1") + " ORDER BY 1", (article_id,)
            ).fetchall()
        return tuple(found for (found,) in rows)

    def known_text_keys(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of the keys that an article's text has."""
        known: set[bytes] = set()
        for part in _parts(sorted(set(keys))):
            marks = ",".join("?" * len(part))
            with _translated(self.path):
                rows = self._db.execute(
                    f"SELECT text_key FROM text_keys WHERE text_key IN ({marks})", part
                )
                known.update(key for (key,) in rows)
        return known

    def text_keys_with_bands(
        self, bands: Sequence[bytes], fewest: int, most: int
    ) -> dict[bytes, int]:
        """The at most ``most`` keys that share the most of these bands, at least ``fewest`` each:
        key → how many.
        """
        marks = ",".join("?" * len(bands))
        with _translated(self.path):
            return dict(
                self._db.execute(
                    f"SELECT text_key, COUNT(*) FROM bands WHERE band IN ({marks}) "
                    "GROUP BY text_key HAVING COUNT(*) >= ? ORDER BY 2 DESC, 1 LIMIT ?",
                    (*bands, fewest, most),
                )
            )

    def text_of_key(self, key: bytes) -> str:
        """The text of an article that has the key. Raises IndexDamaged."""
        with _translated(self.path):
            row = self._db.execute(
                "SELECT article_id FROM text_keys WHERE text_key = ? ORDER BY 1", (key,)
            ).fetchone()
        if row is None:
            raise IndexDamaged(
                f"No article has the text {key.hex()}; run `broadsheet build --full`."
            )
        return self.article(row[0]).text

    def undated_count(self) -> int:
        """How many articles do not say when they were published."""
        return self._count("SELECT COUNT(*) FROM articles WHERE published IS NULL")

    def sources(self) -> list[tuple[str, int]]:
        """(source, count of its articles), the most frequent first; "" stands for none."""
        with _translated(self.path):
            return self._db.execute(
                "SELECT source, COUNT(*) FROM articles GROUP BY source ORDER BY 2 DESC, 1"
            ).fetchall()

    def chunks(self) -> Iterator[StoredChunk]:
        """All chunks, by number."""
        with _translated(self.path):
            for row in self._db.execute(f"{_CHUNK_ROW} ORDER BY id"):
                yield chunk_of(row)

    def chunks_by_id(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """Chunk numbers → chunks; numbers that no chunk has are left out."""
        found = {}
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            with _translated(self.path):
                rows = self._db.execute(f"{_CHUNK_ROW} WHERE id IN ({marks})", part).fetchall()
            found.update({c.id: c.chunk for c in map(chunk_of, rows)})
        return found

    def chunk_texts(self, ids: Sequence[int]) -> dict[int, str]:
        """Chunk numbers → the chunks' texts, for weighing them: unlike an article's, these are
        not checked against a hash.
        """
        found: dict[int, str] = {}
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            with _translated(self.path):
                found.update(self._db.execute(f"{_CHUNK_TEXT} WHERE c.id IN ({marks})", part))
        return found

    def chunk_places(self) -> Iterator[tuple[int, str, int]]:
        """(number, article id, ordinal) of all chunks, by number."""
        with _translated(self.path):
            yield from self._db.execute("SELECT id, article_id, ordinal FROM chunks ORDER BY id")

    def article_facts(self) -> list[tuple[str, str, str, Published]]:
        """(id, title, source, published) of all articles, by id."""
        with _translated(self.path):
            rows = self._db.execute(
                "SELECT id, title, source, published FROM articles ORDER BY id"
            ).fetchall()
        return [(*row[:3], None if row[3] is None else published_from_iso(row[3])) for row in rows]

    def chunks_of(self, article_ids: Iterable[str]) -> list[StoredChunk]:
        """The chunks of these articles, by number."""
        found: list[StoredChunk] = []
        for part in _parts(sorted(article_ids)):
            marks = ",".join("?" * len(part))
            with _translated(self.path):
                rows = self._db.execute(f"{_CHUNK_ROW} WHERE article_id IN ({marks})", part)
                found.extend(map(chunk_of, rows.fetchall()))
        return sorted(found, key=lambda c: c.id)

    def known_vector_keys(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of the keys that have a vector already."""
        known: set[bytes] = set()
        for part in _parts(sorted(set(keys))):
            marks = ",".join("?" * len(part))
            with _translated(self.path):
                rows = self._db.execute(f"SELECT key FROM vectors WHERE key IN ({marks})", part)
                known.update(key for (key,) in rows)
        return known

    def vectors(self, keys: Sequence[bytes], dimension: int) -> npt.NDArray[np.float32]:
        """Keys → float32 of shape (n_keys, dimension), rows of unit length, in the order given.

        Raises IndexDamaged where one is missing or not what its hash says.
        """
        result = np.empty((len(keys), dimension), dtype=np.float32)
        places: dict[bytes, list[int]] = {}
        for place, key in enumerate(keys):
            places.setdefault(key, []).append(place)
        missing = set(places)
        for part in _parts(list(places)):
            marks = ",".join("?" * len(part))
            with _translated(self.path):
                rows = self._db.execute(
                    f"SELECT key, vector, row_hash FROM vectors WHERE key IN ({marks})", part
                ).fetchall()
            for key, blob, stored_hash in rows:
                if row_hash(key, blob) != stored_hash or len(blob) != dimension * 4:
                    raise IndexDamaged(
                        f"The vector {key.hex()} is not what its hash says; "
                        "run `broadsheet build --full`."
                    )
                result[places[key]] = np.frombuffer(blob, dtype="<f4")
                missing.discard(key)
        if missing:
            raise IndexDamaged(
                f"{len(missing)} vectors are missing, the first {min(missing).hex()}; "
                "run `broadsheet build --full`."
            )
        return result

    def failures(self) -> tuple[Failure, ...]:
        """The files that the last build could not read."""
        with _translated(self.path):
            rows = self._db.execute("SELECT path, reason, kept, sha256 FROM failures ORDER BY path")
            return tuple(Failure(path, reason, bool(kept), sha) for path, reason, kept, sha in rows)

    def _count(self, query: str) -> int:
        with _translated(self.path):
            return int(self._db.execute(query).fetchone()[0])

    # --- writing, inside transaction() ---------------------------------------------------

    def put_vectors(self, keys: Sequence[bytes], vectors: npt.NDArray[np.float32]) -> None:
        """Adds or replaces vectors, float32 of shape (n_keys, dimension)."""
        blobs = [row.astype("<f4").tobytes() for row in vectors]
        self._db.executemany(
            "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
            [(k, b, row_hash(k, b)) for k, b in zip(keys, blobs, strict=True)],
        )

    def delete_articles(self, article_ids: Iterable[str]) -> None:
        """Articles and their chunks leave."""
        ids = [(i,) for i in article_ids]
        self._db.executemany("DELETE FROM chunks WHERE article_id = ?", ids)
        self._db.executemany("DELETE FROM articles WHERE id = ?", ids)
        self._db.executemany("DELETE FROM text_keys WHERE article_id = ?", ids)

    def delete_all_articles(self) -> None:
        """All articles and chunks leave, also those whose rows are damaged."""
        for table in ("chunks", "articles", "text_keys", "bands", "copies"):
            self._db.execute(f"DELETE FROM {table}")

    def put_article(self, article: Article) -> None:
        """Adds or replaces an article, not its chunks."""
        row = article_row(article)
        marks = ",".join("?" * (len(row) + 1))
        self._db.execute(
            f"INSERT OR REPLACE INTO articles VALUES ({marks})", (*row, row_hash(*row))
        )

    def put_chunks(self, chunks: Iterable[StoredChunk]) -> None:
        """Adds chunks under the numbers they bring."""
        rows = [
            (c.id, c.chunk.article_id, c.chunk.ordinal, c.chunk.start, c.chunk.end, c.vector_key)
            for c in chunks
        ]
        self._db.executemany(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)", [(*r, row_hash(*r)) for r in rows]
        )

    def put_copies(
        self,
        keys: Iterable[tuple[str, bytes]],
        bands: Iterable[tuple[bytes, bytes]],
        pairs: Iterable[tuple[bytes, bytes]],
    ) -> None:
        """Adds (article id, key of its text), (band, key) and pairs of keys that are copies."""
        self._db.executemany("INSERT OR REPLACE INTO text_keys VALUES (?, ?)", keys)
        self._db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", bands)
        both = [pair for one, other in pairs for pair in ((one, other), (other, one))]
        self._db.executemany("INSERT OR IGNORE INTO copies VALUES (?, ?)", both)

    def text_keys_of(self, article_ids: Iterable[str]) -> set[bytes]:
        """The keys of these articles' texts."""
        found: set[bytes] = set()
        for part in _parts(sorted(article_ids)):
            marks = ",".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT text_key FROM text_keys WHERE article_id IN ({marks})", part
            )
            found.update(key for (key,) in rows)
        return found

    def delete_unused_text_keys(self, keys: Iterable[bytes]) -> None:
        """Those of these keys that no article has any more leave, with what was found of them."""
        keys = set(keys)
        unused = [(key,) for key in keys - self.known_text_keys(keys)]
        self._db.executemany("DELETE FROM bands WHERE text_key = ?", unused)
        self._db.executemany("DELETE FROM copies WHERE text_key = ?1 OR other_key = ?1", unused)

    def put_failures(self, failures: Iterable[Failure]) -> None:
        """Replaces the list of files that could not be read."""
        self._db.execute("DELETE FROM failures")
        self._db.executemany(
            "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)",
            [(f.path, f.reason, int(f.kept), f.sha256) for f in failures],
        )

    def put_manifest(self, entries: Mapping[str, str]) -> None:
        """Adds or replaces entries of the manifest."""
        self._db.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", entries.items())

    def delete_unused_vectors(self) -> None:
        """What was deleted from the folder leaves no vector behind."""
        self._db.execute("DELETE FROM vectors WHERE key NOT IN (SELECT vector_key FROM chunks)")


# The other articles whose text has the key of this article's text, or one that is its copy.
_COPIES = (
    "SELECT theirs.article_id FROM text_keys AS own JOIN text_keys AS theirs "
    "ON theirs.text_key IN (SELECT own.text_key UNION ALL "
    "SELECT other_key FROM copies WHERE copies.text_key = own.text_key) "
    "WHERE own.article_id = articles.id AND theirs.article_id <> articles.id"
)
_WORDS_ONLY = "SELECT article_id FROM chunks WHERE vector_key = x''"
_CHUNK_ROW = "SELECT id, article_id, ordinal, start, end, vector_key, row_hash FROM chunks"


def _summary(row: tuple[Any, ...], failed: set[str]) -> ArticleSummary:
    article_id, title, source, published, published_from, language, length, words_only, copies = row
    return ArticleSummary(
        id=article_id,
        title=title,
        source=source,
        published=None if published is None else published_from_iso(published),
        published_from=published_from,
        language=language,
        character_count=length,
        words_only=bool(words_only),
        copy_count=copies,
        failed=article_id in failed,
    )


def _parts(values: Sequence[Any]) -> Iterator[list[Any]]:
    for at in range(0, len(values), _SQLITE_VARIABLES):
        yield list(values[at : at + _SQLITE_VARIABLES])


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """SQLite's errors → ours, which say what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorname", "") or ""
        if code.startswith(("SQLITE_FULL", "SQLITE_IOERR_WRITE")):
            raise DiskFull(
                f"The disk that holds {path} is full ({error}); free some space and build again."
            ) from error
        raise IndexDamaged(
            f"{path} cannot be used ({code or type(error).__name__}: {error}); "
            "delete the index folder and build again."
        ) from error
