"""Markdown → its title and its lines as a reader sees them, without markup and images.

Not a Markdown parser: the words of a page stay on the lines where they stand.
"""

from __future__ import annotations

import html
import re

from rag.decoding import clean

NEVER_SHOWN = ("template", "noscript", "script", "style", "iframe", "object", "svg", "select")
"""HTML elements whose text no reader sees, in Markdown as on a page."""
IMAGES_PER_LINE = 200
"""Beyond it nobody wrote the line for readers; looking on would take minutes on such a file."""
_MARKUP = (
    re.compile(r"^\[(?!\^)[^\]\n]{1,80}\]:\s+\S+.*$", re.MULTILINE),  # where a [link] leads
    re.compile(r"^ {0,3}(?:[-*_] *){3,}$", re.MULTILINE),
)
_FOOTNOTE = re.compile(
    r"^ {0,3}\[\^[^\]\s]{1,40}\]:[ \t]*(.*(?:\n+(?: {2}|\t)[ \t]*+\S.*)*)$", re.MULTILINE
)
"""A footnote with the indented lines that go on with it."""
_UNSHOWN = (("<!--", "-->"), *((f"<{name}", f"</{name}>") for name in NEVER_SHOWN))
_INLINE = (
    (re.compile(r"\[\^[^\]\s]{1,40}\]"), ""),
    (re.compile(r"\[([^\[\]]{1,1000})\]\((?:<[^<>]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)"
                r"(?:\s+[\"'(][^\"']*[\"')])?\)"), r"\1"),
    (re.compile(r"\[([^\[\]]{1,1000})\]\[[^\[\]]{0,80}\]"), r"\1"),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>"), r"\1"),
    (re.compile(r"<br\s*/?>", re.I), " "),
    (re.compile(r"</?[a-zA-Z][^<>]{0,500}>"), ""),
    (re.compile(r"(\*\*\*|\*\*|__|~~)(?=\S)(.{1,2000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_\\])_(?=[^\s_])([^_\n]{1,2000}?)(?<=[^\s_])_(?![\w_])"), r"\1"),
    (re.compile(r"(`{1,3})(?!`)(.{1,1000}?)(?<!`)\1(?!`)"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)  # fmt: skip
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*$")


def read_markdown(text: str) -> tuple[str, list[str]]:
    """Markdown → its first top heading if it opens the text, and the lines without markup.

    Footnotes stand below the text, wherever they were written.
    """
    for opening, closing in _UNSHOWN:
        text = _without(text, opening, closing)
    notes = [re.sub(r"(?<!\n)\n[ \t]+", " ", note) for note in _FOOTNOTE.findall(text)]
    text = "\n\n".join([_FOOTNOTE.sub("", text), *notes])
    for pattern in _MARKUP:
        text = pattern.sub("", text)
    title = ""
    plain: list[str] = []
    fenced = False
    source = text.split("\n")
    for at, line in enumerate(source):
        if re.match(r" {0,3}(?:```|~~~)", line):
            fenced = not fenced
            continue
        below = source[at + 1] if at + 1 < len(source) else ""
        underlined = bool(line.strip()) and re.fullmatch(r" {0,3}(?:=+|-{3,})\s*", below)
        heading = _HEADING.match(line)
        if fenced:
            plain += [line]
        elif re.fullmatch(r" {0,3}=+\s*|[\s|:-]*\|?-{3,}[\s|:-]*", line):
            continue  # the line under a heading or a table's head
        elif heading or underlined:
            words = _inline(heading[1] if heading else line.strip())
            if not title and not any(plain) and words:
                title = words
            else:
                plain += ["", words, ""]
        else:
            line = re.sub(r"^(\s*>)+\s?", "", line)
            line = re.sub(r"^(\s*)[*+]\s+", r"\1- ", line)
            plain.append(_inline(re.sub(r"^\s*\||\|\s*$", "", line)))
    return title, plain


def _without(text: str, opening: str, closing: str) -> str:
    """A text without all that stands from an opening to its closing tag; small letters count."""
    parts: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start)
        if end < 0:
            break
        parts.append(text[at:start])
        at = end + len(closing)
    return "".join([*parts, text[at:]])


def _inline(line: str) -> str:
    line = without_images(line)
    for pattern, instead in _INLINE:
        line = pattern.sub(instead, line)
    return clean(html.unescape(line)).replace("\n", " ")


def without_images(line: str) -> str:
    """A line without Markdown images, whose captions may hold brackets of their own."""
    at = line.find("![")
    for _ in range(IMAGES_PER_LINE):
        if at < 0:
            break
        end = _closed(line, at + 1, "[", "]")
        if end and end < len(line) and line[end] == "(":
            end = _closed(line, end, "(", ")")
        elif end and end < len(line) and line[end] == "[":
            end = _closed(line, end, "[", "]")
        elif end:
            end = 0  # "Wow![1]" is no image
        if not end:
            at = line.find("![", at + 2)
            continue
        before, after = line[:at], line[end:]
        if before.endswith("[") and (link := re.match(r"\]\([^()\s]*\)", after)):
            before, after = before[:-1], after[link.end() :]
        line = (before.rstrip() + " " + after.lstrip()).strip()
        at = line.find("![")
    return line


def _closed(line: str, at: int, opening: str, closing: str) -> int:
    """The position after the bracket that closes the one at ``at``; 0 where none does."""
    depth = 0
    for place in range(at, min(len(line), at + 4000)):
        if line[place] == opening:
            depth += 1
        elif line[place] == closing:
            depth -= 1
            if depth == 0:
                return place + 1
    return 0
