"""An index's lock: at most one build at a time works on it, and a killed one leaves none."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import IndexLocked

_LOCK = ".lock"
_TRIES, _PAUSE_SECONDS = 8, 0.05


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds the index's lock; the kernel frees it when the process ends, however it ends.

    Raises IndexLocked at once where another process holds it; OSError where it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("a+") as file:
        for tries_left in reversed(range(_TRIES)):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if tries_left:  # somebody may only be looking, as ``building`` does
                    time.sleep(_PAUSE_SECONDS)
                    continue
                raise IndexLocked(
                    f"Another build (process {_holder(folder)}) is working on {folder}; "
                    "wait for it to end."
                ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def building(folder: Path) -> str:
    """The number of the process that is building, "" where none is."""
    try:
        with (folder / _LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(folder)
    except OSError:
        pass
    return ""


def _holder(folder: Path) -> str:
    with (folder / _LOCK).open("rb") as file:
        return file.read(20).decode("ascii", "replace").strip() or "unknown"
