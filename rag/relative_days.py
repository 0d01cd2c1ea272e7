"""Words whose days follow from today → the stretch: "yesterday", "last week", "3 days ago".

``last`` is the latest that has ended, ``this`` the one of the current year or week, ``next`` the
first that has not begun. ``last week`` is the week before this one, ``the last week`` and
``past week`` are the seven days up to today. ``two weeks ago`` is the whole week that lay two
weeks back. A few are two to five, several three to nine. Recent days are the last 7, recent weeks
4, recent months 3, recent years 3.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from rag.calendar_words import (
    COUNT,
    COUNTS,
    MONTH,
    SEASONS,
    UNIT,
    VAGUE,
    WEEKDAY,
    Days,
    Read,
    Stretch,
    begins_sentence,
    each,
    fixed,
    pattern,
    words_before,
)

_RECENT = {"day": 7, "week": 4, "month": 3, "year": 3}
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12, "decade": 120}


def bounds(count: str) -> tuple[int, int]:
    """A count → the least and the most it says."""
    count = count.casefold()
    if count in VAGUE:
        return VAGUE[count]
    number = int(count) if count.isdecimal() else COUNTS[count]
    return number, number


def shifted(day: date, count: int, unit: str) -> date:
    """The day that lies ``count`` units later, or earlier where it is negative.

    Raises ValueError or OverflowError beyond the years 1 to 9999.
    """
    if unit in _MONTHS_OF:
        year, month = divmod(12 * day.year + day.month - 1 + count * _MONTHS_OF[unit], 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return day + timedelta(days=count * 7 if unit == "week" else count)


_OVER_THE = pattern(r"\b(?:in|over|during|within|for|from|since|throughout|across|of) the $")


def _which(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """What is last, this or next: a week, an October, a Friday."""
    which, what = found["which"].casefold(), found["what"].casefold()
    before, rest = words_before(found), found.string[found.end() :]
    name = re.match(r"\s[^\W\d_a-z][a-z]", rest)  # "last Friday Night Football"
    if (re.match(WEEKDAY, what) and name) or found["what"] in ("may", "march"):
        return None
    calendar = what in ("week", "month", "quarter", "year", "decade")
    the = re.search(r"(?i)\bthe\s$", before)
    if the and what == "quarter" and which != "past":
        return None  # of a match
    if calendar and the and which == "last" and not _OVER_THE.search(before):
        return None  # "When was the last year that …?"
    if calendar and (which == "past" or (the and which == "last")):
        return (fixed(found, lambda: (shifted(today, -1, what), today), True),)
    if which == "current" and not calendar:
        return None
    days, current = each(what, today)
    one = Stretch(found.start(), found.end(), days, current, current, anchored=True)
    near = [(turn, one.at(turn)) for turn in range(current - 2, current + 3)]
    if which.split()[-1] in ("last", "past") and which != "this coming":
        turns = [turn for turn, span in near if span and span[1] < today][-1:]
    elif which.split()[-1] in ("next", "coming"):
        turns = [turn for turn, span in near if span and span[0] > today][:1]
    else:
        turns = [turn for turn, span in near if span and span[0] <= today <= span[1]] or [current]
    if not turns:
        return ()
    one = Stretch(found.start(), found.end(), days, turns[0], current, anchored=True)
    if found["part"]:
        span = one.at(turns[0])
        days_left = {"earlier": (span[0], today), "later": (today, span[1])} if span else {}
        first, last = days_left.get(found["part"].casefold(), (today, today))
        return (fixed(found, lambda: (first, last), True),) if first <= last else ()
    return (one,)


def _rolling(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """The past three weeks are from three weeks ago to today."""
    unit = found["unit"].casefold()
    most = bounds(found["count"])[1]
    if unit == "hour":
        unit, most = "day", -(-most // 24)
    if found["way"].casefold() in ("next", "coming"):
        return (fixed(found, lambda: (today, shifted(today, most, unit)), True),)
    return (fixed(found, lambda: (shifted(today, -most, unit), today), True),)


def _recent(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    unit = found["unit"].casefold()
    return (fixed(found, lambda: (shifted(today, -_RECENT[unit], unit), today), True),)


def _ago(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """Two months ago is the whole month; a few days ago are two to five days back."""
    unit = found["unit"].casefold()
    least, most = bounds(found["count"])
    if unit == "hour":
        unit, least, most = "day", least // 24, most // 24
    days, current = each(unit, today)

    def ago() -> Days:
        return days(current - most)[0], days(current - least)[1]

    return (fixed(found, ago, True),)


_NEAR_DAYS = {
    "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
    "yesterday": -1, "last night": -1, "the day before yesterday": -2, "tomorrow": 1,
    "the day after tomorrow": 2,
}  # fmt: skip


# "Who owns the mill today?" asks for the state of things, "what happened today?" for a day.
_EVENT = pattern(
    r"\b(?:did|was|were|has|have|had|happen\w*|news|said?|says|saying|announced?|will|report\w*|"
    r"(?!during|king|spring)\w{2,}ing)\b"
)
_NOWADAYS = pattern(r"\b(?:is|are|do|does|can|still) today\b|\bof today\b(?!['’])")


def means_nowadays(text: str) -> bool:
    """Whether "today" in a question means the present times and not the day."""
    today = re.search(r"\btoday\b(?!['’]s)", text, re.IGNORECASE)
    return bool(today and (_NOWADAYS.search(text) or not _EVENT.search(text)))


def _near_day(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """Today and the days beside it; with a capital amid a sentence it is a name (USA Today)."""
    name = " ".join(found[0].casefold().split())
    if found[0][0].isupper() and not (begins_sentence(found) or found.string.isupper()):
        return None
    owner = re.match(r"['’]s", found.string[found.end() :])
    if not owner and re.search(r"(?i)\bof\s$", words_before(found)):
        return None  # "the men of yesterday"
    if name == "today" and not owner and means_nowadays(found.string):
        return None
    step = _NEAR_DAYS[name]
    return (fixed(found, lambda: (shifted(today, step, "day"),) * 2, True),)


_ON = pattern(
    rf"\b(?:on|since|until|till|by|before|after|from|between|and|or|to|through|late|early|{WEEKDAY},)"
    r"(?: |-)(?:late |early )?$"
)


def _weekday(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """A weekday or weekend, where it is neither a name (Sunday Times) nor said of every week."""
    before, rest = words_before(found), found.string[found.end() :]
    weekend = found[0].casefold() == "weekend"
    owner = re.match(r"['’]s\s(?![^\W\d_a-z])", rest)
    part = re.match(r"(?i)\s(?:morning|afternoon|evening|night)s?\b", rest)
    if re.match(r"[ ][^\W\d_a-z][a-z]|-", rest) or (part and part[0][-1] in "sS"):
        return None
    if weekend:
        if not re.search(r"(?i)\b(?:over|on|at|during)\sthe\s$", before):
            return None
    elif not (_ON.search(before) or (owner and not re.search(r"[^\W\d_a-z]\w*\s$", before))):
        return None
    days, current = each(found[0].casefold(), today)
    return (Stretch(found.start(), found.end(), days, None, current),)


RULES: tuple[tuple[re.Pattern[str], Read], ...] = (
    (
        pattern(
            r"(?:(?P<part>earlier|later) )?(?P<which>this past|this coming|last|this|next|past"
            rf"|coming|current) (?P<what>{MONTH}|(?:{'|'.join(SEASONS)})\b|{WEEKDAY}|"
            r"(?:weekend|week|month|quarter|year|decade)\b)(?! ?\d|-| of\b|(?<=fall) in\b)"
        ),
        _which,
    ),
    (pattern(rf"(?P<way>past|last|next|coming) (?:a )?{COUNT} {UNIT}(?! of\b|-)"), _rolling),
    (pattern(r"recent (?P<unit>day|week|month|year)s\b"), _recent),
    (pattern(rf"(?:a )?{COUNT} {UNIT} ago\b(?: today\b)?"), _ago),
    (pattern(rf"(?:{'|'.join(_NEAR_DAYS)})\b(?! of\b|-)"), _near_day),
    (pattern(rf"(?:{WEEKDAY}|weekend\b(?! of\b))"), _weekday),
)
"""Tried in this order at each word, after the dates that may begin with a weekday."""
