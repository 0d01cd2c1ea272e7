"""Turns → the words that all kinds of exports share, and what they show of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from rag.records import Answer, Turn
from rag.wording import counted

NEAREST = "Nearest articles. They do not answer the question."
UNSUPPORTED = "not found in the sources"

_NEAREST_COUNT = 3


def conversation_title(turns: Sequence[Turn]) -> str:
    """What a conversation is called: its question, or how many it has."""
    return turns[0].question if len(turns) == 1 else counted(len(turns), "question")


def searched_for_line(turn: Turn) -> str:
    """The stand-alone question that was searched for; empty where it is the one that was asked."""
    return "" if turn.searched_for == turn.question else f"Searched for: {turn.searched_for}"


def nearest_ids(answer: Answer) -> tuple[str, ...]:
    """The articles of the best hits, for an answer that was not found."""
    return tuple(dict.fromkeys(hit.chunk.article_id for hit in answer.hits))[:_NEAREST_COUNT]


def highlighted_parts(text: str, highlights: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    """A text and half-open spans of it → its parts in order, and whether each is one of these."""
    parts, at = [], 0
    for start, end in sorted(highlights):
        if at <= start < end <= len(text):
            parts += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [part for part in (*parts, (text[at:], False)) if part[0]]
