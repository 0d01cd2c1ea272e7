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
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
        with open(handle, "rb") as stream:
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
        raise ArticleUnreadable(f"could not be read: {type(error).__name__}: {error}") from error


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
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(?:p|div|h[1-6]|br|span|article|table|ul|title|meta|a)\b", re.IGNORECASE)


def _looks_textual(raw: bytes) -> bool:
    sample = raw[:4096]
    return sum(byte < 9 or 13 < byte < 32 for byte in sample) <= len(sample) // 100


def _article(article_id: str, raw: bytes, content: _Content) -> Article:
    """Leaves out the boilerplate, fills in the metadata, and puts the text together."""
    paragraphs, left = sort_out(content.paragraphs)
    known, body = read_top(paragraphs or content.paragraphs, content.known)
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
    if raw.count(0) > len(raw) // 100:
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


def _western(raw: bytes) -> bool:
    """Whether the bytes beyond ASCII are such as Windows-1252 puts in and between words."""
    high = re.findall(rb"[\x80-\xff]", raw)
    placed = re.findall(
        rb"[A-Za-z][\xc0-\xd6\xd8-\xf6\xf8-\xff]+(?=[A-Za-z \r\n.,])|[\x80\x85\x91-\x97\xa0\xa3\xa9\xb0\xab\xbb]",
        raw,
    )
    return sum(map(len, placed)) >= len(high)


def _guess(raw: bytes, as_utf8: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    high = sum(byte > 127 for byte in raw)
    letters = sum(chr(byte).isalpha() for byte in raw if byte < 128)
    if _western(raw) and high < 0.1 * letters and not set(raw) & set(b"\x81\x8d\x8f\x90\x9d"):
        return raw.decode("cp1252"), "cp1252 (guessed)"
    logging.getLogger("charset_normalizer").setLevel(logging.CRITICAL)
    best = from_bytes(raw[:GUESS_BYTES]).best()
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
# that look whole, and can turn a line around. The joiners U+200C and U+200D stay: Persian and
# the Indian scripts spell with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
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


def join_wrapped(lines: Sequence[str], *, hyphens: bool = False) -> list[str]:
    """Lines → paragraphs: hard-wrapped lines are joined, all others stay as they are.

    Text is hard-wrapped where nearly every line is so full that the next word did not fit. List
    items, headings and the lines of verse are not. ``hyphens``: words are divided at line ends.
    """
    blocks = _blocks(lines)
    inner = [line for block in blocks for line in block[:-1]]
    if len(inner) < 2:
        return [line.strip() for block in blocks for line in block]
    width = sorted(map(len, inner))[int(0.9 * (len(inner) - 1))]
    pairs = [(a, b) for block in blocks for a, b in zip(block, block[1:], strict=False)]
    full = sum(_is_full(a, b, width) for a, b in pairs)
    longest = max(map(len, inner))
    if not MIN_WIDTH <= width <= MAX_WIDTH or full < 0.6 * len(pairs) or longest > 2 * width:
        return [line.strip() for block in blocks for line in block]
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", "\n".join(lines).casefold()))
    paragraphs: list[str] = []
    for block in blocks:
        paragraph = block[0].strip()
        for above, line in zip(block, block[1:], strict=False):
            if _continues(above, line, width):
                paragraph = _joined(paragraph, line.strip(), words, hyphens=hyphens)
            else:
                paragraphs.append(paragraph)
                paragraph = line.strip()
        paragraphs.append(paragraph)
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
    return _is_full(above, line, width) or line.lstrip()[0].islower()


def _joined(paragraph: str, line: str, words: set[str], *, hyphens: bool) -> str:
    found = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$", paragraph)
    if not found or not line[0].islower():
        return f"{paragraph} {line}"
    rest = re.match(r"[^\W\d_]+", line)
    end = rest[0].casefold() if rest else ""
    if found[1].casefold() + end in words:
        return paragraph[:-1] + line
    if f"{found[1].casefold()}-{end}" in words or not hyphens:
        return paragraph + line
    return paragraph[:-1] + line


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


_MARKUP = (
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"<(script|style|template|noscript)\b.*?</\1\s*>", re.DOTALL | re.I), ""),
    (re.compile(r"^\[[^\]\n]{1,80}\]:\s+\S+.*$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}(?:[-*_] *){3,}$", re.MULTILINE), ""),
)
_INLINE = (
    (re.compile(r"\[\^[^\]\s]{1,40}\]"), ""),
    (re.compile(r"\[([^\[\]]+)\]\((?:<[^<>]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)"
                r"(?:\s+[\"'(][^\"']*[\"')])?\)"), r"\1"),
    (re.compile(r"\[([^\[\]]+)\]\[[^\[\]]{0,80}\]"), r"\1"),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>"), r"\1"),
    (re.compile(r"<br\s*/?>", re.I), " "),
    (re.compile(r"</?[a-zA-Z][^<>]{0,500}>"), ""),
    (re.compile(r"(\*\*\*|\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_\\])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![\w_])"), r"\1"),
    (re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)  # fmt: skip
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")


def _markdown_lines(text: str) -> tuple[str, list[str]]:
    """Markdown → its first top heading if it opens the text, and the lines without markup."""
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
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


def _inline(line: str) -> str:
    line = without_images(line)
    for pattern, instead in _INLINE:
        line = pattern.sub(instead, line)
    return html.unescape(line)


# --- HTML ------------------------------------------------------------------------------------

_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0)\b(?!\.)")
_NEVER_SHOWN = ("template", "noscript", "script", "style", "iframe", "object", "svg", "select")


def _read_html(text: str, encoding: str) -> _Content:
    import lxml.html

    text = re.sub(r"^\s*<\?xml[^>]*>", "", text)
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = lxml.html.document_fromstring(clean(text).encode(), parser=parser)
    known = from_html(tree)
    _drop_hidden(tree)
    lines = clean(_main_text(tree)).split("\n")
    return _Content([" ".join(line.split()) for line in lines if line.strip()], known, encoding)


def _drop_hidden(tree: Any) -> None:
    """Takes out of a page what its reader does not see."""
    for element in list(tree.iter(*_NEVER_SHOWN)):
        element.drop_tree()
    for element in tree.xpath("//*[@hidden or @aria-hidden or @style or @type='hidden']"):
        hidden = (
            element.get("hidden") is not None
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
    everything = trafilatura.html2txt(page) or ""
    found = trafilatura.extract(page, include_comments=False, favor_precision=True) or ""
    if len(found) < 250 or len(found) < 0.1 * len(everything):
        wider = trafilatura.extract(page, include_comments=False, favor_recall=True) or ""
        found = max(found, wider, key=len)
    return found if len(found) >= min(100, len(everything)) else everything


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
        pages = [clean(page.extract_text() or "").split("\n") for page in reader.pages]
        title = _pdf_title(reader)
    except (DependencyError, FileNotDecryptedError) as error:
        raise locked from error
    except ArticleUnreadable:
        raise
    except Exception as error:  # as above: any
        raise ArticleUnreadable(f"damaged PDF: {type(error).__name__}: {error}") from error
    if not any(map(str.isalnum, "".join(line for page in pages for line in page))):
        raise ArticleUnreadable("scanned PDF: no text in it; run it through text recognition")
    header, lines = read_header(_without_running_heads(pages))
    paragraphs = join_wrapped(lines, hyphens=True)
    known = Metadata(title=title, title_from="pdf metadata" if title else "")
    return _Content(paragraphs, known.or_else(header), "pdf")


def _pdf_title(reader: Any) -> str:
    """The title a PDF states, unless it is what a program put there."""
    try:
        title = " ".join(clean(str(reader.metadata.title or "")).split())
    except Exception:  # its metadata may be damaged where its pages are not
        return ""
    machine = re.search(
        r"\.(?:docx?|pdf|indd|qxd|tex|dvi|xlsx?|pptx?|rtf|txt|html?)$|^(?:microsoft|untitled|slide|"
        r"document|adobe|print|layout|doi:|https?:)",
        title,
        re.IGNORECASE,
    )
    return title if len(title.split()) >= 3 and len(title) <= 250 and not machine else ""


_PAGE_NUMBER = re.compile(r"[\W_]*(?:page|seite|p\.)?\s*\d{1,4}(?:\s*(?:of|von|/)\s*\d{1,4})?[\W_]*", re.I)


def _without_running_heads(pages: Sequence[Sequence[str]]) -> list[str]:
    """Pages → their lines, without the heads, feet and numbers that return from page to page."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "#", line.strip())

    stripped = [[line.rstrip() for line in page if line.strip()] for page in pages]
    edges = Counter(
        shape for page in stripped for shape in {shape(line) for line in (*page[:2], *page[-2:])}
    )
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
