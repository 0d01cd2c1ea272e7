"""A question → the stretches of the calendar that its words name, each narrowed to the part meant.

Early, mid and late are thirds, and so are beginning, middle and end: of a month up to the 10th, up
to the 20th, the rest. A week runs from Monday to Sunday. What lies between two stretches, before
or after one, is for ``rag.periods``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from rag.calendar_dates import RULES as CALENDAR_RULES
from rag.calendar_words import COUNT, ORDINALS, Days, Stretch, month_run, pattern
from rag.relative_days import RULES as RELATIVE_RULES
from rag.relative_days import bounds, shifted

_WORD = re.compile(r"\w+")
_RULES = (*CALENDAR_RULES, *RELATIVE_RULES)
QUOTED = re.compile(
    r"\"[^\"]{1,300}\"|“[^”]{1,300}”|«[^»]{1,300}»|„[^“”]{1,300}[“”]"
    r"|(?<!\w)['‘](?!\s|\d0s)[^\"‘]{0,200}?[^\s\"‘]['’](?!\w)"
)
"""The pattern of words in quotation marks, which are no apostrophes."""
# What may stand before a stretch and says which part of it is meant.
_PART = pattern(
    r"(?<!\w)(?:the )?(?:(?:very )?(?P<part>early|mid|middle|late)(?:(?<!middle) (?:in )?(?:the )?"
    r"|-| of (?:the )?)|(?P<edge>beginning|start|middle|end|close) of (?:the )?"
    rf"|(?P<half>first|second|1st|2nd|latter|last) half of (?:the )?"
    r"|(?P<week>week|weekend) (?P<how>of|beginning|starting|commencing|ending) (?:on )?"
    rf"|(?P<nth>{'|'.join(ORDINALS)}) (?P<unit>day|week) (?:of|in) (?:the )?"
    rf"|(?P<side>first|last|final) {COUNT} (?P<units>day|week|month|year)s (?:of|in) (?:the )?)"
    r"(?:month of )?$"
)
_THIRDS = {
    "early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2, "close": 2,
}  # fmt: skip
_EDGES = {"beginning": -1, "start": -1, "end": 1, "close": 1}


def find_stretches(text: str, today: date) -> list[Stretch]:
    """The stretches in order of place, none overlapping another.

    In quotation marks only a day, month or year that is said in full is one.
    """
    quoted = [found.span() for found in QUOTED.finditer(text)]
    stretches: list[Stretch] = []
    position = 0
    while word := _WORD.search(text, position):
        position = word.end()
        for rule, read in _RULES:
            found = rule.match(text, word.start())
            meant = read(found, today) if found else None
            if found and meant is not None:
                position = max(position, found.end())
                for stretch in meant:
                    inside = any(start < stretch.start < end - 1 for start, end in quoted)
                    if not (inside and (stretch.anchored or stretch.turn is None)):
                        floor = stretches[-1].end if stretches else 0
                        stretches.append(_part_before(text, floor, stretch))
                break
    return stretches


def _part_before(text: str, floor: int, stretch: Stretch) -> Stretch:
    """A stretch → the part of it that the words between ``floor`` and it say, or itself."""
    found = _PART.search(text, max(floor, stretch.start - 50), stretch.start)
    if not found:
        return stretch
    whole = stretch.days
    edge = _EDGES.get((found["edge"] or "").casefold(), 0)
    return replace(
        stretch, start=found.start(), days=lambda turn: _part(found, whole(turn)), edge=edge
    )


def _part(found: re.Match[str], days: Days) -> Days:
    first, last = days
    if found["week"]:
        return _week(found, days)
    if found["half"]:
        return _share(days, 2, 0 if found["half"].casefold() in ("first", "1st") else 1)
    if found["part"] or found["edge"]:
        return _share(days, 3, _THIRDS[(found["part"] or found["edge"]).casefold()])
    unit = (found["unit"] or found["units"]).casefold()
    count = 1 if found["nth"] else bounds(found["count"])[1]
    number = ORDINALS[(found["nth"] or found["side"]).casefold()]
    if number == 0:
        return max(first, shifted(last + timedelta(days=1), -count, unit)), last
    begin = shifted(first, number - 1, unit)
    return begin, min(last, shifted(begin, count, unit) - timedelta(days=1))


def _week(found: re.Match[str], days: Days) -> Days:
    first, last = days
    how = found["how"].casefold()
    if found["week"].casefold() == "week" and how != "of":
        if how == "ending":
            return last - timedelta(days=6), last
        return first, first + timedelta(days=6)
    monday = first - timedelta(days=first.weekday())
    skipped = 5 if found["week"].casefold() == "weekend" else 0
    return monday + timedelta(days=skipped), monday + timedelta(days=6)


def _share(days: Days, parts: int, number: int) -> Days:
    """Part ``number`` (from 0) of so many about equal ones, in whole months where that goes."""
    first, last = days
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    whole = first.day == 1 and month_run(12 * last.year + last.month - 1)[1] == last
    if whole and months % parts == 0:
        size = months // parts
        return month_run(12 * first.year + first.month - 1 + number * size, size)
    length = (last - first).days + 1
    if length < parts:
        return days
    ends = [length * (part + 1) // parts for part in range(parts)]
    if whole and months == 1:
        ends = [15, length] if parts == 2 else [10, 20, length]
    begins = [0, *ends]
    return first + timedelta(days=begins[number]), first + timedelta(days=ends[number] - 1)
