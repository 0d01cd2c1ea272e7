"""A page's visible byline → the people it names, and the dates in it as they are written.

Read where the page's data name nobody or no day. Only what is marked as a byline, by its attributes
or its class, and shaped like names of people counts; only a ``<time>`` that stands in no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice, takewhile
from typing import Any, Literal

from rag.html_visible import around, is_beside, pieces, words
from rag.lines import has_stop, is_prose, letters, word_count
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
_CHANGED = re.compile(
    r"updat|modif|revis|edited|last change|aktualis|geändert|stand\b|mis à jour|maj\b|actualiz|"
    r"aggiorn|bijgewerkt|gewijzigd|oppdater|uppdater|opdater|ændret|päivitetty|atualiz|обновл|"
    r"изменен|更新",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"publi|posted|created|issued|\bdated?\b|veröffentl|erschienen|erstellt|gepubl|geplaatst|julkaistu|"
    r"zveřejněno|megjelent|yayın|опублик|опублік|δημοσι",
    re.IGNORECASE,
)
_LABEL_END = re.compile(
    r"(?:publi\w*|posted|created|dated?)\W*(?:on|at|am|le|el|il|op|den|vom|du)?$|^(?:on|am|le|el|vom|du)$",
    re.IGNORECASE,
)
_SITE_TOP = re.compile(r"^header\b|masthead|top-?bar|banner|today|current", re.IGNORECASE)
TIMES = 40
"""So many dates are looked at around a heading; each costs a look at its neighbours."""
LINE_WORDS = 8
"""A line of more words that ends with a stop is a sentence."""
LABEL_WORDS = 6
"""More words beside a date are not its label."""
# What holds a byline's date bears such a class, whatever words stand beside the date.
_DATE_CLASS = re.compile(
    r"by-?_?line|(?:date|time)(?:$|[\s_-])|(?:^|[\s_-])(?:date|time|meta)|publi|posted|author(?!i)|"
    r"info\b",
    re.IGNORECASE,
)
_LINE_TAGS = frozenset(("p", "div", "li", "dd", "dt", "td", "header", "section", "article", "main",
                        "address", "h2", "h3", "h4", "body"))  # fmt: skip
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


def written_dates(tree: Any, heading: Any) -> list[str]:
    """A page and its heading (or None) → the dates of publishing as written, the marked first.

    A ``<time>`` counts where it stands near the heading, below one paragraph of prose at most (the
    standfirst), in a line of its own and where nothing says that it is a date of change.
    """
    marked = tree.xpath("//*[@itemprop='datePublished'] | //time[@pubdate]")
    marked = [each for each in marked if heading is None or not is_beside(each, heading)]
    near: list[Any] = []
    for place in around(heading, levels=LEVELS) if heading is not None else ():
        near = [each for each in top_times(place, heading) if not is_beside(each, heading)]
        if near:
            break
    near = [each for each in near if _is_date_line(each, heading)]
    return [
        each.get("datetime") or each.get("content") or words(each)
        for each in [*marked, *near]
        if each.get("itemprop", "") != "dateModified" and not _is_change(each, heading)
    ]


def date_lines(heading: Any) -> list[str]:
    """A page's heading → the lines of dates near it, with their labels, as they may be read."""
    lines: list[str] = []
    for place in around(heading, levels=LEVELS):
        for each in top_times(place, heading):
            if is_beside(each, heading) or not _is_date_line(each, heading):
                continue
            before, behind = _neighbour(each, "preceding"), _neighbour(each, "following")
            before = before if _CHANGED.search(before) or _PUBLISHED.search(before) else ""
            line, day = line_of(each), words(each)
            whole = "" if line in heading.iterancestors() else words(line)
            lines += [day, before, behind, f"{before} {day}", f"{day} {behind}", whole]
        if lines:
            break
    return lines


def top_times(place: Any, heading: Any) -> list[Any]:
    """The ``<time>`` elements of a place that stand above its second paragraph of prose.

    The site's own header, above the heading and not around it, shows the day it was called up.
    """
    found: list[Any] = []
    own = set(heading.iterancestors())
    prose, below = 0, False
    for each in place.iterdescendants():
        below = below or each is heading
        if each.tag == "time" and len(found) < TIMES:
            held = takewhile(lambda one: one not in own, each.iterancestors())
            if below or not any(_SITE_TOP.search(_marks(one)) for one in held):
                found.append(each)
        elif below and each.tag in ("p", "div") and not each.xpath(".//p | .//div"):
            prose += is_prose(words(each))
            if prose > 1:
                break
    return found


def _marks(element: Any) -> str:
    return f"{element.tag} {element.get('class', '')} {element.get('id', '')}"


def line_of(element: Any) -> Any:
    """An element within a line of text → the block that is the line."""
    return next((each for each in element.iterancestors() if each.tag in _LINE_TAGS), element)


def _is_date_line(element: Any, heading: Any) -> bool:
    """Whether a ``<time>`` stands alone, or beside what a byline holds: names, labels, places."""
    line = line_of(element)
    around_heading = set(heading.iterancestors())
    if line in around_heading:
        return True  # between the heading and the text, in no line of its own
    bare = element.getparent() is line and not "".join(line.xpath("./text()")).strip()
    if bare and sum(is_prose(words(each)) for each in line.iterchildren("p")) > 1:
        return True  # above the paragraphs in what holds them all
    text, before = words(line), _text_before(line, element)
    labelled = bool(_PUBLISHED.match(before) or _CHANGED.match(before) or _BY.match(before))
    is_prose_line = has_stop(text) and not labelled
    is_prose_line = is_prose_line and (word_count(before) > 2 or word_count(text) > LINE_WORDS)
    if word_count(text) > BYLINE_WORDS or is_prose_line:
        return False
    held = takewhile(lambda each: each not in around_heading, (element, *element.iterancestors()))
    if any(_DATE_CLASS.search(each.get("class", "")) for each in held):
        return True
    last = re.split(r"[,|•·;–—]\s*", before.strip(" ,|•·;–—:-"))[-1].strip()
    is_place = before.endswith((",", "|", "•", "·", "–", "—"))
    is_person = is_name(last) and (is_place or len(last.split()) > 1)
    return not last or labelled or is_person or bool(_LABEL_END.search(last))


def _text_before(line: Any, element: Any) -> str:
    """The words of a line that stand before an element in it."""
    from lxml import etree

    parts: list[str] = []
    for event, each in etree.iterwalk(line, events=("start", "end")):
        if each is element:
            break
        parts.append((each.text if event == "start" else each.tail) or "")
    return " ".join("".join(parts).split())


def _is_change(element: Any, heading: Any) -> bool:
    """Whether the words before or behind a date, or the classes around it, say "updated"."""
    own = set() if heading is None else set(heading.iterancestors())
    for each in (element, *element.iterancestors()):
        if each in own or each.tag in ("article", "main", "body", "html"):
            break
        marked = f"{each.get('class', '')} {each.get('itemprop', '')}"
        if _CHANGED.search(marked) and not _PUBLISHED.search(marked):
            return True
    near = f"{_neighbour(element, 'preceding')} {words(element)} {_neighbour(element, 'following')}"
    return bool(_CHANGED.search(near))


def _neighbour(element: Any, side: Literal["preceding", "following"]) -> str:
    """The label next to a date on one side; "" where that is of another date, or no label."""
    # Both axes put the page's order: the nearest before is the last, the nearest behind the first.
    place = "last()" if side == "preceding" else "1"
    runs = element.xpath(f"({side}::text()[normalize-space()])[{place}]")
    if not runs or word_count(runs[0]) > LABEL_WORDS:
        return ""
    run, holder = " ".join(runs[0].split()), runs[0].getparent()
    if side == "preceding":
        return "" if holder.tag == "time" and runs[0].is_text else run
    line = line_of(element)
    within = line in holder.iterancestors() or line is holder
    following = element.xpath("following::time[1]")
    other = following and line_of(following[0]) is line  # then the label is of that date
    return "" if other or not within or any(map(str.isdigit, run)) else run


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
