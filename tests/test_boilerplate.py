"""Boilerplate goes and article text stays; where in doubt, it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.boilerplate import sort_out, without_bios, without_images

PROSE = [
    "The council voted eight to one on Thursday to keep the library open until the spring.",
    '"This is a good day for readers," said the librarian, who has worked there for years.',
    "The library was founded in 1904 and holds some forty thousand books, most of them given.",
    "The mayor, who had asked for the vote, said that she would look for money elsewhere.",
]


@pytest.mark.parametrize(
    "line",
    [
        "Share on Facebook",
        "Click to share on X (Opens in new window)",
        "Facebook Twitter WhatsApp Email",
        "Tweet",
        "12 Comments",
        "Skip to main content",
        "Back to top button",
        "Home > News > Local news",
        "4 min read",
        "ADVERTISEMENT",
        "Story continues below advertisement",
        "![The reading room [archive picture] in March](/img/room_(1).jpg)",
        "[![alt](a.jpg)](https://example.org)",
        "(Photo: Ada Finch)",
        "Image: Getty",
        "FILE PHOTO: The library is seen in March",
        "Image source, Getty Images Image caption, The library in March",
        "Read more: Bridge to close for six weeks",
        "Also read: Bridge to close for six weeks",
        "Subscribe to our newsletter",
        "news Tarn.example on Telegram. Subscribe to our channel Athletics",
        "Join our WhatsApp channel for the latest news",
        "Follow us on Facebook and Instagram",
        "(Reporting by Ada Finch; editing by Ben Lowe)",
        "Reporting by Ada Finch; Editing by Ben Lowe and Cora Vale",
        "© 2024 Tarn Gazette. All rights reserved.",
        "Your email address will not be published. Required fields are marked *",
    ],
)
def test_a_line_of_boilerplate_goes_wherever_it_stands(line: str) -> None:
    kept, left = sort_out([PROSE[0], line, *PROSE[1:]])
    assert kept == PROSE
    assert [each.line for each in left] == [line]
    assert left[0].reason


@pytest.mark.parametrize(
    "line",
    [
        "Correction: An earlier version gave a wrong count of votes.",
        "UPDATE: This article was changed on Friday.",
        "'Troubling'",
        "What comes next",
        "- A vote in June",
        "Source: two people who were in the room and asked not to be named. They were sure.",
        "Users subscribe to channels on Telegram to read the news, the mayor said.",
        "He asked readers to follow us on the way to the library, as she told it.",
        "The photo: a girl on the library's steps, holding up a book.",
        "Share prices fell on Monday after the vote.",
        "Home is where the library is, the mayor said > and was cheered.",
        "Read the law more closely, she said.",
        "Copyright law was not the council's to change, its clerk wrote.",
        "Advertisement revenue has fallen by half since then.",
    ],
)
def test_article_text_that_looks_like_boilerplate_stays(line: str) -> None:
    kept, _ = sort_out([PROSE[0], line, *PROSE[1:]])
    assert kept == [PROSE[0], line, *PROSE[1:]]


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


def test_an_image_amid_a_line_leaves_the_words_around_it() -> None:
    assert without_images("The mayor ![a [b] c](x(1).jpg) spoke.") == "The mayor spoke."
    assert without_images("Wow![1] It rained [hard](x).") == "Wow![1] It rained [hard](x)."


@given(st.lists(st.text(max_size=60) | st.sampled_from([*PROSE, "Related", "Tweet", "![a](b)"])))
def test_every_line_is_kept_or_left_out_once_and_in_order(lines: list[str]) -> None:
    kept, left = sort_out(lines)
    whole = [line for line in lines if line.strip()]
    assert len(kept) + len(left) == len(whole)
    assert [line for line in kept if line in whole] == [
        line for line in kept if without_images(line) == line
    ]
    assert all(each.line in whole and each.reason for each in left)
