"""What a page calls itself in several places → its title, and its site's name.

A page states its headline for readers (the heading they see), for social networks (og:title), for
search engines (JSON-LD, ``<title>``). Kickers and sites' names are joined to some of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rag.html_visible import is_beside, is_hidden, is_home, words
from rag.lines import letters, same_letters, word_count
from rag.records import FoundIn

_BETWEEN = re.compile(r"\s+(?:[|–—•·›»«~]|-|::|//|\|\|)\s+|\s*[|｜]\s*")
_KICKER = re.compile(
    r"kicker|(?:over|top|roof)-?(?:line|title|head)|eyebrow|dachzeile|spitzmarke|rubri[ck]|pretitle|"
    r"surtitre|antetitulo|occhiello|label|badge|(?:^|[_-])tag(?:$|[_-])",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:[Bb]y|Von|Par|Por|Di|Door)(?: [A-Z][\w.'’-]+){2,4}")
_WRITER = re.compile(r"by-?_?line|author(?!i)|\bautor|auteur|autore|verfasser", re.IGNORECASE)
_PARTS = frozenset((
    "news", "video", "videos", "live", "home", "sport", "sports", "opinion", "politics", "business",
    "world", "culture", "photos", "watch", "local news", "page", "home page", "online",
))  # fmt: skip
"""What stands beside headlines and within names of papers, and is none alone."""
_CUT = re.compile(r"\s*(?:…|\.\.\.)$")
ALIKE = 0.3
"""A first heading that shares a smaller part of its words with every stated title yields to one of
a lower level that says a stated title word for word."""
SITE_WORDS = 5
"""What stands after a bar at the end of a ``<title>`` is a site's name up to this many words."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading a page's reader sees. ``headline`` is ``text`` without its kicker."""

    element: Any
    text: str
    headline: str

    def says(self, title: str) -> bool:
        """Tells whether a title is this heading, with or without its kicker."""
        return bool(title) and (
            same_letters(title, self.text) or same_letters(title, self.headline)
        )


@dataclass(frozen=True, slots=True)
class Stated:
    """A page's titles as stated; empty where they are not."""

    json_ld: str = ""
    social: str = ""
    card: str = ""
    page: str = ""


def visible_heading(tree: Any, titles: Sequence[str], site: Iterable[str] = ()) -> Heading | None:
    """A page (lxml tree) and its stated titles → the heading of its article as its reader sees it.

    A first heading in a breadcrumb or hidden is there for search engines: then it is the second-
    level one that says what a stated title says. None where the page shows no such heading.
    """
    firsts = [_heading(each) for each in tree.xpath("//h1")[:20]]
    names = set(map(letters, site))
    firsts = [each for each in firsts if each.text and letters(each.text) not in names]
    firsts = [each for each in firsts if _says_any(each, titles) or not _is_link_home(each)]
    shown = [each for each in firsts if not _is_unseen(each.element)]
    # A site's name can be the first heading of its pages, and is then the lesser part of titles.
    logos = set().union(*map(_lesser_parts, titles))
    found = _nearest([each for each in shown if letters(each.text) not in logos], titles)
    if found and max(_overlap(found.text, title) for title in titles) >= ALIKE:
        return found
    titles = [*titles, *(max(_BETWEEN.split(title), key=len) for title in titles)]
    ends = tuple(filter(None, map(letters, titles)))
    # "Local politics: Pool closes" as a title, of which the page shows the second part.
    tails = [title.split(": ", 1)[1] for title in titles if ": " in title]
    kickered = {letters(tail) for tail in tails if word_count(tail) > 1} - {""}
    for each in tree.xpath("//h2 | //h3"):
        own = letters(words(each))
        if (own.endswith(ends) or own in kickered) and not _is_unseen(each):
            heading = _heading(each)
            if own in kickered or _says_any(heading, titles):
                return heading
    return (
        found
        or _nearest(shown, titles)
        or _nearest(firsts, titles)
        or (shown[0] if shown and not titles else None)
    )


def _says_any(heading: Heading, titles: Iterable[str]) -> bool:
    return any(heading.says(title) for title in titles)


def _is_link_home(heading: Heading) -> bool:
    """Whether a heading is nothing but a link to the front page: the site's name."""
    links = heading.element.xpath("ancestor::a[@href] | .//a[@href]")
    return any(is_home(each.get("href")) and words(each) == heading.text for each in links)


def _lesser_parts(title: str) -> set[str]:
    """The letters of all parts of a title but the longest."""
    parts = _BETWEEN.split(title)
    return {letters(part) for part in parts if len(part) < len(max(parts, key=len))}


def _nearest(headings: Sequence[Heading], titles: Sequence[str]) -> Heading | None:
    """The heading that shares most words with a title; None where none shares any."""
    shares = [max([_overlap(h.text, title) for title in titles], default=0) for h in headings]
    best = max(shares, default=0)
    return headings[shares.index(best)] if best else None


def choose_title(
    stated: Stated, heading: Heading | None, site: Iterable[str]
) -> tuple[str, FoundIn]:
    """A page's stated titles, its heading and its site's names → its title and where it stands.

    The JSON-LD headline is the article's own, before og:title. Where it only repeats ``<title>``,
    which is written for search engines, and og:title says what the heading says, that is it.
    """
    site = frozenset(map(letters, site)) - {""}
    seen = [heading.text, heading.headline] if heading else []
    others = [*seen, stated.json_ld, stated.social, stated.card]
    page = without_site(stated.page, site, others)
    alike = f"{stated.page} {' '.join(seen)}"
    named: list[tuple[str, FoundIn]] = []
    places: tuple[FoundIn, ...] = ("JSON-LD", "meta tag", "meta tag")
    for name, place in zip((stated.json_ld, stated.social, stated.card), places, strict=True):
        # A page may state something else as its headline, such as what its subject is.
        if name and (not alike.strip() or _overlap(name, alike)):
            # What the page shows as its heading is all headline, whatever stands in it.
            whole = heading is not None and heading.says(name)
            named.append((name if whole else without_site(name, site, [*others, page]), place))
    if not named:
        return (heading.headline, "page heading") if heading else (page, "page title")
    title, place = named[0]
    social = next((name for name, place in named if place == "meta tag"), "")
    repeated = same_letters(title, page) and not same_letters(title, social)
    if place == "JSON-LD" and heading and heading.says(social) and repeated:
        title, place = social, "meta tag"
    return _as_shown(title, place, heading, [name for name, _ in named])


def _as_shown(
    title: str, place: FoundIn, heading: Heading | None, named: Sequence[str]
) -> tuple[str, FoundIn]:
    """A title → in full where it was cut short; without a kicker the page does not show."""
    cut = letters(_CUT.sub("", title)) if _CUT.search(title) else ""
    if cut:
        if heading and letters(heading.headline).startswith(cut):
            return heading.headline, "page heading"
        return max((name for name in named if letters(name).startswith(cut)), key=len), place
    if (
        heading
        and letters(title).endswith(letters(heading.headline))
        and not same_letters(heading.text, heading.headline)
        and not heading.says(title)
    ):
        return heading.headline, "page heading"
    return title, place


def without_site(title: str, site: frozenset[str], others: Iterable[str]) -> str:
    """A title ("Headline - News | Site") → the headline.

    It ends where another stated title ends; else before the site's name, as far as it is known;
    else before a bar with a few words behind it.
    """
    same = {letters(other) for other in others if word_count(other) > 1} - {"", letters(title)}
    cuts = list(_BETWEEN.finditer(title))
    for cut in cuts:
        for part in (title[: cut.start()], title[cut.end() :]):
            if letters(part) in same:
                return part.strip()
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(title)]
    for number in range(1, len(starts)):
        if letters(title[starts[number] : ends[number]]) in site:
            return without_site(title[: ends[number - 1]].strip(), site, ())
    if cuts and letters(title[: ends[0]]) in site:
        return title[starts[1] :].strip()
    if cuts and re.search("[|｜]", cuts[-1][0]):
        head, tail = title[: cuts[-1].start()], title[cuts[-1].end() :]
        if word_count(tail) <= SITE_WORDS < 2 * word_count(head):
            return head.strip()
    return title


def site_in_title(page: str, titles: Iterable[str], names: Iterable[str]) -> str:
    """A ``<title>`` ("Headline - News | Site") → what it adds to the headline as the site's name.

    It is one only where the page names its site so elsewhere too: ``names`` are those places'
    words (logo, copyright line, host). A section, "Page 2" or "Video" stands there as well.
    """
    heads = [title for title in titles if title and letters(title) in letters(page)]
    rest: list[str] = []
    for cut in _BETWEEN.finditer(page):
        before, after = page[: cut.start()], page[cut.end() :]
        if any(letters(before).endswith(letters(head)) for head in heads):
            rest = _BETWEEN.split(after)
        elif any(same_letters(after, head) for head in heads):
            rest = _BETWEEN.split(before)
    known = [letters(name) for name in names]
    plain = [n for n in rest if word_count(n) <= SITE_WORDS and not re.search(r"\d{4}|[?!:]", n)]
    same = [part for part in plain if letters(part) in known]
    within = [
        part
        for part in reversed(plain)
        if len(letters(part)) > 3
        and part.strip().casefold() not in _PARTS
        and any(letters(part) in n for n in known)
    ]
    return next(iter([*same, *within]), "").strip()


def host_names(url: str) -> list[str]:
    """An address → the names its host goes by: "www.tarn-gazette.example" → the host without
    "www.", and "tarn-gazette".
    """
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return [host, *(part for part in host.split(".")[:-1] if len(part) > 2)] if host else []


def _heading(element: Any) -> Heading:
    text = words(element)
    kickers = [words(each) for each in element.iterdescendants() if _is_kicker(each)]
    headline = text
    for kicker in kickers:
        if kicker and headline.startswith(kicker):
            headline = headline[len(kicker) :].lstrip(" :|–—-•·")
    # Columns put the writer's name within the heading, below the headline.
    for each in element.iterdescendants():
        own = words(each) if isinstance(each.tag, str) else ""
        marked = own and (_WRITER.search(each.get("class", "")) or _BYLINE.fullmatch(own))
        if marked and headline.endswith(own):
            headline = headline[: len(headline) - len(own)].rstrip(" :|–—-•·")
    return Heading(element, text, headline if word_count(headline) > 1 else text)


def _is_kicker(element: Any) -> bool:
    return isinstance(element.tag, str) and bool(_KICKER.search(element.get("class", "")))


def _is_unseen(element: Any) -> bool:
    return is_beside(element) and not any(
        # A page that a dialogue covers hides all of itself; its reader sees it all the same.
        is_hidden(each) and each.xpath("count(.//p) > 3")
        for each in element.iterancestors()
    )


def _overlap(one: str, other: str) -> float:
    """The share of the one's words that stand in the other; Chinese and Japanese by character."""
    first, second = (
        set(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]|\w{2,}", t.casefold())) for t in (one, other)
    )
    return len(first & second) / max(1, len(first | second)) if first else 0.0
