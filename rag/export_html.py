"""Turns → one HTML page set like a newspaper's, which needs nothing but itself.

Its style stands in it, by a policy of its own it loads nothing, and every text is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from rag.export_wording import (
    NEAREST,
    UNSUPPORTED,
    conversation_title,
    highlighted_parts,
    nearest_ids,
    searched_for_line,
)
from rag.records import Answer, AnswerSentence, Citation, Turn
from rag.wording import (
    NOT_FOUND,
    as_of_line,
    filters_line,
    iso_day,
    missing_line,
    moment,
    printable,
    source_name,
)

_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@cache
def _style() -> str:
    return (Path(__file__).parent / "static" / "export.css").read_text(encoding="utf-8")


def html_of(turns: Sequence[Turn]) -> str:
    """Turns → an HTML file."""
    title = _text(conversation_title(turns))
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    sections = "".join(_turn_html(number, turn) for number, turn in enumerate(turns, 1))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_style()}</style>\n</head>\n<body>\n"
        f'<header><p class="masthead">Broadsheet</p></header>\n<main>\n{sections}</main>\n'
        "</body>\n</html>\n"
    )


def _turn_html(number: int, turn: Turn) -> str:
    lines = "".join(
        f'<p class="searched">{_text(line)}</p>\n'
        for line in (searched_for_line(turn), filters_line(turn.filters))
        if line
    )
    return (
        f'<section id="turn-{number}">\n<h2 dir="auto">{_text(turn.question)}</h2>\n{lines}'
        f"{_answer_html(turn.answer, number)}</section>\n"
    )


def _answer_html(answer: Answer, turn: int) -> str:
    if answer.status == "not_found":
        said = " ".join(filter(None, (NOT_FOUND, missing_line(answer.missing))))
        rows = "".join(f"<li>{_file(name)}</li>" for name in nearest_ids(answer))
        listed = f'<p class="as-of">{_text(NEAREST)}</p>\n<ul>{rows}</ul>\n' if rows else ""
        return f'<p class="answer not-found">{_text(said)}</p>\n{listed}'
    sentences = " ".join(_sentence_html(sentence, turn) for sentence in answer.sentences)
    cited = "".join(_citation_html(citation, turn) for citation in answer.citations)
    notice = f'<p class="as-of">{_text(answer.notice)}</p>\n' if answer.notice else ""
    return (
        f'<p class="answer" dir="auto">{sentences}</p>\n{notice}'
        f'<p class="as-of">{_text(as_of_line(answer))}</p>\n'
        f'<ol class="citations">\n{cited}</ol>\n'
    )


def _sentence_html(sentence: AnswerSentence, turn: int) -> str:
    text = "".join(
        f"<strong>{_text(part)}</strong>" if bold else _text(part)
        for part, bold in highlighted_parts(sentence.text, sentence.highlights)
    )
    if sentence.verdict == "unsupported":
        reason = _text(sentence.reason or UNSUPPORTED)
        text = f'<s>{text}</s> <span class="unsupported">({reason})</span>'
    numbers = "".join(
        f'<a href="#citation-{turn}-{number}">[{number}]</a>'
        for number in sentence.citation_numbers
    )
    return f"{text}<sup>{numbers}</sup>" if numbers else text


def _citation_html(citation: Citation, turn: int) -> str:
    day = iso_day(citation.published)
    dated = _text(moment(citation.published))
    published = f'<time datetime="{day}">{dated}</time>' if day else dated
    digest = f' · <span class="hash">sha256 {_text(citation.sha256)}</span>'
    return (
        f'<li id="citation-{turn}-{citation.number}" value="{citation.number}">\n'
        f'<blockquote dir="auto">{_text(citation.quote)}</blockquote>\n'
        f'<p class="from"><cite dir="auto">{_text(citation.title or citation.article_id)}</cite> · '
        f"<bdi>{_text(source_name(citation.source))}</bdi> · {published}</p>\n"
        f'<p class="place">{_file(citation.article_id)}, characters '
        f"{citation.start}–{citation.end}{digest if citation.sha256 else ''}</p>\n</li>\n"
    )


def _file(article_id: str) -> str:
    return f'<bdi class="file">{_text(printable(article_id))}</bdi>'


def _text(text: str) -> str:
    return escape(_UNSHOWABLE.sub("\ufffd", text))
