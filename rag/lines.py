"""A line of text → what its shape tells: sentence, prose, list item, the letters in it.

Shapes only: what a line means is for the modules that read headlines, bylines and boilerplate.
"""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"[.。।]['\"”’»)\]]*$|[,;:]$")
_ABBREVIATION_END = re.compile(
    r"(?:(?:\b[A-Z]\.){2,}|\b(?:Inc|Jr|Sr|Co|Corp|Ltd|vs?|St|Dr|No|Mr|Mrs|Gov|Sen|Rep)\.|\.\.\.)$"
)
_STOP = re.compile(r"[.!?:…。！？][\"'”’»)\]]*$")
_PROSE_END = re.compile(r"[.!?…。][\"'”’»)\]]*$")
_LIST_ITEM = re.compile(r"(?:[-•*·–—▪●]|\(?\d{1,3}[.)])\s")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def is_sentence(line: str) -> bool:
    """Tells whether a line ends as running text does, and not as a headline can."""
    return bool(_SENTENCE_END.search(line)) and not _ABBREVIATION_END.search(line)


def is_prose(line: str) -> bool:
    """Tells whether a line is long and ends a sentence, as no headline or link does."""
    return len(line.split()) >= 12 and bool(_PROSE_END.search(line))


def is_list_item(line: str) -> bool:
    """Tells whether a line begins with a bullet or a number, as items of a list do."""
    return bool(_LIST_ITEM.match(line))


def has_stop(line: str) -> bool:
    """Tells whether a line ends with a stop or a colon, with or without a closing quote."""
    return bool(_STOP.search(line))


def word_count(line: str) -> int:
    """Words; Chinese, Japanese and Thai, written without spaces, count two characters as one."""
    return len(line.split()) + len(_UNSPACED.findall(line)) // 2


_NO_LETTERS = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """A text → its letters and digits in one case, by which two copies of a line are compared."""
    return _NO_LETTERS.sub("", text.casefold())


def same_letters(one: str, other: str) -> bool:
    """Tells whether two texts differ in spaces, punctuation and case only."""
    return letters(one) == letters(other)
