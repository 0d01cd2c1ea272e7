"""A PDF → its article's paragraphs and what its pages and metadata state.

The day a PDF was made says nothing about its article and is not read.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rag.decoding import describe, one_line
from rag.errors import ArticleUnreadable
from rag.header_lines import read_header
from rag.lines import letters
from rag.metadata import Metadata
from rag.wrapping import join_wrapped

_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page|seite|p\.)?\s*\d{1,4}(?:\s*(?:of|von|/)\s*\d{1,4})?[\W_]*", re.IGNORECASE
)


def read_pdf(raw: bytes) -> tuple[list[str], Metadata]:
    """A PDF's bytes → the paragraphs of its article, and what its top and metadata state.

    Raises ArticleUnreadable where it is damaged, encrypted, or only pictures of pages.
    """
    import pypdf
    from pypdf.errors import DependencyError, FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs each fault it works around
    locked = ArticleUnreadable("encrypted PDF: remove its password")
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise locked
        pages = [
            [one_line(line) for line in (page.extract_text() or "").split("\n")]
            for page in reader.pages
        ]
        stated, headline = _pdf_title(reader), _pdf_headline(reader)
    except (DependencyError, FileNotDecryptedError) as error:
        raise locked from error
    except ArticleUnreadable:
        raise
    except Exception as error:  # any: see read_article
        raise ArticleUnreadable(f"damaged PDF: {describe(error)}") from error
    if not any(map(str.isalnum, "".join(line for page in pages for line in page))):
        raise ArticleUnreadable("scanned PDF: no text in it; run it through text recognition")
    lines = _without_headline(_without_running_heads(pages), headline or stated)
    header, lines = read_header(lines)
    known = Metadata.stated("document properties", title=stated)
    known = known.or_else(Metadata.stated("first line", title=headline))
    return join_wrapped(lines, hyphens=True), known.or_else(header)


def _pdf_title(reader: Any) -> str:
    """The title a PDF states, unless it is what a program put there."""
    try:
        title = one_line(str(reader.metadata.title or ""))
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
    words = {size: one_line(" ".join(parts)) for size, parts in by_size.items()}
    body = max(words, key=lambda size: len(words[size]), default=0)
    largest = next((size for size in sorted(words, reverse=True) if words[size].count(" ") > 1), 0)
    headline = words.get(largest, "")
    return headline if largest > body and len(headline) <= 200 else ""


def _without_headline(lines: Sequence[str], headline: str) -> list[str]:
    """The lines without the consecutive ones that make up the headline."""
    wanted = letters(headline)
    for start in range(min(len(lines), 30) if wanted else 0):
        found = ""
        for end in range(start, min(len(lines), start + 8)):
            found += letters(lines[end])
            if found == wanted:
                return [*lines[:start], "", *lines[end + 1 :]]
    return list(lines)


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
