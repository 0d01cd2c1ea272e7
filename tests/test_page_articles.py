from __future__ import annotations

import html
import json
import re
from datetime import UTC, date, datetime

from rag.article_rows import PAGE_ROWS, Row, View
from rag.page_articles import (
    articles_html,
    line_notice,
    removed_html,
    removed_notice,
    sample_notice,
    taken_notice,
)
from rag.records import ArticleSummary, RemovedFile

HOSTILE = "<script>x()</script> <img src=x onerror=x()> \"' [a](javascript:x()) {{value}} ${value}"


def summary(name: str = "wire/boat.txt", **changes: object) -> ArticleSummary:
    values: dict[str, object] = {
        "title": "A boat was found", "source": "Plover", "published": date(2026, 4, 10),
        "published_from": "dateline", "language": "en", "character_count": 1234,
    }  # fmt: skip
    return ArticleSummary(id=name, **(values | changes))  # type: ignore[arg-type]


def removed(**changes: str) -> RemovedFile:
    values = {"token": "t", "path": "wire/boat.txt", "folder": "/a", "title": "A boat"} | changes
    return RemovedFile(byte_count=1, removed_at=datetime(2026, 1, 2, tzinfo=UTC), **values)  # type: ignore[arg-type]


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", markup))


def actions(markup: str) -> list[dict[str, str]]:
    return [json.loads(html.unescape(each)) for each in re.findall(r'data-do="([^"]*)"', markup)]


def test_hostile_text_never_becomes_markup() -> None:
    file = removed(path=HOSTILE, title=HOSTILE, token=HOSTILE)
    row = Row(summary(HOSTILE, title=HOSTILE, source=HOSTILE), "failed", HOSTILE)
    for shown in (
        articles_html([row, Row(summary(HOSTILE, character_count=0), "new")], 2, View()),
        removed_html([file], HOSTILE), removed_notice(file), line_notice(HOSTILE, HOSTILE),
        taken_notice(HOSTILE, HOSTILE), sample_notice(HOSTILE, HOSTILE),
    ):  # fmt: skip
        tags = set(re.findall(r"<\s*/?\s*([a-z0-9]+)", shown))
        assert not tags & {"script", "img", "iframe", "style"}
        assert not re.search(r"\bon\w+=|javascript:|\$|`|\*|\{", shown)
        assert HOSTILE in text_of(shown).replace("  ", " ") or "data-do" in shown


def test_a_row_says_all_that_is_known_of_an_article() -> None:
    of = summary(language="de", words_only=True, copy_count=2)
    words = text_of(articles_html([Row(of, "indexed")], 1, View()))
    for said in ("A boat was found", "wire/boat.txt", "Plover", "10 Apr 2026", "from the dateline",
                 "1,234", "German: found by its words alone", "2  copies", "Indexed"):  # fmt: skip
        assert said in words, said


def test_a_row_gives_the_reason_of_its_state() -> None:
    rows = [
        Row(summary("bad.pdf"), "failed", "encrypted"),
        Row(summary("photo.txt", character_count=0), "failed", "a picture, not text"),
        Row(summary("new.txt", character_count=0), "new"),
        Row(summary("gone.txt"), "gone"),
    ]
    shown = articles_html(rows, 4, View())
    words = text_of(shown)
    assert "Cannot be read: encrypted; its last good text stays" in words
    assert "Cannot be read: a picture, not text " in words
    assert "Not in the index yet" in words
    assert "The file is gone" in words
    assert [a["what"] for a in actions(shown) if a["do"] == "remove"] == [
        "bad.pdf",
        "photo.txt",
        "new.txt",
    ]


def test_heads_say_how_the_list_is_sorted_and_turn_it_round() -> None:
    shown = articles_html([Row(summary(), "indexed")], 1, View("date"))
    assert re.findall(r'of-(\w+)" aria-sort="(?!none)(\w+)"', shown) == [("date", "descending")]
    views = [a["what"] for a in actions(shown) if a["do"] == "view"]
    assert "date up 1" in views
    assert "title up 1" in views
    assert "length down 1" in views


def test_a_long_list_says_which_of_it_is_shown() -> None:
    rows = [Row(summary(f"{n:05}"), "indexed") for n in range(3 * PAGE_ROWS)]
    shown = articles_html(rows, 5_000, View(page=2))
    assert f"300 of 5,000 articles; {PAGE_ROWS + 1} to {2 * PAGE_ROWS} are shown" in text_of(shown)
    assert shown.count('<tr role="row" class="indexed">') == PAGE_ROWS
    assert {"date down 1", "date down 3"} <= {a["what"] for a in actions(shown)}
    assert "No article matches" in text_of(articles_html([], 5_000, View()))


def test_what_was_removed_is_named_with_where_it_lies() -> None:
    assert removed_html([], "/index/removed") == ""
    shown = removed_html([removed()], "/index/removed")
    assert "/index/removed" in text_of(shown)
    assert actions(shown) == [{"do": "restore", "what": "t"}]
