"""What markup hides is told from what it only moves or names so."""

from __future__ import annotations

import lxml.html
import pytest

from rag.html_visible import is_beside, is_hidden


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
