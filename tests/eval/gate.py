"""Holds retrieval and follow-ups to the floors in ``floors.json``; fails where a measure lies below its floor.

    python -m tests.eval.gate [SET…] [--cache DIR] [--update] [--allow-lower]

Builds each set (``sets.py``) and evaluates it as ``broadsheet eval`` does; "follow-ups" are fitted
and measured out of fold, as ``train_follow_ups.py`` does. Without a set's name all are run; those that need ``../shared/data`` are skipped where that is absent. With ``--cache`` the
indexes are kept, so that a second run embeds nothing. The data are pinned by a digest: figures of
other questions or articles cannot be compared.

``--update`` takes today's figures: a floor is set MARGIN below what was measured, but never below
the floor there is, unless ``--allow-lower`` says so.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.evaluation import Evaluation, evaluate
from rag.evaluation_questions import read_questions
from rag.folders import list_files
from tests.eval.cases import DATA
from tests.eval.sets import SETS, EvaluationSet, build_set, evaluation_set
from tests.eval.train_follow_ups import FILE as CONVERSATIONS
from tests.eval.train_follow_ups import Remembered, read_conversations
from tests.eval.train_follow_ups import measure as measure_follow_ups

FLOORS_FILE = Path(__file__).with_name("floors.json")
Floors = dict[str, Any]
"""A set's entry: digest, questions, measured (the day), and measures: name → n, floor, measured."""

ANSWERED = ("sample", "multihop")
"""Sets whose questions are asked too, not only searched for; the others would take hours."""
FOLLOW_UPS = "follow-ups"
NAMES = (*SETS, FOLLOW_UPS)
Measures = dict[str, tuple[int, float]]
"""Measure → number of questions and mean."""

# The questions are the same each time, so their confidence interval (up to 0.12 wide for the sample
# set) is no measure of what may differ: the processor is. float32 instead of bfloat16 vectors
# changed no measure of the sample set by 0.0001. The margin lets one of its 112 questions (0.009)
# go the other way.
MARGIN = 0.01


def digest(chosen: EvaluationSet) -> str:
    """A set's questions file and articles → a sha256 of their names and bytes, sorted by name."""
    files, failures, _ = list_files(chosen.articles)
    if failures:
        raise SystemExit(f"{chosen.name}: {failures[0].path} cannot be listed.")
    total = hashlib.sha256(chosen.questions.read_bytes())
    for file in files:
        raw = file.path.read_bytes()
        total.update(f"\0{file.id}\0{len(raw)}\0".encode() + raw)
    return total.hexdigest()


def measured(evaluation: Evaluation) -> Measures:
    """An evaluation → its measures over all kinds of questions, each the better the higher."""
    rows = (*evaluation.evidence[:1], *evaluation.articles[:1])
    found = {name: (row.count, figure.mean) for row in rows for name, figure in row.figures.items()}
    if (answers := evaluation.answers) is not None:
        for row in answers.answerable[:1]:
            found["answered right"] = row.count, row.figures["right"].mean
            found["answered at all"] = row.count, 1 - row.figures["false refusals"].mean
        for row in answers.unanswerable[:1]:
            found["rightly refused"] = row.count, row.figures["rightly refused"].mean
        exact = 1 - answers.misquoted_count / max(answers.citation_count, 1)
        found["quotes exact"] = evaluation.question_count, exact
    return found


def follow_ups() -> Measures:
    """The measures of follow-ups, out of fold."""
    found = measure_follow_ups(read_conversations(CONVERSATIONS), Remembered())
    return {
        "F1": (len(found.ours), float(np.mean(found.ours))),
        "left as typed": (len(found.changes), float(np.mean(found.changes))),
    }


def data_problems(name: str, found: str, floors: Floors | None) -> Iterator[str]:
    """Why the figures of a set whose digest is ``found`` cannot be compared with its floors."""
    if floors is None:
        yield f"{name} has no floors yet; measure them with --update."
    elif found != floors["digest"]:
        yield (
            f"{name}: the questions or articles are not those that the floors were measured "
            f"on (sha256 {found[:12]}…, pinned {floors['digest'][:12]}…). Restore the "
            "data, or measure anew with --update."
        )


def shortfalls(name: str, figures: Measures, floors: Floors) -> Iterator[str]:
    """The measures that lie below their floor, or are not what the floors were measured on."""
    for measure, floor in floors["measures"].items():
        count, mean = figures.get(measure, (0, 0.0))
        if count != floor["n"]:
            yield f"{name}: {measure} is over {count} questions, its floor over {floor['n']}."
        elif mean < floor["floor"]:
            yield f"{name}: {measure} is {mean:.4f}, below its floor {floor['floor']:.4f}."


def updated(
    found: str, questions: int, figures: Measures, floors: Floors | None, *, allow_lower: bool
) -> Floors:
    """Today's figures → the set's new entry; no floor sinks unless ``allow_lower``."""
    before = floors["measures"] if floors and not allow_lower else {}
    measures = {}
    for name, (count, mean) in figures.items():
        floor = max(round(mean - MARGIN, 4), before.get(name, {}).get("floor", 0.0))
        measures[name] = {"n": count, "floor": floor, "measured": round(mean, 4)}
    return {
        "digest": found,
        "questions": questions,
        "measured": datetime.date.today().isoformat(),
        "measures": measures,
    }


def run(name: str, cache: Path, all_floors: dict[str, Floors], options: argparse.Namespace) -> bool:
    """Builds, evaluates and prints one set → whether it holds; changes ``all_floors`` to update."""
    if name != "sample" and not DATA.is_dir():
        print(f"{name}: skipped, ../shared/data absent")
        return True
    chosen = None if name == FOLLOW_UPS else evaluation_set(name, cache)
    found = digest(chosen) if chosen else hashlib.sha256(CONVERSATIONS.read_bytes()).hexdigest()
    floors = all_floors.get(name)
    problems = [] if options.update else list(data_problems(name, found, floors))
    if not problems:
        figures, questions, spread = _figures(chosen)
        if options.update:
            floors = updated(found, questions, figures, floors, allow_lower=options.allow_lower)
        assert floors is not None
        problems = list(shortfalls(name, figures, floors))
        if not problems:
            all_floors[name] = floors
        _print(name, figures, spread, floors)
    for problem in problems:
        print(f"FAILED {problem}")
    if problems and options.update:
        print("A floor is lowered by --update --allow-lower only.")
    return not problems


def _figures(chosen: EvaluationSet | None) -> tuple[Measures, int, dict[str, str]]:
    """A set, None for follow-ups → its measures, how many questions, and confidence intervals."""
    if chosen is None:
        figures = follow_ups()
        return figures, figures["F1"][0], {}
    evaluation = evaluate(
        build_set(chosen), read_questions(chosen.questions), answers=chosen.name in ANSWERED
    )
    rows = (*evaluation.evidence[:1], *evaluation.articles[:1])
    spread = {n: f"({f.low:.3f}–{f.high:.3f})" for row in rows for n, f in row.figures.items()}
    return measured(evaluation), evaluation.question_count, spread


def _print(name: str, figures: Measures, spread: dict[str, str], floors: Floors) -> None:
    for measure, (count, mean) in figures.items():
        floor = floors["measures"].get(measure, {}).get("floor", 0.0)
        print(
            f"{name:<12}{measure:<18}n {count:<6}{mean:.4f} {spread.get(measure, ''):<15}"
            f"  floor {floor:.4f}"
        )


def main(arguments: Sequence[str] | None = None, floors_file: Path = FLOORS_FILE) -> int:
    """Runs the command → its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help=", ".join(NAMES))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-lower", action="store_true")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.sets if name not in NAMES]
    if unknown:
        parser.error(f"no set is called {unknown[0]!r}; sets are {', '.join(NAMES)}")
    all_floors: dict[str, Floors] = json.loads(floors_file.read_text())
    with tempfile.TemporaryDirectory() as temporary:
        cache = options.cache or Path(temporary)
        held = [run(name, cache, all_floors, options) for name in options.sets or NAMES]
    if options.update:
        ordered = {name: all_floors[name] for name in NAMES if name in all_floors}
        floors_file.write_text(json.dumps(ordered, indent=1) + "\n")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
