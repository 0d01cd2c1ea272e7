"""What markup hides is told from what it only moves or names so."""

from __future__ import annotations

import lxml.html
import pytest

from rag.html_visible import is_beside, is_hidden, shown_names, unfold


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden",
        'aria-hidden="true"',
        'style="display: none"',
        'style="position:absolute; left:-9999px"',
        'style="text-indent: -999em"',
        'style="clip: rect(0 0 0 0)"',
        'class="u-visually-hidden"',
        'class="lead sr-only"',
        'class="screen-reader-text"',
        'class="off-screen"',
    ],
)
def test_it_is_hidden(attributes: str) -> None:
    assert is_hidden(lxml.html.fragment_fromstring(f"<p {attributes}>Words</p>"))


@pytest.mark.parametrize(
    "attributes",
    [
        'aria-hidden="false"',
        'style="display: block"',
        'style="margin-left: -1000px"',
        'style="left: -20px"',
        'style="font-size: 0.9em"',
        'class="hidden-gems"',
        'class="offscreens"',
    ],
)
def test_it_is_shown(attributes: str) -> None:
    assert not is_hidden(lxml.html.fragment_fromstring(f"<p {attributes}>Words</p>"))


def test_what_holds_the_heading_is_not_beside_the_article() -> None:
    tree = lxml.html.document_fromstring(
        "<body><form><h1>Mill</h1><p id=a>Text</p><aside><p id=b>Other</p></aside></form></body>"
    )
    heading = tree.xpath("//h1")[0]
    assert not is_beside(tree.get_element_by_id("a"), heading)
    assert is_beside(tree.get_element_by_id("b"), heading)


def unfolded(html: str) -> str:
    tree = lxml.html.document_fromstring(f"<body>{html}</body>")
    unfold(tree)
    return lxml.html.tostring(tree.body, encoding="unicode")


def test_a_table_for_layout_becomes_blocks_and_its_menu_navigation() -> None:
    menu = '<td><a href="/">Front page</a><br><a href="/s">Sport</a></td>'
    html = unfolded(f"<table><tr>{menu}<td><h1>Mill to reopen</h1><p>Text</p></td></tr></table>")
    assert "<nav><a" in html
    assert "<div><h1>Mill to reopen</h1><p>Text</p></div>" in html
    assert "table" not in html and "<td>" not in html
    assert "table" not in unfolded("<table><tr><td>One</td></tr><tr><td>Two</td></tr></table>")


@pytest.mark.parametrize("cell", ["400", "<p>400</p>"])
def test_a_table_of_values_stays_a_table(cell: str) -> None:
    html = unfolded(f"<table><tr><td>2022</td><td>{cell}</td></tr></table>")
    assert "<td>2022</td>" in html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/">Harwick Courier</a>', "Harwick Courier"),
        ('<a href="https://harwick.example/"><img alt="Harwick Courier"></a>', "Harwick Courier"),
        ('<div id="logo"><img src="/l.png" alt="Harwick Courier"></div>', "Harwick Courier"),
        ("<header><span>Harwick Courier</span></header>", "Harwick Courier"),
        ("<footer>© 2024 Harwick Courier</footer>", "© 2024 Harwick Courier"),
        ('<a href="/local">Local news</a>', None),
        ('<header><nav><a href="/local">Local news</a></nav></header>', None),
        ('<a href="#top">Top</a>', None),
        ("<p>Harwick Courier</p>", None),
    ],
)
def test_a_sites_name_is_shown_in_its_logo_header_home_link_and_copyright(
    html: str, expected: str | None
) -> None:
    names = shown_names(lxml.html.document_fromstring(f"<body>{html}</body>"))
    assert set(names) == ({expected} if expected else set())
