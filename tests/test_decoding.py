"""Bytes in any encoding become the same text, and what nobody sees is not in it."""

from __future__ import annotations

import pytest

from rag.decoding import clean, decode
from tests.language_samples import SENTENCES
from tests.reading import read

TEXT = "Café “Tarn” opens again\n\nThe café opened on Friday – and every guest came back."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_read_alike_in_every_encoding(encoding: str) -> None:
    article = read("a.txt", TEXT.encode(encoding))
    assert article.text == TEXT
    assert article.encoding.startswith(encoding.removesuffix("-sig"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised(encoding: str) -> None:
    assert read("a.txt", TEXT.encode(encoding)).text == TEXT


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso8859-5"), ("ru", "cp866"),
        ("uk", "cp1251"), ("uk", "koi8-u"), ("bg", "cp1251"),
        ("de", "cp1252"), ("fr", "cp1252"), ("es", "cp1252"), ("sv", "cp1252"), ("pt", "cp1252"),
        ("pl", "cp1250"), ("cs", "cp1250"), ("sk", "cp1250"), ("hu", "cp1250"), ("sl", "cp1250"),
        ("pl", "iso8859-2"), ("cs", "iso8859-2"), ("hu", "iso8859-2"),
        ("tr", "cp1254"), ("lt", "cp1257"), ("lv", "cp1257"), ("et", "cp1257"),
        ("el", "cp1253"), ("he", "cp1255"), ("ar", "cp1256"), ("th", "cp874"),
        ("ja", "shift_jis"), ("ja", "iso2022_jp"), ("zh", "gb18030"), ("ko", "euc-kr"),
    ],
)  # fmt: skip
def test_an_old_encoding_is_told_and_recorded_as_guessed(
    language: str, encoding: str, count: int
) -> None:
    text = "\n\n".join(SENTENCES[language][:count])
    found, how = decode(text.encode(encoding))
    assert found == text
    assert encoding == "iso2022_jp" or how.endswith("(guessed)")


def test_traditional_chinese_in_big5_is_told() -> None:
    text = "市議會星期四以八票對一票決定，舊圖書館將繼續開放到春天。"
    assert decode(text.encode("big5"))[0] == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
@pytest.mark.parametrize("language", ["en", "ru", "zh", "ja", "ko"])
def test_wide_characters_are_told_with_and_without_a_mark(language: str, encoding: str) -> None:
    text = "\n\n".join(SENTENCES[language])
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("language", ["en", "de", "pl", "ru", "zh", "ja"])
@pytest.mark.parametrize("byte", [0x00, 0x80, 0x92, 0xA0, 0xBF, 0xC3, 0xE2, 0xE9, 0xF0, 0xFF])
def test_a_bad_byte_at_any_place_spoils_what_it_stands_at_and_no_more(
    language: str, byte: int
) -> None:
    raw = "\n\n".join(SENTENCES[language]).encode()
    for at in range(0, len(raw) + 1, 7):
        for rest in (at, at + 1):  # put in, and in place of another
            found, _ = decode(raw[:at] + bytes([byte]) + raw[rest:])
            # A character has at most four bytes.
            assert found.startswith(raw[: max(0, at - 4)].decode(errors="ignore")), at
            assert found.endswith(raw[at + 5 :].decode(errors="ignore")), at


def test_one_bad_byte_spoils_one_character_only() -> None:
    article = read("a.txt", TEXT.encode() + b" Room \xff is closed.")
    assert article.text == TEXT + " Room \ufffd is closed."
    assert article.encoding == "utf-8 (1 byte replaced)"


def test_unseen_characters_do_not_part_words() -> None:
    shown = clean("co\u00adope\u200bration \u202eof\u2066 the\ufeff\u00a0mayor\r\nand\rus\u0085.")
    assert shown == "cooperation of the mayor\nand\nus\n."
    assert clean("می\u200cخواهم") == "می\u200cخواهم"  # Persian spells with the non-joiner


def test_text_is_in_composed_form() -> None:
    assert read("a.txt", "Cafe\u0301 owner speaks\n\nYes.").title == "Café owner speaks"


def test_a_few_nul_bytes_are_dropped() -> None:
    assert "\0" not in read("a.txt", TEXT.encode() + b" End\0.").text


@pytest.mark.parametrize("count", [1, 9, 4000])
def test_a_file_filled_up_with_nul_bytes_is_text(count: int) -> None:
    assert (
        read("a.txt", b"Mill burns\n\nIt burned." + bytes(count)).text == "Mill burns\n\nIt burned."
    )


@pytest.mark.parametrize(
    "written",
    [
        "\x1b[31mBridge\x1b[0m closes",
        "\x1b[1;38;5;196mBridge\x1b[m closes",
        "\x9b31mBridge closes",
        "\x1b]0;own the window\x07Bridge closes",
        "\x1b]8;;https://example.org\x1b\\Bridge\x1b]8;;\x1b\\ closes",
        "\x1b[2J\x1b[HBridge closes",
        "\x1b(BBridge closes",
        "\x07Bri\x08dge closes\x7f",
    ],
)
def test_orders_to_a_terminal_and_control_characters_are_gone(written: str) -> None:
    assert clean(written) == "Bridge closes"


def test_an_order_to_a_terminal_without_end_takes_no_text_with_it() -> None:
    assert clean("\x1b]0;Bridge closes\nThe bridge").endswith("Bridge closes\nThe bridge")


def test_a_title_and_a_source_have_no_orders_to_a_terminal() -> None:
    head = "Title: \x1b[31mBridge closes\x1b[0m\nSource: \x1b[1mTarn\x1b[0m Gazette\nAuthor: Ada\x07 Finch"
    article = read("a.txt", f"{head}\n\nThe bridge closes on Monday.")
    assert (article.title, article.source) == ("Bridge closes", "Tarn Gazette")
    assert article.authors == ("Ada Finch",)
    assert article.text == "Bridge closes\n\nThe bridge closes on Monday."
