"""A file's name as somebody gives it → one that an article file can have; nothing is opened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from rag.errors import FileNameUnusable
from rag.folders import SUFFIXES

LONGEST_NAME_BYTES = 255
"""What file systems take; a longer name is cut, its suffix stays."""

_ROOM_BYTES = 12
"""Kept free for " (2)" and the like."""

_GIVEN_CHARACTERS = 4_000


def safe_name(given: str) -> str:
    """A name with or without folders before it → a file's name that stays within its folder, is
    not hidden, and shows as it is: "../a\\u202eb.txt" becomes "ab.txt".

    Its suffix may still be one that is not read. Raises FileNameUnusable where nothing is left.
    """
    last = re.split(r"[/\\]", given[-_GIVEN_CHARACTERS:])[-1]
    name = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable())
    name = " ".join(name.split()).lstrip(". ").rstrip(". ")
    suffix = Path(name).suffix if len(Path(name).suffix.encode()) <= _ROOM_BYTES else ""
    room = LONGEST_NAME_BYTES - _ROOM_BYTES - len(suffix.encode())
    stem = name[: len(name) - len(suffix)].encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    if not any(map(str.isalnum, Path(stem + suffix).stem)):
        raise FileNameUnusable(f"{given[:100]!r} is no name for a file; give it another.")
    return stem + suffix


def is_read(name: str) -> bool:
    """Whether files of that suffix are read as articles."""
    return Path(name).suffix.lower() in SUFFIXES


def numbered_names(name: str) -> Iterator[str]:
    """A name that is taken → others like it: "a (2).txt", "a (3).txt" …"""
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(2, 10_000):
        yield f"{stem} ({number}){suffix}"


def parts_of(path: str) -> list[str]:
    """A path below the folder → its parts, the file's name last.

    Raises FileNameUnusable for a path that leads elsewhere or to no article file.
    """
    parts = path.split("/")
    usable = all(part and not part.startswith(".") and "\0" not in part for part in parts)
    if not usable or not is_read(parts[-1]):
        raise FileNameUnusable(f"{path[:200]!r} is no article file of the folder.")
    return parts
