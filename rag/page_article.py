"""An article → the page's HTML of it, whole, with spans of its text marked; all of it escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.page_html import escaped, file_name, one_line
from rag.records import Article
from rag.wording import found_in, moment

Mark = tuple[int, int, str]
"""A half-open span of an article's text and the class it is marked with."""


def article_html(article: Article, marks: Sequence[Mark] = (), note: str = "") -> str:
    """An article, whole, with spans of its text marked: the text of the marks of one span,
    joined, is ``article.text[start:end]`` except for white space between paragraphs.
    """
    rest = article.text.removeprefix(article.title)
    headline = bool(article.title) and rest != article.text and rest[:1] in ("", "\n")
    body_start = len(article.title) if headline else 0
    title = (
        _marked_html(article.text, (0, body_start), marks) if headline else one_line(article.title)
    )
    paragraphs = "".join(
        f"<p{_note_class(article, span)}>{_marked_html(article.text, span, marks)}</p>"
        for span in paragraph_spans(article.text, body_start)
    )
    remarks = "".join(
        f'<p class="note">Not all of it could be read: {one_line(remark)}</p>'
        for remark in article.remarks
    )
    return (
        '<article class="article" lang="' + escaped(article.language or "und") + '">'
        f'<p class="kicker">{one_line(article.source or "Source unknown")}</p>'
        f'<h2 tabindex="-1">{title or file_name(article.id)}</h2>'
        f'<p class="byline">{_byline_html(article)}</p>'
        + (f'<p class="note" role="status">{escaped(note)}</p>' if note else "")
        + f'{remarks}<div class="body">{paragraphs}</div></article>'
    )


def _note_class(article: Article, span: tuple[int, int]) -> str:
    """Marks a paragraph that is a correction or an update note."""
    is_note = any(start < span[1] and span[0] < end for start, end in article.notes)
    return ' class="correction"' if is_note else ""


def _byline_html(article: Article) -> str:
    dated = escaped(moment(article.published))
    if article.published_from:
        dated += f' <span class="found">from the {escaped(found_in(article.published_from))}</span>'
    parts = [f"<span>{dated}</span>"]
    if article.authors:
        parts.insert(0, f"<span>{one_line(', '.join(article.authors))}</span>")
    parts.append(f'<span class="file">{file_name(article.id)}</span>')
    return " &#183; ".join(parts)


def paragraph_spans(text: str, start: int = 0) -> list[tuple[int, int]]:
    """A text from ``start`` on → the spans of its paragraphs, without the white space around.

    Blank lines part them; in a text without any, each line is a paragraph.
    """
    gap = r"\n[ \t\r]*\n\s*" if re.search(r"\S[ \t\r]*\n[ \t\r]*\n\s*\S", text[start:]) else r"\n"
    spans, at = [], start
    for match in [*re.finditer(gap, text[start:]), None]:
        end = len(text) if match is None else start + match.start()
        piece = text[at:end]
        first, last = len(piece) - len(piece.lstrip()), len(piece.rstrip())
        if last > first:
            spans.append((at + first, at + last))
        at = len(text) if match is None else start + match.end()
    return spans


def _marked_html(text: str, span: tuple[int, int], marks: Sequence[Mark]) -> str:
    """The text of a span with the marks in it. Where marks meet, the earlier in the list wins."""
    start, end = span
    cuts = sorted({start, end, *(c for m in marks for c in m[:2] if start < c < end)})
    parts: list[tuple[str, str]] = []
    for a, b in pairwise(cuts):
        kind = next((m[2] for m in marks if m[0] <= a and b <= m[1]), "")
        if parts and parts[-1][0] == kind:
            parts[-1] = (kind, parts[-1][1] + text[a:b])
        else:
            parts.append((kind, text[a:b]))
    return "".join(
        f'<mark class="{kind}">{escaped(piece)}</mark>' if kind else escaped(piece)
        for kind, piece in parts
    )
