"""A folder → its article files, and a file → its bytes.

Nothing here looks into the bytes, or at a file's own time.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rag.errors import ArticleUnreadable, FolderUnreadable
from rag.records import Failure

LINE_SUFFIXES = (".jsonl", ".ndjson")
"""Files of these suffixes hold an article on each line, whatever their size."""
SUFFIXES = (
    ".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx", ".eml",
    ".epub", ".rtf", *LINE_SUFFIXES,
)  # fmt: skip
LIMIT_BYTES = 50 * 2**20
SAMPLE_MARK = ".sample"
"""A file of this name marks the sample articles."""


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file of the folder; ``id`` is its path below the folder, with ``/``."""

    id: str
    path: Path


def check_folder(folder: Path) -> Path:
    """A folder → its absolute path, links resolved.

    Raises FolderUnreadable where it does not exist or cannot be listed.
    """
    try:
        root = folder.resolve(strict=True)
        if not root.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is a file, not a folder")
        next(os.scandir(root), None)
    except (OSError, RuntimeError, ValueError) as error:
        raise FolderUnreadable(
            f"Articles folder {str(folder)!r} cannot be listed: {_why(error)}. "
            "Name an existing folder that you may read."
        ) from error
    return root


def is_sample(folder: Path) -> bool:
    """Whether these are the sample articles that come with Broadsheet."""
    return (folder / SAMPLE_MARK).is_file()


def list_files(folder: Path) -> tuple[list[ArticleFile], list[Failure], dict[str, int]]:
    """A folder → its article files, sorted by id, what in it could not be taken, and how many
    files were passed over for their suffix: suffix → count.

    Hidden files and folders are not counted. A symbolic link to a
    file inside the folder counts as a file; a link to a folder inside is not followed, since its
    files are listed where they are, and so a loop of links cannot be walked.

    Raises FolderUnreadable where the folder does not exist or cannot be listed.
    """
    root = check_folder(folder)
    files: list[ArticleFile] = []
    failures: list[Failure] = []
    passed_over: Counter[str] = Counter()
    waiting = [(root, "")]
    while waiting:
        place, prefix = waiting.pop()
        try:
            with os.scandir(place) as listing:
                entries = list(listing)
        except OSError as error:
            failures.append(Failure(prefix.rstrip("/"), f"folder cannot be listed: {_why(error)}"))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = prefix + entry.name
            kind = _kind(entry, root)
            if kind == "folder":
                waiting.append((Path(entry.path), name + "/"))
            elif kind == "file":
                suffix = Path(entry.name).suffix.lower()
                if suffix in SUFFIXES:
                    files.append(ArticleFile(name, Path(entry.path)))
                else:
                    passed_over[suffix] += 1
            elif kind:
                printable = name.encode("utf-8", "backslashreplace").decode()
                failures.append(Failure(printable, kind))
    files.sort(key=lambda file: file.id)
    failures.sort(key=lambda failure: failure.path)
    return files, failures, dict(sorted(passed_over.items()))


def _kind(entry: os.DirEntry[str], root: Path) -> str:
    """A folder's entry → "folder", "file", "" for one to pass over, else why it is not taken."""
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return "the file's name is not valid UTF-8: rename it"
    try:
        if entry.is_symlink():
            target = Path(entry.path).resolve(strict=True)
            if not target.is_relative_to(root):
                return "symbolic link that leads out of the folder"
            if target.is_dir():
                return ""
        mode = entry.stat().st_mode
    except (OSError, RuntimeError) as error:
        if entry.is_symlink():
            return "symbolic link that leads nowhere"
        return _why(error)
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "not a regular file but a pipe, socket or device"


def _why(error: BaseException) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error) or type(error).__name__).lower()


@contextmanager
def open_file(file: ArticleFile) -> Iterator[BinaryIO]:
    """A file, open to be read.

    Raises ArticleUnreadable where it has gone, may not be read, is no regular file, or was replaced
    since it was listed by a link that leads out of the folder.
    """
    try:
        # O_NONBLOCK: a pipe put in the file's place since it was listed would block the open.
        handle = os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as error:
        raise ArticleUnreadable("the file vanished after it was listed") from error
    except PermissionError as error:
        raise ArticleUnreadable("permission denied: make the file readable") from error
    except (OSError, ValueError) as error:
        raise ArticleUnreadable(_why(error)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ArticleUnreadable("not a regular file")
    with os.fdopen(handle, "rb") as stream:
        _check_inside(file, stream)
        try:
            yield stream
        except OSError as error:
            raise ArticleUnreadable(_why(error)) from error


def _check_inside(file: ArticleFile, stream: BinaryIO) -> None:
    """Raises ArticleUnreadable where what was opened does not lie in the folder."""
    try:
        folder = file.path.parents[min(file.id.count("/"), len(file.path.parents) - 1)].resolve()
        place = file.path.resolve(strict=True)
        same = os.path.samestat(place.lstat(), os.fstat(stream.fileno()))
    except (OSError, RuntimeError) as error:
        raise ArticleUnreadable("the file changed after it was listed") from error
    if not place.is_relative_to(folder):
        raise ArticleUnreadable("symbolic link that leads out of the folder")
    if not same:
        raise ArticleUnreadable("the file changed after it was listed")


def read_bytes(file: ArticleFile, *, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """A file → its bytes. Raises ArticleUnreadable as ``open_file`` does, and where it is larger
    than ``limit_bytes``.
    """
    with open_file(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        raw = stream.read(limit_bytes + 1) if size <= limit_bytes else b""
    if max(size, len(raw)) > limit_bytes:
        raise ArticleUnreadable(
            f"too large: {max(size, len(raw)):,} bytes, the limit is {limit_bytes:,}"
        )
    return raw
