"""Records turn into JSON and back without loss."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rag.records import (
    Answer,
    Citation,
    Filters,
    Hit,
    SearchResult,
    Understood,
    UnderstoodPeriod,
    from_json,
    to_json,
)

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
published = st.none() | st.dates() | st.datetimes(timezones=zones)
citations = st.builds(Citation, published=published)
days = st.none() | st.dates()
texts = st.lists(st.text(), max_size=2).map(tuple)
filters = st.builds(Filters, sources=texts, first_day=days, last_day=days)
periods = st.builds(UnderstoodPeriod, text=st.text(), first_day=days, last_day=days)
understood = st.builds(
    Understood, sources=texts, periods=st.lists(periods, max_size=2).map(tuple), quoted=texts,
    parts=texts, newest=st.booleans(), absent_phrases=texts,
)  # fmt: skip
scores = st.none() | st.floats(allow_nan=False, allow_infinity=False)
hits = st.lists(
    st.builds(Hit, score=st.floats(0, 1), bm25=scores, cosine=scores, reasons=texts, copies=texts),
    max_size=2,
).map(tuple)
results = st.builds(SearchResult, filters=filters, understood=understood, hits=hits)
answers = st.builds(
    Answer,
    as_of=published,
    citations=st.lists(citations, max_size=2).map(tuple),
    hits=hits,
    sentences=st.just(()),
    confidence=st.floats(0, 1),
    filters=filters,
    understood=understood,
)  # fmt: skip


@given(answers)
def test_answer_survives_json(answer: Answer) -> None:
    assert from_json(Answer, to_json(answer)) == answer


@given(results)
def test_search_result_survives_json(result: SearchResult) -> None:
    assert from_json(SearchResult, to_json(result, indent=2)) == result


@pytest.mark.parametrize(
    "when", [date(2024, 3, 2), datetime(2024, 3, 2, tzinfo=UTC), datetime(2024, 3, 2, 9, 5, tzinfo=UTC)]
)  # fmt: skip
def test_a_day_stays_a_day_and_midnight_a_moment(when: date) -> None:
    citation = Citation(1, "a.txt", "T", "S", when, 0, 1, "x", "0")
    again = from_json(Citation, to_json(citation)).published
    assert again == when
    assert type(again) is type(when)


def test_other_json_is_refused_with_the_field_named() -> None:
    with pytest.raises(ValidationError, match="number"):
        from_json(Citation, '{"number": "one"}')
