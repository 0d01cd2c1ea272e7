"""A page's markup → what its JSON-LD, meta tags, headings and ``<time>`` state.

Nothing the page shows as running text is read here; the article's text is for ``html_articles``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from rag.dates import parse_date
from rag.html_bylines import people, visible_authors, written_dates
from rag.html_titles import (
    Heading,
    Stated,
    choose_title,
    host_names,
    site_in_title,
    visible_heading,
)
from rag.html_visible import shown_names
from rag.json_ld import article_object, kinds, site_names, text_of
from rag.languages import language_code
from rag.lines import letters
from rag.metadata import Metadata, is_url
from rag.records import Published

_DATE_META = (
    "article:published_time", "og:article:published_time", "og:published_time",
    "article:published", "article.published", "datepublished", "date", "dc.date",
    "dc.date.issued", "dcterms.date", "dcterms.created", "dcterms.issued", "publish-date",
    "publish_date", "publishdate", "publication_date", "publicationdate", "publication-date",
    "published_time", "published-date", "published_at", "pubdate", "og:pubdate", "parsely-pub-date",
    "sailthru.date", "citation_publication_date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_CHANGE_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_AUTHOR_META = (
    "author", "article:author", "byl", "dc.creator", "dcterms.creator", "parsely-author",
    "sailthru.author", "citation_author",
)  # fmt: skip
_SITE_META = ("og:site_name", "application-name", "publisher")
_HOSTS = frozenset(("blogger", "wordpress", "wordpress.com", "wix", "squarespace", "ghost"))
"""Programs that pages are made with and that name themselves as the publisher."""
_NOUGHT = datetime(1970, 1, 1, tzinfo=UTC)


def from_html(tree: Any) -> tuple[Metadata, Heading | None]:
    """A page (lxml tree) → what its markup states, and the heading that its reader sees.

    Dates in running text, in footers and in addresses of images are not looked at; a date of
    change is never taken for that of publishing.
    """
    meta = _meta_tags(tree)
    page_title = " ".join(tree.xpath("string((//title[not(ancestor::svg)])[1])").split())
    social, card = _first(meta, ("og:title",)), _first(meta, ("twitter:title",))
    canonical = next(map(str.strip, tree.xpath("//link[@rel='canonical']/@href")), "")
    urls = [canonical, _first(meta, ("og:url",))]
    names = [name for name in (social, card, page_title) if name]
    site = [
        *_named(meta, _SITE_META),
        *(host for url in urls if is_url(url) for host in host_names(url)),
    ]
    heading = visible_heading(tree, names, site)
    seen = [heading.text, heading.headline] if heading else []
    stated = article_object(tree, [*names, *seen], urls)
    headline = text_of(stated.get("headline"))
    url = _url(canonical, _first(meta, ("og:url",)), text_of(stated.get("mainEntityOfPage"), "@id"),
               text_of(stated.get("url")))  # fmt: skip

    source = _source(stated, meta, page_title)
    added = ""
    if not source.source:
        places = [*site, *site_names(tree), _handle(meta), *shown_names(tree)]
        added = site_in_title(page_title, [*seen, headline, social], places)
    known_names = [source.source, added, *_named(meta, _SITE_META), *host_names(url.url)]
    title, place = choose_title(
        Stated(headline, social, card, page_title), heading, [*known_names, _handle(meta)]
    )
    own = frozenset(map(letters, [*known_names, source.source])) - {""}
    authors = _stated_authors(stated, meta, own)
    asked = not source.source or not authors.authors
    sections = _sections(tree, meta, stated) if asked else frozenset()
    if not source.source:
        named = added if letters(added) not in sections else ""
        source = Metadata.stated("page title", source=named)
    if not authors.authors and heading is not None:
        is_site = _is_of(own | {letters(source.source)})
        shown = visible_authors(tree, heading.element, is_site, sections)
        authors = Metadata.stated("page element", authors=shown)
    if not source.source:  # a page that names nothing but the house that wrote it
        source = Metadata.stated("JSON-LD", source=next(iter(_organisations(stated)), ""))
    known = Metadata.stated(place, title=title).or_else(source).or_else(authors).or_else(url)
    return known.or_else(_published(tree, stated, meta, heading)).or_else(
        _language(tree, stated, meta)
    ), heading


def _url(canonical: str, social: str, *json_ld: str) -> Metadata:
    """The page's address; one that is the whole site's says nothing about the article."""
    element = Metadata.stated("page element", url=canonical)
    tag = Metadata.stated("meta tag", url=social)
    if element.url and tag.url and not urlsplit(element.url).path.strip("/"):
        element = tag
    stated = next(filter(is_url, json_ld), "")
    return element.or_else(tag).or_else(Metadata.stated("JSON-LD", url=stated))


def _source(stated: Mapping[str, Any], meta: Mapping[str, list[str]], page: str) -> Metadata:
    """The publisher as the page's data name it."""
    named = [_site_name(text_of(stated.get(key)), page) for key in ("publisher", "provider")]
    found = Metadata.stated("JSON-LD", source=next(filter(None, named), ""))
    tags = (_site_name(name, page) for name in _named(meta, _SITE_META))
    return found.or_else(Metadata.stated("meta tag", source=next(filter(None, tags), "")))


def _site_name(name: str, page: str) -> str:
    """A site's name as stated, or "" where it is an address, a program's name or a headline."""
    if is_url(name) or name.casefold() in _HOSTS or letters(name) == letters(page):
        return ""
    return name if len(name) <= 100 else ""


def _stated_authors(
    stated: Mapping[str, Any], meta: Mapping[str, list[str]], site: frozenset[str]
) -> Metadata:
    """The people whom the page's data name as authors; its publisher and agencies are none."""
    is_site = _is_of(site)
    value = stated.get("author") or stated.get("creator")
    each = value if isinstance(value, list) else [value]
    named = [name for one in each if not _is_house(one) for name in _person_names(one)]
    found = Metadata.stated("JSON-LD", authors=people(named, is_site))
    for key in _AUTHOR_META:
        tags = people(meta.get(key, []), is_site)
        found = found.or_else(Metadata.stated("meta tag", authors=tags))
    return found


def _is_of(site: frozenset[str]) -> Callable[[str], bool]:
    """A site's names in letters → the test whether a name is the site's or of a part of it."""

    def is_site(name: str) -> bool:
        first = name.split()[0] if name.split() else ""
        return letters(name) in site or (first.isupper() and letters(first) in site)

    return is_site


def _is_house(value: object) -> bool:
    """Whether an author in JSON-LD is said to be an organisation."""
    return isinstance(value, dict) and any("Organization" in kind for kind in kinds(value))


def _organisations(stated: Mapping[str, Any]) -> list[str]:
    value = stated.get("author")
    each = value if isinstance(value, list) else [value]
    return [text_of(one) for one in each if _is_house(one)]


def _person_names(value: object) -> list[str]:
    """An author in JSON-LD → the names it states, of which there may be several."""
    if isinstance(value, dict):
        names = value.get("name")
        if isinstance(names, list):
            return [text_of(name) for name in names]
        return [text_of(names) or f"{text_of(value.get('givenName'))} "
                f"{text_of(value.get('familyName'))}".strip()]  # fmt: skip
    return [text_of(value)]


def _published(
    tree: Any,
    stated: Mapping[str, Any],
    meta: Mapping[str, list[str]],
    heading: Heading | None,
) -> Metadata:
    """The date of publishing; one that is also that of the last change yields to an earlier one."""
    json_ld = _date(text_of(stated.get("datePublished")))
    tags = [day for value in _named(meta, _DATE_META) if (day := _date(value))]
    written = [text_of(stated.get("dateModified")), *_named(meta, _CHANGE_META)]
    changed = {parse_date(value) for value in written} - {None}
    known: list[Metadata] = [
        *([Metadata.stated("JSON-LD", published=json_ld)] if json_ld else []),
        *(Metadata.stated("meta tag", published=tag) for tag in tags),
    ]
    for each in known:
        earlier = any(_day(other.published) < _day(each.published) for other in known)
        if each.published not in changed or not earlier:
            return each
    shown = map(_date, written_dates(tree, heading.element if heading else None))
    return Metadata.stated("page element", published=next(filter(None, shown), None))


def _day(published: Published) -> str:
    return published.isoformat()[:10] if published else ""


def _date(written: str) -> Published:
    """A date as ``parse_date`` reads it; the computers' day nought stands for "no date"."""
    day = parse_date(written)
    moment = day if isinstance(day, datetime) else None
    is_nought = moment == _NOUGHT if moment else day == _NOUGHT.date()
    return None if is_nought else day


def _language(tree: Any, stated: Mapping[str, Any], meta: Mapping[str, list[str]]) -> Metadata:
    element = next(iter(tree.xpath("/html/@lang | /html/@xml:lang")), "")
    tag = _first(meta, ("og:locale", "content-language", "dc.language", "language"))
    return (
        Metadata.stated("page element", language=language_code(element))
        .or_else(
            Metadata.stated("JSON-LD", language=language_code(text_of(stated.get("inLanguage"))))
        )
        .or_else(Metadata.stated("meta tag", language=language_code(tag)))
    )


def _sections(
    tree: Any, meta: Mapping[str, list[str]], stated: Mapping[str, Any]
) -> frozenset[str]:
    """The letters of the names of a site's parts, as far as the page links to or states them."""
    links = [
        " ".join(each.itertext())
        for each in tree.xpath("//nav//a[@href] | //*[contains(@class, 'crumb')]//a[@href]")
        if _path(each.get("href"))
    ]
    value = stated.get("articleSection")
    named = value if isinstance(value, list) else [value]
    return frozenset(
        map(letters, [*links, *map(text_of, named), *_named(meta, ("article:section", "section"))])
    )


def _path(url: str) -> str:
    """An address → its path without the slashes around it; "" where it is no address."""
    try:
        return urlsplit(url.strip()).path.strip("/")
    except ValueError:
        return ""


def _handle(meta: Mapping[str, list[str]]) -> str:
    """The site's name on a social network ("@tarngazette"), as it often ends titles."""
    return _first(meta, ("twitter:site",)).removeprefix("@")


def _meta_tags(tree: Any) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for tag in tree.xpath("//meta[@content]"):
        name = (
            tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")
        )
        if name and (value := text_of(tag.get("content"))):
            tags.setdefault(name.strip().casefold(), []).append(value)
    return tags


def _first(meta: Mapping[str, list[str]], keys: Iterable[str]) -> str:
    return next(iter(_named(meta, keys)), "")


def _named(meta: Mapping[str, list[str]], keys: Iterable[str]) -> Sequence[str]:
    return [meta[key][0] for key in keys if key in meta]
