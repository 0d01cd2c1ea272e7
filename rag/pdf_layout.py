"""A page's runs of letters → its lines in the order in which they are read.

Lines that stand below each other make blocks. What stands above is read first, then what stands to
the left, unless something that lies across both comes between them (Breuel, High Performance
Document Layout Analysis, 2003), or white across the page. A table is read row by row. Pictures and
rules are not looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from rag.pdf_bands import bands
from rag.pdf_pages import RUN_GAP, Run
from rag.pdf_tables import Block, joined, with_rows, with_rows_of_cells

WORD_GAP = 6.0
"""Letter sizes; in a narrow column set to full width, gaps between words reach nearly that."""
MARKER_GAP = 2.5
"""Letter sizes from a bullet or a number to the text that it marks, at most."""
LEADING = 1.9
"""Letter sizes from baseline to baseline, beyond which lines are of different blocks."""
SAME_SIZE = 1.12
"""Sizes of letters that differ by no more than this ratio pass for one."""

_MARKER = re.compile(r"[•·▪●■○◦‣–—*-]|\(?(?:\d{1,3}|[a-zA-Z])[.)]|\d{1,2}(?:\.\d{1,2}){0,3}")


def read_order(runs: Sequence[Run]) -> list[Block]:
    """A page's runs → its blocks of lines in reading order; a table's row is one line."""
    mirrored = _is_leftward(runs)
    lines = _lines([_mirror(run) for run in runs] if mirrored else list(runs))
    found = bands(with_rows(_blocks(with_rows_of_cells(lines))))
    blocks = [block for band in found for block in _in_order(band)]
    return [list(map(_mirror, block)) for block in blocks] if mirrored else blocks


def same_size(one: Run, other: Run) -> bool:
    """Tells whether the letters of two lines are of one size."""
    return max(one.size, other.size) <= SAME_SIZE * min(one.size, other.size)


def _is_leftward(runs: Sequence[Run]) -> bool:
    """Whether most letters are Hebrew or Arabic: then columns are read from the right."""
    text = "".join(run.text for run in runs)
    return 2 * len(re.findall("[\u0590-\u08ff\ufb1d-\ufefc]", text)) > sum(map(str.isalpha, text))


def _mirror(run: Run) -> Run:
    return replace(run, left=-run.right, right=-run.left)


def _lines(runs: list[Run]) -> list[Run]:
    """Runs → lines: what no column or table parts is put together, from the left to the right."""
    runs = _with_initials(sorted(runs, key=lambda run: (run.baseline, run.left)))
    baselines = [run.baseline for run in runs]
    lines: list[Run] = []
    used: set[int] = set()
    for at, run in enumerate(runs):
        if at in used:
            continue
        end = bisect_right(baselines, run.baseline + 0.3 * run.size)
        row = sorted(
            (other for other in range(at, end) if other not in used),
            key=lambda other: runs[other].left,
        )
        used.update(row)
        line = runs[row[0]]
        for other in row[1:]:
            if _is_one_line(line, runs[other], runs, baselines):
                line = joined(line, runs[other])
            else:
                lines.append(line)
                line = runs[other]
        lines.append(line)
    return sorted(lines, key=lambda line: (line.baseline, line.left))


def _is_one_line(line: Run, run: Run, runs: Sequence[Run], baselines: Sequence[float]) -> bool:
    """Whether a run goes on with a line on its left: a gap of words, not one between columns."""
    size = max(line.size, run.size)
    gap = (run.left - line.right) / size
    if gap <= 0.5 * RUN_GAP or (_MARKER.fullmatch(line.text) and gap <= MARKER_GAP):
        return gap > -0.5
    if gap > WORD_GAP or run.order - line.order != 1:
        return False
    # Between columns the lines above and below leave the same place white; between words not.
    near = runs[
        bisect_left(baselines, run.baseline - 4 * size) : bisect_right(
            baselines, run.baseline + 4 * size
        )
    ]
    middle = (line.right + run.left) / 2
    others = [each for each in near if abs(each.baseline - run.baseline) > 0.3 * size]
    across = {round(each.baseline) for each in others if each.left < middle < each.right}
    left = {round(each.baseline) for each in others if each.right <= middle}
    right = {round(each.baseline) for each in others if each.left >= middle}
    return len(across) > len((left & right) - across)


def _with_initials(runs: list[Run]) -> list[Run]:
    """Runs with the large letter that opens a paragraph put before the first line beside it."""
    for initial in [run for run in runs if len(run.text) == 1 and run.text.isupper()]:
        beside = [
            run
            for run in runs
            if 1.7 * run.size < initial.size
            and initial.top - run.size < run.baseline <= initial.baseline + 0.3 * run.size
            and -0.5 * run.size <= run.left - initial.right <= 1.5 * run.size
        ]
        if len(beside) >= 2:
            first = min(beside, key=lambda run: run.baseline)
            whole = replace(first, text=initial.text + first.text)
            runs = [whole if run is first else run for run in runs if run is not initial]
    return runs


def _overlap(one: Run | _Box, other: Run | _Box) -> float:
    return min(one.right, other.right) - max(one.left, other.left)


def _blocks(lines: Sequence[Run]) -> list[Block]:
    """Lines from the top down → blocks: each line goes on with the only one above it."""
    above = [_neighbours(at, range(at - 1, -1, -1), lines) for at in range(len(lines))]
    below = [_neighbours(at, range(at + 1, len(lines)), lines) for at in range(len(lines))]
    blocks: list[Block] = []
    block_of: dict[int, Block] = {}
    for at, line in enumerate(lines):
        over = above[at][0] if len(above[at]) == 1 else -1
        if over >= 0 and below[over] == [at] and _is_near(lines[over], line):
            block_of[at] = block_of[over]
            block_of[at].append(line)
        else:
            block_of[at] = [line]
            blocks.append(block_of[at])
    return blocks


def _neighbours(at: int, others: range, lines: Sequence[Run]) -> list[int]:
    """The places of the lines nearest to one, above or below it and all of one row."""
    found: list[int] = []
    for other in others:
        distance = abs(lines[other].baseline - lines[at].baseline)
        if distance <= 0.3 * lines[at].size or _overlap(lines[at], lines[other]) <= 1:
            if distance > 5 * lines[at].size:
                break
            continue
        if found and abs(lines[other].baseline - lines[found[0]].baseline) > 0.3 * lines[at].size:
            break
        found.append(other)
    return found


def _is_near(above: Run, line: Run) -> bool:
    return line.baseline - above.baseline <= LEADING * max(above.size, line.size) and same_size(
        above, line
    )


class _Box:
    """A block with its borders, in points."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.left, self.right = min(run.left for run in block), max(run.right for run in block)
        self.top, self.bottom = block[0].top, block[-1].bottom

    def is_over(self, other: _Box) -> bool:
        """Tells whether it begins above another that stands below it or partly beside it."""
        narrower = min(self.right - self.left, other.right - other.left)
        return self.top < other.top and _overlap(self, other) > 0.1 * narrower


def _in_order(blocks: list[Block]) -> list[Block]:
    """Blocks → the same in reading order. Sets of blocks are numbers, a bit for each block."""
    boxes = sorted(map(_Box, blocks), key=lambda box: (box.top, box.left))
    places = range(len(boxes))
    under = [sum(1 << at for at in places if boxes[over].is_over(boxes[at])) for over in places]
    over = [sum(1 << at for at in places if under[at] >> below & 1) for below in places]
    first = list(over)
    for at in places:
        for other in places:
            is_beside = not (under[at] >> other & 1 or under[other] >> at & 1)
            # Where something lies across both, under the one and over the other, that decides.
            if is_beside and boxes[at].left < boxes[other].left and not under[other] & over[at]:
                first[other] |= 1 << at
    ordered: list[Block] = []
    waiting = list(places)
    left = (1 << len(boxes)) - 1
    while waiting:
        # Boxes that interlock wait for each other in a circle: then the topmost comes first.
        at = next((at for at in waiting if not first[at] & left), waiting[0])
        ordered.append(boxes[at].block)
        waiting.remove(at)
        left &= ~(1 << at)
    return ordered
