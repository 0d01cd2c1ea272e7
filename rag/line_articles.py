"""A line of a .jsonl file → its article's paragraphs and what its fields state.

The field names are those that news archives, crawlers and data sets use. A field that is none of
them is passed over, and text is never made of a whole record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rag.dates import parse_date
from rag.decoding import clean, one_line
from rag.errors import ArticleUnreadable
from rag.html_articles import read_html
from rag.languages import language_code
from rag.metadata import Metadata
from rag.names import split_names
from rag.records import Published
from rag.wrapping import join_wrapped

# In the order in which they are taken where a record has several.
_FIELDS = {
    "title": ("title", "headline", "head", "name"),
    "text": (
        "text", "body", "content", "articlebody", "article", "maintext", "fulltext", "plaintext",
        "bodytext", "story", "contents", "html", "bodyhtml", "contenthtml",
    ),
    "lead": ("standfirst", "lead", "lede", "subtitle", "subheadline", "abstract", "summary",
             "description", "snippet", "excerpt"),
    "source": (
        "source", "publisher", "publication", "outlet", "newspaper", "site", "sitename", "website",
        "sourcename", "publishername", "sourcedomain", "domain",
    ),
    "authors": ("authors", "author", "byline", "creator", "writer", "writers"),
    "published": (
        "published", "publishedat", "publisheddate", "datepublished", "publicationdate",
        "publishdate", "publishedtime", "datepublish", "published on", "pubdate", "issued",
        "date", "datetime", "timestamp", "createdat", "firstpublished",
    ),
    "url": ("url", "link", "canonicalurl", "permalink", "weburl", "uri", "href", "sourceurl"),
    "language": ("language", "lang", "languagecode", "inlanguage"),
}  # fmt: skip
_TAGS = re.compile(r"<(?:p|div|br|h[1-6]|article|html|body|span|ul|blockquote)\b[^>]*>", re.I)


def read_line(text: str) -> tuple[list[str], Metadata]:
    """A line of JSON → the paragraphs of its article, and what its fields state.

    Raises ArticleUnreadable where it is no JSON object or has no text.
    """
    try:
        record = json.loads(text.strip("\ufeff\0 \t\r\n"))
    except RecursionError as error:
        raise ArticleUnreadable("not JSON that can be read: nested too deeply") from error
    except ValueError as error:
        raise ArticleUnreadable(f"not JSON: {one_line(str(error))[:100]}") from error
    if not isinstance(record, dict):
        raise ArticleUnreadable("not a JSON object with fields such as title and text")
    values = _values(record)
    body = _text(values.get("text"))
    lead = _text(values.get("lead"))
    if not body and not lead:
        raise ArticleUnreadable(
            "no text in it: none of the fields text, body, content, article or summary has any"
        )
    paragraphs, marked_up = _paragraphs(body)
    if lead and lead not in body:
        paragraphs = [*_paragraphs(lead)[0], *paragraphs]
    return paragraphs, _stated(values).or_else(marked_up)


def _values(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record → our name of a field → its value, the first of its names that has one."""
    given = {re.sub(r"[\W_]", "", str(key).casefold()): value for key, value in record.items()}
    values = {}
    for ours, names in _FIELDS.items():
        value = next((given[name] for name in names if given.get(name) not in _NOTHING), None)
        if value is not None:
            values[ours] = value
    return values


_NOTHING: tuple[Any, ...] = (None, "", [], {})


def _text(value: Any) -> str:
    """A field's value → its text; a list is of paragraphs."""
    if isinstance(value, list):
        return "\n\n".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        return _text(next((value[key] for key in ("text", "name", "value") if key in value), ""))
    return clean(value).strip() if isinstance(value, str) else ""


def _paragraphs(text: str) -> tuple[list[str], Metadata]:
    if len(_TAGS.findall(text)) > 1:
        return read_html(text)
    return join_wrapped([line.rstrip() for line in text.split("\n")]), Metadata()


def _stated(values: Mapping[str, Any]) -> Metadata:
    authors = values.get("authors", ())
    each = authors if isinstance(authors, list) else [authors]
    names = [name for value in each for name in split_names(one_line(_text(value)))]
    return Metadata.stated(
        "record field",
        title=one_line(_text(values.get("title"))),
        source=one_line(_first(values.get("source"))),
        authors=tuple(dict.fromkeys(re.sub(r"^[Bb]y\s+", "", name) for name in names)),
        published=_published(values.get("published")),
        url=one_line(_first(values.get("url"))),
        language=language_code(_first(values.get("language"))),
    )


def _first(value: Any) -> str:
    return _text(value[0] if isinstance(value, list) else value)


def _published(value: Any) -> Published:
    """A date as written, or a Unix time in seconds or milliseconds."""
    if isinstance(value, str) and not re.fullmatch(r"\d{9,13}(?:\.\d+)?", value):
        return parse_date(value)
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return parse_date(_first(value))
    if seconds >= 1e11:
        seconds /= 1000
    # Since 1980; a smaller number is a day number, a year or an identifier.
    return datetime.fromtimestamp(int(seconds), UTC) if 3.15e8 < seconds < 4.1e9 else None
