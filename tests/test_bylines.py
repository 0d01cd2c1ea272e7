"""Bylines, date lines and datelines are read; what only begins like one is text."""

from __future__ import annotations

from datetime import date

import pytest

from rag.headlines import read_top
from rag.metadata import Metadata
from tests.reading import BODY, HEADLINE, PROSE, read


def top(*lines: str) -> tuple[Metadata, list[str]]:
    return read_top(lines, Metadata())


@pytest.mark.parametrize(
    ("line", "authors", "source", "published"),
    [
        ("By Ada Finch, Ben Lowe and Cora Vale", ("Ada Finch", "Ben Lowe", "Cora Vale"), "", None),
        ("BY ADA FINCH", ("ADA FINCH",), "", None),
        ("By Ada Finch, Staff Writer", ("Ada Finch",), "", None),
        ("By Ada Finch in Port Ellis", ("Ada Finch",), "", None),
        ("By Ada Finch for The Tarn Gazette", ("Ada Finch",), "The Tarn Gazette", None),
        ("By Ada Finch, Associated Press", ("Ada Finch",), "Associated Press", None),
        ("By Ada Finch, Anchor & Sail", ("Ada Finch",), "Anchor & Sail", None),
        ("By Ada Finch, Ben Lowe & Cora Vale", ("Ada Finch", "Ben Lowe", "Cora Vale"), "", None),
        ("By Ada van der Finch | May 3, 2024", ("Ada van der Finch",), "", date(2024, 5, 3)),
        ("By Ada Finch Published May 3, 2024", ("Ada Finch",), "", date(2024, 5, 3)),
        ("By Mundo and AFP |", (), "Mundo and AFP", None),
        ("By Reuters Staff", (), "Reuters Staff", None),
        ("Von Ada Finch", ("Ada Finch",), "", None),
    ],
)
def test_a_byline_names_people_or_agencies_and_is_not_text(
    line: str, authors: tuple[str, ...], source: str, published: date | None
) -> None:
    known, body = top(HEADLINE, line, BODY)
    assert (known.authors, known.source, known.published) == (authors, source, published)
    assert body == [BODY]


@pytest.mark.parametrize(
    "line",
    [
        "By Friday the roads were clear again, the council said.",
        "By noon, all was over",
        "By the River Tarn",
    ],
)
def test_a_line_that_only_begins_with_by_is_text(line: str) -> None:
    known, body = top(HEADLINE, BODY, line)
    assert (known.authors, known.source) == ((), "")
    assert body == [BODY, line]


@pytest.mark.parametrize(
    ("start", "source", "published"),
    [
        ("WASHINGTON (Reuters) –", "Reuters", None),
        ("PORT ELLIS, 3 May (Agency) -", "Agency", None),
        ("PORT ELLIS, May 3, 2024 (AFP) —", "AFP", date(2024, 5, 3)),
        ("KYIV, Ukraine (AP) --", "AP", None),
        ("Seoul (Yonhap) -", "Yonhap", None),
        ("Berlin (dpa) -", "dpa", None),
        ("MADRID, 3 may (EFE).-", "EFE", None),
        ("МОСКВА, 3 мая. /ТАСС/.", "ТАСС", None),
        ("МОСКВА, 3 мая (Интерфакс) —", "Интерфакс", None),
        ("SEOUL, May 3, 2024 (Yonhap) --", "Yonhap", date(2024, 5, 3)),
        ("AFP -", "AFP", None),
        ("(Reuters) -", "Reuters", None),
        ("KYIV, May 3 (Reuters) —", "Reuters", None),
        ("MOSCOW --", "", None),
        ("The mayor (Greens) -", "", None),
    ],
)
def test_a_dateline_gives_the_agency_and_a_whole_date_and_stays(
    start: str, source: str, published: date | None
) -> None:
    known, body = top(HEADLINE, f"{start} {BODY}")
    assert (known.source, known.published) == (source, published)
    assert known.source_from == ("dateline" if source else "")
    assert body == [f"{start} {BODY}"]


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("May 3, 2024", date(2024, 5, 3)),
        ("Published on 3 May 2024", date(2024, 5, 3)),
        ("Published 3 May 2024 09:30 BST", date(2024, 5, 3)),
        ("Veröffentlicht am 3. Mai 2024", date(2024, 5, 3)),
        ("Опубликовано: 3 мая 2024", date(2024, 5, 3)),
        ("Published: 3 May 2024 | Updated: 4 May 2024", date(2024, 5, 3)),
        ("Updated: 4 May 2024 | Published: 3 May 2024", date(2024, 5, 3)),
        ("May 3, 2024 | Tarn Valley | 4 min read", date(2024, 5, 3)),
        ("Last updated: May 3, 2024", None),
        ("Updated May 3, 2024", None),
        ("Stand: 03.05.2024, 10:30 Uhr", None),
        ("Mis à jour le 3 mai 2024", None),
        ("Обновлено 3 мая 2024", None),
    ],
)
def test_a_date_line_is_not_text_and_dates_unless_it_is_of_an_update(
    line: str, published: date | None
) -> None:
    known, body = top(HEADLINE, line, BODY)
    assert (known.published, body) == (published, [BODY])


@pytest.mark.parametrize(
    "line",
    [
        "SEOUL, May 3, 2024 (Yonhap) -- The ferry sank at noon.",
        "3 May 2024 - The ferry sank at noon, and all aboard were saved.",
    ],
)
def test_a_paragraph_that_begins_with_a_date_is_text(line: str) -> None:
    assert top(HEADLINE, line, BODY)[1] == [line, BODY]


@pytest.mark.parametrize(
    ("mark", "source"),
    [
        ("(AP)", "AP"), ("- AFP", "AFP"), ("— Reuters", "Reuters"), ("Reuters", "Reuters"),
        ("dpa/AFP", "dpa/AFP"), ("[PTI]", "PTI"), ("© AFP", "AFP"), ("Agencies", "Agencies"),
        ("(Agencies)", "Agencies"), ("AP and Reuters", "AP and Reuters"), ("ТАСС", "ТАСС"),
    ],
)  # fmt: skip
def test_an_agency_named_below_an_article_is_its_source(mark: str, source: str) -> None:
    article = read("a.txt", "\n\n".join([HEADLINE, *PROSE, *PROSE, mark]))
    assert article.source == source
    assert article.text.endswith(PROSE[-1])


@pytest.mark.parametrize(
    ("end", "source"),
    [
        (" (AP)", "AP"), (" – Reuters", "Reuters"), (" (ANI)", "ANI"), (" (dpa).", "dpa"),
        (" (Greens)", ""), (" – he said", ""), (" (2024)", ""),
    ],
)  # fmt: skip
def test_an_agency_at_the_end_of_the_last_paragraph_is_the_source_and_stays(
    end: str, source: str
) -> None:
    known, body = top(HEADLINE, *PROSE, BODY + end)
    assert (known.source, body[-1]) == (source, BODY + end)


def test_a_picture_credit_amid_the_text_is_no_source() -> None:
    article = read("a.txt", "\n\n".join([HEADLINE, *PROSE, "AP", *PROSE]))
    assert (article.source, "\n\nAP" in article.text) == ("", False)


def test_a_column_of_dates_dates_nothing() -> None:
    known, _ = top("Notices of the year", "01/13/2024", "01/14/2024", "01/15/2024", BODY)
    assert known.published is None
