"""Records in the words people read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rag.records import (
    Answer,
    Article,
    BuildReport,
    Changes,
    Chunk,
    Citation,
    Failure,
    Filters,
    Missing,
    Published,
    Understood,
    UnderstoodPeriod,
)
from rag.wording import (
    absent_line,
    as_of_line,
    changes_line,
    day,
    excerpt,
    filters_line,
    iso_day,
    missing_line,
    moment,
    period_words,
    report_line,
    source_line,
    understood_lines,
    words_only_line,
)


def test_dates_are_written_out_and_none_is_undated() -> None:
    assert day(date(2026, 9, 4)) == "4 September 2026"
    assert day(None) == "undated"
    assert moment(datetime(2026, 9, 4, 7, 18, tzinfo=UTC)) == "4 September 2026, 07:18 UTC"
    assert iso_day(datetime(2026, 9, 4, 7, 18, tzinfo=UTC)) == "2026-09-04"


def test_what_is_missing_is_said_before_what_is_there_and_since_when() -> None:
    deal = Missing("grain deal", 4, date(2024, 3, 2))
    assert missing_line((Missing("Ruritania", 0), deal)) == (
        "No article mentions “Ruritania”; 4 mention “grain deal”, the newest of 2 March 2024."
    )
    assert missing_line((Missing("Ruritania", 0), Missing("volcano", 0))) == (
        "No article mentions “Ruritania” or “volcano”."
    )
    assert missing_line((Missing("bridge", 1, date(2024, 3, 2)), Missing("town", 2))) == (
        "1 article mentions “bridge”, of 2 March 2024; 2 mention “town”."
    )
    assert missing_line((Missing("town", 50_000, more=True),)) == (
        "More than 50,000 articles mention “town”."
    )
    assert missing_line((Missing("Velmuoth", 0, suggestion="Velmouth"),)) == (
        "No article mentions “Velmuoth” (did you mean “Velmouth”?)."
    )
    assert missing_line(()) == ""


def cited(article_id: str, source: str, published: Published) -> Citation:
    return Citation(1, article_id, "T", source, published, 0, 1, "x", "0")


@pytest.mark.parametrize(
    ("citations", "line"),
    [
        (
            [cited("a", "Reuters", date(2024, 3, 2)), cited("b", "The Lenn Post", date(2024, 5, 5)),
             cited("c", "Reuters", None), cited("a", "Reuters", date(2024, 3, 2))],
            "From 3 articles (Reuters and The Lenn Post), 2 March to 5 May 2024, 1 undated",
        ),
        ([cited("a", "Reuters", datetime(2024, 3, 2, 23, tzinfo=UTC))], "From 1 article (Reuters), 2 March 2024"),
        ([cited("a", "", date(2023, 12, 30)), cited("b", "", date(2024, 1, 2))],
         "From 2 articles, 30 December 2023 to 2 January 2024"),
        ([cited("a", "", None), cited("b", "Reuters", None)], "From 2 articles (Reuters), undated"),
    ],
)  # fmt: skip
def test_the_head_of_an_answer_says_what_it_rests_on(citations: list[Citation], line: str) -> None:
    answer = Answer(
        "?", "?", Filters(), "answered", (), tuple(citations), (), (), None, 0.9, "extractive", 1
    )
    assert as_of_line(answer) == line


def test_an_excerpt_is_one_line_without_the_title_cut_between_words() -> None:
    text = "A title\n\nThe first line.\nThe second. " + "word " * 60
    article = Article(
        "a.txt", "a.txt", "A title", "first line", text, (), "", "", (), "", None, "", "", "", "en",
        "text", "utf-8", (), "0", "0",
    )  # fmt: skip
    shown = excerpt(article, Chunk("a.txt", 0, 0, len(text)))
    assert shown.startswith("The first line. The second. word ")
    assert shown.endswith("word …")
    assert len(shown) <= 162
    assert excerpt(article, Chunk("a.txt", 0, 0, 7)) == "A title"


def test_a_source_is_title_publisher_date_and_file() -> None:
    citation = Citation(1, "a/b.txt", "A title", "", date(2026, 1, 2), 0, 1, "x", "0")
    assert source_line(citation) == "A title · source unknown · 2 January 2026 · a/b.txt"


def test_reports_count_what_happened() -> None:
    report = BuildReport(
        folder="f", generation=2, article_count=3, chunk_count=1200, new=1, changed=0, renamed=0,
        deleted=2, unchanged=2, embedded_chunk_count=100, words_only=(),
        failures=(Failure("x", "y"),), remarks=(), passed_over=(), seconds=9.0, embedding_seconds=2.0,
    )  # fmt: skip
    assert report_line(report) == (
        "3 articles, 1,200 chunks (1 new, 2 deleted, 1 failed); 100 embedded, 50 chunks/s; 9.0 s in all"
    )
    assert changes_line(Changes(("a",), (), ("b", "c"))) == "1 new, 2 deleted"
    assert changes_line(Changes((), (), ())) == "nothing"


def test_articles_found_by_words_alone_are_counted_by_language() -> None:
    assert words_only_line((), "m") == ""
    assert words_only_line((("de", 3), ("uk", 1)), "MiniLM") == (
        "4 articles found by words alone, since model MiniLM does not cover the language "
        "(German 3 and Ukrainian 1)"
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2023, 10, 1), date(2023, 10, 31), "1 to 31 October 2023"),
        (date(2023, 5, 3), date(2023, 6, 4), "3 May to 4 June 2023"),
        (date(2023, 10, 1), date(2024, 10, 31), "1 October 2023 to 31 October 2024"),
        (date(2024, 5, 3), date(2024, 5, 3), "on 3 May 2024"),
        (None, date(2024, 6, 4), "until 4 June 2024"),
        (date(2024, 6, 4), None, "since 4 June 2024"),
        (None, None, ""),
    ],
)
def test_a_period_is_worded_by_the_sides_it_has(
    first: date | None, last: date | None, words: str
) -> None:
    assert period_words(first, last) == words


def test_filters_name_sources_and_days_and_say_where_undated_articles_are() -> None:
    may = (date(2024, 5, 1), date(2024, 5, 31))
    assert filters_line(Filters((), *may)) == (
        "Only articles published 1 to 31 May 2024; undated ones last"
    )
    assert filters_line(Filters(("Plover",), *may)) == (
        "Only articles from Plover, published 1 to 31 May 2024; undated ones last"
    )
    assert filters_line(Filters(("A", "B", "C"))) == "Only articles from A, B or C"
    assert filters_line(Filters()) == ""


def test_of_many_sources_the_first_are_named_and_the_rest_counted() -> None:
    assert filters_line(Filters(tuple("ABCDEF"))) == "Only articles from A, B, C, D, E or F"
    assert filters_line(Filters(tuple("ABCDEFGHI"))) == (
        "Only articles from A, B, C, D, E, F or 3 more"
    )


def test_what_was_understood_is_a_line_for_each_thing() -> None:
    understood = Understood(
        sources=("Plover", "Radio Orrin"),
        periods=(
            UnderstoodPeriod("in May 2024", date(2024, 5, 1), date(2024, 5, 31)),
            UnderstoodPeriod("before 5 June", None, date(2024, 6, 4)),
        ),
        parts=("Did Plover report the strike", "and Radio Orrin its end"),
        newest=True,
    )
    assert understood_lines(understood) == [
        "Sources named: Plover and Radio Orrin",
        "“in May 2024”: 1 to 31 May 2024",
        "“before 5 June”: until 4 June 2024",
        "Part 1: Did Plover report the strike",
        "Part 2: and Radio Orrin its end",
        "The newest is wanted: it comes first of those that fit about as well",
    ]
    assert understood_lines(Understood()) == []
    assert understood_lines(Understood(sources=("Plover",))) == ["Source named: Plover"]


def test_a_quoted_phrase_either_restricts_or_is_said_to_be_absent() -> None:
    quoted = ("iron bridge", "two years")
    assert understood_lines(Understood(quoted=quoted)) == [
        "Only chunks with the words “iron bridge” and “two years”"
    ]
    assert understood_lines(Understood(quoted=("tin can",), absent_phrases=("tin can",))) == [
        "No article that was searched has the words “tin can”; searched without them"
    ]
    assert absent_line(quoted) == (
        "No article that was searched has the words “iron bridge” and “two years” in one place; "
        "searched without them"
    )
    assert absent_line(()) == ""
