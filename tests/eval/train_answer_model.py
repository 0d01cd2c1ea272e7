"""Fits the two logistic models of ``rag/confidence.py`` and the refusal threshold.

    python -m tests.eval.train_answer_model [--signals FILE] [--write]

Collects the signals of every case through the product's own build and retrieval, fits with folds
that keep a topic, passage or question together, prints out-of-fold figures by kind of case, and
with ``--write`` replaces ``rag/static/answer_model.json``. ``--signals`` keeps the collected
signals in a file (JSON), so that fitting can be repeated without reading the sets again.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rag.build import build
from rag.confidence import Logistic
from rag.embedding import Embedder, Vectors
from rag.extractive import HIT_COUNT, has_absent_name, naming_sentences
from rag.index import Index, Snapshot
from rag.new_chunks import ChunkSettings
from rag.query import read_question
from rag.retrieval import retrieve
from rag.signals import ANSWER_SIGNALS, SENTENCE_SIGNALS, Candidate, answer_signals, candidates
from tests.eval.cases import Bench, Case, benches, squeezed

FOLDS = 5
FALSE_REFUSALS = 0.05
# SQuAD's trick questions are made from words of the very paragraph: these signals cannot tell
# them from others, and trained on they only taught distrust of shared words (refusals of the
# other kinds fell from 0.63 to 0.59).
ONLY_MEASURED = {"squad-trick"}
ASKED_ON = date(2026, 1, 1)
"""What "last week" refers to; fixed, so that the signals stay the same."""
MODEL_FILE = Path(__file__).parents[2] / "rag" / "static" / "answer_model.json"

Array = npt.NDArray[np.float64]


class RememberingEmbedder(Embedder):
    """The packaged model, asked once for each text: the folders of cases share articles."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Vectors] = {}

    def embed_batches(self, texts: Sequence[str]) -> Any:
        new = sorted({t for t in texts if t not in self._known})
        for positions, vectors in super().embed_batches(new):
            self._known.update(zip([new[p] for p in positions], vectors, strict=True))
        yield list(range(len(texts))), np.stack([self._known[t] for t in texts])


# --- collecting -------------------------------------------------------------------------------


def collect() -> list[dict[str, Any]]:
    """All cases → rows of signals, one row for each case with its sentences inside."""
    embedder = RememberingEmbedder()
    rows = []
    for bench in benches():
        with tempfile.TemporaryDirectory() as folder:
            rows.extend(_collect_bench(bench, Path(folder), embedder))
        print(f"{bench.name}: {len(rows)} cases", flush=True)
    return rows


def _collect_bench(bench: Bench, folder: Path, embedder: Embedder) -> list[dict[str, Any]]:
    articles = folder / "articles"
    articles.mkdir()
    for name, (title, text) in bench.articles.items():
        head = f"---\ntitle: {json.dumps(title)}\n---\n\n" if title else ""
        (articles / name).write_text(head + text)
    build(folder / "index", articles, embedder, ChunkSettings())
    with Index(folder / "index").snapshot() as snapshot:
        return [_collect_case(snapshot, case, embedder) for case in bench.cases]


def _collect_case(snapshot: Snapshot, case: Case, embedder: Embedder) -> dict[str, Any]:
    question = read_question(
        case.question[:2000],
        sources=snapshot.source_names, today=ASKED_ON, newest=snapshot.table.newest,
    )  # fmt: skip
    vectors = embedder.embed_questions([question.text, *(part.text for part in question.parts)])
    hits = retrieve(snapshot, question, vectors, HIT_COUNT).hits
    found = candidates(snapshot, question, vectors[0], hits, embedder.embed)
    return {
        "cell": case.cell,
        "group": case.group,
        "question": case.question,
        "answered": case.answered,
        "sentences": [
            {"signals": c.signals, "answers": _answers(c, case), "length": len(c.text)}
            for c in found
        ],
        "absent_name": has_absent_name(snapshot, question),
        "named": bool(naming_sentences(question, found)),
        # Everything but the probabilities, which the folds' own models give.
        "answer_signals": answer_signals(snapshot, question, hits, found),
    }


def _answers(candidate: Candidate, case: Case) -> bool:
    if candidate.article.id not in case.gold:
        return False
    text = squeezed(candidate.text).lower()
    return any(squeezed(a).lower() in text or text in squeezed(a).lower() for a in case.answers)


# --- fitting ----------------------------------------------------------------------------------


def fit(signals: Sequence[str], x: Array, y: Array, weight: Array) -> Logistic:
    """Rows of signals, labels and weights → the model."""
    means, scales = x.mean(axis=0), x.std(axis=0)
    scales[scales < 1e-9] = 1.0
    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit((x - means) / scales, y, sample_weight=weight)
    return Logistic(
        tuple(signals), tuple(map(float, model.coef_[0])), tuple(map(float, means)),
        tuple(map(float, scales)), float(model.intercept_[0]),
    )  # fmt: skip


def predict(model: Logistic, x: Array) -> Array:
    """Rows of signals → probabilities."""
    z = (x - np.array(model.means)) / np.array(model.scales) @ np.array(model.weights) + model.bias
    return 1 / (1 + np.exp(-np.clip(z, -40, 40)))


def balanced(cells: Sequence[str], labels: Array) -> Array:
    """A weight for each row: every kind of case counts alike, and in it both labels; those only
    measured count nothing."""
    keys = list(zip(cells, labels.tolist(), strict=True))
    counts = Counter(keys)
    return np.array([0.0 if key[0] in ONLY_MEASURED else 1000 / counts[key] for key in keys])


def fit_sentences(rows: Sequence[dict[str, Any]]) -> Logistic:
    """The sentence model, from the cases in which some sentence answers and some does not."""
    x, y, weight = [], [], []
    for row in rows:
        labels = [s["answers"] for s in row["sentences"]]
        if row["answered"] and any(labels) and not all(labels):
            x.extend(s["signals"] for s in row["sentences"])
            y.extend(labels)
            weight.extend([1 / len(labels)] * len(labels))
    return fit(SENTENCE_SIGNALS, np.array(x), np.array(y, dtype=float), np.array(weight))


def with_probability(row: dict[str, Any], model: Logistic) -> list[float]:
    """A row's answer signals, its first being the sentences' highest probability."""
    first = 0.0
    if row["sentences"]:
        first = float(predict(model, np.array([s["signals"] for s in row["sentences"]])).max())
    return [first, *row["answer_signals"][1:]]


def fit_answers(rows: Sequence[dict[str, Any]], sentence_model: Logistic) -> Logistic:
    """The answer model."""
    x = np.array([with_probability(r, sentence_model) for r in rows])
    y = np.array([float(r["answered"]) for r in rows])
    return fit(ANSWER_SIGNALS, x, y, balanced([r["cell"] for r in rows], y))


def out_of_fold(rows: Sequence[dict[str, Any]], folds: Sequence[int]) -> Array:
    """Each case's probability by models that saw nothing of its fold; marks, in passing, the
    place of the first sentence that answers."""
    result = np.zeros(len(rows))
    for fold in sorted(set(folds)):
        training = [r for r, f in zip(rows, folds, strict=True) if f != fold]
        sentence_model = fit_sentences(training)
        answer_model = fit_answers(training, sentence_model)
        for i, row in enumerate(rows):
            if folds[i] == fold:
                signals = np.array([with_probability(row, sentence_model)])
                probability = predict(answer_model, signals)[0]
                # The two rules that stand before the threshold, see rag/extractive.py.
                ruled = 1.0 if row["named"] else probability
                result[i] = 0.0 if row["absent_name"] else ruled
                row["first_answers"] = _first_answers(row, sentence_model)
    return result


def _first_answers(row: dict[str, Any], model: Logistic) -> bool:
    if not row["sentences"]:
        return False
    probabilities = predict(model, np.array([s["signals"] for s in row["sentences"]]))
    return bool(row["sentences"][int(probabilities.argmax())]["answers"])


def threshold(rows: Sequence[dict[str, Any]], probabilities: Array) -> float:
    """The probability below which 5 % of the answered cases lie, each kind counting alike."""
    cells = np.array([r["cell"] for r in rows])
    answered = np.array([r["answered"] for r in rows])
    kinds = sorted(set(cells[answered]))
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        refused = np.mean([(probabilities[(cells == k) & answered] < middle).mean() for k in kinds])
        low, high = (middle, high) if refused < FALSE_REFUSALS else (low, middle)
    return round(low, 4)


def report(rows: Sequence[dict[str, Any]], probabilities: Array, limit: float) -> None:
    """Prints, by kind of case: how often the first sentence answers, both error rates, AUROC."""
    print(
        f"{'cases':<16}{'n':>6}{'first':>8}{'false refusals':>16}{'refused rightly':>17}{'AUROC':>8}"
    )
    cells = np.array([r["cell"] for r in rows])
    answered = np.array([r["answered"] for r in rows])
    for cell in [*sorted(set(cells)), "all"]:
        here = (cells == cell) | (cell == "all")
        yes, no = here & answered, here & ~answered
        first = np.mean(
            [r["first_answers"] for r, y in zip(rows, yes, strict=True) if y] or [np.nan]
        )
        refused = (probabilities[yes] < limit).mean() if yes.any() else np.nan
        right = (probabilities[no] < limit).mean() if no.any() else np.nan
        auroc = (
            roc_auc_score(answered[here], probabilities[here]) if yes.any() and no.any() else np.nan
        )
        print(f"{cell:<16}{here.sum():>6}{first:>8.3f}{refused:>16.3f}{right:>17.3f}{auroc:>8.3f}")


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signals", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.signals and options.signals.exists():
        rows = json.loads(options.signals.read_text())
    else:
        rows = collect()
        if options.signals:
            options.signals.write_text(json.dumps(rows))
    names = sorted({r["group"] for r in rows})
    rng = np.random.default_rng(2026)
    fold_of = dict(zip(names, rng.integers(0, FOLDS, len(names)).tolist(), strict=True))
    probabilities = out_of_fold(rows, [fold_of[r["group"]] for r in rows])
    limit = threshold(rows, probabilities)
    print(f"Out of fold, {FOLDS} folds; threshold {limit}")
    report(rows, probabilities, limit)
    left_out = out_of_fold(rows, [_family(r["cell"]) for r in rows])
    print("Each set left out of the training in turn; same threshold")
    report(rows, left_out, limit)
    if options.write:
        sentence = fit_sentences(rows)
        model = {
            "sentence": dataclasses.asdict(sentence),
            "answer": dataclasses.asdict(fit_answers(rows, sentence)),
            "threshold": limit,
        }
        MODEL_FILE.write_text(json.dumps(model, indent=1) + "\n")


def _family(cell: str) -> int:
    return ["squad", "nq", "clapnq", "multihop"].index(cell.split("-")[0])


if __name__ == "__main__":
    main()
