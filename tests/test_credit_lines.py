"""Lines below an article name its source."""

from __future__ import annotations

import pytest

from rag.credit_lines import read_credits


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        (["Source: kurier"], "kurier"),
        (["FOUNTAIN: Tarn Press"], "Tarn Press"),
        (["FOUNTAIN: Associated Press"], "Associated Press"),
        (["Source: AFP"], "AFP"),
        (["(Source: Reuters, AFP)"], "Reuters, AFP"),
        (["Fuente: EFE"], "EFE"),
        (["Джерело: Укрінформ"], "Укрінформ"),
        (["Quelle: dpa"], "dpa"),
        (["Source: https://www.example.org/a"], "example.org"),
        (["Source: kurier", "I am Ben Lowe, a journalist for Tarn Times."],
         "kurier, by way of Tarn Times"),
        (["Welcome to Tarn24, your number one source for news."], "Tarn24"),
        (["This article was first published by the Tarn Gazette."], "the Tarn Gazette"),
        (["© 2024 Tarn Gazette. All rights reserved."], "Tarn Gazette"),
        (["(Reporting by Ada Finch; editing by Ben Lowe)"], ""),
    ],
)  # fmt: skip
def test_credits_below_an_article_name_its_source(lines: list[str], source: str) -> None:
    known = read_credits(lines)
    assert known.source == source
    assert known.source_from == ("credit line" if source else "")
