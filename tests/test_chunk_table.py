"""What is known of every chunk, and that a build leaves an article's chunks in a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from rag.chatbot import Chatbot
from rag.chunk_table import UNDATED, ChunkTable, day_number
from rag.new_chunks import ChunkSettings
from rag.records import BuildReport, Filters, Published

POST, RADIO = "The Lenn Post", "Coast Radio"
ARTICLES: list[tuple[str, str, str, Published]] = [
    ("bridge", "Bridge closed", POST, date(2024, 5, 6)),
    ("empty", "Nothing below", RADIO, date(2030, 1, 1)),
    ("ferry", "Ferry aground", RADIO, datetime(2023, 10, 4, 23, 30, tzinfo=UTC)),
    ("frost", "Late frost", "", None),
]
CHUNKS = [(3, "ferry", 0), (4, "ferry", 1), (7, "frost", 0), (9, "bridge", 0), (10, "bridge", 1),
          (11, "bridge", 2)]  # fmt: skip
TABLE = ChunkTable.from_rows(ARTICLES, CHUNKS)
EMPTY = ChunkTable.from_rows([], [])


def chosen(mask: np.ndarray | None) -> list[int]:
    assert mask is not None
    assert (mask.shape, mask.dtype) == ((len(CHUNKS),), np.bool_)
    return [int(number) for number in TABLE.ids[mask]]


def test_rows_say_of_each_chunk_what_its_article_says() -> None:
    facts = {article[0]: article for article in ARTICLES}
    counts = {"ferry": 2, "frost": 1, "bridge": 3}
    for row, (number, article_id, ordinal) in enumerate(CHUNKS):
        _, title, source, published = facts[article_id]
        place = TABLE.articles[row]
        assert (TABLE.ids[row], TABLE.ordinals[row]) == (number, ordinal)
        assert (TABLE.article_ids[place], TABLE.titles[place]) == (article_id, title)
        assert TABLE.source_names[TABLE.sources[row]] == source
        assert TABLE.chunk_counts[row] == counts[article_id]
        assert TABLE.days[row] == day_number(published)
    assert TABLE.source_names == ("", RADIO, POST)


def test_a_day_is_the_one_that_the_article_states_and_none_is_undated() -> None:
    assert day_number(None) == UNDATED == 0
    assert day_number(date(1, 1, 1)) == 1
    late = datetime.fromisoformat("2023-10-04T23:30:00-08:00")  # in UTC it is the next day
    assert day_number(late) == day_number(date(2023, 10, 4))


def test_numbers_are_found_in_their_rows() -> None:
    assert TABLE.places(np.array([11, 3, 7])).tolist() == [5, 0, 2]


def test_chunks_of_sources_are_found_and_an_unknown_source_has_none() -> None:
    assert chosen(TABLE.of_sources([POST])) == [9, 10, 11]
    assert chosen(TABLE.of_sources([RADIO, POST, "The Moon"])) == [3, 4, 9, 10, 11]
    assert chosen(TABLE.of_sources(["The Moon"])) == chosen(TABLE.of_sources([])) == []


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2023, 10, 4), date(2023, 10, 4), [3, 4]),
        (date(2023, 10, 5), date(2024, 5, 5), []),
        (None, date(2024, 5, 5), [3, 4]),
        (date(2023, 10, 5), None, [9, 10, 11]),
        (date(2023, 10, 4), date(2024, 5, 6), [3, 4, 9, 10, 11]),
        (None, None, [3, 4, 9, 10, 11]),
    ],
)
def test_days_are_inclusive_and_open_sides_take_every_dated_chunk(
    first: date | None, last: date | None, expected: list[int]
) -> None:
    assert chosen(TABLE.of_days(first, last)) == expected


def test_filters_leave_undated_chunks_of_their_sources() -> None:
    assert TABLE.allowed(Filters()) is None
    assert chosen(TABLE.allowed(Filters((POST,)))) == [9, 10, 11]
    assert chosen(TABLE.allowed(Filters((), date(2024, 1, 1)))) == [7, 9, 10, 11]
    assert chosen(TABLE.allowed(Filters((), None, date(2024, 1, 1)))) == [3, 4, 7]
    assert chosen(TABLE.allowed(Filters((POST,), None, date(2024, 1, 1)))) == []
    assert chosen(TABLE.allowed(Filters(("",), date(2024, 1, 1)))) == [7]


def test_the_newest_day_is_that_of_the_chunks() -> None:
    assert TABLE.newest == date(2024, 5, 6)  # an article without a chunk is not searched
    assert ChunkTable.from_rows(ARTICLES[3:], [(7, "frost", 0)]).newest is None


def test_an_empty_index_has_an_empty_table() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(EMPTY.ids) == len(EMPTY.days) == len(EMPTY.chunk_counts) == 0
    assert EMPTY.newest is None
    assert EMPTY.places(none).tolist() == []
    assert EMPTY.of_sources([POST]).shape == EMPTY.of_days(None, None).shape == (0,)


def test_an_article_s_chunks_stand_in_a_row_whatever_builds_came_before(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot
) -> None:
    small = ChunkSettings(chunk_tokens=16, overlap_tokens=4)

    def built() -> ChunkTable:
        build_index(folder, chunk_settings=small)
        with chatbot._index.snapshot() as snapshot:
            table = snapshot.table
            chunks = snapshot.chunks(table.ids.tolist())
        for row, number in enumerate(table.ids.tolist()):
            chunk = chunks[number]
            article = table.article_ids[table.articles[row]]
            assert (chunk.article_id, chunk.ordinal) == (article, table.ordinals[row])
        assert (np.diff(table.ids) > 0).all()
        steps = list(pairwise(zip(table.articles.tolist(), table.ordinals.tolist(), strict=True)))
        starts = 1 + sum(one != other for (one, _), (other, _) in steps)
        assert starts == len(set(table.articles.tolist()))
        assert all(other == o + 1 for (a, o), (b, other) in steps if a == b)
        return table

    first = built()
    assert first.chunk_counts.min() > 2
    bridge = (folder / "bridge.txt").read_text()
    (folder / "bridge.txt").write_text(bridge.replace("two years", "three years at least"))
    (folder / "quarry.txt").write_text("Quarry closes\n\n" + "It was dug for slate. " * 20)
    built()
    (folder / "ferry.txt").unlink()
    (folder / "bridge.txt").write_text(f"{bridge}\nA ferry carries cars across meanwhile.\n")
    (folder / "apple.txt").write_text("Apples\n\n" + "The apples of the valley are sour. " * 9)
    built()
    (folder / "quarry.txt").rename(folder / "a-quarry.txt")
    last = built()
    assert last.article_ids == ("a-quarry.txt", "apple.txt", "bridge.txt", "orchard.txt")
    assert last.articles.tolist() != sorted(last.articles.tolist())  # not by name: by build
