"""People whom a page's byline names are found, and nobody else is."""

from __future__ import annotations

import lxml.html
import pytest

from rag.html_bylines import date_lines, people, visible_authors, written_dates
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


PROSE = "<p>The mill by the river reopens in the spring, the council said on Tuesday evening.</p>"
DAY = '<time datetime="2024-05-14">14 May</time>'


def dates(byline: str, below: str = "") -> list[str]:
    page = f"<main><article><h1>Mill to reopen</h1>{byline}{PROSE * 3}{below}</article></main>"
    tree = lxml.html.document_fromstring(f"<body>{page}</body>")
    return written_dates(tree, tree.xpath("//h1")[0])


@pytest.mark.parametrize(
    "line",
    [
        DAY,
        f"<p>{DAY}</p>",
        f"<p>By Ada Finch, {DAY}</p>",
        f"<p>Port Ansel, {DAY}</p>",
        f"<div><span>Ada Finch</span> {DAY} | 3 min read</div>",
        f"<header><span>News</span> · {DAY}</header>",
        f'<p class="post-meta">Posted in <a>News</a> on {DAY} by Ada Finch</p>',
        f"{PROSE}<div>{DAY}</div>",
        f"<div>{DAY}{PROSE * 2}</div>",
        f"<div>Published on {DAY}, updated <time datetime=2024-05-20>20 May</time></div>",
        f"<div>Updated <time datetime=2024-05-20>20 May</time>. First published {DAY}.</div>",
    ],
)
def test_a_time_alone_in_a_line_near_the_heading_is_the_date(line: str) -> None:
    assert dates(line) == ["2024-05-14"]


@pytest.mark.parametrize(
    "line",
    [
        f"<span>Updated</span><div>{DAY}</div>",
        f"{DAY} (updated)",
        f"<p>{DAY} (updated)</p>",
        f'<div class="last-updated">{DAY}</div>',
        f"<dl><dt>Last revised</dt><dd>{DAY}</dd></dl>",
        f"<p>The mill reopens on {DAY}.</p>",
        f"<p>Am {DAY} um zehn Uhr beginnt das Fest an der Mühle.</p>",
        f"<div>Meeting on {DAY}</div>",
        f"<div class=event>{DAY}</div>",
        f'<div class="replies"><p>Good.</p>{DAY}</div>',
    ],
)
def test_a_time_of_change_or_in_a_sentence_is_no_date_of_publishing(line: str) -> None:
    assert dates(line) == []


def test_a_time_below_the_first_paragraphs_is_no_date_of_publishing() -> None:
    assert dates("", below=f"<div>{DAY}</div>") == []
    assert dates("<p>Updated <time>20 May</time></p>", below=f"<p>{DAY}</p>") == []


def test_a_byline_within_the_heading_or_in_the_body_itself_names_its_author() -> None:
    for html in ("<h1>Mill <span class=byline>Ada Finch</span></h1>",
                 "<h1>Mill</h1><span class=byline>By Ada Finch</span>"):  # fmt: skip
        tree = lxml.html.document_fromstring(f"<body>{html}{PROSE}</body>")
        heading = tree.xpath("//h1")[0]
        assert visible_authors(tree, heading, is_site, frozenset()) == ("Ada Finch",)


def test_the_lines_of_dates_are_given_with_their_labels() -> None:
    tree = lxml.html.document_fromstring(
        f"<body><article><h1>Mill</h1><p>Publisert: {DAY}</p>{PROSE}</article></body>"
    )
    assert "Publisert: 14 May" in date_lines(tree.xpath("//h1")[0])


def test_the_day_in_the_sites_header_is_not_the_articles() -> None:
    today = "<time>21 November 2026</time>"
    for top in (f"<header>{today}</header>", f'<div class="topbar">{today}</div>'):
        page = f"<div>{top}<div><h1>Mill to reopen</h1>{PROSE * 2}</div></div>"
        tree = lxml.html.document_fromstring(f"<body>{page}</body>")
        assert written_dates(tree, tree.xpath("//h1")[0]) == []
    above = f"<article><header><p>{DAY}</p><h1>Mill to reopen</h1></header>{PROSE}</article>"
    tree = lxml.html.document_fromstring(f"<body>{above}</body>")
    assert written_dates(tree, tree.xpath("//h1")[0]) == ["2024-05-14"]
