"""A page's markup → what its JSON-LD, meta tags, headings and ``<time>`` state.

Nothing the page shows as running text is read here; the article's text is for ``html_articles``.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rag.dates import parse_date
from rag.languages import language_code
from rag.lines import same_letters
from rag.metadata import Metadata, is_url
from rag.names import split_names
from rag.records import Published

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
    return Metadata.stated(
        "meta tag",
        title=_title(tree, stated, meta, heading),
        source=source,
        authors=_authors(stated, meta),
        published=published,
        url=url,
        language=language_code(language) or language_code(_text(stated.get("inLanguage"))),
    )


def _title(tree: Any, stated: Mapping[str, Any], meta: Mapping[str, str], h1: str) -> str:
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
    return shorter if shorter != title and same_letters(shorter, heading) else title


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
    titled = [each for each in articles if same_letters(_text(each.get("headline")), title)]
    return (titled or articles or [{}])[0]


def _authors(stated: Mapping[str, Any], meta: Mapping[str, str]) -> tuple[str, ...]:
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
