"""Sentences with their chances of answering → those that make the answer, in an order that reads.

The likeliest comes first. Each part of the question gets a sentence of its own where one is about
as likely; no sentence says what another says; one that leans on the sentence before it ("He added
that …") brings it. Nothing here makes a chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.chunking import MAX_SENTENCE_CHARACTERS, Span
from rag.query import Question
from rag.sentence_signals import Sentence

MAX_SENTENCES = 4
_REPEAT_OVERLAP = 0.6  # of the shorter sentence's words; above, both say the same

# Of the best one's chance. Measured on the questions the model was fitted to, see docs/quality.md.
_ALIKE = 0.75
_NEW_WORDS = 0.4  # with words of the question that the answer lacks yet
_OTHER_PART = 0.25  # of a part of the question that has no sentence yet


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with its chance of answering, 0…1."""

    sentence: Sentence
    chance: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of the answer: ``span`` begins before the sentence's own where it brings the one
    before it.
    """

    sentence: Sentence
    span: Span


def choose(
    question: Question, found: Sequence[Candidate], most: int = MAX_SENTENCES
) -> list[Chosen]:
    """The sentences of the answer, at most ``most`` of ``found``, which begins with the best.

    More than four, as a reader asked for more: the next best follow, however likely.
    """
    chosen: list[Candidate] = []
    covered: set[str] = set()
    served: set[int] = set()
    wanted = set(question.words)
    for least_asked in (True, False):
        for candidate in found:
            words = set(candidate.sentence.words)
            if len(chosen) == (MAX_SENTENCES if least_asked else most):
                break
            part = _part_of(question, words)
            if least_asked and candidate.chance < found[0].chance * _least(
                bool((words & wanted) - covered), part not in served
            ):
                continue
            if candidate in chosen or any(_repeats(candidate, other) for other in chosen):
                continue
            if _is_headline(candidate) and any(_of_one_article(candidate, c) for c in chosen):
                continue  # what it announces is shown
            chosen.append(candidate)
            covered |= words & wanted
            served.add(part)
        if most <= MAX_SENTENCES:
            break
    return _widened(_in_reading_order(chosen[:most]))


def _widened(candidates: Sequence[Candidate]) -> list[Chosen]:
    """The sentences with what they bring; nothing is shown twice."""
    found: list[Chosen] = []
    for candidate in candidates:
        sentence = candidate.sentence
        for span in (_whole(sentence), sentence.span):
            if not any(_overlap(Chosen(sentence, span), other) for other in found):
                found.append(Chosen(sentence, span))
                break
    return found


def _overlap(one: Chosen, other: Chosen) -> bool:
    same = one.sentence.article.id == other.sentence.article.id
    return same and one.span[0] < other.span[1] and other.span[0] < one.span[1]


def _least(new_words: bool, new_part: bool) -> float:
    if new_part:
        return _OTHER_PART
    return _NEW_WORDS if new_words else _ALIKE


def _part_of(question: Question, words: set[str]) -> int:
    """The part of the question that most of the words are of; 0 where it has no parts."""
    shares = [len(words & set(part.words)) / max(len(part.words), 1) for part in question.parts]
    return shares.index(max(shares)) if shares else 0


def _repeats(one: Candidate, other: Candidate) -> bool:
    """Whether both say the same; not where each has a figure that the other has not."""
    words, others = set(one.sentence.words), set(other.sentence.words)
    if any(map(_has_digit, words - others)) and any(map(_has_digit, others - words)):
        return False
    return len(words & others) >= _REPEAT_OVERLAP * min(len(words), len(others))


def _is_headline(candidate: Candidate) -> bool:
    return candidate.sentence.text == candidate.sentence.article.title


def _of_one_article(one: Candidate, other: Candidate) -> bool:
    return one.sentence.article.id == other.sentence.article.id


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _in_reading_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """The most probable first; the rest by article, and within one as they stand there."""
    if not chosen:
        return []
    order = list(dict.fromkeys(c.sentence.article.id for c in chosen))
    return [
        chosen[0],
        *sorted(chosen[1:], key=lambda c: (order.index(c.sentence.article.id), c.sentence.span)),
    ]


_LEANS = re.compile(
    r"(?:(?:and|but|so|then|still|yet|however|also|meanwhile|instead|later|moreover|"
    r"in addition|as a result|at the time|for example),?\s+)?"
    r"(?:he|she|they|it|his|her|hers|their|theirs|its|this|these|those|such|both|"
    r"the\s(?:two|pair|trio|former|latter|same)|that(?=\s(?:is|was|will|would|has|had|means)\b))\b",
    re.IGNORECASE,
)


_QUOTED_ALONE = re.compile(r"[“\"][^“”\"]*[”\"]?")


def _whole(sentence: Sentence) -> Span:
    """The sentence's place, from the one before it where it leans on that (a pronoun, a quotation
    whose speaker is not named) and both together are no longer than a long sentence.
    """
    start, end = sentence.span
    before = sentence.before
    # What begins with a small letter is the rest of a sentence that was divided.
    if before and sentence.article.text[before[0]].islower():
        before = None
    leans = _LEANS.match(sentence.text) or _QUOTED_ALONE.fullmatch(sentence.text)
    if before and leans and end - before[0] <= MAX_SENTENCE_CHARACTERS:
        return before[0], end
    return start, end
