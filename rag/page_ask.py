"""Conversations: questions in, the chat's messages and the opened article out.

A conversation lives in the browser and comes back with each question, so it is read as anything
that comes from outside: what is not a conversation counts as an empty one. Nothing here imports
gradio; ``page`` wires these functions to what is on the screen.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from rag.chatbot import Chatbot
from rag.errors import ArticleUnknown, BroadsheetError
from rag.page_html import (
    Mark,
    answer_html,
    article_html,
    nearest_hits,
    problem_html,
    question_html,
    waiting_html,
)
from rag.records import Answer, Article, Citation, Turn, from_json, to_json
from rag.wording import excerpt

KEPT_EXCHANGES = 50
"""Older ones leave the conversation: all of it travels with each question."""

LONGEST_CONVERSATION = 2_000_000
"""In characters of JSON; 50 exchanges take about 200,000."""

LONGEST_PLACE = 4_000
"""In characters: a percent-encoded path of 1,000 letters of any script fits."""

UNKNOWN_PLACE = "There is nothing to open here. Ask again, or choose an article from the list."

UNEXPECTED = "Something went wrong that should not; the terminal says what. Try again."

_LOG = logging.getLogger(__name__)

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer, or with why there is none."""

    question: str
    answer: Answer | None
    problem: str = ""
    nearest: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was asked and answered, the oldest first. A turn's number is its 1-based place."""

    exchanges: tuple[Exchange, ...] = ()


def read_conversation(saved: object) -> Conversation:
    """What the browser kept → the conversation; an empty one where it is none."""
    if not isinstance(saved, str) or not saved or len(saved) > LONGEST_CONVERSATION:
        return Conversation()
    try:
        return from_json(Conversation, saved)
    except ValueError:
        return Conversation()


def messages(conversation: Conversation) -> list[Message]:
    """A conversation → the chat's messages."""
    shown = []
    for turn, exchange in enumerate(conversation.exchanges, 1):
        shown.append(_asked(exchange.question))
        if exchange.answer is None:
            shown.append(_replied(problem_html(exchange.problem)))
        else:
            near = (exchange.nearest, exchange.passages)
            shown.append(_replied(answer_html(exchange.answer, turn, *near)))
    return shown


def turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    """What was asked and answered → the turns that a later question may refer to."""
    return [
        Turn(e.question, e.answer.searched_for, e.answer.filters, e.answer)
        for e in exchanges
        if e.answer is not None
    ]


def waiting_messages(conversation: Conversation, question: str, line: str) -> list[Message]:
    """The same with a question that is being answered."""
    return [*messages(conversation), _asked(question), _replied(waiting_html(line))]


def _asked(question: str) -> Message:
    return {"role": "user", "content": question_html(question)}


def _replied(html: str) -> Message:
    return {"role": "assistant", "content": html}


class Desk:
    """Answers questions and opens what they cite. Safe to use from several threads."""

    def __init__(self, chatbot: Chatbot) -> None:
        self._chatbot = chatbot
        self.loaded = threading.Event()
        """Set once the model is loaded, or once it is known that it cannot be."""

    def waiting_line(self) -> str:
        """What a question that comes now has to wait for."""
        if not self.loaded.is_set():
            return "Loading the model…"
        if self._chatbot.settings.llm_model:
            return "Searching the articles, then asking the language model…"
        return "Searching the articles…"

    def ask(self, saved: object, question: object) -> Conversation:
        """A saved conversation and a question → the conversation with its answer."""
        *_, last = self.ask_streaming(saved, question)
        return last

    def ask_streaming(self, saved: object, question: object) -> Iterator[Conversation]:
        """The same as it comes: the answer so far, then whole."""
        conversation = read_conversation(saved)
        text = question if isinstance(question, str) else ""
        kept = conversation.exchanges[-(KEPT_EXCHANGES - 1) :]
        for exchange in self._exchanges(text, turns(kept)):
            yield Conversation((*kept, exchange))

    def _exchanges(self, question: str, history: Sequence[Turn]) -> Iterator[Exchange]:
        try:
            self.loaded.wait()
            for update in self._chatbot.ask_streaming(question, history=history):
                if update.answer is None:
                    continue
                answer = update.answer
                near = self._nearest(answer) if answer.status == "not_found" else ()
                # The page needs no more of the hits than it shows, and all of it travels.
                yield Exchange(
                    question,
                    replace(answer, hits=nearest_hits(answer)),
                    nearest=tuple(title for title, _ in near),
                    passages=tuple(passage for _, passage in near),
                )
        except BroadsheetError as error:
            yield Exchange(question[:500], None, problem=str(error))
        except Exception:
            _LOG.exception("A question could not be answered")
            yield Exchange(question[:500], None, problem=UNEXPECTED)

    def _nearest(self, answer: Answer) -> tuple[tuple[str, str], ...]:
        """(title, how the chunk begins) of the nearest articles."""
        chunks = [hit.chunk for hit in nearest_hits(answer)]
        articles = [self._chatbot.article(chunk.article_id) for chunk in chunks]
        return tuple(
            (article.title or article.id, excerpt(article, chunk))
            for article, chunk in zip(articles, chunks, strict=True)
        )

    # --- the source -------------------------------------------------------------------------

    def open(self, saved: object, place: object) -> str:
        """A place to open (see ``page_html``) → the article's HTML, or why there is none."""
        try:
            return self._open(read_conversation(saved), place)
        except ArticleUnknown:
            return problem_html("This article is no longer in the index.")
        except BroadsheetError as error:
            return problem_html(str(error))
        except Exception:
            _LOG.exception("An article could not be opened")
            return problem_html(UNEXPECTED)

    def _open(self, conversation: Conversation, place: object) -> str:
        if isinstance(place, str) and len(place) <= LONGEST_PLACE:
            if place.startswith("#a-"):
                return article_html(self._chatbot.article(unquote(place[3:])))
            match = re.fullmatch(r"#([cn])-([1-9]\d{0,5})-([1-9]\d{0,5})", place, re.ASCII)
            answer = _answer_of(conversation, int(match[2])) if match else None
            if match and answer:
                return self._open_of(answer, match[1], int(match[3]))
        return problem_html(UNKNOWN_PLACE)

    def _open_of(self, answer: Answer, kind: str, number: int) -> str:
        if kind == "n":
            hits = nearest_hits(answer)
            if number > len(hits):
                return problem_html(UNKNOWN_PLACE)
            chunk = hits[number - 1].chunk
            article = self._chatbot.article(chunk.article_id)
            return article_html(article, [(chunk.start, chunk.end, "near")])
        cited = next((c for c in answer.citations if c.number == number), None)
        if cited is None:
            return problem_html(UNKNOWN_PLACE)
        return cited_article_html(self._chatbot.article(cited.article_id), cited, answer.citations)


def _answer_of(conversation: Conversation, turn: int) -> Answer | None:
    if turn > len(conversation.exchanges):
        return None
    return conversation.exchanges[turn - 1].answer


def cited_article_html(article: Article, cited: Citation, citations: Sequence[Citation]) -> str:
    """The article with the cited sentence marked, and lighter those that its answer also cites.

    A rebuild may have changed the article since the answer: a quote that stands elsewhere now is
    marked there, one that is gone is not marked, and a line says so.
    """
    marks: list[Mark] = []
    place = _place_of(article, cited)
    if place is not None:
        marks.append((*place, "cited"))
    for other in citations:
        if other.article_id == article.id and other.number != cited.number:
            elsewhere = _place_of(article, other)
            if elsewhere is not None:
                marks.append((*elsewhere, "also"))
    note = "" if place else "The article has changed since; the sentence no longer stands in it."
    return article_html(article, marks, note)


def _place_of(article: Article, citation: Citation) -> tuple[int, int] | None:
    if not citation.quote:
        return None
    if article.text[citation.start : citation.end] == citation.quote:
        return citation.start, citation.end
    start = article.text.find(citation.quote)
    return None if start < 0 else (start, start + len(citation.quote))


def save(conversation: Conversation) -> str:
    """A conversation → what the browser keeps."""
    return to_json(conversation)
