"""Files on their way into the articles folder: written as they come, kept until it is decided
what becomes of them, swept when nobody decides. They lie in the index's folder under names that
say nothing, and nothing reads them but the check of what they hold.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from rag.errors import FileGone, TooManyFiles
from rag.folders import LIMIT_BYTES

INCOMING = "incoming"

MOST_FILES = 500
MOST_BYTES = 500 * 2**20
"""Of all files that wait at a time, whoever sends them."""
WAITING_SECONDS = 3600
_LOCK = ".lock"


class IncomingFile:
    """A file that is being received."""

    def __init__(self, incoming: Incoming, token: str, stream: BinaryIO) -> None:
        self.token = token
        self._incoming = incoming
        self._stream = stream
        self._size = 0

    def write(self, raw: bytes) -> None:
        """Adds bytes. Raises TooManyFiles where the file, or all that wait, get too large."""
        self._size += len(raw)
        if self._size > LIMIT_BYTES:
            raise TooManyFiles(f"The file is larger than {LIMIT_BYTES:,} bytes, the limit.")
        self._incoming.grow(self.token, len(raw))
        self._stream.write(raw)

    def end(self) -> Path:
        """All bytes have come → the file."""
        self._stream.close()
        return self._incoming.path(self.token)

    def abort(self) -> None:
        """The sender has left; what came is deleted."""
        with suppress(OSError):
            self._stream.close()
        self._incoming.drop(self.token)


class Incoming:
    """The files that wait, of one server. Safe to use from several threads."""

    def __init__(self, index_folder: Path) -> None:
        self._all = index_folder / INCOMING
        self._own: Path | None = None
        self._held: BinaryIO | None = None
        self._waiting: dict[str, tuple[float, int]] = {}  # token → since when, bytes
        self._lock = threading.Lock()

    def begin(self) -> IncomingFile:
        """A new file to be written. Raises TooManyFiles."""
        with self._lock:
            self._sweep_late()
            if len(self._waiting) >= MOST_FILES:
                raise TooManyFiles(
                    f"{MOST_FILES} files wait to be added already; decide about those first."
                )
            token = secrets.token_hex(16)
            stream = (self._folder() / token).open("xb")
            self._waiting[token] = (time.monotonic(), 0)
        return IncomingFile(self, token, stream)

    def grow(self, token: str, count: int) -> None:
        """Counts bytes of a file. Raises TooManyFiles, FileGone."""
        with self._lock:
            if token not in self._waiting:
                raise FileGone("The file waited too long and was swept; add it again.")
            total = sum(size for _, size in self._waiting.values()) + count
            if total > MOST_BYTES:
                raise TooManyFiles(
                    f"The files that wait are larger than {MOST_BYTES:,} bytes together; "
                    "add them in smaller batches."
                )
            since, size = self._waiting[token]
            self._waiting[token] = (since, size + count)

    def path(self, token: str) -> Path:
        """The file of a token. Raises FileGone."""
        with self._lock:
            if token not in self._waiting or self._own is None:
                raise FileGone("This file does not wait any more; add it again.")
            return self._own / token

    def drop(self, token: str) -> None:
        """Deletes a file that waits; one that does not is nobody's loss."""
        with self._lock:
            self._delete(token)

    def close(self) -> None:
        """Deletes all that waits."""
        with self._lock:
            if self._held is not None and self._own is not None:
                shutil.rmtree(self._own, ignore_errors=True)
                self._held.close()
            self._own = self._held = None
            self._waiting.clear()
        with suppress(OSError):
            self._all.rmdir()

    def sweep(self) -> None:
        """Deletes what servers left that were killed: the kernel has freed their locks."""
        for folder in self._all.iterdir() if self._all.is_dir() else ():
            with suppress(OSError), (folder / _LOCK).open("r+b") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)

    def _folder(self) -> Path:
        """The folder of this server alone, locked as long as it runs."""
        if self._own is None or not self._own.is_dir():
            own = self._all / secrets.token_hex(8)
            own.mkdir(parents=True)
            self._held = (own / _LOCK).open("w+b")
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._own = own
        return self._own

    def _sweep_late(self) -> None:
        late = time.monotonic() - WAITING_SECONDS
        for token in [t for t, (since, _) in self._waiting.items() if since < late]:
            self._delete(token)

    def _delete(self, token: str) -> None:
        if self._waiting.pop(token, None) is not None and self._own is not None:
            with suppress(OSError):
                (self._own / token).unlink()
