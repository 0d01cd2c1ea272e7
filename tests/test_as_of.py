"""What an answer rests on."""

from __future__ import annotations

from datetime import UTC, date, datetime

from rag.as_of import Basis, basis, newest
from rag.records import Citation, Published


def cited(article_id: str, source: str, published: Published) -> Citation:
    return Citation(1, article_id, "T", source, published, 0, 1, "x", "0")


def test_each_cited_article_counts_once_with_its_source_and_day() -> None:
    citations = [
        cited("b", "Coast Radio", datetime(2024, 5, 5, 23, 30, tzinfo=UTC)),
        cited("a", "The Lenn Post", date(2024, 3, 2)),
        cited("b", "Coast Radio", datetime(2024, 5, 5, 23, 30, tzinfo=UTC)),
        cited("c", "", None),
    ]
    assert basis(citations) == Basis(
        3, ("Coast Radio", "The Lenn Post"), date(2024, 3, 2), date(2024, 5, 5), 1
    )
    assert newest(citations) == datetime(2024, 5, 5, 23, 30, tzinfo=UTC)


def test_without_a_dated_article_there_is_no_newest_day() -> None:
    assert basis([cited("a", "", None)]) == Basis(1, (), None, None, 1)
    assert newest([cited("a", "", None)]) is None
    assert basis([]) == Basis(0, (), None, None, 0)


def test_a_moment_is_newer_than_its_day_and_older_than_the_next() -> None:
    day, moment = date(2024, 5, 5), datetime(2024, 5, 5, 9, tzinfo=UTC)
    later = date(2024, 5, 6)
    assert newest([cited("a", "", day), cited("b", "", moment)]) == moment
    assert newest([cited("a", "", moment), cited("b", "", later)]) == later
