"""A name and what was said with it → whether "he" or "she" means it, where that can be told.

By a title ("Mrs Kroll"), a common first name, and by the pronouns that were used for it. Where
nothing tells, either may mean it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from rag.phrase_words import FEMALE_WORDS, MALE_WORDS
from rag.phrases import Phrase

Gender = Literal["he", "she", ""]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HE, _SHE = frozenset({"he", "him", "his", "himself"}), frozenset({"she", "her", "hers", "herself"})
_REACH_WORDS = 25
"""How far behind a name a pronoun may stand and still be taken for it."""


def gender_of_pronoun(word: str) -> Gender:
    """A pronoun → "he" or "she", any other word → ""."""
    lower = word.lower()
    return "he" if lower in _HE else "she" if lower in _SHE else ""


def gender_of_phrase(phrase: Phrase, texts: Iterable[str]) -> Gender:
    """A phrase that means somebody, and the texts that may mention it → its pronoun, or "" where
    the signs are missing or speak against each other.
    """
    # Of a name the last word is the family's, which may be "King".
    by_itself = phrase.words[:-1] if phrase.is_name and len(phrase.words) > 1 else phrase.words[-1:]
    for word in by_itself:
        if word in MALE_WORDS or word in FEMALE_WORDS:
            return "he" if word in MALE_WORDS else "she"
    found = [gender for text in texts for gender in _used_for(phrase.head, text)]
    return found[0] if len(set(found)) == 1 else ""


def _used_for(last_word: str, text: str) -> list[Gender]:
    """The pronouns that come next after each mention of a name, before another name does."""
    written = _WORD.findall(text)
    found: list[Gender] = []
    for place, word in enumerate(written):
        if word.lower().removesuffix("'s").removesuffix("’s") != last_word:
            continue
        for before, after in zip(
            written[place : place + _REACH_WORDS], written[place + 1 : place + 1 + _REACH_WORDS],
            strict=False,
        ):  # fmt: skip
            gender = gender_of_pronoun(after)
            if gender:
                found.append(gender)
                break
            if after[0].isupper() and before[0].isupper() and before.lower() != last_word:
                break  # two capitals: somebody else's name
    return found
