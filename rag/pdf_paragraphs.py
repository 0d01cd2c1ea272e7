"""Blocks of lines in reading order → paragraphs, with the size of their letters.

A paragraph ends where the next line is indented or set apart, or where its first word would still
have fitted. One that a column's or page's end, a caption or a footnote interrupts is put together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rag.lines import has_stop, is_list_item
from rag.pdf_layout import LEADING, same_size
from rag.pdf_pages import Run
from rag.pdf_tables import Block

INDENT = 0.8
"""Letter sizes to the right of the lines around it, from which on a line opens a paragraph."""
BOLDER = 1.15
"""Weights of bold and other letters differ by this ratio at least."""
INTERRUPTED_BY = 8
"""So many paragraphs at most may stand between the two halves of one: captions, footnotes."""

_BULLET = re.compile(r"[-•*·–▪●■]\s")


@dataclass(slots=True)
class Paragraph:
    """Lines that make up a paragraph. ``page`` is 0-based, of its first line; ``is_open`` tells
    whether it seems to go on in another column or on another page.
    """

    lines: list[Run]
    page: int
    is_open: bool = False

    @property
    def size(self) -> float:
        """The size of its letters, in points."""
        return self.lines[0].size


def paragraphs(pages: Sequence[Sequence[Block]]) -> list[Paragraph]:
    """Pages of blocks in reading order → the paragraphs."""
    found: list[Paragraph] = []
    for page, blocks in enumerate(pages):
        leading = _leading(blocks)
        for block in blocks:
            right = _right_edge(block, blocks)
            first, *rest = [Paragraph(lines, page) for lines in _split(block, right)]
            whole = _interrupted(first, found, right, leading)
            if whole:
                whole.lines += first.lines
                whole.is_open = False
            else:
                whole = first
                found.append(first)
            found += rest
            ending = rest[-1] if rest else whole
            ending.is_open = _goes_on(ending, block, right)
    return found


def _right_edge(block: Block, blocks: Sequence[Block]) -> float:
    """How far a block's lines could reach: a short block's, as far as its column's other lines."""
    right = max(line.right for line in block)
    if len(block) >= 4:
        return right
    left = min(line.left for line in block)
    alike = [
        (len(other), max(line.right for line in other))
        for other in blocks
        if abs(min(line.left for line in other) - left) <= 2 * block[0].size
        and (len(other) >= 4 or same_size(other[0], block[0]))
    ]
    columns = [edge for lines, edge in alike if lines >= 4]
    if not columns:  # a page of short paragraphs: the widest of their lines are full
        columns = [max((edge for lines, edge in alike if lines >= 2), default=right)]
    return max(right, min(columns))


def _leading(blocks: Sequence[Block]) -> float:
    """The least distance of a page's lines below each other, in sizes of their letters."""
    lines = sorted((line for block in blocks for line in block), key=lambda line: line.baseline)
    distances = [
        (below.baseline - line.baseline) / line.size
        for line, below in pairwise(lines)
        if same_size(line, below) and min(line.right, below.right) > max(line.left, below.left)
    ]
    return min((distance for distance in distances if distance > 0.8), default=LEADING)


def _split(block: Block, right: float) -> Iterator[list[Run]]:
    """A block's lines → those of each paragraph. ``right`` is how far a full line reaches."""
    lefts = Counter(round(line.left / 2) for line in block)
    left = 2 * lefts.most_common(1)[0][0]
    leadings = sorted(below.baseline - line.baseline for line, below in pairwise(block))
    leading = leadings[len(leadings) // 4] if len(leadings) > 2 else 0
    centred = _is_centred(block)
    lines = [block[0]]
    for above, line in pairwise(block):
        apart = leading and line.baseline - above.baseline > 1.3 * leading
        if apart or above.is_row or line.is_row or _opens(above, line, left, right, centred):
            yield lines
            lines = []
        lines.append(line)
    yield lines


def _is_centred(block: Block) -> bool:
    centres = [(line.left + line.right) / 2 for line in block]
    lefts = [line.left for line in block]
    size = block[0].size
    return max(centres) - min(centres) < 0.5 * size and max(lefts) - min(lefts) > size


def _opens(above: Run, line: Run, left: float, right: float, centred: bool) -> bool:
    """Whether a line opens a paragraph below the line above it."""
    if _is_bolder(above, line) and not line.text[0].islower():
        return True
    if _BULLET.match(line.text) or (is_list_item(line.text) and has_stop(above.text)):
        return True
    if centred and not has_stop(above.text):
        return False
    indent, indent_above = line.left - left, above.left - left
    if indent < -INDENT * line.size and indent_above >= -0.5 * line.size:
        return has_stop(above.text)  # the lines below the first are indented
    if indent > INDENT * line.size and indent_above < 0.5 * line.size and has_stop(above.text):
        return True
    letter = (line.right - line.left) / len(line.text)
    word = letter * (len(line.text.split(" ", 1)[0]) + 1)
    room = right - max(above.right, above.left)
    return room > word + 1.5 * line.size and (has_stop(above.text) or not line.text[0].islower())


def _is_bolder(above: Run, line: Run) -> bool:
    """Whether a line is bold as a whole, and the one below it not at all."""
    return above.weight > BOLDER * line.weight > 0


def _goes_on(paragraph: Paragraph, block: Block, right: float) -> bool:
    """Whether the last paragraph of a block ends in the midst of a sentence, on a full line."""
    line = paragraph.lines[-1]
    if line.is_row or has_stop(line.text):
        return False
    width = right - min(each.left for each in block)
    words = median(len(each.text.split()) for each in block)
    return line.text.endswith("-") or (words >= 3 and right - line.right < 0.3 * width)


def _interrupted(
    first: Paragraph, found: Sequence[Paragraph], right: float, leading: float
) -> Paragraph | None:
    """The paragraph that the first one of a block goes on with, if there is one."""
    line = first.lines[0]
    if line.is_row or is_list_item(line.text):
        return None
    for back, paragraph in enumerate(reversed(found[-INTERRUPTED_BY:])):
        if not (paragraph.is_open and same_size(paragraph.lines[-1], line)):
            continue
        divided = paragraph.lines[-1].text.endswith("-")
        if line.text[0].islower() or divided:
            return paragraph
        # "… the mayor of" at the end of a column, "Tarnmouth said …" at the top of the next.
        is_full = len(first.lines) > 1 or right - line.right < 3 * line.size
        is_apart = paragraph.page == first.page and _is_apart(paragraph.lines[-1], line, leading)
        if back == 0 and is_full and not is_apart and len(line.text.split()) >= 3:
            return paragraph
    return None


def _is_apart(above: Run, line: Run, leading: float) -> bool:
    """Whether a line stands below another, with more white between them than lines leave."""
    distance = line.baseline - above.baseline
    is_below = min(above.right, line.right) > max(above.left, line.left)
    return is_below and distance > 1.3 * leading * line.size
