"""A file's bytes → the format it is in. The content decides; the name only where it is text.

Nothing is read here beyond what tells formats apart.
"""

from __future__ import annotations

import re
from typing import Literal

from rag.archives import Archive
from rag.decoding import decode
from rag.errors import ArticleUnreadable
from rag.mail_headers import is_mail

Format = Literal["pdf", "docx", "epub", "rtf", "e-mail", "html", "markdown", "text"]

HEAD_BYTES = 2**18
"""How much of a file is looked at to tell whether it is a page or an e-mail."""
_MAGIC = (
    (b"%!PS", "a PostScript file, not text: save it as .pdf"),
    (b"\x1f\x8b", "a gzip file, not text: unpack it"),
    (b"BZh91AY&SY", "a bzip2 file, not text: unpack it"),
    (b"\xfd7zXZ\0", "an xz file, not text: unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip file, not text: unpack it"),
    (b"Rar!\x1a\x07", "a RAR file, not text: unpack it"),
    (b"\x89PNG", "a picture, not text"),
    (b"\xff\xd8\xff", "a picture, not text"),
    (b"GIF8", "a picture, not text"),
    (b"II*\0", "a picture, not text"),
    (b"MM\0*", "a picture, not text"),
    (b"OggS", "a sound or film, not text"),
    (b"ID3\x03", "a sound, not text"),
    (b"\x7fELF", "a program, not text"),
    (b"MZ\x90\0", "a program, not text"),
    (b"\xcf\xfa\xed\xfe", "a program, not text"),
    (b"SQLite format 3\0", "a database, not text"),
)
_RIFF = (b"WEBP", b"WAVE", b"AVI ")
# What an old Office file (a compound file) holds, by the names of its streams.
_COMPOUND = (
    ("EncryptedPackage", "an encrypted Office file: remove its password"),
    ("__substg1.0_", "an Outlook message, not text: save it as .eml or .txt"),
    ("WordDocument", "an old Word file, not text: save it as .docx or .txt"),
    ("Workbook", "an old Excel file, not text"),
    ("PowerPoint Document", "an old PowerPoint file, not text"),
)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_SAVE_AS = "save it as .docx, .txt, .md, .html or .pdf"
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.{0,2000}?-->\s*)*)<(?:!doctype html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(?:p|div|h[1-6]|br|span|article|table|ul|title|meta|a)\b", re.IGNORECASE)

_BLOCK = re.compile(
    r"<(/?)(?:p|div|h[1-6]|article|section|ul|ol|blockquote|table|figure)\b[^<>]{0,1000}>",
    re.IGNORECASE,
)


def format_of(suffix: str, raw: bytes) -> Format:
    """A file's suffix (in small letters) and bytes → its format.

    Raises ArticleUnreadable where it is none that is read here, its message naming what it is.
    """
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if raw.startswith(_ZIP_MAGIC):
        return _zip_format(raw)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise ArticleUnreadable(_compound_reason(raw))
    if raw.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{\\rtf"):
        return "rtf"
    for magic, reason in _MAGIC:
        if raw.startswith(magic):
            raise ArticleUnreadable(reason)
    if raw[4:8] == b"ftyp" or (raw.startswith(b"RIFF") and raw[8:12] in _RIFF):
        raise ArticleUnreadable("a picture, sound or film, not text")
    return _text_format(suffix, raw)


def _text_format(suffix: str, raw: bytes) -> Format:
    # Headers and tags are ASCII in every encoding; without its NULs UTF-16 shows them as well.
    is_page = suffix in (".html", ".htm")
    head = raw[: len(raw) if is_page else HEAD_BYTES].replace(b"\0", b"").decode("latin-1")
    head = head.lstrip("\xef\xbb\xbf\xff\xfe \t\r\n")
    if _HTML.match(head) or (is_page and _TAG.search(head)):
        return "html"
    if "<?mso-application" in head[:500]:
        raise ArticleUnreadable("an Office file in XML, not text: save it as .docx or .txt")
    if is_mail(head, named=suffix == ".eml"):
        return "e-mail"
    if suffix == ".pdf":
        try:
            decode(raw)
        except ArticleUnreadable as error:
            raise ArticleUnreadable("not a PDF though named .pdf, and no text either") from error
    if suffix == ".md":
        return "markdown"
    return "html" if _is_marked_up(head) else "text"


def _is_marked_up(text: str) -> bool:
    """Tells whether all paragraphs of a text stand between tags, as in a part of a page."""
    if not _BLOCK.match(text):
        return False
    depth = end = inside = outside = 0
    for tag in _BLOCK.finditer(text):
        letter_count = sum(map(str.isalnum, text[end : tag.start()]))
        end = tag.end()
        if depth:
            inside += letter_count
        else:
            outside += letter_count
        depth = max(depth - 1, 0) if tag[1] else depth + 1
    if not depth:
        outside += sum(map(str.isalnum, text[end:]))
    return inside > 20 * outside


def _zip_format(raw: bytes) -> Format:
    try:
        archive = Archive(raw)
    except ArticleUnreadable as error:
        if not str(error).startswith("damaged"):
            raise  # its message says what to do
        raise ArticleUnreadable("a damaged Word, EPUB or zip file") from error
    names = archive.names
    if "META-INF/container.xml" in names:
        return "epub"
    if "[Content_Types].xml" in names:
        for folder, name in (("xl/", "an Excel"), ("ppt/", "a PowerPoint"), ("visio/", "a Visio")):
            if any(each.startswith(folder) for each in names):
                raise ArticleUnreadable(f"{name} file, not text: save it as .pdf or .txt")
        return "docx"
    kind = archive.read("mimetype", limit_bytes=1000) if "mimetype" in names else b""
    if kind.startswith(_OPEN_DOCUMENT):
        raise ArticleUnreadable(f"an OpenDocument file, not text: {_SAVE_AS}")
    raise ArticleUnreadable("a zip file, not text: unpack it")


def _compound_reason(raw: bytes) -> str:
    for name, reason in _COMPOUND:
        if name.encode("utf-16-le") in raw:
            return reason
    return "an old Word or Office file, not text: save it as .docx or .txt"
