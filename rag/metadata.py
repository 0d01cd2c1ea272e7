"""Text and markup → title, source, authors, published, language, and where each was found.

Values are taken only where the article states them. A date that can be read two ways, lacks its
year, or stands in a footer is left out: no date is better than a wrong one. Nothing here decides
what is article text and what is not; see ``boilerplate``.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from rag.records import Published, PublishedFrom

TITLE_CHARACTERS = 300
OPENING_CHARACTERS = 80
TOP_LINES = 8
"""How many lines below the title may hold the byline and the date."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an article says about itself; empty where it does not. ``*_from`` say where."""

    title: str = ""
    title_from: str = ""
    source: str = ""
    source_from: str = ""
    authors: tuple[str, ...] = ()
    published: Published = None
    published_from: PublishedFrom = ""
    url: str = ""
    language: str = ""

    def or_else(self, other: Metadata) -> Metadata:
        """What is known here, and from ``other`` what is lacking."""
        merged = self
        if not merged.title:
            merged = replace(merged, title=other.title, title_from=other.title_from)
        if not merged.source:
            merged = replace(merged, source=other.source, source_from=other.source_from)
        if merged.published is None:
            merged = replace(merged, published=other.published, published_from=other.published_from)
        return replace(
            merged,
            authors=merged.authors or other.authors,
            url=merged.url or other.url,
            language=merged.language or other.language,
        )


# --- dates -----------------------------------------------------------------------------------

# One row per month: English, German, French, Spanish, Italian, Portuguese, Dutch, Russian.
_MONTH_ROWS = (
    "january jan januar jänner janvier janv enero gennaio janeiro januari января",
    "february feb februar février févr febrero febbraio fevereiro februari февраля",
    "march mar märz mär mars marzo março maart марта",
    "april apr avril avr abril aprile апреля",
    "may mai mayo maggio maio mei мая",
    "june jun juni juin junio giugno junho июня",
    "july jul juli juillet juil julio luglio julho июля",
    "august aug août agosto augustus августа",
    "september sep sept septembre septiembre setiembre settembre setembro сентября",
    "october oct oktober okt octobre octubre ottobre outubro октября",
    "november nov novembre noviembre novembro ноября",
    "december dec dezember dez décembre déc diciembre dicembre dezembro декабря",
)
_MONTHS = {name: row for row, names in enumerate(_MONTH_ROWS, 1) for name in names.split()}

# Hours from UTC. Names that mean several zones (IST, BST) or change with the season (ET) are
# left out: the day alone is then kept.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
}  # fmt: skip

_ORDINAL = r"(?:st|nd|rd|th|º|er|\.)?"
_DAY = "|".join(
    (
        r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})",
        r"(?P<y2>\d{4})[/.](?P<m2>\d{1,2})[/.](?P<d2>\d{1,2})",
        r"(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})",
        rf"(?P<d4>\d{{1,2}}){_ORDINAL}[ -](?:de |of )?(?P<m4>[^\W\d_]{{3,12}})\.?,?[ -](?:de )?"
        r"(?P<y4>\d{4})",
        rf"(?P<m5>[^\W\d_]{{3,12}})\.? (?P<d5>\d{{1,2}}){_ORDINAL},? (?P<y5>\d{{4}})",
        r"(?P<d6>\d{1,2})\.(?P<m6>\d{1,2})\.(?P<y6>\d{4})",
        r"(?P<a7>\d{1,2})[/-](?P<b7>\d{1,2})[/-](?P<y7>\d{4})",
        r"(?P<y8>\d{4})年(?P<m8>\d{1,2})月(?P<d8>\d{1,2})日",
    )
)
_TIME = (
    r"(?:[T ]|,? (?:at |um |@ ?|[-–|•·] )?)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r" ?(?P<half>[ap]\.?m\.?)?(?: ?Uhr)? ?"
    r"(?P<zone>[+-]\d{2}:?\d{2}|[A-Za-z]{1,4}(?![A-Za-z]))?(?: ?\([A-Z]{2,5}\))?"
)
_WEEKDAY = (
    r"(?:[^\W\d_]{2,12}\.?, |"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)? )?"
)
_DATE = re.compile(rf"{_WEEKDAY}(?:{_DAY})(?:{_TIME})?", re.IGNORECASE)
_DATE_REST = re.compile(r"\s*(?:$|[|•·(;]|[-–—/]\s|,?\s*(?:last\s+)?updated\b|,?\s*\d+ min)", re.I)


def parse_date(text: str) -> Published:
    """A date as written → the day, or the zoned moment where time and zone are given.

    None where the text is not a date, lacks the year, is no day of the calendar, or could be two
    days (03/04/2023). What follows a bar or bracket, such as "(updated …)", is not looked at.
    """
    found = _DATE.match(text := " ".join(text.split()))
    if not found or not _DATE_REST.match(text, found.end()):
        return None
    day = _day_of(found)
    return _moment_of(found, day) or day if day else None


def _day_of(found: re.Match[str]) -> date | None:
    parts = {key[0]: value for key, value in found.groupdict().items() if value and len(key) == 2}
    year = int(parts["y"])
    if "a" in parts:
        first, second = int(parts["a"]), int(parts["b"])
        if first <= 12 and second <= 12 and first != second:
            return None
        day, month = (first, second) if first > 12 else (second, first)
    else:
        word = parts["m"].casefold()
        month = int(word) if word.isdecimal() else _MONTHS.get(word, 0)
        day = int(parts["d"])
    if not 1600 <= year <= 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _moment_of(found: re.Match[str], day: date) -> datetime | None:
    zone = (found["zone"] or "").casefold()
    if not zone:
        return None
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        minutes = -minutes if zone[0] == "-" else minutes
    elif zone in _ZONES:
        minutes = _ZONES[zone] * 60
    else:
        return None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    micro = int((found["fraction"] or "0").ljust(6, "0")[:6])
    try:
        place = timezone(timedelta(minutes=minutes)) if minutes else UTC
        return datetime(
            day.year, day.month, day.day, hour, int(found["minute"]), int(found["second"] or 0),
            micro, place,
        )  # fmt: skip
    except ValueError:
        return None


_NAME_DATE = re.compile(r"(?<![0-9A-Za-z])((?:19|20)\d\d)(-?)(\d\d)\2(\d\d)(?![0-9A-Za-z])")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2}|[a-z]{3})[/-](\d{1,2})(?=[/-]|$)")


def date_in_name(article_id: str) -> Published:
    """A file's name → the one day it bears (``2025-11-04-…``, ``20251104``), or None."""
    name = article_id.rsplit("/", 1)[-1]
    days = {
        parse_date(f"{found[1]}-{found[3]}-{found[4]}") for found in _NAME_DATE.finditer(name)
    } - {None}
    return days.pop() if len(days) == 1 else None


def date_in_url(url: str) -> Published:
    """An article's own address → the day in its path (``/2023/09/19/``), or None."""
    found = _URL_DATE.search(urlsplit(url).path.casefold()) if is_url(url) else None
    if not found:
        return None
    return parse_date(
        f"{found[1]}-{found[2]}-{found[3]}"
        if found[2].isdecimal()
        else f"{found[3]} {found[2]} {found[1]}"
    )


def is_url(text: str) -> bool:
    """Tells whether a text is a web address (http or https, with a host)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in text


# --- names -----------------------------------------------------------------------------------


def _terms(text: str) -> frozenset[str]:
    """Terms between bars, over several lines → their set."""
    return frozenset(term.strip() for term in " ".join(text.split()).split("|"))


_AGENCIES = _terms(
    """reuters|thomson reuters|ap|associated press|the associated press|afp|agence france-presse|
    agence france presse|dpa|apa|ats|keystone-sda|efe|europa press|ansa|adnkronos|lusa|belga|anp|
    tt|ntb|ritzau|pap|ctk|čtk|tass|interfax|ria novosti|ukrinform|unian|xinhua|kyodo|kyodo news|
    jiji press|yonhap|yonhap news agency|kcna|pti|press trust of india|ani|ians|upi|bloomberg|
    bernama|antara|anadolu|anadolu agency|aa|irna|wam|spa|mena|sana|sapa|aap|
    australian associated press|the canadian press|canadian press|pa media|pa|press association|
    dow jones newswires|ips|inter press service|cnn|bbc|bbc news|npr|afp-jiji|voa|rfe/rl"""
)
_ORGANISATION_WORDS = _terms(
    """agency|bureau|daily|desk|editorial|editors|gazette|guardian|herald|journal|magazine|media|
    network|news|newspaper|newsroom|online|post|press|radio|reporters|service|staff|team|
    television|times|tribune|tv|wire"""
)
_ROLE = re.compile(
    r"\b(?:editor|writer|reporter|correspondent|columnist|contributor|analyst|producer|journalist|"
    r"chief|critic|intern|fellow|photographer)s?$",
    re.IGNORECASE,
)
_PARTICLES = _terms("al|bin|da|dal|de|del|della|den|der|di|dos|du|el|la|le|ten|ter|van|von|y")
_SUFFIX = re.compile(r"(?:jr|sr|ph\.?d|m\.?d|ii|iii|iv)\.?", re.IGNORECASE)
_NO_NAME = frozenset({"", "-", "n/a", "none", "null", "unknown", "undefined"})
_NAME_WORD = re.compile(r"[^\W\d_][\w.'’ʼ-]*")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;/]|\s(?:and|und|et|y|e|&)\s)\s*(?:(?:and|&)\s+)?")


def is_agency(name: str) -> bool:
    """Tells whether a name is one of the news agencies known here."""
    return name.strip().casefold() in _AGENCIES


def is_organisation(name: str) -> bool:
    """Tells whether a name is of a publisher rather than of a person, as far as can be seen."""
    words = name.casefold().split()
    return (
        is_agency(name)
        or (len(words) > 1 and words[0] == "the")
        or not _ORGANISATION_WORDS.isdisjoint(words)
        or bool(re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", name.casefold()))
    )


def _is_name(text: str) -> bool:
    words = text.split()
    return (
        1 <= len(words) <= 6
        and all(
            _NAME_WORD.fullmatch(word)
            and (word[0].isupper() or not word[0].islower() or word in _PARTICLES)
            for word in words
        )
        and not words[0].islower()
    )


def split_names(text: str) -> tuple[str, ...]:
    """Names in a row ("A, B and C") → each once, without roles ("Staff Writer")."""
    names: list[str] = []
    for part in _BETWEEN_NAMES.split(" ".join(text.split())):
        part = part.strip(" .") if not _SUFFIX.fullmatch(part) else part
        if _SUFFIX.fullmatch(part) and names:
            names[-1] = f"{names[-1]}, {part}"
        elif part.casefold() not in _NO_NAME and not _ROLE.search(part) and part not in names:
            names.append(part)
    return tuple(names)


# --- header lines ----------------------------------------------------------------------------

_HEADER_KEYS = {
    "title": "title", "headline": "title",
    "source": "source", "publisher": "source", "publication": "source", "outlet": "source",
    "newspaper": "source", "site": "source", "website": "source",
    "author": "authors", "authors": "authors", "by": "authors", "byline": "authors",
    "published": "date", "date": "date", "publication date": "date", "published on": "date",
    "date published": "date", "published at": "date", "publish date": "date", "pubdate": "date",
    "posted": "date", "posted on": "date",
    "updated": "", "last updated": "", "modified": "",
    "category": "", "section": "", "topic": "", "topics": "", "tags": "", "keywords": "",
    "url": "url", "link": "url", "permalink": "url", "source url": "url",
    "language": "language", "lang": "language",
}  # fmt: skip
_HEADER_LINE = re.compile(r"\**([A-Za-z][A-Za-z _-]{1,18}?)\**\s*[:：]\**(?:\s+(.*))?$")


def _header_field(line: str) -> tuple[str, str] | None:
    found = _HEADER_LINE.match(line)
    name = found[1].strip().casefold().replace("_", " ") if found else ""
    if not found or name not in _HEADER_KEYS:
        return None
    return _HEADER_KEYS[name], (found[2] or "").strip().strip('"').strip()


def read_header(lines: Sequence[str]) -> tuple[Metadata, list[str]]:
    """Lines of a text file → what its header lines say, and the lines without them.

    Header lines (``Source: …``, ``Published: …``) count at the very top or directly below the
    title, one block of them; a blank line ends a block of two or more. The same words further
    down are the article's own.
    """
    start = next((at for at, line in enumerate(lines) if line), len(lines))
    at = start
    while at < len(lines) and at - start < 3 and lines[at] and not _header_field(lines[at]):
        at += 1
    if at == start + 1 and at < len(lines) and not lines[at]:
        at += 1  # title, blank line, header lines
    end, fields = _header_block(lines, at)
    keys = [key for key, _ in fields]
    if at == start and len(keys) > 1 and keys[0] == "source" and "source" in keys[1:]:
        # "Source: club to sign striker" is a headline when the publisher is named below it.
        at, keys, fields = at + 1, keys[1:], fields[1:]
    known = _from_fields(fields)
    certain = bool(known.title or known.published or known.url)
    if not set(keys) - {""} or (len(keys) == 1 and at == start and not certain):
        return Metadata(), list(lines)
    if at - start > 1 and len(keys) < 2 and lines[at - 1]:
        return Metadata(), list(lines)
    above = [line for line in lines[start:at] if line]
    if above and not known.title and len(above) == 1:
        known = replace(known, title=above[0][:TITLE_CHARACTERS], title_from="first line")
        above = []
    return known, [*above, "", *lines[end:]]


def _header_block(lines: Sequence[str], at: int) -> tuple[int, list[tuple[str, str]]]:
    """Where the block of header lines from ``at`` ends, and its fields."""
    fields: list[tuple[str, str]] = []
    end = at
    while at < len(lines):
        field = _header_field(lines[at])
        if field:
            fields.append(field)
            end = at + 1
        elif lines[at] or len(fields) > 1:
            break
        at += 1
    return end, fields


def _from_fields(fields: Sequence[tuple[str, str]]) -> Metadata:
    values: dict[str, str] = {}
    for key, value in fields:
        values[key] = values.get(key) or value
    published = parse_date(values.get("date", ""))
    title = values.get("title", "")[:TITLE_CHARACTERS]
    source, url = values.get("source", ""), values.get("url", "")
    if is_url(source):
        url, source = url or source, ""
    return Metadata(
        title=title,
        title_from="header line" if title else "",
        source=source,
        source_from="header line" if source else "",
        authors=split_names(values.get("authors", "")),
        published=published,
        published_from="header line" if published else "",
        url=url if is_url(url) else "",
        language=language_code(values.get("language", "")),
    )


def from_front_matter(fields: Mapping[str, Any]) -> Metadata:
    """The fields of YAML front matter → what they say; unknown fields are passed over."""
    values: dict[str, Any] = {}
    for key, value in fields.items():
        name = str(key).casefold().replace("_", " ").replace("-", " ")
        if value not in (None, "", []):
            values.setdefault(_HEADER_KEYS.get(name, name), value)
    published = _front_matter_date(values.get("date"))
    title = _one_line(values.get("title"))[:TITLE_CHARACTERS]
    source, url = _one_line(values.get("source")), _one_line(values.get("url"))
    authors = values.get("authors", ())
    named = authors if isinstance(authors, list) else [authors]
    names = [name for each in named for name in split_names(_one_line(each))]
    return Metadata(
        title=title,
        title_from="front matter" if title else "",
        source=source,
        source_from="front matter" if source else "",
        authors=tuple(dict.fromkeys(names)),
        published=published,
        published_from="front matter" if published else "",
        url=url if is_url(url) else "",
        language=language_code(_one_line(values.get("language"))),
    )


def _front_matter_date(value: object) -> Published:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.date()
    return value if isinstance(value, date) else parse_date(_one_line(value))


def _one_line(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name", "")
    if isinstance(value, list):
        value = value[0] if value else ""
    return " ".join(str(value).split()) if isinstance(value, str | int | float | date) else ""


_LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es", "italian": "it", "portuguese": "pt", "dutch": "nl",
    "russian": "ru", "ukrainian": "uk", "polish": "pl", "czech": "cs", "chinese": "zh",
    "japanese": "ja", "korean": "ko", "arabic": "ar", "turkish": "tr",
}  # fmt: skip


def language_code(text: str) -> str:
    """A language as written ("en-US", "English") → its two-letter code, or ""."""
    word = text.strip().casefold()
    found = re.fullmatch(r"([a-z]{2})(?:[-_][a-z0-9]+)*", word)
    return found[1] if found else _LANGUAGES.get(word, "")


# --- the top of a text -----------------------------------------------------------------------

_SENTENCE_END = re.compile(r"[.。।]['\"”’»)\]]*$|[,;:]$")
_ABBREVIATION_END = re.compile(
    r"(?:(?:\b[A-Z]\.){2,}|\b(?:Inc|Jr|Sr|Co|Corp|Ltd|vs?|St|Dr|No|Mr|Mrs|Gov|Sen|Rep)\.|\.\.\.)$"
)
_SECTIONS = _terms(
    """analysis|arts|asia|africa|americas|books|breaking|breaking news|business|climate|comment|
    companies|crime|culture|economy|editorial|education|elections|energy|entertainment|
    environment|europe|exclusive|feature|features|finance|food|football|health|home|interview|
    investigation|latest|latest news|law|life|lifestyle|local|local news|markets|middle east|
    money|national|nation|news|obituaries|opinion|opinions|politics|press release|religion|
    science|security|society|sport|sports|story|style|technology|tech|top stories|travel|uk|us|
    u.s.|video|war|weather|world|world news"""
)
_BYLINE = re.compile(r"(?:by|von|par|por|di|door)\s*:?\s+(?=\S)(.+)$", re.IGNORECASE)
_DATE_LABEL = re.compile(
    r"(?:(published|posted|date|created|veröffentlicht|publié|publicado|pubblicato|"
    r"first published)|(updated|last updated|last modified|modified|aktualisiert))"
    r"\s*(?:on|at|:|am|le|el|il)?\s*:?\s+",
    re.IGNORECASE,
)


def is_sentence(line: str) -> bool:
    """Tells whether a line ends as running text does, and not as a headline can."""
    return bool(_SENTENCE_END.search(line)) and not _ABBREVIATION_END.search(line)


def _word_count(line: str) -> int:
    """Words; Chinese, Japanese and Thai, written without spaces, count two characters as one."""
    unspaced = len(re.findall(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]", line))
    return len(line.split()) + unspaced // 2


def _is_headline(line: str) -> bool:
    return (
        _word_count(line) >= 3
        and len(line) <= 200
        and not is_sentence(line)
        and not re.match(r"[-•*·–—]\s|\d+[.)]\s|https?://|www\.", line)
        and any(letter.isalpha() for letter in line)
        and not _byline(line)
        and not _date_line(line)[1]
    )


def _is_label(line: str) -> bool:
    return line.strip(" :|").casefold() in _SECTIONS or (
        _word_count(line) <= 2 and not is_sentence(line)
    )


def read_top(lines: Sequence[str], known: Metadata) -> tuple[Metadata, list[str]]:
    """Paragraphs of an article → title, byline, date and dateline, and the body's paragraphs.

    ``known`` is what header lines or markup have said already; it is kept, and gaps in it are
    filled. The title is not among the paragraphs returned; where there is no headline the title
    is the opening words, and every paragraph is body.
    """
    body = [line for line in lines if line]
    if known.title:
        known, body = known, _without_title(body, known.title)
    else:
        known, body = _read_title(known, body)
    known, body = _read_byline(known, body)
    for line in body[:4]:
        known = known.or_else(_read_dateline(line))
    if not known.title and body:
        opening = next((line for line in body if _word_count(line) > 3), body[0])
        known = replace(known, title=opening_words(opening), title_from="opening words")
    return known, body


def _same(one: str, other: str) -> bool:
    def letters(text: str) -> str:
        return "".join(letter for letter in text.casefold() if letter.isalnum())

    return letters(one) == letters(other)


def _without_title(body: list[str], title: str) -> list[str]:
    """The paragraphs below the title's own line, where it stands among the first few."""
    for at, line in enumerate(body[:4]):
        if _same(line, title):
            above = [each for each in body[:at] if not _is_label(each)]
            return above + body[at + 1 :]
    return body


def _read_title(known: Metadata, body: list[str]) -> tuple[Metadata, list[str]]:
    at = 0
    while at < 2 and at + 1 < len(body) and _is_label(body[at]) and _is_headline(body[at + 1]):
        at += 1
    if at >= len(body):
        return known, body
    line = body[at]
    below = body[at + 1 : at + 2]
    # A full sentence is a headline after all where a byline or date line stands below it.
    shaped = bool(below) and (bool(_byline(below[0])) or _date_line(below[0])[1])
    if not (_is_headline(line) or (shaped and len(line) <= 200 and not _is_label(line))):
        only_label = line.strip(" :|").casefold() in _SECTIONS
        if only_label and below:
            return _read_title(known, body[at + 1 :])
        if not (_is_label(line) and below and any(map(str.isalpha, line))):
            return known, body
        if re.match(r"[-•*·–—]\s|\d+[.)]\s|https?://", line) or not is_sentence(below[0]):
            return known, body
    return replace(known, title=line[:TITLE_CHARACTERS], title_from="first line"), body[at + 1 :]


def opening_words(text: str) -> str:
    """A paragraph → its first words, at most 80 characters with the "…" that ends them."""
    text = " ".join(text.split())
    if len(text) <= OPENING_CHARACTERS:
        return text
    cut = text[:OPENING_CHARACTERS]  # one character is the "…"
    head = cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]
    return head.rstrip(" ,;:.–—-") + "…"


@dataclass(frozen=True, slots=True)
class _Byline:
    authors: tuple[str, ...]
    source: str
    published: Published


def _byline(line: str) -> _Byline | None:
    """A line ("By A, B and C | 3 May 2024") → what it names; None where it is no byline."""
    found = _BYLINE.match(line) if len(line) <= 250 else None
    if not found:
        return None
    names, *rest = re.split(r"\s*[|•·–—]\s*|\s-\s|\s(?=(?:Published|Updated|Posted)\b)", found[1])
    published = next((day for part in rest if (day := _date_line(part)[0])), None)
    source = next((part for part in rest if _is_name(part) and is_organisation(part)), "")
    names, _, outlet = names.partition(" for ")
    if outlet and _is_name(outlet):
        source = outlet
    names = re.sub(r",?\s+in\s+[A-Z][\w.,' -]*$", "", names).strip(" ,")
    parts = split_names(names)
    if not parts or not all(_is_name(re.sub(r",.*", "", part)) for part in parts):
        return None
    agencies = [part for part in parts if is_organisation(part)]
    people = [part for part in parts if part not in agencies]
    if agencies and all(len(part.split()) == 1 for part in people):
        return _Byline((), names.strip(), published)  # "By Mundo and AFP": no names of people
    source = source or " and ".join(agencies)
    return _Byline(tuple(people), source, published)


def is_top_line(line: str) -> bool:
    """Tells whether a line is nothing but a byline or a date."""
    return len(line) <= 250 and (bool(_byline(line)) or _date_line(line)[1])


def _date_line(line: str) -> tuple[Published, bool]:
    """A line that is nothing but a date → (the date if it is of publishing, whether it is one)."""
    if len(line) > 120:
        return None, False
    label = _DATE_LABEL.match(line)
    rest = line[label.end() :] if label else line
    day = parse_date(rest)
    if not day:
        return None, False
    return (None if label and label[2] else day), True


def _read_byline(known: Metadata, body: list[str]) -> tuple[Metadata, list[str]]:
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
            known = known.or_else(
                Metadata(
                    authors=byline.authors,
                    source=byline.source,
                    source_from="byline" if byline.source else "",
                    published=byline.published,
                    published_from="header line" if byline.published else "",
                )
            )
        elif is_date:
            known = known.or_else(
                Metadata(published=day, published_from="header line" if day else "")
            )
        elif at < TOP_LINES and is_agency(line.strip(" |()")):
            known = known.or_else(Metadata(source=line.strip(" |()"), source_from="byline"))
        else:
            kept.append(line)
    return (known, kept) if kept else (known, body)


_WITH_AGENCY = re.compile(r"([^()]{0,80}?)\s*\(([^()\d]{2,40})\)\s*(?:--+|[-–—])\s")
_WITHOUT_AGENCY = re.compile(r"([^()]{2,60}?)\s*(?:--+|[–—])\s")


def _read_dateline(paragraph: str) -> Metadata:
    """A first paragraph ("KYIV, May 3, 2024 (Reuters) – …") → its agency and whole date."""
    found = _WITH_AGENCY.match(paragraph)
    agency = found[2].split(",")[0].strip() if found else ""
    found = found or _WITHOUT_AGENCY.match(paragraph)
    if not found:
        return Metadata()
    place, _, rest = found[1].partition(",")
    shouted = bool(place) and sum(map(str.isupper, place)) > sum(map(str.islower, place))
    if not shouted and not is_agency(agency):
        return Metadata()
    if not _is_name(agency) or len(agency.split()) > 4:
        agency = ""
    tail = [part.strip() for part in rest.split(",")]
    days = [parse_date(", ".join(tail[at:])) for at in range(len(tail))]
    day = next((day for day in days if day), None)
    return Metadata(
        source=agency,
        source_from="dateline" if agency else "",
        published=day,
        published_from="dateline" if day else "",
    )


# --- credits ---------------------------------------------------------------------------------

_CREDIT = re.compile(
    # "Fountain" is what machine translation makes of "Fuente".
    r"\(?(?:sources?|via|fountain|fuente|quelle|fonte|źródło|источник|джерело|kaynak|bron|källa|"
    r"kilde)\s*[:：]\s*([^\n]{2,60}?)\)?[.]?$",
    re.IGNORECASE,
)
_FIRST_PUBLISHED = re.compile(
    r"\b(?:originally|first) (?:appeared|published|posted|ran) (?:on|in|by|at) "
    r"((?:[Tt]he )?[A-Z][\w.&'’-]*(?: [A-Z&][\w.&'’-]*){0,4})"
)
_WORKS_FOR = re.compile(
    r"\b(?:journalist|writer|reporter|editor|author|correspondent|contributor|blogger|columnist)"
    r"\b[^.]{0,40}? (?:for|at|with) (?:the )?([A-Z][\w&'’-]*(?: [A-Z&][\w&'’-]*){0,4})"
)
_WELCOME = re.compile(r"Welcome to ((?:the )?[\w.&'’-]+(?: [A-Z][\w.&'’-]*){0,4}),", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[\s©]*(?:\d{4}(?:\s?[-–]\s?\d{4})?)?,?\s*(?:by )?"
    r"([A-Z][\w.&'’-]*(?: [A-Z&][\w.&'’-]*){0,4}?)\.?(?:\s*[.,|–-]?\s*all rights reserved.*)?$",
    re.IGNORECASE,
)


def is_credit(line: str) -> bool:
    """Tells whether a line names the source and nothing else ("Source: …")."""
    return _credited(line) != ""


def _credited(line: str) -> str:
    found = _CREDIT.match(line)
    name = found[1].strip(" *_") if found else ""
    if is_url(name):
        return (urlsplit(name).hostname or "").removeprefix("www.")
    words = name.split()
    named = words and (len(words) == 1 or words[0][0].isupper() or is_organisation(name))
    return name if named and len(words) <= 6 and not re.search(r"[.!?]\s", name) else ""


def read_credits(lines: Sequence[str]) -> Metadata:
    """The lines left out below an article → its source, as a credit or the site itself names it.

    A site that shows another's article through its own writer is named after it, "by way of";
    agencies' names are left as they are.
    """
    credit = next((name for line in lines if (name := _credited(line))), "")
    if not credit:
        credit = _first(_FIRST_PUBLISHED, lines)
    writer_of = _first(_WORKS_FOR, lines)
    if credit and writer_of and not _same(credit, writer_of):
        credit = f"{credit}, by way of {writer_of}"
    source = credit or writer_of or _first(_WELCOME, lines) or _first(_COPYRIGHT, lines)
    return Metadata(source=source, source_from="credit line" if source else "")


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> str:
    found = next((match for line in lines if (match := pattern.search(line))), None)
    return found[1].strip(" .") if found else ""


# --- HTML ------------------------------------------------------------------------------------

_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|NewsStory|Review)$")
_DATE_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.created", "dcterms.issued",
    "publish-date", "publish_date", "publication_date", "publicationdate", "pubdate",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_HOSTS = frozenset(("blogger", "wordpress", "wordpress.com", "wix", "squarespace", "ghost"))
"""Programs that pages are made with and that name themselves as the publisher."""
_AUTHOR_META = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")


def from_html(tree: Any) -> Metadata:
    """A page (lxml tree) → what its JSON-LD, meta tags and visible ``<time>`` state.

    Dates in running text, in footers and in addresses of images are not looked at.
    """
    meta = _meta_tags(tree)
    heading = _heading(tree)
    stated = _article_object(tree, meta.get("og:title", "") or heading)
    canonical = next(iter(tree.xpath("//link[@rel='canonical']/@href")), "")
    page_url = _text(stated.get("mainEntityOfPage"), "@id") or _text(stated.get("url"))
    urls = [canonical, meta.get("og:url", ""), page_url]
    url = next((each for each in map(str.strip, urls) if is_url(each)), "")
    title = _html_title(tree, stated, meta, heading)
    published = parse_date(_text(stated.get("datePublished")))
    for name in _DATE_META:
        published = published or parse_date(meta.get(name, ""))
    published = published or _visible_time(tree)
    named = (
        _text(stated.get("publisher")),
        *(meta.get(key, "") for key in ("og:site_name", "application-name", "publisher")),
    )
    source = next(
        (name for name in named if name and not is_url(name) and name.casefold() not in _HOSTS), ""
    )
    language = next(iter(tree.xpath("/html/@lang | /html/@xml:lang")), "")
    return Metadata(
        title=title[:TITLE_CHARACTERS],
        title_from="html metadata" if title else "",
        source=source,
        source_from="html metadata" if source else "",
        authors=_html_authors(stated, meta),
        published=published,
        published_from="html metadata" if published else "",
        url=url,
        language=language_code(language) or language_code(_text(stated.get("inLanguage"))),
    )


def _html_title(tree: Any, stated: Mapping[str, Any], meta: Mapping[str, str], h1: str) -> str:
    head = _text(next(iter(tree.xpath("//head/title/text()")), ""))
    names = (_text(stated.get("headline")), meta.get("og:title", ""), meta.get("twitter:title", ""))
    for name in names:
        # A page may state something else as its headline, such as what its subject is.
        if name and (not head or not _words(name).isdisjoint(_words(f"{head} {h1}"))):
            return _without_site(name, h1)
    return h1 or head


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{2,}", text.casefold()))


def _without_site(title: str, heading: str) -> str:
    """A title ("Headline | Site") → the headline, where the page's own heading shows it."""
    shorter = re.sub(r"\s+[|–—-]\s+[^|–—]{2,40}$", "", title)
    return shorter if shorter != title and _same(shorter, heading) else title


def _heading(tree: Any) -> str:
    texts = [_text(" ".join(each.itertext())) for each in tree.xpath("//h1")[:5]]
    return max(texts, key=len, default="")


def _text(value: object, key: str = "name") -> str:
    """A value of JSON-LD or markup → one line of text; of an object or list, its first name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get(key, "")
        value = value if isinstance(value, str) else ""
    return " ".join(html.unescape(value).split()) if isinstance(value, str) else ""


def _meta_tags(tree: Any) -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag in tree.xpath("//meta[@content]"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or ""
        if value := _text(tag.get("content")):
            tags.setdefault(name.strip().casefold(), value)
    return tags


def _objects(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD value, through lists, ``@graph`` and ``mainEntity``."""
    if depth > 4:
        return
    if isinstance(value, list):
        for each in value:
            yield from _objects(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(value.get(key), depth + 1)


def _article_object(tree: Any, title: str) -> dict[str, Any]:
    """The page's JSON-LD object for the article: the one with its title, else the first."""
    articles: list[dict[str, Any]] = []
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        raw = (script.text or "").strip().removeprefix("<!--").removesuffix("-->")
        try:
            value = json.loads(raw.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue  # a page's broken script says nothing; its meta tags may
        for each in _objects(value):
            kinds = each.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and _ARTICLE_TYPE.search(kind) for kind in kinds):
                articles.append(each)
    articles = [each for each in articles if each.get("headline") or each.get("datePublished")]
    titled = [each for each in articles if _same(_text(each.get("headline")), title)]
    return (titled or articles or [{}])[0]


def _html_authors(stated: Mapping[str, Any], meta: Mapping[str, str]) -> tuple[str, ...]:
    value = stated.get("author")
    each = value if isinstance(value, list) else [value]
    named = [name for name in map(_text, each) if name]
    named = named or [meta[key] for key in _AUTHOR_META if key in meta][:1]
    names: list[str] = []
    for name in named:
        name = re.sub(r"^(?:by|von|par|por)\s+", "", name, flags=re.IGNORECASE)
        if not is_url(name) and not name.startswith(("/", "@")):
            names += split_names(name)
    return tuple(dict.fromkeys(names))


def _visible_time(tree: Any) -> Published:
    """The first ``<time datetime>`` near the page's heading, or the one marked as publishing."""
    marked = tree.xpath("//*[@itemprop='datePublished'] | //time[@pubdate]")
    near: list[Any] = []
    for heading in tree.xpath("//h1")[:1]:
        place = heading.getparent()
        for _ in range(4):
            if place is None or near:
                break
            near = place.xpath(".//time[@datetime]")
            place = place.getparent()
    for each in [*marked, *near]:
        label = f"{each.get('class', '')} {' '.join(each.itertext())}".casefold()
        if not re.search(r"updat|modif|aktualis|mis à jour|stand:", label):
            day = parse_date(each.get("datetime") or each.get("content") or _text(each.text or ""))
            if day:
                return day
    return None


# --- language --------------------------------------------------------------------------------

_FREQUENT_WORDS = {
    "en": "the of and to in that is was for it with as on by at from",
    "de": "der die und das ist nicht mit von den des auf für dem sich ein eine",
    "fr": "le la les et des est dans une que pour qui sur pas au du ce",
    "es": "el los las que una por con para del se es como más su al y",
    "it": "il che di è una per non con del della sono gli alla nel più si",
    "pt": "o os que uma não com para do da em um é se mais ao dos",
    "nl": "de het een en van dat niet met voor zijn op te aan ook naar bij",
    "pl": "się nie na że jest do to jak po przez oraz dla tym ale był od",
    "cs": "se na že je to jako pro podle ale by byl po však které jsou než",
    "ru": "и в не на что с он по как это из за от для его к",
    "uk": "і в не на що з та до за від про як для його є",
}
_FREQUENT = {code: frozenset(words.split()) for code, words in _FREQUENT_WORDS.items()}


def guess_language(text: str) -> str:
    """A text → the code of the language whose small words it is full of, or "" where unclear."""
    words = re.findall(r"[^\W\d_]+", text[:4000].casefold())
    counts = {code: sum(word in few for word in words) for code, few in _FREQUENT.items()}
    first, second = sorted(counts.values(), reverse=True)[:2]
    if first < 5 or first < 0.1 * len(words) or first < 1.3 * second:
        return ""
    return max(counts, key=lambda code: counts[code])
