"""Places in articles → numbered citations, and the check that each quote stands at its place."""

from __future__ import annotations

from typing import Literal

from rag.chunking import Span
from rag.records import Article, Citation

Verdict = Literal["verified", "moved", "changed", "gone"]


class Citations:
    """Citations of one answer, numbered from 1 in order of use, one per place."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[str, int, int], Citation] = {}

    def number(self, article: Article, span: Span) -> int:
        """The number of the citation of ``article.text[start:end]``."""
        start, end = span
        place = (article.id, start, end)
        if place not in self._by_place:
            quote = article.text[start:end]
            if not (0 <= start < end <= len(article.text)) or quote != quote.strip():
                raise AssertionError(f"No sentence stands at {place}.")
            self._by_place[place] = Citation(
                number=len(self._by_place) + 1,
                article_id=article.id,
                title=article.title,
                source=article.source,
                published=article.published,
                start=start,
                end=end,
                quote=quote,
                sha256=article.sha256,
            )
        return self._by_place[place].number

    def all(self) -> tuple[Citation, ...]:
        """All citations, by number."""
        return tuple(self._by_place.values())


def verify(citation: Citation, article: Article | None) -> Verdict:
    """A citation and its article as it is read now (None: no longer there) → what became of it.

    "verified": ``article.text[start:end] == quote``; "moved": the quote stands elsewhere in it.
    """
    if article is None:
        return "gone"
    if article.text[citation.start : citation.end] == citation.quote:
        return "verified"
    return "moved" if citation.quote in article.text else "changed"
