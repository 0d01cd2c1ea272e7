"""A question → what it asks for: its words, names, quoted phrases, sources, periods and parts.

Deterministic and without a model. Words of grammar and of reporting ("what did … say about") are
in nearly every question about news and in nearly every article, so they tell nothing apart.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from rag.chunking import Span
from rag.errors import EmptyQuestion, QuestionTooLong
from rag.lexical import terms
from rag.periods import Period, read_periods, wants_newest
from rag.question_parts import LEAST_WORDS, as_question, part_spans
from rag.source_names import SourceMention, SourceNames

MAX_QUESTION_CHARACTERS = 2_000

_GRAMMAR = """
a about above according after again against all also am among an and another any are as at be
because been before being below between both but by can could did do does doing done down during
each either else ever every few for from further get gets getting give given gives go goes going
gone got had happen happened happening happens has have having he her here hers herself him
himself his how however i if in into is it its itself just let like many may me might mine more
most much must my myself nor not of off on once one only onto or other others ought our ours
ourselves out over own please same shall she should since so some such than that the their
theirs them themselves then there these they this those through to too toward towards under
until up upon us very was we were what whatever when where whether which while who whom whose
why will with within without would yet you your yours yourself doesn don didn isn aren wasn
weren hasn haven hadn wouldn couldn shouldn ll ve re
"""
_REPORTING = """
answer article articles ask asked asks call called calling calls claim claimed claims comment
commented comments describe described describes explain explained explains make makes made
making mention mentioned mentions name named names news note noted notes regarding remark
remarked remarks report reported reporting reports said say saying says speak spoke spoken state
stated states statement statements story stories talk talked tell telling tells think thinks
thought told word words
"""


_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
"""What a terminal takes as an order: colours, titles."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question, searched for on its own: its text, the words that carry its meaning
    (those of sources and periods left out), and the sources and periods named in it.
    """

    text: str
    words: tuple[str, ...]
    sources: frozenset[str]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was understood. ``words`` maps each term that carries meaning to the
    word as it was written, in order; ``names`` are those of them that are written as names;
    ``terms`` are all terms, for search; ``quoted`` are the phrases in double quotation marks.
    ``sources`` are those of the index that the ``publisher_count`` names of publishers may mean;
    ``parts`` has several entries or, where the question is not divided, none.
    """

    text: str
    terms: tuple[str, ...]
    words: dict[str, str]
    names: tuple[str, ...]
    quoted: tuple[str, ...] = ()
    sources: frozenset[str] = frozenset()
    publisher_count: int = 0
    periods: tuple[Period, ...] = ()
    parts: tuple[Part, ...] = ()
    newest: bool = False


_CALENDAR = """
January February March April May June July August September October November December Jan Feb Mar
Apr Jun Jul Aug Sep Sept Oct Nov Dec Monday Tuesday Wednesday Thursday Friday Saturday Sunday
"""


@cache
def _calendar_terms() -> frozenset[str]:
    return frozenset(terms(_CALENDAR))


@cache
def _stop_terms() -> frozenset[str]:
    return frozenset(terms(_GRAMMAR)) | frozenset(terms(_REPORTING))


def read_question(
    text: str,
    *,
    sources: SourceNames | None = None,
    today: date | None = None,
    newest: date | None = None,
) -> Question:
    """What a person typed → a Question.

    ``sources`` are those of the index; ``today`` is what "last week" refers to, by default the
    machine's day; ``newest`` is the day of the index's newest article. Raises EmptyQuestion where
    there is no word in it, and QuestionTooLong above 2,000 characters.
    """
    text = clean(text)
    if len(text) > MAX_QUESTION_CHARACTERS:
        raise QuestionTooLong(
            f"The question has {len(text):,} characters; shorten it to {MAX_QUESTION_CHARACTERS:,}."
        )
    found = terms(text)
    if not found:
        raise EmptyQuestion("The question has no word in it; type what you want to know.")
    # A mark of a rare script that WORD takes for a gap would make a word that no search finds.
    words = {term: word for term, word in _words(text).items() if term in set(found)}
    mentions = sources.mentions(text) if sources else ()
    periods = read_periods(text, today or date.today(), newest)
    names = _names(text, words)
    return Question(
        text,
        tuple(found),
        words,
        names,
        _quoted(text, mentions),
        frozenset(name for mention in mentions for name in mention.sources),
        len({mention.sources for mention in mentions}),
        periods,
        _parts(text, words, mentions, periods, names),
        wants_newest(text),
    )


# Double quotation marks of several languages; single ones are apostrophes as often.
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{2,200})[\"“”„«»]")


def _quoted(text: str, mentions: tuple[SourceMention, ...]) -> tuple[str, ...]:
    """The phrases in double quotation marks, but for the names of sources."""
    phrases = (
        match[1].strip()
        for match in _QUOTED.finditer(text)
        if terms(match[1]) and not any(match.start() <= m.start < match.end() for m in mentions)
    )
    return tuple(dict.fromkeys(phrases))


def _parts(
    text: str,
    with_meaning: Collection[str],
    mentions: tuple[SourceMention, ...],
    periods: tuple[Period, ...],
    names: tuple[str, ...],
) -> tuple[Part, ...]:
    """``with_meaning`` and ``names`` are terms of the whole question: a short part without a name
    ("and who is the mayor?") is searched for with those of the parts before it; where these have
    none, with their words.
    """
    named: list[Span] = [(m.start, m.end) for m in mentions] + [(p.start, p.end) for p in periods]
    places = [
        (match.start(), term)
        for match in WORD.finditer(text)
        if not any(start <= match.start() < end for start, end in named)
        for term in _terms_with_meaning(match.group())
        if term in with_meaning
    ]
    starts = [place for place, _ in places]
    spans = part_spans(text, lambda a, b: bisect_left(starts, b) - bisect_left(starts, a))
    if len(spans) < 2:
        return ()
    parts = []
    for start, end in spans:
        words = dict.fromkeys(term for place, term in places if start <= place < end)
        if len(words) < LEAST_WORDS and not words.keys() & set(names):
            before = [term for place, term in places if place < start]
            words |= dict.fromkeys([term for term in before if term in names] or before)
        parts.append(
            Part(
                text[start:end].strip(" ,;:?!—–"),
                tuple(words),
                frozenset(s for m in mentions if start <= m.start < end for s in m.sources),
                tuple(p for p in periods if start <= p.start < end),
            )
        )
    return tuple(parts)


def separate_questions(question: Question) -> tuple[Question, ...]:
    """A question → the questions in it, each with its words alone ("How tall is the lighthouse, and
    who keeps it?"); itself where not every part asks by itself.
    """
    texts = [as_question(part.text) for part in question.parts]
    if not texts or not all(texts):
        return (question,)
    return tuple(
        replace(
            question,
            text=text,
            terms=tuple(terms(text)),
            words={term: w for term, w in question.words.items() if term in part.words},
            names=tuple(name for name in question.names if name in part.words),
            sources=part.sources,
            periods=part.periods,
            parts=(),
        )
        for text, part in zip(texts, question.parts, strict=True)
    )


def clean(text: str) -> str:
    """Text as typed → one line, without control characters and lone surrogates."""
    text = _TERMINAL.sub(" ", text.encode("utf-8", "ignore").decode())
    text = "".join(c for c in text if c.isspace() or not unicodedata.category(c).startswith("C"))
    return " ".join(unicodedata.normalize("NFC", text).split())


# What `terms` takes for words. Python's \w leaves out the marks that stand on letters in Hebrew,
# Arabic, the Indian scripts, Thai, Lao, Burmese and Khmer, and the joiners that Persian puts in.
WORD = re.compile(
    r"\d+(?:[.,]\d+)*|[\w\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670"
    r"\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u0eb1-\u0ece\u102b-\u109d\u17b4-\u17d3\u200c\u200d]+"
)


@dataclass(frozen=True, slots=True)
class WordPlace:
    """A word of a text at ``text[start:end]``; ``terms`` are empty where it carries no meaning."""

    word: str
    start: int
    end: int
    terms: tuple[str, ...]


def word_places(text: str) -> list[WordPlace]:
    """A text → its words in order, those of grammar and reporting with them."""
    return [
        WordPlace(match.group(), match.start(), match.end(), tuple(_terms_with_meaning(match[0])))
        for match in WORD.finditer(text)
    ]


def _words(text: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for match in WORD.finditer(text):
        for term in _terms_with_meaning(match.group()):
            words.setdefault(term, match.group())
    return words


def _terms_with_meaning(word: str) -> list[str]:
    # A single letter is an initial or what an apostrophe left over.
    return [t for t in terms(word) if t not in _stop_terms() and (len(t) > 1 or t.isdigit())]


def _names(text: str, words: dict[str, str]) -> tuple[str, ...]:
    """The terms written with a capital letter amid the question. Days and months are not: an
    article has them in its date, without the word. In a question typed in capitals, or with a
    capital to each word, capitals mark nothing.
    """
    grammar = [word for word in text.split()[1:] if set(terms(word)) & _stop_terms()]
    if text.isupper() or 2 * sum(word[0].isupper() for word in grammar) > len(grammar):
        return ()
    return tuple(
        term
        for term, word in words.items()
        if word[0].isupper() and not text.startswith(word) and term not in _calendar_terms()
    )
