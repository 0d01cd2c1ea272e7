"""A folder's files → their pieces: the bytes of one article each, hashed and found again.

A file is one piece, but of a .jsonl file each line is one. What a piece says is not looked at,
except for the name that a line gives itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.decoding import one_line
from rag.errors import ArticleUnreadable
from rag.folders import LIMIT_BYTES, LINE_SUFFIXES, ArticleFile, open_file, read_bytes
from rag.records import Failure

_ID_KEYS = ("id", "_id", "uid", "guid", "uuid", "article_id", "articleid")
_ID_CHARACTERS = 200
_NAMED_BYTES = 4 * 2**20
"""A longer line goes by its number: parsed, it could fill this process's memory."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of one article. ``path`` is its file's id; ``id`` is the same or, for a line,
    ``path#name``. ``start`` is in bytes; ``length`` None means the whole file. ``sha256`` is of
    the bytes as they were when they were listed.
    """

    id: str
    path: str
    file: Path
    sha256: str
    start: int = 0
    length: int | None = None


def holds_lines(path: str) -> bool:
    """Tells whether a file of that name holds an article on each line."""
    return Path(path).suffix.lower() in LINE_SUFFIXES


def pieces_of(file: ArticleFile) -> Iterator[Piece | Failure]:
    """A file → its pieces in order, and a Failure for each that cannot be one."""
    if holds_lines(file.id):
        yield from _line_pieces(file)
        return
    try:
        raw = read_bytes(file)
    except ArticleUnreadable as error:
        yield Failure(file.id, str(error))
    else:
        yield Piece(file.id, file.id, file.path, hashlib.sha256(raw).hexdigest())


def read_piece(piece: Piece) -> bytes:
    """A piece → its bytes, as they are now. Raises ArticleUnreadable."""
    file = ArticleFile(piece.path, piece.file)
    if piece.length is None:
        return read_bytes(file)
    with open_file(file) as stream:
        stream.seek(piece.start)
        return stream.read(piece.length)


def _line_pieces(file: ArticleFile) -> Iterator[Piece | Failure]:
    seen: dict[str, int] = {}
    try:
        with open_file(file) as stream:
            start = 0
            number = 0
            while line := stream.readline(LIMIT_BYTES + 1):
                number += 1
                length = len(line)
                while not line.endswith(b"\n") and len(line) > LIMIT_BYTES:
                    line = stream.readline(LIMIT_BYTES + 1)  # the rest of a line that is too long
                    length += len(line)
                if length > LIMIT_BYTES:
                    reason = f"too large: {length:,} bytes, the limit is {LIMIT_BYTES:,}"
                    yield Failure(f"{file.id}#{number}", reason)
                elif text := line.strip(b"\xef\xbb\xbf\0 \t\r\n"):
                    name = _name(text) or str(number)
                    if name in seen:
                        reason = (
                            f"its id {name!r} is that of line {seen[name]} too: give it another"
                        )
                        yield Failure(f"{file.id}#line {number}", reason)
                    else:
                        seen[name] = number
                        yield _line_piece(file, name, line, start)
                start += length
    except ArticleUnreadable as error:
        yield Failure(file.id, str(error))


def _line_piece(file: ArticleFile, name: str, line: bytes, start: int) -> Piece:
    sha256 = hashlib.sha256(line).hexdigest()
    return Piece(f"{file.id}#{name}", file.id, file.path, sha256, start, len(line))


def _name(line: bytes) -> str:
    """A line of JSON → the id it gives itself, else ""."""
    try:
        record = json.loads(line) if len(line) <= _NAMED_BYTES else None
    except (ValueError, RecursionError):
        return ""  # whoever reads the line says what is wrong with it
    if not isinstance(record, dict):
        return ""
    keys = {str(key).casefold(): key for key in record}
    for key in _ID_KEYS:
        value = record.get(keys.get(key, ""))
        if isinstance(value, str | int) and not isinstance(value, bool):
            name = one_line(str(value))
            if 0 < len(name) <= _ID_CHARACTERS:
                return name
    return ""
