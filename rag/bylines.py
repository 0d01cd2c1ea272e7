"""Lines around an article's headline → its authors, agency and date of publishing.

Bylines ("By A and B"), lines that are a date, and the dateline that opens the first paragraph.
"""

from __future__ import annotations

import re

from rag.dates import parse_date, read_date
from rag.metadata import Metadata
from rag.names import agencies_in, is_agency, is_name, is_organisation, split_names
from rag.records import Published

TOP_LINES = 8
"""How many lines below the title may hold the byline and the date."""

_BYLINE = re.compile(r"(?:by|von|par|por|di|door)\s*:?\s+(?=\S)(.+)$", re.IGNORECASE)
_DATE_LABEL = re.compile(
    r"(?:((?:first |originally )?published|posted|date|created|veröffentlicht|erschienen|publié|"
    r"publicado|pubblicato|gepubliceerd|geplaatst|publicerad|publisert|publiceret|julkaistu|"
    r"opublikowano|zveřejněno|publikováno|megjelent|publicat|yayınlan(?:ma|dı)|опубликовано|"
    r"опубліковано|δημοσιεύτηκε)"
    r"|((?:last )?(?:updated?|modified)|aktualisiert|stand|mis à jour|modifié|actualizado|"
    r"aggiornato|atualizado|bijgewerkt|uppdaterad|oppdatert|opdateret|päivitetty|aktualizacja|"
    r"zaktualizowano|aktualizováno|frissítve|actualizat|güncelle(?:me|ndi)|обновлено|оновлено|"
    r"ενημερώθηκε))"
    r"\s*(?:on|at|:|am|le|el|il|op|den)?\s*:?\s+",
    re.IGNORECASE,
)
_DATE_PARTS = re.compile(r"\s*[|•·;]\s*(?=[^\W\d])|,\s(?=(?:first |originally )?published\b)", re.I)
_DATE_WORDS = 6  # what stands beside a date on its line is a section or a place, not a sentence


# "By A. Writer, Ledger & Quay": single words around the "&" are a house, not two people.
_HOUSE = re.compile(r"(.+),\s+([A-Z][\w’'-]* & [A-Z][\w’'-]*)$")


def _byline(line: str) -> Metadata | None:
    """A line ("By A, B and C | 3 May 2024") → what it names; None where it is no byline."""
    found = _BYLINE.match(line) if len(line) <= 250 else None
    if not found:
        return None
    names, *rest = re.split(r"\s*[|•·–—]\s*|\s-\s|\s(?=(?:Published|Updated|Posted)\b)", found[1])
    published = next((day for part in rest if (day := _date_line(part)[0])), None)
    source = next((part for part in rest if is_name(part) and is_organisation(part)), "")
    names, _, outlet = names.partition(" for ")
    if outlet and is_name(outlet):
        source = outlet
    names = re.sub(r",?\s+in\s+[A-Z][\w.,' -]*$", "", names).strip(" ,")
    house = _HOUSE.match(names)
    if house:
        names, source = house.groups()
    parts = split_names(names)
    if not parts or not all(is_name(re.sub(r",.*", "", part)) for part in parts):
        return None
    agencies = [part for part in parts if is_organisation(part)]
    people = [part for part in parts if part not in agencies]
    if agencies and all(len(part.split()) == 1 for part in people):
        people, source = [], names.strip()  # "By Mundo and AFP": no names of people
    source = source or " and ".join(agencies)
    return Metadata.stated("byline", source=source, authors=tuple(people), published=published)


def is_top_line(line: str) -> bool:
    """Tells whether a line is nothing but a byline or a date."""
    return bool(_byline(line)) or _date_line(line)[1]


def _date_line(line: str) -> tuple[Published, bool]:
    """A line that is nothing but a date → (the date if it is of publishing, whether it is one)."""
    if len(line) > 120 or _WITH_AGENCY.match(line):
        return None, False
    first, *more = [_dated(part) for part in _DATE_PARTS.split(line)]
    days = [day for day, label in (first, *more) if day and label != "updated"]
    return next(iter(days), None), bool(first[0])


def _dated(part: str) -> tuple[Published, str]:
    """A part of a line ("Updated: 3 May 2024") → its date, and "updated" where it is of that."""
    label = _DATE_LABEL.match(part)
    day, rest = read_date(part[label.end() :] if label else part)
    if len(rest.split()) > _DATE_WORDS and not re.match(r"\W*(?:last )?updated\b", rest, re.I):
        day = None
    return day, "updated" if label and label[2] else ""


def read_bylines(known: Metadata, body: list[str]) -> tuple[Metadata, list[str]]:
    """Takes bylines, date lines and agency names out of the lines below the title."""
    kept: list[str] = []
    seen_byline = False
    # A column of dates is a table: none of them is known to be of publishing.
    is_table = sum(bool(re.fullmatch(r"[\d/.-]{6,10}", line)) for line in body[:TOP_LINES]) > 2
    for at, line in enumerate(body):
        byline = _byline(line) if at < TOP_LINES and not seen_byline else None
        day, is_date = _date_line(line) if at < TOP_LINES and not is_table else (None, False)
        if byline:
            seen_byline = True
            known = known.or_else(byline)
        elif is_date:
            known = known.or_else(Metadata.stated("header line", published=day))
        elif at < TOP_LINES and is_agency(line.strip(" |()")):
            known = known.or_else(Metadata.stated("byline", source=line.strip(" |()")))
        else:
            kept.append(line)
    return (known, kept) if kept else (known, body)


_WITH_AGENCY = re.compile(
    r"([^()/]{0,80}?)\s*(?:\(([^()\d]{2,40})\)|/([^()/\d]{2,40})/)"
    r"\s*(?:[.,]?\s?(?:--+|[-–—])\s|(?<=/)\.\s)"
)
_WITHOUT_AGENCY = re.compile(r"([^()]{2,60}?)\s*(?:--+|[–—]|(?<=[A-Z])\s-)\s")


def read_dateline(paragraph: str) -> Metadata:
    """A first paragraph ("KYIV, May 3, 2024 (Reuters) – …") → its agency and whole date."""
    found = _WITH_AGENCY.match(paragraph)
    agency = (found[2] or found[3]).split(",")[0].strip() if found else ""
    found = found or _WITHOUT_AGENCY.match(paragraph)
    if not found:
        return Metadata()
    if not agency and is_agency(found[1]):
        return Metadata.stated("dateline", source=found[1])  # "AFP — The council …"
    place, _, rest = found[1].partition(",")
    shouted = bool(place) and sum(map(str.isupper, place)) > sum(map(str.islower, place))
    if not shouted and not is_agency(agency):
        return Metadata()
    if not (agencies_in(agency) or (is_name(agency) and len(agency.split()) <= 4)):
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
