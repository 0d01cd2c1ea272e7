"""A text's language is told from the text, a stated one is read, and doubt is said."""

from __future__ import annotations

import subprocess
import sys
from itertools import chain

import pytest

from rag.languages import guess_language, language_code, language_name, language_of
from tests.language_samples import SENTENCES


def article(*codes: str) -> str:
    """Paragraphs in the languages by turns."""
    turns = zip(*(SENTENCES[code] for code in codes), strict=True)
    return "\n\n".join(chain(*turns, *zip(*(SENTENCES[code] for code in codes), strict=True)))


@pytest.mark.parametrize("code", SENTENCES)
def test_the_language_of_a_sentence_and_of_an_article_is_told(code: str) -> None:
    # Croatian and Bosnian differ in a few words, which a sentence need not have.
    allowed = {"hr", "bs"} if code == "hr" else {code}
    assert {guess_language(text) for text in (*SENTENCES[code], article(code))} <= allowed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("“Wir schaffen das,” the chancellor said, and “nous le ferons ensemble,” the president "
         "replied, before both left for Saint-Germain-en-Laye on Friday.", "en"),
        ("The flaw, CVE-2023-1234, affects libfoo 1.2.3 through 1.4.9; run `apt-get install "
         "libfoo=1.5.0` and restart the service, the maintainers said.", "en"),
        ("Заместитель главы сообщил, что iPhone 15 Pro Max, Google Pixel, Samsung Galaxy и Apple "
         "Watch Ultra подорожают; The New York Times писала об этом.", "ru"),
        ("Volodymyr Zelenskyy and Recep Tayyip Erdoğan met Andrzej Duda, Petr Fiala and Jonas "
         "Gahr Støre on Friday, and said that the talks would go on until the spring.", "en"),
        ("POLICE CLOSED THE BRIDGE FOR SEVERAL HOURS AFTER A LORRY OVERTURNED", "en"),
        ("Tarn 3, Ellis 2", ""),
        ("10:00 12:30 14:45\n2.5 3.7 8.1\nA1 B2 C3", ""),
        ("for (int i = 0; i < n; i++) { x[i] = y[i] * 2; }\nif (p == NULL) { free(q); }", ""),
        ("Anna Kowalska\nJean Dupont\nMarta Silva\nKenji Sato\nIvan Petrov\nMohammed Ali", ""),
        ("https://example.org/2023/09/19/a-b-c", ""),
        ("Bridge", ""),
        ("12 345 67 89", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_names_quotations_figures_and_code_neither_make_nor_hide_a_language(
    text: str, code: str
) -> None:
    assert guess_language(text) == code


def test_code_and_lists_amid_an_article_do_not_hide_its_language() -> None:
    code = "\n".join(f"x[{i}] = y[{i}] * 2;" for i in range(40))
    assert guess_language(f"{article('de')}\n\n{code}\n\n{article('de')}") == "de"


@pytest.mark.parametrize("codes", [("en", "uk"), ("en", "de"), ("fr", "en")])
def test_an_article_of_two_languages_in_equal_parts_is_of_none(codes: tuple[str, str]) -> None:
    assert guess_language(article(*codes)) == ""


def test_a_language_of_most_paragraphs_is_the_articles() -> None:
    assert guess_language(article("en", "en", "en", "uk")) == "en"


@pytest.mark.parametrize(
    ("codes", "stated", "found"),
    [
        (("de",), "en", ("de", True)),  # the page's template is English, the article is not
        (("uk",), "ru", ("uk", True)),
        (("de",), "de", ("de", False)),
        (("en",), "", ("en", True)),
        (("en", "de"), "de", ("de", False)),  # unclear: what is stated holds
        (("en", "de"), "", ("", False)),
        (("id",), "ms", ("ms", False)),  # too close for a text to overrule what is stated
    ],
)
def test_a_text_overrules_what_is_stated_where_it_is_plain(
    codes: tuple[str, ...], stated: str, found: tuple[str, bool]
) -> None:
    assert language_of(article(*codes), stated) == found


def test_a_short_text_does_not_overrule_what_is_stated() -> None:
    assert language_of("Café de la Paix, Rue du Bac", "en") == ("en", False)


def test_it_works_in_a_child_that_may_use_a_gibibyte() -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)); "
        "from rag.languages import guess_language; from tests.language_samples import SENTENCES; "
        "print(guess_language('\\n'.join(SENTENCES['uk'])))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "uk"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("en", "en"), ("en-US", "en"), ("en_GB.UTF-8", "en"), ("ru-RU", "ru"), ("eng", "en"),
        ("deu", "de"), ("ger", "de"), ("zh-Hans-CN", "zh"), ("iw", "he"), ("nb-NO", "no"),
        ("English", "en"), ("Español", "es"), ("українська", "uk"), ("日本語", "ja"),
        ("Simplified Chinese", "zh"), ("Brazilian Portuguese", "pt"), ("English (US)", "en"),
        ("Farsi", "fa"), ("haw", "haw"),
        ("", ""), ("xx", ""), ("us", ""), ("und", ""), ("mul", ""), ("x-default", ""), ("News", ""),
        ("the", ""), ("a" * 50, ""),
    ],
)  # fmt: skip
def test_a_language_as_written_has_one_code(written: str, code: str) -> None:
    assert language_code(written) == code


def test_a_code_has_an_english_name() -> None:
    assert [language_name(code) for code in ("uk", "de", "no", "zh", "qq")] == [
        "Ukrainian", "German", "Norwegian", "Chinese", "qq",
    ]  # fmt: skip
    assert all(language_name(code) != code for code in SENTENCES)


def test_what_is_in_no_language_is_not_said_to_tell_one() -> None:
    figures = " ".join(f'{{"x{n}": {n * n}, "y": [{n}, {n + 1}]}}' for n in range(200))
    assert language_of(figures, "") == ("", False)
    assert language_of(figures, "de") == ("de", False)
