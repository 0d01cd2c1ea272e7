"""A turn that repeats the last question but for a word → that question with the word in it.

"And South Korea?", "What about in May?", "Why?", "When was that?": what is asked stands in the last
question, as it was searched for. Pronouns and topics are for ``follow_up``. By pattern; where the
last question is of no form known here, nothing is made.
"""

from __future__ import annotations

import re

from rag.follow_up_need import GRAMMAR, Need, read_need
from rag.phrase_words import AUXILIARIES, BE, LEAD_INS, QUESTION_WORDS
from rag.phrases import Phrase
from rag.question_tokens import Token

_LEAD = re.compile(
    r"(?:(?:and|but|so|ok|okay|or)[,\s]+)*(?:(?:what|how)\s+about\s+)?", re.IGNORECASE
)
_BARE = re.compile(
    r"(?:(?:and|but|so|ok|okay)[,\s]+)*(why|when|where|how|since when|how often|how long ago)"
    r"(?:\s+so|\s+(?:is|was)\s+(?:that|it|this)|\s+did\s+(?:that|it|this)\s+(?:happen|occur)"
    r"|\s+(?:is|was)\s+(?:that|this)\s+so|\s+exactly)?\s*[?.!]*",
    re.IGNORECASE,
)
_PLACING = frozenset(
    {"in", "on", "at", "during", "for", "before", "after", "near", "from", "to", "with", "since"}
)


def repeated(need: Need, last: str) -> str:
    """A turn and the last question as searched for → the question that is meant, or ""."""
    before = read_need(last)
    if not before.text.rstrip().endswith("?") and not _asks(before):
        return ""
    bare = _BARE.fullmatch(need.text)
    if bare:
        return _asked_otherwise(bare[1], before)
    lead = _LEAD.match(need.text)
    start = lead.end() if lead else 0
    rest = [t for t in need.tokens if t.start >= start and t.kind != "stop"]
    if not rest:
        return ""
    if all(t.kind in ("noun", "determiner", "preposition") or t.lower == "and" for t in rest):
        return _with_other(need, before, rest, led=start > 0)
    if start > 0 and not need.text[:start].lower().rstrip().endswith("about"):
        return _with_other_name(need, before, rest)
    return ""


def _asks(need: Need) -> bool:
    first = need.tokens[0].lower if need.tokens else ""
    return first in QUESTION_WORDS or first in AUXILIARIES


def _asked_otherwise(word: str, before: Need) -> str:
    """A question word and "When did Norway close it?" → "Why did Norway close it?"."""
    tokens = [t for t in before.tokens if t.start >= before.asking_from]
    place = next((n for n, t in enumerate(tokens[:4]) if t.kind == "auxiliary"), None)
    if place is None or place + 1 >= len(tokens):
        return ""
    first = tokens[0].lower
    if place and (first not in QUESTION_WORDS or first in ("who", "whom", "whose", "which")):
        return ""
    clause = tokens[place + 1 :]
    verbs = [t for t in clause if t.kind == "verb" or t.lower in LEAD_INS]
    if not verbs or verbs[0] is clause[0] or clause[0].lower == "there":
        return ""  # "What is GDPR?", "What was decided?"
    start, end = tokens[place].start, verbs[-1].end
    asked_what = ""
    if place and first == "what":
        if place > 1 or tokens[place].lower in BE:
            return ""
        asked_what = " that"  # "Why did the council decide that?"
    if place and first == "how" and (place > 1 or word.lower() == "how"):
        if place > 2 or tokens[1].lower not in ("much", "many"):
            return ""
        asked_what = " that"
    text = before.text[start:end] + asked_what + before.text[end:]
    return f"{word[0].upper()}{word[1:].lower()} {text[0].lower()}{text[1:]}"


def _with_other(need: Need, before: Need, rest: list[Token], *, led: bool) -> str:
    phrases = [p for p in need.phrases if p.start >= rest[0].start]
    if len(phrases) != 1 or phrases[0].is_generic:
        return ""
    phrase = phrases[0]
    words = need.text[rest[0].start : rest[-1].end]
    if phrase.preposition in _PLACING:
        return _with_other_place(before, phrase, words)
    if phrase.is_name:
        return _renamed(before, phrase, words)
    if led and not phrase.preposition:
        return _renamed(before, phrase, words)
    return ""


def _with_other_place(before: Need, phrase: Phrase, words: str) -> str:
    same = [
        p for p in before.phrases
        if p.preposition == phrase.preposition and p.start >= before.asking_from
    ]  # fmt: skip
    text = before.text
    if same and phrase.preposition != "for":
        start = text.lower().rfind(phrase.preposition, 0, same[-1].start)
        return text[:start] + words + text[same[-1].end :]
    end = len(text.rstrip(" ?.!"))
    return f"{text[:end]} {words}{text[end:]}" if not same else ""


def _with_other_name(need: Need, before: Need, rest: list[Token]) -> str:
    """What is meant by "And what did Chile say?" after "What did Peru say about the test?"."""
    names = [p for p in need.phrases if p.is_name]
    if len(names) != 1 or len(need.phrases) != 1:
        return ""
    others = {t.lower for t in rest if t.kind == "verb" or t.lower in LEAD_INS}
    known = {t.lower for t in before.tokens}
    if not others or not others <= known or len(before.text) <= len(need.text[rest[0].start :]):
        return ""
    if rest[0].lower not in known or any(not s.local for s in need.slots):
        return ""
    return _renamed(before, names[0], need.text[names[0].start : names[0].end])


def _renamed(before: Need, phrase: Phrase, words: str) -> str:
    """The last question with its likeliest phrase replaced: a name by a name, a person by a
    person, a plain noun by a plain noun of the same number; the first of them.
    """
    if set(phrase.words) <= before.words:
        return ""
    asked = [p for p in before.phrases if p.start >= before.asking_from and not p.is_generic]
    alike = [p for p in asked if p.is_person] if phrase.is_person else []
    alike = alike or [p for p in asked if _alike(p, phrase)]
    if not alike:
        return ""
    old = alike[0]
    start = old.start
    if old.determiner and old.determiner != "'s":
        start = before.text.lower().rfind(old.determiner, 0, start)
    if start == 0:
        words = words[0].upper() + words[1:]
    return before.text[:start] + words + before.text[old.end :]


def _alike(old: Phrase, new: Phrase) -> bool:
    if new.is_name or old.is_name:
        return new.is_name and old.is_name and not (old.is_person and not new.is_person)
    return old.is_plural == new.is_plural and bool(old.determiner) == bool(new.determiner)


def is_english(text: str) -> bool:
    """Whether a question has English words of grammar, or too few words to tell."""
    tokens = [t for t in read_need(text).tokens if t.kind != "stop"]
    return len(tokens) <= 2 or any(t.lower in GRAMMAR for t in tokens)
