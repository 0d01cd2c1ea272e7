"""A sentence → the times in it: days, months, years, centuries, hours, and "last week".

Places only: which day is meant is for ``stretches``, which reads a question against a day.
"""

from __future__ import annotations

import re

from rag.asked_kinds import Asked, Expected, overlaps

MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"
_ERA = r"\s?(?:BCE?|CE|AD|BP|B\.C\.(?:E\.)?|A\.D\.)(?!\w)"
_YEAR = r"(?<![\w.,$€£-])(?<![$€£]\s)(?:1\d|20)\d\d(?![\w%]|[.,]\d)"
COUNT = (
    r"(?:\d[\d,.]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|"
    r"twenty|thirty|forty|fifty|sixty|several|a\sfew|many|a\scouple\sof)"
)
TIME_UNIT = r"(?:second|minute|hour|day|night|week|month|year|decade|centur(?:y|ie)|generation)s?"
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|"
    r"nineteenth|twentieth|twenty-first)"
)
_PART = r"(?:(?:early|mid|late|the\send\sof|the\sbeginning\sof)[\s-](?:the\s)?)?"
_TIMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "day",
        re.compile(
            rf"(?:{WEEKDAY},?\s)?(?:(?:the\s)?\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}"
            rf"|{MONTH}\s(?:the\s)?\d{{1,2}}(?:st|nd|rd|th)?(?![\d:]))(?:,?\s(?:of\s)?"
            r"(?:1\d|20)?\d\d(?!\w|,\d))?|(?<![\w.])\d{4}-\d\d-\d\d(?!\w)"
            r"|(?<![\w./])\d{1,2}[./]\d{1,2}[./]\d{4}(?!\w)"
        ),
    ),
    ("month", re.compile(rf"{_PART}{MONTH},?\s(?:of\s)?(?:1\d|20)\d\d(?!\w)")),
    ("century", re.compile(rf"{_PART}(?:the\s)?{_ORDINAL}[\s-]centur(?:y|ies)(?:{_ERA})?", re.I)),
    ("decade", re.compile(rf"{_PART}(?<!\w)(?:the\s)?(?:(?:1\d|20)\d|['’]?\d)0['’]?s(?!\w)", re.I)),
    (
        "year",
        re.compile(
            rf"(?<![\w.,-])(?:c\.\s?|ca\.\s?)?\d[\d,]{{0,5}}{_ERA}|\bAD\s\d{{1,4}}(?!\w)"
            rf"|(?:(?i:spring|summer|autumn|fall|winter)\s(?:of\s)?)?{_YEAR}(?:[–—/-]\d{{2,4}}(?!\w))?"
        ),
    ),
    (
        "month",
        re.compile(
            rf"(?:(?<=\bin\s)|(?<=\bof\s)|(?<=\bby\s)|(?<=\bsince\s)|(?<=\buntil\s)|(?<=\blast\s)"
            rf"|(?<=\bnext\s)|(?<=\bevery\s))(?:early\s|late\s|mid-)?{MONTH}(?!\w)"
        ),
    ),
    ("weekday", re.compile(rf"(?<!\w){WEEKDAY}(?!\w)")),
    (
        "clock",
        re.compile(
            r"(?<![\w.:])\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\.?(?!\w)|o['’]clock)"
            r"|(?<![\w.:])\d{1,2}:\d\d(?![\w:])|\b(?:noon|midnight|dawn|dusk|daybreak)\b",
            re.I,
        ),
    ),
    (
        "",
        re.compile(
            rf"\b{COUNT}\s(?:[a-z]+\s)?{TIME_UNIT}\s(?:ago|later|earlier|before|after|from\snow)\b"
            rf"|\b(?:last|next|this|the\sfollowing|the\sprevious|the\ssame|that|past|coming)\s"
            rf"(?:{TIME_UNIT}|spring|summer|autumn|fall|winter|weekend|morning|evening|afternoon)\b"
            r"|\b(?:yesterday|tomorrow|tonight|nowadays)\b"
            r"|\b(?:in|during|of)\s(?:the\s)?(?:spring|summer|autumn|winter)\b",
            re.I,
        ),
    ),
)  # fmt: skip
_PERHAPS_TIMES = re.compile(
    rf"\b(?:when|after|before|during|until|since|once|while|following|as\ssoon\sas|upon|today|now|"
    rf"currently|at\sthe\s(?:time|end|beginning|start)|by\sthe|every|each|{MONTH}|period|era|age|"
    rf"daily|weekly|annual(?:ly)?|{TIME_UNIT}|morning|afternoon|evening|spring|summer|autumn|"
    r"winter|early|late|first|last|next)\b",
    re.I,
)


def times(asked: Asked, sentence: str) -> list[Expected]:
    """Times, of the unit asked for where it asks for one; and words by which times are told, as
    uncertain ones.
    """
    found: list[Expected] = []
    for unit, pattern in _TIMES:
        for match in pattern.finditer(sentence):
            if not overlaps(match.span(), found):
                found.append(Expected(*match.span(), _of_unit(asked.unit, unit), unit))
    for match in _PERHAPS_TIMES.finditer(sentence):
        if not overlaps(match.span(), found):
            found.append(Expected(*match.span(), False))
    return sorted(found, key=lambda e: e.start)


_YEARS_IN = {
    "year": {"year", "month", "day"}, "month": {"month", "day"}, "day": {"day", "weekday", "month"},
    "century": {"century"}, "decade": {"decade"}, "weekday": {"weekday", "day"},
    "clock": {"clock"},
}  # fmt: skip


def _of_unit(asked: str, found: str) -> bool:
    return not asked or found in _YEARS_IN[asked]
