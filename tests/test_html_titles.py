"""A page's title is its headline, without its site's name and without what it does not show."""

from __future__ import annotations

import lxml.html
import pytest

from rag.html_titles import Stated, choose_title, site_in_title, visible_heading, without_site


def title(body: str, site: tuple[str, ...] = (), **stated: str) -> tuple[str, str]:
    tree = lxml.html.document_fromstring(f"<body>{body}</body>")
    named = Stated(**stated)
    names = [name for name in (named.social, named.card, named.page) if name]
    return choose_title(named, visible_heading(tree, names), site)


@pytest.mark.parametrize(
    ("full", "site"),
    [
        ("Mill to reopen | Tarn Gazette", ()),
        ("Mill to reopen | Local | Tarn Gazette", ("Tarn Gazette",)),
        ("Mill to reopen - Tarn Gazette", ("tarn gazette",)),
        ("Mill to reopen – tarn-gazette.example – 3 May", ("tarn-gazette.example",)),
        ("Tarn Gazette: Local - Mill to reopen", ()),
        ("Tarn Gazette | Mill to reopen", ("Tarn Gazette",)),
        ("Mill to reopen｜Tarn", ()),
    ],
)
def test_a_sites_name_is_taken_off_a_title(full: str, site: tuple[str, ...]) -> None:
    heading = "<h1>Mill to reopen</h1>" if full.startswith("Tarn Gazette: ") else ""
    assert title(heading, site, social=full)[0] == "Mill to reopen"


@pytest.mark.parametrize(
    "full",
    [
        "Opinion | Why the mill should reopen",
        "Mill to reopen - but not before the spring",
        "Mill to reopen | The council voted eight to one on Thursday to pay for it",
    ],
)
def test_a_headline_of_two_parts_stays_whole(full: str) -> None:
    assert without_site(full, frozenset(), []) == full


def test_a_heading_with_a_dash_stays_whole_though_a_card_has_its_first_half() -> None:
    whole = "Mill to reopen - but not before the spring"
    assert title(f"<h1>{whole}</h1>", social=whole, card="Mill to reopen")[0] == whole


def test_the_json_ld_headline_comes_first() -> None:
    assert title("<h1>You will not believe this mill</h1>", json_ld="Mill to reopen",
                 social="Old mill opens again", page="Mill reopens in May") == ("Mill to reopen", "JSON-LD")  # fmt: skip


def test_where_json_ld_repeats_the_page_title_the_shown_headline_wins() -> None:
    found = title("<h1>Old mill opens again</h1>", json_ld="Tarn mill news: reopening",
                  social="Old mill opens again", page="Tarn mill news: reopening | Gazette")  # fmt: skip
    assert found == ("Old mill opens again", "meta tag")


def test_a_heading_in_a_breadcrumb_is_not_the_one_its_reader_sees() -> None:
    body = """<nav class="breadcrumb"><ol><li><h1>Tarn mill news: reopening</h1></li></ol></nav>
    <article><h2><em class="kicker">Economy</em> Old mill opens again</h2></article>"""
    found = title(body, json_ld="Tarn mill news: reopening", social="Old mill opens again",
                  page="Tarn mill news: reopening")  # fmt: skip
    assert found[0] == "Old mill opens again"


def test_a_hidden_heading_and_a_logo_are_not_the_heading() -> None:
    body = """<h1 class="logo">Tarn Gazette</h1><h1 class="visually-hidden">News</h1>
    <h1>Mill to reopen</h1>"""
    assert title(body, page="Mill to reopen | Tarn Gazette") == ("Mill to reopen", "page heading")


def test_a_kicker_in_the_heading_is_no_part_of_the_title() -> None:
    heading = '<h1><span class="overline">Local economy</span> Mill to reopen</h1>'
    assert title(heading)[0] == "Mill to reopen"
    assert title(heading, social="Tarn: Mill to reopen") == ("Mill to reopen", "page heading")
    whole = "Local economy: Mill to reopen"
    assert title(heading, social=whole) == (whole, "meta tag")


def test_a_headline_cut_short_is_given_in_full() -> None:
    assert title("<h1>Mill to reopen in the spring</h1>", json_ld="Mill to reopen in…") == (
        "Mill to reopen in the spring",
        "page heading",
    )


def test_a_stated_title_that_shares_no_word_with_the_page_is_not_its_title() -> None:
    assert title("<h1>Mill to reopen</h1>", json_ld="Hydropower", page="Mill to reopen") == (
        "Mill to reopen",
        "page heading",
    )


def test_without_a_heading_the_page_title_is_the_title() -> None:
    assert title("<p>Text</p>", page="Mill to reopen | Gazette") == ("Mill to reopen", "page title")


@pytest.mark.parametrize(
    ("page", "named", "site"),
    [
        ("Mill to reopen - Radio Tarn", "Home of Radio Tarn", "Radio Tarn"),
        ("Mill to reopen | Local | Tarn Gazette", "© 2024 Tarn Gazette", "Tarn Gazette"),
        ("Tarn Gazette | Mill to reopen", "Tarn Gazette", "Tarn Gazette"),
        ("Mill to reopen - Tarn - Local", "tarn", "Tarn"),
        ("Mill to reopen", "", ""),
        ("Mill to reopen | Local news", "Tarn Gazette", ""),
        ("Mill to reopen - Page 2", "Tarn Gazette", ""),
        ("Mill to reopen - Video", "Tarn Video Gazette", ""),
        ("Watch - Mill to reopen", "Tarn Gazette", ""),
        ("Mill to reopen - 3 May 2024", "", ""),
        ("Harvest fair - Radio Tarn", "Radio Tarn", ""),
        ("Mill to reopen - a long wait for the people of Tarn is over", "Tarn", ""),
    ],
)
def test_a_sites_name_stands_beside_the_headline(page: str, named: str, site: str) -> None:
    assert site_in_title(page, ["Mill to reopen"], [named]) == site


def test_a_heading_that_is_the_papers_name_is_not_the_headline() -> None:
    for name in ('<a href="/">Mill Courier</a>', "Mill Courier"):
        body = f"<h1>{name}</h1><h2>Old mill to reopen in the spring</h2><p>Text</p>"
        found = title(body, page="Old mill to reopen in the spring")
        assert found == ("Old mill to reopen in the spring", "page heading")
        tree = lxml.html.document_fromstring(f"<body>{body}</body>")
        heading = visible_heading(tree, ["Old mill to reopen in the spring"])
        assert heading is not None and heading.element.tag == "h2"


def test_a_second_level_heading_without_its_kicker_is_the_headline() -> None:
    body = "<article><header><h2>Mühle öffnet wieder</h2></header><p>Text</p></article>"
    found = title(body, ("Tarner Tagblatt",), page="Lokales: Mühle öffnet wieder - Tarner Tagblatt")
    assert found[0] == "Mühle öffnet wieder"


@pytest.mark.parametrize(
    "writer", ['<span class="byline">Ada Finch</span>', "<br><small>By Ada Finch</small>"]
)
def test_the_writer_in_the_heading_is_no_part_of_the_title(writer: str) -> None:
    found = title(f"<h1>Mill must reopen {writer}</h1>", page="Mill must reopen | Ada Finch")
    assert found[0] == "Mill must reopen"
