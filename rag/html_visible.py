"""A page's elements → what their reader sees of them: whether hidden, beside the article, in words.

Looks at the markup alone: what style sheets and scripts do to an element is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

BESIDE = frozenset(("aside", "figure", "figcaption", "footer", "nav", "form", "button", "dialog"))
"""Elements whose text stands beside an article rather than in it."""

_HIDDEN_STYLE = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden)\b|font-size\s*:\s*0*\.?0+(?:[a-z]+|%)?(?![\w.])"
    r"|(?<![\w-])(?:left|right|top|text-indent)\s*:\s*-(?:\d{4,}|9\d\d)|\bclip\s*:\s*rect\(\s*[01](?:px)?[\s,]"
)
# The classes that style sheets move off the screen, for readers who listen.
_HIDDEN_CLASS = re.compile(
    r"(?:^|[\s_-])(?:sr[_-]?only|screen[_-]?reader(?:s?[_-](?:text|only))?|show-for-sr|"
    r"(?:is-|u-)?visually-?hidden|hidden-?visually|accessib(?:ly|ility)[_-]hidden|a11y-hidden|"
    r"off-?screen|element-invisible)(?=$|\s)"
)
_LOGO = re.compile(
    r"logo|masthead|brand|site-?_?(?:name|title)|nameplate|publication-?name", re.IGNORECASE
)
_HOME = re.compile(r"/?(?:(?:index|home)(?:\.\w{2,5})?)?")
NAME_LINE_WORDS = 14
"""A logo's or copyright's line of more words is a text that can hold any word."""
CELL_WORDS = 60
"""A table's cell of so many words holds an article, not a value."""
_INLINE = frozenset(("a", "b", "big", "em", "font", "i", "small", "span", "strong", "u"))
DEEPEST = 200
"""What is nested deeper is there by mistake, and more than extractors of text can take."""
_UNSEEN = frozenset(("script", "style", "template", "noscript"))
_BREADCRUMB = re.compile(r"crumb", re.IGNORECASE)
_OTHER = re.compile(
    r"related|teaser|recommend|comment|newsletter|sidebar|more-|most-|repl(?:y|ies)\b|"
    r"(?:^|[\s_-])(?:event|discussion|upcoming)",
    re.IGNORECASE,
)


def is_hidden(element: Any) -> bool:
    """Tells whether an element's own markup hides it; its ancestors are not asked."""
    attributes = element.attrib
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden", "").strip().lower() == "true"
        or attributes.get("type") == "hidden"
        or bool("style" in attributes and _HIDDEN_STYLE.search(attributes["style"].lower()))
        or ("class" in attributes and _hides(attributes["class"]))
    )


@lru_cache(maxsize=4096)
def _hides(marked: str) -> bool:
    """Whether a class hides; a page has few classes and thousands of elements."""
    return bool(_HIDDEN_CLASS.search(marked.lower()))


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
        whole = each.tag in ("body", "html")
        # A page without any order of its own has all of the article directly in its body.
        if count >= levels or (whole and count):
            return
        yield each
        if whole or each.tag in ("article", "main"):
            return


def shown_names(tree: Any) -> list[str]:
    """A page → the words of its logo, of its links to the site's home, and of its copyright lines,
    in which its site's name stands.
    """
    named = [
        element for element in tree.xpath(
            "//a[@href] | //img[@alt] | //header//*[not(*)] | //body//*[not(*)][@class or @id]"
        ) if _names_site(element)
    ]  # fmt: skip
    texts = [f"{words(e)} {e.get('alt', '')} {' '.join(e.xpath('.//img/@alt'))}" for e in named]
    found = [" ".join(text.split()) for text in texts]
    rights = [" ".join(each.split()) for each in tree.xpath("//body//text()[contains(., '©') or "
              "contains(., 'opyright')]") if each.getparent().tag not in _UNSEEN]  # fmt: skip
    return [each for each in (*found, *rights) if each and len(each.split()) <= NAME_LINE_WORDS]


def _names_site(element: Any) -> bool:
    """Whether an element is the place of a site's name: logo, link home, or header."""
    if element.tag == "a":
        return is_home(element.get("href", ""))
    around_it = (element, element.getparent())
    marked = [each.get(key, "") for each in around_it for key in ("class", "id", "src")]
    if _LOGO.search(" ".join(marked)):
        return True
    holders = [each.tag for each in element.iterancestors()]
    in_article = "article" in holders or "main" in holders or "h2" in holders
    menu = element.tag in ("a", "h1", "h2", "li") or not {"a", "nav", "li"}.isdisjoint(holders)
    return "header" in holders and not in_article and not menu


def is_home(address: str) -> bool:
    """Tells whether a link's address is that of a site's front page."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    known = bool(parts.netloc) or parts.path.startswith("/")
    return known and not parts.query and _HOME.fullmatch(parts.path) is not None


def unfold(tree: Any) -> None:
    """Makes a page's tables for layout plain blocks, its menus' cells navigation, and takes out the
    blocks that only hold another one. Words that a heading's line break parts stay apart.
    """
    for each in tree.xpath("//h1//br | //h2//br | //h3//br"):
        each.tail = f" {each.tail or ''}"
    for table in [each for each in tree.xpath("//table") if _is_layout(each)]:
        for each in table.xpath("./tr | ./tbody | ./tbody/tr | ./tr/td | ./tbody/tr/td"):
            each.tag = "nav" if each.tag == "td" and _is_menu(each) else "div"
        table.tag = "div"
    for each in tree.xpath("//*[count(ancestor::*) > $deepest]", deepest=DEEPEST):
        only = len(each) == 1 and not (each.text or "").strip()
        if each.tag in _INLINE or (only and each[0].tag == "div"):
            each.drop_tag()


def _is_layout(table: Any) -> bool:
    """Whether a table arranges a page: one column only, or a cell that holds what no value does."""
    if table.get("role") == "presentation":
        return True
    if table.xpath("boolean(.//th | ./caption | ./thead)"):
        return False
    blocks = ".//td//h1 | .//td//h2 | .//td//h3 | .//td//table | .//td[count(.//p) > 2]"
    one_column = not table.xpath("boolean(.//tr[count(td) > 1])")
    return (
        one_column
        or len(table.xpath(blocks)) > 0
        or any(len(words(cell).split()) >= CELL_WORDS for cell in table.iter("td"))
    )


def _is_menu(cell: Any) -> bool:
    """Whether a cell is all links, and more than one."""
    links = [len(words(each)) for each in cell.iter("a")]
    return len(links) > 1 and sum(links) > len(words(cell)) * 4 // 5
