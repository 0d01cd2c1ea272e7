"""An index's database, opened to be built in. One that cannot be used makes room for a new one only
once that is whole, and is put aside then, not deleted: it may hold the last good text of a file
that cannot be read any more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rag.build_log import read_build_log
from rag.database import stated
from rag.errors import BroadsheetError, IndexDamaged, IndexOfOtherFormat
from rag.index import DATABASE
from rag.store import Store

ASIDE = f"{DATABASE}.old"
"""What the database is called that was put aside; the next one takes its place."""

_NEW = f"{DATABASE}.new"
_LOG_AND_ITS_INDEX = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Opened:
    """The store to build in. ``aside`` says what it takes the place of, where it is a new one;
    ``folder`` is the one that was indexed before, as far as that is known.
    """

    store: Store
    aside: tuple[str, ...] = ()
    folder: Path | None = None


def known_folder(index_folder: Path) -> Path | None:
    """The folder of articles that an index is of, also where its database cannot be used: the last
    builds said it too. None where nothing was ever published.
    """
    entries = stated(index_folder / DATABASE)
    if "generation" in entries and Path(entries.get("folder", "")).is_dir():
        return Path(entries["folder"])
    log = read_build_log(index_folder)
    return Path(log.folder) if log is not None and log.folder else None


@contextmanager
def opened_to_build(index_folder: Path, *, anew_if_broken: bool) -> Iterator[Opened]:
    """An index's folder, whose lock is held → its store while the block runs.

    ``anew_if_broken``: all of it is checked, and in the place of a database that SQLite cannot use,
    or of another format, an empty one is given, which takes its place when the block has ended
    well. Raises IndexDamaged, IndexOfOtherFormat otherwise.
    """
    path = index_folder / DATABASE
    _remove(index_folder / _NEW)  # of a build that was killed
    try:
        store = _opened(path, checked=anew_if_broken)
    except (IndexDamaged, IndexOfOtherFormat) as error:
        if not anew_if_broken:
            raise
        with _anew(path, error) as opened:
            yield opened
        return
    try:
        yield Opened(store, folder=known_folder(index_folder))
    finally:
        store.close()


def _opened(path: Path, *, checked: bool) -> Store:
    store = Store(path, writable=True)
    try:
        if checked and (errors := store.integrity_errors()):
            raise IndexDamaged(f"{path}: {errors[0]}")
    except BaseException:
        store.close()
        raise
    return store


@contextmanager
def _anew(path: Path, error: BroadsheetError) -> Iterator[Opened]:
    new, aside = path.with_name(_NEW), path.with_name(ASIDE)
    folder = known_folder(path.parent)
    try:
        store = Store(new, writable=True)
        try:
            yield Opened(store, (f"the database, now {ASIDE} ({error})",), folder)
            store.empty_log()
        finally:
            store.close()
    except BaseException:
        _remove(new)
        raise
    _take_place(new, path, aside)


def _take_place(new: Path, path: Path, aside: Path) -> None:
    """The new database becomes the index's, the old one is kept; or all stays as it was."""
    _remove(aside)
    moved: list[tuple[Path, Path]] = []
    try:
        # The log first: SQLite would take it for the new database's.
        for suffix in _LOG_AND_ITS_INDEX:
            old, kept = Path(f"{path}{suffix}"), Path(f"{aside}{suffix}")
            if old.exists():
                old.replace(kept)
                moved.append((old, kept))
        with suppress(FileNotFoundError):
            os.link(path, aside)  # so that there is a database at every moment
        new.replace(path)
    except BaseException:
        for old, kept in moved:
            kept.replace(old)
        _remove(new)
        raise


def _remove(path: Path) -> None:
    for suffix in ("", *_LOG_AND_ITS_INDEX):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
