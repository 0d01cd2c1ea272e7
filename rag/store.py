"""The truth, in SQLite: articles with their text, chunks with their spans, vectors, and what the
index was built from.

Rows of text and vectors carry a hash that is checked when they are read: SQLite's own check does
not see a changed digit inside a page. This module owns the database file; it knows neither FAISS
nor tantivy and decides nothing about what belongs in an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.database import Database
from rag.errors import ArticleUnknown, IndexDamaged
from rag.records import Article, ArticleSummary, Chunk, Failure, Published, Remark
from rag.remedies import build_command
from rag.rows import (
    ARTICLE_COLUMNS,
    CHUNK_COLUMNS,
    StoredChunk,
    article_of,
    article_row,
    chunk_of,
    chunk_row,
    published_from_iso,
    row_hash,
    text_hash,
)
from rag.sqlite_errors import translated

_ARTICLE_ROW = f"SELECT {', '.join(ARTICLE_COLUMNS)}, row_hash FROM articles"
_CHUNK_TEXT = (
    f"SELECT {', '.join('c.' + name for name in CHUNK_COLUMNS)}, c.row_hash, "
    "substr(a.text, c.start + 1, c.end - c.start) "
    "FROM chunks c JOIN articles a ON a.id = c.article_id"
)
_FAILURES = "failures_hash"
_SQLITE_VARIABLES = 500  # below every build's limit of variables in one statement


class Store(Database):
    """The articles, chunks and vectors in a database, and the failures and copies among them."""

    # --- reading -------------------------------------------------------------------------

    def article(self, article_id: str) -> Article:
        """Raises ArticleUnknown, or IndexDamaged where the row is not what its hash says."""
        with translated(self.path):
            row = self._db.execute(f"{_ARTICLE_ROW} WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            raise ArticleUnknown(
                f"No article {article_id!r} in the index; `broadsheet status` names its folder."
            )
        return article_of(row)

    def articles(self) -> Iterator[Article]:
        """All articles, by id."""
        with translated(self.path):
            for row in self._db.execute(f"{_ARTICLE_ROW} ORDER BY id"):
                yield article_of(row)

    def article_summaries(self) -> list[ArticleSummary]:
        """All articles without their texts, by id; those whose file now fails are marked."""
        failed = {f.path for f in self.failures()}
        with translated(self.path):
            rows = self._db.execute(
                "SELECT id, title, source, published, published_from, language, LENGTH(text), "
                f"id IN ({_WORDS_ONLY}), "
                f"(SELECT COUNT(*) FROM ({_COPIES})) FROM articles ORDER BY id"
            ).fetchall()
        return [_summary(row, failed) for row in rows]

    def article_hashes(self) -> dict[str, str]:
        """Article id → sha256 of its file."""
        with translated(self.path):
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
        with translated(self.path):
            return self._db.execute(
                f"SELECT language, COUNT(*) FROM articles WHERE id IN ({_WORDS_ONLY}) "
                "GROUP BY language ORDER BY 2 DESC, 1"
            ).fetchall()

    def remarks(self) -> tuple[Remark, ...]:
        """What could not be read of the articles, by article."""
        with translated(self.path):
            rows = self._db.execute(
                "SELECT articles.id, value FROM articles, json_each(remarks) ORDER BY 1, key"
            ).fetchall()
        return tuple(Remark(article_id, text) for article_id, text in rows)

    def copied_count(self) -> int:
        """How many articles have copies."""
        return self._count(f"SELECT COUNT(*) FROM articles WHERE EXISTS ({_COPIES})")

    def text_keys(self) -> list[tuple[str, bytes]]:
        """(article id, key of its text) of all articles whose text has one, by id."""
        return list(self.rows("SELECT article_id, text_key FROM text_keys ORDER BY 1"))

    def copy_pairs(self) -> list[tuple[bytes, bytes]]:
        """(key, other key) of texts that are copies, each pair in both orders, sorted."""
        return list(self.rows("SELECT text_key, other_key FROM copies ORDER BY 1, 2"))

    def known_text_keys(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of the keys that an article's text has."""
        known: set[bytes] = set()
        for part in _parts(sorted(set(keys))):
            marks = ",".join("?" * len(part))
            with translated(self.path):
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
        with translated(self.path):
            return dict(
                self._db.execute(
                    f"SELECT text_key, COUNT(*) FROM bands WHERE band IN ({marks}) "
                    "GROUP BY text_key HAVING COUNT(*) >= ? ORDER BY 2 DESC, 1 LIMIT ?",
                    (*bands, fewest, most),
                )
            )

    def text_of_key(self, key: bytes) -> str:
        """The text of an article that has the key. Raises IndexDamaged."""
        with translated(self.path):
            row = self._db.execute(
                "SELECT article_id FROM text_keys WHERE text_key = ? ORDER BY 1", (key,)
            ).fetchone()
        if row is None:
            raise IndexDamaged(
                f"No article has the text {key.hex()}; "
                f"run `{build_command(self.path.parent, '--repair')}`."
            )
        return self.article(row[0]).text

    def undated_count(self) -> int:
        """How many articles do not say when they were published."""
        return self._count("SELECT COUNT(*) FROM articles WHERE published IS NULL")

    def sources(self) -> list[tuple[str, int]]:
        """(source, count of its articles), the most frequent first; "" stands for none."""
        with translated(self.path):
            return self._db.execute(
                "SELECT source, COUNT(*) FROM articles GROUP BY source ORDER BY 2 DESC, 1"
            ).fetchall()

    def chunks(self) -> Iterator[StoredChunk]:
        """All chunks, by number."""
        with translated(self.path):
            for row in self._db.execute(f"{_CHUNK_ROW} ORDER BY id"):
                yield chunk_of(row)

    def chunks_by_id(self, ids: Sequence[int]) -> dict[int, Chunk]:
        """Chunk numbers → chunks; numbers that no chunk has are left out."""
        return {stored.id: stored.chunk for stored in self.stored_chunks(ids)}

    def stored_chunks(self, ids: Sequence[int]) -> list[StoredChunk]:
        """Chunk numbers → chunks as stored, by number; numbers that none has are left out."""
        found: list[StoredChunk] = []
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            with translated(self.path):
                rows = self._db.execute(f"{_CHUNK_ROW} WHERE id IN ({marks})", part).fetchall()
            found += map(chunk_of, rows)
        return sorted(found, key=lambda stored: stored.id)

    def chunk_texts(self, ids: Sequence[int]) -> dict[int, str]:
        """Chunk numbers → the chunks' texts; numbers that no chunk has are left out.

        Raises IndexDamaged where a text is not the one that was cut.
        """
        found: dict[int, str] = {}
        for part in _parts(ids):
            marks = ",".join("?" * len(part))
            with translated(self.path):
                rows = self._db.execute(f"{_CHUNK_TEXT} WHERE c.id IN ({marks})", part).fetchall()
            for *row, text in rows:
                stored = chunk_of(tuple(row))
                if text_hash(text) != stored.text_hash:
                    raise IndexDamaged(
                        f"The text of article {stored.chunk.article_id!r} is not what was "
                        f"indexed; run `{build_command(self.path.parent, '--repair')}`."
                    )
                found[stored.id] = text
        return found

    def chunk_places(self) -> Iterator[tuple[int, str, int]]:
        """(number, article id, ordinal) of all chunks, by number."""
        yield from self.rows("SELECT id, article_id, ordinal FROM chunks ORDER BY id")

    def article_facts(self) -> list[tuple[str, str, str, Published]]:
        """(id, title, source, published) of all articles, by id."""
        with translated(self.path):
            rows = self._db.execute(
                "SELECT id, title, source, published FROM articles ORDER BY id"
            ).fetchall()
        return [(*row[:3], None if row[3] is None else published_from_iso(row[3])) for row in rows]

    def known_vector_keys(self, keys: Iterable[bytes]) -> set[bytes]:
        """Those of the keys that have a vector already."""
        known: set[bytes] = set()
        for part in _parts(sorted(set(keys))):
            marks = ",".join("?" * len(part))
            with translated(self.path):
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
            with translated(self.path):
                rows = self._db.execute(
                    f"SELECT key, vector, row_hash FROM vectors WHERE key IN ({marks})", part
                ).fetchall()
            for key, blob, stored_hash in rows:
                if row_hash(key, blob) != stored_hash or len(blob) != dimension * 4:
                    raise IndexDamaged(
                        f"The vector {key.hex()} is not what its hash says; "
                        f"run `{build_command(self.path.parent, '--repair')}`."
                    )
                result[places[key]] = np.frombuffer(blob, dtype="<f4")
                missing.discard(key)
        if missing:
            raise IndexDamaged(
                f"{len(missing)} vectors are missing, the first {min(missing).hex()}; "
                f"run `{build_command(self.path.parent, '--repair')}`."
            )
        return result

    def failures(self) -> tuple[Failure, ...]:
        """The files that the last build could not read. Raises IndexDamaged."""
        rows = list(self.rows("SELECT path, reason, kept, sha256 FROM failures ORDER BY path"))
        written = self.manifest().get(_FAILURES)
        if (rows or written) and row_hash(*rows).hex() != written:
            raise IndexDamaged(
                f"The list of failed files in {self.path} is not what was written; "
                f"run `{build_command(self.path.parent, '--repair')}`."
            )
        return tuple(Failure(path, reason, bool(kept), sha) for path, reason, kept, sha in rows)

    def _count(self, query: str) -> int:
        with translated(self.path):
            return int(self._db.execute(query).fetchone()[0])

    # --- writing, inside transaction() ---------------------------------------------------

    def put_vectors(self, keys: Sequence[bytes], vectors: npt.NDArray[np.float32]) -> None:
        """Adds or replaces vectors, float32 of shape (n_keys, dimension)."""
        blobs = [row.astype("<f4").tobytes() for row in vectors]
        self._db.executemany(
            "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
            [(k, b, row_hash(k, b)) for k, b in zip(keys, blobs, strict=True)],
        )

    def delete_vectors(self, keys: Iterable[bytes]) -> None:
        """These vectors leave."""
        self._db.executemany("DELETE FROM vectors WHERE key = ?", [(key,) for key in keys])

    def delete_articles(self, article_ids: Iterable[str], chunks: Iterable[int]) -> None:
        """Articles and their chunks, by number, leave."""
        ids = [(i,) for i in article_ids]
        self._db.executemany("DELETE FROM chunks WHERE id = ?", [(i,) for i in chunks])
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
        rows = ((*row, row_hash(*row)) for row in map(chunk_row, chunks))
        self._db.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def put_copies(
        self,
        keys: Iterable[tuple[str, bytes]],
        bands: Iterable[tuple[bytes, bytes]],
        pairs: Iterable[tuple[bytes, bytes]],
    ) -> None:
        """Adds (article id, key of its text), (band, key) and pairs of keys that are copies."""
        self._db.executemany("INSERT OR REPLACE INTO text_keys VALUES (?, ?)", keys)
        self._db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", bands)
        both = (pair for one, other in pairs for pair in ((one, other), (other, one)))
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
        rows = {f.path: (f.path, f.reason, int(f.kept), f.sha256) for f in failures}
        self._db.execute("DELETE FROM failures")
        self._db.executemany("INSERT INTO failures VALUES (?, ?, ?, ?)", rows.values())
        self.put_manifest({_FAILURES: row_hash(*(rows[path] for path in sorted(rows))).hex()})

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
_CHUNK_ROW = f"SELECT {', '.join(CHUNK_COLUMNS)}, row_hash FROM chunks"


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
