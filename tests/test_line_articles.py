"""A line of a .jsonl file is an article, whatever its fields are called."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from rag.articles import read_article
from rag.errors import ArticleUnreadable
from rag.records import Article, Published
from tests.reading import BODY, HEADLINE, PARAGRAPHS


def read_line(record: Any, path: str = "wire.jsonl") -> Article:
    raw = record if isinstance(record, bytes) else json.dumps(record).encode()
    return read_article(f"{path}#7", raw, path=path)


@pytest.mark.parametrize(
    "record",
    [
        {"title": HEADLINE, "text": BODY, "source": "Tarn Gazette", "authors": ["Ada Finch"],
         "published": "2024-05-03", "url": "https://example.org/a", "language": "en"},
        {"headline": HEADLINE, "body": BODY, "publisher": {"name": "Tarn Gazette"},
         "author": "By Ada Finch", "published_at": "2024-05-03", "link": "https://example.org/a",
         "lang": "en-GB"},
        {"Title": HEADLINE, "maintext": BODY, "siteName": "Tarn Gazette",
         "author": [{"name": "Ada Finch"}], "date_publish": "3 May 2024",
         "canonical_url": "https://example.org/a", "inLanguage": "English"},
        {"name": HEADLINE, "articleBody": [BODY], "outlet": ["Tarn Gazette"],
         "byline": "Ada Finch", "pubDate": "Fri, 3 May 2024", "webUrl": "https://example.org/a",
         "language": "eng"},
    ],
)  # fmt: skip
def test_the_usual_field_names_are_understood(record: dict[str, Any]) -> None:
    article = read_line(record)
    assert article.text == f"{HEADLINE}\n\n{BODY}"
    assert (article.title, article.source, article.authors) == (
        HEADLINE, "Tarn Gazette", ("Ada Finch",)
    )  # fmt: skip
    assert (article.published, article.url, article.language) == (
        date(2024, 5, 3), "https://example.org/a", "en"
    )  # fmt: skip
    places = {article.title_from, article.source_from, article.authors_from,
              article.published_from, article.url_from}  # fmt: skip
    assert places == {"record field"}
    assert (article.id, article.path) == ("wire.jsonl#7", "wire.jsonl")


@pytest.mark.parametrize(
    ("value", "published"),
    [
        ("2024-05-03T10:15:00+02:00",
         datetime(2024, 5, 3, 10, 15, tzinfo=timezone(timedelta(hours=2)))),
        (1714724100, datetime(2024, 5, 3, 8, 15, tzinfo=UTC)),
        (1714724100000, datetime(2024, 5, 3, 8, 15, tzinfo=UTC)),
        ("1714724100", datetime(2024, 5, 3, 8, 15, tzinfo=UTC)),
        (2024, None),
        (20240503, None),
        ("03/04/2024", None),
        ("yesterday", None),
        (True, None),
        ([], None),
        ({"iso": "2024-05-03"}, None),
        (1e300, None),
    ],
)  # fmt: skip
def test_a_date_is_taken_only_where_it_is_certain(value: Any, published: Published) -> None:
    article = read_line({"title": HEADLINE, "text": BODY, "published": value})
    assert article.published == published
    assert article.published_from == ("record field" if published else "")


def test_the_day_in_the_name_of_a_collection_is_no_articles_day() -> None:
    article = read_line({"title": HEADLINE, "text": BODY}, path="export-2024-05-03.jsonl")
    assert article.published is None


def test_a_body_of_markup_is_read_as_a_page() -> None:
    markup = "".join(f"<p>{each} <b>More</b></p>" for each in PARAGRAPHS)
    article = read_line({"title": HEADLINE, "content": f"<div>{markup}</div>"})
    assert "<" not in article.text
    assert PARAGRAPHS[1] in article.text


def test_a_summary_opens_the_text_unless_the_text_has_it() -> None:
    lead = "The vote was eight to one."
    assert read_line({"title": HEADLINE, "text": BODY, "summary": lead}).text.split("\n\n") == [
        HEADLINE, lead, BODY
    ]  # fmt: skip
    twice = read_line({"title": HEADLINE, "text": f"{lead}\n\n{BODY}", "description": lead})
    assert twice.text.count(lead) == 1


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"no json", "not JSON"),
        (b'{"text": "cut', "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"[" * 100_000, "nested too deeply"),
        ({"title": HEADLINE}, "no text"),
        ({"text": 12}, "no text"),
        ({"text": None, "other": BODY}, "no text"),
        ({}, "no text"),
    ],
)
def test_a_line_that_is_no_article_is_reported_with_the_reason(record: Any, reason: str) -> None:
    with pytest.raises(ArticleUnreadable, match=reason):
        read_line(record)
