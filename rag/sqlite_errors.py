"""SQLite's errors → ours, which say what happened to which file and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import BroadsheetError, DiskFailed, DiskFull, IndexDamaged, IndexUnwritable
from rag.remedies import build_command

_UNWRITABLE = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raises DiskFull, DiskFailed, IndexUnwritable or IndexDamaged in the place of SQLite's errors;
    ``path`` is the database's file.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _ours(error, path) from error


def _ours(error: sqlite3.DatabaseError, path: Path) -> BroadsheetError:
    code = getattr(error, "sqlite_errorname", "") or ""
    said = f"{code or type(error).__name__}: {error}"[:200]  # it may hold a whole article
    if code.startswith("SQLITE_FULL"):
        return DiskFull(
            f"The disk that holds {path} is full ({error}); the old index stays. "
            "Free some space and build again."
        )
    if code.startswith("SQLITE_IOERR"):
        return DiskFailed(
            f"The disk that holds {path} could not be read or written ({said}); the old index "
            "stays. Look whether it is full or failing, then try again."
        )
    if code.startswith(_UNWRITABLE):
        return IndexUnwritable(
            f"{path} cannot be opened or written ({said}); mend its rights and its folder's, or "
            "give another `--index`."
        )
    if code.startswith("SQLITE_BUSY"):
        return IndexUnwritable(
            f"{path} is held by another program ({said}); end what has it open and try again."
        )
    remedy = build_command(path.parent, "--repair")
    return IndexDamaged(f"{path} cannot be used ({said}); run `{remedy}`.")
