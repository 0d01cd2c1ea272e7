"""A text → the days, months and weekdays it states, and the words whose day goes by another day.

"3 May 2024", "May 3", "2024-05-03", "in May", "Tuesday", "last week". Years by themselves are
numbers (``figures``). Nothing is resolved: "last Tuesday" is these words and no day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DAYS = rf"(?P<day>{_DAY})(?:\s?(?:-|–|to|and|or)\s?(?P<until>{_DAY}))?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"\b{_DAYS}(?:\sof)?\s(?P<month>{_MONTH})(?:,?\s(?P<year>\d{{4}})\b)?",
        rf"\b(?P<month>{_MONTH})\s{_DAYS}\b(?!:\d)(?:\s?,?\s(?P<year>\d{{4}})\b)?",
        rf"\b(?P<month>{_MONTH})(?:\sof|,)?\s(?P<year>\d{{4}})\b",
        r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b",
        # Alone, the others are names of people, verbs or adjectives too.
        r"\b(?P<month>January|February|July|September|October|November|December)\b",
        r"(?<![.!?]\s)(?<!^)\b(?P<month>April|June|August)\b",
        rf"\b(?i:in|between|since|until|till|by|of|last|next|this|early|late|mid|from|to|during|and)[\s-]"
        rf"(?P<month>{_MONTH})\b",
    )
)
_WEEKDAY = re.compile(r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_RELATIVE = re.compile(
    r"\b(?:yesterday|tomorrow|tonight|(?:last|next)\s(?:week(?:end)?|month|year|night|spring|summer"
    r"|autumn|fall|winter|quarter|season|decade|century|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"|(?:minutes|hours|days|weeks|months|years|decades)\sago)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date as written, ``text[start:end]``; what it leaves out is None."""

    text: str
    start: int
    end: int
    year: int | None
    month: int
    days: tuple[int, ...] = ()


def read_dates(text: str) -> list[StatedDate]:
    """A text → its days and months, in order."""
    found: list[StatedDate] = []
    for form in _FORMS:
        for match in form.finditer(text):
            date = _date(match)
            if date and not any(date.start < d.end and d.start < date.end for d in found):
                found.append(date)
    return sorted(found, key=lambda date: date.start)


def states_date(dates: Iterable[StatedDate], years: Iterable[int], wanted: StatedDate) -> bool:
    """Whether one of the dates is the wanted one as far as that goes; its year may stand apart,
    among ``years``, where the date leaves it out.
    """
    known = set(years)
    for date in dates:
        same_days = set(wanted.days) <= set(date.days)
        if date.month != wanted.month or not same_days:
            continue
        if wanted.year is None or wanted.year == date.year:
            return True
        if date.year is None and wanted.year in known:
            return True
    return False


def weekdays(text: str) -> set[str]:
    """The days of the week that a text names, as "Monday"."""
    return {match.group() for match in _WEEKDAY.finditer(text)}


def relative_words(text: str) -> list[str]:
    """The words of a text whose day goes by another day, as written."""
    return [match.group() for match in _RELATIVE.finditer(text)]


def _date(match: re.Match[str]) -> StatedDate | None:
    parts = match.groupdict()
    name = parts["month"].rstrip(".").lower()
    month = int(name) if name.isdigit() else _MONTHS[name]
    days = [int(re.sub(r"\D", "", parts[key])) for key in ("day", "until") if parts.get(key)]
    if month > 12 or any(not 1 <= day <= 31 for day in days):
        return None
    start = match.start("month") if not days and not parts.get("year") else match.start()
    year = int(parts["year"]) if parts.get("year") else None
    return StatedDate(
        match.string[start : match.end()], start, match.end(), year, month, tuple(days)
    )
