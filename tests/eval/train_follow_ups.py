"""Fits the weights of ``rag/follow_up.py`` and measures it on conversations.

    python -m tests.eval.train_follow_ups [--write] [--misses] [--without-terms]

Five folds that keep a conversation together; each turn is rewritten in its conversation, after the
earlier ones as they were rewritten by the same weights, which saw nothing of the fold. Prints the
F1 of the content words of the human rewrite (lower-cased, without the words of grammar of
``rag/phrase_words.py``): of the turn as typed, of ours out of fold, and of an oracle that adds
exactly the right words of the earlier questions. ``--write`` fits on all and replaces
``rag/static/follow_up_model.json``.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction import DictVectorizer

from rag.follow_up import (
    READ_ANSWER_CHARACTERS,
    REMEMBERED_TURNS,
    AskTerms,
    FollowUpModel,
    rewrite,
)
from rag.follow_up_candidates import Said, find_candidates, fitting
from rag.follow_up_need import content_words, read_need
from rag.follow_up_signals import Terms, signals, turn_signals
from rag.parallel import repeated
from rag.term_classifier import term_classifier
from tests.eval.cases import DATA

FOLDS = 5
PENALTY = 0.004
SPLICED_TURNS = 4
FILE = DATA / "cast" / "rewrites.jsonl"
MODEL_FILE = Path(__file__).parents[2] / "rag" / "static" / "follow_up_model.json"

Array = npt.NDArray[np.float64]
Conversation = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Example:
    """A turn's choices, the first of which is to carry nothing over: signals, and F1 reached."""

    choices: list[dict[str, float]]
    gained: Array


def f1(words: frozenset[str], wanted: frozenset[str]) -> float:
    """The F1 of two sets of words; 1 where both are empty."""
    size = len(words) + len(wanted)
    return 2 * len(words & wanted) / size if size else 1.0


def read_conversations(path: Path) -> dict[str, Conversation]:
    """The file → its turns by conversation, in order."""
    found: dict[str, Conversation] = {}
    for line in path.read_text().splitlines():
        row = json.loads(line)
        found.setdefault(row["id"].rsplit("_", 1)[0], []).append(row)
    for turns in found.values():
        turns.sort(key=lambda row: len(row["history"]))
    return found


def fold_of(name: str) -> int:
    """A conversation's name → its fold."""
    return zlib.crc32(name.encode()) % FOLDS


def history_of(row: dict[str, Any], searched: Mapping[int, str]) -> list[Said]:
    """A turn's earlier ones; ``searched`` are their rewrites by 0-based place."""
    return [
        Said(
            said["user"], searched.get(place, said["user"]),
            said.get("system", "")[:READ_ANSWER_CHARACTERS],
        )
        for place, said in enumerate(row["history"])
    ]  # fmt: skip


class Remembered:
    """The term classifier, which reads each turn after the same questions and answer once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Terms] = {}

    def __call__(self, turn: str, history: Sequence[Said]) -> Terms:
        key = (turn, history[-1].answer, *(said.question for said in history))
        if key not in self._known:
            self._known[key] = term_classifier()(turn, history)
        return self._known[key]


def rewrite_all(
    turns: Conversation, model: FollowUpModel | None, ask_terms: AskTerms | None
) -> dict[int, str]:
    """A conversation's rewrites by place, each after the earlier ones; as typed without a model."""
    searched: dict[int, str] = {}
    for row in turns:
        place = len(row["history"])
        searched[place] = (
            rewrite(row["utterance"], history_of(row, searched), ask_terms, model)
            if model and place
            else row["utterance"]
        )
    return searched


def examples(
    conversations: Iterable[Conversation], model: FollowUpModel | None, ask_terms: AskTerms | None
) -> list[Example]:
    """The turns that are neither first nor a repeated question."""
    found = []
    for turns in conversations:
        searched = rewrite_all(turns, model, ask_terms)
        for row in turns:
            history = history_of(row, searched)
            need = read_need(" ".join(row["utterance"].split()))
            if not history or repeated(need, history[-1].searched_for):
                continue
            candidates = fitting(need, find_candidates(need, history), history)
            terms = ask_terms(need.text, history[-REMEMBERED_TURNS:]) if ask_terms else None
            has, wanted = content_words(need.text), content_words(row["rewrite"])
            found.append(
                Example(
                    [
                        turn_signals(need, terms),
                        *(signals(need, c, history, terms) for c in candidates),
                    ],
                    np.array(
                        [f1(has, wanted)]
                        + [f1(has | content_words(c.phrase.text), wanted) for c in candidates]
                    ),
                )
            )
    return found


def fit(found: Sequence[Example]) -> FollowUpModel:
    """The weights that reach the highest expected F1, where a choice is made with the probability
    of a softmax of the scores (the policy gradient of a single step, in closed form); begun from
    the weights that make the best choices likely.
    """
    vectorizer = DictVectorizer()
    rows = vectorizer.fit_transform([choice for e in found for choice in e.choices])
    sizes = np.array([len(e.choices) for e in found])
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    owner = np.repeat(np.arange(len(found)), sizes)
    reached = np.concatenate([e.gained for e in found])
    scale = np.maximum(0.1, np.sqrt(np.asarray(rows.multiply(rows).mean(axis=0))).ravel())
    x = csr_matrix(rows @ diags(1 / scale))
    best = np.maximum.reduceat(reached, starts)
    target = np.exp(20 * (reached - best[owner]))
    target /= np.add.reduceat(target, starts)[owner]

    def chances(weights: Array) -> Array:
        scores = x @ weights
        scores = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        return np.asarray(scores / np.add.reduceat(scores, starts)[owner])

    def likelihood(weights: Array) -> tuple[float, Array]:
        p = chances(weights)
        loss = -float((target * np.log(p + 1e-12)).sum()) / len(found)
        slope = -(x.T @ (target - p)) / len(found)
        return loss + PENALTY * float(weights @ weights), slope + 2 * PENALTY * weights

    def expected(weights: Array) -> tuple[float, Array]:
        p = chances(weights)
        mean = np.add.reduceat(p * reached, starts)
        slope = -(x.T @ (p * (reached - mean[owner]))) / len(found)
        loss = -float(mean.mean()) + PENALTY * float(weights @ weights)
        return loss, slope + 2 * PENALTY * weights

    weights = np.zeros(x.shape[1])
    for function in (likelihood, expected):
        weights = minimize(function, weights, jac=True, method="L-BFGS-B").x
    names = vectorizer.get_feature_names_out()
    return FollowUpModel(
        {str(n): round(float(w), 4) for n, w in sorted(zip(names, weights / scale, strict=True))}
    )


def spliced(conversations: Sequence[Conversation]) -> list[Conversation]:
    """Changes of topic, which the set has none of: after the first turns of one conversation come
    the first turns of another, which need nothing of the former, or one of its later turns that
    the human left as it was.
    """
    found: list[Conversation] = []
    for first, second in zip(conversations, [*conversations[7:], *conversations[:7]], strict=True):
        before = [{"user": row["rewrite"]} for row in first[:SPLICED_TURNS]]
        found.append(
            [{**row, "history": [*before, *row["history"]]} for row in second[:SPLICED_TURNS]]
        )
        found += [[{**row, "history": before}] for row in second[1:] if stands_alone(row)]
    return found


def stands_alone(row: dict[str, Any]) -> bool:
    """Whether the human added no word to a turn of some length, and it has no pronoun."""
    need = read_need(" ".join(row["utterance"].split()))
    same = content_words(row["rewrite"]) == need.words
    return same and len(need.words) > 1 and all(slot.kind == "the" for slot in need.slots)


def fit_conversations(
    conversations: Sequence[Conversation], ask_terms: AskTerms | None
) -> FollowUpModel:
    """Twice: the second time after the rewrites of the first."""
    rows = [*conversations, *spliced(conversations)]
    return fit(examples(rows, fit(examples(rows, None, ask_terms)), ask_terms))


@dataclass(frozen=True, slots=True)
class Measured:
    """Out of fold: the turns by identity, and for each its three F1 and what it was made; of the
    changes of topic whether each was left as typed.
    """

    rows: list[dict[str, Any]]
    typed: list[float]
    ours: list[float]
    oracle: list[float]
    searched: list[str]
    changes: list[bool]


def measure(conversations: dict[str, Conversation], ask_terms: AskTerms | None) -> Measured:
    """Fits on four folds and measures on the fifth, for each fold."""
    found = Measured([], [], [], [], [], [])
    for fold in range(FOLDS):
        rest = [t for n, t in conversations.items() if fold_of(n) != fold]
        model = fit_conversations(rest, ask_terms)
        others = [t for n, t in conversations.items() if fold_of(n) == fold]
        for turns in spliced(others):
            first = turns[0]
            made = rewrite_all([first], model, ask_terms)[len(first["history"])]
            found.changes.append(made == " ".join(first["utterance"].split()))
        for turns in others:
            searched = rewrite_all(turns, model, ask_terms)
            for row in (row for row in turns if row["history"]):
                _measure_turn(row, searched[len(row["history"])], found)
    return found


def _measure_turn(row: dict[str, Any], searched: str, found: Measured) -> None:
    wanted, typed = content_words(row["rewrite"]), content_words(row["utterance"])
    earlier = frozenset[str]().union(*(content_words(said["user"]) for said in row["history"]))
    found.rows.append(row)
    found.searched.append(searched)
    found.typed.append(f1(typed, wanted))
    found.ours.append(f1(content_words(searched), wanted))
    found.oracle.append(f1(typed | (earlier & wanted), wanted))


def print_table(found: Measured) -> None:
    """Prints the table by year."""
    print(f"changes of topic left as typed: {np.mean(found.changes):.3f} of {len(found.changes)}")
    print("| turns | n | as typed | ours | oracle | of the gap |")
    print("| --- | --- | --- | --- | --- | --- |")
    years = np.array([row["id"][:4] for row in found.rows])
    for name in (*sorted(set(years)), "all"):
        kept = (years == name) | (name == "all")
        typed, ours, oracle = (
            float(np.mean(np.array(figures)[kept]))
            for figures in (found.typed, found.ours, found.oracle)
        )
        share = (ours - typed) / (oracle - typed)
        print(f"| {name} | {kept.sum()} | {typed:.3f} | {ours:.3f} | {oracle:.3f} | {share:.2f} |")


def print_misses(found: Measured) -> None:
    """Prints the turns below the oracle: the F1, as typed, what was made of it, what was wanted."""
    for row, ours, oracle, searched in zip(
        found.rows, found.ours, found.oracle, found.searched, strict=True
    ):
        if ours < oracle:
            print(f"{ours:.2f} {row['id']} {row['utterance']}\n     {searched}")
            print(f"     {row['rewrite']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="replace the shipped weights")
    parser.add_argument("--misses", action="store_true", help="print the turns below the oracle")
    parser.add_argument("--without-terms", action="store_true", help="measure the other weights")
    arguments = parser.parse_args()
    conversations = read_conversations(FILE)
    ask_terms = Remembered()
    if arguments.write:
        turns = list(conversations.values())
        data = {
            "with terms": fit_conversations(turns, ask_terms).weights,
            "without terms": fit_conversations(turns, None).weights,
        }
        MODEL_FILE.write_text(json.dumps(data, indent=1) + "\n")
        return
    found = measure(conversations, None if arguments.without_terms else ask_terms)
    if arguments.misses:
        print_misses(found)
    print_table(found)


if __name__ == "__main__":
    main()
