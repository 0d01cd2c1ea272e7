"""A turn of a conversation → what it has and what it lacks: its pronouns, and nouns with "the".

"Who leads it?" lacks what "it" is; "What are the main types?" lacks of what. What may be meant is
looked for elsewhere (``follow_up_signals``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from rag.phrase_words import (
    ADVERBS,
    ARTICLES,
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    LEAD_INS,
    PREPOSITIONS,
    PRONOUNS,
    QUESTION_WORDS,
)
from rag.phrases import Phrase, read_phrases
from rag.question_tokens import Token, read_tokens

GRAMMAR = (
    ADVERBS | ARTICLES | AUXILIARIES | CONJUNCTIONS | DETERMINERS | LEAD_INS
    | PREPOSITIONS | PRONOUNS | QUESTION_WORDS
)  # fmt: skip

SlotKind = Literal["it", "they", "person", "that", "there", "one", "the", "this"]

_PRONOUNS: dict[str, SlotKind] = {
    "it": "it", "its": "it", "itself": "it",
    "they": "they", "them": "they", "their": "they", "theirs": "they", "themselves": "they",
    "he": "person", "him": "person", "his": "person", "she": "person", "her": "person",
    "hers": "person", "that": "that", "this": "that", "these": "they", "those": "they",
    "there": "there", "one": "one", "ones": "one",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """Words of a turn, ``turn[start:end]``, that stand for something said before. ``local`` where
    the turn itself names it; ``noun`` is the head of "the company", else "".
    """

    start: int
    end: int
    kind: SlotKind
    noun: str = ""
    possessive: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A turn as it stands: its words, phrases, and what in it refers back."""

    text: str
    tokens: tuple[Token, ...]
    phrases: tuple[Phrase, ...]
    slots: tuple[Slot, ...]
    words: frozenset[str]
    asking_from: int


@lru_cache(maxsize=4096)  # a conversation's texts come again with each of its turns
def phrases_of(text: str) -> tuple[Phrase, ...]:
    """A text → its noun phrases, in order."""
    return tuple(read_phrases(text))


@lru_cache(maxsize=4096)
def read_need(text: str) -> Need:
    """A turn → what it has and what it lacks."""
    tokens = tuple(read_tokens(text))
    phrases = phrases_of(text)
    asking_from = _asking_from(text, tokens)
    slots = tuple(_slots(tokens, phrases, asking_from))
    return Need(text, tokens, phrases, slots, content_words(text), asking_from)


def content_words(text: str) -> frozenset[str]:
    """A text → its lower-cased words without those of grammar."""
    return frozenset(
        t.lower for t in read_tokens(text) if t.lower not in GRAMMAR and t.kind != "stop"
    ) - {"'s"}


def _asking_from(text: str, tokens: Sequence[Token]) -> int:
    """Where the sentence that asks begins: remarks before it ("That's great.") refer to nothing
    that is wanted.
    """
    starts = [0]
    for token, after in pairwise(tokens):
        if token.kind == "stop" and token.lower in ".!?":
            starts.append(after.start)
    for start in starts:
        end = min((s for s in starts if s > start), default=len(text))
        sentence = text[start:end].strip()
        first = sentence.split()[0].lower().strip(",.!") if sentence.split() else ""
        if sentence.endswith("?") or first in ("tell", "describe", "explain", "give", "compare"):
            return start
    return starts[-1]


def _slots(tokens: Sequence[Token], phrases: Sequence[Phrase], asking_from: int) -> list[Slot]:
    slots = []
    for place, token in enumerate(tokens):
        if token.start < asking_from or token.kind in ("stop", "noun", "verb"):
            continue
        slot = _slot(tokens, phrases, place)
        if slot is not None:
            slots.append(slot)
    return slots


def _slot(tokens: Sequence[Token], phrases: Sequence[Phrase], place: int) -> Slot | None:
    token = tokens[place]
    before = tokens[place - 1].lower if place else ""
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if token.kind == "determiner" and token.lower in ("the", "this", "that", "these", "those"):
        phrase = next((p for p in phrases if after and p.start <= after.start < p.end), None)
        if phrase is None or phrase.is_name:
            return None
        kind: SlotKind = "the" if token.lower == "the" else "this"
        return Slot(token.start, phrase.end, kind, phrase.head)
    kind_of = _PRONOUNS.get(token.lower)
    if kind_of is None or _says_nothing(tokens, place, before):
        return None
    possessive = token.lower in ("its", "their", "his", "her") and (
        after is not None and after.kind == "noun"
    )
    local = kind_of in ("it", "they", "person") and _is_local(tokens, phrases, place, kind_of)
    return Slot(token.start, token.end, kind_of, "", possessive, local)


def _says_nothing(tokens: Sequence[Token], place: int, before: str) -> bool:
    """Whether a pronoun stands for nothing: "Is it true that …", "Are there …", "said that …"."""
    word = tokens[place].lower
    after = [t.lower for t in tokens[place + 1 : place + 5]]
    if word == "there":
        return before in AUXILIARIES or (bool(after) and after[0] in AUXILIARIES)
    if word == "that" and tokens[place].kind == "grammar":
        verb = place + 1 < len(tokens) and tokens[place + 1].kind in ("verb", "auxiliary", "noun")
        relative = place > 0 and tokens[place - 1].kind in ("noun", "verb")
        return relative and (verb or bool(after))
    if word == "one":
        return bool(after) and after[0] == "of"
    if word == "it" and before in AUXILIARIES:
        rest = " ".join(after)
        for adjective in ("true that", "possible to", "possible that", "likely that"):
            if rest.startswith(adjective):
                return True
        return bool(after) and after[0] in ("take", "cost", "mean") and after[1:2] == ["to"]
    return False


def _is_local(
    tokens: Sequence[Token], phrases: Sequence[Phrase], place: int, kind: SlotKind
) -> bool:
    """Whether the turn names what its pronoun means: in a clause before its own."""
    boundary = 0
    for token in tokens[:place]:
        if token.kind == "stop" or token.lower in CONJUNCTIONS or token.lower in QUESTION_WORDS:
            boundary = token.start
    named = [p for p in phrases if p.end <= boundary and not p.is_generic]
    if kind == "person":
        return any(p.is_person for p in named)
    return any(p.is_plural == (kind == "they") and not p.is_person for p in named)


def lacks(need: Need) -> str:
    """What kind of thing a turn lacks, by its slots that stand for something said before."""
    kinds = {slot.kind for slot in need.slots if not slot.local}
    text = need.text[need.asking_from :].lower()
    if (
        text.startswith(("and ", "what about", "how about"))
        and len(need.phrases) <= 1
        and not kinds
    ):
        return "going on"
    for kind in ("person", "it", "they", "there", "one", "that"):
        if kind in kinds:
            return "it" if kind == "that" else kind
    if "this" in kinds:
        return "this"
    asked = [p for p in need.phrases if p.start >= need.asking_from]
    if not asked:
        return "all"
    if all(p.is_generic and not p.before_of for p in asked):
        return "of"
    if any(t.capital and t.start > need.asking_from for t in need.tokens):
        return "name"
    return "the" if "the" in kinds else "nothing"
