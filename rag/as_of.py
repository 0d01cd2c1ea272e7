"""Citations → what an answer rests on: how many articles, of which sources and days.

As the articles state it; a copy that is not cited is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rag.records import Citation, Published


@dataclass(frozen=True, slots=True)
class Basis:
    """``sources`` in order of use, those that are stated; ``first_day`` and ``last_day`` of the
    dated articles, None where none is; ``undated_count`` of the others.
    """

    article_count: int
    sources: tuple[str, ...]
    first_day: date | None
    last_day: date | None
    undated_count: int


def basis(citations: Sequence[Citation]) -> Basis:
    """The citations of an answer → what it rests on; each article counts once."""
    articles = {citation.article_id: citation for citation in citations}
    days = [_day(citation.published) for citation in articles.values()]
    dated = [day for day in days if day is not None]
    return Basis(
        article_count=len(articles),
        sources=tuple(dict.fromkeys(c.source for c in articles.values() if c.source)),
        first_day=min(dated, default=None),
        last_day=max(dated, default=None),
        undated_count=len(days) - len(dated),
    )


def newest(citations: Sequence[Citation]) -> Published:
    """The newest day or moment of publishing among the citations; None where none is dated."""
    dated = [c.published for c in citations if c.published is not None]
    return max(dated, key=lambda when: (_day(when), when.isoformat()), default=None)


def _day(published: Published) -> date | None:
    return published.date() if isinstance(published, datetime) else published
