"""Pages' runs → the same without running heads, running feet and page numbers.

What a browser prints above and below a page is told by its form: it stands on single pages too.
Only the outermost rows of pages are looked at, from the outside in: the first that is none of
these ends it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from rag.pdf_pages import Page, Run

EDGE_ROWS = 3
"""So many rows at each end of a page can be heads or feet."""
NEAR_PAGES = 6
"""A running head is back after no more pages."""
SAME_HEIGHT = 3.0
"""Points by which the heights of one running head differ at most, from page to page."""
HEAD_WORDS, HEAD_RUNS = 15, 4
"""A running head has no more words, and no more parts side by side: a table's row can have."""

_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|seite|página|pagina|p\.|s\.)?\s*\d{1,4}(?:\s*(?:of|von|de|di|/)\s*\d{1,4})?[\W_]*",
    re.IGNORECASE,
)
# Numbers that stand alone, not the parts of dates.
_NUMBER_FIRST = re.compile(r"^[-–—|·•\s]*(\d{1,4})(?:\s|$)")
_NUMBER_LAST = re.compile(r"(?:^|\s)(\d{1,4})(?:\s*/\s*\d{1,4})?[-–—|·•\s]*$")
_URL = r"(?:(?:https?|file)://|about:|data:)\S*"
_TIME = (
    r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}\.?,?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
    r"(?:\s?[ap]\.?m\b\.?)?"
)
_COUNT = r"\d{1,4}\s?(?:/|of|von|de|di|sur|van)\s?\d{1,4}"
# Of Chromium, then of Firefox; each pair begins at the left or, in other languages, at the right.
_PRINTED_FOOT = re.compile(
    "|".join(
        (
            rf"{_URL}\s+{_COUNT}",
            rf"{_COUNT}\s+{_URL}",
            rf"{_COUNT}\s+{_TIME}",
            rf"{_TIME}\s+{_COUNT}",
        )
    ),
    re.IGNORECASE,
)
_PRINTED_HEAD = re.compile(
    rf"{_TIME}(?:\s.*)?|(?:.*\s)?{_TIME}|(?:.*\s)?{_URL}|{_URL}\s.*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Row:
    """The runs of a page on one height; ``height`` is its distance from the page's near edge."""

    runs: tuple[Run, ...]
    page: int
    height: float

    @property
    def text(self) -> str:
        return " ".join(run.text for run in self.runs)

    def is_level_with(self, other: _Row) -> bool:
        """Tells whether a row of another page stands at the same height."""
        return self.page != other.page and abs(self.height - other.height) <= SAME_HEIGHT


def without_running_heads(pages: Sequence[Page]) -> list[Page]:
    """Pages → the same without what returns at the same height from page to page, and numbers."""
    tops = [_edge(page, at, top=True) for at, page in enumerate(pages)]
    bottoms = [_edge(page, at, top=False) for at, page in enumerate(pages)]
    left_out = _found(tops) | _found(bottoms) | _printed(tops, bottoms)
    return [
        replace(page, runs=tuple(run for run in page.runs if (at, run.order) not in left_out))
        for at, page in enumerate(pages)
    ]


def _printed(
    tops: Sequence[Sequence[_Row]], bottoms: Sequence[Sequence[_Row]]
) -> set[tuple[int, int]]:
    """Each page's first and last rows → the page and order of the runs that a browser added: at
    the bottom an address or a time with the count of the pages, and at the top what goes with it.
    """
    rows: list[_Row] = []
    for top, bottom in zip(tops, bottoms, strict=True):
        if bottom and _PRINTED_FOOT.fullmatch(bottom[0].text):
            rows.append(bottom[0])
            rows += [row for row in top[:1] if _PRINTED_HEAD.fullmatch(row.text)]
    return {(row.page, run.order) for row in rows for run in row.runs}


def _edge(page: Page, at: int, *, top: bool) -> list[_Row]:
    """A page's first or last rows, the outermost first."""
    rows: list[list[Run]] = []
    for run in sorted(page.runs, key=lambda run: run.baseline if top else -run.baseline):
        if rows and abs(rows[-1][0].baseline - run.baseline) <= SAME_HEIGHT:
            rows[-1].append(run)
        elif len(rows) < EDGE_ROWS:
            rows.append([run])
        else:
            break
    return [
        _Row(
            tuple(sorted(row, key=lambda run: run.left)),
            at,
            row[0].baseline if top else page.height - row[0].baseline,
        )
        for row in rows
    ]


def _found(edges: Sequence[Sequence[_Row]]) -> set[tuple[int, int]]:
    """Rows at one end of each page → the page and order of the runs that are heads or feet."""
    short = [[row for row in edge if _is_short(row)] for edge in edges]
    returning = {row for at, rows in enumerate(short) for row in rows if _returns(row, at, short)}

    def is_head(row: _Row) -> bool:
        return row in returning or bool(_PAGE_NUMBER.fullmatch(row.text))

    found = list(_outermost(edges, is_head))
    # Where heads return on most pages, what stands in their place on another is a head too: the
    # name of a section of one page.
    heights = sorted(row.height for row in found)
    common = {
        (round(row.height), round(row.runs[0].size))
        for row in found
        if bisect_right(heights, row.height + SAME_HEIGHT)
        - bisect_left(heights, row.height - SAME_HEIGHT)
        > len(edges) // 2
    }

    def is_in_its_place(row: _Row) -> bool:
        place = round(row.height), round(row.runs[0].size)
        return is_head(row) or (_is_short(row) and place in common)

    if len(edges) > 3:
        found = list(_outermost(edges, is_in_its_place))
    return {(row.page, run.order) for row in found for run in row.runs}


def _outermost(edges: Iterable[Sequence[_Row]], is_head: Callable[[_Row], bool]) -> Iterable[_Row]:
    for edge in edges:
        for row in edge:
            if not is_head(row):
                break
            yield row


def _is_short(row: _Row) -> bool:
    return len(row.text.split()) <= HEAD_WORDS and len(row.runs) <= HEAD_RUNS


def _returns(row: _Row, at: int, edges: Sequence[Sequence[_Row]]) -> bool:
    """Whether a row stands on a page near by too, but for its numbers, or counts the pages."""
    for other in chain.from_iterable(edges[max(0, at - NEAR_PAGES) : at + NEAR_PAGES + 1]):
        if row.is_level_with(other) and _same_size(row, other):
            alike = _shape(row.text) == _shape(other.text)
            if alike and (_PAGE_NUMBER.fullmatch(row.text) or any(map(str.isalpha, row.text))):
                return True
            steps = {one - two for one in _numbers(row) for two in _numbers(other)}
            if row.page - other.page in steps:
                return True
    return False


def _same_size(row: _Row, other: _Row) -> bool:
    sizes = row.runs[0].size, other.runs[0].size
    return max(sizes) <= 1.12 * min(sizes)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text.casefold())


def _numbers(row: _Row) -> set[int]:
    """The numbers that begin or end a row, or one of its runs."""
    return {
        int(found[1])
        for run in row.runs
        for pattern in (_NUMBER_FIRST, _NUMBER_LAST)
        if (found := pattern.search(run.text))
    }
