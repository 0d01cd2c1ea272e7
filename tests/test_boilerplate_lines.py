"""A line of boilerplate goes by itself, and article text that looks like it stays."""

from __future__ import annotations

import pytest

from rag.boilerplate import sort_out
from tests.reading import PROSE


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
        '[caption id="attachment_7" align="left"]The hall in March. Photo: A. Finch[/caption]',
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
        "Subscribe now to continue reading. Already a subscriber? Log in.",
        "This article is for subscribers only.",
        "You have 2 free articles left",
        "Il vous reste 62.5% de cet article à lire. La suite est réservée aux abonnés.",
        "Jetzt Newsletter abonnieren und nichts verpassen",
        "Aggiornato alle 18:12 2 minuti di lettura",
        "[+2380 chars]",
        "More videos",
        "120 words",
        "저작권자 ⓒ 하위크신문, 무단전재 및 재배포 금지",
        "You received this email because you signed up. Unsubscribe | Manage preferences",
        "Published:",
        "Updated",
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
        "This article is for subscribers of the mind, she wrote.",
        "Published works: nine.",
        "Already a member of the council, he stood again.",
        "무단횡단이 늘었다고 시장은 말했다.",
    ],
)
def test_article_text_that_looks_like_boilerplate_stays(line: str) -> None:
    kept, _ = sort_out([PROSE[0], line, *PROSE[1:]])
    assert kept == [PROSE[0], line, *PROSE[1:]]


def test_a_form_read_as_one_line_goes() -> None:
    form = (
        "Start the day well informed with our free morning newsletter Please enter a valid email "
        "address SEND Yes, I would like to receive offers from the Gazette. See our privacy notice "
        "Thanks for signing up to the Morning Gazette email and for reading the Tarn Gazette."
    )
    assert sort_out([PROSE[0], form, *PROSE[1:]])[0] == PROSE


def test_prose_about_forms_and_privacy_stays() -> None:
    lines = [
        "Users must enter a valid email address before they vote, the ministry said on Monday.",
        "The regulator found that the privacy policy and the terms of service of the app differ.",
        "Thanks for signing up, the letter to the 4,000 volunteers began, and it went on for pages.",
    ]
    assert sort_out([*PROSE, *lines])[0] == [*PROSE, *lines]


def test_the_mark_of_a_text_cut_short_goes_and_the_text_stays() -> None:
    kept, _ = sort_out([*PROSE, "The mayor had asked for it in… [+2380 chars]"])
    assert kept == [*PROSE, "The mayor had asked for it in…"]
