"""Names in a row are told apart, and people from publishers."""

from __future__ import annotations

import pytest

from rag.names import agencies_in, split_names


def test_names_in_a_row_are_told_apart_and_titles_stay_with_them() -> None:
    assert split_names("Ada Finch, Ben Lowe, Jr., and Cora Vale & Ada Finch") == (
        "Ada Finch",
        "Ben Lowe, Jr.",
        "Cora Vale",
    )


@pytest.mark.parametrize(
    ("mark", "names"),
    [
        ("(AP)", "AP"), ("— Reuters", "Reuters"), ("dpa/AFP", "dpa/AFP"), ("AGENCIES", "AGENCIES"),
        ("AP and Reuters", "AP and Reuters"), ("| AFP", "AFP"), ("(sta)", "sta"),
        ("sta", ""), ("Tarn Valley", ""), ("AP, Tarn", ""), ("()", ""), ("", ""), ("The AP said so", ""),
    ],
)  # fmt: skip
def test_a_mark_is_of_agencies_only_where_it_names_nothing_else(mark: str, names: str) -> None:
    assert agencies_in(mark) == names
