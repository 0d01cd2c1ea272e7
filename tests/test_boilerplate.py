"""Boilerplate goes and article text stays; where in doubt, it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.boilerplate import sort_out, without_bios
from rag.markdown import without_images
from tests.reading import PROSE


def test_related_articles_amid_an_article_take_only_their_links_away() -> None:
    links = ["Bridge to close for six weeks", "School roof will be mended in June"]
    kept, _ = sort_out([*PROSE[:2], "Related Articles", *links, *PROSE[2:]])
    assert kept == PROSE


def test_a_subheading_below_related_articles_stays() -> None:
    lines = [*PROSE[:2], "Related Articles", "What comes next in June", *PROSE[2:]]
    kept, _ = sort_out(lines)
    assert kept == [*PROSE[:2], "What comes next in June", *PROSE[2:]]


def test_related_articles_at_the_end_go_with_their_teasers() -> None:
    block = [
        "Related Articles",
        "Bridge to close for six weeks",
        "Engineers found cracks in the piers last month and have asked for repairs before winter.",
        "School roof will be mended in June",
        "Back to top",
    ]
    assert sort_out([*PROSE, *PROSE, *block])[0] == [*PROSE, *PROSE]


def test_comments_go_however_long_they_are() -> None:
    comment = "I love the library and have been going there for years and years with my mother."
    kept, left = sort_out([*PROSE, "Leave a Reply", comment, comment])
    assert kept == PROSE
    assert len(left) == 3


def test_a_comments_link_above_the_article_cuts_nothing() -> None:
    assert sort_out(["Library stays open", "Comments", *PROSE])[0][1:] == PROSE


@pytest.mark.parametrize(
    "tail",
    [
        ["Source: kurier", "I am Ben Lowe, a writer and journalist for Tarn Times. I like news."],
        ["Tarn24", "Welcome to Tarn24, your number one source for news.", "Leave a Reply"],
        ["Bridge to close for six weeks", "Subscribe to our channel on Telegram"],
        ["FOUNTAIN: Tarn Press", "Tarn24", "Welcome to Tarn24, your number one source for news."],
        ["Tags: library, council, vote"],
        ["This article was originally published by The Tarn Gazette."],
    ],
)
def test_credits_descriptions_and_stray_links_at_the_end_go(tail: list[str]) -> None:
    kept, left = sort_out([*PROSE, *tail])
    assert kept == PROSE
    assert {each.line for each in left} == set(tail)


@pytest.mark.parametrize(
    "end",
    [
        "Tarn 3, Ellis 2",
        "“The books belong to all of us",
        "- A vote on the bridge in June",
        "Welcome to the club, she said.",
    ],
)
def test_a_last_line_of_text_stays(end: str) -> None:
    assert sort_out([*PROSE, end])[0] == [*PROSE, end]


def test_a_results_list_above_a_share_bar_stays() -> None:
    lines = [*PROSE, "The results of the day were these:", "Tarn 3 and Ellis 2 at half past four"]
    assert sort_out([*lines, "Share on Facebook"])[0] == lines


def test_an_authors_bio_goes_and_that_of_another_journalist_stays() -> None:
    bio = "Ben Lowe is a reporter for The Tarn Gazette who covers the council."
    assert without_bios([*PROSE, bio], ("Ben Lowe",))[0] == PROSE
    assert without_bios([*PROSE, bio], ("Ada Finch",))[0] == [*PROSE, bio]


@given(st.lists(st.text(max_size=60) | st.sampled_from([*PROSE, "Related", "Tweet", "![a](b)"])))
def test_every_line_is_kept_or_left_out_once_and_in_order(lines: list[str]) -> None:
    kept, left = sort_out(lines)
    whole = [line for line in lines if line.strip()]
    assert len(kept) + len(left) == len(whole)
    assert [line for line in kept if line in whole] == [
        line for line in kept if without_images(line) == line
    ]
    assert all(each.line in whole and each.reason for each in left)
