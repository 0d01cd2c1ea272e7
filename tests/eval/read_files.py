"""A folder of odd files → a table of what became of each: read, reported with its reason, or
passed over, and how long it took.

Run ``python -m tests.eval.read_files FOLDER``. Ends with exit status 1 where reading went past
its limits, or where a file is missing in the table.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.errors import ArticleUnreadable
from rag.folders import list_files
from rag.pieces import Piece, pieces_of
from rag.readers import WALL_LIMIT_SECONDS, Readers
from rag.records import Failure


def outcomes(folder: Path) -> list[tuple[str, str, str, float]]:
    """A folder → (file, outcome, what was read or the reason, seconds) for each file in it."""
    files, failures, _ = list_files(folder)
    found = [(failure.path, "reported", failure.reason, 0.0) for failure in failures]
    with Readers(1) as readers:
        for file in files:
            for piece in pieces_of(file):
                started = time.monotonic()
                outcome, said = _read(readers, piece)
                seconds = time.monotonic() - started
                name = piece.id if isinstance(piece, Piece) else piece.path
                found.append((name, outcome, said, seconds))
    known = {name for name, *_ in found}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if (
            path.is_file()
            and name not in known
            and not any(n.startswith(f"{name}#") for n in known)
        ):
            found.append((name, "passed over", f"files named {path.suffix} are not read", 0.0))
    return sorted(found)


def _read(readers: Readers, piece: Piece | Failure) -> tuple[str, str]:
    if isinstance(piece, Failure):
        return "reported", piece.reason
    try:
        article = readers.read(piece)
    except ArticleUnreadable as error:
        return "reported", str(error)
    partly = f"; {'; '.join(article.remarks)}" if article.remarks else ""
    return "read", f"{len(article.text):,} characters, {article.encoding}{partly}"


def main() -> None:
    """Prints the table and the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    found = outcomes(parser.parse_args().folder)
    console = Console(width=160)
    table = Table("file", "outcome", "what was read, or why not", "seconds")
    for name, outcome, said, seconds in found:
        table.add_row(name, outcome, said, f"{seconds:.2f}")
    console.print(table)
    counts = Counter(outcome for _, outcome, _, _ in found)
    slowest = max((seconds for *_, seconds in found), default=0.0)
    console.print(f"{len(found)} files: {dict(counts)}; the slowest took {slowest:.1f} s")
    if slowest > WALL_LIMIT_SECONDS + 5:
        raise SystemExit("A file was read past the limit of time.")


if __name__ == "__main__":
    main()
