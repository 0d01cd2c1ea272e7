"""Places in articles → numbered citations, and where a quote stands in a text.

Nothing here reads files: ``verification`` does.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from rag.chunking import Span
from rag.records import Article, Citation


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


def place_of(citation: Citation, article: Article) -> Span | None:
    """Where a quote stands in an article: at its place, else where it is nearest to that, else
    where its words stand with other white space between them; None where it does not stand.

    In an article that has changed, a quote that goes on as a word or a figure does not stand:
    "costs 3" is not in "costs 35".
    """
    text, quote, start = article.text, citation.quote, max(citation.start, 0)
    if not quote.strip():
        return None
    if text[start : citation.end] == quote and (
        article.sha256 == citation.sha256 or _is_whole(text, start, citation.end)
    ):
        return start, citation.end
    found = _nearest(text, quote, start)
    if found is not None:
        return found, found + len(quote)
    return _place_of_words(text, " ".join(quote.split()), start)


def _nearest(text: str, quote: str, start: int) -> int | None:
    """Where a quote stands whole, nearest to ``start``."""
    after = text.find(quote, start)
    while after >= 0 and not _is_whole(text, after, after + len(quote)):
        after = text.find(quote, after + len(quote))
    before = text.rfind(quote, 0, start + len(quote) - 1)
    while before >= 0 and not _is_whole(text, before, before + len(quote)):
        before = text.rfind(quote, 0, before)
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - start), default=None)


def _place_of_words(text: str, quote: str, start: int) -> Span | None:
    """The same for a quote and a text of which each white space counts as one blank."""
    words = list(re.finditer(r"\S+", text))
    begins = [word.start() for word in words]
    offsets, length = [], 0
    for word in words:
        offsets.append(length)
        length += len(word[0]) + 1
    near = offsets[max(bisect_right(begins, start) - 1, 0)] if offsets else 0
    found = _nearest(" ".join(word[0] for word in words), quote, near)
    if found is None:
        return None

    def place(offset: int) -> int:
        at = bisect_right(offsets, offset) - 1
        return begins[at] + offset - offsets[at]

    return place(found), place(found + len(quote) - 1) + 1


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no word and no figure goes on over an end of the span."""
    return not (_goes_on(text, start) or _goes_on(text, end))


def _goes_on(text: str, at: int) -> bool:
    left, right = text[max(at - 2, 0) : at], text[at : at + 2]
    if not left or not right:
        return False
    if _in_word(left[-1]) and _in_word(right[0]):
        return True
    return bool(re.fullmatch(r"\d[.,]", left) and right[0].isdigit()) or bool(
        re.fullmatch(r"[.,]\d", right) and left[-1].isdigit()
    )


def _in_word(letter: str) -> bool:
    """A letter of a script that parts words by spaces, as far as upper and lower case tell."""
    return letter.isdigit() or letter.lower() != letter.upper()
