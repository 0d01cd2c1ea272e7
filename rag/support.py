"""A generated sentence and what it cites → the sentences there that support it, or why none do.

Looked up in them: its numbers, dates, names, quotations, whether it denies what they say, and
the share of its words that carry meaning. As few sentences are taken as support it. Only what is
written is compared: a figure that would have to be added up, and a name known from elsewhere, are
"not found in the sources". What two names do to each other, and synonyms, are beyond this check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rag.content_words import content
from rag.figures import read_figures, states
from rag.lexical import terms
from rag.records import Published
from rag.stated_dates import StatedDate, read_dates, relative_words, states_date, weekdays
from rag.stated_names import KnownNames, unknown_names

LEAST_SHARE = 0.55
"""Of a sentence's words that carry meaning, how much must stand in the texts."""

NO_CITATION = "it cites no source"
OTHER_WORDS = "its words are not in the source that it cites"
_MOST_SENTENCES = 4  # to one generated; a click is to show the place and not a page
_NOT_FOUND = "not found in the sources: {}"

_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{2,400})[\"“”„«»]|(?<!\w)‘([^‘’]{2,400})’(?!\w)")
_NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|neither|nor|without|cannot)\b|n['’]t\b", re.IGNORECASE
)
_AFTER_NEGATION = 3  # words that carry meaning; farther away it denies something else


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an article that a generated one may rest on. ``about`` are the article's title
    and publisher, whose words count as stated, as does the day of publication.
    """

    text: str
    about: tuple[str, ...] = ()
    published: Published = None


@dataclass(frozen=True, slots=True)
class Support:
    """What a sentence rests on: places in the list of statements, ascending. ``reason`` says why it
    is not supported, and is empty where it is.
    """

    places: tuple[int, ...]
    reason: str = ""


def find_support(sentence: str, statements: Sequence[Statement]) -> Support:
    """A generated sentence and the sentences that it may rest on → the fewest of them that support
    it, as far as taking the one that adds most each time finds them, or why they do not.
    """
    if reason := _reason_over(sentence, statements, range(len(statements))):
        return Support((), reason)
    weights = _weights(sentence)
    words = [frozenset(content(statement.text)) for statement in statements]
    places: list[int] = []
    uncovered = set(weights)
    reason = OTHER_WORDS
    while len(places) < _MOST_SENTENCES:
        gains = [sum(weights[w] for w in uncovered & here) for here in words]
        best = max(range(len(gains)), key=lambda place: gains[place], default=-1)
        if best < 0 or gains[best] == 0:
            break
        places.append(best)
        uncovered -= words[best]
        reason = _reason_over(sentence, statements, places)
        if not reason:
            return Support(tuple(sorted(places)))
    # A figure in another notation shares no word: "2.5 million" and "2,500,000".
    for place in range(len(statements)):
        more = [*places, place]
        if place not in places and not _reason_over(sentence, statements, more):
            return Support(tuple(sorted(more)))
    return Support((), reason)


def _weights(sentence: str) -> dict[str, int]:
    """The words that carry meaning → how much each is worth; names and figures most."""
    weights = dict.fromkeys(content(sentence), 1)
    for word in re.findall(r"\b[A-Z0-9][\w.,]*", sentence):
        weights |= dict.fromkeys(content(word), 3)
    return weights


def _reason_over(sentence: str, statements: Sequence[Statement], places: Sequence[int]) -> str:
    taken = [statements[place] for place in sorted(places)]
    about = dict.fromkeys(text for statement in taken for text in statement.about)
    days = dict.fromkeys(statement.published for statement in taken)
    return unsupported_reason(sentence, Evidence([s.text for s in taken], tuple(about), days))


class Evidence:
    """Texts that a sentence cites, read once. ``published`` are their articles' days, which count
    as stated; ``about`` are titles and publishers, whose words do too.
    """

    def __init__(
        self,
        texts: Sequence[str],
        about: Sequence[str] = (),
        published: Iterable[Published] = (),
    ) -> None:
        every = [_plain(text) for text in (*texts, *about)]
        days = [day for day in published if day is not None]
        whole = "\n".join(every)
        self.terms = frozenset(terms(whole))
        self.names = KnownNames(every)
        self.figures = read_figures(whole)
        self.dates = [*read_dates(whole), *(_stated(day) for day in days)]
        self.weekdays = weekdays(whole)
        self.words = f" {' '.join(_words(whole))} "
        self.years = {
            int(value)
            for figure in self.figures
            for value in figure.values
            if figure.unit == "" and value == value.to_integral_value() and 1000 <= value < 3000
        }
        self.years |= {date.year for date in read_dates(whole) if date.year is not None}
        # The year of publication may complete a day that a text states without one, but that
        # anything happened in it is not said.
        self.years_of_days = self.years | {day.year for day in days}
        self.denials = _denials("\n".join(_plain(text) for text in texts))

    def has_words(self, text: str) -> bool:
        """Whether the words stand in the texts one after the other, whatever stands between."""
        words = " ".join(_words(text))
        return not words or f" {words} " in self.words


def unsupported_reason(sentence: str, evidence: Evidence) -> str:
    """Why the sentence is not supported; "" where it is. What is wrong beyond doubt comes first."""
    sentence = _plain(sentence)
    checks: tuple[Callable[[str, Evidence], list[str]], ...] = (
        _unknown_quotations,
        _unknown_dates,
        _unknown_figures,
        _unknown_names,
    )
    for check in checks:
        if found := check(sentence, evidence):
            named = ", ".join(f"“{text}”" for text in dict.fromkeys(found))
            return _NOT_FOUND.format(named)
    if turned := _turned(sentence, evidence):
        return turned
    return OTHER_WORDS if share(sentence, evidence) < LEAST_SHARE else ""


def share(sentence: str, evidence: Evidence) -> float:
    """The share, 0…1, of the sentence's words that carry meaning which stand in the texts; 1 where
    it has none. Figures, which may be written otherwise there, are looked at for themselves.
    """
    for figure in reversed(read_figures(sentence)):
        sentence = f"{sentence[: figure.start]} {sentence[figure.end :]}"
    words = set(content(sentence))
    return len(words & evidence.terms) / len(words) if words else 1.0


def _unknown_quotations(sentence: str, evidence: Evidence) -> list[str]:
    found = []
    for match in _QUOTED.finditer(sentence):
        quoted = match[1] or match[2]
        pieces = re.split(r"\.\.\.|…|\[[^\]]*\]", quoted)
        if not all(evidence.has_words(piece) for piece in pieces):
            found.append(quoted)
    return found


def _unknown_dates(sentence: str, evidence: Evidence) -> list[str]:
    dates = [
        date.text
        for date in read_dates(sentence)
        if not states_date(evidence.dates, evidence.years_of_days, date)
    ]
    days = sorted(weekdays(sentence) - evidence.weekdays)
    relative = [words for words in relative_words(sentence) if not evidence.has_words(words)]
    return [*dates, *days, *relative]


def _unknown_figures(sentence: str, evidence: Evidence) -> list[str]:
    dates = read_dates(sentence)
    return [
        figure.text
        for figure in read_figures(sentence)
        if not any(date.start <= figure.start < date.end for date in dates)
        and not states(evidence.figures, figure)
        and not (figure.unit == "" and any(value in evidence.years for value in figure.values))
    ]


def _unknown_names(sentence: str, evidence: Evidence) -> list[str]:
    return unknown_names(sentence, evidence.names)


def _denials(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """A text → the terms that stand shortly after a negation, and those that stand elsewhere."""
    denied: set[str] = set()
    plain: set[str] = set()
    for clause in re.split(r"[.!?;:,\n]|\bbut\b", text):
        affirmed, *after_negations = _NEGATION.split(clause)
        plain |= set(content(affirmed))
        for after in after_negations:
            words = content(after)
            denied |= set(words[:_AFTER_NEGATION])
            plain |= set(words[_AFTER_NEGATION:])
    return frozenset(denied), frozenset(plain)


def _turned(sentence: str, evidence: Evidence) -> str:
    """Whether the sentence denies a word that the texts only affirm, or affirms the word that they
    only deny.
    """
    denied, plain = _denials(sentence)
    there_denied, there_plain = evidence.denials
    if denied and not denied & there_denied and denied & there_plain:
        return "the sources say it without “not”"
    if plain & (there_denied - there_plain) and not denied:
        return "the sources say it with “not”"
    return ""


def _stated(day: Published) -> StatedDate:
    assert day is not None
    plain = day.date() if isinstance(day, datetime) else day
    return StatedDate(plain.isoformat(), 0, 0, plain.year, plain.month, (plain.day,))


def _plain(text: str) -> str:
    """Text with one kind of space, and quotation marks as typesetters write them."""
    return re.sub(r"[ \t\u00a0\u202f]+", " ", text.replace("``", "“").replace("''", "”"))


def _words(text: str) -> list[str]:
    """The words in one case, without the ending of a possessive."""
    return re.findall(r"\w+", re.sub(r"\s?['’]s\b|['’]", "", text.casefold()))
