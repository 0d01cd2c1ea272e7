"""The store → what is known of every article and chunk beside their text, checked as a whole.

Rows of text are checked one by one as they are read. What is held in memory to search by, the list
of all chunks and of all copies, is checked when it is loaded: a row that is missing from a list, or
a digit in it, has no hash of its own that could tell.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from rag.chunk_table import ChunkTable
from rag.copy_table import CopyTable
from rag.errors import IndexDamaged
from rag.remedies import build_command
from rag.store import Store


@dataclass(frozen=True, slots=True)
class Contents:
    """All chunks with their articles, sources and days; and all copies."""

    chunks: ChunkTable
    copies: CopyTable

    @property
    def sha256(self) -> str:
        """Over both; the manifest has it."""
        digest = hashlib.sha256(self.chunks.sha256.encode())
        digest.update(self.copies.sha256.encode())
        return digest.hexdigest()


def read_contents(store: Store) -> Contents:
    """Raises IndexDamaged where chunks and articles do not fit each other."""
    try:
        chunks = ChunkTable.from_rows(store.article_facts(), store.chunk_places())
        copies = CopyTable.from_rows(store.text_keys(), store.copy_pairs())
    except (KeyError, ValueError, TypeError, OverflowError, UnicodeError) as error:
        raise _damaged(store) from error
    return Contents(chunks, copies)


def read_checked_contents(store: Store, sha256: str | None) -> Contents:
    """The contents, which must be those with that hash. Raises IndexDamaged."""
    contents = read_contents(store)
    if contents.sha256 != sha256:
        raise _damaged(store)
    return contents


def _damaged(store: Store) -> IndexDamaged:
    return IndexDamaged(
        f"The list of articles, chunks or copies in {store.path} is not what was written; "
        f"run `{build_command(store.path.parent, '--repair')}`."
    )
