"""A page's JSON-LD → the object of its article, and values of such objects as text.

Takes what a browser's reader of such data would refuse: comments around it, several objects in
a row, commas too many, escaped quotation marks. What cannot be mended says nothing.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from rag.lines import letters

_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|NewsStory|Review)$")
_OPENINGS = ("<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA[")
_ENDINGS = ("-->", "//]]>", "/*]]>*/", "]]>")
_COMMA_TOO_MANY = re.compile(r",(?=\s*[}\]])")
_SITE_TYPE = re.compile(r"Organization$|WebSite$|Newspaper$")
_PAGE_KEYS = ("datePublished", "dateModified", "publisher", "author", "inLanguage")
_DEPTH = 5


def article_object(tree: Any, titles: Iterable[str], urls: Iterable[str]) -> dict[str, Any]:
    """A page (lxml tree) → its JSON-LD object for the article, with its references filled in.

    Of several articles it is the one with the page's address, else the one with one of its
    titles; objects of the same article are joined. Without one, what the object of the page itself
    states of publishing. Empty where there is none, or where no telling which of several is the
    page's own.
    """
    objects = [each for script in _scripts(tree) for each in _objects(script)]
    by_id: dict[str, dict[str, Any]] = {}
    for each in objects:
        name = each.get("@id")
        if isinstance(name, str) and len(each) > len(by_id.get(name, {"@id": name})):
            by_id[name] = each  # an object with its values, not what only refers to it
    articles = [each for each in objects if _is_article(each)]
    addresses = {_address(url) for url in urls} - {""}
    names = {letters(title) for title in titles} - {""}
    at_url = [each for each in articles if addresses & set(map(_address, _urls(each)))]
    titled = [each for each in articles if _is_named(each, names)]
    same = at_url or titled or (articles if len(articles) == 1 else [])
    same = same or _own_page(objects, addresses, alone=not articles)
    joined: dict[str, Any] = {}
    for each in same:
        for key, value in each.items():
            if value and not joined.get(key):
                joined[key] = _resolved(value, by_id)
    return joined


def site_names(tree: Any) -> list[str]:
    """A page → the names of the organisations and websites in its JSON-LD."""
    objects = [each for script in _scripts(tree) for each in _objects(script)]
    return [
        name
        for each in objects
        if any(_SITE_TYPE.search(kind) for kind in kinds(each))
        and (name := text_of(each.get("name")))
    ]


def text_of(value: object, key: str = "name") -> str:
    """A value of JSON-LD or markup → one line of text; of an object or list, its first name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get(key) or value.get("@value", "")
        value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, str):
        return ""
    # Markup within: some systems put the headline's emphasis, or escape it twice.
    text = html.unescape(html.unescape(value))
    return " ".join(re.sub(r"</?[a-zA-Z][^<>]{0,80}>", "", text).split())


def kinds(value: Mapping[str, Any]) -> list[str]:
    """An object → its types, such as ``NewsArticle`` or ``Person``."""
    stated = value.get("@type")
    each = stated if isinstance(stated, list) else [stated]
    return [kind for kind in each if isinstance(kind, str)]


def _own_page(
    objects: Iterable[Mapping[str, Any]], addresses: set[str], *, alone: bool
) -> list[dict[str, Any]]:
    """What the object of the page itself states of publishing; ``alone``: no article is stated."""
    pages = [each for each in objects if "WebPage" in kinds(each) and each.get("datePublished")]
    own = [each for each in pages if addresses & set(map(_address, _urls(each)))]
    own = own or (pages if alone and len(pages) == 1 else [])
    return [{key: each[key] for key in _PAGE_KEYS if key in each} for each in own[:1]]


def _is_article(value: Mapping[str, Any]) -> bool:
    article = any(_ARTICLE_TYPE.search(kind) for kind in kinds(value))
    return article and bool(value.get("headline") or value.get("datePublished"))


def _is_named(value: Mapping[str, Any], names: set[str]) -> bool:
    """Whether an article's headline is one of the page's names, or stands before the site's."""
    own = letters(text_of(value.get("headline")))
    return own in names or (len(own) >= 20 and any(name.startswith(own) for name in names))


def _urls(value: Mapping[str, Any]) -> list[str]:
    page = value.get("mainEntityOfPage")
    found = [value.get("url"), value.get("@id"), text_of(page, "@id"), text_of(page, "url")]
    return [url for url in found if isinstance(url, str)]


def _address(url: str) -> str:
    """An address → host and path, by which two spellings of it are compared; "" for a site's own.

    The anchors that some systems put behind a page's address name parts of the same page.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    path = parts.path.rstrip("/")
    return f"{(parts.hostname or '').removeprefix('www.')}{path}" if path else ""


def _objects(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD value, through lists, ``@graph`` and what a page is about."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _objects(each, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "author", "publisher"):
            yield from _objects(value.get(key), depth + 1)


def _resolved(value: object, by_id: Mapping[str, dict[str, Any]]) -> object:
    """A value → the same, with the object that it refers to by its ``@id`` alone."""
    if isinstance(value, list):
        return [_resolved(each, by_id) for each in value]
    if isinstance(value, dict) and not value.get("name") and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _scripts(tree: Any) -> Iterator[object]:
    """The values in a page's scripts of JSON-LD."""
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        raw = (script.text or "").strip()
        for opening in _OPENINGS:
            raw = raw.removeprefix(opening).lstrip()
        for ending in _ENDINGS:
            raw = raw.removesuffix(ending).rstrip()
        for attempt in (raw, _COMMA_TOO_MANY.sub("", raw), html.unescape(raw)):
            values = _decoded(attempt)
            if values is not None:
                yield from values
                break


def _decoded(raw: str) -> list[object] | None:
    """JSON values in a row, with nothing or a semicolon between them; None where it is not such."""
    decoder = json.JSONDecoder(strict=False)
    values: list[object] = []
    at = 0
    while at < len(raw):
        try:
            value, at = decoder.raw_decode(raw, at)
        except (ValueError, RecursionError):
            return None
        values.append(value)
        at = len(raw) - len(raw[at:].lstrip(" \t\r\n;,"))
    return values
