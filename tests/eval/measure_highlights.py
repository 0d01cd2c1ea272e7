"""Measures what a question is read to ask for, and the highlights, on SQuAD's answerable questions.

    python -m tests.eval.measure_highlights [--errors KIND]

For each kind of question: the share of sentences with a reference answer that have a span of that
kind, the share of their paragraphs' other sentences that do; how often a highlight is given in the
sentence with the answer, and how often it overlaps a reference answer there. ``--errors`` prints
the highlights of a kind that do not.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter, defaultdict

from rag.asked_kinds import read_asked
from rag.chunking import sentence_spans
from rag.expected_answers import expected_spans
from rag.highlights import highlights
from tests.eval.cases import squad


def _overlaps(sentence: str, start: int, end: int, answers: tuple[str, ...]) -> bool:
    return any(
        found.start() < end and start < found.end()
        for answer in answers
        for found in re.finditer(re.escape(answer), sentence)
    )


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--errors", default="")
    options = parser.parse_args()
    articles, answerable, _ = squad()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    seconds, read = 0.0, 0
    for item in answerable:
        asked = read_asked(item.question)
        text = articles[item.article][1]
        sentences = [text[start:end] for start, end in sentence_spans(text)]
        gold = [s for s in sentences if any(answer in s for answer in item.answers)]
        if not gold:
            continue
        started = time.perf_counter()
        having = {s for s in sentences if expected_spans(asked, s)}
        seconds, read = seconds + time.perf_counter() - started, read + len(sentences)
        count = counts[asked.kind]
        count["questions"] += 1
        count["gold"] += any(s in having for s in gold)
        count["other"] += len(sentences) - len(gold)
        count["other having"] += sum(s in having for s in sentences if s not in gold)
        spans = highlights(item.question, gold[0])
        count["given"] += bool(spans)
        right = any(_overlaps(gold[0], *span, item.answers) for span in spans)
        count["right"] += right
        if asked.kind == options.errors and spans and not right:
            words = [gold[0][start:end] for start, end in spans]
            print(f"{item.question} | {item.answers} | {words} | {gold[0]}")
    print("| kind | questions | gold sentences with one | others | highlighted | right |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind, c in sorted(counts.items(), key=lambda pair: -pair[1]["questions"]):
        right_share = f"{c['right'] / c['given']:.3f}" if c["given"] else "–"
        print(
            f"| {kind} | {c['questions']} | {c['gold'] / c['questions']:.3f} | "
            f"{c['other having'] / max(1, c['other']):.3f} | {c['given'] / c['questions']:.3f} | "
            f"{right_share} |"
        )
    total: Counter[str] = sum((c for k, c in counts.items() if k != "other"), Counter())
    print(
        f"Highlights: {total['given']} given, {total['right'] / total['given']:.3f} right; "
        f"60 sentences in {60_000 * seconds / read:.1f} ms"
    )


if __name__ == "__main__":
    main()
