"""Fits the network of ``rag/ranker.py`` to questions whose evidence is known.

    python -m tests.eval.train_ranker --cache DIR [--signals FILE] [--ablate] [--write]

Collects the signals of every question's candidates through the product's own search over the sets
of ``sets.py``, all with the same settings. Prints measures out of fold (five folds; questions
about one article stay together), the same with each set left out of the training, and with
``--ablate`` each group of signals left out. ``--write`` replaces ``rag/static/ranker.json``.
``--signals`` keeps the collected signals in a file (.npz), so that fitting can be repeated.

The measures are of the ranked candidates; ``tests.eval.gate`` measures the product as it is.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.candidates import find_candidates
from rag.embedding import Embedder
from rag.evaluation_questions import EvaluationQuestion, read_questions
from rag.hit_order import by_parts
from rag.hit_signals import HIT_SIGNALS, day_signs, hit_signals
from rag.index import Index, Snapshot
from rag.measures import DEPTH, article_figures, score
from rag.query import read_question
from rag.ranker import odds
from rag.records import Filters
from rag.retrieval import DAY_WEIGHT
from tests.eval.cases import squeezed
from tests.eval.networks import Fitted, as_json, fit_network
from tests.eval.sets import TRAINING_SETS, build_set, evaluation_set, squad_topics

MODEL_FILE = Path(__file__).resolve().parents[2] / "rag" / "static" / "ranker.json"
SETS = ("multihop", "squad", "nq", "scifact", "long")
"""``long`` is of three folders, see ``sets.py``."""
FOLDS = 5
ASKED_ON = date(2026, 1, 1)
"""What "last week" refers to; fixed, so that the signals stay the same."""

HIDDEN = 48
EPOCHS = 12
MIXTURE_WEIGHT = 1.0
"""Of the fixed mixture of both lists, half and half, which is added after the fit: it holds on any
collection, and keeps the network from straying on one unlike those it was fitted to."""

GROUPS = {
    "parts": [name for name in HIT_SIGNALS if name.startswith("part_")],
    "sources": ["of_source", "part_of_source", "part_bm25_weighted", "source_count"],
    "meaning": [name for name in HIT_SIGNALS if "cosine" in name or name == "part_both"],
    "words, in detail": ["coverage", "coverage_with_title", "title_coverage", "rare_coverage",
                         "part_coverage"],
    "proximity": ["window_40", "window_15", "pairs"],
    "the question": ["word_count", "part_count", "source_count", "bm25_per_word", "best_cosine",
                     "bm25_lead", "cosine_lead"],
}  # fmt: skip

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A question with its candidates: their signals, of shape (n, signals), whether each holds
    evidence, which evidence sentences it holds (a letter for each) and its article. ``expected``
    are the letters of all evidence sentences, or the relevant articles; ``days`` see
    ``hit_signals.day_signs``; ``parts``, of shape (2, parts, n), are the two of
    ``hit_order.by_parts``.
    """

    name: str
    group: str
    expected: tuple[str, ...]
    signals: Array
    relevant: Array
    marks: tuple[str, ...]
    articles: tuple[str, ...]
    days: Array
    parts: Array


# --- collecting -------------------------------------------------------------------------------


def collect(name: str, cache: Path, embedder: Embedder) -> Iterator[Asked]:
    """The questions of a set with their candidates' signals."""
    if name == "long":
        for each in TRAINING_SETS:
            yield from collect(each, cache, embedder)
        return
    chosen = evaluation_set(name, cache)
    build_set(chosen)
    topics = squad_topics() if name == "squad" else {}
    questions = read_questions(chosen.questions).questions
    with Index(chosen.index).snapshot() as snapshot:
        texts = {article.id: article.text for article in snapshot.articles()}
        holders = _holders(texts, questions)
        often = Counter(article_id for found in holders for article_id in found)
        for number, (question, holding) in enumerate(zip(questions, holders, strict=True)):
            # Questions about one article are never split; the most frequent of several decides.
            group = max(holding, key=lambda a: (often[a], a), default=question.query)
            group = topics.get(group, group)  # the same questions are asked over whole articles
            label = "long" if name in TRAINING_SETS else name
            yield _asked(label, group, snapshot, question, texts, embedder)
            if number % 200 == 0:
                print(name, number, flush=True)


def _asked(
    name: str,
    group: str,
    snapshot: Snapshot,
    question: EvaluationQuestion,
    texts: dict[str, str],
    embedder: Embedder,
) -> Asked:
    asked = read_question(
        question.query, sources=snapshot.source_names, today=ASKED_ON, newest=snapshot.table.newest
    )
    vectors = embedder.embed_questions([asked.text, *(part.text for part in asked.parts)])
    found = find_candidates(snapshot, asked, vectors, Filters())
    chunk_of = snapshot.chunks(found.numbers.tolist())
    chunks = [chunk_of[int(number)] for number in found.numbers]
    articles = tuple(chunk.article_id for chunk in chunks)
    if question.evidence:
        facts = {chr(97 + i): squeezed(fact) for i, fact in enumerate(question.evidence)}
        held = [squeezed(texts[c.article_id][c.start : c.end]) for c in chunks]
        marks = tuple("".join(m for m, fact in facts.items() if fact in text) for text in held)
        expected, relevant = tuple(facts), [float(bool(mark)) for mark in marks]
    else:
        marks, expected = ("",) * len(chunks), question.articles
        relevant = [float(article in expected) for article in articles]
    signals = hit_signals(snapshot, asked, found).astype(np.float32)
    days = day_signs(snapshot.table, asked, found)
    fits = [[part.weighted_bm25 for part in found.parts], [part.cosine for part in found.parts]]
    parts = np.array(fits).reshape(2, len(found.parts), len(chunks))
    return Asked(name, group, expected, signals, np.array(relevant), marks, articles, days, parts)


def _holders(texts: dict[str, str], questions: Sequence[EvaluationQuestion]) -> list[list[str]]:
    """The articles that hold each question's evidence."""
    known = {article_id: squeezed(text) for article_id, text in texts.items()}
    return [
        list(question.articles)
        or [a for a, text in known.items() if any(squeezed(f) in text for f in question.evidence)]
        for question in questions
    ]


def save(path: Path, rows: Sequence[Asked]) -> None:
    """Keeps the signals in a file."""
    about = [[r.name, r.group, r.expected, r.marks, r.articles] for r in rows]
    np.savez_compressed(
        path,
        signals=np.concatenate([row.signals for row in rows]),
        relevant=np.concatenate([row.relevant for row in rows]),
        days=np.concatenate([row.days for row in rows]),
        parts=np.concatenate([row.parts.ravel() for row in rows]),
        part_counts=np.array([row.parts.shape[1] for row in rows]),
        sizes=np.array([len(row.articles) for row in rows]),
        about=np.array(json.dumps(about)),
        names=np.array(HIT_SIGNALS),
    )


def load(path: Path) -> list[Asked]:
    """The signals that were kept in a file. Raises SystemExit where they are others."""
    data = np.load(path)
    if tuple(data["names"]) != HIT_SIGNALS:
        raise SystemExit(f"{path} holds other signals; delete it.")
    ends = np.cumsum(data["sizes"])
    all_signals, all_relevant, all_days = data["signals"], data["relevant"], data["days"]
    shapes = [(2, int(p), int(n)) for p, n in zip(data["part_counts"], data["sizes"], strict=True)]
    all_parts = np.split(data["parts"], np.cumsum([p * n * 2 for _, p, n in shapes])[:-1])
    rows = []
    for end, shape, parts, about in zip(
        ends, shapes, all_parts, json.loads(str(data["about"])), strict=True
    ):
        name, group, expected, marks, articles = about
        size = shape[2]
        rows.append(
            Asked(
                name,
                group,
                tuple(expected),
                all_signals[end - size : end],
                all_relevant[end - size : end],
                tuple(marks),
                tuple(articles),
                all_days[end - size : end],
                parts.reshape(shape),
            )
        )
    return rows


# --- fitting ----------------------------------------------------------------------------------


def fit(rows: Sequence[Asked], columns: Sequence[int]) -> Fitted:
    """The network, by these columns of the signals. Every set counts alike."""
    # A question none of whose candidates holds evidence tells nothing apart.
    rows = [row for row in rows if row.relevant.any()]
    counts = Counter(row.name for row in rows)
    fitted = fit_network(
        [row.signals[:, columns] for row in rows],
        [row.relevant for row in rows],
        [1000 / counts[row.name] for row in rows],
        hidden=HIDDEN,
        epochs=EPOCHS,
    )
    for column, signal in enumerate(columns):
        if HIT_SIGNALS[signal] in ("bm25_in_list", "cosine_in_list"):
            scale = float(fitted.scales[column])
            fitted.net.direct.weight.data[0, column] += MIXTURE_WEIGHT / 2 * scale
    return fitted


def ranked(row: Asked, scores: Array) -> list[int]:
    """Places among the candidates, the best first, as ``hit_order`` has them."""
    scores = odds(scores + DAY_WEIGHT * row.days)
    order = [int(i) for i in np.argsort(-scores, kind="stable")]
    return by_parts(*row.parts, scores, order) if row.parts.size else order


def measure(rows: Sequence[Asked], scores: Sequence[Array]) -> dict[str, float]:
    """Rows of one set and their candidates' scores → the set's measures."""
    orders = [ranked(row, each) for row, each in zip(rows, scores, strict=True)]
    if rows[0].marks and any(any(row.marks) for row in rows):
        figures = [
            score([row.marks[i] for i in order], row.expected)
            for row, order in zip(rows, orders, strict=True)
        ]
    else:
        relevant = {str(n): dict.fromkeys(row.expected, 1) for n, row in enumerate(rows)}
        run = {}
        for n, (row, order) in enumerate(zip(rows, orders, strict=True)):
            names = list(dict.fromkeys(row.articles[i] for i in order))[:DEPTH]
            run[str(n)] = {name: 1 / rank for rank, name in enumerate(names, 1)}
        figures = list(article_figures(relevant, run).values())
    return {name: float(np.mean([figure[name] for figure in figures])) for name in figures[0]}


def out_of_fold(rows: Sequence[Asked], folds: Sequence[int], columns: Sequence[int]) -> list[Array]:
    """Each question's scores by a network that saw nothing of its fold."""
    found: list[Array] = [np.zeros(0)] * len(rows)
    for fold in sorted(set(folds)):
        model = fit([r for r, f in zip(rows, folds, strict=True) if f != fold], columns)
        for i, row in enumerate(rows):
            if folds[i] == fold:
                found[i] = model.scores(row.signals[:, columns])
    return found


def report(title: str, rows: Sequence[Asked], scores: Sequence[Array]) -> None:
    """Prints the measures of each set."""
    print(f"\n{title}")
    for name in SETS:
        of_set = [i for i, row in enumerate(rows) if row.name == name]
        if of_set:
            figures = measure([rows[i] for i in of_set], [scores[i] for i in of_set])
            shown = "  ".join(f"{key} {value:.4f}" for key, value in figures.items())
            print(f"  {name:<9}{len(of_set):>6}  {shown}", flush=True)


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--signals", type=Path)
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.signals and options.signals.exists():
        rows = load(options.signals)
    else:
        embedder = Embedder()
        rows = [row for name in SETS for row in collect(name, options.cache, embedder)]
        if options.signals:
            save(options.signals, rows)
    everything = list(range(len(HIT_SIGNALS)))
    groups = sorted({row.group for row in rows})
    numbers = np.random.default_rng(2026).integers(0, FOLDS, len(groups)).tolist()
    fold_of = dict(zip(groups, numbers, strict=True))
    folds = [fold_of[row.group] for row in rows]
    report(f"Out of fold, {FOLDS} folds", rows, out_of_fold(rows, folds, everything))
    if options.ablate:
        # SQuAD's questions are in two of the sets, which are left out together.
        families = [SETS.index(row.name.replace("long", "squad")) for row in rows]
        left_out = out_of_fold(rows, families, everything)
        report("Each set left out of the training", rows, left_out)
        for group, without in GROUPS.items():
            columns = [i for i, name in enumerate(HIT_SIGNALS) if name not in without]
            report(f"Without {group}", rows, out_of_fold(rows, folds, columns))
    if options.write:
        MODEL_FILE.write_text(as_json(fit(rows, everything), HIT_SIGNALS))


if __name__ == "__main__":
    main()
