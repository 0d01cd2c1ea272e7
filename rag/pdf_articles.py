"""A PDF → its article's paragraphs and what its pages and metadata state.

The day a PDF was made says nothing about its article and is not read. Several articles on one page
are read as one, and what stands in pictures is not read at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.decoding import one_line
from rag.errors import ArticleUnreadable
from rag.header_lines import read_header
from rag.lines import letters
from rag.metadata import Metadata
from rag.pdf_heads import without_running_heads
from rag.pdf_layout import read_order
from rag.pdf_pages import Page, read_pages
from rag.pdf_paragraphs import Paragraph, paragraphs
from rag.properties import from_properties, is_machine_title
from rag.wrapping import join_lines, words_in

HEADLINE_CHARACTERS = 250
"""A longer text in large letters is no headline."""
_TOP_PARAGRAPHS = 10
_SITE_MARK = re.compile(r"\s+[|–—·•»-]\s+")


def read_pdf(raw: bytes) -> tuple[list[str], Metadata]:
    """A PDF's bytes → the paragraphs of its article, and what its top and metadata state, with
    remarks on pages that could not be read ("pages 2, 3: scanned, no text").

    Raises ArticleUnreadable where it is damaged, encrypted, or only pictures of pages.
    """
    content = read_pages(raw)
    pages = [page for page in content.pages if page]
    if not any(letters(run.text) for page in pages for run in page.runs):
        raise _without_text(content.pages)
    kept = without_running_heads(pages)
    if not any(page.runs for page in kept):
        kept = pages  # a page number is all there is
    found = paragraphs([read_order(page.runs) for page in kept])
    words = words_in([run.text for page in pages for run in page.runs])
    texts = [
        one_line(join_lines([line.text for line in each.lines], words, divided=True))
        for each in found
    ]
    headline = _headline(found, texts)
    stated = _stated_title(content.title)
    if headline and letters(stated) not in letters(" ".join(texts[:_TOP_PARAGRAPHS])):
        stated = ""  # of the template, or of the article that was there before
    if headline and _names_site_after(headline, stated):
        stated = ""
    title = Metadata.stated("document properties", title=stated)
    title = title.or_else(Metadata.stated("first line", title=headline))
    header, texts = read_header(_without_title(texts, title.title))
    known = title.or_else(header).or_else(from_properties(texts, authors=[content.author]))
    known = replace(known, remarks=_remarks(content.pages))
    return [text for text in texts if text], known


def _without_title(texts: list[str], title: str) -> list[str]:
    """Paragraphs without the first ones in a row that make up the title."""
    wanted = letters(title)
    for start in range(min(len(texts), _TOP_PARAGRAPHS) if wanted else 0):
        found = ""
        for end in range(start, min(len(texts), start + 5)):
            found += letters(texts[end])
            if found == wanted:
                return texts[:start] + texts[end + 1 :]
    return texts


def _without_text(pages: Sequence[Page | None]) -> ArticleUnreadable:
    """Why a PDF gave no letter."""
    if not any(pages):
        return ArticleUnreadable("damaged PDF: none of its pages can be opened")
    if any(page and page.is_pictured for page in pages):
        return ArticleUnreadable("scanned: no text in it; run it through text recognition")
    return ArticleUnreadable("empty PDF: nothing on its pages")


def _remarks(pages: Sequence[Page | None]) -> tuple[str, ...]:
    """Pages → what to say of those that have pictures and no text, and of damaged ones."""
    scanned = [at for at, page in enumerate(pages, 1) if page and page.is_pictured]
    damaged = [at for at, page in enumerate(pages, 1) if not page]
    return tuple(
        f"{'page' if len(numbers) == 1 else 'pages'} {', '.join(map(str, numbers))}: {fault}"
        for numbers, fault in ((scanned, "scanned, no text"), (damaged, "damaged, not read"))
        if numbers
    )


def _stated_title(title: str) -> str:
    """The title a PDF states, unless it is what a program put there."""
    title = one_line(title)
    fits = len(title.split()) >= 3 and len(title) <= HEADLINE_CHARACTERS
    return title if fits and not is_machine_title(title) else ""


def _names_site_after(headline: str, stated: str) -> bool:
    """Whether a stated title is the headline and more: "Bridge closes | Tarn Gazette"."""
    first = _SITE_MARK.split(stated)[:-1]
    return any(
        letters(" ".join(first[:count])) == letters(headline) for count in range(1, len(first) + 1)
    )


def _headline(found: Sequence[Paragraph], texts: Sequence[str]) -> str:
    """The first page's paragraph in the largest letters, where that can be a headline; else ""."""
    sizes: Counter[int] = Counter()
    for paragraph, text in zip(found, texts, strict=True):
        sizes[round(paragraph.size)] += len(text)
    body = max(sizes, key=lambda size: sizes[size])
    large = [
        (paragraph.size, text)
        for paragraph, text in zip(found, texts, strict=True)
        if paragraph.page == found[0].page
        and paragraph.size >= 1.15 * body
        and len(text.split()) > 2
        and any(map(str.isalpha, text))
    ]
    size, headline = max(large, key=lambda each: each[0], default=(0, ""))
    return headline if size and len(headline) <= HEADLINE_CHARACTERS else ""
