"""Paragraphs as a word processor has them → paragraphs: text pasted in line by line is joined.

Such text has a paragraph for each of its lines, and an empty one between its real paragraphs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.lines import has_stop
from rag.wrapping import join_wrapped


def join_pasted(paragraphs: Sequence[str]) -> list[str]:
    """Paragraphs, empty ones among them → paragraphs, none empty.

    Only those are joined that stand between empty ones and mostly do not end as sentences do:
    short paragraphs can be of one length as well as lines can.
    """
    places = [at for at, line in enumerate(paragraphs) if line]
    lines = paragraphs[places[0] : places[-1] + 1] if places else []
    inner = [above for above, below in pairwise(lines) if above and below]
    if all(lines) or 2 * sum(map(has_stop, inner)) >= len(inner):
        return [line for line in lines if line]
    return join_wrapped(lines)
