"""An index's database, opened to be built in; one that cannot be used is put aside, not deleted:
it may hold the last good text of a file that cannot be read any more.
"""

from __future__ import annotations

from pathlib import Path

from rag.errors import IndexDamaged, IndexOfOtherFormat
from rag.index import DATABASE
from rag.store import Store

ASIDE = f"{DATABASE}.old"
"""What the database is called that was put aside; the next one takes its place."""

_BESIDE = ("", "-wal", "-shm")  # the database, its log, and the index of that


def open_to_build(index_folder: Path, *, anew_if_broken: bool) -> tuple[Store, tuple[str, ...]]:
    """An index's folder, whose lock is held → its store, and what was put aside.

    ``anew_if_broken``: all of it is checked, and a database that SQLite cannot use, or of another
    format, makes room for an empty one. Raises IndexDamaged, IndexOfOtherFormat otherwise.
    """
    path = index_folder / DATABASE
    try:
        store = Store(path, writable=True)
        if not anew_if_broken:
            return store, ()
        try:
            if errors := store.integrity_errors():
                raise IndexDamaged(f"{path}: {errors[0]}")
        except BaseException:
            store.close()
            raise
    except (IndexDamaged, IndexOfOtherFormat) as error:
        if not anew_if_broken:
            raise
        for suffix in _BESIDE:
            aside = index_folder / (ASIDE + suffix)
            aside.unlink(missing_ok=True)
            if (found := Path(f"{path}{suffix}")).exists():
                found.rename(aside)
        return Store(path, writable=True), (f"the database, now {ASIDE} ({error})",)
    return store, ()
