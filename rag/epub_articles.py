"""An EPUB → the paragraphs of its chapters in reading order, and what its package states.

One EPUB is one article. All text counts that a chapter shows, whatever surrounds it, but for
tables of contents and page numbers. The date in its package counts only where it is told apart
from the day on which the file was made.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from rag.archives import Archive, attribute, local_name
from rag.dates import parse_date
from rag.decoding import clean, decode, one_line
from rag.errors import ArticleUnreadable
from rag.html_visible import is_hidden
from rag.languages import language_code
from rag.markdown import NEVER_SHOWN
from rag.metadata import Metadata, is_url
from rag.names import is_organisation
from rag.properties import is_machine, is_machine_title, people
from rag.records import Published

_CHAPTER_TYPES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Ways of scrambling that only fonts are protected with."""
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "mark", "q", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
))  # fmt: skip
"""Elements amid a line; every other one begins and ends a line."""
_UNREAD = (*NEVER_SHOWN, "head", "nav", "rt", "rp")
_NOT_TEXT = re.compile(r"\b(?:toc|landmarks|page-list|pagebreak|loi|lot|index)\b")


def read_epub(raw: bytes) -> tuple[list[str], Metadata]:
    """An EPUB's bytes → the paragraphs of its chapters, and what its package states.

    Raises ArticleUnreadable where it is protected or damaged, or unpacks to more than the limits.
    """
    archive = Archive(raw)
    package_name = _package_name(archive)
    package = archive.xml(package_name)
    chapters = list(_chapters(package, posixpath.dirname(package_name)))
    if not _protected(archive).isdisjoint(chapters):
        raise ArticleUnreadable("encrypted EPUB: it is protected against copying (DRM)")
    present = [name for name in chapters if name in archive.names]
    if not present:
        raise ArticleUnreadable("damaged EPUB: none of its chapters is in it")
    archive.check_size(present)
    lines = [line for name in present for line in _lines(archive.read(name))]
    return lines, _stated(package)


def _package_name(archive: Archive) -> str:
    for element in archive.xml("META-INF/container.xml").iter():
        if local_name(element) == "rootfile" and (name := attribute(element, "full-path")):
            return posixpath.normpath(unquote(name))
    raise ArticleUnreadable("damaged EPUB: its container names no package")


def _chapters(package: Any, folder: str) -> Iterator[str]:
    """The package → the names of the members that are read, in order."""
    items = {}
    for item in package.iter():
        is_chapter = attribute(item, "media-type") in _CHAPTER_TYPES
        if local_name(item) == "item" and is_chapter:
            if "nav" in attribute(item, "properties").split():
                continue
            href = unquote(attribute(item, "href").partition("#")[0])
            items[attribute(item, "id")] = posixpath.normpath(posixpath.join(folder, href))
    for reference in package.iter():
        if local_name(reference) == "itemref" and attribute(reference, "idref") in items:
            yield items.pop(attribute(reference, "idref"))


def _protected(archive: Archive) -> set[str]:
    """The members that cannot be read without a key."""
    names: set[str] = set()
    if "META-INF/encryption.xml" not in archive.names:
        return names
    for data in archive.xml("META-INF/encryption.xml"):
        ways = [each for each in data.iter() if local_name(each) == "EncryptionMethod"]
        if any(attribute(way, "Algorithm") in _FONTS_ONLY for way in ways):
            continue
        for each in data.iter():
            if local_name(each) == "CipherReference":
                names.add(posixpath.normpath(unquote(attribute(each, "URI"))))
    return names


def _lines(raw: bytes) -> list[str]:
    """A chapter's markup → its text, a block per line."""
    import lxml.html

    declared = re.match(rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w-]{2,20})", raw)
    try:
        text = raw.decode(declared[1].decode() if declared else "utf-8")
    except (LookupError, ValueError):
        text = decode(raw, markup=True)[0]
    text = re.sub(r"^\s*<\?xml[^>]*>", "", clean(text))
    if not text.strip():
        return []
    # An element closed within its own tag, which HTML does not know, would take in all below it.
    text = re.sub(
        r"<(script|style|title|iframe|a|span|div|p|i|b|em)\b([^<>]*)/>", r"<\1\2></\1>", text
    )
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree: Any = lxml.html.document_fromstring(text.encode(), parser=parser)
    for element in list(tree.iter(*_UNREAD)):
        element.drop_tree()  # what follows it stays
    for element in tree.xpath("//*[@* and not(self::html or self::body)]"):
        kinds = f"{element.get('epub:type', '')} {element.get('role', '')}".replace("doc-", "")
        if is_hidden(element) or _NOT_TEXT.search(kinds):
            element.drop_tree()
    return _blocks(tree)


def _blocks(tree: Any) -> list[str]:
    """A chapter's tree → its text, a block or a table's row per line."""
    from lxml import etree

    parts: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        cell = element.tag in ("td", "th")
        edge = "" if element.tag in _INLINE else "\x1f" if cell else "\n"
        if event == "start":
            parts += ["" if cell else edge, (element.text or "").replace("\n", " ")]
        else:
            parts += [edge, (element.tail or "").replace("\n", " ")]
    lines = "".join(parts).split("\n")
    rows = [filter(None, map(one_line, line.split("\x1f"))) for line in lines]
    return list(filter(None, (" | ".join(row) for row in rows)))


def _stated(package: Any) -> Metadata:
    """The package's metadata → what of it tells about the text."""
    stated = [each for each in package.iter() if (each.text or "").strip() and local_name(each)]

    def texts(name: str) -> list[str]:
        return [one_line(each.text) for each in stated if local_name(each) == name]

    authors, houses = _creators(stated)
    title = next(iter(texts("title")), "")
    publishers = [name for name in texts("publisher") if not is_machine(name)]
    languages = filter(None, map(language_code, texts("language")))
    return Metadata.stated(
        "document properties",
        title="" if is_machine_title(title) else title,
        source=next(iter(publishers or houses), ""),
        authors=authors,
        published=_published(package, stated),
        url=next(filter(is_url, texts("source")), ""),
        language=next(languages, ""),
    )


def _creators(stated: Sequence[Any]) -> tuple[tuple[str, ...], list[str]]:
    """The package's creators → the people who wrote it, and the houses."""
    roles = {
        attribute(each, "refines").lstrip("#"): one_line(each.text)
        for each in stated
        if attribute(each, "property") == "role"
    }
    names = [
        one_line(each.text)
        for each in stated
        if local_name(each) == "creator"
        and (attribute(each, "role") or roles.get(attribute(each, "id"), "aut")) == "aut"
    ]
    houses = [name for name in names if is_organisation(name) and not is_machine(name)]
    return people(names), houses


def _published(package: Any, stated: Sequence[Any]) -> Published:
    """The day of publishing, where the package tells it from that of the file.

    In EPUB 2 a date says by ``opf:event`` what it is of. In EPUB 3 it is of publishing; programs
    put the day of conversion there, which is then also the day of the last change.
    """
    dates = [each for each in stated if local_name(each) == "date"]
    for each in dates:
        if attribute(each, "event") == "publication":
            return parse_date(one_line(each.text))
    if not package.get("version", "").startswith("3"):
        return None
    changed = [
        parse_date(one_line(each.text))
        for each in stated
        if attribute(each, "property") == "dcterms:modified" or attribute(each, "event")
    ]
    for each in dates:
        day = parse_date(one_line(each.text))
        if day and not attribute(each, "event"):
            return None if _day(day) in map(_day, changed) else day
    return None


def _day(published: Published) -> str:
    return str(published.date() if isinstance(published, datetime) else published)
