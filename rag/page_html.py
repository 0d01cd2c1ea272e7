"""Text → HTML that shows it letter by letter; and the small pieces that all of the page shares.

The chat renders Markdown and the other parts of the page render plain HTML, so ``escaped`` serves
both: what comes from an article, a question or a file name appears as it is. The chat's sanitizer
keeps ``id class href title role tabindex``, ``button`` and ``details``, and drops ``data-*`` and
``aria-*``, so a place to open is named in the link itself:

    #c-TURN-NUMBER   a citation of a turn
    #h-TURN-PLACE    a hit of a turn, 1-based
    #a-ID            an article, its id percent-encoded

and what a button does to a turn in its id: ``more-TURN``, ``drop-TURN-days``, see ``page_wishes``.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from rag.records import Progress
from rag.wording import progress_line

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


def problem_html(message: str) -> str:
    """Why there is no answer."""
    return f'<div class="problem" role="alert">{escaped(message)}</div>'


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
