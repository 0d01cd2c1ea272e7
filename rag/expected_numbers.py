"""A sentence → the numbers in it, each with its unit: "11 votes", "$175 million", "18 km"."""

from __future__ import annotations

import re

from rag.asked_kinds import Asked, Expected, overlaps
from rag.expected_times import COUNT, MONTH, TIME_UNIT, WEEKDAY
from rag.lexical import terms

_SMALL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:[-\s](?:one|two|three|four|five|six|seven|eight|nine)(?![-\w]))?)"
)
_MAGNITUDE = r"(?:hundred|thousand|million|billion|trillion|dozen|bn|m|k)"
_FIGURES = (
    r"(?<![\w.,/:-])(?<![A-Z]-)\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w]|[.,]\d)"
    r"|(?<![\w.,/:])(?<![A-Z]-)\d+(?:\.\d+)?(?!\d|[.,:/]\d)"
)
_NUMBER = re.compile(
    rf"(?P<currency>(?:US|A|C|HK|NZ)?[$€£¥₹]\s?|(?:USD|EUR|GBP)\s)?"
    rf"(?:(?:{_FIGURES})(?:\s?(?:-|–|to)\s?\d[\d.,]*\d|\s?(?:-|–)\s?\d)?"
    rf"|\b(?:a\s)?{_SMALL}\b|\b(?:an?\s)?(?:half|dozen|third|quarter|hundred|thousand|million)s?\b"
    rf"|\b(?:twice|thrice|double[ds]?|tripled?|tens|hundreds|thousands|millions|billions|once)\b)"
    rf"(?:[\s-]{_MAGNITUDE}\b|(?<=\d){_MAGNITUDE}(?!\w)|[\s-](?:thirds?|quarters?|fifths?|tenths?)\b)*",
    re.IGNORECASE,
)
_UNITS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (unit, re.compile(rf"(?:[\s-]?(?:{words}))(?![\w])", re.IGNORECASE))
    for unit, words in (
        ("percent", r"%|per\s?cent(?:age\spoints?)?|percentage\spoints?"),
        (
            "money",
            r"(?:US\s|Canadian\s|Australian\s)?(?:dollars?|euros?|pounds?(?!\sof)|pence|cents?|yen|"
            r"yuan|rupees?|roubles?|rubles?|francs?|kron(?:a|or|er)|crowns?|pesos?|lire|USD|EUR|GBP)",
        ),
        ("duration", r"(?:more\s)?(?:milli|nano|micro)?(?:seconds?|minutes?|hours?|days?|nights?|"
                     r"weeks?|months?|years?|decades?|centuries)"),
        ("age", r"years?[\s-]old|years?\sof\sage"),
        (
            "length",
            r"(?:square\s|nautical\s|cubic\s)?(?:kilo|centi|milli|nano)?met(?:er|re)s?|"
            r"(?:square\s|nautical\s|cubic\s)?(?:miles?|yards?|feet|foot|inch(?:es)?)|light[\s-]years?"
            r"|acres?|hectares?|km²?|cm|mm|m|mi|ft|sq\skm",
        ),
        ("speed", r"(?:km/h|mph|m/s|knots|(?:miles|kilomet(?:er|re)s|met(?:er|re)s|feet)\s"
                  r"(?:per|an?)\s(?:hour|second|minute))"),
        ("temperature", r"°\s?[CFK]?|degrees?(?:\s(?:Celsius|Fahrenheit|centigrade))?|kelvins?"),
        ("weight", r"(?:kilo|milli)?gram(?:me)?s?|kg|mg|tonnes?|tons?|pounds?|lbs?|ounces?"),
        ("frequency", r"times(?:\s(?:a|per|each|every)\s\w+)?"),
    )
)  # fmt: skip
_BARE_YEAR = re.compile(r"(?:1[1-9]|20)\d\d")
_MONTH_NEXT = re.compile(rf"(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}(?!\w)")
_NEXT_WORDS = re.compile(r"(?:[\s-]+[\w’'-]+){1,4}")
_PERHAPS_NUMBERS = re.compile(
    r"\b(?:few|fewer|none|nothing|free|no|little|limited|several|many|most|all|majority|some|single|"
    r"zero|both|another|an?\s(?:lot|pair|couple)|dozens|sole|only|same|more|less|"
    rf"since|until|till|up\sto|forever|{TIME_UNIT})\b",
    re.IGNORECASE,
)
"""Amounts without a figure ("nothing", "few"), and lengths of time without one ("since May")."""
_FREQUENCY = re.compile(
    rf"\b(?:(?:every|each)\s(?:{COUNT}\s)?(?:\w+\s)?(?:{TIME_UNIT}|{WEEKDAY})|"
    r"(?:once|twice|two|three|four|five|six)\s(?:times\s)?(?:an?|per|every|each)\s\w+|daily|"
    r"weekly|monthly|annually|yearly|quarterly|hourly|biennially|often|rarely|always|never|"
    r"sometimes|usually|frequently)\b",
    re.IGNORECASE,
)


def numbers(asked: Asked, sentence: str) -> list[Expected]:
    """Numbers with their units; a bare year after no unit is a time and left out, and so is the
    number of a name ("Route 5").
    """
    found: list[Expected] = []
    if asked.unit == "frequency":
        found = [Expected(*m.span(), True, "frequency") for m in _FREQUENCY.finditer(sentence)]
    for match in _NUMBER.finditer(sentence):
        start, end = match.span()
        if end <= start or overlaps((start, end), found):
            continue
        if _MONTH_NEXT.match(sentence, end):
            continue
        unit, end = _unit_of(match, sentence)
        counted = _NEXT_WORDS.match(sentence, end)
        next_terms = terms(counted[0])[:4] if counted else []
        if not unit and _BARE_YEAR.fullmatch(match.group()) and not set(next_terms) & asked.counted:
            continue
        if unit or not asked.counted:
            certain = _fits(asked.unit, unit)
            if asked.unit == "age" and not unit:  # "Lint, 81, said", and not "3 cats"
                certain = not re.match(r"\s\w", sentence[end:])
        else:
            certain = bool(asked.counted & set(next_terms))
        found.append(Expected(start, end, certain and _plain(match, sentence), unit))
    for match in _PERHAPS_NUMBERS.finditer(sentence):
        if not overlaps(match.span(), found):
            found.append(Expected(*match.span(), False))
    return sorted(found, key=lambda e: e.start)


def _unit_of(match: re.Match[str], sentence: str) -> tuple[str, int]:
    """The unit of a number, and where it ends with it."""
    end = match.end()
    if match["currency"]:
        return "money", end
    if re.fullmatch(r"(?i)(?:an?\s)?(?:half|.*(?:third|quarter|fifth|tenth)s?)", match.group()):
        return "share", end
    for unit, pattern in reversed(_UNITS):
        if behind := pattern.match(sentence, end):
            return unit, behind.end()
    return "", end


_ASKED_UNITS = {
    "duration or length": {"duration", "length"}, "duration or speed": {"duration", "speed"},
    "share": {"percent", "share"}, "percent": {"percent", "share"}, "age": {"age", "duration", ""},
    "count": {""},
}  # fmt: skip


def _fits(asked: str, unit: str) -> bool:
    return not asked or unit in _ASKED_UNITS.get(asked, {asked})


def _plain(match: re.Match[str], sentence: str) -> bool:
    """Whether a number stands for itself: not "one of", "one another", "Route 5"."""
    word = match.group().casefold()
    if word in ("once", "a second") or word.startswith(("double", "triple")):
        return False
    if word == "one":
        return not re.match(r"\s(?:of|another|day|such|can|may|must)\b|-", sentence[match.end() :])
    return True
