"""Records → the page's HTML, everything in it escaped; reads and asks nothing.

The chat renders Markdown and the other parts of the page render plain HTML, so ``escaped`` serves
both: what comes from an article, a question or a file name appears letter by letter. The chat's
sanitizer keeps ``id class href title role tabindex`` and drops the rest, so a place to open is
named in the link itself:

    #c-TURN-NUMBER   a citation of a turn
    #n-TURN-PLACE    one of the nearest articles of a turn that was not answered, 1-based
    #a-ID            an article, its id percent-encoded
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, pairwise, repeat
from urllib.parse import quote

from rag.records import Answer, AnswerSentence, Article, Citation, Hit, Progress
from rag.wording import (
    NEAREST,
    NOT_FOUND,
    as_of_line,
    copies_line,
    day,
    filters_line,
    found_in,
    missing_line,
    moment,
    progress_line,
    source_name,
)

NEAREST_COUNT = 3
"""How many articles are named where none answers."""

Mark = tuple[int, int, str]
"""A half-open span of an article's text and the class it is marked with."""

_SPECIAL = re.compile(r"[^\w\s,;]|[\r\n\t\v\f_]", re.ASCII)
_UNSHOWABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


def escaped(text: str) -> str:
    """Any text → HTML, and Markdown, that shows exactly that text.

    All ASCII punctuation and all line breaks become character references: in HTML a reference is
    never markup, and no character is left that Markdown or a formula could begin with. Characters
    that no HTML may hold become U+FFFD.
    """
    text = _UNSHOWABLE.sub("\ufffd", text)
    return _SPECIAL.sub(lambda m: f"&#{ord(m[0])};" if m[0].isascii() else m[0], text)


def one_line(text: str) -> str:
    """Text → escaped HTML with every run of white space as one space."""
    return escaped(" ".join(text.split()))


def file_name(article_id: str) -> str:
    """A file's name → HTML, with invisible and direction-turning characters spelled out."""
    return escaped("".join(c if c.isprintable() else repr(c)[1:-1] for c in article_id))


def article_link(article_id: str) -> str:
    """An article → where a link leads that opens it."""
    return "#a-" + quote(article_id, safe="")


# --- chat -----------------------------------------------------------------------------------


def question_html(question: str) -> str:
    """What was asked."""
    return f'<div class="asked">{escaped(question.strip())}</div>'


def waiting_html(line: str) -> str:
    """What is being done meanwhile."""
    return f'<div class="waiting" role="status">{escaped(line)}</div>'


def problem_html(message: str) -> str:
    """Why there is no answer."""
    return f'<div class="problem" role="alert">{escaped(message)}</div>'


def answer_html(
    answer: Answer, turn: int, nearest: Sequence[str] = (), passages: Sequence[str] = ()
) -> str:
    """An answer with its citations and sources. ``turn`` is its 1-based place in the conversation,
    ``nearest`` the titles of the first hits' articles and ``passages`` how these hits begin, for
    an answer that was not found.
    """
    if answer.status == "not_found":
        return _not_found_html(answer, turn, nearest, passages)
    cited = {c.number: c for c in answer.citations}
    sentences = []
    for sentence in answer.sentences:
        numbers = [n for n in sentence.citation_numbers if n in cited]
        links = "".join(_number_html(cited[n], turn) for n in numbers)
        if sentence.verdict == "unsupported":
            sentences.append(_unsupported_html(sentence))
            continue
        text = _highlighted(sentence.text, sentence.highlights)
        sentences.append(f'<span class="sentence">{text}</span>&#8288;{links}')
    notice = f'<p class="as-of notice">{escaped(answer.notice)}</p>' if answer.notice else ""
    return (
        f'<div class="answer"><p class="sentences">{" ".join(sentences)}</p>{notice}'
        f'<p class="as-of">{escaped(as_of_line(answer))}</p>{_searched_html(answer)}'
        f"{_filters_html(answer)}{_sources_html(answer, turn)}</div>"
    )


def _searched_html(answer: Answer) -> str:
    """The question with what it took over from earlier turns, where it took anything."""
    if answer.searched_for == answer.question:
        return ""
    return f'<p class="as-of searched-for">Searched for: {one_line(answer.searched_for)}</p>'


def _unsupported_html(sentence: AnswerSentence) -> str:
    """A sentence that its sources do not support: struck through, and why."""
    reason = one_line(sentence.reason)
    return (
        f'<span class="sentence unsupported" title="{reason}"><s>{escaped(sentence.text)}</s> '
        f'<span class="reason">({reason})</span></span>'
    )


def _filters_html(answer: Answer) -> str:
    line = filters_line(answer.filters)
    return f'<p class="as-of">{one_line(line)}</p>' if line else ""


def _number_html(citation: Citation, turn: int) -> str:
    return (
        f'<a class="cite" href="#c-{turn}-{citation.number}" '
        f'title="{one_line(citation.quote)}">[{citation.number}]</a>'
    )


def _highlighted(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in sorted(highlights):
        if at <= start < end <= len(text):
            parts += [escaped(text[at:start]), f"<strong>{escaped(text[start:end])}</strong>"]
            at = end
    return "".join([*parts, escaped(text[at:])])


def _sources_html(answer: Answer, turn: int) -> str:
    """The cited articles, each once, with the numbers of its citations."""
    by_article: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_article.setdefault(citation.article_id, []).append(citation)
    rows = []
    for citations in by_article.values():
        first = citations[0]
        numbers = "".join(_number_html(c, turn) for c in citations)
        link = f'class="cite title" href="#c-{turn}-{first.number}"'
        rows.append(
            f'<li><span class="numbers">{numbers}</span> <span class="of">'
            f"<a {link}>{one_line(first.title or first.article_id)}</a> "
            f'<span class="meta">{_meta_html(first)}</span></span></li>'
        )
    return f'<ul class="sources">{"".join(rows)}</ul>'


def _meta_html(citation: Citation) -> str:
    source = one_line(source_name(citation.source))
    return (
        f"<span>{source}</span> &#183; <span>{escaped(day(citation.published))}</span> &#183; "
        f'<span class="file">{file_name(citation.article_id)}</span>'
    )


def _not_found_html(
    answer: Answer, turn: int, nearest: Sequence[str], passages: Sequence[str]
) -> str:
    missing = missing_line(answer.missing)
    rows = [
        '<li><span class="of">'
        f'<a class="cite title" href="#n-{turn}-{place}">{one_line(title)}</a> '
        f'<span class="meta"><span class="file">{file_name(hit.chunk.article_id)}</span>'
        f"{_copies_html(hit)}</span>{_passage_html(passage)}</span></li>"
        for place, (hit, title, passage) in enumerate(
            zip(nearest_hits(answer), nearest, chain(passages, repeat("")), strict=False), start=1
        )
    ]
    listed = (
        f'<p class="as-of">{escaped(NEAREST)}</p><ul class="sources nearest">{"".join(rows)}</ul>'
        if rows
        else ""
    )
    return (
        f'<div class="answer not-found"><p class="sentences">{escaped(NOT_FOUND)}'
        f"{' ' + escaped(missing) if missing else ''}</p>"
        f"{_searched_html(answer)}{_filters_html(answer)}{listed}</div>"
    )


def _passage_html(passage: str) -> str:
    return f' <span class="passage">{one_line(passage)}</span>' if passage else ""


def _copies_html(hit: Hit) -> str:
    line = copies_line(len(hit.copies))
    return f" &#183; <span>{line}</span>" if line else ""


def nearest_hits(answer: Answer) -> tuple[Hit, ...]:
    """The best hit of each of the nearest articles."""
    best: dict[str, Hit] = {}
    for hit in answer.hits:
        best.setdefault(hit.chunk.article_id, hit)
    return tuple(best.values())[:NEAREST_COUNT]


# --- article --------------------------------------------------------------------------------


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
        '<p class="back"><a class="close" href="#close">Back</a></p>'
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


# --- progress -------------------------------------------------------------------------------


def progress_html(progress: Progress | None, title: str) -> str:
    """How far a build is: a line, and a bar while the total is known."""
    line = progress_line(progress) if progress else "Starting"
    share = progress.done / progress.total if progress and progress.total else 0.0
    percent = round(100 * min(1.0, max(0.0, share)))
    return (
        f'<div class="progress" role="status"><p class="stage"><strong>{escaped(title)}</strong> '
        f'<span>{escaped(line)}</span></p><div class="bar" role="progressbar" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent}" aria-label="{escaped(title)}">'
        f'<div style="width: {percent}%"></div></div></div>'
    )
