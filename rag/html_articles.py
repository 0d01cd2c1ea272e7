"""An HTML page → its article's paragraphs and what its markup states.

What a reader of the page does not see is not in the paragraphs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any

from rag.bylines import is_top_line
from rag.decoding import clean, one_line
from rag.html_metadata import from_html
from rag.lines import has_stop, letters
from rag.markdown import NEVER_SHOWN
from rag.metadata import Metadata

_HIDDEN_STYLE = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0)\b(?!\.)"
)
_HIDDEN_CLASSES = frozenset(
    ("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "show-for-sr")
)

# What link labels say to screen readers; in the text it would stand amid the sentence.
_NEW_WINDOW = re.compile(
    r"\((?:opens in (?:a )?new (?:window|tab)|öffnet i[mn] (?:einem )?neue[nm] (?:fenster|tab)|"
    r"(?:s['’]ouvre dans|nouvelle) (?:une )?nouvelle fenêtre)\)",
    re.IGNORECASE,
)
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
))  # fmt: skip
_ASIDE = frozenset(("aside", "figure", "figcaption", "footer", "nav", "form", "button"))

SHORT_CHARACTERS = 400
"""An extract below this is too short for an article to be taken for the page's."""


def read_html(text: str) -> tuple[list[str], Metadata]:
    """A page's markup → the paragraphs of its article, and what the markup states."""
    import lxml.html

    text = _NEW_WINDOW.sub("", re.sub(r"^\s*<\?xml[^>]*>", "", text))
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree: Any = lxml.html.document_fromstring(clean(text).encode(), parser=parser)
    known = from_html(tree)
    _drop_hidden(tree)
    lines = [one_line(line) for line in clean(_main_text(tree)).split("\n")]
    # The empty string among them takes out empty lines and the rules of tables as well.
    heads = tree.xpath("//h1 | //time")
    known_lines = {"", letters(known.title), *(letters(_words(each)) for each in heads)}
    lines = [line for line in lines if letters(line) not in known_lines]
    return [*_head_lines(tree, known.title, lines), *lines], known


def _head_lines(tree: Any, title: str, body: Sequence[str]) -> list[str]:
    """What a page shows between its heading and the body found: standfirst, byline, date.

    Extractors of article text begin with the first long paragraph and often leave the standfirst
    out, which holds the news in one sentence.
    """
    headings = tree.xpath("//h1") or tree.xpath("//h2 | //h3")
    wanted = letters(title)
    named = [each for each in headings if wanted and wanted in letters(_words(each))]
    if not named or not body:
        return []
    start = letters(body[0])[:40]
    seen = {letters(line) for line in body}
    lines: list[str] = []
    leads = 0  # one: what follows it above the body is as often an offer to subscribe
    for element in _after(named[0], limit=300):
        text = _words(element)
        if letters(text).startswith(start):
            return [line for line in lines if letters(line) not in seen]
        links = sum(len(_words(link)) for link in element.iter("a"))
        is_lead = 10 <= len(text.split()) <= 120 and has_stop(text) and 2 * links < len(text)
        if text in lines or not (is_top_line(text) or (is_lead and not leads)):
            continue
        lines.append(text)
        leads += bool(is_lead)
    return []  # the body is not below this heading, so neither is what stands above the body


def _after(heading: Any, *, limit: int) -> Iterator[Any]:
    """The elements below a heading that hold text and no block of text, in the page's order."""
    for count, element in enumerate(heading.xpath("following::*")):
        if count > limit:
            return
        blocks = any(each.tag in _BLOCKS for each in element.iterdescendants())
        inline = element.getparent().tag not in _BLOCKS
        aside = any(each.tag in _ASIDE for each in (element, *element.iterancestors()))
        if not blocks and not inline and not aside:
            yield element


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _drop_hidden(tree: Any) -> None:
    """Takes out of a page what its reader does not see."""
    for element in list(tree.iter(*NEVER_SHOWN)):
        element.drop_tree()
    for element in tree.xpath("//*[@hidden or @aria-hidden or @style or @type='hidden' or @class]"):
        hidden = (
            not _HIDDEN_CLASSES.isdisjoint(element.get("class", "").lower().split())
            or element.get("hidden") is not None
            or element.get("aria-hidden", "").strip().lower() == "true"
            or element.get("type") == "hidden"
            or _HIDDEN_STYLE.search(element.get("style", "").lower())
        )
        # A page that waits for its scripts hides its whole body; its reader sees it all the same.
        if hidden and element.tag not in ("html", "body") and element.getparent() is not None:
            element.drop_tree()


def _main_text(tree: Any) -> str:
    """A page → its article, a paragraph per line; all its text where no article is found."""
    import lxml.html
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page it finds odd
    page = lxml.html.tostring(tree, encoding="unicode")
    found = trafilatura.extract(page, include_comments=False) or ""
    everything = _shown_text(tree)
    if len(found) < SHORT_CHARACTERS or len(found) < 0.1 * len(everything):
        wider = trafilatura.extract(page, include_comments=False, favor_recall=True) or ""
        found = max(found, wider, key=len)
    # A short page has little beside its article, and the extractor makes one paragraph of it.
    return found if len(found) >= SHORT_CHARACTERS else max(everything, found, key=len)


def _shown_text(tree: Any) -> str:
    """All text of a page outside its navigation and footer, a block per line."""
    from lxml import etree

    parts: list[str] = []
    skipped = 0  # how many elements deep we are in what is passed over
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        aside = element.tag in _ASIDE or element.tag == "head"
        block = element.tag in _BLOCKS or element.tag == "br"
        if event == "start":
            skipped += aside
            parts += ["\n"] * block + [element.text or ""] * (not skipped)
        else:
            skipped -= aside
            parts += ["\n"] * block + [element.tail or ""] * (not skipped)
    lines = [" ".join(line.split()) for line in _paragraph_breaks(parts)]
    return "\n".join(line for line in lines if line)


def _paragraph_breaks(parts: Sequence[str]) -> list[str]:
    """Pieces of text → lines; a line break within a piece is only a space in HTML."""
    return "".join(p if p == "\n" else p.replace("\n", " ") for p in parts).split("\n")
