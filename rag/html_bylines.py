"""A page's visible byline → the people it names.

Read where the page's data name nobody. Only what is marked as a byline, by its attributes or its
class, and shaped like names of people counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from rag.html_visible import around, is_beside, pieces, words
from rag.lines import letters, word_count
from rag.names import is_agency, is_name, is_organisation, split_names, terms

_PREFIX = re.compile(
    r"^(?:(?:(?:words|story|text|texte|written|reported|posted|published|rédigé|publié|escrito|"
    r"scritto|geschrieben|ein gastbeitrag|ein beitrag) )?"
    r"(?:by|von|vom|par|por|di|da|de|door|af|av|od|przez)|author|autor(?:in)?|auteur|autore|"
    r"text|texte|texto|testo|tekst)\s*:?\s+(?=\S)",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:[Bb]y|BY|[Vv]on|VON|[Pp]ar|PAR|[Pp]or|POR|Di|Door|Af|Av)(?::|\s|$)")
_AUTHOR_CLASS = re.compile(r"by-?_?line|author(?!i)|\bautor|auteur|autore|verfasser", re.IGNORECASE)
# Beside a name an author's box holds who that is, what else they wrote, and how to reach them.
_ABOUT_CLASS = re.compile(
    r"bio\b|about|descr|avatar|image|img|photo|foto|portrait|role|job|position|follow|social|"
    r"comment|related|teaser|share|credit|caption|more",
    re.IGNORECASE,
)
_META_CLASS = re.compile(r"(?:^|[\s_-])meta|info\b|dateline|publi", re.IGNORECASE)
BYLINE_WORDS = 25
"""A byline of more words is a paragraph about the author."""
LEVELS = 5
"""How many elements around the heading are looked through for a byline or a date."""
ELEMENTS = 400
"""So many elements of those are; further down stand other articles with bylines of their own."""
_NOBODY = terms(
    """admin|administrator|anonymous|editor|guest|gast|redactie|redacción|redação|redakcja|redaktion|
    redakce|redazione|rédaction|la rédaction|die redaktion|toimitus|webmaster"""
)


def people(names: Iterable[str], is_site: Callable[[str], bool]) -> tuple[str, ...]:
    """Names as stated ("By A and B, Editor") → the people among them, each once.

    A publisher, an agency and an address are no people; ``is_site`` tells the page's own site.
    """
    found: dict[str, str] = {}
    for stated in filter(lambda name: not _is_address(name), names):
        for name in map(_plain, split_names(_plain(stated))):
            house = is_organisation(name) or is_site(name) or name.casefold() in _NOBODY
            if name and not house:
                found.setdefault(letters(name), name)
    return tuple(found.values())


def visible_authors(
    tree: Any, heading: Any, is_site: Callable[[str], bool], sections: frozenset[str]
) -> tuple[str, ...]:
    """A page (lxml tree) and its heading → the people whom its byline names.

    ``sections`` are the letters of what the page links to as its parts: none of them is a person.
    """
    marked = tree.xpath("//*[@itemprop='author' or @rel='author']")
    for each in marked:
        if not is_beside(each, heading) and (names := _names_in(each, is_site, sections)):
            others = [_names_in(other, is_site, sections) for other in marked
                      if other.getparent() is each.getparent()]  # fmt: skip
            return tuple(dict.fromkeys([*names, *(name for group in others for name in group)]))
    for place in around(heading, levels=LEVELS):
        for each in filter(_is_byline, islice(place.iterdescendants(), ELEMENTS)):
            names = _names_in(each, is_site, sections)
            if names and not is_beside(each, heading):
                return names
    return ()


def _is_byline(element: Any) -> bool:
    """Whether an element is marked as a byline, or as a line of facts that holds the date."""
    if not isinstance(element.tag, str):
        return False
    marked = element.get("class", "")
    if _AUTHOR_CLASS.search(marked):
        return not _ABOUT_CLASS.search(_AUTHOR_CLASS.sub("", marked))
    # Its first words, or those of its first element: "<p><b>By</b> …".
    first = element.text or "" if len(element) == 0 else element.text or element[0].text or ""
    if _BY.match(first.lstrip()):
        return word_count(words(element)) <= BYLINE_WORDS
    return bool(_META_CLASS.search(marked)) and len(element.xpath(".//time")) == 1


def _names_in(
    element: Any, is_site: Callable[[str], bool], sections: frozenset[str]
) -> tuple[str, ...]:
    """A byline's element → the people in it; its dates and descriptions of authors aside."""
    if word_count(words(element)) > BYLINE_WORDS:
        return ()
    left_out = {
        piece
        for each in element.iterdescendants()
        if each.tag == "time" or _ABOUT_CLASS.search(each.get("class", ""))
        for piece in pieces(each)
    }
    parts = [piece for piece in pieces(element) if piece not in left_out]
    for texts in (parts, [" ".join(parts)]):
        found = people(texts, is_site)
        names = [n for n in found if _is_person(n) and letters(n) not in sections]
        if names:
            return tuple(names)
    return ()


def _is_person(name: str) -> bool:
    """Whether a name has a given name and a family name, written as such."""
    first, *rest = name.split()
    return is_name(name) and 1 <= len(rest) <= 4 and not is_agency(first)


def _plain(name: str) -> str:
    """A name as stated → without "By", an e-mail address, brackets, newsroom and place."""
    name = re.sub(r"\([^()]*\)|<[^<>]*>|\S+@\S+", " ", " ".join(name.split()))
    # What stands behind a bar is the newsroom or the place, not a second name.
    name = re.split(r"(?<=\w)\s*[|•·]\s*", _PREFIX.sub("", name.strip()))[0]
    return re.sub(r"\s(?:in|for|at)\s[A-Z].*", "", name).strip(" ,;|·•–—-")


def _is_address(name: str) -> bool:
    return bool(re.match(r"\s*(?:www\.|[/@])", name)) or "://" in name
