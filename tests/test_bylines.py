"""Bylines, date lines and datelines are read; what only begins like one is text."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

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
        ("Por EFE", (), "EFE", None),
        ("By Ada Finch | Staff Writer", ("Ada Finch",), "", None),
        ("By Ada Finch | News Editor", ("Ada Finch",), "", None),
        (
            "By ADA FINCH and BEN LOWE Associated Press",
            ("ADA FINCH", "BEN LOWE"),
            "Associated Press",
            None,
        ),
        ("By BEN LOWE Tarn Gazette", ("BEN LOWE",), "Tarn Gazette", None),
        ("By Ada Finch with AP", ("Ada Finch",), "AP", None),
        ("By News Desk", (), "", None),
        ("By The Editorial Board", (), "", None),
        ("By Staff Writer", (), "", None),
        ("By Ada Finch May 3, 2024", ("Ada Finch",), "", date(2024, 5, 3)),
        ("By Ada Finch, Friday, May 3, 2024", ("Ada Finch",), "", date(2024, 5, 3)),
        ("3 May 2024 by Ada Finch", ("Ada Finch",), "", date(2024, 5, 3)),
        ("3 May 2024 | By Ada Finch", ("Ada Finch",), "", date(2024, 5, 3)),
        ("2024-05-03 08:32:00 来源：塔恩日报", (), "塔恩日报", date(2024, 5, 3)),
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
        "Di Maria",
        "Von Trapp",
    ],
)
def test_a_line_that_only_begins_with_by_is_text(line: str) -> None:
    for lines in ([BODY, line], [line, BODY]):
        known, body = top(HEADLINE, *lines)
        assert (known.authors, known.source) == ((), "")
        assert body == lines


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
        ("Harwick (dpa/lnw) -", "dpa/lnw", None),
        ("Harwick (dpa-AFX) -", "dpa-AFX", None),
        ("Harwick (sda) -", "sda", None),
        ("Harwick (epd/KNA).", "epd/KNA", None),
        ("Oslo (NTB):", "NTB", None),
        ("He took the waters (spa).", "", None),
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
        ("Publié le 13/05/2024 à 08:32, mis à jour le 14/05/2024 à 09:00", date(2024, 5, 13)),
        (
            "Publié le 3 mai 2024 à 08h32, mis à jour le 4 mai 2024 à 09h00 • Lecture 3 min.",
            date(2024, 5, 3),
        ),
        ("PUBLISHED: 08:32 BST, 3 May 2024 | UPDATED: 09:11 BST, 4 May 2024", date(2024, 5, 3)),
        ("Published: 08:32, 3 May 2024", date(2024, 5, 3)),
        ("May 3, 20248:32 AM ET", date(2024, 5, 3)),
        ("Friday 3 May 2024 08:32, UK", date(2024, 5, 3)),
        ("Published - May 03, 2024 09:00 am IST - HARWICK", date(2024, 5, 3)),
        ("Posted at 8:32 AM, May 3, 2024 and last updated 9:00 AM, May 4, 2024", date(2024, 5, 3)),
        ("2024年5月3日 8時32分", date(2024, 5, 3)),
        ("입력 2024.05.03. 오전 8:32 수정 2024.05.04. 오후 9:00", date(2024, 5, 3)),
        ("الجمعة 3 مايو 2024", date(2024, 5, 3)),
        ("Pe 3.5.2024", date(2024, 5, 3)),
        ("May 3, 2024 Friday", date(2024, 5, 3)),
        ("3 May 2024 – HARWICK", date(2024, 5, 3)),
        ("May 3, 2024 (updated May 4, 2024)", date(2024, 5, 3)),
    ],
)
def test_a_date_line_is_not_text_and_dates_unless_it_is_of_an_update(
    line: str, published: date | None
) -> None:
    known, body = top(HEADLINE, line, BODY)
    assert (known.published, body) == (published, [BODY])


def test_a_time_and_zone_beside_the_date_make_it_a_moment() -> None:
    moment = datetime(2024, 5, 3, 8, 32, tzinfo=timezone(timedelta(hours=-4)))
    for line in ("Published 8:32 AM EDT, Fri May 3, 2024", "May 3, 2024 / 8:32 AM EDT / Tarn TV"):
        known, body = top(HEADLINE, line, BODY)
        assert (known.published, body) == (moment, [BODY])


@pytest.mark.parametrize(
    "line",
    [
        "4 May 1931 – 12 June 2024",
        "Published: 4 May 2024 – 12 June 2024",
        "6 June 1944 – Allies land in Normandy",
        "6 June 1944 – Allies Land In Normandy",
        "6 June 1944 – D-Day",
        "6 June 1944 | Allies land at dawn in Normandy",
        "14 May 2024 by noon all was over",
        "1 January 1970",
        "Publié le 04/05/2024 à 08:32, mis à jour le 05/05/2024 à 09:00",
    ],
)
def test_a_range_or_a_date_with_a_clause_is_text_and_dates_nothing(line: str) -> None:
    known, body = top(HEADLINE, line, BODY)
    assert (known.published, body) == (None, [line, BODY])


@pytest.mark.parametrize("day", ["{} June 1944", "June {}, 1944"])
def test_the_days_that_a_chronicle_is_ordered_by_date_nothing(day: str) -> None:
    lines = [day.format(6), "The ferry sank.", day.format(7), "It was raised."]
    known, body = top(HEADLINE, *lines)
    assert (known.published, body) == (None, lines)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("Ada Finch, 3 May 2024", date(2024, 5, 3)),
        ("Port Ellis | May 3, 2024", date(2024, 5, 3)),
        ("Harwick Bridge, 14 May 1956", None),
    ],
)
def test_a_date_beside_a_name_that_may_be_a_place_is_read_and_the_line_stays(
    line: str, published: date | None
) -> None:
    known, body = top(HEADLINE, line, BODY)
    assert (known.published, known.authors, body) == (published, (), [line, BODY])


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
