"""Fits the network of ``rag/sentence_model.py``, the logistic model of ``rag/confidence.py`` and the
refusal threshold.

    python -m tests.eval.train_answer_model --rows FILE --readings FILE [--ablate] [--plot SVG] [--write]

Fits with folds that keep a topic, passage or question together and prints out-of-fold figures by
kind of case, the same with each set left out of the training, and with ``--ablate`` without each
group of signals. ``--write`` replaces the two files in ``rag/static``. ``--rows`` is what ``answer_rows`` collected,
``--readings`` what ``train_reading`` says of it, each case by a model that has not seen it. ``--plot`` draws the risk–coverage curve of the
out-of-fold answers.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rag.answer_signals import ANSWER_SIGNALS, answer_signals
from rag.confidence import Logistic
from rag.risk import Attempt, risk_at, risk_curve
from rag.sentence_model import probabilities
from rag.sentence_signals import SENTENCE_SIGNALS
from tests.eval.answer_rows import Array, Row, folds_of, load, with_readings
from tests.eval.cases import GIVEN
from tests.eval.networks import Fitted, as_json, fit_network
from tests.eval.plot_risk import drawing

HIDDEN = 32
EPOCHS = 10
POINTWISE = 0.3
"""Of each sentence's own log loss beside that of the list, see ``networks``."""
FALSE_REFUSALS = 0.05
# SQuAD's trick questions are made from words of the very paragraph: these signals cannot tell
# them from others, and trained on they only teach distrust of shared words.
ONLY_MEASURED = {"squad-trick", GIVEN}
FAMILIES = ("squad", "nq", "clapnq", "multihop")
STATIC = Path(__file__).parents[2] / "rag" / "static"

GROUPS = {
    "reading": [n for n in SENTENCE_SIGNALS if "reading" in n],
    "words": ["overlap", "context_overlap", "part_overlap", "word_share", "name_share", "pairs",
              "overlap_gap", "word_share_gap"],
    "what is asked for": ["expected", "expected_certain", "expected_close", "agreement",
                          "asks_other", "asks_who", "asks_where"],
    "the hit": ["hit_log_odds", "hit_cosine"],
    "the best's lead": [n for n in SENTENCE_SIGNALS if n.endswith("_gap")],
}  # fmt: skip


def balanced(rows: Sequence[Row]) -> list[float]:
    """A weight for each row: every kind of case counts alike, and in it both labels; those only
    measured count nothing.
    """
    counts = Counter((row.cell, row.answered) for row in rows)
    return [
        0.0 if row.cell in ONLY_MEASURED else 1000 / counts[row.cell, row.answered] for row in rows
    ]


def fit_sentences(rows: Sequence[Row], columns: Sequence[int]) -> Fitted:
    """The sentence network, by these columns of the signals."""
    # Where an article answers but none of the sentences read does, nothing is learned.
    rows = [row for row in rows if len(row.signals) and (row.right.any() or not row.answered)]
    weights = balanced(rows)
    used = [i for i, weight in enumerate(weights) if weight]
    return fit_network(
        [rows[i].signals[:, columns] for i in used],
        [rows[i].right.astype(float) for i in used],
        [weights[i] for i in used],
        hidden=HIDDEN,
        epochs=EPOCHS,
        pointwise=POINTWISE,
    )


def fit_answers(rows: Sequence[Row], scores: Sequence[Array]) -> Logistic:
    """The answer model, by the scores that the network gave each row's sentences."""
    kept = [i for i, row in enumerate(rows) if len(row.signals)]
    x = np.array([signals_of(rows[i], scores[i]) for i in kept])
    y = np.array([float(rows[i].answered) for i in kept])
    weights = balanced([rows[i] for i in kept])
    means, scales = x.mean(axis=0), x.std(axis=0)
    scales[scales < 1e-9] = 1.0
    model = LogisticRegression(C=1.0, max_iter=2000)
    model.fit((x - means) / scales, y, sample_weight=weights)
    return Logistic(
        ANSWER_SIGNALS, tuple(map(float, model.coef_[0])), tuple(map(float, means)),
        tuple(map(float, scales)), float(model.intercept_[0]),
    )  # fmt: skip


def signals_of(row: Row, scores: Array) -> list[float]:
    """A row's answer signals."""
    return answer_signals(row.of_hits, row.signals, probabilities(scores))


@dataclass(frozen=True)
class Judged:
    """Each case's probability of being answered, and its sentences' scores."""

    probabilities: Array
    scores: list[Array]


def out_of_fold(
    rows: Sequence[Row],
    folds: Sequence[int],
    columns: Sequence[int],
    unseen: Sequence[Row] | None = None,
) -> Judged:
    """Each case by models that saw nothing of its fold, as it is in ``unseen``, where given."""
    result = np.zeros(len(rows))
    scores: list[Array] = [np.zeros(0)] * len(rows)
    for fold in sorted(set(folds)):
        training = [r for r, f in zip(rows, folds, strict=True) if f != fold]
        network = fit_sentences(training, columns)
        answer_model = fit_answers(
            training, [network.scores(r.signals[:, columns]) for r in training]
        )
        for i, row in enumerate(unseen or rows):
            if folds[i] == fold and len(row.signals):
                scores[i] = network.scores(row.signals[:, columns])
                probability = answer_model.probability(signals_of(row, scores[i]))
                # The two rules that stand before the threshold, see rag/extractive.py.
                ruled = 1.0 if row.named else probability
                result[i] = 0.0 if row.absent_name else ruled
    return Judged(result, scores)


def threshold(rows: Sequence[Row], found: Array, kinds: set[str] | None = None) -> float:
    """The probability below which 5 % of the answered cases lie, each kind counting alike."""
    cells = np.array([r.cell for r in rows])
    answered = np.array([r.answered for r in rows])
    kinds = (kinds or set(cells[answered])) - ONLY_MEASURED
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        refused = np.mean([(found[(cells == k) & answered] < middle).mean() for k in kinds])
        low, high = (middle, high) if refused < FALSE_REFUSALS else (low, middle)
    return round(low, 4)


def report(rows: Sequence[Row], judged: Judged, limits: Sequence[float]) -> None:
    """Prints, by kind of case: how often the first sentence holds a reference answer, both error
    rates at each case's own limit, how many are rightly refused where 5 % of this kind are wrongly
    (and how many by the best hit's cosine alone), and AUROC.
    """
    print(
        f"{'cases':<16}{'n':>6}{'first':>8}{'refused':>9}{'rightly':>9}{'at 5 %':>8}{'cosine':>8}"
        f"{'AUROC':>8}"
    )
    cosines = np.array([r.of_hits["hit_cosine"] for r in rows])
    cells = np.array([r.cell for r in rows])
    answered = np.array([r.answered for r in rows])
    below = judged.probabilities < np.array(limits)
    for cell in [*sorted(set(cells)), "all"]:
        here = (cells == cell) | ((cell == "all") & (cells != GIVEN))
        yes, no = here & answered, here & ~answered
        firsts = [
            bool(rows[i].holds[int(judged.scores[i].argmax())]) if len(judged.scores[i]) else False
            for i in np.flatnonzero(yes)
        ]
        both = yes.any() and no.any()
        cut = float(np.quantile(judged.probabilities[yes], FALSE_REFUSALS)) if yes.any() else 0.0
        figures = (
            np.mean(firsts) if firsts else np.nan,
            below[yes].mean() if yes.any() else np.nan,
            below[no].mean() if no.any() else np.nan,
            (judged.probabilities[no] < cut).mean() if both else np.nan,
            (cosines[no] < np.quantile(cosines[yes], FALSE_REFUSALS)).mean() if both else np.nan,
            roc_auc_score(answered[here], judged.probabilities[here]) if both else np.nan,
        )
        shown = "".join(f"{f:>{w}.3f}" for f, w in zip(figures, (8, 9, 9, 8, 8, 8), strict=True))
        print(f"{cell:<16}{here.sum():>6}{shown}", flush=True)


def plot(rows: Sequence[Row], judged: Judged, limit: float) -> str:
    """The risk–coverage curve as SVG, of all cases but those only measured: an answer is wrong where
    the first sentence holds no reference answer, and where nothing answers.
    """
    attempts = []
    for row, probability, scores in zip(rows, judged.probabilities, judged.scores, strict=True):
        if row.cell not in ONLY_MEASURED:
            right = row.answered and bool(len(scores)) and bool(row.holds[int(scores.argmax())])
            attempts.append(Attempt(float(probability), bool(probability >= limit), not right))
    curve = risk_curve(attempts)
    shipped = curve.shipped
    assert shipped is not None
    print(f"{len(attempts)} cases, area {curve.area:.3f}, least possible {curve.least_area:.3f}; ")
    print(f"at the threshold: coverage {shipped.coverage:.3f}, risk {shipped.risk:.3f}")
    for coverage in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        print(f"  coverage {coverage:.1f}  risk {risk_at(curve, coverage):.3f}")
    return drawing(curve, len(attempts))


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--readings", type=Path, required=True)
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    kept = load(options.rows)
    rows = with_readings(kept, options.readings, "out_of_fold")
    folds = folds_of(options.readings)
    everything = list(range(len(SENTENCE_SIGNALS)))
    judged = out_of_fold(rows, folds, everything)
    limit = threshold(rows, judged.probabilities)
    print(f"Out of fold, {len(set(folds))} folds; threshold {limit}")
    report(rows, judged, [limit] * len(rows))
    if options.plot:
        options.plot.write_text(plot(rows, judged, limit))
    families = [FAMILIES.index(r.cell.split("-")[0]) for r in rows]
    unseen = with_readings(kept, options.readings, "left_out")
    left_out = out_of_fold(rows, families, everything, unseen)
    limits = {
        f: threshold(
            rows,
            judged.probabilities,
            {r.cell for r, of in zip(rows, families, strict=True) if of != f and r.answered},
        )
        for f in set(families)
    }
    print("Each set left out of the training in turn, and of its threshold")
    report(rows, left_out, [limits[f] for f in families])
    if options.ablate:
        for name, without in GROUPS.items():
            columns = [i for i, signal in enumerate(SENTENCE_SIGNALS) if signal not in without]
            print(f"Without {name}")
            judged = out_of_fold(rows, folds, columns)
            report(rows, judged, [threshold(rows, judged.probabilities)] * len(rows))
    if options.write:
        network = fit_sentences(rows, everything)
        (STATIC / "sentence_model.json").write_text(as_json(network, SENTENCE_SIGNALS))
        answer_model = fit_answers(rows, [network.scores(r.signals) for r in rows])
        data = {"answer": dataclasses.asdict(answer_model), "threshold": limit}
        (STATIC / "answer_model.json").write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
