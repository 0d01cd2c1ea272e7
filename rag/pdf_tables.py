"""Lines that stand side by side → the rows of a table, each one line.

Columns of prose also stand side by side: they are told from a table's by their words. Cells of
several lines are not put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from rag.pdf_pages import Run

Block = list[Run]
"""Lines that stand below each other, from the top down; a run is a line here."""

CELL_WORDS = 3
"""A cell of a table has no more, where nothing else tells that it is one."""
SAME_ROW = 0.3
"""Letter sizes by which the baselines of one row differ at most."""


def joined(line: Run, run: Run) -> Run:
    """A line and a run to its right → both as one line."""
    gap = " " if run.left - line.right > 0.1 * run.size else ""
    wider = max(line, run, key=lambda each: each.right - each.left)
    return replace(
        wider,
        text=f"{line.text}{gap}{run.text}",
        left=min(line.left, run.left),
        right=max(line.right, run.right),
        order=run.order,
        weight=line.weight if line.weight == run.weight else 0,
    )


def with_rows_of_cells(lines: Sequence[Run]) -> list[Run]:
    """Lines → the same, three or more short ones in a row put together, where rows of such follow
    each other.
    """
    rows: list[list[Run]] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if rows and line.baseline - rows[-1][0].baseline <= SAME_ROW * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    cells = [_cells(sorted(row, key=lambda line: line.left)) for row in rows]
    is_table = [False] * len(rows)
    for at, (above, below) in enumerate(pairwise(cells)):
        if above and below:
            near = below[0].baseline - above[0].baseline <= 3 * below[0].size
            beside = min(above[-1].right, below[-1].right) > max(above[0].left, below[0].left)
            is_table[at] |= near and beside
            is_table[at + 1] |= near and beside
    found: list[Run] = []
    for row, its_cells, is_row in zip(rows, cells, is_table, strict=True):
        found += [line for line in row if not (is_row and line in its_cells)]
        found += [_row(its_cells)] if is_row else []
    return found


def _cells(row: Sequence[Run]) -> list[Run]:
    """The longest stretch of short lines in a row, from the left to the right, if it has three."""
    longest: list[Run] = []
    stretch: list[Run] = []
    for line in row:
        stretch = [*stretch, line] if len(line.text.split()) <= CELL_WORDS else []
        longest = max(longest, stretch, key=len)
    return longest if len(longest) >= 3 else []


def _row(cells: Sequence[Run]) -> Run:
    line = cells[0]
    for cell in cells[1:]:
        line = joined(line, cell)
    return replace(line, is_row=True)


def with_rows(blocks: Sequence[Block]) -> list[Block]:
    """Blocks, those that are the columns of a table put together row by row."""
    blocks = sorted(blocks, key=lambda block: block[0].left)
    at = 0
    while at < len(blocks):
        block = blocks[at]
        right = max(run.right for run in block)
        other = next(
            (
                other
                for other in blocks[at + 1 :]
                if min(run.left for run in other) >= right and _is_table(block, other)
            ),
            None,
        )
        if other is None:
            at += 1
        else:
            blocks[at] = _rows(block, other)
            blocks = [each for each in blocks if each is not other]
    return blocks


def _is_table(block: Block, other: Block) -> bool:
    """Whether two blocks are columns of one table: their lines stand side by side, all of them,
    and they are not columns of prose.
    """
    tolerance = SAME_ROW * min(block[0].size, other[0].size)
    if len(block) < 0.8 * len(other) or len(other) < 0.8 * len(block):
        return False
    if block[0].baseline > other[-1].baseline + tolerance:
        return False
    beside = sum(
        any(abs(line.baseline - each.baseline) <= tolerance for each in other) for line in block
    )
    if beside < 0.8 * max(len(block), len(other)):
        return False
    return not (_is_prose(block) and _is_prose(other))


def _is_prose(block: Block) -> bool:
    """Whether lines are of running text: words enough, and each goes on in the next one."""
    if len(block) < 2 or median(len(line.text.split()) for line in block) < 3:
        return False
    if any(line.is_row for line in block):
        return False
    left, right = min(line.left for line in block), max(line.right for line in block)
    full = sum(line.right - left >= 0.8 * (right - left) for line in block[:-1])
    running = sum(line.text[0].islower() for line in block[1:])
    return full >= 0.6 * (len(block) - 1) or running >= 0.4 * (len(block) - 1)


def _rows(block: Block, other: Block) -> Block:
    tolerance = SAME_ROW * min(block[0].size, other[0].size)
    rows = list(block)
    for line in other:
        near = (at for at, row in enumerate(rows) if abs(row.baseline - line.baseline) <= tolerance)
        at = next(near, None)
        if at is None:
            rows.append(line)
        else:
            rows[at] = _row([rows[at], line])
    return sorted(rows, key=lambda row: row.baseline)
