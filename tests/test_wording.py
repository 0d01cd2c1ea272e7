"""Records in the words people read."""

from __future__ import annotations

from datetime import UTC, date, datetime

from rag.records import BuildReport, Changes, Citation, Failure, Missing
from rag.wording import (
    changes_line,
    day,
    iso_day,
    missing_line,
    moment,
    report_line,
    source_line,
    words_only_line,
)


def test_dates_are_written_out_and_none_is_undated() -> None:
    assert day(date(2026, 9, 4)) == "4 September 2026"
    assert day(None) == "undated"
    assert moment(datetime(2026, 9, 4, 7, 18, tzinfo=UTC)) == "4 September 2026, 07:18 UTC"
    assert iso_day(datetime(2026, 9, 4, 7, 18, tzinfo=UTC)) == "2026-09-04"


def test_only_words_in_no_article_are_called_missing() -> None:
    counted = (Missing("Ruritania", 0), Missing("volcano", 0), Missing("bridge", 2))
    assert missing_line(counted) == "No article mentions “Ruritania” or “volcano”."
    assert missing_line(counted[2:]) == ""


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
