"""A question → its parts: the clauses that each ask for something of their own.

"Did A report X, while B reported Y?" needs evidence of X and of Y, and no chunk has both. The cuts
are commas and the like, and words that join clauses; a piece with fewer than four words that carry
meaning says too little to be searched for and stays with its neighbour, unless it asks with a
question word of its own ("and who is the mayor?"). By pattern, not by grammar: a cut too many costs
a short search, a cut too few the evidence of a part.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from rag.chunking import Span

LEAST_WORDS = 4
MAX_PARTS = 8
"""A longer list is an enumeration; its tail is searched for as one."""

_CUT = re.compile(
    r"""[,;:—–?!]\s+
    | [,;:]?\s+(?:while|whereas|whilst|although|though|but|and|or|than|as\s+well\s+as
        |compared\s+(?:to|with)|according\s+to
        |as\s+(?:claimed|covered|described|discussed|mentioned|noted|per|reported|stated|suggested)
            \b(?:\s+(?:by|in))?)\s+
    | \.\s+(?=(?-i:[^\W\d_a-z]))""",
    re.IGNORECASE | re.VERBOSE,
)

# After a comma alone such a word mostly begins a relative clause ("the mayor, who resigned").
_ASKS = re.compile(
    r"(?:[,;:—–?!.]?\s+(?:and|but|or)|[?!.])\s+"
    r"(?:who|whom|whose|what|when|where|why|how|which)\b(?!\s+(?:other|else)\b)",
    re.IGNORECASE,
)

_CONJUNCTION = re.compile(r"(?:and|but|or)\s+", re.IGNORECASE)
_ASKS_BY_ITSELF = re.compile(
    r"(?:(?:in|on|at|to|from|by|for|with|of|since|until)\s+)?"
    r"(?:who|whom|whose|what|when|where|why|how|which)\b",
    re.IGNORECASE,
)


def as_question(part: str) -> str:
    """A part's text → the same as a question of its own, or "" where it asks nothing by itself."""
    text = _CONJUNCTION.sub("", part, count=1) if _CONJUNCTION.match(part) else part
    return text[:1].upper() + text[1:] if _ASKS_BY_ITSELF.match(text) else ""


def part_spans(text: str, word_count: Callable[[int, int], int]) -> list[Span]:
    """A question → the half-open spans of its parts, in order; together they are the text.

    ``word_count(start, end)`` tells how many words that carry meaning begin in a span. A question
    that is not divided is one span.
    """
    cuts = [0, *(m.start() for m in _CUT.finditer(text) if m.start()), len(text)]
    parts: list[Span] = []
    for start, end in itertools.pairwise(cuts):
        least = _least(text, start)
        before = word_count(*parts[-1]) if parts else 0
        if parts and (word_count(start, end) < least or before < least):
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    if len(parts) > 1 and word_count(*parts[-1]) < _least(text, parts[-1][0]):
        parts[-2:] = [(parts[-2][0], len(text))]
    if len(parts) > MAX_PARTS:
        parts[MAX_PARTS - 1 :] = [(parts[MAX_PARTS - 1][0], len(text))]
    return parts


def _least(text: str, start: int) -> int:
    return 1 if _ASKS.match(text, start) else LEAST_WORDS
