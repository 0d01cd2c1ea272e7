"""An HTML page → its article's paragraphs and what its markup states.

What a reader of the page does not see is not in the paragraphs.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile
from typing import Any

from rag.bylines import is_top_line
from rag.decoding import clean, one_line
from rag.html_bylines import date_lines
from rag.html_metadata import from_html
from rag.html_titles import Heading
from rag.html_visible import BESIDE, is_hidden, unfold, words
from rag.lines import has_stop, is_prose, letters
from rag.markdown import NEVER_SHOWN
from rag.metadata import Metadata

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
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""What no parser of markup may meet; other unseen characters go with the lines they stand in."""
_LINE_ENDS = re.compile("[\x0b\x0c\x85\u2028\u2029]")

_HOUR = re.compile(r"\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\.?|\s?Uhr)?", re.IGNORECASE)
_OFFER = re.compile(
    r"(?:^|[\s_-])(?:pay-?wall|reg-?wall|newsletter|subscri(?:be|ption|ber)|related|"
    r"(?:more|related)-?(?:videos|stories|articles|news)|read-?more|share-?(?:bar|buttons|tools))",
    re.IGNORECASE,
)
_UNSUBSCRIBE = re.compile(
    r"unsubscribe|(?:manage|update) (?:your )?(?:e-?mail )?preferences|"
    r"view (?:this )?(?:e-?mail )?in (?:your )?browser|abmelden|abbestellen|désabonner|désinscrire|"
    r"darse de baja|disiscriv|uitschrijven",
    re.IGNORECASE,
)
_DIVS_IN_DIVS = re.compile(r"(?:<div\b[^<>]*>\s*){50,}", re.IGNORECASE)
DIVS = 1000
OFFER_WORDS = 60
"""A box of offers or links is shorter; of more words, it may hold the article."""
LIVE_HOURS = 3
"""So many hours standing alone are those of a live report's entries."""
SHORT_CHARACTERS = 400
"""An extract below this is too short for an article to be taken for the page's."""


def read_html(text: str) -> tuple[list[str], Metadata]:
    """A page's markup → the paragraphs of its article, and what the markup states."""
    import lxml.html

    text = re.sub(r"^\s*<\?xml[^>]*>", "", _LINE_ENDS.sub(" ", _CONTROLS.sub("", text)))
    if text.count("<div") > DIVS:  # deeper than parsers of markup go, and they drop what is within
        text = _DIVS_IN_DIVS.sub("<div>", text)
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True
    )
    raw = unicodedata.normalize("NFC", text).encode()
    tree: Any = lxml.html.document_fromstring(raw, parser=parser)
    unfold(tree)
    known, heading = from_html(tree)
    summary = _summary(tree)
    _drop_hidden(tree, heading)
    times = _plain_times(tree, heading)
    lines = [one_line(line) for line in clean(_main_text(tree)).split("\n")]
    lines = [_NEW_WINDOW.sub("", line).strip() if "(" in line else line for line in lines]
    # The empty string among them takes out empty lines and the rules of tables as well.
    heads = [words(each) for each in tree.xpath("//h1")]
    seen = (heading.text, heading.headline) if heading else ()
    known_lines = {"", letters(known.title), *map(letters, (*heads, *times, *seen))}
    lines = [line for line in lines if letters(line) not in known_lines]
    if not lines and heading is None:  # a page of nothing is not an article of its <title>
        return [], replace(known, title="", title_from="")
    return [*_head_lines(tree, known.title, heading, lines, summary), *lines], known


def _plain_times(tree: Any, heading: Heading | None) -> list[str]:
    """Makes a page's ``<time>`` plain text, which extractors cut out of sentences.

    Gives the lines of those that are no part of the text. The hours of a live report are.
    """
    shown = [words(each) for each in tree.iter("time")]
    hours = [each for each in shown if _HOUR.fullmatch(each)]
    near = date_lines(heading.element) if heading is not None else []
    if heading is not None:  # what stands beside the heading is a line, in whatever element
        for each in heading.element.itersiblings("span", "time", "small"):
            before = each.getprevious()
            if not (before.tail or "").strip() and not (each.tail or "").strip():
                each.tag = "div"
    kept = {*hours} if len(hours) >= LIVE_HOURS else set()
    for each in tree.xpath("//time"):
        beside = each.xpath("boolean(../text()[normalize-space()])")  # it stands in a sentence
        if beside:
            each.drop_tag()
        elif words(each) in kept:
            each.tag = "p"
    return [each for each in (*shown, *near) if each.strip() not in kept and not is_top_line(each)]


def _summary(tree: Any) -> str:
    """The letters of what a page states as its article's summary, which often is its standfirst."""
    stated = tree.xpath("//meta[@name='description' or @property='og:description']/@content")
    return max(map(letters, stated), key=len, default="")


def _head_lines(
    tree: Any, title: str, heading: Heading | None, body: Sequence[str], summary: str
) -> list[str]:
    """What a page shows between its heading and the body found: standfirst, byline, date.

    Extractors of article text begin with the first long paragraph and often leave the standfirst
    out, which holds the news in one sentence.
    """
    top = heading.element if heading is not None else _titled(tree, title)
    if not body:
        return []
    start = letters(body[0])[:40]
    seen = {letters(line) for line in body}
    lines: list[str] = []
    leads = 0  # one: what follows it above the body is as often an offer to subscribe
    for element in _after(tree, top, limit=300):
        text = one_line(words(element))
        if letters(text).startswith(start):
            return [line for line in lines if letters(line) not in seen]
        is_lead = not leads and _is_lead(element, text, summary)
        if text in lines or not (is_lead or is_top_line(text)):
            continue
        lines.append(text)
        leads += is_lead
    return []  # the body is not below this heading, so neither is what stands above the body


def _titled(tree: Any, title: str) -> Any:
    """The first heading of any level that says the title, or None."""
    wanted = letters(title)
    headings = tree.xpath("//h1 | //h2 | //h3") if wanted else []
    return next((each for each in headings if wanted in letters(words(each))), None)


def _is_lead(element: Any, text: str, summary: str) -> bool:
    """Whether an element is a standfirst: prose, or what the page states as its summary."""
    if not 5 <= len(text.split()) <= 120:
        return False
    own = letters(text)
    if len(own) >= 40 and (own in summary or summary.startswith(own[:80])):
        return True
    links = sum(len(words(link)) for link in element.iter("a"))
    return len(text.split()) >= 10 and has_stop(text) and 2 * links < len(text)


def _after(tree: Any, heading: Any, *, limit: int) -> Iterator[Any]:
    """The elements below a heading that hold text and no block of text, in the page's order.

    On a page without a heading they are those of its article.
    """
    below = tree.xpath("(//article)[1]//*") if heading is None else heading.xpath("following::*")
    around = set() if heading is None else set(heading.iterancestors())
    for count, element in enumerate(below):
        if count > limit:
            return
        blocks = any(each.tag in _BLOCKS for each in element.iterdescendants())
        parent = element.getparent()  # none of what follows the page's end
        inline = parent is not None and parent.tag not in (*_BLOCKS, "body")
        within = takewhile(lambda each: each not in around, (element, *element.iterancestors()))
        aside = any(each.tag in BESIDE for each in within)
        if not blocks and not inline and not aside:
            yield element


def _drop_hidden(tree: Any, heading: Heading | None) -> None:
    """Takes out of a page what its reader does not see."""
    for element in list(tree.iter(*NEVER_SHOWN)):
        element.drop_tree()
    # A page that waits for its scripts, or that a dialogue covers, hides its whole body; its
    # reader sees it all the same.
    kept = set() if heading is None else set(heading.element.iterancestors())
    for element in tree.xpath("//*[@hidden or @aria-hidden or @style or @type='hidden' or @class]"):
        if (
            is_hidden(element)
            and element not in kept
            and element.tag not in ("html", "body")
            and element.getparent() is not None
        ):
            element.drop_tree()
    _drop_offers(tree, kept)


@lru_cache(maxsize=4096)
def _names_offer(marked: str) -> bool:
    """Whether a class is of an offer; a page has few classes and thousands of elements."""
    return bool(_OFFER.search(marked))


def _drop_offers(tree: Any, kept: set[Any]) -> None:
    """Takes out boxes of offers and links that their class names, and a newsletter's last line.

    A class like "paywall" can mark the paid part of the article as well: prose is not taken out.
    """
    for element in tree.xpath("//*[@class]"):
        if (
            element.tag not in ("html", "body", "a")
            and _names_offer(element.get("class"))
            and element not in kept
            and element.getparent() is not None
            and element.xpath("boolean(.//a | .//button | .//form)")
            and len(words(element).split()) <= OFFER_WORDS
            and not any(map(is_prose, (words(each) for each in element.iter("p", "div"))))
        ):
            element.drop_tree()
    for link in tree.xpath("//a[@href]"):
        if _UNSUBSCRIBE.search(words(link)):
            block: Any = next((each for each in link.iterancestors() if each.tag in _BLOCKS), None)
            alone = block is not None and len(words(block).split()) <= OFFER_WORDS
            if alone and block not in kept and block.getparent() is not None:
                block.drop_tree()


def _main_text(tree: Any) -> str:
    """A page → its article, a paragraph per line; all its text where no article is found."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page it finds odd
    found = trafilatura.extract(deepcopy(tree), include_comments=False) or ""
    if len(found) >= SHORT_CHARACTERS and len(found) >= 0.1 * len(tree.text_content()):
        return found
    everything = _shown_text(tree)
    if len(found) < SHORT_CHARACTERS or len(found) < 0.1 * len(everything):
        wider = trafilatura.extract(deepcopy(tree), include_comments=False, favor_recall=True) or ""
        found = max(found, wider, key=len)
    # A short page has little beside its article, and the extractor makes one paragraph of it.
    return found if len(found) >= SHORT_CHARACTERS else max(everything, found, key=len)


def _shown_text(tree: Any) -> str:
    """All text of a page outside its navigation and footer, a block per line."""
    from lxml import etree

    parts: list[str] = []
    skipped = 0  # how many elements deep we are in what is passed over
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        aside = element.tag in BESIDE or element.tag == "head"
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
