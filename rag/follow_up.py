"""A turn of a conversation → a question that stands alone, without a language model.

"Where did she study?" becomes "Where did Rosa Lint study?". A turn that repeats the last question
but for a word is that question with the word (``parallel``); for any other, each phrase of the
earlier turns, and carrying nothing over, get a score by the signals of ``follow_up_signals``, and
the best is put in (``carrying``). The weights stand in ``static/follow_up_model.json``, fitted by
``tests/eval/train_follow_ups.py``: with the signals of the term classifier, and without them, for
parts of one question, which are many. English only; questions in other languages stay as they are.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.carrying import carry
from rag.errors import ModelUnsuitable
from rag.follow_up_candidates import (
    Candidate,
    Said,
    find_candidates,
    fitting,
    second_candidates,
    stands_by_itself,
)
from rag.follow_up_need import Need, lacks, read_need
from rag.follow_up_signals import Terms, signals, turn_signals
from rag.parallel import is_english, repeated
from rag.query import MAX_QUESTION_CHARACTERS, clean
from rag.records import Turn
from rag.term_classifier import term_classifier

REMEMBERED_TURNS = 12
"""Turns further back are not looked at."""

READ_ANSWER_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class FollowUpModel:
    """Weights of the signals: a candidate's score is the sum of weight × signal, and the best
    score is carried over; "nothing" is a candidate too. (A second phrase beside the first was
    tried: the F1 was the same, and the questions read worse.)
    """

    weights: dict[str, float]

    def score(self, found: dict[str, float]) -> float:
        """Signals by name → their score; higher is better."""
        return sum(self.weights.get(name, 0.0) * value for name, value in found.items())


AskTerms = Callable[[str, Sequence[Said]], Terms]
"""A turn and the earlier ones → the chances of the earlier words, as ``TermClassifier`` does."""


@cache
def follow_up_model(*, with_terms: bool) -> FollowUpModel:
    """The fitted model that comes with the package."""
    data = json.loads((Path(__file__).parent / "static" / "follow_up_model.json").read_text())
    return FollowUpModel(data["with terms" if with_terms else "without terms"])


def stand_alone(turn: str, history: Sequence[Turn]) -> str:
    """What was typed and the earlier turns, the oldest first → the question to search for.

    It is what was typed, cleaned, where the turn needs nothing of them. Never longer than a
    question may be because of what is carried: then less is. Raises TypeError where ``history``
    holds anything but turns.
    """
    for earlier in history:
        if not isinstance(earlier, Turn):
            raise TypeError(f"The history holds a {type(earlier).__name__}; it takes turns only.")
    said = [_said(earlier) for earlier in history]
    try:
        return rewrite(turn, said, term_classifier())
    except ModelUnsuitable as error:
        warnings.warn(f"{error} Until then follow-ups are read without it.", stacklevel=2)
        return rewrite(turn, said)


def _said(turn: Turn) -> Said:
    answered = " ".join(sentence.text for sentence in turn.answer.sentences)
    return Said(
        clean(turn.question)[:MAX_QUESTION_CHARACTERS],
        clean(turn.searched_for)[:MAX_QUESTION_CHARACTERS],
        clean(answered)[:READ_ANSWER_CHARACTERS],
    )


def rewrite(
    turn: str,
    history: Sequence[Said],
    ask_terms: AskTerms | None = None,
    model: FollowUpModel | None = None,
) -> str:
    """The same for earlier turns in short, without the term classifier where ``ask_terms`` is None;
    ``model`` takes the place of the shipped one.
    """
    turn = clean(turn)
    history = [said for said in history[-REMEMBERED_TURNS:] if said.question]
    if not turn or not history or len(turn) > MAX_QUESTION_CHARACTERS:
        return turn
    last = history[-1].searched_for or history[-1].question
    if not (is_english(turn) and is_english(last)):
        return turn
    need = read_need(turn)
    if all(token.kind == "stop" for token in need.tokens):
        return turn
    question = repeated(need, last)
    if question and len(question) <= MAX_QUESTION_CHARACTERS:
        return question
    chosen = choose(
        need, history, model or follow_up_model(with_terms=ask_terms is not None), ask_terms
    )
    if not chosen:
        return turn
    question = carry(need, [candidate.phrase for candidate in chosen])
    return question if len(question) <= MAX_QUESTION_CHARACTERS else turn


def choose(
    need: Need,
    history: Sequence[Said],
    model: FollowUpModel,
    ask_terms: AskTerms | None = None,
) -> list[Candidate]:
    """What the turn needs of the earlier ones: nothing, a phrase, or one for each of two pronouns
    ("When did they sign it?"); of equal scores the earlier phrase.
    """
    if stands_by_itself(need, history):
        return []
    candidates = find_candidates(need, history)
    terms = ask_terms(need.text, history) if ask_terms else None
    fit = fitting(need, candidates, history)
    nothing = model.score(turn_signals(need, terms))
    somebody = lacks(need) == "person" and any(c.phrase.is_person for c in fit)
    if somebody or lacks(need) == "going on":  # "What about Lenn?" asks nothing by itself
        nothing = -math.inf
    scores = {id(c): model.score(signals(need, c, history, terms)) for c in candidates}
    best = max(fit, key=lambda c: scores[id(c)], default=None)
    if best is None or scores[id(best)] <= nothing:
        return []
    second = max(
        second_candidates(need, best, candidates), key=lambda c: scores[id(c)], default=None
    )
    return [best] if second is None else [best, second]
