"""Names in a row are told apart, and people from publishers."""

from __future__ import annotations

from rag.names import split_names


def test_names_in_a_row_are_told_apart_and_titles_stay_with_them() -> None:
    assert split_names("Ada Finch, Ben Lowe, Jr., and Cora Vale & Ada Finch") == (
        "Ada Finch",
        "Ben Lowe, Jr.",
        "Cora Vale",
    )
