"""A file's name and bytes → the article in it, by the reader of its format.

A pure function, so that it can run in another process (``readers`` runs it there) and so that the
same bytes always give the same text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rag.boilerplate import sort_out, without_bios
from rag.credit_lines import read_credits
from rag.dates import date_in_name, date_in_url
from rag.decoding import clean, decode, describe, one_line
from rag.docx_articles import read_docx
from rag.epub_articles import read_epub
from rag.errors import ArticleUnreadable
from rag.formats import format_of
from rag.header_lines import read_front_matter, read_header
from rag.headlines import read_top, without_site_name
from rag.html_articles import read_html
from rag.languages import language_of
from rag.line_articles import read_line
from rag.mail_articles import read_mail
from rag.markdown import read_markdown
from rag.metadata import Metadata
from rag.notes import note_spans
from rag.pdf_articles import read_pdf
from rag.records import Article
from rag.rtf_articles import read_rtf
from rag.wrapping import join_wrapped

_READERS: Mapping[str, Callable[[bytes], tuple[list[str], Metadata]]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "epub": read_epub,
    "rtf": read_rtf,
    "e-mail": read_mail,
}
"""The readers that take a file's bytes; what is left is text in some encoding."""


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
    except ArticleUnreadable as error:  # it may quote what the file holds
        raise ArticleUnreadable(one_line(str(error))) from error
    except Exception as error:  # the parsers raise anything from AssertionError to struct.error
        raise ArticleUnreadable(f"could not be read: {describe(error)}") from error


def _read_content(suffix: str, raw: bytes) -> tuple[list[str], Metadata, str]:
    """A file's suffix and bytes → its paragraphs, what it states of itself, and its encoding."""
    kind = format_of(suffix, raw)
    if kind in _READERS:
        return *_READERS[kind](raw), kind
    text, encoding = decode(raw, markup=kind == "html")
    if kind == "html":
        return *read_html(text), encoding
    return *_read_text(clean(text), markdown=kind == "markdown"), encoding


def _read_line(raw: bytes) -> tuple[list[str], Metadata, str]:
    text, encoding = decode(raw)
    return *read_line(text), encoding


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
    known = without_site_name(known)  # the source may stand below the article only
    headline = [] if known.title_from == "opening words" else [known.title]
    text = "\n\n".join([line for line in (*headline, *body) if line])
    if not any(map(str.isalnum, text)):
        raise ArticleUnreadable("no text in it")
    language, in_text = language_of(text, known.language)
    if in_text:
        known = replace(known, language=language, language_from="text")
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
        remarks=known.remarks,
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
