"""A page's elements → what their reader sees of them: whether hidden, beside the article, in words.

Looks at the markup alone: what style sheets and scripts do to an element is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

BESIDE = frozenset(("aside", "figure", "figcaption", "footer", "nav", "form", "button", "dialog"))
"""Elements whose text stands beside an article rather than in it."""

_HIDDEN_STYLE = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0)\b(?!\.)"
    r"|(?<![\w-])(?:left|right|top|text-indent)\s*:\s*-(?:\d{4,}|9\d\d)|\bclip\s*:\s*rect\(\s*[01](?:px)?[\s,]"
)
# The classes that style sheets move off the screen, for readers who listen.
_HIDDEN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr[_-]?only|screen[_-]?reader(?:s?[_-](?:text|only))?|show-for-sr|"
    r"(?:is-|u-)?visually-?hidden|hidden-?visually|accessib(?:ly|ility)[_-]hidden|a11y-hidden|"
    r"off-?screen|element-invisible)(?=$|\s)"
)
_BREADCRUMB = re.compile(r"crumb", re.IGNORECASE)
_OTHER = re.compile(r"related|teaser|recommend|comment|newsletter|sidebar|more-|most-", re.I)


def is_hidden(element: Any) -> bool:
    """Tells whether an element's own markup hides it; its ancestors are not asked."""
    attributes = element.attrib
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").strip().lower() == "true"
        or attributes.get("type") == "hidden"
        or bool("style" in attributes and _HIDDEN_STYLE.search(attributes["style"].lower()))
        or bool("class" in attributes and _HIDDEN_CLASS.search(attributes["class"].lower()))
    )


def words(element: Any) -> str:
    """An element → its text on one line, a space between its words."""
    return " ".join("".join(element.itertext()).split())


def pieces(element: Any) -> list[str]:
    """An element → the runs of text between its tags, each on one line."""
    return [piece for text in element.itertext() if (piece := " ".join(text.split()))]


def is_beside(element: Any, heading: Any = None) -> bool:
    """Tells whether an element is hidden or part of something beside the article.

    That is navigation, a breadcrumb, a figure, a form, a footer, a teaser or, where the article's
    ``heading`` is given, another ``article`` than the one that holds it.
    """
    own = set() if heading is None else {heading, *heading.iterancestors()}
    for each in (element, *element.iterancestors()):
        if each in own:
            return False
        if each.tag in ("body", "html"):
            break
        marked = f"{each.get('class', '')} {each.get('id', '')}"
        if each.tag in BESIDE or is_hidden(each) or _BREADCRUMB.search(marked):
            return True
        if heading is not None and (each.tag in ("article", "a") or _OTHER.search(marked)):
            return not (each.tag == "a" and each is element)
    return False


def around(heading: Any, *, levels: int) -> Iterator[Any]:
    """The elements that hold a heading, from the nearest outwards, at most to its article."""
    for count, each in enumerate(heading.iterancestors()):
        if count >= levels or each.tag in ("body", "html"):
            return
        yield each
        if each.tag in ("article", "main"):
            return
