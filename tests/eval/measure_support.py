"""How often the check of a language model's sentences marks wrong ones, and faithful ones.

    python -m tests.eval.measure_support [--show KIND]

See ``tests.eval.faithful`` for the sentences. The threshold is fitted on the half of the passages
whose hash is even; every figure printed is of the other half.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

import numpy as np

from rag import support
from rag.chunking import sentence_spans
from rag.support import Evidence, Statement, find_support, share
from tests.eval.faithful import CLAIMS, FINDERS, Case, faithful_cases, turned_round, wrong_sentences

FALSELY_MARKED = 0.02
"""What the threshold may cost: the share of faithful sentences below it, each set counting alike."""


@cache
def _statements(evidence: str, about: str, published: date | None) -> tuple[Statement, ...]:
    texts = [evidence[start:end] for start, end in sentence_spans(evidence)]
    return tuple(Statement(text, tuple(about.split("\n")), published) for text in texts)


def _reason(case: Case) -> str:
    statements = _statements(case.evidence, case.about, case.published)
    return find_support(case.sentence, statements).reason


def in_fitting_half(case: Case) -> bool:
    """Whether the passage belongs to the half that the threshold is fitted on."""
    return hashlib.sha256(case.evidence.encode()).digest()[0] % 2 == 0


def fitted_share(cases: Sequence[Case]) -> float:
    """The share of words below which as many of each set lie, on average, as are given up."""
    by_kind: dict[str, list[float]] = {}
    for case in cases:
        evidence = Evidence([case.evidence], case.about.split("\n"), [case.published])
        by_kind.setdefault(case.kind, []).append(share(case.sentence, evidence))
    grid = np.linspace(0, 1, 101)
    cost = [np.mean([np.mean(np.array(v) < t) for v in by_kind.values()]) for t in grid]
    return float(max(t for t, c in zip(grid, cost, strict=True) if c <= FALSELY_MARKED))


def marked(cases: Iterable[Case]) -> tuple[int, int, Counter[str]]:
    """(how many are marked, of how many, by which kind of reason)."""
    reasons: Counter[str] = Counter()
    count = 0
    for case in cases:
        count += 1
        if reason := _reason(case):
            reasons[reason.split(":")[0]] += 1
    return sum(reasons.values()), count, reasons


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fitting", action="store_true", help="report the half fitted on, to see")
    parser.add_argument("--reasons", action="store_true", help="count the reasons of each row")
    parser.add_argument("--show", help="print the errors of this row: 'SET/SENTENCES'")
    options = parser.parse_args()
    cases = faithful_cases()
    fitting = [case for case in cases if in_fitting_half(case)]
    print(f"fitted share {fitted_share(fitting):.2f}, shipped {support.LEAST_SHARE:.2f}")
    rng = random.Random(7)
    reported = [case for case in cases if in_fitting_half(case) == options.fitting]
    rows: list[tuple[str, str, list[Case]]] = []
    for kind in dict.fromkeys(case.kind for case in reported):
        mine = [case for case in reported if case.kind == kind]
        rows.append((kind, "faithful", mine))
        rows += [(kind, f"wrong {w}", list(wrong_sentences(mine, w, rng))) for w in FINDERS]
        rows.append((kind, "turned round", [t for c in mine if (t := turned_round(c))]))
        away = [
            Case(c.kind, c.sentence, c.other, c.about, c.published, "") for c in mine if c.other
        ]
        rows.append((kind, "another chunk cited", away))
    for what in dict.fromkeys(what for _, what, _ in rows):
        together = [c for kind, of, found in rows if of == what and kind != CLAIMS for c in found]
        rows.append(("all but the claims", what, together))
    print("| set | sentences | n | marked |\n| --- | --- | --- | --- |")
    for kind, what, found in rows:
        if found:
            number, count, reasons = marked(found)
            print(f"| {kind} | {what} | {count} | {number / count:.3f} |")
            if options.reasons:
                print("   ", dict(reasons))
        if options.show == f"{kind}/{what}":
            for case in found:
                reason = _reason(case)
                if bool(reason) == (what == "faithful"):
                    print("   ", reason, "|", case.sentence, "\n        ", case.evidence[:700])


if __name__ == "__main__":
    main()
