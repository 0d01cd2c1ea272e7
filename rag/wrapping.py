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

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WORD_START = re.compile(r"[^\W\d_]+")
_HYPHEN_AT_END = re.compile(r"((?<![\w-])\w+(?:-\w+)*)-$")
# Chinese and Japanese are written without spaces, Thai and Korean are not.
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_UNSPACED_DASH = re.compile(r"\w[—–/]$")
# Short ones can also end a word ("may-or", "mark-et"): there the second half has to follow.
_AFTER_SUSPENDED = re.compile(r"(?:and|und|oder|bis)\b|(?:or|to|et|ou|y|e|en|of)\s+\w+-\w")
_TENS = re.compile("(?:twen|thir|for|fif|six|seven|eigh|nine)ty")
_ONES = re.compile("one|two|three|four|five|six|seven|eight|nine|first|second|third|fifth|ninth")


def join_wrapped(lines: Sequence[str]) -> list[str]:
    """Lines → paragraphs: hard-wrapped lines are joined, all others stay as they are.

    Text is hard-wrapped where nearly every line is so full that the next word did not fit. List
    items, headings and the lines of verse are not.
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
    if not wrapped and not (narrow and len(pairs) <= MIN_FULL_LINES):
        return [line.strip() for block in blocks for line in block]
    width = width if wrapped else sys.maxsize  # no line is full: only small letters continue one
    words = words_in(lines)
    paragraphs: list[list[str]] = []
    for block in blocks:
        paragraphs.append([block[0]])
        for above, line in pairwise(block):
            if _continues(above, line, width):
                paragraphs[-1].append(line)
            else:
                paragraphs.append([line])
    return [join_lines(paragraph, words) for paragraph in paragraphs]


def words_in(lines: Sequence[str]) -> frozenset[str]:
    """Lines → the words in them in small letters, those with a hyphen inside as one.

    The last halves of these are in it too, with their hyphen ("-based").
    """
    words = frozenset(_WORD.findall("\n".join(lines).casefold()))
    return words | {f"-{word.rpartition('-')[2]}" for word in words if "-" in word}


def join_lines(lines: Sequence[str], words: frozenset[str], *, divided: bool = False) -> str:
    """The lines of one paragraph → the paragraph. ``words`` are those of the whole text.

    A hyphen at a line's end goes where the text has the word in one piece. Where words are
    ``divided`` at line ends, as in print, it stays only if the text has the word with the hyphen,
    or a word is never written without it ("twenty-five", "state-of-the-art").
    """
    parts = [lines[0].strip()]
    for line in lines[1:]:
        parts[-1], gap = _line_end(parts[-1], line.strip(), words, divided=divided)
        parts += [gap, line.strip()]
    return "".join(parts)


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


def _line_end(above: str, line: str, words: frozenset[str], *, divided: bool) -> tuple[str, str]:
    """A line and the one it runs on into → the line, and what goes between them."""
    if _UNSPACED.match(above[-1:]) and _UNSPACED.match(line):
        return above, ""
    found = _HYPHEN_AT_END.search(above[-80:])
    if not found:
        return above, "" if _UNSPACED_DASH.search(above) else " "
    rest = _WORD_START.match(line)
    start, end = found[1].casefold(), rest[0].casefold() if rest else ""
    if _AFTER_SUSPENDED.match(line):
        return above, " "  # "pre- and post-war"
    if not line[0].islower() or not start[-1].isalpha() or "/" in above.split()[-1]:
        return above, ""  # "Anglo-American", "a 10-year plan", an address
    if start + end in words:
        return above[:-1], ""
    if divided and not _is_compound(start, end, words):
        return above[:-1], ""
    return above, ""


def _is_compound(start: str, end: str, words: frozenset[str]) -> bool:
    """Whether two halves are written with a hyphen wherever they stand."""
    return (
        len(start) == 1  # "e-mail": no word is divided after one letter
        or "-" in start
        or f"{start}-{end}" in words
        or bool(_TENS.fullmatch(start) and _ONES.match(end))
        # "US-backed" elsewhere; shorter halves can be a syllable ("control-led").
        or (len(end) >= 5 and f"-{end}" in words and start in words)
    )
