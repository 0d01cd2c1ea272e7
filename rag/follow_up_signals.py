"""A turn and the earlier ones → the phrases it may refer to, with signals for each.

A candidate is a noun phrase of an earlier question, as typed or as searched for, or a name of an
answer. The signals say where it stands, what it is, and whether it fits what the turn lacks.
``follow_up`` decides by them, with fitted weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.follow_up_need import GRAMMAR, Need, lacks, phrases_of, read_need
from rag.phrase_words import ADJECTIVES, CLASS_NOUNS, PERSON_NOUNS
from rag.phrases import Phrase

_PLACING = ("in", "at", "near")


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
    return _fitting(need, [c for c in found.values() if set(c.phrase.words) - need.words], history)


def _fitting(need: Need, candidates: list[Candidate], history: Sequence[Said]) -> list[Candidate]:
    """Those that the turn's pronouns can mean, or all where none can: "she" a person, of the last
    answer where that said who; "it" no person, nor the place of something else that was asked for.
    """
    kinds = {slot.kind for slot in need.slots if not slot.local}
    if "person" in kinds:
        people = [c for c in candidates if c.phrase.is_person]
        asked_who = history[-1].question.lower().startswith("who")
        named = [c for c in people if asked_who and 1 in c.answered]
        return named[:1] or people or [c for c in candidates if c.phrase.is_name]
    if kinds & {"it", "that", "they"}:
        things = [c for c in candidates if "they" in kinds or not c.phrase.is_person]
        things = [c for c in things if not _is_aside(c.phrase)]
        if "it" in kinds and "they" not in kinds:
            things = [c for c in things if not c.phrase.is_plural] or things
        return things or candidates
    if lacks(need) == "going on":
        return [c for c in candidates if not (c.phrase.is_name and c.phrase.is_person)]
    return candidates


def _is_aside(phrase: Phrase) -> bool:
    return phrase.is_name and phrase.preposition in _PLACING and not phrase.first


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


def signals(need: Need, candidate: Candidate, history: Sequence[Said]) -> dict[str, float]:
    """A candidate's signals by name; those left out are 0."""
    about = _about(candidate, history)
    words = set(candidate.phrase.words)
    slots = [s for s in need.slots if not s.local]
    found = {name: float(value) for name, value in about.items() if value}
    found |= {f"words {min(4, len(words))}": 1.0}
    if words & need.words:
        found["shares a word"] = 1.0
    if candidate.phrase.head in need.words:
        found["shares its head"] = 1.0
    lack = lacks(need)
    for other in _CROSSED:
        if about.get(other):
            found[f"{lack} × {other}"] = float(about[other])
    kinds = {slot.kind for slot in slots}
    if ("it" in kinds and candidate.phrase.is_plural and "they" not in kinds) or (
        "they" in kinds and not candidate.phrase.is_plural and "it" not in kinds
    ):
        found["other number"] = 1.0
    if "person" in kinds:
        found["person wanted" if candidate.phrase.is_person else "no person wanted"] = 1.0
    elif kinds & {"it", "that", "there"} and candidate.phrase.is_person:
        found["thing wanted"] = 1.0
    singular = {w.rstrip("s") for w in words}
    for slot in slots:
        if slot.noun in CLASS_NOUNS and candidate.phrase.is_name:
            fits = candidate.phrase.is_person == (slot.noun in PERSON_NOUNS)
            found["called so" if fits else "not called so"] = 1.0
        if slot.kind in ("the", "this") and slot.noun.rstrip("s") in singular:
            found[f"{slot.kind} fits"] = 1.0
            if slot.noun.rstrip("s") == candidate.phrase.head.rstrip("s"):
                found[f"{slot.kind} fits head"] = 1.0
    return found


_CROSSED = (
    "told alone", "told", "told beside", "carried", "first", "older", "answered", "name", "plural",
    "generic", "before of", "placed", "persistent", "opens last",
)  # fmt: skip


def _about(candidate: Candidate, history: Sequence[Said]) -> dict[str, float | bool]:
    phrase, count = candidate.phrase, len(history)
    asked_or_searched = candidate.asked | candidate.searched
    recent = range(1, min(count, 3) + 1)
    told = 1 in candidate.asked
    complete = not any(
        not s.local and s.kind not in ("the",) for s in read_need(history[-1].question).slots
    )
    others = [p for p in phrases_of(history[-1].question) if not p.is_generic]
    carried = 1 in candidate.searched and not told
    only_answered = not asked_or_searched
    return {
        "told alone": told and complete and len(others) == 1,
        "told": told and complete and len(others) > 1,
        "told beside": told and not complete,
        "carried": carried,
        "first": count in candidate.asked and not told and not carried,
        "older": not told and not carried and count not in candidate.asked and not only_answered,
        "answered": only_answered and 1 in candidate.answered,
        "answered before": only_answered and 1 not in candidate.answered,
        "answered too": bool(asked_or_searched) and 1 in candidate.answered,
        "answered often": only_answered and candidate.answered.get(1, 0) > 1,
        "in second": 2 in asked_or_searched,
        "persistent": sum(d in asked_or_searched for d in recent) / len(recent),
        "asked often": len(candidate.asked) > 1,
        "opens last": 1 in candidate.first_in,
        "name": phrase.is_name,
        "plural": phrase.is_plural,
        "person": phrase.is_person,
        "generic": phrase.is_generic,
        "before of": candidate.before_of,
        "owned": candidate.owned,
        "placed": phrase.is_name and phrase.preposition in _PLACING,
    }


def turn_signals(need: Need) -> dict[str, float]:
    """A turn's signals by name, for carrying nothing over; those left out are 0."""
    slots = [s for s in need.slots if not s.local]
    text = need.text[need.asking_from :].lower()
    last = next((t for t in reversed(need.tokens) if t.kind != "stop"), None)
    found = {
        "nothing": True,
        "nothing × " + lacks(need): True,
        "nothing × full × " + lacks(need): len(need.words) > 2,
        "local": any(s.local for s in need.slots),
        "ends in noun": last is not None and last.kind == "noun",
        f"content {min(5, len(need.words))}": True,
        "goes on": text.startswith(("and ", "what about", "how about", "but ")),
        "asks what": text.startswith(
            ("what is", "what's", "who is", "who was", "what are", "tell me about", "describe")
        ),
        "of": any(t.lower == "of" for t in need.tokens),
        "other": bool({"other", "else", "another", "different", "more"} & set(text.split())),
        "the": any(s.kind == "the" for s in slots),
        "name": any(p.is_name for p in need.phrases),
        "several": len(need.phrases) > 1,
    }
    return {"turn: " + name: 1.0 for name, value in found.items() if value}
