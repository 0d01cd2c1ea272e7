"""Names of a sentence that some texts do not have, however they are inflected."""

from __future__ import annotations

import pytest

from rag.stated_names import KnownNames, unknown_names

TEXT = """Mayor Jon Petrak of Ostwick met the International Monetary Fund in Ukraine. The U.S. envoy \
told us that Erdoğan's visit to France was put off. Makers of EVs from South East Lenn use the UN's \
rules. The Post and Telegraph Office (PTO), which is old, closed for those who pay."""

KNOWN = [
    "Petrak's office",
    "President Petrak",
    "the IMF",
    "Ukrainian steel",
    "The US and American envoys",
    "French wine",
    "Erdogan",
    "the United Nations",
    "an EV",
    "Southeast Lenn",
    "the Post and Telegraph Office's end",
    "Officials met",  # a first word that by its ending is no name
    "Moreover, Ostwick paid",
    "the Ostwick Mayor on Monday in May",
]
UNKNOWN = [
    ("Olga Petrak", ["Olga"]),
    ("the British envoy", ["British"]),
    ("the WHO in Ukraine", ["WHO"]),
    ("the G20", ["G20"]),
    ("Greece paid", ["Greece"]),
    ("Passan met Petrak", ["Passan"]),
    ("The Post and Telegraph Office Harrison", ["Harrison"]),
    ("Ursula Sand", ["Ursula", "Sand"]),  # not the "US"
]


@pytest.mark.parametrize("sentence", KNOWN)
def test_a_name_is_known_in_its_other_forms(sentence: str) -> None:
    assert unknown_names(sentence, KnownNames([TEXT])) == []


@pytest.mark.parametrize(("sentence", "names"), UNKNOWN)
def test_a_name_of_elsewhere_is_unknown(sentence: str, names: list[str]) -> None:
    assert unknown_names(sentence, KnownNames([TEXT])) == names


def test_an_acronym_after_its_words_is_explained_by_them() -> None:
    assert unknown_names("Its bay cleaning board (BCB) met.", KnownNames([TEXT])) == []


def test_us_is_no_pronoun() -> None:
    assert unknown_names("the US envoy", KnownNames(["The envoy told us."])) == ["US"]
