"""Lines of text → the lines that are the article, and what was left out and why.

Written to err on the side of keeping: a stray line costs a reader a glance, a lost paragraph
costs an answer. Corrections and updates are text. Lines are whole paragraphs here (hard-wrapped
text rejoined). What a line is by itself, ``boilerplate_lines`` says; here it is judged by what
stands above and below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from rag.boilerplate_lines import line_reason, tail_reason, whole
from rag.lines import is_list_item, is_prose, is_sentence
from rag.markdown import without_images
from rag.names import agencies_in
from rag.notes import is_correction


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not article text, and what it is instead."""

    line: str
    reason: str


_RELATED = whole(
    r"related(?: (?:articles?|stories|story|posts?|news|topics?|content|links?|reading|coverage))?|"
    r"you (?:may|might) (?:also )?(?:like|be interested in)|more (?:stories|news|articles?)|"
    r"(?:read|what to read) next|recommended(?: (?:for you|stories|articles|reading))?|"
    r"trending(?: (?:now|stories|news))?|most (?:read|popular|viewed|shared)|"
    r"latest (?:news|stories)|top stories|more (?:from|on|in) [\w .&'’-]{2,40}|"
    r"don[’']t miss|up next|editor[’']s picks|see also|also read|"
    r"also on [\w .&'’-]{2,30}|similar (?:articles|posts|news)|"
    r"mehr zum thema|das könnte sie auch interessieren|lesen sie auch|à lire aussi|"
    r"artículos relacionados|noticias relacionadas|читайте также|по теме|похожие новости"
)
_COMMENTS = whole(
    r"leave a (?:reply|comment)(?: cancel reply)?|(?:\d+ )?(?:comments|replies|responses)"
    r"(?: \(\d+\))?|join the (?:conversation|discussion)|post a comment|reader comments|"
    r"add a comment|write a comment|have your say|comment on this (?:story|article)"
)
_BIO = re.compile(
    r"\b(?:is|was|has been|works as) (?:an? |the )?(?:[\w’'-]+,? ){0,6}"
    r"(?:journalist|writer|reporter|editor|author|blogger|columnist|correspondent|contributor|"
    r"professor|fellow|critic|producer)\b",
    re.IGNORECASE,
)
# What news services put where they cut a text: "… [+2380 chars]".
_CUT_OFF = re.compile(r"(?<!\s)\s*\[\+\d{1,7} chars\]$")
# Reasons for which lines are left out below an article rather than amid it.
_AT_END = frozenset(("subscription line", "share bar", "block below the article", "comments"))


def sort_out(lines: Sequence[str]) -> tuple[list[str], list[LeftOut]]:
    """Paragraphs in reading order → those of the article, and those left out with the reason.

    Bylines, dates, titles and a last agency mark stay: ``headlines`` reads and takes them.
    """
    kept: list[str] = []
    left: list[LeftOut] = []
    rest, comments = _without_comments([line for line in lines if line.strip()])
    # Characters of prose before each line, and how many lines of prose: the end's are the totals.
    lengths = [len(line) if is_prose(line) else 0 for line in rest]
    prose = list(accumulate(lengths, initial=0))
    prose_lines = list(accumulate(map(bool, lengths), initial=0))
    at = 0
    while at < len(rest):
        line = without_images(rest[at])
        if line.endswith(" chars]"):
            line = _CUT_OFF.sub("", line)
        links = 2 * (prose_lines[-1] - prose_lines[at]) <= len(rest) - at - 1
        ends = _end_of_block(rest, at, prose[at], prose[-1] - prose[at], links=links)
        if ends > at:
            left += [LeftOut(each, "block below the article") for each in rest[at:ends]]
            at = ends
            continue
        reason = "image or mark" if not line else line_reason(line)
        if agencies_in(line) and prose[at] == prose[-1] and kept and is_sentence(kept[-1]):
            reason = ""  # below the article it names its source: ``bylines`` reads it
        if reason:
            left.append(LeftOut(rest[at], reason))
        else:
            kept.append(line)
        at += 1
    return _without_tail(kept, left + comments)


def _without_comments(lines: list[str]) -> tuple[list[str], list[LeftOut]]:
    """Cuts at the comments' heading, where more prose stands above it than below."""
    headings = [
        at for at, line in enumerate(lines) if len(line) <= 80 and _COMMENTS.fullmatch(line)
    ]
    if not headings:
        return lines, []
    lengths = list(accumulate((len(line) if is_prose(line) else 0 for line in lines), initial=0))
    for at in headings:
        if 2 * lengths[at] > lengths[-1]:
            return lines[:at], [LeftOut(each, "comments") for each in lines[at:]]
    return lines, []


def _end_of_block(
    lines: Sequence[str], at: int, prose_before: int, prose_left: int, *, links: bool
) -> int:
    """Where the block that a heading at ``at`` opens ends; ``at`` itself where none opens there.

    A "Related articles" block runs to the end too where little prose follows and most lines below
    are ``links``; amid an article it is the links below the heading.
    """
    line = lines[at]
    if len(line) > 80:
        return at
    if _COMMENTS.fullmatch(line):
        return at + 1
    if not _RELATED.fullmatch(line):
        return at
    if links and 3 * prose_left <= prose_before:
        return len(lines)
    end = at + 1
    while end < len(lines) and _is_link(lines[end]):
        end += 1
    # A single line between "Related" and prose may be the prose's own heading: it stays.
    return end if end != at + 2 or end == len(lines) else at + 1


def _is_link(line: str) -> bool:
    """Whether a line below "Related" can be another article's headline; a subheading is shorter."""
    return 4 <= len(line.split()) <= 25 and not is_sentence(line)


def _without_tail(kept: list[str], left: list[LeftOut]) -> tuple[list[str], list[LeftOut]]:
    """Takes what only counts as boilerplate at an article's end: credits, bios, stray links."""
    tail: list[LeftOut] = []
    end = len(kept)
    while end > 1 and (reason := tail_reason(kept[end - 1])):
        end -= 1
        tail.append(LeftOut(kept[end], reason))
        # A site's name between its description and the credit, a link above "Subscribe".
        above = kept[end - 1]
        between = reason != "credit line" and end > 1 and tail_reason(kept[end - 2])
        named = reason == "site's description of itself" and above in kept[end]
        if (between or named) and end > 1 and len(above.split()) <= 4 and not is_sentence(above):
            end -= 1
            tail.append(LeftOut(above, "site name"))
    cut_below = bool(tail) or (bool(left) and left[-1].reason in _AT_END)
    if cut_below and end > 3 and _is_stray_link(kept[:end]):
        end -= 1
        tail.append(LeftOut(kept[end], "link to another article"))
    return kept[:end], left + tail[::-1]


def _is_stray_link(kept: Sequence[str]) -> bool:
    """Whether the last line is a headline with nothing below it, under an article of prose."""
    last, body = kept[-1], kept[1:-1]
    return (
        4 <= len(last.split()) <= 16
        and not re.search(r"[.!?…:;,\"”’)\]]$", last)
        and not is_list_item(last)
        and not is_correction(last)
        and not body[-1].endswith(":")
        and 2 * sum(map(is_prose, body)) >= len(body)
        and is_prose(body[-1])
    )


def without_bios(lines: Sequence[str], authors: Sequence[str]) -> tuple[list[str], list[LeftOut]]:
    """The body → without a last paragraph that describes one of the article's own authors."""
    kept = list(lines)
    left: list[LeftOut] = []
    while len(kept) > 3 and len(kept[-1]) <= 500:
        if not any(kept[-1].startswith(name) for name in authors) or not _BIO.search(kept[-1]):
            break
        left.insert(0, LeftOut(kept.pop(), "author's bio"))
    return kept, left
