"""Header lines and front matter → what they state, and the text without them.

Only the top of a file is looked at: "Source: …" further down is the article's own, or a credit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from rag.dates import known_day, parse_date
from rag.languages import language_code
from rag.lines import is_sentence
from rag.metadata import TITLE_CHARACTERS, Metadata, is_url
from rag.names import is_name, split_names
from rag.records import Published

_HEADER_KEYS = {
    "title": "title", "headline": "title",
    "source": "source", "publisher": "source", "publication": "source", "outlet": "source",
    "newspaper": "source", "site": "source", "website": "source",
    "author": "authors", "authors": "authors", "by": "authors", "byline": "authors",
    "published": "date", "date": "date", "publication date": "date", "published on": "date",
    "date published": "date", "published at": "date", "publish date": "date", "pubdate": "date",
    "posted": "date", "posted on": "date", "first published": "date", "date posted": "date",
    "updated": "", "last updated": "", "modified": "", "last modified": "", "date updated": "",
    "date modified": "", "updated on": "", "updated at": "",
    "pub date": "date", "dateline": "", "page": "", "edition": "", "length": "", "load-date": "",
    "category": "", "section": "", "topic": "", "topics": "", "tags": "", "keywords": "",
    "url": "url", "link": "url", "permalink": "url", "source url": "url",
    "language": "language", "lang": "language",
    # German, French, Spanish, Italian, Russian, Ukrainian.
    "titel": "title", "titre": "title", "título": "title", "titolo": "title",
    "заголовок": "title",
    "quelle": "source", "fuente": "source", "fonte": "source", "источник": "source",
    "джерело": "source",
    "autor": "authors", "autorin": "authors", "auteur": "authors", "autore": "authors",
    "автор": "authors",
    "datum": "date", "veröffentlicht": "date", "publié": "date", "publié le": "date",
    "fecha": "date", "publicado": "date", "data": "date", "pubblicato": "date", "дата": "date",
    "опубликовано": "date", "опубліковано": "date",
    "aktualisiert": "", "mis à jour": "", "actualizado": "", "aggiornato": "", "обновлено": "",
    "оновлено": "", "sprache": "language", "langue": "language", "idioma": "language",
    "lingua": "language", "язык": "language", "мова": "language",
}  # fmt: skip
_HEADER_LINE = re.compile(r"\**([^\W\d_](?:[^\W\d]|[ -]){1,18}?)\**\s*[:：]\**(?:\s+(.*))?$")

EXPORT_LINES = 16
"""How many lines at the top of an archive's export may be its head."""
_LENGTH = re.compile(r"(?:Length:\s*)?[\d,.]+ words", re.IGNORECASE)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\W*(?:©\W*)?\d{4}\b.{0,150}$", re.IGNORECASE)
_BODY = re.compile(r"body\s*:?", re.IGNORECASE)
_EXPORT_MARK = re.compile(
    r"(?:Section|Byline|Dateline|Load-Date|Length|Language|Publication-Type|Edition|Page)\s?:|"
    rf"(?-i:[A-Z][A-Z0-9]{{2,7}})$|\d{{1,3}}$|{_LENGTH.pattern}$|{_COPYRIGHT.pattern}",
    re.IGNORECASE,
)


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
    below = next((line for line in lines[start + 1 :] if line), "")
    if start < len(lines) and is_url(lines[start]) and below and not is_url(below):
        known, rest = read_header(lines[start + 1 :])
        return known.or_else(Metadata.stated("header line", url=lines[start])), rest
    if export := _read_export(lines):
        return export
    at = start
    while at < len(lines) and at - start < 3 and lines[at] and not _header_field(lines[at]):
        at += 1
    if at == start + 1 and at < len(lines) and not lines[at]:
        at += 1  # title, blank line, header lines
    end, fields, unknown = _header_block(lines, at)
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
    return known, [*above, *unknown, "", *lines[end:]]


def _header_block(lines: Sequence[str], at: int) -> tuple[int, list[tuple[str, str]], list[str]]:
    """Where the block of header lines from ``at`` ends, its fields, and the lines in it that look
    like header lines but are unknown: these can be text.
    """
    fields: list[tuple[str, str]] = []
    unknown: list[str] = []
    end, waiting = at, list[str]()
    while at < len(lines):
        field = _header_field(lines[at])
        if field:
            fields.append(field)
            unknown, waiting = unknown + waiting, []
            end = at + 1
        elif lines[at] and fields and _HEADER_LINE.match(lines[at]) and not is_sentence(lines[at]):
            waiting.append(lines[at])
        elif lines[at] or waiting or len(fields) > 1:
            break
        at += 1
    return end, fields, unknown


def _is_mark(line: str) -> bool:
    """Whether a line is what only an archive writes above an article."""
    field = _header_field(line)
    mark = _EXPORT_MARK.match(line) or _BODY.fullmatch(line)
    return bool(mark or field or (" " not in line and language_code(line)))


def _read_export(lines: Sequence[str]) -> tuple[Metadata, list[str]] | None:
    """Lines as newspaper archives export an article → what its head states, and the other lines;
    None where they are none. Such a head counts the words and names the copyright's owner; the
    newspaper stands beside the date.
    """
    head = [(at, line) for at, line in enumerate(lines[:80]) if line][:EXPORT_LINES]
    end = next((place for place, (_, line) in enumerate(head) if _BODY.fullmatch(line)), None)
    head = head if end is None else head[: end + 1]
    words = any(_LENGTH.fullmatch(line) for _, line in head)
    if not (words and any(_COPYRIGHT.match(line) for _, line in head)):
        return None
    day = next((place for place, (_, line) in enumerate(head) if parse_date(line)), None)
    if day is None:
        return None
    marks = {place for place, (_, line) in enumerate(head) if _is_mark(line)} | {day}
    if end is None:
        head = head[: max(marks) + 1]
    known = _from_fields([field for _, line in head if (field := _header_field(line))])
    known = known.or_else(Metadata.stated("header line", published=parse_date(head[day][1])))
    names = [place for place, (_, line) in enumerate(head) if is_name(line) and place not in marks]
    paper = next((place for place in (day - 1, day + 1) if place in names), None)
    if paper is not None:
        known = known.or_else(Metadata.stated("header line", source=head[paper][1]))
    taken = marks if paper is None else marks | {paper}
    title = next((place for place in range(len(head)) if place not in taken), None)
    if not known.title and title is not None:
        known = known.or_else(Metadata.stated("header line", title=head[title][1]))
        taken = taken | {title}
        if not known.authors and title + 1 in names and len(head[title + 1][1].split()) > 1:
            taken = taken | {title + 1}
            authors = split_names(head[title + 1][1])
            known = known.or_else(Metadata.stated("header line", authors=authors))
    above = [line for place, (_, line) in enumerate(head) if place not in taken]
    return known, [*above, "", *lines[head[-1][0] + 1 :]]


def _from_fields(fields: Sequence[tuple[str, str]]) -> Metadata:
    values: dict[str, str] = {}
    for key, value in fields:
        values[key] = values.get(key) or value
    source, url = values.get("source", ""), values.get("url", "")
    if is_url(source):
        url, source = url or source, ""
    return Metadata.stated(
        "header line",
        title=values.get("title", ""),
        source=source,
        authors=split_names(values.get("authors", "")),
        published=parse_date(values.get("date", "")),
        url=url,
        language=language_code(values.get("language", "")),
    )


def from_front_matter(fields: Mapping[str, Any]) -> Metadata:
    """The fields of YAML front matter → what they say; unknown fields are passed over."""
    values: dict[str, Any] = {}
    for key, value in fields.items():
        name = str(key).casefold().replace("_", " ").replace("-", " ")
        if value not in (None, "", []):
            values.setdefault(_HEADER_KEYS.get(name, name), value)
    authors = values.get("authors", ())
    named = authors if isinstance(authors, list) else [authors]
    names = [name for each in named for name in split_names(_value(each))]
    return Metadata.stated(
        "front matter",
        title=_value(values.get("title")),
        source=_value(values.get("source")),
        authors=tuple(dict.fromkeys(names)),
        published=_front_matter_date(values.get("date")),
        url=_value(values.get("url")),
        language=language_code(_language(values.get("language"))),
    )


def _front_matter_date(value: object) -> Published:
    if isinstance(value, datetime):
        return known_day(value if value.tzinfo else value.date())
    return known_day(value) if isinstance(value, date) else parse_date(_value(value))


def _language(value: object) -> str:
    # YAML reads the code of Norwegian as "no".
    return "no" if value is False else _value(value)


def _value(value: object) -> str:
    """A value of YAML → one line of text; of a list its first, of an object its name."""
    if isinstance(value, dict):
        value = value.get("name", "")
    if isinstance(value, list):
        value = value[0] if value else ""
    return " ".join(str(value).split()) if isinstance(value, str | int | float | date) else ""


def read_front_matter(text: str) -> tuple[Metadata, str]:
    """A text → what its YAML front matter says, and the rest.

    Front matter that is no valid YAML keeps its lines, which may still be header lines.
    """
    found = re.match(r"\s*---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", text, re.DOTALL)
    if not found:
        return Metadata(), text
    import yaml

    try:
        fields = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        fields = None  # "title: Talks: day two" is no YAML, but plain to read as header lines
        if all(":" in line or not line.strip() for line in found[1].split("\n")):
            return Metadata(), found[1] + "\n\n" + text[found.end() :]
    if not isinstance(fields, dict):
        return Metadata(), text
    return from_front_matter(fields), text[found.end() :]
