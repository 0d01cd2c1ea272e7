"""Numbers as written → what they can mean."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.figures import read_figures, states

READ: list[tuple[str, list[tuple[str, str]]]] = [
    ("2.5 million people", [("2500000", "")]),
    ("$2,500,000", [("2500000", "$")]),
    ("1.5 million dollars", [("1500000", "$")]),
    ("€5 million or 5 million euros", [("5000000", "€"), ("5000000", "€")]),
    ("two hundred and five thousand", [("205000", "")]),
    ("half a million", [("500000", "")]),
    ("a dozen eggs", [("12", "")]),
    ("twenty-one men", [("21", "")]),
    ("the twenty-first", [("21", "")]),
    ("the 21st century", [("21", "")]),
    ("three and four", [("3", ""), ("4", "")]),
    ("five per cent, 5%, 5 percent", [("5", "%"), ("5", "%"), ("5", "%")]),
    ("3:30 pm, 15:30", [("930", "time"), ("930", "time")]),
    ("the 1990s", [("1990", "decade")]),
    ("14 of its 36 girders", [("14", ""), ("36", "")]),
    ("one man, first and second, hundreds, dozens", []),
    ("G20 and A380", []),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_numbers_are_read(text: str, expected: list[tuple[str, str]]) -> None:
    found = read_figures(text)
    assert [f.unit for f in found] == [unit for _, unit in expected]
    for figure, (value, _) in zip(found, expected, strict=True):
        assert Decimal(value) in figure.values
        assert text[figure.start : figure.end] == figure.text


SAME = [
    ("2.5 million", "2,500,000"),
    ("two", "2"),
    ("5 percent", "5 to 10 percent"),
    ("2 million", "2 or 3 million"),
    ("2024", "2023-24"),
    ("5bn", "5 billion"),
    ("12", "$12"),
]
OTHER = [
    ("2.5 million", "2.5 billion"),
    ("5 percent", "5 people"),
    ("$5", "€5"),
    ("25", "2.5"),
    ("1990s", "1990"),
]


@pytest.mark.parametrize(("wanted", "text"), SAME)
def test_the_same_number_in_another_notation_is_found(wanted: str, text: str) -> None:
    assert states(read_figures(text), read_figures(wanted)[0])


@pytest.mark.parametrize(("wanted", "text"), OTHER)
def test_another_number_or_unit_is_not(wanted: str, text: str) -> None:
    assert not states(read_figures(text), read_figures(wanted)[0])


@given(st.integers(2, 10**12))
def test_digits_mean_the_same_with_and_without_commas(number: int) -> None:
    assert read_figures(f"{number:,}")[0].values == read_figures(f"{number}")[0].values
    assert Decimal(number) in read_figures(f"They had {number:,} of it.")[0].values


@given(st.text(max_size=60))
def test_every_figure_stands_at_its_place(text: str) -> None:
    for figure in read_figures(text):
        assert text[figure.start : figure.end] == figure.text
