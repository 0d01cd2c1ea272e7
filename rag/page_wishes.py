"""What is done with a turn of the conversation, as its buttons say it → the question and the wish
that it is asked again with.

The page's script sends the pressed button's id, with the text where one was edited, as JSON:

    ["ask", TEXT]             asks a new question
    ["again-TURN"]            asks the turn's question again
    ["edit-TURN", TEXT]       asks another question in its place
    ["search-TURN", TEXT]     searches for another text
    ["more-TURN"]             asks for more sentences
    ["drop-TURN-WHAT"]        leaves a filter out: days, sources, or the place of one source
    ["only-TURN"]             makes filters of the sources and the days that the question names
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace

from rag.page_answer import MOST_SENTENCES, preferred
from rag.page_conversation import Conversation, Exchange, Wish
from rag.records import Filters

_LONGEST = 100_000  # characters; the chatbot itself refuses questions that are too long
_MORE = 4  # sentences at a time
_BUTTON = re.compile(
    r"(again|edit|search|more|drop|only)-([1-9]\d{0,4})(?:-(days|sources|[1-9]\d{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question, and the turn that it is asked at; None for a new one."""

    question: str
    turn: int | None = None
    wish: Wish = field(default_factory=Wish)


def read_wanted(conversation: Conversation, value: object) -> Wanted | None:
    """What the script sent → what is wanted; None where it is nothing that a button sends."""
    name, text = _sent(value)
    if name == "ask":
        return Wanted(text) if text.strip() else None
    match = _BUTTON.fullmatch(name)
    exchange = conversation.exchange(int(match[2])) if match else None
    if match is None or exchange is None:
        return None
    turn, wish, question = int(match[2]), exchange.wish, exchange.question
    match match[1]:
        case "edit":
            question, wish = text, replace(wish, searched_for="", most=0)
        case "search":
            wish = replace(wish, searched_for=text, most=0)
        case "more":
            wish = replace(wish, most=_more(exchange))
        case "drop":
            wish = replace(wish, filters=_without(exchange, match[3] or ""))
        case "only":
            wish = replace(wish, filters=preferred(exchange.answer) if exchange.answer else None)
    if match[1] in ("edit", "search") and not text.strip():
        return None
    return Wanted(question, turn, wish)


def whole_characters(text: str) -> str:
    """A text without halves of characters, which no file and no page can hold."""
    return text.encode(errors="ignore").decode()


def _sent(value: object) -> tuple[str, str]:
    """A button's id and a text, both "" where something else was sent."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return "", ""
    try:
        sent = json.loads(value)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(sent, list) or not all(isinstance(part, str) for part in sent):
        return "", ""
    name, text = (*sent, "", "")[:2]
    return name, whole_characters(text)


def _more(exchange: Exchange) -> int:
    shown = len(exchange.answer.sentences) if exchange.answer else 0
    return min(MOST_SENTENCES, max(shown, _MORE, exchange.wish.most) + _MORE)


def _without(exchange: Exchange, what: str) -> Filters:
    """The filters that were in force without one of them."""
    filters = exchange.answer.filters if exchange.answer else Filters()
    if what == "days":
        return replace(filters, first_day=None, last_day=None)
    if what.isdecimal():
        at = int(what) - 1
        return replace(filters, sources=filters.sources[:at] + filters.sources[at + 1 :])
    return replace(filters, sources=())
