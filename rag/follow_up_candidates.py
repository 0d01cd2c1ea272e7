"""A turn and the earlier ones → the phrases it may refer to.

A candidate is a noun phrase of an earlier question, as typed or as searched for, or a name of an
answer. Which of them is meant is decided elsewhere (``follow_up``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rag.follow_up_need import GRAMMAR, Need, SlotKind, content_words, lacks, phrases_of
from rag.genders import Gender, gender_of_phrase, gender_of_pronoun
from rag.phrase_words import ACTING_NOUNS, ACTS, ADJECTIVES, SAYING, UNACTED
from rag.phrases import Phrase

_ENOUGH_PHRASES = 3
"""A turn with so many phrases of its own, and no pronoun, stands alone whatever went before."""

PLACING = frozenset({"in", "at", "near"})


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier turn: its question as typed and as searched for, and its answer's sentences."""

    question: str
    searched_for: str
    answer: str = ""


@dataclass(slots=True)
class Candidate:
    """A phrase of earlier turns. ``phrase`` is as it stood last; distances are in turns, 1 for
    the last one.
    """

    phrase: Phrase
    asked: set[int] = field(default_factory=set)
    searched: set[int] = field(default_factory=set)
    answered: dict[int, int] = field(default_factory=dict)
    first_in: set[int] = field(default_factory=set)
    before_of: bool = False
    owned: bool = False


def find_candidates(need: Need, history: Sequence[Said]) -> list[Candidate]:
    """The phrases of the earlier turns that would add a word to the turn, in order."""
    found: dict[tuple[str, ...], Candidate] = {}
    for place, said in enumerate(history):
        distance = len(history) - place
        for text, where in ((said.question, "asked"), (said.searched_for, "searched")):
            for phrase in phrases_of(text):
                candidate = _candidate(found, phrase)
                if candidate is None:
                    continue
                (candidate.asked if where == "asked" else candidate.searched).add(distance)
                candidate.before_of |= phrase.before_of
                candidate.owned |= phrase.determiner in ("'s", "its", "their", "his", "her")
                if phrase.first:
                    candidate.first_in.add(distance)
        for phrase in phrases_of(said.answer):
            if phrase.is_name:
                candidate = _candidate(found, phrase)
                if candidate is not None:
                    candidate.answered[distance] = candidate.answered.get(distance, 0) + 1
    return [c for c in found.values() if set(c.phrase.words) - need.words]


def stands_by_itself(need: Need, history: Sequence[Said]) -> bool:
    """Whether a turn without a pronoun says what it is about: by many phrases, or by one of which
    nothing was said before, a name or of two words ("Who plays in the cup final?").
    """
    if any(slot.kind != "the" for slot in need.slots):
        return False
    if len(need.phrases) >= _ENOUGH_PHRASES:
        return True
    if lacks(need) == "going on" or any(t.lower in SAYING for t in need.tokens):
        return False
    said = frozenset[str]().union(
        *(content_words(text) for turn in history for text in (turn.question, turn.searched_for))
    )
    return any(
        (phrase.is_name or len(content_words(phrase.text)) > 1) and said.isdisjoint(phrase.words)
        for phrase in need.phrases
        if phrase.start >= need.asking_from and not phrase.is_generic
    )


def fitting(
    need: Need, candidates: Sequence[Candidate], history: Sequence[Said]
) -> list[Candidate]:
    """Those that the turn's pronouns can mean, or all where none can: "she" a person, who is no
    man as far as is known, of the last answer where that said who; "it" no person, nor the place
    of something else that was asked for.
    """
    kinds = {slot.kind for slot in need.slots if not slot.local}
    if "person" in kinds:
        return _people(need, candidates, history)
    if kinds & {"it", "that", "they"}:
        things = _things(need, candidates, kinds)
        return things or list(candidates)
    if lacks(need) == "going on":
        return [c for c in candidates if not (c.phrase.is_name and c.phrase.is_person)]
    return list(candidates)


def second_candidates(
    need: Need, first: Candidate, candidates: Sequence[Candidate]
) -> list[Candidate]:
    """What "it" may mean beside "they", "he" or "she", or "they" beside "it": of the last
    question, and no word of it the first's.
    """
    kinds = {slot.kind for slot in need.slots if not slot.local} & {"it", "they", "person"}
    if len(kinds) < 2 or any(t.lower in SAYING for t in need.tokens):
        return []
    other: SlotKind = "it"
    if not (first.phrase.is_person or first.phrase.is_plural):
        other = "person" if "person" in kinds else "they"
    words = set(first.phrase.words)
    return [
        c
        for c in candidates
        if 1 in c.asked | c.searched
        and not words & set(c.phrase.words)
        and _may_be(c.phrase, other)
        and not is_aside(c.phrase)
    ]


def _may_be(phrase: Phrase, kind: SlotKind) -> bool:
    if kind == "person":
        return phrase.is_person
    return not phrase.is_person and phrase.is_plural == (kind == "they")


def _people(
    need: Need, candidates: Sequence[Candidate], history: Sequence[Said]
) -> list[Candidate]:
    wanted = {gender_of_pronoun(need.text[s.start : s.end]) for s in need.slots if not s.local}
    people = [c for c in candidates if c.phrase.is_person]
    others = [c for c in candidates if c.phrase.is_name and not c.phrase.is_person]
    wanted.discard("")
    if len(wanted) == 1:
        genders = {id(c): _gender(c.phrase, history) for c in people}
        known = [c for c in people if genders[id(c)] in wanted]
        unknown = [c for c in people if not genders[id(c)]]
        if people and not known and not unknown:
            return []  # nobody rather than a man for "she"
        people = known or unknown
    asked_who = history[-1].question.lower().startswith("who")
    named = [c for c in people if asked_who and 1 in c.answered]
    return named[:1] or people or others


def _gender(phrase: Phrase, history: Sequence[Said]) -> Gender:
    # A pronoun that was typed, behind the name it was read as.
    read = [f"{said.searched_for} {said.question}" for said in history]
    return gender_of_phrase(phrase, [*(said.answer for said in history), *read])


def _things(need: Need, candidates: Sequence[Candidate], kinds: set[SlotKind]) -> list[Candidate]:
    things = [c for c in candidates if "they" in kinds or not c.phrase.is_person]
    things = [c for c in things if not is_aside(c.phrase)]
    if "they" in kinds:
        several = [c for c in things if not c.phrase.is_person or c.phrase.is_plural]
        things = several or things
    if _acts(need):
        things = [c for c in things if c.phrase.head in ACTING_NOUNS] or things
    if "it" in kinds and "they" not in kinds:
        things = [c for c in things if not c.phrase.is_plural] or things
        if any(t.lower in UNACTED for t in need.tokens):
            near = [c for c in things if 1 in c.asked | c.searched]
            if any(c.phrase.head not in ACTING_NOUNS for c in near):
                things = [c for c in things if c.phrase.head not in ACTING_NOUNS]
    return things


def _acts(need: Need) -> bool:
    """Whether "it" decides, plans or votes: "When did it decide?"."""
    ends = {slot.end for slot in need.slots if slot.kind == "it" and not slot.possessive}
    return any(
        before.end in ends and after.lower in ACTS for before, after in pairwise(need.tokens)
    )


def is_aside(phrase: Phrase) -> bool:
    """Whether it is only where something else is: "the quarry in Lenn"."""
    return phrase.is_name and phrase.preposition in PLACING and not phrase.first


def _candidate(found: dict[tuple[str, ...], Candidate], phrase: Phrase) -> Candidate | None:
    key = tuple(word for word in phrase.words if word not in GRAMMAR)
    if not phrase.is_name and all(w in ADJECTIVES for w in key):
        return None
    if not key or (len(key) == 1 and len(key[0]) == 1):
        return None
    candidate = found.setdefault(key, Candidate(phrase))
    if not (candidate.phrase.preposition or candidate.phrase.determiner):
        candidate.phrase = phrase
    return candidate
