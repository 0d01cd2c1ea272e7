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
        ({"$date": "2024-05-03T08:15:00Z"}, datetime(2024, 5, 3, 8, 15, tzinfo=UTC)),
        ({"$date": {"$numberLong": "1714724100000"}}, datetime(2024, 5, 3, 8, 15, tzinfo=UTC)),
        (["2024-05-03"], date(2024, 5, 3)),
        ([[]], None),
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


@pytest.mark.parametrize(
    "markup", [f"<p>{BODY}</p>", BODY.replace("voted", '<a href="x">voted</a>')]
)
def test_a_body_with_a_single_tag_does_not_keep_it(markup: str) -> None:
    assert read_line({"title": HEADLINE, "text": markup}).text == f"{HEADLINE}\n\n{BODY}"


def test_a_standfirst_opens_the_text_unless_the_text_has_it() -> None:
    lead = "The vote was eight to one."
    assert read_line({"title": HEADLINE, "text": BODY, "abstract": lead}).text.split("\n\n") == [
        HEADLINE, lead, BODY
    ]  # fmt: skip
    twice = read_line({"title": HEADLINE, "text": f"{lead}\n\n{BODY}", "description": lead})
    assert twice.text.count(lead) == 1
    cut = read_line({"title": HEADLINE, "text": BODY, "description": f"{BODY[:40]}..."})
    assert cut.text == f"{HEADLINE}\n\n{BODY}"


def test_a_summary_is_read_only_where_there_is_no_text() -> None:
    record = {"title": HEADLINE, "summary": "Eight voted for it."}
    assert read_line(record).text == f"{HEADLINE}\n\nEight voted for it."
    assert read_line(record | {"text": BODY}).text == f"{HEADLINE}\n\n{BODY}"


def test_a_short_description_alone_is_the_text() -> None:
    record = {"headline": HEADLINE, "short_description": BODY}
    assert read_line(record).text == f"{HEADLINE}\n\n{BODY}"


@pytest.mark.parametrize("name", ["timestamp", "created_at", "crawled", "datetime", "updated_at"])
def test_a_time_that_can_be_of_the_crawl_is_no_date(name: str) -> None:
    record = {"title": HEADLINE, "text": BODY, name: "2019-04-25T01:02:03Z"}
    assert read_line(record).published is None
    dated = read_line(record | {"url": "https://example.org/2014/05/14/pool"})
    assert (dated.published, dated.published_from) == (date(2014, 5, 14), "url")


@pytest.mark.parametrize("nothing", ["nan", "NaN", "N/A", "None", "null", "-", " ", None, []])
def test_what_programs_write_for_nothing_is_no_value(nothing: object) -> None:
    article = read_line({"title": HEADLINE, "text": BODY, "author": nothing, "publisher": nothing})
    assert (article.authors, article.source) == ((), "")
    named = read_line({"text": BODY, "title": nothing, "headline": HEADLINE})
    assert named.title == HEADLINE


@pytest.mark.parametrize(
    ("stated", "authors"),
    [
        ("https://www.facebook.com/tarngazette", ()),
        (["https://example.org/ada", "Ada Finch"], ("Ada Finch",)),
        ("['Ada Finch', 'Ben Lowe']", ("Ada Finch", "Ben Lowe")),
        ('["Ada Finch"]', ("Ada Finch",)),
        ("[]", ()),
        ("[" * 1000 + "]", ()),
        ("By Ada Finch, Gazette Staff", ("Ada Finch",)),
        ("BY ADA FINCH and Ben Lowe", ("ADA FINCH", "Ben Lowe")),
        ("Gazette Staff", ("Gazette Staff",)),
        ({"original": "By Ada Finch"}, ("Ada Finch",)),
        ("Se&aacute;n O&#8217;Hara", ("Seán O’Hara",)),
    ],
)
def test_authors_are_people_however_they_are_listed(stated: Any, authors: tuple[str, ...]) -> None:
    assert read_line({"title": HEADLINE, "text": BODY, "author": stated}).authors == authors


def test_entities_in_title_and_text_are_characters() -> None:
    article = read_line(
        {"title": "Tom &amp; Ada&#8217;s pool", "text": f"{BODY} Fish &amp; chips."}
    )
    assert article.title == "Tom & Ada’s pool"
    assert article.text.endswith("Fish & chips.")
    assert (
        read_line({"title": "R&D costs &copy2 more", "text": BODY}).title == "R&D costs &copy2 more"
    )


def test_fields_within_fields_are_read() -> None:
    guardian = read_line(
        {"id": "x", "webTitle": "T", "webPublicationDate": "2024-05-03T10:15:00Z",
         "webUrl": "https://example.org/a",
         "fields": {"headline": HEADLINE, "bodyText": BODY, "byline": "Ada Finch"}}
    )  # fmt: skip
    assert (guardian.title, guardian.text) == (HEADLINE, f"{HEADLINE}\n\n{BODY}")
    assert guardian.published == datetime(2024, 5, 3, 10, 15, tzinfo=UTC)
    assert guardian.authors == ("Ada Finch",)
    blog = read_line({"title": {"rendered": HEADLINE}, "content": {"rendered": f"<p>{BODY}</p>"}})
    assert blog.text == guardian.text
    hit = read_line({"_id": 1, "_source": {"headline": {"main": HEADLINE}, "body": BODY}})
    assert (hit.title, hit.source) == (HEADLINE, "")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"no json", "^not JSON: Expecting value at column 1$"),
        (b'{"a": 1} {"text": "x"}', "^not JSON: Extra data at column 10$"),
        (b'{"text":\n "cut', "not JSON: .* at line 2, column 2$"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
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
