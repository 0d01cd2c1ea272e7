"""Names in a row are told apart, and people from publishers."""

from __future__ import annotations

import pytest

from rag.names import agencies_in, is_unsigned, split_names, without_agency


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
        ("AP and Reuters", "AP and Reuters"), ("| AFP", "AFP"), ("(sta)", "sta"), ("(dpa/lnw)", "dpa/lnw"), ("(Tarn/lnw)", ""),
        ("sta", ""), ("Tarn Valley", ""), ("AP, Tarn", ""), ("()", ""), ("", ""), ("The AP said so", ""),
    ],
)  # fmt: skip
def test_a_mark_is_of_agencies_only_where_it_names_nothing_else(mark: str, names: str) -> None:
    assert agencies_in(mark) == names


@pytest.mark.parametrize(
    ("name", "parted"),
    [
        ("Ben Lowe Associated Press", ("Ben Lowe", "Associated Press")),
        ("Ben Lowe Reuters", ("Ben Lowe", "Reuters")),
        ("Ben Lowe AFP", ("Ben Lowe", "AFP")),
        ("BEN LOWE Tarn Gazette", ("BEN LOWE", "Tarn Gazette")),
        ("Maria Clara Ansa", ("Maria Clara Ansa", "")),
        ("Thomson Reuters", ("Thomson Reuters", "")),
    ],
)
def test_an_agency_behind_a_name_is_parted_from_it(name: str, parted: tuple[str, str]) -> None:
    assert without_agency(name) == parted


@pytest.mark.parametrize(
    ("name", "unsigned"),
    [("News Desk", True), ("The Editorial Board", True), ("Staff Writer", True), ("Staff", True),
     ("Tarn News Desk", False), ("Ada Finch", False), ("Reuters Staff", False), ("", False)],
)  # fmt: skip
def test_a_desk_or_role_without_a_name_is_no_ones(name: str, unsigned: bool) -> None:
    assert is_unsigned(name) == unsigned
