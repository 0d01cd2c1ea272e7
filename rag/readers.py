"""Files' bytes → articles, read in child processes with a limit of time and of memory.

A file made to hang a parser or to eat memory ends its child and is reported; the rest goes on.
Bytes go in and JSON comes back, so that nothing a child sends is ever run.
"""

from __future__ import annotations

import hashlib
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from rag.errors import ArticleUnreadable, ArticleUnreadableNow
from rag.pieces import Piece, read_piece
from rag.records import Article, from_json

TIME_LIMIT_SECONDS = 20
"""Of processor time for one article; a neighbour's load fails no file."""
WALL_LIMIT_SECONDS = 3 * TIME_LIMIT_SECONDS
"""Against what waits without using the processor."""
MEMORY_LIMIT_BYTES = 2**30
REQUEST = struct.Struct(">III")
REPLY = struct.Struct(">BI")
ARTICLE, UNREADABLE, OUT_OF_MEMORY = range(3)
_FEW = 8
"""For so many articles one child is quicker than starting another."""
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_", "TMPDIR", "PYTHON", "LD_LIBRARY", "DYLD_")
_PACKAGE_FOLDER = str(Path(__file__).parent.parent)
_START = """
import importlib.util, sys
folder = sys.argv.pop(1)
found = importlib.util.find_spec("rag")
if found is None or found.origin != folder + "/rag/__init__.py":  # run from its source
    sys.path.insert(0, folder)
from rag.reader_process import main
main()
"""


class Readers:
    """At most ``count`` child processes that read articles, one for each processor by default;
    to be closed, or used in a ``with`` block. Safe to use from several threads.

    A child is started when it is needed. Should this process be killed, its children end at the
    latest when they have read what they are at.
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        time_limit_seconds: int = TIME_LIMIT_SECONDS,
        wall_limit_seconds: float = WALL_LIMIT_SECONDS,
        memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    ) -> None:
        self._count = count or _processor_count()
        self._limits = (time_limit_seconds, wall_limit_seconds, memory_limit_bytes)
        self._idle: list[_Child] = []
        self._children: set[_Child] = set()
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the children; nothing is read any more."""
        with self._lock:
            self._closed = True
            for child in self._children:
                child.end()
            self._children.clear()
            self._idle.clear()

    def read(self, piece: Piece) -> Article:
        """A piece → the article in it.

        Raises ArticleUnreadable where it cannot be read, or not within the limits, and its
        subclass ArticleUnreadableNow where another try may go otherwise.
        """
        raw = _bytes_of(piece)
        with self._lock:
            child = self._idle.pop() if self._idle else None
        try:
            return self._read_in(child or self._start(), piece, raw)
        except _ChildFailed as failure:
            if child is None or failure.certain:
                raise failure.reason from None
        # What it read before may have filled its memory: only a new child's word counts.
        try:
            return self._read_in(self._start(), piece, raw)
        except _ChildFailed as failure:
            raise failure.reason from None

    def read_all(self, pieces: Sequence[Piece]) -> Iterator[Article | ArticleUnreadable]:
        """Pieces → the article in each, or why it cannot be read, in order.

        Holds no more than a few of them in memory at a time.
        """
        waiting: deque[Future[Article | ArticleUnreadable]] = deque()
        count = 1 if len(pieces) <= _FEW else self._count
        pool = ThreadPoolExecutor(count, thread_name_prefix="reader")
        try:
            for piece in pieces:
                waiting.append(pool.submit(self._read_or_say_why, piece))
                if len(waiting) > 4 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # after an interrupt, threads that wait for a child end when it is ended
            pool.shutdown(wait=False, cancel_futures=True)
            self.close()

    def _read_or_say_why(self, piece: Piece) -> Article | ArticleUnreadable:
        try:
            return self.read(piece)
        except ArticleUnreadable as error:
            return error

    def _read_in(self, child: _Child, piece: Piece, raw: bytes) -> Article:
        try:
            article = child.read(piece, raw)
        except ArticleUnreadable:
            self._give_back(child)
            raise
        except BaseException:
            with self._lock:
                self._children.discard(child)
            child.end()
            raise
        self._give_back(child)
        return article

    def _start(self) -> _Child:
        with self._lock:
            if self._closed:
                raise ArticleUnreadableNow("reading was stopped")
            child = _Child(*self._limits)
            self._children.add(child)
            return child

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            if child in self._children:
                self._idle.append(child)


def _processor_count() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _bytes_of(piece: Piece) -> bytes:
    """Raises ArticleUnreadableNow: it is not the bytes' doing that they went or changed."""
    try:
        raw = read_piece(piece)
    except ArticleUnreadable as error:
        raise ArticleUnreadableNow(str(error)) from error
    # Of a file of several articles another's line may stand there now.
    if piece.length is not None and hashlib.sha256(raw).hexdigest() != piece.sha256:
        raise ArticleUnreadableNow("its file changed while it was read")
    return raw


class _ChildFailed(Exception):
    """A child gave up on an article; ``certain`` where that is the article's own doing."""

    def __init__(self, reason: ArticleUnreadable, *, certain: bool) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.certain = certain


class _Child:
    """One process that reads one article after the other."""

    def __init__(
        self, time_limit_seconds: int, wall_limit_seconds: float, memory_limit_bytes: int
    ) -> None:
        self._limits = (time_limit_seconds, wall_limit_seconds, memory_limit_bytes)
        # -P: the folder one stands in may hold an html.py that is nobody's module.
        command = [sys.executable, "-P", "-c", _START, _PACKAGE_FOLDER]
        # No keys or passwords go to where strangers' files are parsed.
        environment = {k: v for k, v in os.environ.items() if k.startswith(_PASSED_ON)}
        # One thread each: with more, the numeric libraries reserve address space for all of them.
        environment["OPENBLAS_NUM_THREADS"] = "1"
        self._process = subprocess.Popen(
            [*command, str(time_limit_seconds), str(memory_limit_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what is still buffered for it is lost, as it should be
                    pipe.close()

    def read(self, piece: Piece, raw: bytes) -> Article:
        """Raises ArticleUnreadable, or _ChildFailed: the child is of no use any more."""
        assert self._process.stdin is not None
        time_limit, wall_limit, memory_limit = self._limits
        alarm = threading.Timer(wall_limit, self._process.kill)
        alarm.daemon = True
        started = time.monotonic()
        alarm.start()
        try:
            names = (piece.id.encode(), piece.path.encode())
            sizes = REQUEST.pack(*map(len, (*names, raw)))
            for part in (sizes, *names, raw):
                self._process.stdin.write(part)
            self._process.stdin.flush()
            kind, size = REPLY.unpack(self._received(REPLY.size))
            reply = self._received(size)
        except (OSError, ValueError, EOFError):
            status = self._process.wait()
            if status == -signal.SIGXCPU:
                raise _ChildFailed(
                    ArticleUnreadable(
                        f"reading it takes more than {time_limit} s of processor time"
                    ),
                    certain=True,
                ) from None
            if time.monotonic() - started >= wall_limit:
                raise _ChildFailed(
                    ArticleUnreadableNow(f"reading it takes more than {wall_limit:g} s"),
                    certain=True,
                ) from None
            how = signal.Signals(-status).name if status < 0 else f"status {status}"
            # Killed from outside, by the system for want of memory say, it did not crash.
            error = ArticleUnreadableNow if status == -signal.SIGKILL else ArticleUnreadable
            raise _ChildFailed(error(f"its reader crashed ({how})"), certain=False) from None
        finally:
            alarm.cancel()
        if kind == OUT_OF_MEMORY:
            reason = f"reading it takes more than {memory_limit // 2**20:,} MiB of memory"
            raise _ChildFailed(ArticleUnreadable(reason), certain=False)
        if kind == UNREADABLE:
            raise ArticleUnreadable(reply.decode())
        return from_json(Article, reply)

    def _received(self, size: int) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        if len(data) < size:
            raise EOFError
        return data
