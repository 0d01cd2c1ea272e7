"""A page's blocks → bands of them, one below the other, each to be read before the next.

Where columns of one article stand above columns of another, or above a table, the white between
them runs across the page. So does the white between two paragraphs that end at one height by
chance: that one is no wider than others, with the same columns below it. Rules are not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.pdf_tables import Block

LARGE = 1.15
"""Letters of a headline are so many times as large as the text's, at least."""
WIDE = 1.5
"""White between bands is so many times as wide as that between paragraphs, at least."""
LEAST = 0.8
"""Letter sizes of white between bands, at least."""
BALANCED = 3.0
"""Letter sizes by which the ends of columns that were made equally long differ at most."""
COLUMN_WORDS = 3
"""A column has no fewer: the number of a picture, for one, is none."""


@dataclass(frozen=True, slots=True)
class _Strip:
    """Blocks with their borders in points, and the left borders of their columns."""

    blocks: list[Block]

    @property
    def spans(self) -> list[tuple[float, float, float]]:
        """Left, right and lower borders of the blocks that can be of a column."""
        return [
            (min(run.left for run in block), max(run.right for run in block), block[-1].bottom)
            for block in self.blocks
            if sum(len(run.text.split()) for run in block) >= COLUMN_WORDS
        ]

    @property
    def left(self) -> float:
        return min((left for left, _, _ in self.spans), default=0.0)

    @property
    def right(self) -> float:
        return max((right for _, right, _ in self.spans), default=0.0)

    @property
    def top(self) -> float:
        return min(block[0].top for block in self.blocks)

    @property
    def bottom(self) -> float:
        return max(block[-1].bottom for block in self.blocks)

    def columns(self, left: float, right: float) -> list[tuple[float, float, float]]:
        """Left, right and lower borders of columns between two places: of blocks side by side."""
        spans = self.spans
        found: list[tuple[float, float, float]] = []
        for span in sorted(spans, key=lambda span: span[1]):
            if span[1] > left and span[0] < right and (not found or span[0] >= found[-1][1]):
                found.append(span)
        columns = []
        for one in found:
            of_it = [
                span
                for span in spans
                if [other for other in found if span[0] < other[1] and other[0] < span[1]] == [one]
            ]
            columns.append(
                (
                    min(span[0] for span in of_it),
                    max(span[1] for span in of_it),
                    max(span[2] for span in of_it),
                )
            )
        return columns


def bands(blocks: Sequence[Block]) -> list[list[Block]]:
    """A page's blocks → those of each band, the topmost first."""
    if len(blocks) < 3:
        return [list(blocks)] if blocks else []
    letters = Counter[float]()
    for block in blocks:
        letters[round(block[0].size, 1)] += sum(len(run.text) for run in block)
    size = letters.most_common(1)[0][0]
    gaps = list(_gaps(blocks))
    first, *rest = _strips(blocks, size)
    found = [first]
    for strip in rest:
        if _is_band(found[-1], strip, size, gaps):
            found.append(strip)
        else:
            found[-1] = _Strip(found[-1].blocks + strip.blocks)
    return [band.blocks for band in found]


def _strips(blocks: Sequence[Block], size: float) -> list[_Strip]:
    """Blocks → those that no white across the page parts; a headline is of what is below it."""
    found: list[list[Block]] = []
    bottom = float("-inf")
    for block in sorted(blocks, key=lambda block: block[0].top):
        if found and (block[0].top < bottom or _are_large(found[-1], size)):
            found[-1].append(block)
        else:
            found.append([block])
        bottom = max(bottom, block[-1].bottom)
    return [_Strip(strip) for strip in found]


def _are_large(blocks: Sequence[Block], size: float) -> bool:
    return all(block[0].size >= LARGE * size for block in blocks)


def _gaps(blocks: Sequence[Block]) -> Iterator[tuple[float, float]]:
    """Where white begins and ends between blocks that stand below each other in a column."""
    by_left: dict[int, list[Block]] = {}
    for block in sorted(blocks, key=lambda block: block[0].top):
        by_left.setdefault(round(min(run.left for run in block) / 4), []).append(block)
    for column in by_left.values():
        for above, below in pairwise(column):
            if abs(above[-1].size - below[0].size) < 0.1 * below[0].size:
                yield above[-1].bottom, below[0].top


def _is_band(
    above: _Strip, strip: _Strip, size: float, gaps: Sequence[tuple[float, float]]
) -> bool:
    """Whether what stands below white across the page is to be read after all that is above it."""
    white, middle = strip.top - above.bottom, (strip.top + above.bottom) / 2
    if white < LEAST * size:
        return False
    over = above.columns(strip.left, strip.right)
    under = strip.columns(above.left, above.right)
    if all(run.is_row for block in strip.blocks for run in block):
        ends = [end for _, _, end in above.columns(above.left, above.right)]
        return len(ends) > 1 and (len(over) > 1 or max(ends) - min(ends) <= BALANCED * size)
    if not under or len(over) < 2:
        return False  # one column goes on where the other has ended
    if len(over) != len(under):
        return True
    if any(abs(one[0] - two[0]) > 3 * size for one, two in zip(over, under, strict=True)):
        return True
    first, *others = strip.blocks
    if _are_large([first], size) and first[0].left <= strip.left + size:
        return all(other[0].top >= first[-1].bottom for other in others)
    usual = [bottom - top for top, bottom in gaps if not top < middle < bottom]
    return white > WIDE * max(median(usual) if usual else 0, size)
