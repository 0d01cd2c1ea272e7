"""Lines of text → paragraphs: hard-wrapped lines are joined, and words divided at their ends."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from itertools import pairwise

from rag.lines import has_stop, is_list_item

MIN_WIDTH, MAX_WIDTH = 30, 120
"""Characters per line between which text counts as hard-wrapped."""
MIN_FULL_LINES = 3
"""Fewer full lines than this can be short paragraphs that happen to be of one length."""


def join_wrapped(lines: Sequence[str], *, hyphens: bool = False) -> list[str]:
    """Lines → paragraphs: hard-wrapped lines are joined, all others stay as they are.

    Text is hard-wrapped where nearly every line is so full that the next word did not fit. List
    items, headings and the lines of verse are not. ``hyphens``: words are divided at line ends.
    """
    blocks = _blocks(lines)
    pairs = [
        (above, line)
        for block in blocks
        for above, line in pairwise(block)
        if not is_list_item(line.lstrip())
    ]
    lengths = sorted(len(above) for above, _ in pairs) or [0]
    width = lengths[int(0.9 * (len(lengths) - 1))]
    full = sum(_is_full(above, line, width) for above, line in pairs)
    narrow = MIN_WIDTH <= width <= MAX_WIDTH and lengths[-1] <= 2 * width
    wrapped = narrow and full >= max(MIN_FULL_LINES, 0.6 * len(pairs))
    if not wrapped and not (narrow and len(pairs) <= MIN_FULL_LINES) and not hyphens:
        return [line.strip() for block in blocks for line in block]
    width = width if wrapped else sys.maxsize  # no line is full: only small letters continue one
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", "\n".join(lines).casefold()))
    paragraphs: list[str] = []
    for block in blocks:
        parts = [block[0].strip()]
        for above, line in pairwise(block):
            if _continues(above, line, width):
                parts[-1], gap = _line_end(parts[-1], line.strip(), words, hyphens=hyphens)
                parts += [gap, line.strip()]
            else:
                paragraphs.append("".join(parts))
                parts = [line.strip()]
        paragraphs.append("".join(parts))
    return paragraphs


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    """Lines → the runs of them between blank lines."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.rstrip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted (with a tenth of tolerance)."""
    return len(line) + 1 + len(following.split(None, 1)[0]) > 0.9 * width


def _continues(above: str, line: str, width: int) -> bool:
    if is_list_item(line.lstrip()):
        return False
    if line[0].isspace() and not above[0].isspace() and has_stop(above):
        return False
    if _is_full(above, line, width):
        return True
    return line.lstrip()[0].islower() and (width < sys.maxsize or not has_stop(above))


def _line_end(above: str, line: str, words: set[str], *, hyphens: bool) -> tuple[str, str]:
    """A line and the one it runs on into → the line, and what goes between them.

    A hyphen at its end goes where the text has the word in one piece, or where words are divided
    and it has no such word with a hyphen.
    """
    found = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$", above[-80:])
    if not found or not line[0].islower():
        return above, " "
    rest = re.match(r"[^\W\d_]+", line)
    start, end = found[1].casefold(), rest[0].casefold() if rest else ""
    if start + end in words or (hyphens and f"{start}-{end}" not in words):
        return above[:-1], ""
    return above, ""
