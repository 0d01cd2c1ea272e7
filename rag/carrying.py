"""A turn and the phrase it lacks → one question with it in it, as a reader would write it.

In the place of a pronoun ("Where did Rosa Lint study?"), behind the noun that wants one ("the main
types of heron"), else at the end. What is to be carried is decided elsewhere (``follow_up``).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.follow_up_need import Need, Slot
from rag.phrase_words import ARTICLES, BE, CLASS_NOUNS, SAYING
from rag.phrases import Phrase

_PLACING = frozenset({"in", "at", "on", "near", "during", "after", "before", "under"})
_COUNTED = frozenset({"people", "person", "place", "places", "time", "times", "location"})


def carry(need: Need, phrases: Sequence[Phrase]) -> str:
    """A turn and the phrases to carry, the first the surest → the question with them. Any but the
    first stands in the place of a pronoun, or is left out.
    """
    free = list(need.slots)
    changes: list[tuple[int, int, str]] = []
    for number, phrase in enumerate(phrases):
        slot = next((s for s in free if _fits(need, s, phrase)), None)
        if slot is not None:
            free.remove(slot)
            changes.append((slot.start, slot.end, _in_place(need, slot, phrase)))
        elif number == 0:
            changes.append(_added(need, phrase))
    text = need.text
    for start, end, words in sorted(changes, reverse=True):
        if start == 0:
            words = words[0].upper() + words[1:]
        text = text[:start] + words + text[end:]
    return text


def named(phrase: Phrase) -> str:
    """A phrase with the determiner that a reader expects before it."""
    determiner = phrase.determiner
    if determiner == "":
        return phrase.text
    if determiner in ("which", "what"):  # "Which countries signed it?"
        return f"the {phrase.text}"
    if determiner in ARTICLES or determiner in ("this", "that", "these", "those"):
        if phrase.is_plural and determiner != "the":
            return phrase.text
        return f"the {phrase.text}"
    return f"{determiner} {phrase.text}" if determiner in ("my", "your", "our") else phrase.text


def _possessor(phrase: Phrase) -> str:
    words = named(phrase)
    return f"{words}'" if phrase.is_plural and words.endswith("s") else f"{words}'s"


def _fits(need: Need, slot: Slot, phrase: Phrase) -> bool:
    if slot.local:
        return False
    if slot.kind in ("the", "this"):
        same = slot.noun == phrase.head
        of_its_class = phrase.is_name and slot.noun in CLASS_NOUNS
        return same or of_its_class
    if slot.kind == "person":
        return phrase.is_person
    if slot.kind == "there":
        return not phrase.is_person
    if slot.kind == "it":
        return not phrase.is_plural or not any(s.kind == "they" for s in need.slots)
    if slot.kind == "they":
        return (
            phrase.is_plural
            or phrase.is_name
            or not any(s.kind in ("it", "that") for s in need.slots)
        )
    return True


def _in_place(need: Need, slot: Slot, phrase: Phrase) -> str:
    if slot.possessive:
        return _possessor(phrase)
    if slot.kind == "there":
        usual = "in" if phrase.is_name else "at"
        return f"{phrase.preposition if phrase.preposition in _PLACING else usual} {named(phrase)}"
    if slot.kind in ("the", "this") and slot.noun != phrase.head:
        return f"the {need.text[slot.start : slot.end].split(None, 1)[1]} {phrase.text}"
    if slot.kind in ("the", "this"):
        return f"the {phrase.text}"
    if slot.kind == "one":
        return phrase.text
    return named(phrase)


def _added(need: Need, phrase: Phrase) -> tuple[int, int, str]:
    """Where it goes instead: behind the first noun that wants an "of", else at the end."""
    wanting = next((p for p in need.phrases if _wants_of(need, p)), None)
    if wanting is not None and not (phrase.is_name and phrase.preposition in _PLACING):
        return wanting.end, wanting.end, f" of {named(phrase)}"
    end = _end(need)
    return end, end, _appended(need, phrase)


def _wants_of(need: Need, phrase: Phrase) -> bool:
    """Whether a phrase says little without an "of", and has none ("the main types")."""
    if not phrase.is_generic or phrase.head in _COUNTED or phrase.before_of:
        return False
    if phrase.start < need.asking_from or phrase.determiner in ("its", "their", "his", "her", "'s"):
        return False
    after = next((t for t in need.tokens if t.start >= phrase.end), None)
    return after is None or after.lower not in ("for", "between", "in", "with", "about")


def _appended(need: Need, phrase: Phrase) -> str:
    if phrase.preposition in _PLACING:
        return f" {phrase.preposition} {named(phrase)}"
    if any(t.lower in SAYING for t in need.tokens):
        return f" about {named(phrase)}"
    last = next((t for t in reversed(need.tokens) if t.kind != "stop"), None)
    asks_what = any(t.lower in BE for t in need.tokens[:3])
    if last is not None and last.kind == "noun" and asks_what:
        return f" of {named(phrase)}"
    if len([t for t in need.tokens if t.kind != "stop"]) <= 2:
        return f", regarding {named(phrase)}"
    return f" regarding {named(phrase)}"


def _end(need: Need) -> int:
    """Where the sentence that asks ends, before its mark."""
    end = need.text.find("?", need.asking_from)
    if end < 0:
        end = len(need.text.rstrip(" .!"))
    return end
