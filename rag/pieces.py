"""A folder's files → their pieces: the bytes of one article each, hashed and found again.

A file is one piece, but of a .jsonl file each line is one, or each record where it holds a list of
them or records written over several lines. What a piece says is not looked at, except for what it
is to be named by: its id; else its address, if no other record has it; else the first 12 letters of
its bytes' SHA-256. So no piece takes over another's name when a line above it goes. A line that is
no JSON goes by its number ("line 3").
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from rag.decoding import one_line
from rag.errors import ArticleUnreadable
from rag.folders import LIMIT_BYTES, LINE_SUFFIXES, ArticleFile, open_file, read_bytes
from rag.records import Failure

_ID_KEYS = ("id", "_id", "uid", "guid", "uuid", "article_id", "articleid")
_URL_KEYS = ("url", "link", "canonical_url", "permalink", "weburl")
_NAME_CHARACTERS = 200
_NAMED_BYTES = 4 * 2**20
"""A longer line goes by its hash: parsed, it could fill this process's memory."""
_HASH_LETTERS = 12
_EMPTY = b"\xef\xbb\xbf\0 \t\r\n"
# The string's repetitions give nothing back, so that one without end costs one look at it.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\]]', re.DOTALL)
_FIELD = re.compile(r'"(\w{2,20})"\s*:\s*("(?:[^"\\]|\\.){1,300}+"|-?\d{1,40}(?=\s*[,}]))')


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of one article. ``path`` is its file's id; ``id`` is the same or, for a record,
    ``path#name``. ``start`` is in bytes; ``length`` None means the whole file. ``sha256`` is of
    the bytes as they were when they were listed, in UTF-8 if they are ``wide`` (UTF-16).
    ``nameless``: what it was named by can no longer be told, so it may be any that was there.
    """

    id: str
    path: str
    file: Path
    sha256: str
    start: int = 0
    length: int | None = None
    wide: str = ""
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record as it stands in a file: its line's number, place, hash and what it could be called;
    ``whole`` unless it is no JSON; a Failure's ``reason`` where it is too large.
    """

    number: int
    start: int
    length: int
    sha256: str = ""
    id: str = ""
    url: str = ""
    whole: bool = True
    reason: str = ""


def holds_lines(path: str) -> bool:
    """Tells whether a file of that name holds an article on each line."""
    return Path(path).suffix.lower() in LINE_SUFFIXES


def pieces_of(file: ArticleFile) -> Iterator[Piece | Failure]:
    """A file → its pieces in order, and a Failure for each that cannot be one."""
    try:
        if holds_lines(file.id):
            wide, entries = _entries(file)
            yield from _named(file, wide, entries)
        else:
            sha256 = hashlib.sha256(read_bytes(file)).hexdigest()
            yield Piece(file.id, file.id, file.path, sha256)
    except ArticleUnreadable as error:
        yield Failure(file.id, str(error))


def read_piece(piece: Piece) -> bytes:
    """A piece → its bytes, as they are now. Raises ArticleUnreadable."""
    file = ArticleFile(piece.path, piece.file)
    if piece.length is None:
        return read_bytes(file)
    with open_file(file) as stream:
        stream.seek(piece.start)
        return _narrow(stream.read(piece.length), piece.wide)


def _narrow(raw: bytes, wide: str) -> bytes:
    return raw.decode(wide, "replace").encode() if wide else raw


# --- names -----------------------------------------------------------------------------------


def _named(file: ArticleFile, wide: str, entries: Sequence[_Entry]) -> Iterator[Piece | Failure]:
    """Records → their pieces, ids before all other names, so that none of these takes an id."""
    ids: dict[str, int] = {}
    for entry in sorted(entries, key=lambda entry: not entry.whole):
        if entry.id:
            ids.setdefault(entry.id, entry.number)
    urls = Counter(entry.url for entry in entries if not entry.id)
    taken = set(ids)
    for entry in entries:
        of_line = _free(f"line {entry.number}", taken)
        if entry.reason:
            yield Failure(f"{file.id}#{of_line}", entry.reason)
            continue
        name = entry.id
        if name and ids[name] != entry.number and entry.whole:
            reason = f"its id {name!r} is that of line {ids[name]} too: give it another"
            yield Failure(f"{file.id}#{of_line}", reason)
            continue
        if not name and entry.url and urls[entry.url] == 1 and entry.url not in taken:
            name = entry.url
        if not entry.whole and (not name or ids.get(name, entry.number) != entry.number):
            name = ""
        nameless = not entry.whole and not name
        name = name or (of_line if nameless else _free(entry.sha256[:_HASH_LETTERS], taken))
        taken.add(name)
        place = (entry.start, entry.length)
        yield Piece(f"{file.id}#{name}", file.id, file.path, entry.sha256, *place, wide, nameless)


def _free(name: str, taken: set[str]) -> str:
    """A name, with a number behind it where others have it."""
    number = 1
    while (free := name if number == 1 else f"{name} ({number})") in taken:
        number += 1
    return free


def _entry(raw: bytes, number: int, start: int, length: int) -> _Entry:
    sha256 = hashlib.sha256(raw).hexdigest()
    fields, whole = _fields(raw.strip(_EMPTY)) if len(raw) <= _NAMED_BYTES else ({}, True)
    name = _first_of(fields, _ID_KEYS)
    url = _first_of(fields, _URL_KEYS)
    url = url if re.match(r"https?://[^/]+/.", url) else ""
    return _Entry(number, start, length, sha256, name, url, whole)


def _fields(raw: bytes) -> tuple[Mapping[str, Any], bool]:
    """A line → its fields, and whether it is JSON; in one that is not, those that can be told."""
    text = raw.decode("utf-8", "replace")
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):  # whoever reads the line says what is wrong with it
        return dict(_broken_fields(text[:_NAMED_BYTES])), False
    return record if isinstance(record, dict) else {}, True


def _broken_fields(text: str) -> Iterator[tuple[str, Any]]:
    """The fields of a record that breaks off or has an error somewhere, not of one within it."""
    depth = end = 0
    for found in _FIELD.finditer(text):
        depth += text.count("{", end, found.start()) - text.count("}", end, found.start())
        end = found.end()
        if depth == 1 and found[1].casefold() in (*_ID_KEYS, *_URL_KEYS):
            try:
                yield found[1], json.loads(found[2])
            except ValueError:
                continue


def _first_of(record: Mapping[str, Any], names: Sequence[str]) -> str:
    keys = {str(key).casefold(): key for key in record}
    for key in names:
        value = record.get(keys.get(key, ""))
        if isinstance(value, str | int) and not isinstance(value, bool):
            name = one_line(str(value))
            if 0 < len(name) <= _NAME_CHARACTERS:
                return name
    return ""


# --- places ----------------------------------------------------------------------------------


def _entries(file: ArticleFile) -> tuple[str, list[_Entry]]:
    """A file → its encoding if it is UTF-16, and its records. Raises ArticleUnreadable."""
    with open_file(file) as stream:
        head = stream.read(2**16)
        wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(head[:2], "")
        start = _narrow(head, wide).removeprefix("\ufeff".encode()).lstrip(_EMPTY)
        is_list = bool(re.match(rb"\[\s*\{", start))
        if is_list or re.match(rb"\{\s*\n", start):
            if wide:
                raise ArticleUnreadable("records not on one line each and in UTF-16: save as UTF-8")
            stream.seek(0)
            raw = stream.read(LIMIT_BYTES + 1)
            if spans := _checked_spans(raw, level=int(is_list)):
                places = enumerate(spans, 1)
                return "", [_entry(raw[a:b], number, a, b - a) for number, (a, b) in places]
        stream.seek(len(head[:2]) if wide else 0)
        return wide, list(_line_entries(stream, wide))


def _checked_spans(raw: bytes, *, level: int) -> list[tuple[int, int]]:
    what = "a list of records" if level else "records over several lines each"
    if len(raw) > LIMIT_BYTES:
        raise ArticleUnreadable(
            f"{what}, too large: the limit is {LIMIT_BYTES:,} bytes; write one on each line"
        )
    spans = _spans(raw, level)
    if spans is None:
        raise ArticleUnreadable(f"{what}, broken off or no JSON: write one on each line")
    return spans


def _line_entries(stream: BinaryIO, wide: str) -> Iterator[_Entry]:
    start = stream.tell()
    number = 0
    ends = tuple(letter.encode(wide or "ascii") for letter in "\r\n")
    while line := _line(stream, wide):
        number += 1
        length = len(line)
        if wide and length > LIMIT_BYTES:
            raise ArticleUnreadable("UTF-16 with a line beyond the limit: save it as UTF-8")
        while not line.endswith(b"\n") and len(line) > LIMIT_BYTES:
            line = stream.readline(LIMIT_BYTES + 1)  # the rest of a line that is too long
            length += len(line)
        if length > LIMIT_BYTES:
            reason = f"too large: {length:,} bytes, the limit is {LIMIT_BYTES:,}"
            yield _Entry(number, start, length, reason=reason)
        else:
            end = len(line)
            while line[max(end - len(ends[0]), 0) : end] in ends:
                end -= len(ends[0])  # so that a line added below the last does not change that
            if _narrow(line, wide).strip(_EMPTY):
                yield _entry(_narrow(line[:end], wide), number, start, end)
        start += length


def _line(stream: BinaryIO, wide: str) -> bytes:
    """The next line with its end; in UTF-16 the byte of a line end can be half of a letter."""
    line = stream.readline(LIMIT_BYTES + 1)
    while wide and line and len(line) <= LIMIT_BYTES:
        if wide == "utf-16-le" and len(line) % 2 and line.endswith(b"\n"):
            line += stream.read(1)
            if line.endswith(b"\n\0"):
                break
        elif wide == "utf-16-be" and not len(line) % 2 and line.endswith(b"\0\n"):
            break
        more = stream.readline(LIMIT_BYTES + 1)
        if not more:
            break
        line += more
    return line


def _spans(raw: bytes, level: int) -> list[tuple[int, int]] | None:
    """JSON → where the records at a level of nesting stand; none if anything else stands there,
    None if it breaks off.
    """
    spans: list[tuple[int, int]] = []
    depth = begin = 0
    for found in _TOKEN.finditer(raw):
        token = found[0]
        if token == b'"' or (depth == 0 and token in (b"}", b"]")):
            return None
        if depth == level and token not in (b"{", b"]"):
            return []
        if depth < level and (spans or token != b"["):
            return []  # a list is not all that there is
        if token in (b"{", b"["):
            if depth == level:
                begin = found.start()
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
            if depth == level:
                spans.append((begin, found.end()))
    return spans if depth == 0 else None
