"""The child process of ``readers``: articles' bytes on its standard input → articles as JSON.

It limits its own processor time and memory, writes no files, and ends when its input does.
"""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from rag.articles import read_article
from rag.errors import ArticleUnreadable
from rag.readers import ARTICLE, OUT_OF_MEMORY, REPLY, REQUEST, UNREADABLE
from rag.records import to_json

_NEARLY = 0.9
"""Of the limit: a parser asks for much at once, and is refused below it."""


def main() -> None:
    """Reads articles until the input ends; arguments: seconds for each, bytes of memory."""
    time_limit_seconds, memory_limit_bytes = map(int, sys.argv[1:])
    memory_limit_bytes = _limit(resource.RLIMIT_AS, memory_limit_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    # Parsers that print would spoil the replies.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while head := sys.stdin.buffer.read(REQUEST.size):
        _limit_time(time_limit_seconds)
        article_id, path, raw = map(sys.stdin.buffer.read, REQUEST.unpack(head))
        kind, reply = _read(article_id.decode(), path.decode(), raw)
        # Parsers that run out of memory may say something else, or give half a text.
        if _peak_bytes() > _NEARLY * memory_limit_bytes:
            kind, reply = OUT_OF_MEMORY, b""
        _send(replies, kind, reply)
        if kind == OUT_OF_MEMORY:
            return


def _limit_time(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)


def _limit(kind: int, wanted: int) -> int:
    """Sets a soft limit, within the hard one that was inherited; returns what holds."""
    _, hard = resource.getrlimit(kind)
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with suppress(ValueError, OSError):  # macOS knows no limit of address space
        resource.setrlimit(kind, (soft, hard))
    return soft


def _peak_bytes() -> int:
    """The most address space this process ever had; 0 where the system does not tell."""
    try:
        with Path("/proc/self/status").open(encoding="ascii", errors="replace") as lines:
            peak = next(line for line in lines if line.startswith("VmPeak:"))
    except (OSError, StopIteration):
        return 0
    return int(peak.split()[1]) * 1024


def _read(article_id: str, path: str, raw: bytes) -> tuple[int, bytes]:
    try:
        return ARTICLE, to_json(read_article(article_id, raw, path=path)).encode()
    except ArticleUnreadable as error:
        return UNREADABLE, str(error).encode()
    except MemoryError:
        return OUT_OF_MEMORY, b""


def _send(replies: BinaryIO, kind: int, reply: bytes) -> None:
    replies.write(REPLY.pack(kind, len(reply)))
    replies.write(reply)
    replies.flush()
