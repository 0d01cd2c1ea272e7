from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rag.article_rows import PAGE_ROWS, Row, State, View, matching, ordered, page_of, rows_of
from rag.records import ArticleSummary, Changes, Failure


def summary(name: str, **changes: object) -> ArticleSummary:
    values: dict[str, object] = {
        "title": "A boat was found", "source": "Plover", "published": date(2026, 4, 10),
        "published_from": "header line", "language": "en", "character_count": 1234,
    }  # fmt: skip
    return ArticleSummary(id=name, **(values | changes))  # type: ignore[arg-type]


def row(name: str, state: State = "indexed", **changes: object) -> Row:
    return Row(summary(name, **changes), state)


def ids(rows: list[Row]) -> list[str]:
    return [each.article.id for each in rows]


def test_list_is_newest_first_with_the_undated_last() -> None:
    rows = [
        row("old", published=date(2020, 1, 1)),
        row("none", published=None),
        row("new", published=datetime(2026, 1, 1, tzinfo=UTC)),
    ]
    assert ids(ordered(rows, View())) == ["new", "old", "none"]
    assert ids(ordered(rows, View("date", down=False))) == ["old", "new", "none"]


@pytest.mark.parametrize(
    ("column", "first"),
    [
        ("title", "b"),
        ("source", "a"),
        ("length", "b"),
        ("language", "b"),
        ("copies", "a"),
        ("state", "b"),
    ],
)
def test_each_column_sorts_and_what_has_no_value_comes_last(column: str, first: str) -> None:
    rows = [
        row("a", title="Zebra", source="Alpha", character_count=2, language="en", copy_count=3),
        row(
            "b",
            "failed",
            title="apple",
            source="beta",
            character_count=9,
            language="de",
            copy_count=1,
        ),
        row("c", source="", language="", character_count=0, title="m"),
    ]
    view = View("state", down=True) if column == "state" else View("source").sorted_by(column)  # type: ignore[arg-type]
    if column == "source":
        view = View("source", down=False)
    assert ids(ordered(rows, view))[0] == first
    if column not in ("title", "state", "copies"):
        assert (
            ids(ordered(rows, view))[-1]
            == ids(ordered(rows, view.sorted_by(view.column)))[-1]
            == "c"
        )


@pytest.mark.parametrize(
    "typed", ["boat", "PLOVER", "2026-04", "april 10", "wire/ found", "english", "changed"]
)
def test_list_is_narrowed_by_what_stands_in_it(typed: str) -> None:
    other = row("x", title="Other", source="HPA", published=None, language="de")
    assert ids(matching([row("wire/boat.txt", "changed"), other], typed)) == ["wire/boat.txt"]


def test_states_tell_what_a_build_would_do_and_what_failed() -> None:
    articles = [summary(name) for name in ("same", "edited", "away", "broken")]
    failures = [Failure("broken", "encrypted", kept=True), Failure("photo.txt", "a picture")]
    changes = Changes(new=("fresh.txt",), changed=("edited",), deleted=("away",))
    found = {r.article.id: (r.state, r.reason) for r in rows_of(articles, failures, changes)}
    assert found == {
        "same": ("indexed", ""), "edited": ("changed", ""), "away": ("gone", ""),
        "broken": ("failed", "encrypted"), "photo.txt": ("failed", "a picture"), "fresh.txt": ("new", ""),
    }  # fmt: skip


def test_states_without_a_look_at_the_folder_are_those_of_the_build() -> None:
    found = rows_of([summary("same")], [Failure("photo.txt", "a picture")], None)
    assert [(r.article.id, r.state) for r in found] == [
        ("same", "indexed"),
        ("photo.txt", "failed"),
    ]


def test_thousands_come_in_pages_and_a_page_beyond_the_last_is_the_last() -> None:
    rows = [row(f"{n:05}") for n in range(5 * PAGE_ROWS + 1)]
    view, shown = page_of(rows, View(page=2))
    assert (view.page, ids(shown)[0], len(shown)) == (2, f"{PAGE_ROWS:05}", PAGE_ROWS)
    view, shown = page_of(rows, View(page=99))
    assert (view.page, len(shown)) == (6, 1)
    assert page_of([], View(page=3)) == (View(page=1), [])


@pytest.mark.parametrize(
    "said",
    [None, 3, "", "title", "title sideways 1", "x up 1", "title up -1", "title up " + "9" * 200],
)
def test_a_view_that_is_none_is_the_first_one(said: object) -> None:
    assert View.from_text(said) == View()


def test_a_view_comes_back_from_the_browser() -> None:
    view = View("length", down=False, page=7)
    assert View.from_text(view.to_text()) == view
    assert view.sorted_by("length") == View("length", down=True)
