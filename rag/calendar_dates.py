"""Words that have their own place in the calendar → the stretch: "3 May 2024", "Q3 2023", "1990s".

What follows from today alone ("last week") is for ``rag.relative_days``. A day or month without
its year leaves the turn open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from rag.calendar_words import (
    BEFORE_DATE,
    COUNTED,
    DAY,
    MONTH,
    MONTHS,
    NO_NUMBER,
    NUMBERED,
    ORDINALS,
    SEASONS,
    TO,
    YEAR,
    Days,
    Read,
    Stretch,
    begins_sentence,
    each,
    fixed,
    month_run,
    pattern,
    words_before,
    year_of,
)
from rag.dates import parse_date


def _numeric(found: re.Match[str], _today: date) -> tuple[Stretch, ...]:
    day = parse_date(found["date"])
    return (replace(fixed(found, lambda: (day, day)), dated=True),) if day else ()


_VERB_LEAD = pattern(r"\b(?:on|since|until|till|by|before|after|from|between|and) $")


def _day_of_month(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """One day of a month, or two of the same ("3 and 9 May")."""
    name, year = found["month"], year_of(found, today)
    doubtful = name in ("may", "march", "mar") or (name == "May" and begins_sentence(found))
    if doubtful and not (year or found["th"] or _VERB_LEAD.search(words_before(found))):
        return None
    month = MONTHS.index(name[:3].casefold()) + 1

    def on(day: int) -> Callable[[int], Days]:
        return lambda turn: (date(turn, month, day), date(turn, month, day))

    numbers = [(found.start(key), int(found[key])) for key in ("day", "other") if found[key]]
    numbers.sort()
    if len(numbers) == 2 and numbers[0][1] >= numbers[1][1]:
        return None
    longest = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 29 if month == 2 else 30
    if not all(0 < number <= longest for _, number in numbers):
        return ()
    # Of two days in one expression the first one's words end where the separator begins.
    cut = found.start("to") if len(numbers) == 2 else found.end()
    starts = (found.start(), found.end("to"))
    ends = (cut, found.end())
    return tuple(
        Stretch(starts[i], ends[i], on(number), year, today.year, bool(year))
        for i, (_, number) in enumerate(numbers)
    )


def _month_of_year(found: re.Match[str], today: date) -> tuple[Stretch, ...]:
    days, current = each(found["month"].casefold(), today)
    return (Stretch(found.start(), found.end(), days, year_of(found, today), current, True),)


_IN = pattern(
    r"\b(?:in|during|since|until|till|throughout|(?:very )?early|late|mid|(?:month|beginning|start"
    r"|middle|end|half|week|days?|weeks|months) of|(?:early|late) in)(?: |-)$"
)
_BY = pattern(
    rf"\b(?:by|before|after|from|of|between|through|(?:{MONTH}|\d) ?(?:to|and|or|-|–)) ?$"
)
_AND_MONTH = pattern(rf" ?(?:-|–|to|and|or|through|until|till) ?{MONTH}")


def _bare_month(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """A month without day and year, where it is not a name or a verb."""
    name, before, rest = found["month"], words_before(found), found.string[found.end() :]
    capital_next = re.match(r"\s[^\W\d_a-z][a-z]", rest)
    clear = bool(_IN.search(before))
    if name.casefold() in ("may", "march", "april", "june", "august", "mar", "jan"):
        ends = re.match(r"\s*(?:[?.,;:!)]|$)", rest)
        partner = _AND_MONTH.match(rest) and name[0].isupper()
        clear = (clear and not capital_next and not re.match(r"['’]s", rest)) or bool(
            partner or (_BY.search(before) and ends and name[0].isupper())
        )
    elif not clear:
        amid_names = re.search(r"[^\W\d_a-z]\w*\s$", before) and not re.search(
            r"(?:^|[.?!]\s)\w+\s$", before
        )
        clear = name[0].isupper() and not capital_next and not amid_names
        clear = clear and not (len(name) < 5 and name.casefold() not in ("june", "july"))
    if not clear:
        return None
    days, current = each(name.casefold(), today)
    return (Stretch(found.start(), found.end(), days, None, current),)


def _quarter(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    part = found["part"]
    number = (ORDINALS[part.casefold()] or 4) if part else int(found["q"] or found["q2"])
    months = 6 if not part and "h" in found[0][:2].casefold() else 3
    if months == 6 and number > 2:
        return None
    year = year_of(found, today)
    # An Audi Q3 is no quarter, and neither is a half of a match.
    if not year and (months == 6 or part or re.search(r"[^\W\d_a-z]\w*\s$", words_before(found))):
        return None
    return (
        Stretch(
            found.start(), found.end(),
            lambda turn: month_run(12 * turn + months * (number - 1), months),
            year, today.year, bool(year),
        ),
    )  # fmt: skip


def _season(found: re.Match[str], today: date) -> tuple[Stretch, ...]:
    days, current = each(found["season"].casefold(), today)
    year = int(found["winter"]) if found["winter"] else year_of(found, today)
    return (Stretch(found.start(), found.end(), days, year, current, True),)


def _years(found: re.Match[str], _today: date) -> tuple[Stretch, ...] | None:
    """Two years with a dash, or a year with a month ("2024-05")."""
    first, second = int(found["first"]), int(found["second"])
    if len(found["second"]) == 2:
        if second <= first % 100:
            iso = found["dash"] == "-" and 1 <= second <= 12
            month = 12 * first + second - 1
            return (replace(fixed(found, lambda: month_run(month)), dated=True),) if iso else None
        second += first // 100 * 100
    if first >= second:
        return None
    return (fixed(found, lambda: month_run(12 * first, 12 * (second - first + 1))),)


_IN_YEAR = pattern(r"\b(?:in|since|during|throughout|year|early|late|mid|of)(?: |-)(?:the )?$")
_BESIDE = pattern(r"\b(?:before|after|by|until|till|from|between|to|and|or|prior to|as of) $")


def _bare_year(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """A year alone. A figure that counts or numbers something is none."""
    year, rest = int(found["year"]), found.string[found.end() :]
    before = words_before(found)
    clear = _IN_YEAR.search(before)
    if (clear and "of" in clear[0].casefold()) or not clear:
        named = re.search(r"[^\W\d_a-z][^\s,;:?!]*\s$", before) and not _BESIDE.search(before)
        least = 1500 if clear or _BESIDE.search(before) else 1900
        if (
            not least <= year <= today.year + (1 if named else 20)
            or _COUNTED_NEXT.match(rest)
            or _NUMBERED_BEFORE.search(before)
            or (before[-1:] in tuple("'\"‘“") and rest[:1] in tuple("'\"’”"))  # a title
        ):
            return None
    days, current = each("year", today)
    return (Stretch(found.start(), found.end(), days, year, current),)


_COUNTED_NEXT = pattern(COUNTED)
_NUMBERED_BEFORE = pattern(rf"\b{NUMBERED} $")


def _fiscal(found: re.Match[str], today: date) -> tuple[Stretch, ...]:
    days, current = each("year", today)
    return (Stretch(found.start(), found.end(), days, 2000 + int(found["two"]), current),)


def _decade(found: re.Match[str], today: date) -> tuple[Stretch, ...] | None:
    """Ten years, of two figures the latest that have begun; or the hundred of "the 1800s"."""
    before, number = words_before(found), int(found["years"])
    if len(found["years"]) == 4:
        size = 1200 if number % 100 == 0 and number < 2000 else 120
        return (fixed(found, lambda: month_run(12 * number, size)),)
    mark = before[-1:] in ("'", "’")
    if _COUNTED_NEXT.match(found.string, found.end()) or not (
        mark or (number >= 50 and re.search(r"(?i)\b(?:the|early|mid|late)[\s-]$", before))
    ):
        return None
    first = today.year // 100 * 100 + number
    first -= 100 if first > today.year else 0
    decade = fixed(found, lambda: month_run(12 * first, 120))
    return (replace(decade, start=found.start() - mark),)


def _century(found: re.Match[str], _today: date) -> tuple[Stretch, ...]:
    number = int(found["number"])
    return (fixed(found, lambda: month_run(1200 * (number - 1) + 12, 1200)),)


def _foreign(found: re.Match[str], _today: date) -> tuple[Stretch, ...] | None:
    """A full date in another language ("3. Mai 2024", "3 de mayo de 2024")."""
    day = parse_date(found[0])
    return (replace(fixed(found, lambda: (day, day)), dated=True),) if day else None


_CLOCK = (
    r"(?:,? (?:at )?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\b\.?)?"
    r"(?: (?:gmt|utc|bst|cet|[ecmp][sd]?t)\b)?)?"
)
_ABBREVIATED = r"(?:\.(?=,?\s\d))?"
_THE_YEAR = rf"(?:,?(?: of)? |-){YEAR}"

RULES: tuple[tuple[re.Pattern[str], Read], ...] = (
    (
        pattern(
            rf"{NO_NUMBER}(?P<date>\d{{4}}([-/.])\d{{1,2}}\2\d{{1,2}}|\d{{1,2}}([-/.])\d{{1,2}}\3"
            rf"\d{{4}})(?:T\d[\d:.]{{1,14}}(?:Z|[+-]\d\d:?\d\d)?)?(?![\w/-]|\.\d){_CLOCK}"
        ),
        _numeric,
    ),
    (
        pattern(
            rf"{NO_NUMBER}{BEFORE_DATE}(?:the )?(?:(?P<other>\d{{1,2}})(?:st|nd|rd|th)?(?P<to>{TO})"
            rf"(?:the )?)?{DAY}(?: of | |-)(?P<month>{MONTH}){_ABBREVIATED}(?:{_THE_YEAR})?{_CLOCK}"
        ),
        _day_of_month,
    ),
    (
        pattern(
            rf"{BEFORE_DATE}(?P<month>{MONTH}){_ABBREVIATED} (?:the )?{DAY}(?:(?P<to>{TO})(?:the )?"
            rf"(?P<other>\d{{1,2}})(?:st|nd|rd|th)?(?!\w|[.:]\d| (?:of )?{MONTH}))?"
            rf"(?:{_THE_YEAR}|(?![:\w%]|[.,]\d|{COUNTED})){_CLOCK}"
        ),
        _day_of_month,
    ),
    (pattern(rf"(?P<month>{MONTH}){_ABBREVIATED}{_THE_YEAR}"), _month_of_year),
    (
        pattern(
            rf"(?:[QH](?P<q>[1-4])\b|(?P<q2>[1-4])(?:Q|H)\b|(?P<part>{'|'.join(ORDINALS)})"
            rf"[ -]quarter\b)(?:(?:,? | of | in )(?:the )?{YEAR})?"
        ),
        _quarter,
    ),
    (
        pattern(
            rf"(?P<season>{'|'.join(SEASONS)})(?:,? |s? of )(?:the )?"
            rf"(?:(?P<winter>(?:1\d|20)\d\d)[-–/](?:\d\d){{1,2}}(?!\w)|{YEAR})"
        ),
        _season,
    ),
    (
        pattern(
            rf"{NO_NUMBER}(?P<first>(?:1\d|2[01])\d\d) ?(?P<dash>[-–—/]) ?(?P<second>\d{{4}}|\d\d)"
            rf"(?!\w|[-/.:]\d|%)"
        ),
        _years,
    ),
    (pattern(r"FY ?['’]?(?:20)?(?P<two>\d\d)(?!\w)"), _fiscal),
    (pattern(rf"{NO_NUMBER}(?P<years>(?:1\d|20)?\d0)['’]?s\b"), _decade),
    (
        pattern(rf"{NO_NUMBER}(?P<number>[1-9]|1\d|2[01])(?:st|nd|rd|th)[ -]century\b(?! bc)"),
        _century,
    ),
    (
        pattern(rf"{NO_NUMBER}\d{{1,2}}\.? (?:de )?[^\W\d_]{{3,12}}\.? (?:de )?\d{{4}}(?!\w)"),
        _foreign,
    ),
    (
        pattern(
            r"(?<![\w.,:/$€£#])(?<!\d-)(?<!\b\w-)(?P<year>(?:1\d|2[01])\d\d)"
            r"(?!\w|-\d|[.,:/]\d|%| bce?\b)"
        ),
        _bare_year,
    ),
    (pattern(rf"(?P<month>{MONTH})(?!-)"), _bare_month),
)
"""Tried in this order at each word."""
