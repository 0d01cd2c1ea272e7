"""The shape of a line is told from its letters and its end."""

from __future__ import annotations

import pytest

from rag.lines import has_stop, is_list_item, is_prose, is_sentence, same_letters, word_count


@pytest.mark.parametrize("line", ["It rained.", "“It rained.”", "It rained:", "大雨。"])
def test_running_text_ends_as_a_sentence(line: str) -> None:
    assert is_sentence(line)
    assert has_stop(line)


@pytest.mark.parametrize("line", ["Court rules against U.S.", "Shares of Tarn Inc.", "Rain"])
def test_a_headline_may_end_with_an_abbreviation(line: str) -> None:
    assert not is_sentence(line)


def test_prose_is_long_and_ends() -> None:
    words = "The council voted eight to one on Thursday to keep the library open"
    assert is_prose(f"{words}.")
    assert not is_prose(words)
    assert not is_prose("It voted.")


@pytest.mark.parametrize(
    ("line", "is_item"),
    [("- a", True), ("1. a", True), ("(12) a", True), ("-a", False), ("1904 was", False)],
)
def test_a_list_item_begins_with_a_mark_and_a_space(line: str, is_item: bool) -> None:
    assert is_list_item(line) == is_item


def test_words_written_without_spaces_are_counted_by_their_characters() -> None:
    assert word_count("The bridge closes") == 3
    assert word_count("鉄橋は閉鎖") == 3  # one run of letters, and five characters in pairs


def test_copies_of_a_line_are_told_by_letters_alone() -> None:
    assert same_letters("Talks: day two!", "TALKS – Day Two")
    assert not same_letters("Talks: day two", "Talks: day three")
