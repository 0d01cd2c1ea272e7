"""A file that somebody wants to add → what it holds, by the readers that a build uses."""

from __future__ import annotations

from pathlib import Path

from rag.errors import ArticleUnreadable, FileNameUnusable
from rag.file_names import is_read, safe_name
from rag.folders import ArticleFile
from rag.pieces import pieces_of
from rag.readers import Readers
from rag.records import CheckedFile, Failure

LOOKED_AT = 20
"""Of a file with an article on each line so many are tried; one that can be read is enough."""


def check_file(file: Path, name: str, readers: Readers) -> CheckedFile:
    """A file and the name that it is to have → what it holds. Its bytes decide, as in a build."""
    try:
        name = safe_name(name)
    except FileNameUnusable as error:
        return CheckedFile(name[:200], problem=str(error))
    problem, count, first = "", 0, None
    for each in pieces_of(ArticleFile(name, file)):
        if isinstance(each, Failure):
            problem = problem or each.reason
            continue
        count += 1
        if first is None and count <= LOOKED_AT:
            try:
                first = readers.read(each)
            except ArticleUnreadable as error:
                problem = problem or str(error)
    if first is None:
        return CheckedFile(name, problem=problem or "empty file")
    if not is_read(name):
        suffix = Path(name).suffix
        ending = f"its name ends in {suffix}" if suffix else "its name has no suffix"
        return CheckedFile(name, problem=f"{ending}, which is not read: name it .txt, say")
    return CheckedFile(name, count, first)
