"""Lines around an article's headline → its authors, agency and date of publishing.

Bylines ("By A and B"), lines that are a date, and the dateline that opens the first paragraph.
"""

from __future__ import annotations

import re

from rag.dates import UPDATED, parse_date, read_date
from rag.lines import is_sentence
from rag.metadata import Metadata
from rag.names import (
    agencies_in,
    is_agency,
    is_name,
    is_organisation,
    is_unsigned,
    split_names,
    without_agency,
)
from rag.records import Published

TOP_LINES = 8
"""How many lines below the title may hold the byline and the date."""

_BYLINE = re.compile(r"(by|von|par|por|di|door)\s*(:)?\s+(?=\S)(.+)$", re.IGNORECASE)
_DATE_LABEL = re.compile(
    r"(?:((?:first |originally )?published|posted|date|created|veröffentlicht|erschienen|publié|"
    r"publicado|pubblicato|gepubliceerd|geplaatst|publicerad|publisert|publiceret|julkaistu|"
    r"opublikowano|zveřejněno|publikováno|megjelent|publicat|yayınlan(?:ma|dı)|опубликовано|"
    rf"опубліковано|δημοσιεύτηκε|입력|등록|发布时间|发布于|發布時間)|({UPDATED}|stand))"
    r"(?:\s+(?:on|at|am|le|el|il|op|den))?(?:\s*[:：]\s*|\s+[-–]\s+|\s+)",
    re.IGNORECASE,
)
_DATE_PARTS = re.compile(r"\s*[|•·;]\s*(?=[^\W\d])|,\s(?=(?:first |originally )?published\b)", re.I)
_BESIDE = re.compile(r"(\s*[|•·;]\s*|(?:^|\s)[-–—/]\s)")
_UPDATE = re.compile(rf"\W*{UPDATED}(?!\w)(?:.*\d|(?:\W*\w+){{0,3}}\W*$)", re.IGNORECASE)
_READING_TIME = re.compile(
    r"\W*(?:lecture|lesezeit|reading time|tempo di lettura)?:? ?\d+[ -]?min\w*\.?"
    r"(?: read| de lecture| di lettura| de lectura| lesezeit)?\W*",
    re.IGNORECASE,
)
_STATED_SOURCE = re.compile(r"(?:来源|來源|출처|source)\s?[:：]\s*(\S.{0,40})", re.IGNORECASE)
_NAMED_DATE = re.compile(r"([^\W\d][^,|•·\d]{2,50})\s*[,|•·]\s+(.*\d.*)")
_DIGIT = re.compile(r"\d")
_WEEKDAY = re.compile(r",?\s(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?$", re.I)
_SINCE = 1995  # an older day beside a name is of what is told: a birth, a picture


# "By A. Writer, Ledger & Quay": single words around the "&" are a house, not two people.
_HOUSE = re.compile(r"(.+),\s+([A-Z][\w’'-]* & [A-Z][\w’'-]*)$")


def _byline(line: str) -> Metadata | None:
    """A line ("By A, B and C | 3 May 2024") → what it names; None where it is no byline."""
    found = _BYLINE.match(line) if len(line) <= 250 else None
    if not found:
        return None
    parts = re.split(r"\s*[|•·–—]\s*|\s-\s|\s(?=(?:Published|Updated|Posted)\b)", found[3])
    names, *rest = _before_date(parts[0]) + parts[1:]
    published = next((day for part in rest if (day := _date_line(part)[0].published)), None)
    named = [part for part in rest if is_name(part) and is_organisation(part)]
    source = next((part for part in named if not is_unsigned(part)), "")
    names, _, outlet = names.partition(" for ")
    if outlet and is_name(outlet) and not is_unsigned(outlet):
        source = outlet
    people, source = _people(names, source)
    if people is None:
        return None
    # Elsewhere these words also begin names and phrases ("Di Maria"): one name is not enough.
    sure = found[1].casefold() == "by" or found[2] or source
    if not sure and not (people and all(len(name.split()) > 1 for name in people)):
        return None
    return Metadata.stated("byline", source=source, authors=tuple(people), published=published)


def _before_date(names: str) -> list[str]:
    """The names of a byline → the same, parted from a date behind them ("Ada Finch 3 May 2024")."""
    if _DIGIT.search(names):
        for gap in reversed([*re.finditer(r",?\s+(?=\w)", names[:80])]):
            if _date_line(names[gap.end() :])[1]:
                return [_WEEKDAY.sub("", names[: gap.start()]), names[gap.end() :]]
    return [names]


def _people(names: str, source: str) -> tuple[list[str] | None, str]:
    """The names of a byline and the source beside them → its people, None if they are no names,
    and the source. Roles and desks are no one's name, and no publisher's.
    """
    names = re.sub(r",?\s+in\s+[A-Z][\w.,' -]*$", "", names).strip(" ,")
    house = _HOUSE.match(names)
    if house:
        names, source = house.groups()
    people, _, helper = names.partition(" with ")
    if helper and agencies_in(helper):
        names, source = people, source or helper
    parts = split_names(names)
    if not all(is_name(re.sub(r",.*", "", part)) for part in parts or [names]):
        return None, ""
    if not parts and not is_unsigned(names):
        return None, ""
    pairs = [without_agency(part) for part in parts if not is_unsigned(part)]
    agencies = [agency for _, agency in pairs if agency]
    agencies += [name for name, agency in pairs if not agency and is_organisation(name)]
    found = [name for name, _ in pairs if name not in agencies]
    if agencies and all(len(part.split()) == 1 for part in found):
        return [], source or names.strip()  # "By Mundo and AFP": no names of people
    return found, source or " and ".join(agencies)


def is_top_line(line: str) -> bool:
    """Tells whether a line is nothing but a byline or a date."""
    return _byline(line) is not None or _date_line(line)[1]


def _date_line(line: str) -> tuple[Metadata, bool]:
    """A line that is nothing but a date → (its day if it is of publishing, with a byline or source
    that stands beside it; whether it is one).

    Beside the date may stand what pages put there. A second date is a range or a table, and other
    words make it text: "6 June 1944 – Allies land in Normandy".
    """
    if len(line) > 160 or not _DIGIT.search(line) or _WITH_AGENCY.match(line):
        return Metadata(), False
    first, *more = _DATE_PARTS.split(line)
    day, label, rest = _dated(first)
    if not day:
        return Metadata(), False
    days = [] if label == "updated" else [day]
    known = Metadata()
    mark = ""
    for piece in _BESIDE.split(" | ".join([rest, *more])):
        if _BESIDE.fullmatch(piece):
            mark = piece.strip()
            continue
        other, other_label, other_rest = _dated(piece)
        if other and not (other_rest or (label == other_label == "")):
            days += [] if other_label == "updated" else [other]
            continue
        beside = _beside(piece, sure=bool(label) or mark not in tuple("-–—"))
        if other or beside is None:
            return Metadata(), False
        known = known.or_else(beside)
    published = Metadata.stated("date line", published=next(iter(days), None))
    return published.or_else(known), True


def _beside(text: str, *, sure: bool) -> Metadata | None:
    """What stands beside a date → what it states; None where it makes the line a sentence.

    Where it is not ``sure`` that the line is about publishing, only a place in capitals counts.
    """
    text = text.strip(" ,()")
    source = _STATED_SOURCE.fullmatch(text)
    if source:
        return Metadata.stated("byline", source=source[1].strip())
    if not text or _UPDATE.match(text) or _READING_TIME.fullmatch(text):
        return Metadata()
    if byline := _byline(text):
        return byline
    place = all(is_name(part) for part in text.split(", "))
    short = len(text.split()) <= (4 if place else 3)
    return Metadata() if short and (text.isupper() or (sure and not is_sentence(text))) else None


def _dated(part: str) -> tuple[Published, str, str]:
    """A part of a line ("Updated: 3 May 2024") → its date, "published" or "updated" where it says
    of what, and what follows the date.
    """
    label = _DATE_LABEL.match(part)
    day, rest = read_date(part[label.end() :] if label else part)
    return day, "" if not label else "updated" if label[2] else "published", rest


def _named_day(line: str) -> Published:
    """A name or place and a date ("Ada Finch, 3 May 2024") → the date."""
    found = _NAMED_DATE.fullmatch(line) if len(line) <= 100 else None
    if not found or not is_name(found[1].strip()):
        return None
    known, is_date = _date_line(found[2])
    return (
        known.published if is_date and known.published and known.published.year >= _SINCE else None
    )


def _is_chronicle(line: str, body: list[str]) -> bool:
    """Whether a date is one of several that an article is ordered by, as a diary is."""
    day, label, _ = _dated(line)
    others = [_dated(each) for each in body if len(each) <= 80 and _DIGIT.search(each[:20])]
    return not label and any(other and not sign and other != day for other, sign, _ in others)


def read_bylines(known: Metadata, body: list[str]) -> tuple[Metadata, list[str]]:
    """Takes bylines, date lines and agency names out of the lines below the title.

    A date beside a name without "by" is read, and its line stays: it can be a place or a person.
    """
    kept: list[str] = []
    seen_byline = False
    # A column of dates is a table: none of them is known to be of publishing.
    is_table = sum(bool(re.fullmatch(r"[\d/.-]{6,10}", line)) for line in body[:TOP_LINES]) > 2
    for at, line in enumerate(body):
        if at >= TOP_LINES:
            kept += body[at:]
            break
        byline = _byline(line) if not seen_byline else None
        dated, is_date = _date_line(line) if not is_table else (Metadata(), False)
        if byline:
            seen_byline = True
            known = known.or_else(byline)
        elif is_date and (known.published or not _is_chronicle(line, body)):
            known = known.or_else(dated)
        elif is_agency(line.strip(" |()")):
            known = known.or_else(Metadata.stated("byline", source=line.strip(" |()")))
        else:
            kept.append(line)
            if at == 0 and (day := _named_day(line)) and not _is_chronicle(line, body):
                known = known.or_else(Metadata.stated("date line", published=day))
    return (known, kept) if kept else (known, body)


_WITH_AGENCY = re.compile(
    r"([^()/]{0,80}?)\s*(?:\(([^()\d]{2,40})\)|/([^()/\d]{2,40})/)"
    r"\s*(?:[.,]?\s?(?:--+|[-–—])\s|(?<=/)\.\s|(?P<weak>(?<=\))[.:]\s))"
)
_WITHOUT_AGENCY = re.compile(r"([^()]{2,60}?)\s*(?:--+|[–—]|(?<=[A-Z])\s-)\s")


def read_dateline(paragraph: str) -> Metadata:
    """A first paragraph ("KYIV, May 3, 2024 (Reuters) – …") → its agency and whole date."""
    found = _WITH_AGENCY.match(paragraph)
    if found and found["weak"] and not (is_name(found[1]) and agencies_in(f"({found[2]})")):
        found = None  # "He took the waters (spa). …"
    agency = (found[2] or found[3]).split(",")[0].strip() if found else ""
    found = found or _WITHOUT_AGENCY.match(paragraph)
    if not found:
        return Metadata()
    if not agency and is_agency(found[1]):
        return Metadata.stated("dateline", source=found[1])  # "AFP — The council …"
    place, _, rest = found[1].partition(",")
    shouted = bool(place) and sum(map(str.isupper, place)) > sum(map(str.islower, place))
    if not shouted and not agencies_in(f"({agency})"):
        return Metadata()
    if not (agencies_in(f"({agency})") or (is_name(agency) and len(agency.split()) <= 4)):
        agency = ""
    tail = [part.strip() for part in rest.split(",")]
    days = [parse_date(", ".join(tail[at:])) for at in range(len(tail))]
    day = next((day for day in days if day), None)
    return Metadata.stated("dateline", source=agency, published=day)


_LAST_WORDS = re.compile(r"[.!?…][\"'”’»)]*\s*(\([^()]{2,40}\)|[–—-]\s?[^\W\d][^.!?–—-]{1,40})\.?$")


def read_agency_mark(body: list[str]) -> tuple[Metadata, list[str]]:
    """The body → the agency named below it ("(AP)", "— Reuters", "Agencies"), and the body without
    that line. A mark at the end of the last paragraph is read and stays.
    """
    if len(body) < 2:
        return Metadata(), body
    if agency := agencies_in(body[-1]):
        return Metadata.stated("credit line", source=agency), body[:-1]
    found = _LAST_WORDS.search(body[-1])
    return Metadata.stated("credit line", source=agencies_in(found[1]) if found else ""), body
