"""What a page's markup states is found, and nothing else is taken for it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.reading import JSON_LD, PARAGRAPHS, body, page, read


def test_a_page_gives_its_article_and_what_its_json_ld_says() -> None:
    article = read("a.html", page(JSON_LD))
    assert article.title == "Bridge & road close"
    assert article.source == "Tarn Gazette"
    assert article.authors == ("Ada Finch", "Ben Lowe")
    assert article.published == datetime(2024, 5, 3, 8, 15, tzinfo=UTC)
    assert article.published_from == article.source_from == "JSON-LD"
    assert article.language == "en"
    assert body(article) == PARAGRAPHS


def test_a_page_without_a_stated_date_is_undated() -> None:
    assert read("a.html", page()).published is None


def test_a_visible_time_is_the_date_and_not_part_of_the_text() -> None:
    article = read("a.html", page(extra='<time datetime="2024-05-03">3 May</time>'))
    assert article.published == date(2024, 5, 3)
    assert body(article) == PARAGRAPHS


def test_half_a_surrogate_pair_in_a_title_does_no_harm() -> None:
    article = read("a.html", page(JSON_LD.replace("Bridge &amp;", "Bridge \\ud83d &amp;")))
    assert article.title == "Bridge & road close"


META = """<meta property="og:title" content="Bridge &amp;amp; road close - Tarn Gazette">
<meta property="og:site_name" content="Tarn Gazette"><meta name="author" content="By Ada Finch">
<meta property="article:published_time" content="2024-05-03T10:15:00+02:00">
<meta property="og:url" content="https://tarn.example/bridge">"""


def test_each_value_says_where_on_the_page_it_stands() -> None:
    article = read("a.html", page(META))
    assert (article.title, article.title_from) == ("Bridge & road close", "meta tag")
    assert (article.source, article.source_from) == ("Tarn Gazette", "meta tag")
    assert (article.authors, article.authors_from) == (("Ada Finch",), "meta tag")
    assert (article.url, article.url_from) == ("https://tarn.example/bridge", "meta tag")
    assert (article.language, article.language_from) == ("en", "page element")
    plain = read("a.html", page('<link rel="canonical" href="https://tarn.example/b">'))
    assert (plain.title, plain.title_from) == ("Bridge & road close", "page heading")
    assert (plain.source, plain.source_from) == ("Gazette", "page title")
    assert (plain.url, plain.url_from) == ("https://tarn.example/b", "page element")
    dated = read(
        "a.html",
        page(extra='<p class="byline">By Ada Finch</p><time datetime="2024-05-03">Fri</time>'),
    )
    assert (dated.authors, dated.authors_from) == (("Ada Finch",), "page element")
    assert dated.published_from == "page element"


def test_a_canonical_link_to_the_whole_site_is_not_the_articles_address() -> None:
    article = read("a.html", page(f'{META}<link rel="canonical" href="https://tarn.example/">'))
    assert article.url == "https://tarn.example/bridge"


def test_a_part_of_the_site_in_the_page_title_is_not_its_source() -> None:
    html = page().replace("| Gazette", "| News")
    assert read("a.html", html).source == ""


def test_an_organisation_is_no_author_and_the_source_where_none_is_stated() -> None:
    house = JSON_LD.replace('[{"@type": "Person", "name": "Ada Finch"}, {"name": "Ben Lowe"}]',
                            '{"@type": "NewsMediaOrganization", "name": "Halvern Press"}')  # fmt: skip
    article = read("a.html", page(house))
    assert (article.authors, article.source) == ((), "Tarn Gazette")
    alone = house.replace('"name": "Tarn Gazette"', '"name": ""')
    article = read("a.html", page(alone).replace(" | Gazette</title>", "</title>"))
    assert (article.source, article.source_from) == ("Halvern Press", "JSON-LD")


@pytest.mark.parametrize(
    "extra",
    [
        '<time datetime="2024-05-09" itemprop="dateModified">9 May</time>',
        '<p>Updated: <time datetime="2024-05-09">9 May</time></p>',
        '<p class="aktualisiert"><span>Aktualisiert am </span><time datetime="2024-05-09">9.5.</time></p>',
        '<aside><time datetime="2024-05-09">9 May</time></aside>',
        '<article><h2>Fair</h2><time datetime="2024-05-09">9 May</time></article>',
    ],
)
def test_a_date_of_change_or_of_something_else_is_not_that_of_publishing(extra: str) -> None:
    assert read("a.html", page(extra=extra)).published is None
    after = f'{extra}<p><time datetime="2024-05-03">3 May</time></p>'
    assert read("a.html", page(extra=after)).published == date(2024, 5, 3)


def test_a_date_that_moves_with_each_change_yields_to_the_earlier_one() -> None:
    moved = JSON_LD.replace(
        '"datePublished": "2024-05-03T10:15:00+02:00"',
        '"datePublished": "2024-05-09T08:00:00+02:00", "dateModified": "2024-05-09T08:00:00+02:00"',
    )
    article = read("a.html", page(moved + META))
    assert article.published == datetime(2024, 5, 3, 8, 15, tzinfo=UTC)
    assert article.published_from == "meta tag"
    # The only date there is stands, though the page was not changed after it.
    assert read("a.html", page(moved)).published == datetime(2024, 5, 9, 6, tzinfo=UTC)


def test_the_day_nought_of_computers_is_no_date() -> None:
    for nought in ("1970-01-01T00:00:00Z", "1970-01-01"):
        unset = JSON_LD.replace("2024-05-03T10:15:00+02:00", nought)
        assert read("a.html", page(unset)).published is None
    assert read("a.html", page(unset + META)).published == datetime(2024, 5, 3, 8, 15, tzinfo=UTC)


def test_a_visible_date_stands_against_a_time_in_the_text() -> None:
    html = page(extra="<p>3 May 2024</p>").replace(
        "</article>",
        '<p>The bridge opens on <time datetime="2024-06-30">30 June</time>.</p></article>',
    )
    article = read("a.html", html)
    assert article.published == date(2024, 5, 3)
    assert body(article) == [*PARAGRAPHS, "The bridge opens on 30 June."]


@pytest.mark.parametrize("beside", ["Local news", "Page 2", "video"])
def test_what_stands_beside_the_headline_is_a_source_only_where_the_page_says_so(
    beside: str,
) -> None:
    assert read("a.html", page().replace("| Gazette", f"| {beside}")).source == ""
    assert read("a.html", page().replace("2021 Tarn Gazette", "2021")).source == ""


def test_the_paper_itself_is_no_author() -> None:
    html = page('<meta name="author" content="Tarn Gazette">').replace(
        "| Gazette", "| Tarn Gazette"
    )
    article = read("a.html", html)
    assert (article.authors, article.source) == ((), "Tarn Gazette")
