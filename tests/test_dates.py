"""A date is read in every common form, and what is not certain is none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.dates import date_in_name, date_in_url, parse_date


def hours(count: float) -> timezone:
    return timezone(timedelta(hours=count))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-11-27", date(2023, 11, 27)),
        ("2023/11/27", date(2023, 11, 27)),
        ("20231127", date(2023, 11, 27)),
        ("27 November 2023", date(2023, 11, 27)),
        ("27th of November, 2023", date(2023, 11, 27)),
        ("Nov 27, 2023", date(2023, 11, 27)),
        ("Nov. 27 2023", date(2023, 11, 27)),
        ("Monday, November 27th, 2023", date(2023, 11, 27)),
        ("27.11.2023", date(2023, 11, 27)),
        ("27. November 2023, 10:15 Uhr", date(2023, 11, 27)),
        ("27 de noviembre de 2023", date(2023, 11, 27)),
        ("27 ноября 2023", date(2023, 11, 27)),
        ("27 ноября 2023 г.", date(2023, 11, 27)),
        ("27 ноября 2023 в 10:30", date(2023, 11, 27)),
        ("27 листопада 2023 року", date(2023, 11, 27)),
        ("п’ятниця, 3 травня 2024", date(2024, 5, 3)),
        ("27. listopadu 2023", date(2023, 11, 27)),
        ("27 listopada 2023", date(2023, 11, 27)),
        ("27 listopada 2023 r.", date(2023, 11, 27)),
        ("27. novembra 2023", date(2023, 11, 27)),
        ("måndag, den 27 november 2023", date(2023, 11, 27)),
        ("3. maj 2024 kl. 10.30", date(2024, 5, 3)),
        ("3. mai 2024", date(2024, 5, 3)),
        ("27. marraskuuta 2023 klo 10.30", date(2023, 11, 27)),
        ("2024. május 3., péntek", date(2024, 5, 3)),
        ("3 ianuarie 2024", date(2024, 1, 3)),
        ("27 Kasım 2023 Pazartesi", date(2023, 11, 27)),
        ("3 Μαΐου 2024", date(2024, 5, 3)),
        ("3 май 2024", date(2024, 5, 3)),
        ("vendredi 3 mai 2024 à 10h30", date(2024, 5, 3)),
        ("martes 3 de enero de 2023", date(2023, 1, 3)),
        ("3 Mei 2024", date(2024, 5, 3)),
        ("3 مايو 2024", date(2024, 5, 3)),
        ("ngày 3 tháng 5 năm 2024", date(2024, 5, 3)),
        ("2024年5月3日（金） 10:30", date(2024, 5, 3)),
        ("2024년 5월 3일", date(2024, 5, 3)),
        ("3 May 2024 09:30 BST", date(2024, 5, 3)),
        ("2023年11月27日", date(2023, 11, 27)),
        ("27/11/2023", date(2023, 11, 27)),
        ("11/27/2023", date(2023, 11, 27)),
        ("2023-11-27T08:45:59", date(2023, 11, 27)),
        ("Nov 27, 2023 at 8:45 am IST", date(2023, 11, 27)),
        ("Nov 27, 2023 | 4 min read", date(2023, 11, 27)),
        ("Nov 27, 2023 (updated Nov 28, 2023)", date(2023, 11, 27)),
    ],
)
def test_a_day_is_read_in_every_common_form(written: str, meant: date) -> None:
    assert parse_date(written) == meant
    assert not isinstance(parse_date(written), datetime)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-11-27 08:45:59.000000000Z", datetime(2023, 11, 27, 8, 45, 59, tzinfo=UTC)),
        ("2023-11-27T08:45:59.25+01:00", datetime(2023, 11, 27, 8, 45, 59, 250000, hours(1))),
        ("Mon, 27 Nov 2023 08:45:59 -0500", datetime(2023, 11, 27, 8, 45, 59, tzinfo=hours(-5))),
        ("Mon, 27 Nov 2023 08:45:59 GMT", datetime(2023, 11, 27, 8, 45, 59, tzinfo=UTC)),
        ("November 27, 2023, 8:45 p.m. EST", datetime(2023, 11, 27, 20, 45, tzinfo=hours(-5))),
        ("27 Nov 2023 at 08:45 UTC+2", datetime(2023, 11, 27, 8, 45, tzinfo=hours(2))),
        ("27 Nov 2023 08:45 GMT+05:30", datetime(2023, 11, 27, 8, 45, tzinfo=hours(5.5))),
        ("Nov 27, 2023 12:05 AM UTC", datetime(2023, 11, 27, 0, 5, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_zone_is_a_moment(written: str, meant: datetime) -> None:
    found = parse_date(written)
    assert found == meant
    assert isinstance(found, datetime)
    assert found.utcoffset() == meant.utcoffset()


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2023",
        "August 30",
        "2023",
        "November 2023",
        "2023-13-01",
        "30 February 2023",
        "yesterday",
        "3 hours ago",
        "27 Nov 23",
        "27. listopada 2023",  # Croatian October, or Polish November with a dot
        "Updated May 3, 2024",
        "KYIV, May 3 (Reuters)",
        "31 June 2024",
        "3 May 20245",
        "2024 May",
        "3 May 2024 elections",
        "The storm of 27 November 2023 was long",
        "27 November 2023 was a long day",
        "27 November 2023 – 4 May 2024",
        "2023-11-27 / 2024-05-04",
        "1970-01-01T00:00:00Z",
        "1970-01-01T01:00:00+01:00",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "1970-01-01",
        "",
    ],
)
def test_what_is_no_certain_date_is_none(written: str) -> None:
    assert parse_date(written) is None


@given(st.datetimes(datetime(1700, 1, 1), datetime(2099, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_every_iso_moment_comes_back(moment: datetime, minutes: int) -> None:
    assume(moment.timetuple()[:3] != (1970, 1, 1))  # what a computer says that knows no day
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(zoned.isoformat()) == zoned


@given(st.text(max_size=60))
def test_no_text_upsets_the_reading_of_dates(text: str) -> None:
    parse_date(text)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("2025-11-04-bridge.txt", date(2025, 11, 4)),
        ("news/bridge_20251104.html", date(2025, 11, 4)),
        ("2025_11_04_bridge.txt", date(2025, 11, 4)),
        ("bridge 2025.11.04.pdf", date(2025, 11, 4)),
        ("bridge-20251104T0930.html", date(2025, 11, 4)),
        ("bridge_24-11-2025.txt", date(2025, 11, 24)),
        ("bridge_04-11-2025.txt", None),
        ("bridge_04.11.2025.txt", None),
        ("2025-1104.txt", None),
        ("20251104073000123.txt", None),
        ("000_405736ee3c53edfd.txt", None),
        ("2025-11-04-to-2025-11-09.txt", None),
        ("20251304.txt", None),
        ("2025.txt", None),
        ("2025-11-04/bridge.txt", None),
        ("bridge_20251104083200.txt", date(2025, 11, 4)),
        ("bridge_20251104083200_20251109.txt", None),
        ("bridge_20251104083200_20251104.txt", date(2025, 11, 4)),
        ("bridge_20251104998877.txt", None),
    ],
)
def test_a_file_name_dates_an_article_only_if_it_bears_one_day(
    name: str, meant: date | None
) -> None:
    assert date_in_name(name) == meant


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://example.org/2023/09/19/bridge", date(2023, 9, 19)),
        ("https://example.org/world/2023/sep/19/bridge", date(2023, 9, 19)),
        ("https://example.org/2023-09-19-bridge", date(2023, 9, 19)),
        ("https://example.org/2023/september/19/bridge", date(2023, 9, 19)),
        ("https://example.org/a/2023-09-19/bridge", date(2023, 9, 19)),
        ("https://example.org/a/20230919/bridge", date(2023, 9, 19)),
        ("https://example.org/a/2023/9/5/", date(2023, 9, 5)),
        ("https://example.org/a/20239919/bridge", None),
        ("https://example.org/bridge-20230919", None),  # may be a number
        ("https://example.org/2023/09/bridge", None),
        ("https://example.org/99999/2023/19/45", None),
        ("/gc4/images/2023/09/19/44025.webp", None),
    ],
)
def test_an_address_dates_an_article_by_the_day_in_its_path(url: str, meant: date | None) -> None:
    assert date_in_url(url) == meant
