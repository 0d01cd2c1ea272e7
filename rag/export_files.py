"""A command's files: what is exported is written whole or not at all, what is verified is read.

What stands in them is not looked at here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rag.errors import AnswerUnreadable, ExportRefused
from rag.exports import text_writer
from rag.records import Answer
from rag.saved_answers import turn_of


def exporter(path: Path, *, force: bool) -> Callable[[Answer], None]:
    """A file to be written → what writes an answer to it, in the kind that its suffix names.

    Raises ExportRefused where that cannot be: before the work, not after it.
    """
    text_of = text_writer(path.name)
    if path.is_dir():
        raise ExportRefused(f"{path} is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise ExportRefused(f"Folder {path.parent} does not exist; make it, or name another file.")
    if not force and os.path.lexists(path):
        raise _taken(path)
    return lambda answer: write_whole(path, text_of([turn_of(answer)]), force=force)


def write_whole(path: Path, text: str, *, force: bool) -> None:
    """Writes a file beside its place and then renames it, so that half a file is never there.

    ``force`` overwrites. Raises ExportRefused.
    """
    beside = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if force:
            beside.replace(path)
        else:
            _put(beside, path)
    except FileExistsError as error:
        raise _taken(path) from error
    except (OSError, UnicodeEncodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ExportRefused(f"{path} cannot be written: {reason}.") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _put(beside: Path, path: Path) -> None:
    """Raises FileExistsError; a rename would overwrite what came there meanwhile."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError from None
        beside.rename(path)


def _taken(path: Path) -> ExportRefused:
    return ExportRefused(f"{path} is there already; give `--force` to overwrite it.")


def read_at_most(path: Path, limit_bytes: int) -> bytes:
    """A file's bytes, or those of the standard input for "-"; one more than the limit of a larger
    one. Raises AnswerUnreadable.
    """
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(limit_bytes + 1)
        with path.open("rb") as file:
            return file.read(limit_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AnswerUnreadable(f"{path} cannot be read: {reason}.") from error
