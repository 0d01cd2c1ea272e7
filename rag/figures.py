"""A text → the numbers it states, each in every way it can be read: "2.5 million" is 2,500,000.

Digits and words, scales, percent, currencies, ranges, times of the day. Days of the calendar are
read elsewhere (``stated_dates``). "One", "first" and "second" are left out, being words of grammar
and of time more often than numbers, and so are vague ones ("hundreds", "dozens").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_UNITS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: Decimal(n) for n, word in enumerate(_UNITS.split())} | {
    word: Decimal(10 * n) for n, word in enumerate(_TENS.split(), 2)
}
_NTH = """
third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
"""
_ORDINALS = {word: Decimal(n) for n, word in enumerate(_NTH.split(), 3)}
_SCALES = {
    "dozen": Decimal(12), "hundred": Decimal(100), "thousand": Decimal(1000), "k": Decimal(1000),
    "lakh": Decimal(10**5), "million": Decimal(10**6), "mn": Decimal(10**6), "m": Decimal(10**6),
    "crore": Decimal(10**7), "billion": Decimal(10**9), "bn": Decimal(10**9), "b": Decimal(10**9),
    "trillion": Decimal(10**12), "tn": Decimal(10**12),
}  # fmt: skip
_CURRENCIES = {
    "$": "$", "dollar": "$", "dollars": "$", "usd": "$", "€": "€", "euro": "€", "euros": "€",
    "eur": "€", "£": "£", "pounds": "£", "gbp": "£", "¥": "¥", "yen": "¥",
}  # fmt: skip

_NUMBER_WORD = "|".join([*_WORDS, "hundred", "thousand", "million", "billion", "trillion"])
_TEN = _TENS.replace(" ", "|")
_AND = r"(?:(?<=hundred\s)|(?<=thousand\s)|(?<=million\s))"  # "three and four" are two numbers
_FIGURE = re.compile(
    r"(?P<money>[$€£¥])?\s?"
    r"(?:(?<![\w.])(?P<digits>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:(?P<clock>:\d\d)(?:\s?(?P<half>[ap])\.?m\b)?|(?P<ordinal>st|nd|rd|th)\b|"
    r"(?P<short>k|m|mn|bn|b|tn)\b|(?P<decade>'?s)\b|"
    r"[\s-]?(?P<scale>dozen|hundred|thousand|lakh|million|crore|billion|trillion|bn|mn|tn)\b)?"
    rf"|\b(?P<nth>(?:(?:{_TEN})-)?(?:{'|'.join([*_ORDINALS, 'first', 'second'])}))\b"
    rf"|\b(?P<words>(?:(?:an?|half an?)\s(?=dozen|hundred|thousand|million|billion|trillion))?"
    rf"(?:(?:{_NUMBER_WORD}|dozen)\b(?:[\s-](?:{_AND}and\s)?(?=(?:{_NUMBER_WORD}|dozen)\b))?)+)"
    r"(?!\w)"
    r")"
    r"(?P<percent>\s?(?:%|per\s?cent\b|percent\b|percentage\spoints?\b))?"
    r"(?:[\s-](?:u\.?s\.?\s|american\s)?(?P<coin>dollars?|euros?|pounds|yen|usd|eur|gbp)\b)?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:-|–|—|to|and|or)\s?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written, ``text[start:end]``. ``values`` are what it can mean; ``unit`` is "%",
    a currency's sign, "time" (minutes of the day), "decade" or "".
    """

    text: str
    start: int
    end: int
    values: frozenset[Decimal]
    unit: str = ""


def read_figures(text: str) -> list[Figure]:
    """A text → its numbers, in order."""
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        figure = _figure(match)
        if figure is None:
            continue
        if found and _RANGE.fullmatch(text[found[-1].end : figure.start]):
            found[-1] = _as_first_of_range(found[-1], figure, _scale(match))
        found.append(figure)
    return found


def states(figures: Iterable[Figure], wanted: Figure) -> bool:
    """Whether one of the figures says what ``wanted`` says. A percentage is no plain number, and a
    currency none other; a plain number may leave a unit out that the figures have.
    """
    return any(
        wanted.values & figure.values and wanted.unit in ("", figure.unit) for figure in figures
    )


def _figure(match: re.Match[str]) -> Figure | None:
    unit = "%" if match["percent"] else _CURRENCIES.get((match["money"] or "").lower(), "")
    unit = unit or _CURRENCIES.get((match["coin"] or "").lower(), "")
    if match["digits"]:
        values, unit = _of_digits(match, unit)
    elif match["nth"]:
        values = _of_ordinal(match["nth"].lower())
    else:
        values = _of_words(match["words"].lower())
    if not values:
        return None
    text = match.group().strip()
    start = match.start() + match.group().index(text)
    return Figure(text, start, start + len(text), values, unit)


def _of_digits(match: re.Match[str], unit: str) -> tuple[frozenset[Decimal], str]:
    value = Decimal(re.sub(r"[,\u00a0\u202f]", "", match["digits"]))
    if match["clock"]:
        hour = int(value) % 12 + 12 * (match["half"].lower() == "p") if match["half"] else value
        return frozenset({60 * Decimal(hour) + Decimal(match["clock"][1:])}), "time"
    if match["decade"]:
        return frozenset({value}), "decade"
    before = re.search(r"\b(\d\d)\d\d[-–/]\Z", match.string[: match.start("digits")])
    if before and re.fullmatch(r"\d\d", match["digits"]):  # 2023-24
        return frozenset({value, Decimal(before[1] + match["digits"])}), unit
    if match["short"]:  # "5m" may be metres
        return frozenset({value, value * _SCALES[match["short"].lower()]}), unit
    return frozenset({value * _scale(match)}), unit


def _scale(match: re.Match[str]) -> Decimal:
    if match["digits"]:
        return _SCALES.get((match["scale"] or match["short"] or "").lower(), Decimal(1))
    if match["words"]:
        return _SCALES.get(match["words"].lower().split()[-1].split("-")[-1], Decimal(1))
    return Decimal(1)


def _of_ordinal(word: str) -> frozenset[Decimal]:
    tens, _, last = word.rpartition("-")
    small = {"first": Decimal(1), "second": Decimal(2)}
    if not tens and last in small:
        return frozenset()
    return frozenset({_WORDS.get(tens, Decimal(0)) + (_ORDINALS | small)[last]})


def _of_words(words: str) -> frozenset[Decimal]:
    """As "two hundred and five thousand" → 205,000; nothing for "one" and what is vague."""
    parts = [part for part in re.split(r"[\s-]+", words) if part and part != "and"]
    half = parts[0] == "half"
    parts = [part for part in parts if part not in ("a", "an", "half")]
    if parts in (["one"], []) or (parts[0] not in _WORDS and words == parts[0]):
        return frozenset()
    total = current = Decimal(0)
    for part in parts:
        if part in _WORDS:
            current += _WORDS[part]
        elif part in ("hundred", "dozen"):
            current = (current or Decimal(1)) * _SCALES[part]
        else:
            total += (current or Decimal(1)) * _SCALES[part]
            current = Decimal(0)
    value = total + current
    return frozenset({value / 2 if half else value})


def _as_first_of_range(first: Figure, last: Figure, scale: Decimal) -> Figure:
    """As "5 to 10 percent": the first is a percentage too; "2 or 3 million": it can be millions."""
    values = first.values | {value * scale for value in first.values if value < 1000}
    return Figure(first.text, first.start, first.end, values, first.unit or last.unit)
