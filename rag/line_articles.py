"""A record of a .jsonl file → its article's paragraphs and what its fields state.

The field names are those that news archives, crawlers and data sets use. A field that is none of
them is passed over, and text is never made of a whole record. A time that can be of the crawl as
well ("timestamp", "created_at") is no date of publishing.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rag.dates import parse_date
from rag.decoding import clean, one_line
from rag.errors import ArticleUnreadable
from rag.html_articles import read_html
from rag.languages import language_code
from rag.metadata import Metadata
from rag.names import is_agency, is_organisation, split_names
from rag.records import Published
from rag.wrapping import join_wrapped

# In the order in which they are taken where a record has several.
_FIELDS = {
    "title": ("title", "headline", "head", "webtitle", "name"),
    "text": (
        "text", "body", "content", "articlebody", "article", "maintext", "fulltext", "plaintext",
        "bodytext", "story", "contents", "html", "bodyhtml", "contenthtml",
    ),
    "lead": ("standfirst", "lead", "lede", "leadparagraph", "subtitle", "subheadline", "abstract",
             "description", "shortdescription", "trailtext"),
    # A program's summary or the start of the text: they stand for it only where it is not there.
    "summary": ("summary", "snippet", "excerpt"),
    "source": (
        "source", "publisher", "publication", "outlet", "newspaper", "site", "sitename", "website",
        "sourcename", "publishername", "sourcedomain", "domain",
    ),
    "authors": ("authors", "author", "byline", "creator", "writer", "writers"),
    "published": (
        "published", "publishedat", "publisheddate", "datepublished", "publicationdate",
        "publishdate", "publishedtime", "datepublish", "publishedon", "pubdate", "publishtime",
        "webpublicationdate", "firstpublicationdate", "firstpublished", "issued", "date",
    ),
    "url": ("url", "link", "canonicalurl", "permalink", "weburl", "uri", "href", "sourceurl"),
    "language": ("language", "lang", "languagecode", "inlanguage"),
}  # fmt: skip
_WRAPPERS = ("fields", "_source", "article")
"""Fields that newspapers' and search engines' interfaces put a record's fields in."""
_INNER = ("text", "name", "value", "main", "original", "rendered", "$date", "$numberLong")
"""In which of its fields a value that is a record has what it says."""
_NOTHING = frozenset(
    ("", "nan", "nat", "n/a", "none", "null", "-", "–", "—", "[]", "{}", "unknown", "undefined")
)
"""What programs write where there is no value."""
_TAGS = re.compile(
    r"</?(?:p|div|br|h[1-6]|article|html|body|ul|ol|li|blockquote|table|section)\b[^<>]*>", re.I
)
_INLINE_TAGS = re.compile(r"</?(?:a|b|i|u|em|strong|span|sup|sub|font|mark)\b[^<>]{0,500}>", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
_LIST_CHARACTERS = 2_000
"""A longer list of authors written as text is left as it is."""


def read_line(text: str) -> tuple[list[str], Metadata]:
    """A line of JSON → the paragraphs of its article, and what its fields state.

    Raises ArticleUnreadable where it is no JSON object or has no text.
    """
    try:
        record = json.loads(text.strip("\ufeff\0 \t\r\n"))
    except RecursionError as error:
        raise ArticleUnreadable("not JSON that can be read: nested too deeply") from error
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise ArticleUnreadable(f"not JSON: {error.msg} at {line}column {error.colno}") from error
    except ValueError as error:
        raise ArticleUnreadable(f"not JSON: {one_line(str(error))[:100]}") from error
    if not isinstance(record, dict):
        raise ArticleUnreadable("not a JSON object with fields such as title and text")
    values = _values(record)
    body = _text(values.get("text"))
    lead = _text(values.get("lead")) or ("" if body else _text(values.get("summary")))
    if not body and not lead:
        raise ArticleUnreadable(
            "no text in it: none of the fields text, body, content, article or summary has any"
        )
    paragraphs, marked_up = _paragraphs(body)
    if lead and not _begins_in(lead, body):
        paragraphs = [*_paragraphs(lead)[0], *paragraphs]
    return paragraphs, _stated(values).or_else(marked_up)


def _begins_in(lead: str, body: str) -> bool:
    """Whether the body has the lead, which may be cut off ("The vote was …")."""
    words, all_words = (" ".join(text.split()) for text in (lead, body))
    return words.rstrip(".… ") in all_words


def _values(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record → our name of a field → its value, the first of its names that has one."""
    given = dict(_given(record))
    for wrapper in _WRAPPERS:
        if isinstance(inner := record.get(wrapper), dict):
            given.pop(_plain_name(wrapper), None)
            given |= {name: value for name, value in _given(inner) if name not in given}
    values = {}
    for ours, names in _FIELDS.items():
        value = next((given[name] for name in names if name in given), None)
        if value is not None:
            values[ours] = value
    return values


def _given(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if value not in (None, [], {}) and str(value).strip().casefold() not in _NOTHING:
            yield _plain_name(key), value


def _plain_name(key: str) -> str:
    return re.sub(r"[\W_]", "", key.casefold())


def _text(value: Any) -> str:
    """A field's value → its text; a list is of paragraphs."""
    if isinstance(value, list):
        return "\n\n".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        return _text(_inner(value))
    return clean(value).strip() if isinstance(value, str) else ""


def _inner(value: Mapping[str, Any]) -> Any:
    return next((value[key] for key in _INNER if value.get(key)), "")


def _paragraphs(text: str) -> tuple[list[str], Metadata]:
    if len(_TAGS.findall(text)) > 1:
        return read_html(text)
    text = _without_markup(text)
    return join_wrapped([line.rstrip() for line in text.split("\n")]), Metadata()


def _without_markup(text: str) -> str:
    """A text → the same without single tags within its lines, and its entities as characters."""
    if "</" in text:
        text = _INLINE_TAGS.sub("", text)
    return _ENTITY.sub(lambda found: clean(html.unescape(found[0])), text)


def _line(value: Any) -> str:
    """The first of a field's values → its text on one line."""
    text = _text(value[0] if isinstance(value, list) else value)
    return one_line(_without_markup(text)) if text.casefold() not in _NOTHING else ""


def _stated(values: Mapping[str, Any]) -> Metadata:
    return Metadata.stated(
        "record field",
        title=one_line(_without_markup(_text(values.get("title")))),
        source=_line(values.get("source")),
        authors=tuple(dict.fromkeys(_authors(values.get("authors")))),
        published=_published(values.get("published")),
        url=one_line(_text(_first(values.get("url")))),
        language=language_code(_text(_first(values.get("language")))),
    )


def _authors(value: Any) -> Iterator[str]:
    for each in _listed(value):
        written = re.sub(r"^by:?\s+", "", _line(each), flags=re.IGNORECASE)
        if "://" in written or written.startswith("www."):
            continue  # a page about the author names nobody
        names = [re.sub(r"^[Bb]y\s+", "", name) for name in split_names(written)]
        # "Ada Finch, Gazette Staff": where people are named, their newspaper is no author.
        people = [name for name in names if is_agency(name) or not is_organisation(name)]
        yield from people or names


def _listed(value: Any) -> list[Any]:
    """A value → the values in it; a list can be written as text, as in a table made of lists."""
    if isinstance(value, str) and re.fullmatch(r"\s*\[.*\]\s*", value, re.DOTALL):
        try:
            value = ast.literal_eval(value.strip()) if len(value) <= _LIST_CHARACTERS else value
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return []
    return value if isinstance(value, list) else [value]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _published(value: Any) -> Published:
    """A date as written, or a Unix time in seconds or milliseconds."""
    value = _first(value)
    for _ in range(2):  # {"$date": {"$numberLong": "1714724100000"}}, as databases export it
        value = _inner(value) if isinstance(value, dict) else value
    if isinstance(value, str) and not re.fullmatch(r"\d{9,13}(?:\.\d+)?", value):
        return parse_date(clean(value).strip())
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    if seconds >= 1e11:
        seconds /= 1000
    # Since 1980; a smaller number is a day number, a year or an identifier.
    return datetime.fromtimestamp(int(seconds), UTC) if 3.15e8 < seconds < 4.1e9 else None
