"""What words of the calendar mean, and the record of a stretch that some words name.

Months, weekdays, seasons, counts and years, for the rules of ``rag.calendar_dates`` and
``rag.relative_days``; which words name a stretch is theirs to say.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the calendar, named by ``text[start:end]``, of those that come round in turn.

    ``days(turn)`` are its first and last day in a year (or week …) of that number; ``turn`` is
    None where the words leave it open, ``current`` is today's. ``dated`` where a day or month has
    its year beside it; ``anchored`` where only today tells which is meant. ``edge`` is −1 where the
    words speak of its beginning, 1 of its end.
    """

    start: int
    end: int
    days: Callable[[int], Days]
    turn: int | None
    current: int
    dated: bool = False
    anchored: bool = False
    edge: int = 0

    def at(self, turn: int) -> Days | None:
        """The days in that turn; None where the calendar has no such day."""
        try:
            return self.days(turn)
        except (ValueError, OverflowError):
            return None

    def latest_begun(self, today: date) -> int | None:
        """The latest turn in which the stretch begins no later than today."""
        turns = (turn for turn in range(self.current, self.current - 9, -1))
        return next((t for t in turns if (days := self.at(t)) and days[0] <= today), None)


Read = Callable[[re.Match[str], date], tuple[Stretch, ...] | None]
"""A rule's reading of its match: the stretches, empty for words that say no day of the calendar
and must not be read another way, None where another rule may try."""


def pattern(text: str) -> re.Pattern[str]:
    """An expression in which a space stands for up to three of any kind; case is ignored."""
    return re.compile(text.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}"), re.IGNORECASE)


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SEASONS = {"spring": 2, "summer": 5, "autumn": 8, "fall": 8, "winter": 11}
COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "couple": 2,
}  # fmt: skip
VAGUE = {"few": (2, 5), "several": (3, 9)}
ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
    "last": 0, "final": 0, "latter": 0,
}  # fmt: skip

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
BEFORE_DATE = rf"(?:(?:{WEEKDAY}|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b\.?),? (?:the )?)?"
SEASON = r"spring|summer|autumn|fall|winter"
YEAR = (
    r"(?:(?P<year>(?:1\d|2[01])\d\d)(?!\w|[.,:/-]\d|%)|['’](?P<short>\d\d)(?!\w)"
    r"|(?P<named>last|this|next) year\b)"
)
DAY = r"(?P<day>\d{1,2})(?P<th>st|nd|rd|th)?"
TO = r"(?: ?[-–—] ?| (?:to|and|or|through|until|till) )"
NO_NUMBER = r"(?<![\w.,:/$€£#-])"  # the figures do not belong to a larger number or a sum
COUNT = r"(?P<count>\d{1,4}|" + "|".join([*COUNTS, *VAGUE]) + r")(?: of)?"
UNIT = r"(?P<unit>hour|day|week|month|quarter|year|decade)s?\b"
# What is counted: 2000 miles, May 5 people.
COUNTED = (
    r"(?: ?(?:%|[ap]\.?m\b|bc|bce|k?m|km/h|ft|lbs?|kg|[kmg]w|[mgt]b)(?!\w)| (?:or more )?(?:people|"
    r"persons|men|women|children|kids|(?:kilo)?met(?:er|re)s|miles|feet|yards|acres|tons|tonnes|"
    r"pounds|dollars|euros|percent|per cent|degrees|calories|words|years|months|weeks|days|hours|"
    r"minutes|seconds|times|votes|voters|points|seats|jobs|troops|soldiers|members|employees|"
    r"workers|students|pupils|patients|cases|deaths|units|copies|homes|houses|residents|migrants|"
    r"refugees|million|billion|thousand|hundred|games|goals|yen|yuan|rupees|volts|watts)\b)"
)
# What is numbered by figures that look like a year.
NUMBERED = (
    r"(?:boeing|airbus|windows|office|fortune|forbes|route|highway|flight|room|area|model|section|"
    r"page|number|no\.?|series|class|locomotive|version|resolution|regulation|directive|top|only|"
    r"about|nearly|almost|over|than|least|some|roughly|approximately)"
)


def month_run(index: int, count: int = 1) -> Days:
    """``count`` whole months from the month ``12 · year + month − 1`` on."""
    (year, month), (last_year, last) = divmod(index, 12), divmod(index + count - 1, 12)
    return date(year, month + 1, 1), date(last_year, last + 1, monthrange(last_year, last + 1)[1])


def _week_days(first: int, last: int) -> Callable[[int], Days]:
    """Days of week ``turn``; 1 is Monday. The calendar's first day is a Monday."""
    return lambda turn: (date.fromordinal(7 * turn + first), date.fromordinal(7 * turn + last))


def each(name: str, today: date) -> tuple[Callable[[int], Days], int]:
    """A unit, weekday, month or season → its days by turn, and the turn of today."""
    months = 12 * today.year + today.month - 1
    week = (today.toordinal() - 1) // 7
    sizes = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
    if name in sizes:
        size = sizes[name]
        return (lambda turn: month_run(size * turn, size)), months // size
    if name == "day":
        return (lambda turn: (date.fromordinal(turn), date.fromordinal(turn))), today.toordinal()
    if name in ("week", "weekend"):
        return _week_days(6 if name == "weekend" else 1, 7), week
    if name in SEASONS:
        return (lambda turn: month_run(12 * turn + SEASONS[name], 3)), today.year
    if name[:3] in WEEKDAYS:
        number = WEEKDAYS.index(name[:3]) + 1
        return _week_days(number, number), week
    month = MONTHS.index(name[:3])
    return (lambda turn: month_run(12 * turn + month)), today.year


def year_of(found: re.Match[str], today: date) -> int | None:
    """The year that a match of ``YEAR`` says; of two figures it is the latest not to come."""
    if found["year"]:
        return int(found["year"])
    if found["short"]:
        century = today.year // 100 * 100
        return (
            century + int(found["short"]) - (100 if int(found["short"]) > today.year % 100 else 0)
        )
    steps = {"last": -1, "this": 0, "next": 1}
    return today.year + steps[found["named"].casefold()] if found["named"] else None


def fixed(found: re.Match[str], days: Callable[[], Days], anchored: bool = False) -> Stretch:
    """A stretch that does not come round."""
    return Stretch(found.start(), found.end(), lambda _: days(), 0, 0, False, anchored)


def words_before(found: re.Match[str], most: int = 40) -> str:
    """The last ``most`` characters before a match."""
    return found.string[max(0, found.start() - most) : found.start()]


def begins_sentence(found: re.Match[str]) -> bool:
    """Whether nothing but an opening mark stands between a match and the sentence before."""
    return not re.search(r"[^\s\"'“‘(.?!:]\s*$", words_before(found))
