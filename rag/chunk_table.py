"""What is known of every chunk beside its text, as arrays: article, place in it, source, day.

Made once for a generation of the index, so that a search can weigh and filter thousands of chunks
without reading one of them. Knows no question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from rag.records import Filters, Published

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

UNDATED = 0
"""The day of an article without a date; real days are ``date.toordinal()``, from 1."""


@dataclass(frozen=True, slots=True)
class ChunkTable:
    """Columns of shape (n,), in ascending order of ``ids``. ``articles`` are places in
    ``article_ids``, ``sources`` in ``source_names``; ``ordinals`` count from 0 within an article;
    ``chunk_counts`` are of the chunk's article; ``days`` as ``date.toordinal()`` or ``UNDATED``.
    """

    ids: Numbers
    articles: Numbers
    ordinals: Numbers
    chunk_counts: Numbers
    sources: Numbers
    days: Numbers
    article_ids: tuple[str, ...]
    titles: tuple[str, ...]
    source_names: tuple[str, ...]

    @classmethod
    def from_rows(
        cls,
        articles: Iterable[tuple[str, str, str, Published]],
        chunks: Iterable[tuple[int, str, int]],
    ) -> ChunkTable:
        """(id, title, source, published) of every article and (number, article id, ordinal) of
        every chunk, by number → the table.
        """
        known = list(articles)
        place_of = {article_id: place for place, (article_id, _, _, _) in enumerate(known)}
        names = tuple(sorted({source for _, _, source, _ in known}))
        source_of = {name: place for place, name in enumerate(names)}
        rows = [(number, place_of[article_id], ordinal) for number, article_id, ordinal in chunks]
        columns = np.array(rows, dtype=np.int64).reshape(len(rows), 3)
        numbers, of_article, ordinals = columns.T
        sources = np.array([source_of[source] for _, _, source, _ in known], dtype=np.int64)
        days = np.array([day_number(published) for *_, published in known], dtype=np.int64)
        counts = np.bincount(of_article, minlength=len(known))
        return cls(
            numbers, of_article, ordinals, counts[of_article],
            sources[of_article], days[of_article],
            tuple(row[0] for row in known), tuple(row[1] for row in known), names,
        )  # fmt: skip

    @property
    def sha256(self) -> str:
        """Over all that it was made from, but for the hours of days."""
        digest = hashlib.sha256()
        for column in (self.ids, self.articles, self.ordinals, self.sources, self.days):
            digest.update(column.tobytes())
        for texts in (self.article_ids, self.titles, self.source_names):
            for text in texts:
                data = text.encode("utf-8", "surrogatepass")
                digest.update(len(data).to_bytes(8, "little") + data)
        return digest.hexdigest()

    @property
    def newest(self) -> date | None:
        """The day of the newest article; None where none is dated."""
        latest = int(self.days.max(initial=UNDATED))
        return None if latest == UNDATED else date.fromordinal(latest)

    def places(self, numbers: Numbers) -> Numbers:
        """Numbers of chunks → their rows."""
        return np.searchsorted(self.ids, numbers)

    def of_sources(self, names: Iterable[str]) -> Mask:
        """The chunks of those sources, bool of shape (n,)."""
        wanted = set(names)
        is_wanted = np.array([name in wanted for name in self.source_names], dtype=np.bool_)
        if not is_wanted.any():
            return np.zeros(len(self.ids), dtype=np.bool_)
        found: Mask = is_wanted[self.sources]
        return found

    def of_days(self, first: date | None, last: date | None) -> Mask:
        """The chunks of articles published then, both days included; None is open. bool (n,)."""
        found: Mask = self.days != UNDATED
        if first is not None:
            found &= self.days >= first.toordinal()
        if last is not None:
            found &= self.days <= last.toordinal()
        return found

    def allowed(self, filters: Filters) -> Mask | None:
        """The chunks that the filters leave, bool of shape (n,); None where they leave all. A
        period leaves undated articles too: they are shown apart.
        """
        allowed: Mask | None = None
        if filters.sources:
            allowed = self.of_sources(filters.sources)
        if filters.first_day or filters.last_day:
            in_time = self.of_days(filters.first_day, filters.last_day) | (self.days == UNDATED)
            allowed = in_time if allowed is None else np.logical_and(allowed, in_time)
        return allowed


def day_number(published: Published) -> int:
    """A date or moment → its day as the article states it, ``UNDATED`` for None."""
    if published is None:
        return UNDATED
    day = published.date() if isinstance(published, datetime) else published
    return day.toordinal()
