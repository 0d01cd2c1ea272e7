"""Header lines and front matter are read at the top of a file, and nowhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rag.header_lines import from_front_matter, read_header
from rag.metadata import Metadata
from tests.reading import BODY, PROSE, body, read


def test_header_lines_below_the_title_are_read_and_removed() -> None:
    known, rest = read_header(
        [
            "Library stays open, council says.",
            "Source: The Tarn Gazette",
            "Author: Ada Finch, Ben Lowe and Cora Vale",
            "Published: 2023-11-27 08:45:59.000000000Z",
            "Category: local",
            "URL: https://example.org/library",
            "",
            "Date: Sunday, Dec. 10 | Time: 8 p.m.",
        ]
    )
    assert known.title == "Library stays open, council says."  # a headline by where it stands
    assert (known.source, known.source_from) == ("The Tarn Gazette", "header line")
    assert known.authors == ("Ada Finch", "Ben Lowe", "Cora Vale")
    assert known.published == datetime(2023, 11, 27, 8, 45, 59, tzinfo=UTC)
    assert known.url == "https://example.org/library"
    assert [line for line in rest if line] == ["Date: Sunday, Dec. 10 | Time: 8 p.m."]


def test_header_lines_at_the_top_may_name_the_title() -> None:
    known, rest = read_header(["Title: Library stays open", "**Date:** 3 May 2024", "", BODY])
    assert (known.title, known.title_from) == ("Library stays open", "header line")
    assert known.published == date(2024, 5, 3)
    assert [line for line in rest if line] == [BODY]


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (["Titel: Bücherei bleibt offen", "Quelle: Tarnbote", "Autor: Ada Finch", "Datum: 3. Mai 2024", "Sprache: Deutsch"], "de"),
        (["Titre : Bücherei bleibt offen", "Source : Tarnbote", "Auteur : Ada Finch", "Publié le : 3 mai 2024", "Langue : français"], "fr"),
        (["Заголовок: Bücherei bleibt offen", "Источник: Tarnbote", "Автор: Ada Finch", "Дата: 3 мая 2024", "Язык: русский"], "ru"),
    ],
)  # fmt: skip
def test_header_lines_in_other_languages_are_read(lines: list[str], language: str) -> None:
    known, rest = read_header([*lines, "", BODY])
    assert (known.title, known.source) == ("Bücherei bleibt offen", "Tarnbote")
    assert (known.authors, known.published) == (("Ada Finch",), date(2024, 5, 3))
    assert known.language == language
    assert [line for line in rest if line] == [BODY]


def test_the_day_of_an_update_is_not_the_day_of_publishing() -> None:
    known, _ = read_header(
        ["Title: Library", "Updated: 3 May 2024", "Last modified: 4 May 2024", "", BODY]
    )
    assert (known.title, known.published) == ("Library", None)


def test_the_code_of_norwegian_is_a_language_in_front_matter_too() -> None:
    article = read("a.md", "---\ntitle: Biblioteket\nlanguage: no\n---\nTarn 3, Ellis 2.\n")
    assert article.language == "no"


def test_a_headline_that_begins_like_a_header_line_stays_the_headline() -> None:
    known, _ = read_header(["Source: Club to sign striker", "Source: Tarn Gazette", "", BODY])
    assert (known.title, known.source) == ("Source: Club to sign striker", "Tarn Gazette")


@pytest.mark.parametrize("line", ["Source: a spokesman for the mayor", "By: the river it stood"])
def test_running_text_is_not_taken_for_header_lines(line: str) -> None:
    lines = [BODY, BODY, BODY, BODY, line, BODY]
    assert read_header(lines) == (Metadata(), lines)


def test_front_matter_of_odd_types_is_read_or_passed_over() -> None:
    known = from_front_matter(
        {"title": 1984, "author": [{"name": "Ada Finch"}, 7], "date": date(2024, 5, 3), 3: "x",
         "source": None, "url": "javascript:alert(1)", "language": ["en"]}
    )  # fmt: skip
    assert (known.title, known.authors) == ("1984", ("Ada Finch", "7"))
    assert (known.published, known.source, known.url) == (date(2024, 5, 3), "", "")
    assert from_front_matter({"date": datetime(2024, 5, 3, 10)}).published == date(2024, 5, 3)


@pytest.mark.parametrize(
    "front", ["title: Talks: day two", "date: 2024-13-45", "a: [", "- x: y: z"]
)
def test_broken_front_matter_loses_no_text(front: str) -> None:
    article = read("a.md", f"---\n{front}\n---\nThe ministers met again on Friday at the mill.\n")
    assert article.text.endswith("The ministers met again on Friday at the mill.")


def test_time_zero_of_computers_in_front_matter_is_no_date() -> None:
    article = read("a.md", f"---\ntitle: Library\ndate: 1970-01-01T00:00:00Z\n---\n{BODY}\n")
    assert (article.title, article.published) == ("Library", None)


def test_an_unknown_header_line_stays_as_text_and_does_not_end_the_block() -> None:
    known, rest = read_header(
        ["Headline: Library stays open", "Dateline: HARWICK", "Reel: 7", "Pub Date: 2024-05-14",
         "Page: A1", "", BODY]
    )  # fmt: skip
    assert (known.title, known.published) == ("Library stays open", date(2024, 5, 14))
    assert [line for line in rest if line] == ["Reel: 7", BODY]


def test_a_sentence_with_a_colon_ends_the_block() -> None:
    lines = ["Title: Library stays open", "Asked twice: the mayor said no.", "Date: 3 May 2024"]
    known, rest = read_header([*lines, "", BODY])
    assert (known.title, known.published) == ("Library stays open", None)
    assert [line for line in rest if line] == [*lines[1:], BODY]


EXPORTS = [
    """Library stays open until the spring

The Tarn Herald

May 3, 2024 Friday

Copyright 2024 Harwick Media Ltd All Rights Reserved

Section: NEWS; Pg. 4

Length: 120 words

Byline: Ada Finch

Body

{}

Load-Date: May 4, 2024

End of Document
""",
    """Copyright 2024 Harwick Media Ltd
The Tarn Herald

May 3, 2024 Friday

SECTION: NEWS; Pg. 4

LENGTH: 120 words

HEADLINE: Library stays open until the spring

BYLINE: Ada Finch

BODY:
{}

LOAD-DATE: May 4, 2024
""",
    """Library stays open until the spring
Ada Finch
120 words
3 May 2024
The Tarn Herald
TRNHER
4
English
© 2024 Harwick Media Ltd

{}

Document TRNHER0020240503ek5300001
""",
]


@pytest.mark.parametrize("export", EXPORTS)
def test_an_archives_export_gives_the_newspaper_and_not_its_owner(export: str) -> None:
    article = read("a.txt", export.format("\n\n".join(PROSE)))
    assert (article.source, article.source_from) == ("The Tarn Herald", "header line")
    assert article.authors == ("Ada Finch",)
    assert article.published == date(2024, 5, 3)
    assert article.text == "\n\n".join(["Library stays open until the spring", *PROSE])


def test_an_address_above_the_article_is_its_address() -> None:
    address = "https://example.org/2024/05/14/library"
    article = read("a.txt", f"{address}\n\nLibrary stays open until the spring\n\n{BODY}\n")
    assert (article.url, article.url_from) == (address, "header line")
    assert (article.published, article.published_from) == (date(2024, 5, 14), "url")
    assert (article.title, body(article)) == ("Library stays open until the spring", [BODY])


def test_a_list_of_addresses_is_text() -> None:
    lines = ["https://example.org/a", "https://example.org/b", BODY]
    assert read_header(lines) == (Metadata(), lines)
