"""A file's name and bytes → the article in it, by the reader of its format.

The one entrance to reading: ``list_files`` finds the files, ``read_bytes`` reads one, and
``read_article`` turns its name and bytes into an ``Article``: a pure function, so that it can run
in another process and so that the same bytes always give the same text.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from rag.boilerplate import sort_out, without_bios
from rag.boilerplate_lines import note_spans
from rag.credit_lines import read_credits
from rag.dates import date_in_name, date_in_url
from rag.decoding import clean, decode, describe, one_line
from rag.errors import ArticleUnreadable
from rag.folders import LIMIT_BYTES, SUFFIXES, ArticleFile, list_files, read_bytes
from rag.header_lines import read_front_matter, read_header
from rag.headlines import read_top
from rag.html_articles import read_html
from rag.languages import guess_language
from rag.line_articles import read_line
from rag.markdown import read_markdown
from rag.metadata import Metadata
from rag.pdf_articles import read_pdf
from rag.records import Article
from rag.wrapping import join_wrapped

__all__ = ["LIMIT_BYTES", "SUFFIXES", "ArticleFile", "list_files", "read_article", "read_bytes"]

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


def read_article(article_id: str, raw: bytes, *, path: str = "") -> Article:
    """A file's name and bytes → the article. The same name and bytes give the same article.

    ``path`` is the file's name where it holds several articles and ``raw`` is one line of it.
    The content decides how it is read where it plainly clashes with the name's suffix.

    Raises ArticleUnreadable, its message the reason in a few words; nothing else.
    """
    if not raw.strip(b"\0\t\n\r \xef\xbb\xbf"):
        raise ArticleUnreadable("empty file")
    try:
        path = path or article_id
        if path != article_id:
            paragraphs, known, encoding = _read_line(raw)
        else:
            paragraphs, known, encoding = _read_content(Path(path).suffix.lower(), raw)
        return _article(article_id, path, raw, paragraphs, known, encoding)
    except ArticleUnreadable:
        raise
    except Exception as error:  # the parsers raise anything from AssertionError to struct.error
        raise ArticleUnreadable(f"could not be read: {describe(error)}") from error


def _read_content(suffix: str, raw: bytes) -> tuple[list[str], Metadata, str]:
    """A file's suffix and bytes → its paragraphs, what it states of itself, and its encoding."""
    if b"%PDF-" in raw[:1024]:
        return *read_pdf(raw), "pdf"
    for magic, name in _MAGIC:
        if raw.startswith(magic):
            raise ArticleUnreadable(f"{name}, not text: save it as .txt, .md, .html or .pdf")
    if suffix == ".pdf" and not _looks_textual(raw):
        raise ArticleUnreadable("not a PDF though named .pdf")
    text, encoding = decode(raw, markup=suffix in (".html", ".htm"))
    if _HTML.match(text) or (suffix in (".html", ".htm") and _TAG.search(text)):
        return *read_html(text), encoding
    if suffix == ".pdf":
        raise ArticleUnreadable("not a PDF though named .pdf")
    return *_read_text(clean(text), markdown=suffix == ".md"), encoding


def _read_line(raw: bytes) -> tuple[list[str], Metadata, str]:
    text, encoding = decode(raw)
    return *read_line(text), encoding


def _looks_textual(raw: bytes) -> bool:
    sample = raw[:4096]
    return sum(byte < 9 or 13 < byte < 32 for byte in sample) <= len(sample) // 100


def _article(
    article_id: str, path: str, raw: bytes, paragraphs: list[str], known: Metadata, encoding: str
) -> Article:
    """Leaves out the boilerplate, fills in the metadata, and puts the text together."""
    kept, left = sort_out(paragraphs)
    known, body = read_top(kept or paragraphs, _cleaned(known))
    body, bios = without_bios(body, known.authors)
    known = known.or_else(read_credits([each.line for each in [*left, *bios]]))
    known = known.or_else(Metadata.stated("url", published=date_in_url(known.url)))
    if path == article_id:  # a file of several articles bears the day they were gathered on
        known = known.or_else(Metadata.stated("file name", published=date_in_name(path)))
    headline = [] if known.title_from == "opening words" else [known.title]
    text = "\n\n".join([line for line in (*headline, *body) if line])
    if not any(map(str.isalnum, text)):
        raise ArticleUnreadable("no text in it")
    known = known.or_else(Metadata.stated("text", language=guess_language(text)))
    return Article(
        id=article_id,
        path=path,
        title=known.title,
        title_from=known.title_from,
        text=text,
        notes=note_spans(text),
        source=known.source,
        source_from=known.source_from,
        authors=known.authors,
        authors_from=known.authors_from,
        published=known.published,
        published_from=known.published_from,
        url=known.url,
        url_from=known.url_from,
        language=known.language,
        language_from=known.language_from,
        encoding=encoding,
        sha256=hashlib.sha256(raw).hexdigest(),
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _cleaned(known: Metadata) -> Metadata:
    """Markup can spell unseen characters and half a surrogate pair as escapes."""
    return replace(
        known,
        title=one_line(known.title),
        source=one_line(known.source),
        authors=tuple(filter(None, map(one_line, known.authors))),
        url=one_line(known.url),
    )


def _read_text(text: str, *, markdown: bool) -> tuple[list[str], Metadata]:
    """Plain text or Markdown → its paragraphs, and what front matter and header lines state."""
    front, text = read_front_matter(text)
    lines = text.split("\n")
    if markdown:
        title, lines = read_markdown(text)
        if title and not front.title:
            front = front.or_else(Metadata.stated("first line", title=title))
    header, lines = read_header([line.rstrip() for line in lines])
    return join_wrapped(lines), front.or_else(header)
