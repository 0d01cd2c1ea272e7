"""A folder of files → articles, one reader per format.

``list_files`` finds the files, ``read_bytes`` reads one, and ``read_article`` turns its name and
bytes into an ``Article``: a pure function, so that it can run in another process and so that the
same bytes always give the same text. Nothing here looks at a file's own time.
"""

from __future__ import annotations

import errno
import hashlib
import html
import io
import logging
import os
import re
import stat
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from rag.boilerplate import sort_out, without_bios, without_images
from rag.errors import ArticleUnreadable, FolderUnreadable
from rag.metadata import (
    Metadata,
    date_in_name,
    date_in_url,
    from_front_matter,
    from_html,
    guess_language,
    is_top_line,
    read_credits,
    read_header,
    read_top,
)
from rag.records import Article, Failure

SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf")
LIMIT_BYTES = 50 * 2**20


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """A file of the folder; ``id`` is its path below the folder, with ``/``."""

    id: str
    path: Path


def list_files(folder: Path) -> tuple[list[ArticleFile], list[Failure]]:
    """A folder → its article files, sorted by id, and what in it could not be taken.

    Hidden files and folders, and files with other suffixes, are passed over. A symbolic link to a
    file inside the folder counts as a file; a link to a folder inside is not followed, since its
    files are listed where they are, and so a loop of links cannot be walked.

    Raises FolderUnreadable where the folder does not exist or cannot be listed.
    """
    try:
        root = folder.resolve(strict=True)
        if not root.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is a file, not a folder")
        next(os.scandir(root), None)
    except (OSError, RuntimeError, ValueError) as error:
        raise FolderUnreadable(
            f"Articles folder {str(folder)!r} cannot be listed: {_why(error)}. "
            "Name an existing folder that you may read."
        ) from error
    files: list[ArticleFile] = []
    failures: list[Failure] = []
    waiting = [(root, "")]
    while waiting:
        place, prefix = waiting.pop()
        try:
            with os.scandir(place) as listing:
                entries = list(listing)
        except OSError as error:
            failures.append(Failure(prefix.rstrip("/"), f"folder cannot be listed: {_why(error)}"))
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = prefix + entry.name
            kind = _kind(entry, root)
            if kind == "folder":
                waiting.append((Path(entry.path), name + "/"))
            elif kind == "file":
                if Path(entry.name).suffix.lower() in SUFFIXES:
                    files.append(ArticleFile(name, Path(entry.path)))
            elif kind:
                printable = name.encode("utf-8", "backslashreplace").decode()
                failures.append(Failure(printable, kind))
    files.sort(key=lambda file: file.id)
    failures.sort(key=lambda failure: failure.path)
    return files, failures


def _kind(entry: os.DirEntry[str], root: Path) -> str:
    """A folder's entry → "folder", "file", "" for one to pass over, else why it is not taken."""
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return "the file's name is not valid UTF-8: rename it"
    try:
        if entry.is_symlink():
            target = Path(entry.path).resolve(strict=True)
            if not target.is_relative_to(root):
                return "symbolic link that leads out of the folder"
            if target.is_dir():
                return ""
        mode = entry.stat().st_mode
    except (OSError, RuntimeError) as error:
        if entry.is_symlink():
            return "symbolic link that leads nowhere"
        return _why(error)
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "not a regular file but a pipe, socket or device"


def _why(error: BaseException) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error) or type(error).__name__).lower()


def read_bytes(file: ArticleFile, *, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """A file → its bytes.

    Raises ArticleUnreadable where it has gone, may not be read or is no regular file, and where it
    is larger than ``limit_bytes``.
    """
    try:
        # O_NONBLOCK: a pipe put in the file's place since it was listed would block the open.
        handle = os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ArticleUnreadable("not a regular file")
            size = status.st_size
            raw = stream.read(limit_bytes + 1) if size <= limit_bytes else b""
    except FileNotFoundError as error:
        raise ArticleUnreadable("the file vanished after it was listed") from error
    except PermissionError as error:
        raise ArticleUnreadable("permission denied: make the file readable") from error
    except (OSError, ValueError) as error:
        raise ArticleUnreadable(_why(error)) from error
    if max(size, len(raw)) > limit_bytes:
        raise ArticleUnreadable(
            f"too large: {max(size, len(raw)):,} bytes, the limit is {limit_bytes:,}"
        )
    return raw


@dataclass(frozen=True, slots=True)
class _Content:
    """What a format's reader hands on: paragraphs in reading order and what markup says."""

    paragraphs: list[str]
    known: Metadata
    encoding: str


def read_article(article_id: str, raw: bytes) -> Article:
    """A file's name and bytes → the article. The same name and bytes give the same article.

    The content decides how it is read where it plainly clashes with the name's suffix.

    Raises ArticleUnreadable, its message the reason in a few words; nothing else.
    """
    if not raw.strip(b"\0\t\n\r \xef\xbb\xbf"):
        raise ArticleUnreadable("empty file")
    try:
        content = _read_content(Path(article_id).suffix.lower(), raw)
        return _article(article_id, raw, content)
    except ArticleUnreadable:
        raise
    except Exception as error:  # the parsers raise anything from AssertionError to struct.error
        raise ArticleUnreadable(f"could not be read: {_named(error)}") from error


def _named(error: Exception) -> str:
    """A parser's exception → its class and a line of what it says, which can be raw bytes."""
    return f"{type(error).__name__}: {_one_line(str(error))[:120]}"


def _read_content(suffix: str, raw: bytes) -> _Content:
    if b"%PDF-" in raw[:1024]:
        return _read_pdf(raw)
    for magic, name in _MAGIC:
        if raw.startswith(magic):
            raise ArticleUnreadable(f"{name}, not text: save it as .txt, .md, .html or .pdf")
    if suffix == ".pdf" and not _looks_textual(raw):
        raise ArticleUnreadable("not a PDF though named .pdf")
    text, encoding = decode(raw, markup=suffix in (".html", ".htm"))
    if _HTML.match(text) or (suffix in (".html", ".htm") and _TAG.search(text)):
        return _read_html(text, encoding)
    if suffix == ".pdf":
        raise ArticleUnreadable("not a PDF though named .pdf")
    return _read_text(clean(text), encoding, markdown=suffix == ".md")


_MAGIC = (
    (b"PK\x03\x04", "a Word, OpenDocument or zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Office file"),
    (b"{\\rtf", "an RTF file"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.{0,2000}?-->\s*)*)<(?:!doctype html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(?:p|div|h[1-6]|br|span|article|table|ul|title|meta|a)\b", re.IGNORECASE)


def _looks_textual(raw: bytes) -> bool:
    sample = raw[:4096]
    return sum(byte < 9 or 13 < byte < 32 for byte in sample) <= len(sample) // 100


def _article(article_id: str, raw: bytes, content: _Content) -> Article:
    """Leaves out the boilerplate, fills in the metadata, and puts the text together."""
    paragraphs, left = sort_out(content.paragraphs)
    known, body = read_top(paragraphs or content.paragraphs, _cleaned(content.known))
    body, bios = without_bios(body, known.authors)
    known = known.or_else(read_credits([each.line for each in [*left, *bios]]))
    if known.published is None and (day := date_in_url(known.url)):
        known = replace(known, published=day, published_from="url")
    if known.published is None and (day := date_in_name(article_id)):
        known = replace(known, published=day, published_from="file name")
    headline = [] if known.title_from == "opening words" else [known.title]
    text = "\n\n".join([line for line in (*headline, *body) if line])
    if not any(map(str.isalnum, text)):
        raise ArticleUnreadable("no text in it")
    return Article(
        id=article_id,
        path=article_id,
        title=known.title,
        title_from=known.title_from,
        text=text,
        source=known.source,
        source_from=known.source_from,
        authors=known.authors,
        published=known.published,
        published_from=known.published_from,
        url=known.url,
        language=known.language or guess_language(text),
        encoding=content.encoding,
        sha256=hashlib.sha256(raw).hexdigest(),
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _cleaned(known: Metadata) -> Metadata:
    """Markup can spell unseen characters and half a surrogate pair as escapes."""
    return replace(
        known,
        title=_one_line(known.title),
        source=_one_line(known.source),
        authors=tuple(filter(None, map(_one_line, known.authors))),
        url=_one_line(known.url),
    )


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


# --- bytes → text ----------------------------------------------------------------------------

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE)
GUESS_BYTES = 200_000
"""How much of a file the guess of its encoding reads; it is slow, and this is plenty."""


def decode(raw: bytes, *, markup: bool = False) -> tuple[str, str]:
    """Bytes → their text and the encoding, with how it was found where it was not plain UTF-8.

    Raises ArticleUnreadable where the bytes are not text.
    """
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return _replaced(raw, name)
    if (wide := _wide_encoding(raw)) is not None:
        return _replaced(raw, wide, " (no byte-order mark)")
    if raw.count(0) > max(2, len(raw) // 100):
        raise ArticleUnreadable("binary data, not text")
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(raw[:4096]) if markup else None
    if declared and (found := _declared(raw, declared[1].decode().lower())):
        return found
    text = raw.decode("utf-8", "replace")
    bad = len(re.findall(rb"[\x80-\xff]", raw)) - len(
        text.replace("\ufffd", "").encode().translate(None, bytes(range(128)))
    )
    good = sum(letter > "\x7f" and letter != "\ufffd" for letter in text)
    if good >= 3 * bad or (good == 0 and bad <= 3 and not _western(raw)):
        return text, f"utf-8 ({bad} {'byte' if bad == 1 else 'bytes'} replaced)"
    return _guess(raw, text)


def _replaced(raw: bytes, name: str, note: str = "") -> tuple[str, str]:
    text = raw.decode(name, "replace")
    _check_textual(text)
    bad = text.count("\ufffd")
    note = note or (f" ({bad} {'character' if bad == 1 else 'characters'} replaced)" if bad else "")
    return text, name.removesuffix("-sig") + note


def _wide_encoding(raw: bytes) -> str | None:
    """UTF-16 without its mark shows as a NUL in every other byte of Latin text."""
    sample = raw[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _declared(raw: bytes, name: str) -> tuple[str, str] | None:
    # Browsers read a page declared as ISO 8859-1 as Windows-1252, and so do its authors.
    name = "cp1252" if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii") else name
    try:
        if name in ("utf-8", "utf8"):
            return None
        text = raw.decode(name, "replace")
    except (LookupError, ValueError):
        return None
    return text, f"{name} (declared)"


# Nobody saves articles in these any more, and they are mistaken for the Windows code pages.
_EXTINCT = ("mac_cyrillic", "mac_greek", "mac_iceland", "mac_latin2", "mac_roman", "mac_turkish")


def _western(raw: bytes) -> bool:
    """Whether the bytes beyond ASCII are such as Windows-1252 puts in and between words."""
    high = re.findall(rb"[\x80-\xff]", raw)
    placed = re.findall(
        rb"[A-Za-z][\xc0-\xd6\xd8-\xf6\xf8-\xff]+(?=[A-Za-z \r\n.,])"
        rb"|[\x80\x85\x91-\x97\xa0\xa3\xa9\xab\xb0\xbb]",
        raw,
    )
    return sum(map(len, placed)) >= len(high)


def _guess(raw: bytes, as_utf8: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    high = sum(byte > 127 for byte in raw)
    letters = sum(chr(byte).isalpha() for byte in raw if byte < 128)
    if _western(raw) and high < 0.2 * letters and not set(raw) & set(b"\x81\x8d\x8f\x90\x9d"):
        return raw.decode("cp1252"), "cp1252 (guessed)"
    logging.getLogger("charset_normalizer").setLevel(logging.CRITICAL)
    best = from_bytes(raw[:GUESS_BYTES], cp_exclusion=list(_EXTINCT)).best()
    if best is None:
        _check_textual(as_utf8)
        return as_utf8, f"utf-8 ({as_utf8.count(chr(0xFFFD))} characters replaced)"
    text = raw.decode(best.encoding, "replace")
    _check_textual(text)
    return text, f"{best.encoding} (guessed)"


def _check_textual(text: str) -> None:
    """Raises ArticleUnreadable where a tenth of the characters are none that text has."""
    sample = text[:100_000]
    odd = sum(
        letter == "\ufffd" or (unicodedata.category(letter) in ("Cc", "Cn", "Co", "Cs"))
        for letter in sample
        if letter not in "\t\n\r\f\v"
    )
    if odd > len(sample) // 10:
        raise ArticleUnreadable("binary data, not text")


# Zero-width, direction and other control characters that are not seen: they would part words
# that look whole, and can turn a line around. The joiners U+200C and U+200D go beside Latin
# letters only: Persian, the Indian scripts and emoji are spelt with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
    "|(?<=[\x20-\u024f])[\u200c\u200d]+|[\u200c\u200d]+(?=[\x20-\u024f])"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def clean(text: str) -> str:
    """A text → in NFC, with ``\\n`` line ends, plain spaces and no unseen characters."""
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text))


# --- lines → paragraphs ----------------------------------------------------------------------

_LIST_MARKER = re.compile(r"(?:[-•*·–—▪●]|\(?\d{1,3}[.)])\s")
_ENDS = re.compile(r"[.!?:…。！？][\"'”’»)\]]*$")
MIN_WIDTH, MAX_WIDTH = 30, 120
"""Characters per line between which text counts as hard-wrapped."""
MIN_FULL_LINES = 3
"""Fewer full lines than this can be short paragraphs that happen to be of one length."""


def join_wrapped(lines: Sequence[str], *, hyphens: bool = False) -> list[str]:
    """Lines → paragraphs: hard-wrapped lines are joined, all others stay as they are.

    Text is hard-wrapped where nearly every line is so full that the next word did not fit. List
    items, headings and the lines of verse are not. ``hyphens``: words are divided at line ends.
    """
    blocks = _blocks(lines)
    pairs = [
        (above, line)
        for block in blocks
        for above, line in pairwise(block)
        if not _LIST_MARKER.match(line.lstrip())
    ]
    lengths = sorted(len(above) for above, _ in pairs) or [0]
    width = lengths[int(0.9 * (len(lengths) - 1))]
    full = sum(_is_full(above, line, width) for above, line in pairs)
    narrow = MIN_WIDTH <= width <= MAX_WIDTH and lengths[-1] <= 2 * width
    wrapped = narrow and full >= max(MIN_FULL_LINES, 0.6 * len(pairs))
    if not wrapped and not (narrow and len(pairs) <= MIN_FULL_LINES) and not hyphens:
        return [line.strip() for block in blocks for line in block]
    width = width if wrapped else sys.maxsize  # no line is full: only small letters continue one
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", "\n".join(lines).casefold()))
    paragraphs: list[str] = []
    for block in blocks:
        parts = [block[0].strip()]
        for above, line in pairwise(block):
            if _continues(above, line, width):
                parts[-1], gap = _line_end(parts[-1], line.strip(), words, hyphens=hyphens)
                parts += [gap, line.strip()]
            else:
                paragraphs.append("".join(parts))
                parts = [line.strip()]
        paragraphs.append("".join(parts))
    return paragraphs


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    """Lines → the runs of them between blank lines."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line.rstrip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether the next line's first word would not have fitted (with a tenth of tolerance)."""
    return len(line) + 1 + len(following.split(None, 1)[0]) > 0.9 * width


def _continues(above: str, line: str, width: int) -> bool:
    if _LIST_MARKER.match(line.lstrip()):
        return False
    if line[0].isspace() and not above[0].isspace() and _ENDS.search(above):
        return False
    if _is_full(above, line, width):
        return True
    return line.lstrip()[0].islower() and (width < sys.maxsize or not _ENDS.search(above))


def _line_end(above: str, line: str, words: set[str], *, hyphens: bool) -> tuple[str, str]:
    """A line and the one it runs on into → the line, and what goes between them.

    A hyphen at its end goes where the text has the word in one piece, or where words are divided
    and it has no such word with a hyphen.
    """
    found = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$", above[-80:])
    if not found or not line[0].islower():
        return above, " "
    rest = re.match(r"[^\W\d_]+", line)
    start, end = found[1].casefold(), rest[0].casefold() if rest else ""
    if start + end in words or (hyphens and f"{start}-{end}" not in words):
        return above[:-1], ""
    return above, ""


# --- plain text and Markdown -----------------------------------------------------------------


def _read_text(text: str, encoding: str, *, markdown: bool) -> _Content:
    front, text = _front_matter(text)
    lines = text.split("\n")
    if markdown:
        title, lines = _markdown_lines(text)
        if title and not front.title:
            front = front.or_else(Metadata(title=title, title_from="first line"))
    header, lines = read_header([line.rstrip() for line in lines])
    return _Content(join_wrapped(lines), front.or_else(header), encoding)


def _front_matter(text: str) -> tuple[Metadata, str]:
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


_NEVER_SHOWN = ("template", "noscript", "script", "style", "iframe", "object", "svg", "select")
_MARKUP = (
    re.compile(r"^\[[^\]\n]{1,80}\]:\s+\S+.*$", re.MULTILINE),  # where a [link] leads
    re.compile(r"^ {0,3}(?:[-*_] *){3,}$", re.MULTILINE),
)
_UNSHOWN = (("<!--", "-->"), *((f"<{name}", f"</{name}>") for name in _NEVER_SHOWN))
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
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")


def _markdown_lines(text: str) -> tuple[str, list[str]]:
    """Markdown → its first top heading if it opens the text, and the lines without markup."""
    for opening, closing in _UNSHOWN:
        text = _without(text, opening, closing)
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
            words = _inline(heading[2] if heading else line.strip())
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


# --- HTML ------------------------------------------------------------------------------------

_HIDDEN_STYLE = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0)\b(?!\.)"
)
_HIDDEN_CLASSES = frozenset(
    ("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "show-for-sr")
)


def _read_html(text: str, encoding: str) -> _Content:
    import lxml.html

    text = _NEW_WINDOW.sub("", re.sub(r"^\s*<\?xml[^>]*>", "", text))
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree: Any = lxml.html.document_fromstring(clean(text).encode(), parser=parser)
    known = from_html(tree)
    _drop_hidden(tree)
    lines = [_one_line(line) for line in clean(_main_text(tree)).split("\n")]
    # The empty string among them takes out empty lines and the rules of tables as well.
    heads = tree.xpath("//h1 | //time")
    known_lines = {"", _letters(known.title), *(_letters(_words(each)) for each in heads)}
    lines = [line for line in lines if _letters(line) not in known_lines]
    return _Content([*_head_lines(tree, known.title, lines), *lines], known, encoding)


# What link labels say to screen readers; in the text it would stand amid the sentence.
_NEW_WINDOW = re.compile(
    r"\((?:opens in (?:a )?new (?:window|tab)|öffnet i[mn] (?:einem )?neue[nm] (?:fenster|tab)|"
    r"(?:s['’]ouvre dans|nouvelle) (?:une )?nouvelle fenêtre)\)",
    re.IGNORECASE,
)
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
))  # fmt: skip
_ASIDE = frozenset(("aside", "figure", "figcaption", "footer", "nav", "form", "button"))


def _head_lines(tree: Any, title: str, body: Sequence[str]) -> list[str]:
    """What a page shows between its heading and the body found: standfirst, byline, date.

    Extractors of article text begin with the first long paragraph and often leave the standfirst
    out, which holds the news in one sentence.
    """
    headings = tree.xpath("//h1") or tree.xpath("//h2 | //h3")
    letters = _letters(title)
    named = [each for each in headings if letters and letters in _letters(_words(each))]
    if not named or not body:
        return []
    start = _letters(body[0])[:40]
    seen = {_letters(line) for line in body}
    lines: list[str] = []
    leads = 0  # one: what follows it above the body is as often an offer to subscribe
    for element in _after(named[0], limit=300):
        text = _words(element)
        if _letters(text).startswith(start):
            return [line for line in lines if _letters(line) not in seen]
        links = sum(len(_words(link)) for link in element.iter("a"))
        is_lead = 10 <= len(text.split()) <= 120 and _ENDS.search(text) and 2 * links < len(text)
        if text in lines or not (is_top_line(text) or (is_lead and not leads)):
            continue
        lines.append(text)
        leads += bool(is_lead)
    return []  # the body is not below this heading, so neither is what stands above the body


def _after(heading: Any, *, limit: int) -> Iterator[Any]:
    """The elements below a heading that hold text and no block of text, in the page's order."""
    for count, element in enumerate(heading.xpath("following::*")):
        if count > limit:
            return
        blocks = any(each.tag in _BLOCKS for each in element.iterdescendants())
        inline = element.getparent().tag not in _BLOCKS
        aside = any(each.tag in _ASIDE for each in (element, *element.iterancestors()))
        if not blocks and not inline and not aside:
            yield element


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _drop_hidden(tree: Any) -> None:
    """Takes out of a page what its reader does not see."""
    for element in list(tree.iter(*_NEVER_SHOWN)):
        element.drop_tree()
    for element in tree.xpath("//*[@hidden or @aria-hidden or @style or @type='hidden' or @class]"):
        hidden = (
            not _HIDDEN_CLASSES.isdisjoint(element.get("class", "").lower().split())
            or element.get("hidden") is not None
            or element.get("aria-hidden", "").strip().lower() == "true"
            or element.get("type") == "hidden"
            or _HIDDEN_STYLE.search(element.get("style", "").lower())
        )
        # A page that waits for its scripts hides its whole body; its reader sees it all the same.
        if hidden and element.tag not in ("html", "body") and element.getparent() is not None:
            element.drop_tree()


def _main_text(tree: Any) -> str:
    """A page → its article, a paragraph per line; all its text where no article is found."""
    import lxml.html
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page it finds odd
    page = lxml.html.tostring(tree, encoding="unicode")
    found = trafilatura.extract(page, include_comments=False) or ""
    everything = _shown_text(tree)
    if len(found) < SHORT_CHARACTERS or len(found) < 0.1 * len(everything):
        wider = trafilatura.extract(page, include_comments=False, favor_recall=True) or ""
        found = max(found, wider, key=len)
    # A short page has little beside its article, and the extractor makes one paragraph of it.
    return found if len(found) >= SHORT_CHARACTERS else max(everything, found, key=len)


SHORT_CHARACTERS = 400
"""An extract below this is too short for an article to be taken for the page's."""


def _shown_text(tree: Any) -> str:
    """All text of a page outside its navigation and footer, a block per line."""
    from lxml import etree

    parts: list[str] = []
    skipped = 0  # how many elements deep we are in what is passed over
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        aside = element.tag in _ASIDE or element.tag == "head"
        block = element.tag in _BLOCKS or element.tag == "br"
        if event == "start":
            skipped += aside
            parts += ["\n"] * block + [element.text or ""] * (not skipped)
        else:
            skipped -= aside
            parts += ["\n"] * block + [element.tail or ""] * (not skipped)
    lines = [" ".join(line.split()) for line in _paragraph_breaks(parts)]
    return "\n".join(line for line in lines if line)


def _paragraph_breaks(parts: Sequence[str]) -> list[str]:
    """Pieces of text → lines; a line break within a piece is only a space in HTML."""
    return "".join(p if p == "\n" else p.replace("\n", " ") for p in parts).split("\n")


# --- PDF -------------------------------------------------------------------------------------


def _read_pdf(raw: bytes) -> _Content:
    import pypdf
    from pypdf.errors import DependencyError, FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs each fault it works around
    locked = ArticleUnreadable("encrypted PDF: remove its password")
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise locked
        pages = [
            [_one_line(line) for line in (page.extract_text() or "").split("\n")]
            for page in reader.pages
        ]
        stated, headline = _pdf_title(reader), _pdf_headline(reader)
    except (DependencyError, FileNotDecryptedError) as error:
        raise locked from error
    except ArticleUnreadable:
        raise
    except Exception as error:  # as above: any
        raise ArticleUnreadable(f"damaged PDF: {_named(error)}") from error
    if not any(map(str.isalnum, "".join(line for page in pages for line in page))):
        raise ArticleUnreadable("scanned PDF: no text in it; run it through text recognition")
    lines = _without_headline(_without_running_heads(pages), headline or stated)
    header, lines = read_header(lines)
    known = Metadata(title=stated, title_from="pdf metadata" if stated else "")
    known = known.or_else(Metadata(title=headline, title_from="first line" if headline else ""))
    known = replace(header, title="", title_from="").or_else(known) if known.title else header
    return _Content(join_wrapped(lines, hyphens=True), known, "pdf")


def _pdf_title(reader: Any) -> str:
    """The title a PDF states, unless it is what a program put there."""
    try:
        title = _one_line(str(reader.metadata.title or ""))
    except Exception:  # its metadata may be damaged where its pages are not
        return ""
    machine = re.search(
        r"\.(?:docx?|pdf|indd|qxd|tex|dvi|xlsx?|pptx?|rtf|txt|html?)$|^(?:microsoft|untitled|slide|"
        r"document|adobe|print|layout|doi:|https?:)",
        title,
        re.IGNORECASE,
    )
    return title if len(title.split()) >= 3 and len(title) <= 250 and not machine else ""


def _pdf_headline(reader: Any) -> str:
    """The first page's text in its largest letters, where that can be a headline; else ""."""
    by_size: dict[int, list[str]] = {}

    def collect(text: str, _cm: Any, matrix: Sequence[float], _font: Any, size: float) -> None:
        if text.strip():
            by_size.setdefault(round(abs(size * matrix[3])), []).append(text)

    if not len(reader.pages):
        return ""
    reader.pages[0].extract_text(visitor_text=collect)
    words = {size: _one_line(" ".join(parts)) for size, parts in by_size.items()}
    body = max(words, key=lambda size: len(words[size]), default=0)
    largest = next((size for size in sorted(words, reverse=True) if words[size].count(" ") > 1), 0)
    headline = words.get(largest, "")
    return headline if largest > body and len(headline) <= 200 else ""


def _without_headline(lines: Sequence[str], headline: str) -> list[str]:
    """The lines without the consecutive ones that make up the headline."""
    wanted = _letters(headline)
    for start in range(min(len(lines), 30) if wanted else 0):
        found = ""
        for end in range(start, min(len(lines), start + 8)):
            found += _letters(lines[end])
            if found == wanted:
                return [*lines[:start], "", *lines[end + 1 :]]
    return list(lines)


_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|seite|p\.)?\s*\d{1,4}(?:\s*(?:of|von|/)\s*\d{1,4})?[\W_]*", re.IGNORECASE
)


def _without_running_heads(pages: Sequence[Sequence[str]]) -> list[str]:
    """Pages → their lines, without the heads, feet and numbers that return from page to page."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "#", line.strip())

    stripped = [[line.rstrip() for line in page if line.strip()] for page in pages]
    edges: Counter[str] = Counter()
    for lines in stripped:
        edges.update({shape(line) for line in (*lines[:2], *lines[-2:])})
    needed = max(2, (len(pages) + 1) // 2) if len(pages) > 1 else len(pages) + 1
    kept: list[str] = []
    for page, lines in zip(pages, stripped, strict=True):
        drop = {
            line
            for line in (*lines[:2], *lines[-2:])
            if edges[shape(line)] >= needed or _PAGE_NUMBER.fullmatch(line)
        }
        kept += [line.rstrip() for line in page if line.rstrip() not in drop]
    return kept
