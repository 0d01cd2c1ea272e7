"""A program's call, as JSON values → the record it asks for; every argument is checked.

The endpoints and the tools are two doors to the same room: ``page_api`` and ``mcp_server`` only
pass on what came and what is given back. Nothing here knows how either of them is spoken to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date

from rag.chatbot import Chatbot
from rag.errors import ArgumentInvalid
from rag.extractive import HIT_COUNT
from rag.records import Answer, Article, Filters, SearchResult, Status, Turn
from rag.saved_answers import read_turns
from rag.sentence_choice import MAX_SENTENCES

MOST_SENTENCES = 12
MOST_HITS = 100
MOST_SOURCES = 100
LONGEST_TEXT = 20_000
"""In characters, of a question or an article's id; the chatbot says where a question is too long
for it, but does not have to read megabytes first."""

LONGEST_HISTORY = 50
"""In turns. The page keeps as many."""

_SHOWN_CHARACTERS = 60


class Calls:
    """What programs may ask of a chatbot. None is an argument that is not given. Safe to use from
    several threads.

    Every method raises ArgumentInvalid where an argument is of the wrong type or out of its
    bounds, AnswerUnreadable for a turn of the history that is none, and what the chatbot raises.
    """

    def __init__(self, chatbot: Chatbot) -> None:
        self._chatbot = chatbot

    def ask(
        self,
        question: object,
        history: object = None,
        sources: object = None,
        first_day: object = None,
        last_day: object = None,
        all_articles: object = None,
        today: object = None,
        sentences: object = None,
    ) -> Answer:
        """The answer. ``history`` are the earlier answers or turns of the conversation."""
        return self._chatbot.ask(
            _text("question", question),
            history=_history(history),
            filters=_filters(sources, first_day, last_day, all_articles),
            today=_day("today", today),
            most=_whole("sentences", sentences, MAX_SENTENCES, MOST_SENTENCES),
        )

    def search(
        self,
        question: object,
        count: object = None,
        sources: object = None,
        first_day: object = None,
        last_day: object = None,
        all_articles: object = None,
        today: object = None,
    ) -> SearchResult:
        """What was understood, and the chunks that may answer."""
        return self._chatbot.search(
            _text("question", question),
            _whole("count", count, HIT_COUNT, MOST_HITS),
            filters=_filters(sources, first_day, last_day, all_articles),
            today=_day("today", today),
        )

    def article(self, article_id: object) -> Article:
        """The article as indexed."""
        return self._chatbot.article(_text("article_id", article_id))

    def status(self, with_changes: object = None) -> Status:
        """What the index holds; ``with_changes`` reads every file of the folder."""
        return self._chatbot.status(with_changes=_flag("with_changes", with_changes, default=True))


def excerpts(chatbot: Chatbot, found: SearchResult) -> list[str]:
    """A text for each hit, as a record has only its place: where it stands, then the chunk."""
    texts = []
    for hit in found.hits:
        article = chatbot.article(hit.chunk.article_id)
        named = [article.title, article.source]
        if article.published:
            named.append(f"{article.published:%Y-%m-%d}")
        head = ", ".join(" ".join(each.split()) for each in named if each)
        place = f"{article.id}, characters {hit.chunk.start} to {hit.chunk.end}"
        texts.append(f"{head} ({place}):\n{article.text[hit.chunk.start : hit.chunk.end]}")
    return texts


# --- arguments ------------------------------------------------------------------------------


def _shown(value: object) -> str:
    """A value as it came, on one line and short."""
    text = ascii(value[:_SHOWN_CHARACTERS] if isinstance(value, str) else value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise ArgumentInvalid(f"{name} has to be a text; it is {_shown(value)}.")
    if len(value) > LONGEST_TEXT:
        raise ArgumentInvalid(
            f"{name} has {len(value):,} characters; shorten it to {LONGEST_TEXT:,} at most."
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        found = ascii(value[error.start])
        raise ArgumentInvalid(
            f"{name} holds {found}, half of a character, at place {error.start}; leave it out."
        ) from None
    return value


def _whole(name: str, value: object, default: int, most: int) -> int:
    if value is None:
        return default
    # JSON has one kind of number, and some programs write each as 3.0.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise ArgumentInvalid(
            f"{name} has to be a whole number from 1 to {most}; it is {_shown(value)}."
        )
    return value


def _flag(name: str, value: object, *, default: bool) -> bool:
    if value is None:
        return default
    if not isinstance(value, bool):
        raise ArgumentInvalid(f"{name} has to be true or false; it is {_shown(value)}.")
    return value


def _day(name: str, value: object) -> date | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            return date.fromisoformat(value)
    except ValueError:
        pass  # the 31st of February
    raise ArgumentInvalid(
        f"{name} has to be a day, written year, month and day, as in 2024-05-03; "
        f"it is {_shown(value)}."
    )


def _filters(
    sources: object, first_day: object, last_day: object, all_articles: object
) -> Filters | None:
    """None, where nothing is given, leaves it to what the question says."""
    names = _sources(sources)
    first, last = _day("first_day", first_day), _day("last_day", last_day)
    everything = _flag("all_articles", all_articles, default=False)
    given = bool(names or first or last)
    if everything and given:
        raise ArgumentInvalid(
            "all_articles searches all, sources, first_day and last_day some; leave one of "
            "them out."
        )
    if first and last and first > last:
        raise ArgumentInvalid(f"first_day {first} is after last_day {last}; swap them.")
    return Filters(names, first, last) if given or everything else None


def _sources(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ArgumentInvalid(
            f'sources has to be a list of names, as in ["Reuters"]; it is {_shown(value)}.'
        )
    if len(value) > MOST_SOURCES:
        raise ArgumentInvalid(f"sources has {len(value):,} names; {MOST_SOURCES} are the most.")
    return tuple(_text(f"sources[{at}]", name) for at, name in enumerate(value))


def _history(value: object) -> Sequence[Turn]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ArgumentInvalid(
            "history has to be a list of the conversation's earlier answers, as they came, the "
            f"oldest first; it is {_shown(value)}."
        )
    if len(value) > LONGEST_HISTORY:
        raise ArgumentInvalid(
            f"history has {len(value):,} answers; {LONGEST_HISTORY} are the most, "
            "leave the oldest out."
        )
    return [_turn(f"history[{at}]", each) for at, each in enumerate(value)]


def _turn(name: str, value: object) -> Turn:
    """An Answer record or a Turn record → the turn. Raises AnswerUnreadable."""
    if isinstance(value, dict) and "answer" in value:
        value = {"turns": [value]}
    try:
        turns = read_turns(json.dumps(value).encode(), name)
    except RecursionError:
        raise ArgumentInvalid(f"{name} is nested deeper than any answer.") from None
    if len(turns) != 1:
        raise ArgumentInvalid(f"{name} holds {len(turns)} turns; give each as an item of its own.")
    return turns[0]
