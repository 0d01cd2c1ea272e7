"""The headline is the title; where none is there, the opening words are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.headlines import opening_words, read_top
from rag.metadata import Metadata
from tests.reading import BODY


def top(*lines: str) -> tuple[Metadata, list[str]]:
    return read_top(lines, Metadata())


@pytest.mark.parametrize(
    "headline",
    [
        "Library stays open until the spring",
        "Vote 'a good day for readers,' mayor says",
        "Can the library stay open?",
        "Library is 'here to stay'",
        "Valley court rules against U.S.",
    ],
)
def test_the_first_headline_is_the_title(headline: str) -> None:
    known, body = top(headline, BODY)
    assert (known.title, known.title_from, body) == (headline, "first line", [BODY])


@pytest.mark.parametrize("label", ["Security", "WORLD", "Local news", "Tarn Valley", "Opinion |"])
def test_a_section_label_is_not_the_title(label: str) -> None:
    known, body = top(label, "Library stays open until the spring", BODY)
    assert (known.title, body) == ("Library stays open until the spring", [BODY])


def test_a_short_headline_is_a_title_where_no_other_is_there() -> None:
    assert top("Business", "Markets rally", BODY)[0].title == "Markets rally"


def test_an_article_without_headline_is_named_by_its_opening_words() -> None:
    known, body = top(BODY, "It was close.")
    assert known.title_from == "opening words"
    assert (
        known.title
        == "The council voted eight to one on Thursday to keep the library open until the…"
    )
    assert body == [BODY, "It was close."]


@given(st.text(max_size=300).filter(str.strip))
def test_opening_words_are_at_most_eighty_characters(text: str) -> None:
    words = opening_words(text)
    assert len(words) <= 80
    assert " ".join(text.split()).startswith(words.removesuffix("…"))


def test_a_sentence_above_a_byline_is_a_headline() -> None:
    known, body = top("We saved the library. Here is how.", "By Ada Finch", BODY)
    assert (known.title, body) == ("We saved the library. Here is how.", [BODY])


@pytest.mark.parametrize(
    ("title", "known", "cut"),
    [
        ("Library stays open until the spring | Tarn Gazette", {"source": "Tarn Gazette"}, True),
        (
            "Library stays open until the spring - The Tarn Gazette",
            {"source": "Tarn Gazette"},
            True,
        ),
        (
            "Library stays open until the spring – Gazette",
            {"url": "https://gazette.example/a"},
            True,
        ),
        (
            "Library stays open until the spring|tarngazette.org",
            {"url": "https://www.tarngazette.org/a"},
            True,
        ),
        ("Library stays open until the spring | Tarn Gazette", {}, False),
        ("Library stays open until the spring - live", {"source": "Tarn Gazette"}, False),
        ("Library stays open until spring - Mayor Gazette", {"source": "Gazette"}, False),
        ("News | Tarn Gazette", {"source": "Tarn Gazette"}, False),
    ],
)
def test_a_sites_name_below_which_the_article_stands_is_not_its_headline(
    title: str, known: dict[str, str], cut: bool
) -> None:
    found, _ = read_top([title, BODY], Metadata.stated("header line", **known))
    assert found.title == (re.split(r"\s*[|–]\s*|\s-\s", title)[0] if cut else title)


def test_a_title_that_is_stated_stays_as_it_is_stated() -> None:
    title = "Library stays open until the spring | Tarn Gazette"
    stated = Metadata.stated("header line", title=title, source="Tarn Gazette")
    assert read_top([BODY], stated)[0].title == title
