"""Letters of a Hebrew or Arabic line, each with its place → the text as it is read.

A PDF says where each letter stands, not which comes first; producers write a word from either end.
So letters are put in the order of their places and read from the right, numbers and Latin words
from the left (the Unicode Bidirectional Algorithm, backwards). Short vowels stay with their letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

WORD_GAP = 0.18
"""Letter sizes of white from which on letters are of two words."""

_HEBREW, _ARABIC = "\u0590-\u05ff\ufb1d-\ufb4f", "\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufefc"
_DIGITS = "0-9\u0660-\u0669\u06f0-\u06f9"
# Arabic digits are written from the left.
_LEFTWARD = re.compile(f"(?![\u0660-\u0669\u06f0-\u06f9])[{_HEBREW}{_ARABIC}]")
_LATIN = rf"(?:(?![{_HEBREW}{_ARABIC}])[^\W\d_])"
_NEUTRAL = rf"[^{_HEBREW}{_ARABIC}\n]"
# From a Latin letter or digit to the last of its stretch, with a bracket that closes there.
_LATIN_STRETCH = rf"(?:[\d]{_NEUTRAL}*)?{_LATIN}(?:{_NEUTRAL}*(?:{_LATIN}|\d))?[)\]]?"
_NUMBER = rf"[{_DIGITS}]+(?:[.,:/٫٬][{_DIGITS}]+)*"
_HEBREW_NUMBER = rf"[%$€£₪+]?[{_DIGITS}]+(?:[.,:/+-][{_DIGITS}]+)*[%$€£₪]?"
_STAYS = {
    "Arabic": re.compile(f"{_LATIN_STRETCH}|{_NUMBER}"),
    "Hebrew": re.compile(f"{_LATIN_STRETCH}|{_HEBREW_NUMBER}"),
}
_MIRRORED = {"(": ")", ")": "(", "[": "]", "]": "[", "«": "»", "»": "«", "{": "}", "}": "{"}
_OPENING = "([{"


class Letter(NamedTuple):
    """A letter with its place in points. ``text`` is "" for white space; ``turn`` counts quarter
    turns to the left of its direction of writing, -1 is aslant; ``weight`` is how bold it is.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    turn: int
    weight: int = 0


def is_leftward(letters: Iterable[Letter]) -> bool:
    """Tells whether most letters are Hebrew or Arabic, so that lines are read from the right."""
    text = "".join(letter.text for letter in letters)
    return 2 * len(_LEFTWARD.findall(text)) > sum(map(str.isalpha, text))


def has_leftward(text: str) -> bool:
    """Tells whether there is a letter in a text that is written from the right."""
    return bool(_LEFTWARD.search(text))


def as_read(letters: Sequence[Letter], *, leftward: bool) -> str:
    """Letters of one line → its text. ``leftward``: the line is read from the right."""
    seen = _as_seen(letters)
    if leftward:
        return _from_the_right(seen)
    leftmost_first = "".join(seen)
    stretch = re.compile(f"{_LEFTWARD.pattern}(?:[^A-Za-z]*{_LEFTWARD.pattern})?[\u0300-\u036f]*")
    parts, at = [], 0
    for found in stretch.finditer(leftmost_first):
        parts += [leftmost_first[at : found.start()], _from_the_right(list(found[0]))]
        at = found.end()
    return "".join([*parts, leftmost_first[at:]])


def _as_seen(letters: Sequence[Letter]) -> list[str]:
    """Letters → each with its marks, and the white between words, from the left to the right."""
    inked = [letter for letter in letters if letter.text]
    bases = [each for each in inked if not unicodedata.combining(each.text[0])] or inked
    # Parts of a ligature can share a place: they stay in the order in which they are read.
    bases.reverse()
    bases.sort(key=lambda each: each.left + each.right)
    marks: dict[int, str] = {}
    for mark in inked:
        if unicodedata.combining(mark.text[0]) and bases is not inked:
            middle = mark.left + mark.right
            near = min(
                range(len(bases)),
                key=lambda at: abs(bases[at].left + bases[at].right - middle),
            )
            marks[near] = marks.get(near, "") + mark.text
    seen: list[str] = []
    right = bases[0].left
    for at, each in enumerate(bases):
        if each.left - right > WORD_GAP * each.size:
            seen.append(" ")
        seen.append(unicodedata.normalize("NFKC", each.text) + marks.get(at, ""))
        right = max(right, each.right)
    return seen


def _from_the_right(seen: list[str]) -> str:
    """What is seen from the left to the right → the text that is read from the right."""
    # One sign for each letter, so that places in the text are places in the list.
    signs = "".join(each[0] for each in seen)
    arabic = len(re.findall(f"[{_ARABIC}]", signs)) > len(re.findall(f"[{_HEBREW}]", signs))
    parts: list[str] = []
    at = 0
    for found in _STAYS["Arabic" if arabic else "Hebrew"].finditer(signs):
        parts += [*seen[at : found.start()], "".join(seen[found.start() : found.end()])]
        at = found.end()
    parts += seen[at:]
    return _with_brackets("".join(reversed(parts)))


def _with_brackets(text: str) -> str:
    """A text with its brackets turned the way in which they open and close.

    A font's bracket that opens to the left closes a Hebrew word; some producers name it by how it
    looks, others by what it does. White space beside it tells.
    """
    out = list(text)
    for at, sign in enumerate(text):
        if sign not in _MIRRORED:
            continue
        before, after = text[at - 1 : at] if at else " ", text[at + 1 : at + 2] or " "
        opens = (before.isspace() or before in "\"'«“") and not after.isspace()
        closes = not before.isspace() and (after.isspace() or not after.isalnum())
        if (opens and not closes and sign not in _OPENING and sign != "«") or (
            closes and not opens and (sign in _OPENING or sign == "«")
        ):
            out[at] = _MIRRORED[sign]
    return "".join(out)
