"""A conversation: what the browser keeps of it, the chat's messages, the turns for the chatbot.

It lives in the browser and comes back with each question, so it is read as anything that comes
from outside: what is not a conversation counts as an empty one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.page_answer import answer_html, question_html, unanswered_html, waiting_html
from rag.records import Answer, Filters, Turn, from_json, to_json

KEPT_EXCHANGES = 50
"""Older ones leave the conversation: all of it travels with each question."""

LONGEST_CONVERSATION = 2_000_000
"""In characters of JSON; 50 exchanges take about 400,000."""

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a question is to be answered. ``searched_for`` is what its reader wants to be searched
    for instead of it, or ""; ``filters`` None leaves them to the question; ``most`` sentences, 0
    for as many as usual.
    """

    searched_for: str = ""
    filters: Filters | None = None
    most: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer, or with why there is none; with both where it was asked again
    in vain. ``titles`` and ``passages`` are of the articles of the answer's hits and how these
    begin, in their order; passages only where the articles do not answer.
    """

    question: str
    answer: Answer | None
    problem: str = ""
    titles: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    wish: Wish = field(default_factory=Wish)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was asked and answered, the oldest first. A turn's number is its 1-based place."""

    exchanges: tuple[Exchange, ...] = ()

    def exchange(self, turn: int) -> Exchange | None:
        """That of a turn; None where the conversation has no such turn."""
        return self.exchanges[turn - 1] if 1 <= turn <= len(self.exchanges) else None

    def with_exchange(self, turn: int, exchange: Exchange) -> Conversation:
        """The same with another exchange at that turn, or after the last."""
        before, after = self.exchanges[: turn - 1], self.exchanges[turn:]
        return Conversation((*before, exchange, *after))


def read_conversation(saved: object) -> Conversation:
    """What the browser kept → the conversation; an empty one where it is none."""
    if not isinstance(saved, str) or not saved or len(saved) > LONGEST_CONVERSATION:
        return Conversation()
    try:
        return from_json(Conversation, saved)
    except ValueError:
        return Conversation()


def save(conversation: Conversation) -> str:
    """A conversation → what the browser keeps."""
    return to_json(conversation)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The turn that is being answered, and of its ``stages`` the one that is being done."""

    turn: int
    stages: tuple[str, ...]
    stage: str


def messages(conversation: Conversation, waiting: Waiting | None = None) -> list[Message]:
    """A conversation → the chat's messages."""
    shown = []
    for turn, exchange in enumerate(conversation.exchanges, 1):
        shown.append({"role": "user", "content": question_html(exchange.question)})
        asked = waiting if waiting and waiting.turn == turn else None
        shown.append({"role": "assistant", "content": _reply_html(exchange, turn, asked)})
    return shown


def _reply_html(exchange: Exchange, turn: int, waiting: Waiting | None) -> str:
    stages = waiting_html(waiting.stages, waiting.stage) if waiting else ""
    if exchange.answer is None:
        return stages or unanswered_html(exchange.problem, turn)
    return stages + answer_html(
        exchange.answer,
        turn,
        titles=exchange.titles,
        passages=exchange.passages,
        most=exchange.wish.most,
        problem=exchange.problem,
        growing=waiting is not None,
    )


def turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    """What was asked and answered → the turns that a later question may refer to."""
    return [
        Turn(e.question, e.answer.searched_for, e.answer.filters, e.answer)
        for e in exchanges
        if e.answer is not None
    ]
