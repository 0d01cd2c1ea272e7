"""What a page's markup states is found, and nothing else is taken for it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.reading import JSON_LD, PARAGRAPHS, body, page, read


def test_a_page_gives_its_article_and_what_its_json_ld_says() -> None:
    article = read("a.html", page(JSON_LD))
    assert article.title == "Bridge & road close"
    assert article.source == "Tarn Gazette"
    assert article.authors == ("Ada Finch", "Ben Lowe")
    assert article.published == datetime(2024, 5, 3, 8, 15, tzinfo=UTC)
    assert article.published_from == article.source_from == "meta tag"
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
