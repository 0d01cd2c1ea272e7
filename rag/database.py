"""The database of an index: its file, tables, manifest, and moments of it; and one for scratch.

The manifest is sealed: its entries' hash is one of them, and is checked whenever it is read.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from rag.errors import DiskFailed, IndexDamaged, IndexOfOtherFormat
from rag.remedies import build_command
from rag.rows import row_hash
from rag.sqlite_errors import translated

FORMAT = 3
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
    start INTEGER NOT NULL, end INTEGER NOT NULL, vector_key BLOB NOT NULL, text_hash BLOB NOT NULL,
    row_hash BLOB NOT NULL, UNIQUE (article_id, ordinal)
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
CREATE TABLE IF NOT EXISTS chunk_words (
    chunk_id INTEGER PRIMARY KEY, words TEXT NOT NULL, row_hash BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS words (
    term TEXT PRIMARY KEY, backwards TEXT NOT NULL, chunk_count INTEGER NOT NULL,
    row_hash BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS words_backwards ON words (backwards);
CREATE TABLE IF NOT EXISTS failures (
    path TEXT PRIMARY KEY, reason TEXT NOT NULL, kept INTEGER NOT NULL, sha256 TEXT NOT NULL
) WITHOUT ROWID;
"""

_SCRATCH_CACHE_KIB = 16 * 1024

_SEAL = "seal"
"""The manifest's entry that holds the hash of all others."""


class Database:
    """One connection to the database of an index.

    Readers see one unchanging state inside ``snapshot()``, whatever other processes commit
    meanwhile. Only the holder of the index's lock writes.

    Raises IndexOfOtherFormat and IndexDamaged when opening.
    """

    def __init__(self, path: Path, *, writable: bool) -> None:
        self.path = path
        mode = "rwc" if writable else "rw"  # even readers share the write-ahead log's index
        uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
        with translated(path):
            self._db = sqlite3.connect(
                uri, uri=True, isolation_level=None, timeout=30, check_same_thread=False
            )
        try:
            self._set_up(writable)
            self._check_format(writable)
        except BaseException:
            self._db.close()
            raise

    def _set_up(self, writable: bool) -> None:
        with translated(self.path):
            self._db.execute("PRAGMA foreign_keys=ON")
            if writable:
                self._db.execute("PRAGMA journal_mode=WAL")
                # A commit is on the disk when it returns: the derived files rely on it.
                self._db.execute("PRAGMA synchronous=FULL")
                self._db.executescript(_SCHEMA)
            else:
                self._db.execute("PRAGMA query_only=ON")

    def _check_format(self, writable: bool) -> None:
        entries = self._entries()
        found = entries.get("format")
        if not entries and writable:
            with self.transaction():
                self.put_manifest({"format": str(FORMAT)})
        elif found not in (None, str(FORMAT)):
            raise IndexOfOtherFormat(
                f"{self.path} has format {found}, this version reads format {FORMAT}; "
                f"run `{build_command(self.path.parent, '--repair')}` to make it anew."
            )

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read inside is of one moment."""
        with translated(self.path):
            self._db.execute("BEGIN")
            try:
                self.manifest()  # the first read fixes the moment
                yield
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside happens, or nothing of it."""
        with translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def manifest(self) -> dict[str, str]:
        """What the index was built from and which derived files belong to it.

        Raises IndexDamaged where it is not what was written.
        """
        entries = self._entries()
        are_texts = all(isinstance(text, str) for entry in entries.items() for text in entry)
        if not are_texts or (entries.pop(_SEAL, "") != _sealed(entries) and entries):
            raise IndexDamaged(
                f"The manifest in {self.path} is not what was written; "
                f"run `{build_command(self.path.parent, '--repair')}`."
            )
        return entries

    def _entries(self) -> dict[str, str]:
        with translated(self.path):
            try:
                return dict(self._db.execute("SELECT key, value FROM manifest"))
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # killed before the first was made
                    return {}
                raise

    def put_manifest(self, entries: Mapping[str, str]) -> None:
        """Adds or replaces entries of the manifest. Raises IndexDamaged where it is damaged."""
        seal = _sealed({**self.manifest(), **entries})
        written = {**entries, _SEAL: seal}
        self._db.executemany("INSERT OR REPLACE INTO manifest VALUES (?, ?)", written.items())

    def empty_log(self) -> None:
        """Moves all that was committed into the database's file itself. Raises DiskFailed."""
        with translated(self.path):
            busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise DiskFailed(f"The log of {self.path} could not be written into it; build again.")

    def reset_manifest(self) -> None:
        """Forgets all that the manifest says; inside ``transaction()``."""
        self._db.execute("DELETE FROM manifest")
        self.put_manifest({"format": str(FORMAT)})

    def integrity_errors(self) -> list[str]:
        """What SQLite's own check finds wrong; indexes that do not fit their tables are made anew
        first, where this connection may write.
        """
        with translated(self.path):
            if not self._db.execute("PRAGMA query_only").fetchone()[0]:
                self._db.execute("REINDEX")
            found = [row[0] for row in self._db.execute("PRAGMA integrity_check(10)")]
            return ([] if found == ["ok"] else found) + self._other_columns()

    def _other_columns(self) -> list[str]:
        """What tables have columns of other names: one damaged letter in SQLite's own list of them,
        which its check takes for what was meant.
        """
        with closing(sqlite3.connect(":memory:")) as right:
            right.executescript(_SCHEMA)
            wanted = {name: _columns(right, name) for name in _table_names(right)}
        found = {name: _columns(self._db, name) for name in _table_names(self._db)}
        return [
            f"table {name} has other columns"
            for name, columns in wanted.items()
            if found.get(name, columns) != columns
        ]

    @contextmanager
    def reading_any_bytes(self) -> Iterator[None]:
        """Inside, text that is no UTF-8 any more is read all the same, as what it is not."""
        self._db.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        try:
            yield
        finally:
            self._db.text_factory = str

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """What a query finds, row by row."""
        with translated(self.path):
            # Not "yield from": that would close the cursor of a database that is closed already.
            for row in self._db.execute(query, parameters):  # noqa: UP028
                yield row

    def write(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Does what a query says with each of the rows; inside ``transaction()``."""
        self._db.executemany(query, rows)


def _table_names(database: sqlite3.Connection) -> list[str]:
    return [n for (n,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def _columns(database: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    rows = database.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
    return [(name, kind) for name, kind in rows]


class Scratch:
    """A database for what one process has no memory for; to be closed. Safe to use from several
    threads.

    It is removed when it is closed, and one that a killed process left when the next is made. It is
    never synced and has no journal, and what fits SQLite's cache is never written at all.

    Raises DiskFull, DiskFailed, IndexUnwritable, OSError.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        path.unlink(missing_ok=True)
        with translated(path):
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            with translated(path):
                for setting in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE"):
                    self._db.execute(f"PRAGMA {setting}")
                self._db.execute(f"PRAGMA cache_size=-{_SCRATCH_CACHE_KIB}")
                self._db.execute("BEGIN")  # never committed: nobody reads it afterwards
                for statement in filter(str.strip, schema.split(";")):
                    self._db.execute(statement)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """It is gone."""
        with self._lock:
            self._db.close()
        self.path.unlink(missing_ok=True)

    def rows_of(self, query: str, *parameters: Any) -> list[Any]:
        """All rows that a query finds."""
        with self._lock, translated(self.path):
            return self._db.execute(query, parameters).fetchall()

    def write(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
        """Runs a statement for each of the rows; returns how many of them it has changed."""
        with self._lock, translated(self.path):
            return self._db.executemany(statement, rows).rowcount


def stated(path: Path) -> dict[str, str]:
    """What a database's manifest says, sealed or not, of whatever format; empty where nothing can
    be read of it. To be taken for a hint.
    """
    if not path.is_file():
        return {}
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)
        try:
            return dict(connection.execute("SELECT key, value FROM manifest"))
        finally:
            connection.close()
    except sqlite3.Error:
        return {}


def _sealed(entries: Mapping[str, str]) -> str:
    return row_hash(*sorted(entries.items())).hex()
