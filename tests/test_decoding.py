"""Bytes in any encoding become the same text, and what nobody sees is not in it."""

from __future__ import annotations

import pytest

from rag.decoding import clean
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


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r"])
def test_old_cyrillic_is_read_and_the_guess_recorded(encoding: str) -> None:
    text = (
        "Мост через реку закроют на шесть недель\n\nСовет графства сообщил в пятницу, что старый "
        "мост закроется с понедельника. Мы знаем, что это неудобно, сказал глава службы."
    )
    article = read("a.txt", text.encode(encoding))
    assert article.text == text
    assert "guessed" in article.encoding


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
