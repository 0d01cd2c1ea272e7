"""The nouns of Broadsheet, as frozen records; the only things that cross module borders.

All spans are half-open intervals of character positions in ``Article.text``. ``to_json`` and
``from_json`` turn any record into JSON and back without loss. Nothing here reads or computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter

Published = date | datetime | None
"""The day, or the zoned moment, an article says it was published; None where it does not say."""

FoundIn = Literal[
    "front matter", "header line", "JSON-LD", "meta tag", "page element", "page heading",
    "page title", "e-mail header", "document properties", "record field", "byline", "date line",
    "dateline", "credit line", "first line", "opening words", "file name", "url", "text", ""
]  # fmt: skip
"""Where a value was found; empty exactly where it was not. A file's own time is nowhere among
them: a copied folder would all be of today."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was read.

    ``path`` is the file's path below the articles folder, with ``/``; ``id`` is the same or,
    where a file holds several articles, ``path#name``. ``text`` is headline and body, without
    header lines and boilerplate; every span refers to it. ``notes`` are the half-open spans of
    its correction and update notes. ``*_from`` say where each value was found. ``encoding`` is
    how the bytes were spelt, and how that was found out; ``remarks`` say what could not be read.
    ``sha256`` is of the file's bytes, or of
    the article's line in a file of several; ``text_sha256`` is of ``text`` in UTF-8, both as 64
    hexadecimal digits.
    """

    id: str
    path: str
    title: str
    title_from: FoundIn
    text: str
    notes: tuple[tuple[int, int], ...]
    source: str
    source_from: FoundIn
    authors: tuple[str, ...]
    authors_from: FoundIn
    published: Published
    published_from: FoundIn
    url: str
    url_from: FoundIn
    language: str
    language_from: FoundIn
    encoding: str
    remarks: tuple[str, ...]
    sha256: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article without its text, for lists. ``words_only`` where its language is none of the
    model's, so that it is found by its words alone; ``copy_count`` is of other articles that are
    copies of it; ``failed`` where its file can no longer be read.
    """

    id: str
    title: str
    source: str
    published: Published
    published_from: FoundIn
    language: str
    character_count: int
    words_only: bool = False
    copy_count: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read as an article, and why. ``kept`` tells whether the text
    of an earlier build still stands in the index; ``sha256`` is of its bytes, empty where even
    they could not be read.
    """

    path: str
    reason: str
    kept: bool = False
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What of an article could not be read."""

    article_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of an article, as embedded and searched: ``article.text[start:end]``."""

    article_id: str
    ordinal: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found. ``score`` is in 0…1, higher is better: the odds of its holding
    evidence against the best one's, as the ranker sees them, or the cross-encoder's score where
    one is set. ``dense_rank`` and ``lexical_rank`` are 1-based places in the
    lists by meaning and by words, None where the list does not hold the chunk; ``cosine`` and
    ``bm25`` are the scores these lists go by, None where the chunk has none. ``reasons`` say in
    words why it is here; ``copies`` are the ids of articles that are copies of its article, which
    are not hits of their own.
    """

    chunk: Chunk
    score: float
    dense_rank: int | None
    lexical_rank: int | None
    cosine: float | None = None
    bm25: float | None = None
    reasons: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What the search was restricted to; empty means everything. Days are inclusive; undated
    articles stay, after all others.
    """

    sources: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class UnderstoodPeriod:
    """Days that a question names in the words ``text``, both included, None where it is open."""

    text: str
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question was found to ask for: sources and periods that weigh the hits, phrases that
    hits must have, the parts that were searched for each, whether the newest is wanted, and the
    phrases that stand in no article.
    """

    sources: tuple[str, ...] = ()
    periods: tuple[UnderstoodPeriod, ...] = ()
    quoted: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    newest: bool = False
    absent_phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found for a question, the best hit first. ``searched_for`` is the question as it
    was searched for, ``filters`` what the search was restricted to.
    """

    question: str
    searched_for: str
    filters: Filters
    understood: Understood
    hits: tuple[Hit, ...]
    generation: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in an article: ``article.text[start:end] == quote``, always. ``sha256`` is that of
    the article's file, so that a later reader can tell whether the file has changed.
    """

    number: int
    article_id: str
    title: str
    source: str
    published: Published
    start: int
    end: int
    quote: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of the answer. ``highlights`` are half-open spans in ``text``; ``reason`` says why
    a language model's sentence is unsupported.
    """

    text: str
    citation_numbers: tuple[int, ...]
    highlights: tuple[tuple[int, int], ...] = ()
    verdict: Literal["verbatim", "supported", "unsupported"] = "verbatim"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A word or phrase of the question that matters, and how many articles have it in any
    inflection. ``newest`` is the newest day of theirs, None where none is dated; ``more`` where the
    count is only the least that it can be; ``suggestion`` is the only word of the articles that
    differs from an absent one by a letter, or "".
    """

    term: str
    article_count: int
    newest: Published = None
    more: bool = False
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a question. Not finding is a value (``status``), not an error. The same
    index and question give the same record, so it holds no timings. ``confidence`` is the
    probability, 0…1, that the articles answer the question; ``notice`` says what else its reader
    has to know, as that the language model could not be reached.
    """

    question: str
    searched_for: str
    filters: Filters
    status: Literal["answered", "not_found"]
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    missing: tuple[Missing, ...]
    as_of: Published
    confidence: float
    method: Literal["extractive", "language model"]
    generation: int
    understood: Understood = Understood()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class AnswerUpdate:
    """How far an answer is. ``answer`` is None until there is a sentence to show, has what is
    checked of it while ``stage`` is "checking", and is whole with "done", which comes last.
    """

    stage: Literal["searching", "reading", "answering", "checking", "done"]
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation with its answer."""

    question: str
    searched_for: str
    filters: Filters
    answer: Answer


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns, the oldest first: what is exported, and read back."""

    turns: tuple[Turn, ...]


Verdict = Literal["verified", "moved", "changed", "gone"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a citation of the ``turn``-th answer, counted from 1, by the files as they
    are now.

    "verified": the quote stands at its place. "moved": it stands elsewhere in its article, or its
    file was renamed; white space may differ. "changed": its article is there, the quote is not in
    it. "gone": its article is not there, or cannot be read. ``article_id``, ``start`` and ``end``
    say where the quote stands now, empty and None where it does not. ``also_in`` are other articles
    in which it stands too, ``note`` what else is to be said.
    """

    turn: int
    citation: Citation
    verdict: Verdict
    article_id: str = ""
    start: int | None = None
    end: int | None = None
    also_in: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: ``done`` of ``total`` items of ``stage``; ``total`` 0 is unknown."""

    stage: Literal["reading", "embedding", "comparing", "indexing", "done"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. Counts are of articles unless they say otherwise; ``embedding_seconds``
    are without loading the model. ``words_only`` are (language, count) of the articles in
    languages the model does not cover; ``passed_over`` are (suffix, count) of files that are not
    read; ``repaired`` names what was found damaged and made anew.
    """

    folder: str
    generation: int
    article_count: int
    chunk_count: int
    new: int
    changed: int
    renamed: int
    deleted: int
    unchanged: int
    embedded_chunk_count: int
    words_only: tuple[tuple[str, int], ...]
    failures: tuple[Failure, ...]
    remarks: tuple[Remark, ...]
    passed_over: tuple[tuple[str, int], ...]
    seconds: float
    embedding_seconds: float
    repaired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildLog:
    """How the last build ended: with a ``report``, with an ``error``, or ``cancelled``. In UTC.
    ``folder`` is the last one that a build made the index of.
    """

    ended_at: datetime
    report: BuildReport | None = None
    error: str = ""
    cancelled: bool = False
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What the doctor looked at, and what it saw. ``remedy`` is a command, or a thing to do; one
    that is good may have it too: articles that were added since the last build are no fault.
    """

    about: str
    good: bool
    seen: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A file that was taken out of its folder and is kept beside the index. ``path`` is where it
    stood below ``folder``; ``token`` names it, the newest sorts last; ``removed_at`` is in UTC.
    """

    token: str
    path: str
    folder: str
    title: str
    byte_count: int
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a file holds that may become one of the folder: its name there, how many articles it
    has, the first that can be read, and, where none can, ``problem``: why not.
    """

    name: str
    article_count: int = 0
    first: Article | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """How the folder differs from the index, as article ids."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What the index holds. ``words_only`` are (language, count) of the articles in languages the
    model does not cover; ``copied_count`` is of articles that have copies; ``passed_over`` are
    (suffix, count) of files that the last build did not look into. ``built_at`` is in UTC;
    ``changes`` is None where the folder cannot be read (with the reason in ``folder_error``) or
    nobody asked for them.
    """

    index: str
    folder: str
    is_sample: bool
    generation: int
    built_at: datetime
    model: str
    model_sha256: str
    chunk_tokens: int
    article_count: int
    chunk_count: int
    sources: tuple[tuple[str, int], ...]
    undated_count: int
    copied_count: int
    words_only: tuple[tuple[str, int], ...]
    failures: tuple[Failure, ...]
    remarks: tuple[Remark, ...]
    passed_over: tuple[tuple[str, int], ...]
    changes: Changes | None
    folder_error: str = ""


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}  # making one costs more than using it


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def to_json(record: object, *, indent: int | None = None) -> str:
    """A record → its JSON."""
    return _adapter(type(record)).dump_json(record, indent=indent).decode()


def from_json(kind: type[R], text: str | bytes) -> R:
    """JSON → the record of that kind.

    Raises pydantic's ValidationError (a ValueError) that names the field where it is no such
    record.
    """
    record: R = _adapter(kind).validate_json(text)
    return record
