"""A question → the periods that it names, resolved against a stated day, and whether it asks for
the newest.

Which words name a stretch of the calendar is for ``rag.stretches``; here they become periods.
What was chosen where words leave a choice:

* ``3.5.2024`` is day, month, year; ``3/4/2024`` could be two days and is none, nor is ``3/5``.
* A day or month without its year takes the one year that the question's other days and months
  name; otherwise it is the latest that has begun, like a weekday or a range without a year.
* Seasons are the northern, meteorological ones: winter 2023 is December 2023 to February 2024.
  Quarters and fiscal years are those of the calendar, ``2023-24`` is both years, the 1800s are a
  hundred years.
* ``before`` and ``after`` leave the named days out, ``since``, ``until``, ``by`` and ``as of``
  take them in. "After the 2021 election" takes 2021 in: the election fell somewhere within;
  and "after the 5 October report" is the day of the report, which is asked for.
* Words that point at another day of the text ("the same day", "a week later") name no period, and
  neither do relative words or days without a year in quotation marks: they are someone else's.
* "Who owns it today?" asks for the newest, "what happened today?" for a day.

Libraries were tried first. recognizers-text gives intervals with places, but takes 8–32 ms a
question, reads "Theresa May" and "people march" as months and breaks with today's ``emoji``;
dateparser and parsedatetime give moments, "Q3" none, and dates in "march", "Friday Night
Football" and "3-2"; ctparse gives one date a question; timefhuman passes "in October" by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.calendar_words import COUNT, MONTH, Days, Stretch, pattern
from rag.relative_days import bounds, means_nowadays, shifted
from rag.stretches import QUOTED, find_stretches


@dataclass(frozen=True, slots=True)
class Period:
    """Days inclusive, None where it is open on that side; ``text[start:end]`` are the words that
    said so, with their prepositions. ``published`` where the question speaks of articles that were
    published then, not of what happened then.
    """

    first_day: date | None
    last_day: date | None
    start: int
    end: int
    published: bool


_OWNER = re.compile(r"['’]s(?!\w)")
_OPENERS = {
    "before": r"before(?! (?:on|in|at)\b)|prior to|ahead of|earlier than|preceding|leading up to"
    "|in the run-up to",
    "until": "until|till|by|up to|up until|through|no later than|not later than|on or before|as of"
    "|as at",
    "since": "since|ever since|starting|beginning|as from|on or after",
    "after": r"after(?! (?:on|in|at)\b)|following|later than|subsequent to",
}
_PUBLISH = r"published|posted|dated|reported|written|printed|updated|issued|appear(?:ed|ing)"
_LEAD = pattern(
    rf"(?<![\w'’-])(?:(?P<publish>{_PUBLISH})(?: (?:shortly|soon|just|only|again|online|first|back"
    r"|later|earlier|sometime|immediately|right|(?:after|before)(?= (?:on|in|at)\b)))"
    r"{0,2}(?: at \d{1,2}:\d\d(?::\d\d)?)?,? )?"
    r"(?:" + COUNT + r" (?P<unit>day|week|month|year)s? (?=before|prior to|after|following))?"
    r"(?:(?:" + "|".join(f"(?P<{key}>{words})" for key, words in _OPENERS.items()) + r") )?"
    r"(?:(?P<glued>pre|post)-)?"
    r"(?:(?:between|from|in|on|at|during|over|within|throughout|around|of|for|dated|the|year"
    r"|(?:month|night|morning|evening|day|period) of) ){0,3}['‘\"“(]?$"
)
_RANGE = pattern(r"(?: ?[-–—] ?| ?,? (?:to|through|thru|until|till|up to|up until) )(?:the )?")
_ONWARDS = pattern(r",? (?:onwards?\b|on(?= ?[?.,;]| ?$)|and (?:after|later|onwards?)|or later)")
_TO_NOW = pattern(
    r"(?: ?[-–—] ?| (?:to|until|till|through|up to) )(?:now|date|the present|present)\b"
)
_ARTICLE = (
    r"(?:articles?|reports?|stor(?:y|ies)|pieces?|posts?|columns?|coverage|reviews?|editorials?"
    r"|reporting|dispatch(?:es)?|newsletters?|news|editions?|op-eds?|updates?)"
)
# "the report by The Ostwick Post on …": between the word and the day stands at most a source.
_ARTICLE_BEFORE = re.compile(
    rf"\b(?i:{_ARTICLE}|reported)(?:\s(?i:by|from|in|at|of)(?:\s(?:['\"‘“(]?[^\W_a-z][^\s]*"
    r"|and|of|the|for|in|[|&–-])){1,12})?(?:\s(?:later|earlier|again|also|first))?,?\s?$"
)
_ARTICLE_AFTER = re.compile(
    rf"(?:['’]s)?,?\s(?:[^\W\d_a-z][\w.&'’|-]*\s){{0,4}}(?i:{_ARTICLE}|reported)(?!\w|-)"
)
_THE = pattern("the $")
_ATTRIBUTE = pattern(rf"(?:{MONTH}|\d{{4}}$|Q\d)")
_THE_DAY = pattern(rf"the \d{{1,2}} {MONTH}")
_AND = pattern(r",? (?:and|or|but) (?:the )?")
_ONE_BEFORE = pattern(r"\b(?:the|that|another|other) one(?: (?:from|of|by))?,? ?$")
_AND_ONE = pattern(
    r",? ?(?:and|or|versus|vs\.?|with|than|to|,)(?: (?:the )?(?:one|ones|another|that|those|other"
    r"|second|again|then|article|report)){0,3},? ?"
)


def read_periods(text: str, today: date, newest: date | None = None) -> tuple[Period, ...]:
    """The periods a question names, in order of place, none overlapping another.

    ``newest`` is the day of the newest article, if that is known: over articles of 2023 "on 5
    October" is that of 2023, whatever the year is now.
    """
    stretches = find_stretches(text, today)
    years = {days[0].year for s in stretches if s.dated and (days := s.at(s.turn or 0))}
    year = years.pop() if len(years) == 1 else None
    latest = min(today, newest or today)
    periods: list[Period] = []
    position = 0
    while position < len(stretches):
        one = stretches[position]
        two = stretches[position + 1] if position + 1 < len(stretches) else None
        floor = periods[-1].end if periods else 0
        lead = _LEAD.search(text, max(floor, one.start - 80), one.start)
        days = _range(text, lead, one, two, year, today, latest) if two else None
        position += 2 if days else 1
        if days and two:
            first, last = days
            period = Period(first, last, lead.start() if lead else one.start, two.end, False)
        else:
            alone = one.at(_turn(_beside(text, one, two), year, today, latest))
            single = _opened(text, lead, one, alone, today) if alone else None
            if not single:
                continue
            period = single
        period = replace(period, published=_published(text, lead, period, periods))
        if owner := _OWNER.match(text, period.end):
            period = replace(period, end=owner.end())
        both = _both(text, periods[-1], period) if periods else None
        periods[-1:] = [both] if both else [*periods[-1:], period]
    return tuple(periods)


def _turn(stretch: Stretch, year: int | None, today: date, latest: date) -> int:
    """Which turn is meant: the one said, that of the question's only year, or the latest begun."""
    if stretch.turn is not None:
        return stretch.turn
    yearly = stretch.current == today.year
    if year is not None and yearly:
        return year
    if yearly:
        stretch, today = replace(stretch, current=latest.year), latest
    begun = stretch.latest_begun(today)
    return stretch.current if begun is None else begun


def _beside(text: str, one: Stretch, two: Stretch | None) -> Stretch:
    """In "October and November 2022" the first takes the year of the second."""
    takes = two and one.turn is None and two.dated and two.turn and one.current == two.current
    if two and takes and _AND.fullmatch(text, one.end, two.start):
        return replace(one, turn=two.turn)
    return one


def _range(
    text: str,
    lead: re.Match[str] | None,
    one: Stretch,
    two: Stretch,
    year: int | None,
    today: date,
    latest: date,
) -> Days | None:
    """The days from one stretch to the next, where the words between them say so."""
    between = lead and "between" in lead[0].casefold() and _AND.fullmatch(text, one.end, two.start)
    if not (between or _RANGE.fullmatch(text, one.end, two.start)):
        return None

    def turns(stretch: Stretch, day: date) -> tuple[int, int, int]:
        yearly = stretch.current == today.year
        near = day.year if yearly else (day.toordinal() - 1) // 7
        return near - 1, near, near + 1

    if one.turn is None and two.turn is not None:
        last = two.at(two.turn)
        spans = [span for t in turns(one, last[0]) if (span := one.at(t))] if last else []
        first = next((span for span in reversed(spans) if last and span[0] <= last[0]), None)
    else:
        first = one.at(_turn(one, year, today, latest))
        if two.turn is not None or not first:
            last = two.at(two.turn or 0)
        else:
            spans = [span for t in turns(two, first[0]) if (span := two.at(t))]
            last = next((span for span in spans if span[0] >= first[0]), None)
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _opened(
    text: str, lead: re.Match[str] | None, one: Stretch, days: Days, today: date
) -> Period | None:
    """The period that a stretch alone and the words beside it say; None beyond the calendar."""
    first, last = days
    whole = Period(first, last, lead.start() if lead else one.start, one.end, False)
    opener = _opener(text, lead, one)
    if opener and one.edge:
        first = last = last if one.edge > 0 else first
        opener = "until" if opener == "before" and one.edge > 0 else opener
    try:
        count, unit = (bounds(lead["count"])[1], lead["unit"]) if lead and lead["unit"] else (0, "")
        unit = unit.casefold()
        if opener == "before":
            begin = shifted(first, -count, unit) if unit else None
            return replace(whole, first_day=begin, last_day=first - timedelta(days=1))
        if opener == "after":
            end = shifted(last, count, unit) if unit else None
            return replace(whole, first_day=last + timedelta(days=1), last_day=end)
    except (ValueError, OverflowError):
        return None
    if opener == "until":
        return replace(whole, first_day=None, last_day=last)
    if opener == "since":
        return replace(whole, first_day=first, last_day=None)
    if (now := _TO_NOW.match(text, one.end)) and first <= today:
        return replace(whole, last_day=today, end=now.end())
    if onwards := _ONWARDS.match(text, one.end):
        return replace(whole, last_day=None, end=onwards.end())
    return whole


def _opener(text: str, lead: re.Match[str] | None, one: Stretch) -> str:
    """Which of the openers stands before a stretch, or nothing."""
    if not lead:
        return ""
    if lead["glued"]:
        return "before" if lead["glued"].casefold() == "pre" else "after"
    opener = next((key for key in _OPENERS if lead[key]), "")
    # "Before the 2023 election", "after Tuesday's vote": what opens is not the day but the noun.
    named = text[one.start : one.end]
    if (
        (_THE.search(lead[0]) and _ATTRIBUTE.match(named))
        or _THE_DAY.match(named)
        or _OWNER.match(text, one.end)
    ):
        article = _ARTICLE_AFTER.match(text, one.end)
        return "" if article else {"before": "until", "after": "since"}.get(opener, opener)
    return opener


def _published(
    text: str, lead: re.Match[str] | None, period: Period, periods: list[Period]
) -> bool:
    """Whether a period is one of articles, by its own words, one beside it or the period before."""
    if lead and lead["publish"]:
        return True
    floor = periods[-1].end if periods else 0
    if _ARTICLE_BEFORE.search(text[max(floor, period.start - 160) : period.start]):
        return True
    if _ARTICLE_AFTER.match(text, period.end):
        return True
    if periods and periods[-1].published and _AND_ONE.fullmatch(text, floor, period.start):
        return True
    other = any(one.published for one in periods) and _ONE_BEFORE.search(text, floor, period.start)
    return bool(other)


def _both(text: str, one: Period, two: Period) -> Period | None:
    """Of "after 3 May and before 9 May", the days between."""
    if one.last_day or two.first_day or not one.first_day or not two.last_day:
        return None
    if one.first_day > two.last_day or not _AND.fullmatch(text, one.end, two.start):
        return None
    return replace(
        one, last_day=two.last_day, end=two.end, published=one.published or two.published
    )


# "Recently" and "recent" are not here: "which company, recently fined, …" tells of what was new
# when the article was written and does not ask for the newest.
_NEWEST = re.compile(
    r"(?<!at the )\blatest\b|\bnewest\b|\bmost\s(?:recent|current|up[\s-]to[\s-]date)\b"
    r"|\bmost\srecently\b|(?<!, )\bcurrently\b|\bpresently\b|\bnowadays\b|\bthese\sdays\b"
    r"|\bat\s(?:the\s(?:present\s)?moment|present)\b|\bas\sof\s(?:now|today)\b|\bright\snow\b"
    r"|\bcurrent\s(?:state|status|situation|standings?|position|level|price|rate)\b"
    r"|(?<!go )(?<!goes )(?<!gone )(?<!went )\bso\sfar\b"
    r"(?!\s(?:as|away|from|that|apart|right|left|behind|ahead|out|off|removed|gone|back|into|up|down))"
    r"|(?<!from )(?<!until )(?<!till )(?<!by )(?<!before )(?<!just )\bnow\s*(?:[?.!]|$)"
    r"|^\s*(?:who|what|where|how|which)\b[^,;:?.]{0,40}?\b(?:is|are|does|do|stands?)\snow\b"
)


def wants_newest(text: str) -> bool:
    """Whether a question asks for the newest state ("the latest on …", "so far", "… now?").

    Words in quotation marks do not ask, and neither do capitals amid a question, which are names.
    """
    text = QUOTED.sub(lambda found: " " * len(found[0]), text)
    if text.istitle() or text.isupper():
        text = text.casefold()
    text = re.sub(r"\s+", " ", text).strip()
    text = text[:1].casefold() + text[1:]
    return bool(_NEWEST.search(text)) or means_nowadays(text)
