"""Days and months as written, and whether a text states one."""

from __future__ import annotations

import pytest

from rag.stated_dates import read_dates, relative_words, states_date, weekdays

READ: list[tuple[str, list[tuple[int | None, int, tuple[int, ...]]]]] = [
    ("On 3 May 2024 he left", [(2024, 5, (3,))]),
    ("May 3, 2024", [(2024, 5, (3,))]),
    ("2024-05-03", [(2024, 5, (3,))]),
    ("the 3rd of May", [(None, 5, (3,))]),
    ("Sept. 5", [(None, 9, (5,))]),
    ("3-5 May", [(None, 5, (3, 5))]),
    ("between May and August", [(None, 5, ()), (None, 8, ())]),
    ("October was cold", [(None, 10, ())]),
    ("May said that she may march on 5 streets", []),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_dates_are_read(text: str, expected: list[object]) -> None:
    assert [(d.year, d.month, d.days) for d in read_dates(text)] == expected


@pytest.mark.parametrize(
    ("wanted", "text", "years", "stated"),
    [
        ("3 May 2024", "May 3, 2024", [], True),
        ("in May", "on 3 May 2024", [], True),
        ("3 May", "on 3 May 2024", [], True),
        ("3 May 2024", "on 3 May", [2024], True),
        ("3 May 2024", "on 3 May", [], False),
        ("3 May 2024", "3 May 2023", [2024], False),
        ("3 May", "in May", [], False),
        ("4 May", "3 May", [], False),
        ("3 June", "3 May", [], False),
    ],
)
def test_a_date_is_stated_as_far_as_it_goes(
    wanted: str, text: str, years: list[int], stated: bool
) -> None:
    assert states_date(read_dates(text), years, read_dates(wanted)[0]) is stated


def test_weekdays_and_relative_words_are_taken_as_they_stand() -> None:
    text = "On Monday, two weeks ago, and last Tuesday, not yesterday."
    assert weekdays(text) == {"Monday", "Tuesday"}
    assert relative_words(text) == ["weeks ago", "last Tuesday", "yesterday"]
