"""The words of an index, in the store: how many chunks have each.

For search engines elsewhere, which are asked for no word's frequency. An index that is searched in
its own files has none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rag.database import Database
from rag.errors import IndexDamaged
from rag.remedies import build_command
from rag.rows import row_hash

_ROW = "SELECT term, chunk_count, row_hash FROM words"
_AT_ONCE = 500
_LAST = "\U0010ffff"


class WordTable:
    """Terms → the count of chunks that have each. Reading raises IndexDamaged where a row is not
    what its hash says.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, terms: Iterable[str]) -> dict[str, int]:
        """Of these terms; those that no chunk has are left out."""
        found: dict[str, int] = {}
        wanted = sorted(set(terms))
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            marks = ",".join("?" * len(part))
            found |= self._rows(f"{_ROW} WHERE term IN ({marks})", part)
        return found

    def beginning_with(self, start: str) -> dict[str, int]:
        """Of the terms that begin so."""
        return self._rows(f"{_ROW} WHERE term >= ? AND term < ?", (start, start + _LAST))

    def ending_with(self, end: str) -> dict[str, int]:
        """Of the terms that end so."""
        start = end[::-1]
        return self._rows(f"{_ROW} WHERE backwards >= ? AND backwards < ?", (start, start + _LAST))

    def unsound(self) -> Iterator[str]:
        """Names each word that is not what was written."""
        for term, count, stored_hash in self._database.rows(_ROW):
            if row_hash(term, count) != stored_hash:
                yield f"the word {term!r}"

    def _rows(self, query: str, parameters: Sequence[Any]) -> dict[str, int]:
        found: dict[str, int] = {}
        for term, count, stored_hash in self._database.rows(query, parameters):
            if row_hash(term, count) != stored_hash:
                place = self._database.path
                raise IndexDamaged(
                    f"The word {term!r} in {place} is not what its hash says; "
                    f"run `{build_command(place.parent, '--repair')}`."
                )
            found[term] = count
        return found

    def add(self, changes: Mapping[str, int]) -> None:
        """So many chunks more, or fewer, have each of these terms; inside ``transaction()``."""
        known = self.counts(changes)
        new = {term: known.get(term, 0) + change for term, change in changes.items() if change}
        self._database.write(
            "INSERT OR REPLACE INTO words VALUES (?, ?, ?, ?)",
            [(t, t[::-1], count, row_hash(t, count)) for t, count in new.items() if count > 0],
        )
        self._database.write(
            "DELETE FROM words WHERE term = ?", [(t,) for t, count in new.items() if count <= 0]
        )

    def clear(self) -> None:
        """No word is left; inside ``transaction()``."""
        self._database.write("DELETE FROM words", [()])
