"""What is to be typed to mend an index: whole commands, with the folders they are about."""

from __future__ import annotations

import shlex
from pathlib import Path


def build_command(index_folder: Path, *options: str, folder: Path | None = None) -> str:
    """``broadsheet build`` with these options for that index; ``folder`` is one of articles."""
    words = ["broadsheet", "build", *options]
    if folder is not None:
        words.append(str(folder))
    return shlex.join([*words, "--index", str(index_folder)])
