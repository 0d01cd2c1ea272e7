"""A question → its phrases: the nouns that say what it is about.

"Did Norway close the mine at Sulis?" has the phrases "Norway", "the mine" and "Sulis". What is no
noun phrase but looks like one costs little, for a phrase is only ever a candidate (see
``follow_up_signals``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.phrase_words import (
    ARTICLES,
    BODY_WORDS,
    GENERIC_NOUNS,
    IRREGULAR_PLURALS,
    NOT_PLURAL,
    PERSON_NOUNS,
    TITLES,
)
from rag.question_tokens import Token, read_tokens

_PLACING = frozenset({"in", "at", "near", "on"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: ``text`` without its determiner, as written.

    ``words`` are lower-cased; ``determiner`` and ``preposition`` are those before it, or "".
    ``start`` and ``end`` are its half-open span without both, in the text it comes from.
    """

    text: str
    words: tuple[str, ...]
    start: int
    end: int
    determiner: str = ""
    preposition: str = ""
    before_of: bool = False
    first: bool = False

    @property
    def head(self) -> str:
        """Its last word, which says what it is."""
        return self.words[-1]

    @property
    def is_name(self) -> bool:
        """Whether it is written as a name."""
        inner = [w for w in self.text.split() if w not in ("of", "the", "and", "&")]
        return all(w[0].isupper() or w[0].isdigit() for w in inner) and any(
            w[0].isupper() for w in inner
        )

    @property
    def is_plural(self) -> bool:
        """Whether "they" may mean it."""
        return is_plural(self.head)

    @property
    def is_person(self) -> bool:
        """Whether "he" or "she" may mean it."""
        if self.is_name:
            plain = [w for w in self.words if w not in TITLES]
            titled = len(plain) < len(self.words)
            return (
                (1 if titled else 2) <= len(plain) <= 4
                and not BODY_WORDS & set(plain)
                and "&" not in self.text
                and self.determiner not in ARTICLES
                and self.preposition not in _PLACING
            )
        return self.head in PERSON_NOUNS or self.head.removesuffix("s") in PERSON_NOUNS

    @property
    def is_generic(self) -> bool:
        """Whether it says little by itself ("the main types")."""
        return self.head in GENERIC_NOUNS


def is_plural(word: str) -> bool:
    """Whether a noun, lower-cased, is written as several."""
    if word in IRREGULAR_PLURALS:
        return True
    return (
        len(word) > 3
        and word[-1] == "s"
        and word[-2:] not in ("ss", "us", "is")
        and (word not in NOT_PLURAL)
    )


def read_phrases(text: str, tokens: Sequence[Token] | None = None) -> list[Phrase]:
    """A text → its noun phrases, in order."""
    tokens = read_tokens(text) if tokens is None else tokens
    found: list[Phrase] = []
    place = 0
    while place < len(tokens):
        if tokens[place].kind != "noun":
            place += 1
            continue
        end = place
        while end < len(tokens) and tokens[end].kind == "noun":
            end += 1
        end = _over_a_name(tokens, place, end)
        found.append(_phrase(text, tokens, place, end, not found))
        place = end
    return found


def _over_a_name(tokens: Sequence[Token], start: int, end: int) -> int:
    """A name goes on over "of" and "of the": "Bank of England"."""
    while end + 1 < len(tokens) and tokens[end].lower == "of" and tokens[end - 1].capital:
        after = end + 2 if tokens[end + 1].lower == "the" else end + 1
        if after >= len(tokens) or not tokens[after].capital or tokens[after].kind != "noun":
            break
        end = after
        while end < len(tokens) and tokens[end].kind == "noun":
            end += 1
    return end


def _phrase(text: str, tokens: Sequence[Token], start: int, end: int, first: bool) -> Phrase:
    before = tokens[start - 1] if start else None
    determiner = before.lower if before and before.kind == "determiner" else ""
    further = start - 2 if determiner else start - 1
    preposition = ""
    if further >= 0 and tokens[further].kind == "preposition":
        preposition = tokens[further].lower
    following = tokens[end].lower if end < len(tokens) else ""
    return Phrase(
        text[tokens[start].start : tokens[end - 1].end],
        tuple(token.lower for token in tokens[start:end]),
        tokens[start].start,
        tokens[end - 1].end,
        determiner,
        preposition,
        following == "of",
        first,
    )
