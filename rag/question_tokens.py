"""A question → its words with their kind: noun, verb, auxiliary, determiner, preposition.

By lists of words and the order of English questions, without a parser: after "did" comes a subject
and then a base form, after "was" a participle. A word of no list is taken for a noun.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.phrase_words import (
    ADJECTIVES,
    ADVERBS,
    ARTICLES,
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    DO_OR_MODAL,
    LEAD_INS,
    PAST_FORMS,
    PREPOSITIONS,
    PRONOUNS,
    QUESTION_WORDS,
    VERBS,
)

Kind = Literal["noun", "verb", "auxiliary", "determiner", "preposition", "grammar", "stop"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: ``text[start:end]``, lower-cased, with its kind; "stop" ends a clause."""

    start: int
    end: int
    lower: str
    kind: Kind
    capital: bool


_WORD = re.compile(
    r"[^\W_](?:[^\W_]|[.'’&/-](?=[^\W_]))*(?:(?<=\b[A-Z]\.[A-Z])\.)?|[?!;:,\"“”()]|\.(?=\s|$)"
)


_AFTER_WHAT = frozenset({"causes", "makes", "happens", "went", "comes", "led"})
_TAIL = re.compile(r"(?<=.)'(?:s|re|m|d|ll|ve)$")


def read_tokens(text: str) -> list[Token]:
    """A text → its words and marks, each with its kind."""
    tokens: list[Token] = []
    for match in _WORD.finditer(text):
        written = match.group()
        lower = written.lower().replace("’", "'")
        start, end = match.span()
        tail = _TAIL.search(lower)
        stem = lower[: tail.start()] if tail else lower
        kind = _plain_kind(stem)
        end = start + len(stem)
        tokens.append(Token(start, end, stem, kind, written[0].isupper()))
        if tail:
            tokens.append(Token(end, match.end(), *_tail_of(stem, tail.group(), kind), False))
    return _with_verbs(_with_determiners(tokens))


def _tail_of(stem: str, tail: str, kind: Kind) -> tuple[str, Kind]:
    """What an apostrophe joined to a word: an auxiliary, or the mark of a possessor."""
    if tail != "'s":
        return {"'re": "are", "'m": "am", "'d": "would", "'ll": "will", "'ve": "have"}[
            tail
        ], "auxiliary"
    if stem == "let":
        return "us", "grammar"
    return ("'s", "determiner") if kind == "noun" else ("is", "auxiliary")


def _plain_kind(word: str) -> Kind:
    if not word[0].isalnum():
        return "stop"
    if word in AUXILIARIES or word.endswith("n't"):
        return "auxiliary"
    if word in DETERMINERS:
        return "determiner"
    if word in PREPOSITIONS:
        return "preposition"
    if word in QUESTION_WORDS | PRONOUNS | CONJUNCTIONS | ADVERBS | LEAD_INS:
        return "grammar"
    return "noun"


def _with_determiners(tokens: Sequence[Token]) -> list[Token]:
    """A determiner without a noun behind it is a pronoun, as in "What caused this?"."""
    found = []
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        alone = after is None or (after.kind != "noun" and after.lower not in ADVERBS)
        if (
            after
            and token.lower in QUESTION_WORDS
            and (
                after.lower in PAST_FORMS
                or after.lower.endswith("ed")
                or after.lower in _AFTER_WHAT
            )
        ):
            alone = True  # "what happened", "what causes it"
        if token.kind == "determiner" and token.lower not in (*ARTICLES, "'s") and alone:
            token = _as(token, "grammar")
        found.append(token)
    return found


def _with_verbs(tokens: Sequence[Token]) -> list[Token]:
    """The same with the verbs found: after "did" the last base form of the run of nouns, after
    "was" a participle or an adjective at the run's end, after "who" and pronouns the next word.
    """
    found = list(tokens)
    state = ""  # "base" after did/will, "be" after is/was, "" once the verb is there
    place = 0
    while place < len(found):
        token = found[place]
        if token.kind == "stop":
            state = ""
        elif token.kind == "auxiliary":
            state = "be" if token.lower in BE else "base" if token.lower in DO_OR_MODAL else "have"
        elif token.kind == "noun":
            end = place
            while end < len(found) and found[end].kind == "noun":
                end += 1
            verb = _verb_in(found, place, end, state)
            if verb is not None:
                found[verb] = _as(found[verb], "verb")
                if not (state == "base" and found[verb].lower in BE):
                    state = ""
                place = verb + 1
                continue
            place = end
            continue
        place += 1
    return found


def _verb_in(tokens: Sequence[Token], start: int, end: int, state: str) -> int | None:
    before = tokens[start - 1] if start else None
    word = tokens[start].lower
    if before is not None:
        if before.lower == "to" and word in VERBS and not tokens[start].capital:
            return start
        subject = before.kind == "grammar" and (
            before.lower in PRONOUNS or before.lower in ("who", "what", "that", "which")
        )
        if subject and (_looks_verbal(word) or word in VERBS):
            return start
        predicate = end == start + 1 and (_looks_verbal(word) or word in ADJECTIVES)
        if before.kind == "auxiliary" and state in ("be", "have") and predicate:
            return start
        if before.kind in ("verb", "grammar") and end == start + 1 and _looks_verbal(word):
            return start  # "stopped working"
        if before.kind == "auxiliary" and state == "base" and word in VERBS and start >= 2:
            return start if tokens[start - 2].lower in ("who", "what", "which", "to") else None
    elif word in VERBS and not _is_capitalised_name(tokens, start):
        return start  # "Compare …", "Describe …"
    if state == "base":
        for place in range(end - 1, start, -1):
            if tokens[place].lower in VERBS and not tokens[place].capital:
                return place
    followed_by_of = end < len(tokens) and tokens[end].lower == "of"
    if state == "be" and end - start > 1 and not tokens[end - 1].capital and not followed_by_of:
        last = tokens[end - 1].lower
        if (
            _looks_verbal(last)
            or last in ADJECTIVES
            or last.endswith(("able", "ible", "ful", "ous"))
        ):
            return end - 1
    for place in range(start + 1, end):  # "Who said Norway took the mine", "Has Norway taken it"
        past = tokens[place].lower in PAST_FORMS
        counted = before is not None and before.lower in ("which", "what", "many", "whose")
        past = past or ((state == "have" or counted) and tokens[place].lower.endswith("ed"))
        if past and not tokens[place].capital and state in ("", "have") and not followed_by_of:
            return place
    return None


def _looks_verbal(word: str) -> bool:
    return word in PAST_FORMS or word.endswith("ed") or (word.endswith("ing") and len(word) > 5)


def _is_capitalised_name(tokens: Sequence[Token], place: int) -> bool:
    return place + 1 < len(tokens) and tokens[place + 1].capital


def _as(token: Token, kind: Kind) -> Token:
    return Token(token.start, token.end, token.lower, kind, token.capital)
