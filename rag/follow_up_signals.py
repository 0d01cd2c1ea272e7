"""A phrase of the earlier turns → signals of whether a turn refers to it.

They say where it stands, what it is, and whether it fits what the turn lacks. ``follow_up`` decides
by them, with fitted weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.follow_up_candidates import PLACING, Candidate, Said
from rag.follow_up_need import Need, content_words, lacks, phrases_of, read_need
from rag.phrase_words import CLASS_NOUNS, PERSON_NOUNS
from rag.phrases import Phrase

Terms = Mapping[str, float]
"""An earlier word, lower-cased → the chance that the turn's stand-alone question has it."""


def signals(
    need: Need, candidate: Candidate, history: Sequence[Said], terms: Terms | None = None
) -> dict[str, float]:
    """A candidate's signals by name; those left out are 0. ``terms`` is what the term classifier
    says, None where it was not asked.
    """
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
    return found if terms is None else found | _of_terms(need, candidate.phrase, terms)


def _of_terms(need: Need, phrase: Phrase, terms: Terms) -> dict[str, float]:
    """What the term classifier says of the words that the phrase would add."""
    added = [w for w in content_words(phrase.text) if w not in need.words]
    chances = [terms.get(word, 0.0) for word in added]
    if not chances:
        return {}
    return {
        "terms: mean": sum(chances) / len(chances),
        "terms: least": min(chances),
        "terms: most": max(chances),
        "terms: right": sum(chances),
        "terms: wrong": sum(1 - chance for chance in chances),
    }


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
        "placed": phrase.is_name and phrase.preposition in PLACING,
    }


def turn_signals(need: Need, terms: Terms | None = None) -> dict[str, float]:
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
    named = {"turn: " + name: 1.0 for name, value in found.items() if value}
    if terms is not None:
        named |= {
            "turn: terms: most": max(terms.values(), default=0.0),
            "turn: terms: right": sum(terms.values()),
        }
    return named
