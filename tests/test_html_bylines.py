"""People whom a page's byline names are found, and nobody else is."""

from __future__ import annotations

import lxml.html
import pytest

from rag.html_bylines import people, visible_authors
from rag.lines import letters


def is_site(name: str) -> bool:
    return name == "Tarn Gazette"


def authors(byline: str, *, sections: tuple[str, ...] = ()) -> tuple[str, ...]:
    page = f"<body><main><article><h1>Mill to reopen</h1>{byline}</article></main></body>"
    tree = lxml.html.document_fromstring(page)
    return visible_authors(tree, tree.xpath("//h1")[0], is_site, frozenset(map(letters, sections)))


@pytest.mark.parametrize(
    ("stated", "names"),
    [
        ("By Ada Finch and Ben Lowe", ("Ada Finch", "Ben Lowe")),
        ("Von Ada Finch und Ben Lowe", ("Ada Finch", "Ben Lowe")),
        ("Ada Finch, Political Correspondent", ("Ada Finch",)),
        ("Ada Finch (ada@tarn.example)", ("Ada Finch",)),
        ("Ada Finch in Port Ansel", ("Ada Finch",)),
        ("Ada Finch for The Tarn Star", ("Ada Finch",)),
        ("Ada Finch | Newsroom", ("Ada Finch",)),
        ("https://tarn.example/people/ada", ()),
        ("@adafinch", ()),
        ("Tarn Gazette", ()),
        ("Redaktion", ()),
        ("AFP", ()),
    ],
)
def test_names_as_stated_become_people(stated: str, names: tuple[str, ...]) -> None:
    assert people([stated], is_site) == names


def test_a_person_named_twice_is_one() -> None:
    assert people(["Ada Finch", "By ADA FINCH"], is_site) == ("Ada Finch",)


@pytest.mark.parametrize(
    "byline",
    [
        '<p class="byline">By Ada Finch</p>',
        '<div class="article-byline"><span>Ada Finch</span></div>',
        '<p>Text</p><span itemprop="author"><span itemprop="name">Ada Finch</span></span>',
        '<a rel="author" href="/ada">Ada Finch</a>',
        '<ul class="metaAuthorList"><li><a>Ada Finch</a></li></ul>',
        '<p class="meta">Ada Finch, <time datetime="2024-05-03">Friday</time></p>',
        "<p><b>Von</b> <a>Ada Finch</a></p>",
        '<div class="author"><a>Ada Finch</a><p class="author-bio">Writes in Tarn</p></div>',
    ],
)
def test_a_byline_names_its_author(byline: str) -> None:
    assert authors(byline) == ("Ada Finch",)


def test_a_byline_names_all_its_authors() -> None:
    spans = '<p class="byline"><span>Ada Finch</span><span>Ben Lowe</span></p>'
    assert authors(spans) == ("Ada Finch", "Ben Lowe")
    marked = '<p><a rel="author">Ada Finch</a>, <a rel="author">Ben Lowe</a></p>'
    assert authors(marked) == ("Ada Finch", "Ben Lowe")


@pytest.mark.parametrize(
    "byline",
    [
        '<p class="byline">From our newsroom</p>',
        '<p class="byline">By Tarn Gazette</p>',
        '<p class="authorisation">Ada Finch</p>',
        "<p>Ada Finch</p>",
        '<p class="meta">Ada Finch</p>',
        '<figure><figcaption class="author">Ada Finch</figcaption></figure>',
        '<aside><p class="byline">By Ada Finch</p></aside>',
        '<div class="related"><p class="byline">By Ada Finch</p></div>',
        '<article><h2>Fair</h2><p class="byline">By Ada Finch</p></article>',
        '<p class="byline" hidden>By Ada Finch</p>',
        "<p>By Ada Finch's reckoning the mill will never open again.</p>",
        '<p class="author">Ada Finch has written about the mills of the Tarn for this paper since '
        "she came home from the sea in 1998, and about much else besides, as readers know.</p>",
    ],
)
def test_what_is_no_byline_of_the_article_names_nobody(byline: str) -> None:
    assert authors(byline) == ()


def test_a_part_of_the_site_is_nobody() -> None:
    line = '<p class="meta">Port Ansel, <time datetime="2024-05-03">Friday</time></p>'
    assert authors(line, sections=("Port Ansel",)) == ()
