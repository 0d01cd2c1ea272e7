"""A sentence → the people, bodies and places in it, by their capitals and the words before them.

Which of them a person is and which a body no capital tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.asked_kinds import Asked, Expected, overlaps
from rag.asked_nouns import role_nouns

_UPPER = "".join(chr(c) for c in (*range(0x41, 0x250), *range(0x370, 0x530)) if chr(c).isupper())
_NAME_WORD = (
    rf"(?:[dDlL]['’]|al-|[a-z](?=[{_UPPER}]))?[{_UPPER}](?:[\w&]|['’.-](?=\w)|(?<![a-z].)\.)*"
)
_NAME = re.compile(
    rf"(?<![\w'’]){_NAME_WORD}(?:\s(?:(?:of|de|del|della|la|le|von|van|der|den|bin|al|du|da|dos|y|&"
    rf"|of\sthe|for|and\sthe)\s)?{_NAME_WORD}|\s(?:[IVX]+|\d{{1,3}})(?!\w))*"
)
_CALENDAR = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|"
    r"Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
)
_CALENDAR_NAME = re.compile(rf"{_CALENDAR}s?\.?(?:\s\d+)?$")
_OPENING_WORDS = """
a about above according across after again against all almost along already also although
always amid among an and another any anyone are around as asked at because before behind being
below beneath beside besides between beyond both but by can could despite did do does during
each either else even ever every everyone few finally first following for from further given had
has have he hence her here his how however i if in indeed instead into is it its just last
later lastly less like many may maybe me meanwhile more moreover most much my near nearly
neither never nevertheless next no nobody none nor not nothing now of off often on once one only
or other others our over overall perhaps please rather recently second see several she should
similarly since so some someone something sometimes soon still such than that the their then
there therefore these they third this those though three through throughout thus to today
together too two under unlike until up upon us usually very was we well were what when where
whether which while who whose why will with within without would yes yesterday yet you your
said says bc ad bce ce pm am mr mrs ms dr
"""
_OPENERS = frozenset(_OPENING_WORDS.split())
_DEMONYM = re.compile(r"\w+(?:ish|ese|ian|ean|can|nch|tch|man|ern|ch|sh|iss|ic)s?$")


def _opens(word: str) -> bool:
    """Whether a capitalised word before a name is none of it: "On", "Monday"."""
    return word.strip(".").casefold() in _OPENERS or (
        word.endswith("day") and bool(_CALENDAR_NAME.match(word))
    )


def _names(sentence: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, certain) of the names: not certain is a word that begins the sentence alone,
    for it may be any word, and one in -ish, -ese, -ian, for it may be an adjective.
    """
    first = re.search(r"\w", sentence)
    opening = first.start() if first else 0
    for match in _NAME.finditer(sentence):
        start, end = match.span()
        words = match.group().split()
        while words and _opens(words[0]):
            start += len(words[0])
            start += len(sentence[start:end]) - len(sentence[start:end].lstrip())
            words = words[1:]
            if words and not words[0][:1].isupper():
                words, start = [], end
        while (
            end > start
            and sentence[end - 1] in ".&-"
            and not re.search(r"\.\w\.$", sentence[start:end])
        ):
            end -= 1
        end -= 2 * bool(re.search(r"['’]s$", sentence[start:end]))
        name = sentence[start:end]
        if not name or _CALENDAR_NAME.match(name) or (len(name) < 2):
            continue
        alone = " " not in name
        common = start == opening and alone and name[1:].islower()
        common = common and not re.match(r"['’]s\b|,? who\b", sentence[end:])
        adjective = alone and bool(_DEMONYM.match(name))
        yield start, end, not (common or adjective)


_LOWER_NOUN = re.compile(r"(?<![\w'’-])[a-z][a-z-]{2,}(?![\w-])")


def persons(asked: Asked, sentence: str) -> Iterator[Expected]:
    """Names; and what people and bodies are called without them, as uncertain ones."""
    found = [Expected(start, end, certain) for start, end, certain in _names(sentence)]
    nouns = role_nouns()
    for match in _LOWER_NOUN.finditer(sentence):
        if match.group() in nouns and not any(e.start <= match.start() < e.end for e in found):
            found.append(Expected(match.start(), match.end(), False))
    yield from sorted(found, key=lambda e: e.start)


_PLACE = re.compile(
    r"\b(?P<lead>(?:in|at|near|from|outside|inside|into|across|around|to|off|through|throughout|"
    r"toward|towards|via|within|beside|along|between|on|of|for|and|over|by)\s"
    r"(?:(?:the|central|southern|northern|eastern|western|nearby|downtown|south|north|east|west|"
    r"town|city|village|port|coast|state|province|island|county|region|what|is|now|modern-day|of"
    r"|present-day)\s){0,4})$"
)
_SURE_PLACE = re.compile(r"(?:in|at|near|from|outside|inside|into|across|around|to|off|throughout|"
                         r"via|within|on)\b")  # fmt: skip
_LOCATED = re.compile(
    r"\b(?:in|at|on|near|from|outside|inside|into|across|around|under|over|above|below|behind|to|off|"
    r"through|along|between|within|beside|among|by|north|south|east|west|where|onto|toward|towards)"
    r"\s(?:(?:the|an?|its|his|her|their|this|that|both|each|some)\s)?[\w’'-]+"
)


def places(asked: Asked, sentence: str) -> list[Expected]:
    """Names after prepositions of place; other names and places without one are uncertain."""
    found: list[Expected] = []
    for start, end, certain in _names(sentence):
        lead = _PLACE.search(sentence[max(0, start - 60) : start])
        sure = certain and bool(lead and _SURE_PLACE.match(lead["lead"]))
        while more := re.match(rf",\s{_NAME.pattern}", sentence[end:]):
            if not sure or more.end() > 30:
                break
            end += more.end()
        if not overlaps((start, end), found):
            found.append(Expected(start, end, sure))
    for match in _LOCATED.finditer(sentence):
        if not overlaps(match.span(), found):
            found.append(Expected(*match.span(), False))
    return sorted(found, key=lambda e: e.start)
