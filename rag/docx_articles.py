"""A Word file → its article's paragraphs and what its heading and properties state.

Read from the file's XML itself: the libraries for it pass over text boxes and insertions, or show
hidden text. Headers and footers of pages, deletions, hidden text, comments, tables of contents and
drawn charts are not read; footnotes stand below the text. The days on which a file was made and
changed say nothing about its article.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag.archives import Archive, attribute, local_name
from rag.decoding import one_line
from rag.errors import ArticleUnreadable
from rag.header_lines import read_header
from rag.lines import word_count
from rag.metadata import Metadata
from rag.pasted import join_pasted
from rag.properties import from_properties
from rag.wrapping import join_wrapped

HEADING_LINES = 10
"""Among how many lines from the top the one is looked for that is styled as the title."""

# What is not shown, or shown elsewhere; ``rt`` is the reading above a Chinese character.
_UNREAD = frozenset((
    "del", "moveFrom", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr",
    "sdtEndPr", "instrText", "delText", "delInstrText", "rt", "rubyPr", "chart", "imagedata",
    "posOffset", "pctWidth", "pctHeight",
))  # fmt: skip
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_CONTENTS = re.compile(r"toc \d|toc heading|table of (?:figures|authorities)|index \d")
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


@dataclass(frozen=True, slots=True)
class _Style:
    """``name`` is Word's English one, in small letters, in whatever language Word was."""

    name: str = ""
    based_on: str = ""
    hidden: bool | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    style: str = ""


@dataclass(slots=True)
class _Paragraph:
    """A paragraph while it is read. ``boxes`` are the text boxes anchored in it."""

    hidden: bool
    parts: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)


def read_docx(raw: bytes) -> tuple[list[str], Metadata]:
    """A Word file's bytes → the paragraphs of its article, and what it states of itself.

    Raises ArticleUnreadable where it is damaged, or unpacks to more than the limits.
    """
    archive = Archive(raw)
    document = _Document(archive)
    lines = list(document.lines())
    headline = _headline([line for line in lines if line.text][:HEADING_LINES])
    title = " ".join(line.text for line in headline)
    header, texts = read_header([line.text for line in lines if line not in headline])
    known = header.or_else(Metadata.stated("page heading", title=title))
    core = _properties(archive)
    return join_pasted(texts), known.or_else(
        from_properties(
            texts,
            title=core.get("title", ""),
            authors=re.split(r"\s*;\s*", core.get("creator", "")),
            language=core.get("language", ""),
        )
    )


def _headline(lines: Sequence[_Line]) -> list[_Line]:
    """The first lines of the text → those that are its headline by their style."""
    styles = [line.style for line in lines]
    at = styles.index("title") if "title" in styles else 0
    if not styles or styles[at] not in ("title", "heading 1"):
        return []
    end = at + 1
    while end < len(styles) and styles[end] == styles[at] == "title":
        end += 1
    title = " ".join(line.text for line in lines[at:end])
    # "Press release" and the like are no headline, even where they are styled as one.
    return list(lines[at:end]) if word_count(title) >= 3 and len(title) <= 250 else []


def _properties(archive: Archive) -> dict[str, str]:
    """The core properties: what the file says of itself, by name."""
    name = _targets(archive, "").get("core-properties", "docProps/core.xml")
    try:
        root = archive.xml(name)
    except ArticleUnreadable:  # a file without them, or with broken ones, has its text all the same
        return {}
    return {local_name(each): (each.text or "").strip() for each in root}


def _targets(archive: Archive, part: str) -> dict[str, str]:
    """A part's name ("" for the package) → its related parts, by the last word of their kind."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in archive.names:
        return {}
    targets: dict[str, str] = {}
    for each in archive.xml(rels):
        target = attribute(each, "Target")
        if local_name(each) == "Relationship" and attribute(each, "TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            targets.setdefault(attribute(each, "Type").rpartition("/")[2], path)
    return targets


def _child(element: Any, *names: str) -> Any:
    """The element below ``element`` on the path of these names, or None."""
    for name in names:
        element = next((each for each in element if local_name(each) == name), None)
        if element is None:
            return None
    return element


def _is_on(element: Any) -> bool:
    return attribute(element, "val").lower() not in ("0", "false", "off")


class _Document:
    """The main part of a Word file with its styles and notes."""

    def __init__(self, archive: Archive) -> None:
        main = _targets(archive, "").get("officeDocument", "word/document.xml")
        related = _targets(archive, main)
        self._body = archive.xml(main)
        self._styles: dict[str, _Style] = {}
        if (name := related.get("styles", "")) in archive.names:
            self._styles = dict(map(_style, archive.xml(name)))
        self._notes: dict[tuple[str, str], Any] = {}
        for kind in _NOTES.values():
            if (name := related.get(kind, "")) in archive.names:
                for note in archive.xml(name):
                    self._notes[kind, attribute(note, "id")] = note
        self._referred: list[tuple[str, str]] = []

    def lines(self) -> Iterator[_Line]:
        """The lines of the text in reading order, then the notes it refers to."""
        yield from self._blocks(self._body)
        for key in dict.fromkeys(self._referred):
            if key in self._notes:
                yield from self._blocks(self._notes[key])

    def _blocks(self, element: Any) -> Iterator[_Line]:
        """An element that holds paragraphs and tables → their lines."""
        carried: list[str] = []  # a paragraph whose end was deleted runs on into the next
        for child in _shown_children(element):
            name = local_name(child)
            if name == "p":
                joined = _child(child, "pPr", "rPr", "del") is not None
                yield from self._paragraph(child, carried, joined=joined)
            elif name == "tbl":
                yield from self._table(child)
            elif name != "sdt" or not _is_contents(child):
                yield from self._blocks(child)
        if carried:
            yield _Line(one_line("".join(carried)))

    def _paragraph(self, element: Any, carried: list[str], *, joined: bool) -> Iterator[_Line]:
        properties = _child(element, "pPr")
        style_id = _value(properties, "pStyle")
        style = self._styles.get(style_id, _Style(name=style_id.casefold())).name
        paragraph = _Paragraph(hidden=self._is_hidden(style_id))
        self._inline(element, paragraph)
        carried += paragraph.parts
        if not joined and not _CONTENTS.match(style):
            heading = style.startswith(("title", "subtitle", "heading"))
            # A line break in a headline is for looks; elsewhere it parts what stands on its lines.
            text = "".join(carried).replace("\n", " " if heading else "\n")
            mark = "- " if not heading and self._is_listed(properties, style_id) else ""
            lines = list(filter(None, map(one_line, text.split("\n"))))
            for line in join_wrapped(lines) if len(lines) > 3 else lines or [""]:
                yield _Line(mark * bool(line) + line, style)
                mark = ""
        if not joined:
            carried.clear()
        for box in paragraph.boxes:
            yield from self._blocks(box)

    def _inline(self, element: Any, paragraph: _Paragraph) -> None:
        """Gathers the text of what stands in a paragraph."""
        for child in _shown_children(element):
            name = local_name(child)
            if name == "r":
                outer = paragraph.hidden
                paragraph.hidden = self._is_hidden_run(child, outer)
                self._inline(child, paragraph)
                paragraph.hidden = outer
            elif name == "txbxContent":
                paragraph.boxes.append(child)
            elif paragraph.hidden and (name == "t" or name in _CHARACTERS or name in _NOTES):
                continue
            elif name == "t":
                paragraph.parts.append(child.text or "")
            elif name in _CHARACTERS:
                paragraph.parts.append(_CHARACTERS[name])
            elif name in _NOTES:
                self._referred.append((_NOTES[name], attribute(child, "id")))
            else:
                self._inline(child, paragraph)

    def _table(self, table: Any) -> Iterator[_Line]:
        """A table → row by row: short cells beside each other on one line, others one by one."""
        for row in _below(table, "tr"):
            found = [self._blocks(cell) for cell in _below(row, "tc")]
            cells = [[line for line in cell if line.text] for cell in found]
            cells = [cell for cell in cells if cell]
            if len(cells) > 1 and all(len(cell) == 1 for cell in cells):
                yield _Line(" | ".join(cell[0].text for cell in cells))
            else:
                for cell in cells:
                    yield from cell

    def _is_hidden(self, style_id: str) -> bool:
        for _ in range(20):  # no more than a loop of styles based on each other would take
            style = self._styles.get(style_id, _Style())
            if style.hidden is not None:
                return style.hidden
            style_id = style.based_on
        return False

    def _is_hidden_run(self, run: Any, outer: bool) -> bool:
        properties = _child(run, "rPr")
        if properties is None:
            return outer
        vanish = _child(properties, "vanish")
        if vanish is not None:
            return _is_on(vanish)
        return outer or self._is_hidden(_value(properties, "rStyle"))

    def _is_listed(self, properties: Any, style_id: str) -> bool:
        number = None if properties is None else _child(properties, "numPr", "numId")
        if number is not None:
            return attribute(number, "val") != "0"
        return self._styles.get(style_id, _Style()).listed


def _style(element: Any) -> tuple[str, _Style]:
    vanish = _child(element, "rPr", "vanish")
    return attribute(element, "styleId"), _Style(
        name=_value(element, "name").casefold(),
        based_on=_value(element, "basedOn"),
        hidden=None if vanish is None else _is_on(vanish),
        listed=_child(element, "pPr", "numPr", "numId") is not None,
    )


def _value(properties: Any, name: str) -> str:
    """The value of the property of that name, "" where there is none."""
    element = None if properties is None else _child(properties, name)
    return "" if element is None else attribute(element, "val")


def _shown_children(element: Any) -> Iterator[Any]:
    """The elements within that are read; of alternatives for old and new programs only one, and
    no control that nothing was entered in.
    """
    for child in element:
        name = local_name(child)
        if name == "AlternateContent":
            yield from list(child)[:1]
        elif name and name not in _UNREAD and _child(child, "sdtPr", "showingPlcHdr") is None:
            yield child


def _below(element: Any, name: str) -> Iterator[Any]:
    """A table's rows, or a row's cells, which may stand in controls and marked insertions."""
    for child in _shown_children(element):
        if local_name(child) == name:
            if _child(child, f"{name}Pr", "del") is None:
                yield child
        else:
            yield from _below(child, name)


def _is_contents(control: Any) -> bool:
    gallery = _child(control, "sdtPr", "docPartObj", "docPartGallery")
    return gallery is not None and attribute(gallery, "val") == "Table of Contents"
