"""A place that was clicked → the article there with its marks, what stands above it, and whether
the article's file still has the cited sentence.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from rag.chatbot import Chatbot
from rag.errors import ArticleUnknown, BroadsheetError
from rag.page_article import Mark, article_html
from rag.page_ask import UNEXPECTED
from rag.page_conversation import Conversation, read_conversation
from rag.page_html import escaped, one_line, problem_html
from rag.records import Answer, Article, Citation, Verification
from rag.wording import verification_lines

LONGEST_PLACE = 4_000
"""In characters: a percent-encoded path of 1,000 letters of any script fits."""

UNKNOWN_PLACE = "There is nothing to open here. Ask again, or choose an article from the list."

_BADGES = {
    "verified": "Verified: the file has this sentence here",
    "moved": "Moved: the file has this sentence elsewhere",
    "changed": "Changed: the file no longer has this sentence",
    "gone": "Gone: the article’s file is not there",
}

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Place:
    """The citation or the hit of an answer that a link names."""

    answer: Answer
    citation: Citation | None
    hit: int = 0


class Reader:
    """Opens what the chat and the lists link to. Safe to use from several threads."""

    def __init__(self, chatbot: Chatbot) -> None:
        self._chatbot = chatbot

    def open(self, saved: object, place: object) -> tuple[str, str]:
        """A place to open (see ``page_html``) → what stands above the article, and the article;
        or why there is none.
        """
        conversation = read_conversation(saved)
        try:
            found = _place(conversation, place)
            return bar_html(found, place), self._open(found, place)
        except ArticleUnknown:
            return bar_html(None), problem_html("This article is no longer in the index.")
        except BroadsheetError as error:
            return bar_html(None), problem_html(str(error))
        except Exception:
            _LOG.exception("An article could not be opened")
            return bar_html(None), problem_html(UNEXPECTED)

    def _open(self, found: _Place | None, place: object) -> str:
        if found is not None and found.citation is not None:
            cited = found.citation
            article = self._chatbot.article(cited.article_id)
            return cited_article_html(article, cited, found.answer.citations)
        if found is not None:
            chunk = found.answer.hits[found.hit - 1].chunk
            article = self._chatbot.article(chunk.article_id)
            return article_html(article, [(chunk.start, chunk.end, "near")])
        if isinstance(place, str) and place.startswith("#a-") and len(place) <= LONGEST_PLACE:
            return article_html(self._chatbot.article(unquote(place[3:])))
        return problem_html(UNKNOWN_PLACE)

    def verify(self, saved: object, place: object) -> str:
        """Reads the file of a cited article again → whether it still has the sentence; empty where
        the place is no citation.
        """
        try:
            found = _place(read_conversation(saved), place)
            if found is None or found.citation is None:
                return ""
            alone = replace(found.answer, citations=(found.citation,))
            (verification,) = self._chatbot.verify([alone], quick=True)
            return badge_html(verification, str(place))
        except BroadsheetError as error:
            return f'<p class="badge gone" role="status">{escaped(str(error))}</p>'
        except Exception:
            _LOG.exception("A citation could not be verified")
            return f'<p class="badge gone" role="status">{escaped(UNEXPECTED)}</p>'


def _place(conversation: Conversation, place: object) -> _Place | None:
    if not isinstance(place, str) or len(place) > LONGEST_PLACE:
        return None
    match = re.fullmatch(r"#([ch])-([1-9]\d{0,5})-([1-9]\d{0,5})", place, re.ASCII)
    exchange = conversation.exchange(int(match[2])) if match else None
    if match is None or exchange is None or exchange.answer is None:
        return None
    answer, number = exchange.answer, int(match[3])
    if match[1] == "c":
        cited = next((c for c in answer.citations if c.number == number), None)
        return _Place(answer, cited) if cited else None
    return _Place(answer, None, number) if number <= len(answer.hits) else None


def bar_html(found: _Place | None, place: object = "") -> str:
    """What stands above the article: the way back, which citation it is, and the way to the next
    and to the one before.
    """
    back = '<a class="close" href="#close">Back</a>'
    if found is None or found.citation is None:
        return f'<div class="bar-of-reader">{back}</div>'
    numbers = [citation.number for citation in found.answer.citations]
    at, turn = numbers.index(found.citation.number), str(place).split("-")[1]
    steps = "".join(
        f'<button class="step" id="{name}" title="{label} ({key})"'
        f"{'' if 0 <= to < len(numbers) else ' disabled'}"
        f' aria-label="{label}">{arrow}</button>'
        for name, label, key, to, arrow in (
            ("previous-citation", "Previous citation", "[", at - 1, "&#8592;"),
            ("next-citation", "Next citation", "]", at + 1, "&#8594;"),
        )
    )
    if len(numbers) == 1:
        steps = ""
    return (
        f'<div class="bar-of-reader">{back}<span class="which">Citation {found.citation.number} '
        f'of {len(numbers)}</span><span class="steps" id="steps-{turn}">{steps}</span></div>'
    )


def badge_html(found: Verification, place: str) -> str:
    """What became of the cited sentence by its file as it is now. ``place`` is the link's."""
    _, *more = verification_lines(found)
    title = f' title="{one_line("; ".join(more))}"' if more else ""
    note = f": {one_line(more[0])}" if more and found.verdict != "verified" else ""
    return (
        f'<p class="badge {found.verdict}" role="status" id="badge-{escaped(place[1:])}"{title}>'
        f"<strong>{escaped(_BADGES[found.verdict].split(':')[0])}</strong>"
        f"{escaped(':' + _BADGES[found.verdict].split(':')[1])}{note}</p>"
    )


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
