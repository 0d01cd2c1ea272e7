"""What an article says about itself is found where it says so, and nothing is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.metadata import (
    Metadata,
    date_in_name,
    date_in_url,
    from_front_matter,
    guess_language,
    opening_words,
    parse_date,
    read_credits,
    read_header,
    read_top,
    split_names,
)

BODY = "The council voted eight to one on Thursday to keep the library open until the spring."


def top(*lines: str) -> tuple[Metadata, list[str]]:
    return read_top(lines, Metadata())


def hours(count: int) -> timezone:
    return timezone(timedelta(hours=count))


# --- dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-11-27", date(2023, 11, 27)),
        ("2023/11/27", date(2023, 11, 27)),
        ("20231127", date(2023, 11, 27)),
        ("27 November 2023", date(2023, 11, 27)),
        ("27th of November, 2023", date(2023, 11, 27)),
        ("Nov 27, 2023", date(2023, 11, 27)),
        ("Nov. 27 2023", date(2023, 11, 27)),
        ("Monday, November 27th, 2023", date(2023, 11, 27)),
        ("27.11.2023", date(2023, 11, 27)),
        ("27. November 2023, 10:15 Uhr", date(2023, 11, 27)),
        ("27 de noviembre de 2023", date(2023, 11, 27)),
        ("27 ноября 2023", date(2023, 11, 27)),
        ("2023年11月27日", date(2023, 11, 27)),
        ("27/11/2023", date(2023, 11, 27)),
        ("11/27/2023", date(2023, 11, 27)),
        ("2023-11-27T08:45:59", date(2023, 11, 27)),
        ("Nov 27, 2023 at 8:45 am IST", date(2023, 11, 27)),
        ("Nov 27, 2023 | 4 min read", date(2023, 11, 27)),
        ("Nov 27, 2023 (updated Nov 28, 2023)", date(2023, 11, 27)),
    ],
)
def test_a_day_is_read_in_every_common_form(written: str, meant: date) -> None:
    assert parse_date(written) == meant
    assert not isinstance(parse_date(written), datetime)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-11-27 08:45:59.000000000Z", datetime(2023, 11, 27, 8, 45, 59, tzinfo=UTC)),
        ("2023-11-27T08:45:59.25+01:00", datetime(2023, 11, 27, 8, 45, 59, 250000, hours(1))),
        ("Mon, 27 Nov 2023 08:45:59 -0500", datetime(2023, 11, 27, 8, 45, 59, tzinfo=hours(-5))),
        ("Mon, 27 Nov 2023 08:45:59 GMT", datetime(2023, 11, 27, 8, 45, 59, tzinfo=UTC)),
        ("November 27, 2023, 8:45 p.m. EST", datetime(2023, 11, 27, 20, 45, tzinfo=hours(-5))),
        ("Nov 27, 2023 12:05 AM UTC", datetime(2023, 11, 27, 0, 5, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_zone_is_a_moment(written: str, meant: datetime) -> None:
    found = parse_date(written)
    assert found == meant
    assert isinstance(found, datetime)
    assert found.utcoffset() == meant.utcoffset()


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2023",
        "August 30",
        "2023",
        "November 2023",
        "2023-13-01",
        "30 February 2023",
        "yesterday",
        "3 hours ago",
        "27 Nov 23",
        "The storm of 27 November 2023 was long",
        "27 November 2023 was a long day",
        "",
    ],
)
def test_what_is_no_certain_date_is_none(written: str) -> None:
    assert parse_date(written) is None


@given(st.datetimes(datetime(1700, 1, 1), datetime(2099, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_every_iso_moment_comes_back(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(zoned.isoformat()) == zoned


@given(st.text(max_size=60))
def test_no_text_upsets_the_reading_of_dates(text: str) -> None:
    parse_date(text)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("2025-11-04-bridge.txt", date(2025, 11, 4)),
        ("news/bridge_20251104.html", date(2025, 11, 4)),
        ("000_405736ee3c53edfd.txt", None),
        ("2025-11-04-to-2025-11-09.txt", None),
        ("20251304.txt", None),
        ("2025.txt", None),
        ("2025-11-04/bridge.txt", None),
    ],
)
def test_a_file_name_dates_an_article_only_if_it_bears_one_day(
    name: str, meant: date | None
) -> None:
    assert date_in_name(name) == meant


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://example.org/2023/09/19/bridge", date(2023, 9, 19)),
        ("https://example.org/world/2023/sep/19/bridge", date(2023, 9, 19)),
        ("https://example.org/2023-09-19-bridge", date(2023, 9, 19)),
        ("https://example.org/2023/09/bridge", None),
        ("https://example.org/99999/2023/19/45", None),
        ("/gc4/images/2023/09/19/44025.webp", None),
    ],
)
def test_an_address_dates_an_article_by_the_day_in_its_path(url: str, meant: date | None) -> None:
    assert date_in_url(url) == meant


# --- header lines ----------------------------------------------------------------------------


def test_header_lines_below_the_title_are_read_and_removed() -> None:
    known, rest = read_header(
        [
            "Library stays open, council says.",
            "Source: The Tarn Gazette",
            "Author: Ada Finch, Ben Lowe and Cora Vale",
            "Published: 2023-11-27 08:45:59.000000000Z",
            "Category: local",
            "URL: https://example.org/library",
            "",
            "Date: Sunday, Dec. 10 | Time: 8 p.m.",
        ]
    )
    assert known.title == "Library stays open, council says."  # a headline by where it stands
    assert (known.source, known.source_from) == ("The Tarn Gazette", "header line")
    assert known.authors == ("Ada Finch", "Ben Lowe", "Cora Vale")
    assert known.published == datetime(2023, 11, 27, 8, 45, 59, tzinfo=UTC)
    assert known.url == "https://example.org/library"
    assert [line for line in rest if line] == ["Date: Sunday, Dec. 10 | Time: 8 p.m."]


def test_header_lines_at_the_top_may_name_the_title() -> None:
    known, rest = read_header(["Title: Library stays open", "**Date:** 3 May 2024", "", BODY])
    assert (known.title, known.title_from) == ("Library stays open", "header line")
    assert known.published == date(2024, 5, 3)
    assert [line for line in rest if line] == [BODY]


def test_a_headline_that_begins_like_a_header_line_stays_the_headline() -> None:
    known, _ = read_header(["Source: Club to sign striker", "Source: Tarn Gazette", "", BODY])
    assert (known.title, known.source) == ("Source: Club to sign striker", "Tarn Gazette")


@pytest.mark.parametrize("line", ["Source: a spokesman for the mayor", "By: the river it stood"])
def test_running_text_is_not_taken_for_header_lines(line: str) -> None:
    lines = [BODY, BODY, BODY, BODY, line, BODY]
    assert read_header(lines) == (Metadata(), lines)


def test_front_matter_of_odd_types_is_read_or_passed_over() -> None:
    known = from_front_matter(
        {"title": 1984, "author": [{"name": "Ada Finch"}, 7], "date": date(2024, 5, 3), 3: "x",
         "source": None, "url": "javascript:alert(1)", "language": ["en"]}
    )  # fmt: skip
    assert (known.title, known.authors) == ("1984", ("Ada Finch", "7"))
    assert (known.published, known.source, known.url) == (date(2024, 5, 3), "", "")
    assert from_front_matter({"date": datetime(2024, 5, 3, 10)}).published == date(2024, 5, 3)


# --- title -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headline",
    [
        "Library stays open until the spring",
        "Vote 'a good day for readers,' mayor says",
        "Can the library stay open?",
        "Library is 'here to stay'",
        "Valley court rules against U.S.",
    ],
)
def test_the_first_headline_is_the_title(headline: str) -> None:
    known, body = top(headline, BODY)
    assert (known.title, known.title_from, body) == (headline, "first line", [BODY])


@pytest.mark.parametrize("label", ["Security", "WORLD", "Local news", "Tarn Valley", "Opinion |"])
def test_a_section_label_is_not_the_title(label: str) -> None:
    known, body = top(label, "Library stays open until the spring", BODY)
    assert (known.title, body) == ("Library stays open until the spring", [BODY])


def test_a_short_headline_is_a_title_where_no_other_is_there() -> None:
    assert top("Business", "Markets rally", BODY)[0].title == "Markets rally"


def test_an_article_without_headline_is_named_by_its_opening_words() -> None:
    known, body = top(BODY, "It was close.")
    assert known.title_from == "opening words"
    assert (
        known.title
        == "The council voted eight to one on Thursday to keep the library open until the…"
    )
    assert body == [BODY, "It was close."]


@given(st.text(max_size=300).filter(str.strip))
def test_opening_words_are_at_most_eighty_characters(text: str) -> None:
    words = opening_words(text)
    assert len(words) <= 80
    assert " ".join(text.split()).startswith(words.removesuffix("…"))


def test_a_sentence_above_a_byline_is_a_headline() -> None:
    known, body = top("We saved the library. Here is how.", "By Ada Finch", BODY)
    assert (known.title, body) == ("We saved the library. Here is how.", [BODY])


# --- byline, dateline, credit ----------------------------------------------------------------

HEADLINE = "Library stays open until the spring"


@pytest.mark.parametrize(
    ("line", "authors", "source", "published"),
    [
        ("By Ada Finch, Ben Lowe and Cora Vale", ("Ada Finch", "Ben Lowe", "Cora Vale"), "", None),
        ("BY ADA FINCH", ("ADA FINCH",), "", None),
        ("By Ada Finch, Staff Writer", ("Ada Finch",), "", None),
        ("By Ada Finch in Port Ellis", ("Ada Finch",), "", None),
        ("By Ada Finch for The Tarn Gazette", ("Ada Finch",), "The Tarn Gazette", None),
        ("By Ada Finch, Associated Press", ("Ada Finch",), "Associated Press", None),
        ("By Ada van der Finch | May 3, 2024", ("Ada van der Finch",), "", date(2024, 5, 3)),
        ("By Ada Finch Published May 3, 2024", ("Ada Finch",), "", date(2024, 5, 3)),
        ("By Mundo and AFP |", (), "Mundo and AFP", None),
        ("By Reuters Staff", (), "Reuters Staff", None),
        ("Von Ada Finch", ("Ada Finch",), "", None),
    ],
)
def test_a_byline_names_people_or_agencies_and_is_not_text(
    line: str, authors: tuple[str, ...], source: str, published: date | None
) -> None:
    known, body = top(HEADLINE, line, BODY)
    assert (known.authors, known.source, known.published) == (authors, source, published)
    assert body == [BODY]


@pytest.mark.parametrize(
    "line",
    [
        "By Friday the roads were clear again, the council said.",
        "By noon, all was over",
        "By the River Tarn",
    ],
)
def test_a_line_that_only_begins_with_by_is_text(line: str) -> None:
    known, body = top(HEADLINE, BODY, line)
    assert (known.authors, known.source) == ((), "")
    assert body == [BODY, line]


@pytest.mark.parametrize(
    ("start", "source", "published"),
    [
        ("WASHINGTON (Reuters) –", "Reuters", None),
        ("PORT ELLIS, 3 May (Agency) -", "Agency", None),
        ("PORT ELLIS, May 3, 2024 (AFP) —", "AFP", date(2024, 5, 3)),
        ("KYIV, Ukraine (AP) --", "AP", None),
        ("Seoul (Yonhap) -", "Yonhap", None),
        ("MOSCOW --", "", None),
        ("The mayor (Greens) -", "", None),
    ],
)
def test_a_dateline_gives_the_agency_and_a_whole_date_and_stays(
    start: str, source: str, published: date | None
) -> None:
    known, body = top(HEADLINE, f"{start} {BODY}")
    assert (known.source, known.published) == (source, published)
    assert known.source_from == ("dateline" if source else "")
    assert body == [f"{start} {BODY}"]


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("May 3, 2024", date(2024, 5, 3)),
        ("Published on 3 May 2024", date(2024, 5, 3)),
        ("Last updated: May 3, 2024", None),
    ],
)
def test_a_date_line_is_not_text_and_dates_unless_it_is_of_an_update(
    line: str, published: date | None
) -> None:
    known, body = top(HEADLINE, line, BODY)
    assert (known.published, body) == (published, [BODY])


def test_a_column_of_dates_dates_nothing() -> None:
    known, _ = top("Notices of the year", "01/13/2024", "01/14/2024", "01/15/2024", BODY)
    assert known.published is None


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        (["Source: kurier"], "kurier"),
        (["FOUNTAIN: Tarn Press"], "Tarn Press"),
        (["Quelle: dpa"], "dpa"),
        (["Source: https://www.example.org/a"], "example.org"),
        (["Source: kurier", "I am Ben Lowe, a journalist for Tarn Times."],
         "kurier, by way of Tarn Times"),
        (["Welcome to Tarn24, your number one source for news."], "Tarn24"),
        (["This article was first published by the Tarn Gazette."], "the Tarn Gazette"),
        (["© 2024 Tarn Gazette. All rights reserved."], "Tarn Gazette"),
        (["(Reporting by Ada Finch; editing by Ben Lowe)"], ""),
    ],
)  # fmt: skip
def test_credits_below_an_article_name_its_source(lines: list[str], source: str) -> None:
    known = read_credits(lines)
    assert known.source == source
    assert known.source_from == ("credit line" if source else "")


def test_names_in_a_row_are_told_apart_and_titles_stay_with_them() -> None:
    assert split_names("Ada Finch, Ben Lowe, Jr., and Cora Vale & Ada Finch") == (
        "Ada Finch",
        "Ben Lowe, Jr.",
        "Cora Vale",
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (BODY + " It is the first of the votes that the town had asked for.", "en"),
        ("Der Rat hat mit acht zu einer Stimme für die Bücherei gestimmt, die nicht auf dem "
         "Markt, sondern an der Brücke steht und von den Bürgern sehr geliebt wird.", "de"),
        ("Tarn 3, Ellis 2", ""),
    ],
)  # fmt: skip
def test_the_language_is_told_from_its_small_words(text: str, language: str) -> None:
    assert guess_language(text) == language
