"""A question and a sentence of its answer → the words in it that answer, where that is clear.

A name, a time, a number with its unit, a place or a quotation; none where the question asks for
something else, where several spans fit about as well, or none for certain. Never words of the
question. What is clear enough was measured: see "Highlights" in docs/quality.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.asked_kinds import Asked, Expected, read_asked
from rag.asked_nouns import role_nouns
from rag.chunking import Span
from rag.expected_answers import expected_spans
from rag.lexical import terms

_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_PLAIN = frozenset(
    terms(
        "the a an of in on at to for is was were are be by with and or had has have did does do "
        "who which what that it its he his she her they their when where how many much year"
    )
)
_CLEAR = 1.3  # times as near as the next; 1 gave 0.75 right, 1.5 no more than this


def highlights(question: str, sentence: str) -> tuple[Span, ...]:
    """Half-open spans of ``sentence``, in order, two at most: the words that answer."""
    asked = read_asked(question)
    found = expected_spans(asked, sentence)
    if asked.kind == "person or body":
        chosen = _who(question, asked, found, sentence)
    elif asked.kind == "place":
        chosen = _where(question, asked, found, sentence)
    elif asked.kind in ("time", "number"):
        chosen = _nearest(asked, _figures(asked, found, sentence), sentence)
    elif asked.kind == "quotation":
        chosen = _said(found, sentence)
    else:
        chosen = []
    if asked.kind == "number":  # "the 117th minute" is no number of minutes
        chosen = [one for one in chosen if not _ORDINAL.match(sentence, one.end)]
    spans = (_trimmed(asked, one, sentence) for one in chosen if one.certain)
    return tuple(span for span in spans if span)


def _trimmed(asked: Asked, one: Expected, sentence: str) -> Span | None:
    """A span without words of the question at its ends; None where that leaves one amid it, or a
    word that is no name by itself ("Council" of "Lenn Council").
    """
    start, end = one.span
    if asked.kind == "quotation":
        return start, end  # somebody's words, whole
    words = [
        (m.start(), m.end(), asked.words.issuperset(terms(m.group())))
        for m in _WORD.finditer(sentence, start, end)
    ]
    while words and words[0][2]:
        words = words[1:]
        start = words[0][0] if words else end
    while words and words[-1][2] and asked.kind == "number":
        words = words[:-1]
        end = words[-1][1] if words else start
    if not words or any(covered for _, _, covered in words):
        return None
    if asked.kind in ("person or body", "place") and start > one.start and len(words) < 2:
        return None
    return start, end


# --- who ------------------------------------------------------------------------------------

_AFTER_PREPOSITION = re.compile(
    r"\b(?:in|at|near|from|to|of|on|into|across|around|outside|inside|for|against|under|during|"
    r"after|before|since|between|over|through|via|within)\s(?:(?:the|what|is|now|an?|its|their|"
    r"his|her)\s)*$"
)
_BY = re.compile(r"(?P<verb>\w+)\W+(?:\w+\W+){0,2}?by\s(?:(?:the|an?|\w+er|\w+or|\w+ist)\s){0,2}$")
_ASKS_OBJECT = re.compile(
    r"\bwhom\b|\b(?:who|which|what)\b[^?]{0,40}?\b(?:did|does|do|has|had|have|is|was|were|are)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s(?:and|or|&)\s(?:the\s)?")


def _who(question: str, asked: Asked, found: list[Expected], sentence: str) -> list[Expected]:
    """Who acts or has the title that is asked for; else the only name, if no other stands by."""
    names = [one for one in found if one.certain]
    free = [
        one
        for one in names
        if not _AFTER_PREPOSITION.search(sentence[: one.start]) and not _describes(one, sentence)
    ]
    subject = not _ASKS_OBJECT.search(question)
    acting = [
        one
        for one in free
        if _titled(asked, one, sentence) or (subject and _acts(asked, one, sentence))
    ]
    if acting:
        before = [o for o in free if _JOINED.fullmatch(sentence, o.end, acting[0].start)]
        return _alone([*before, *acting], sentence)
    return _alone(free, sentence) if len(free) == len(names) else []


def _acts(asked: Asked, name: Expected, sentence: str) -> bool:
    """Whether a name does what the question says: "Lint steered", "steered by Lint"."""
    if re.match(r"['’]s?(?!\w)", sentence[name.end :]):
        return False
    if by := _BY.search(sentence[: name.start]):
        return bool(asked.words & set(terms(by.group())[:-1]))
    after = re.match(r"(?:,[^,]{3,60},)?(?:\s[\w-]+){1,3}", sentence[name.end :])
    return bool(after and asked.words & set(terms(after.group())[-3:]) - _PLAIN)


def _titled(asked: Asked, name: Expected, sentence: str) -> bool:
    """Whether a name has the title asked for beside it: "Mayor Lint", "the mayor, Rosa Lint"."""
    before = re.search(r"([\w-]+),?\s$", sentence[: name.start])
    after = re.match(r",\s(?:the|an?|its|their)\s([\w-]+)", sentence[name.end :])
    first = re.match(r"([\w-]+)\s", sentence[name.start : name.end])
    beside = {match[1].casefold() for match in (before, after, first) if match} & role_nouns()
    return bool(asked.words & set(terms(" ".join(beside))))


def _describes(name: Expected, sentence: str) -> bool:
    """Whether a name stands before a noun that it describes: "Lenn police chief Rosa Lint"."""
    after = re.match(r"(?:['’]s)?((?:\s[a-z][\w-]*){1,2})", sentence[name.end :])
    if not after:
        return False
    nouns = [word in role_nouns() for word in after[1].split()]
    capital_next = re.match(r"\s[^\W\d_a-z]", sentence[name.end + after.end() :])
    return nouns[0] or (any(nouns) and bool(capital_next))


def _alone(found: Sequence[Expected], sentence: str) -> list[Expected]:
    """The one there is, or two joined by "and"."""
    if len(found) == 2 and _JOINED.fullmatch(sentence, found[0].end, found[1].start):
        return list(found)
    return list(found) if len(found) == 1 else []


# --- when, how many, where, what did … say --------------------------------------------------


def _figures(asked: Asked, found: list[Expected], sentence: str) -> list[Expected]:
    """The certain ones, without what stands in brackets: the same in other units."""
    sure = [one for one in found if one.certain]
    if asked.kind == "number":
        sure = [one for one in sure if sentence[one.start - 1 : one.start] != "("]
        if not asked.counted and len(sure) == 1 and not sure[0].unit:  # "one", "both sides"
            sure = [one for one in sure if re.search(r"\d", sentence[one.start : one.end])]
    return sure


def _nearest(asked: Asked, found: list[Expected], sentence: str) -> list[Expected]:
    """The only one, or the one clearly nearest to the question's words."""
    if len(found) < 2:
        return found
    words = [
        (match.start(), set(terms(match.group())) & asked.words - _PLAIN)
        for match in _WORD.finditer(sentence)
    ]
    ranked = sorted(((_nearness(one, words), one) for one in found), key=lambda pair: -pair[0])
    (best, one), (second, _) = ranked[:2]
    return [one] if best and best >= _CLEAR * second else []


def _nearness(one: Expected, words: Sequence[tuple[int, set[str]]]) -> float:
    """The sum over the question's words of 1 ÷ (1 + words to the nearest of each)."""
    inside = [i for i, (at, _) in enumerate(words) if one.start <= at < one.end]
    near: dict[str, float] = {}
    for i, (_, covered) in enumerate(words):
        distance = min((abs(i - j) for j in inside), default=len(words))
        for term in covered:
            near[term] = max(near.get(term, 0.0), 1 / (1 + distance))
    return sum(near.values())


_ASKS_PLACE = re.compile(r"\bwhere\b|\b(?:in|at|on|near|from|to|into)\s(?:what|which)\b", re.I)
_NO_PLACE = re.compile(r"(?:North|South|East|West|Earth|World)(?:ern)?(?:-?(?:east|west))?")
_NOUN_FOLLOWS = re.compile(
    r"(?:['’]s?)?\s(?!(?:and|or|but|who|in|on|at|to|of|for|by|with|from|as|is|was|were|are|has|had|"
    r"have|will|would|also|did|that|which)\b)[a-z]+"
)


def _where(question: str, asked: Asked, found: list[Expected], sentence: str) -> list[Expected]:
    """The only name of a place after its preposition, nearer to the question's words than any
    other name; none for "which city became …", which may ask for any.
    """
    if not _ASKS_PLACE.search(question):
        return []
    names = [one for one in found if sentence[one.start].isupper()]
    sure = [
        one
        for one in names
        if one.certain
        and not _NO_PLACE.fullmatch(sentence[one.start : one.end])
        and not _NOUN_FOLLOWS.match(sentence, one.end)
    ]
    others = [one for one in names if not one.certain]
    return _nearest(asked, [*sure, *others], sentence) if sure else []


def _said(found: list[Expected], sentence: str) -> list[Expected]:
    """The only quotation, if it is of three words or more."""
    sure = [one for one in found if one.certain]
    return [o for o in sure if len(sure) == 1 and len(sentence[o.start : o.end].split()) >= 3]
