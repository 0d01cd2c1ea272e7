"""Generated sentences against the sentences they cite: supported, or why not."""

from __future__ import annotations

from datetime import date

import pytest

from rag.chunking import sentence_spans
from rag.support import OTHER_WORDS, Statement, find_support

TEXT = """Harbour of Tarnmouth to be dredged for 2.5 million crowns

The port board of Tarnmouth will have its harbour dredged for 2.5 million crowns, chairwoman Ida \
Kroll said on Tuesday. Work is to begin on 3 May and to take between five and six weeks. The U.S. \
firm Delmar Dredging won the tender against 14 other bidders.

"We have waited for this since the storm of 1998," Kroll told Coast Radio. Two of the three ferry \
lines did not object. About 40 percent of the money comes from the National Harbour Fund (NHF).

The Ruritanian trawler Gannet, which sank in January 2021 with nine people on board, will not be \
raised. Its owner never paid the fine of $12,000. Wardens counted 21 seals on the mud last week."""
PUBLISHED = date(2024, 4, 23)


def statements(text: str = TEXT) -> list[Statement]:
    about = ("Harbour of Tarnmouth to be dredged", "The Lenn Post")
    return [Statement(text[a:b], about, PUBLISHED) for a, b in sentence_spans(text)]


def reason(sentence: str) -> str:
    return find_support(sentence, statements()).reason


SUPPORTED = [
    "The port board of Tarnmouth will have its harbour dredged for 2.5 million crowns.",
    "Dredging Tarnmouth harbour costs 2,500,000 crowns.",
    "Ida Kroll, who chairs the port board, said on Tuesday that the harbour will be dredged.",
    "According to The Lenn Post, the harbour is to be dredged.",
    "Work begins on May 3.",
    "The work will begin on 3 May 2024.",  # the year is that of publication
    "It is to take 5 to 6 weeks.",
    "A US firm, Delmar Dredging, won the tender.",
    "The American firm Delmar Dredging won.",
    "Delmar Dredging's 14 rivals were other bidders for the tender.",
    "Kroll said they had “waited for this since the storm of 1998”.",
    "Chairwoman Kroll told Coast Radio about the storm.",
    "2 of the 3 ferry lines didn't object.",
    "The NHF gives 40% of the money.",
    "About forty per cent comes from the National Harbour Fund.",
    "The trawler from Ruritania sank in January 2021.",
    "Nine people were on board the Gannet when it sank.",
    "The Gannet will not be raised.",
    "The owner never paid the 12,000 dollars fine.",
    "Last week wardens counted twenty-one seals on the mud.",
]

UNSUPPORTED = [
    ("Dredging the harbour will cost 2.6 million crowns.", "2.6 million"),
    ("Dredging the harbour will cost 2.5 billion crowns.", "2.5 billion"),
    ("Dredging the harbour will cost $2.5 million.", "$2.5 million"),
    ("Work is to begin on 4 May.", "4 May"),
    ("Work is to begin on 3 June.", "3 June"),
    ("Work is to begin on 3 May 2025.", "3 May 2025"),
    ("Chairwoman Ida Kroll said on Wednesday that the harbour will be dredged.", "Wednesday"),
    ("Kroll said last Tuesday that the harbour will be dredged.", "last Tuesday"),
    ("Chairwoman Olga Kroll said that the harbour will be dredged.", "Olga"),
    ("The port board of Ostwick will have its harbour dredged.", "Ostwick"),
    ("The British firm Delmar Dredging won the tender.", "British"),
    ("The firm won the tender against 15 other bidders.", "15"),
    ("Kroll said they had “waited for this since the great storm”.", "waited for this since the great storm"),
    ("About 40 crowns of the money come from the fund, and 14% from the firm.", "14%"),
    ("The EU gives 40 percent of the money.", "EU"),
    ("The trawler sank in February 2021.", "February 2021"),
    ("The trawler sank in January 2020.", "January 2020"),
    ("The trawler Gannet sank in 2024.", "2024"),  # the year of publication is no year of events
    ("Eleven people were on board the trawler.", "Eleven"),
    ("Wardens counted 21 seals yesterday.", "yesterday"),
]  # fmt: skip

TURNED = [
    ("The trawler Gannet will be raised.", "with “not”"),
    ("The work is not to begin on 3 May.", "without “not”"),
    ("The port board will not have its harbour dredged.", "without “not”"),
]


@pytest.mark.parametrize("sentence", SUPPORTED)
def test_faithful_sentence_is_supported(sentence: str) -> None:
    assert reason(sentence) == ""


@pytest.mark.parametrize(("sentence", "wrong"), UNSUPPORTED)
def test_what_the_sources_do_not_have_is_named(sentence: str, wrong: str) -> None:
    assert reason(sentence) == f"not found in the sources: “{wrong}”"


@pytest.mark.parametrize(("sentence", "words"), TURNED)
def test_a_sentence_turned_round_is_marked(sentence: str, words: str) -> None:
    assert reason(sentence).endswith(words)


@pytest.mark.parametrize(
    "sentence",
    [
        "The mayor resigned after a long quarrel with his party.",
        "Many skippers fear that prices at the market may fall again.",
    ],
)
def test_a_sentence_of_other_words_is_marked(sentence: str) -> None:
    assert reason(sentence) == OTHER_WORDS


def test_the_place_is_the_sentence_that_supports() -> None:
    every = statements()
    found = find_support("Wardens counted 21 seals on the mud.", every)
    assert [every[place].text for place in found.places] == [
        "Wardens counted 21 seals on the mud last week."
    ]


def test_two_places_where_one_does_not_have_all() -> None:
    every = statements()
    found = find_support("Work takes five to six weeks, and Delmar Dredging won the tender.", every)
    assert [every[place].text.split()[0] for place in found.places] == ["Work", "The"]


def test_a_figure_in_another_notation_leads_to_its_sentence() -> None:
    every = statements("Cranes were sold. The sum was 2.5 million. A sum was named by the buyer.")
    found = find_support("The cranes were sold for a sum of 2,500,000.", every)
    assert 1 in found.places
    assert found.reason == ""


def test_nothing_to_rest_on_is_no_support() -> None:
    assert find_support("The harbour is dredged.", []).reason == OTHER_WORDS
