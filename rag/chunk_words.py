"""The words of each chunk, in the store: those of a question's hundred candidates are wanted at
once, and cutting and stemming their texts again was half of a search among a million chunks.

An index that an earlier version built has none for its old chunks; their texts are cut instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rag.database import Database
from rag.errors import IndexDamaged
from rag.remedies import build_command
from rag.rows import row_hash

_ROW = "SELECT chunk_id, words, row_hash FROM chunk_words"
_AT_ONCE = 500


class ChunkWords:
    """Numbers of chunks → the terms of each chunk's text, in order, with a space between two."""

    def __init__(self, database: Database) -> None:
        self._database = database
        names = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'chunk_words'"
        self._is_there = bool(list(database.rows(names)))

    def of(self, ids: Sequence[int]) -> dict[int, str]:
        """Of the chunks that have some here. Raises IndexDamaged."""
        found: dict[int, str] = {}
        for at in range(0, len(ids) if self._is_there else 0, _AT_ONCE):
            part = list(ids[at : at + _AT_ONCE])
            marks = ",".join("?" * len(part))
            for number, words, stored_hash in self._database.rows(
                f"{_ROW} WHERE chunk_id IN ({marks})", part
            ):
                if row_hash(number, words) != stored_hash:
                    place = self._database.path
                    raise IndexDamaged(
                        f"The words of chunk {number} in {place} are not what their hash says; "
                        f"run `{build_command(place.parent, '--repair')}`."
                    )
                found[number] = words
        return found

    def unsound(self) -> Iterator[str]:
        """Names each chunk whose words are not what was written."""
        for number, words, stored_hash in self._database.rows(_ROW) if self._is_there else ():
            if row_hash(number, words) != stored_hash:
                yield f"the words of chunk {number}"

    # --- writing, inside transaction() ------------------------------------------------------

    def put(self, words: Iterable[tuple[int, str]]) -> None:
        """Adds the words of chunks, by number."""
        self._database.write(
            "INSERT INTO chunk_words VALUES (?, ?, ?)",
            ((number, of, row_hash(number, of)) for number, of in words),
        )

    def delete(self, ids: Iterable[int]) -> None:
        """The words of these chunks leave."""
        self._database.write("DELETE FROM chunk_words WHERE chunk_id = ?", ((i,) for i in ids))

    def clear(self) -> None:
        """All leave."""
        self._database.write("DELETE FROM chunk_words", [()])
