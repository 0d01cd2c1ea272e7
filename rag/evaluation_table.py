"""An evaluation → what the terminal shows: tables of the measures, and the worst questions.

What it shows of the answers stands in ``answer_table``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape

from rag.answer_table import print_answers
from rag.evaluation import Evaluation, QuestionResult, worst
from rag.measure_table import measure_table, shortened
from rag.wording import counted

SHOWN_MEASURES = ("MRR@10", "all evidence@10", "nDCG@10", "R@10")
"""Those that the worst questions are chosen by."""


def print_evaluation(
    console: Console, evaluation: Evaluation, worst_count: int, clean: Callable[[str], str]
) -> None:
    """Prints the tables and the ``worst_count`` worst questions.

    ``clean`` takes out of a text what would move the cursor: files may hold anything.
    """

    def safe(text: str) -> str:
        return escape(clean(text))

    console.print(safe(_heading(evaluation)))
    for unit, rows in (("evidence", evaluation.evidence), ("articles", evaluation.articles)):
        if rows:
            console.print(measure_table(f"questions with {unit}", rows, safe))
    shown = worst(evaluation.results, worst_count)
    if shown:
        console.print(f"[bold]{_worst_heading(len(shown))}[/]")
    for result in shown:
        console.print(f"[bold]line {result.line}:[/] {safe(shortened(result.query))}")
        for line in _lines(result):
            console.print(f"  {safe(line)}")
    if evaluation.answers is not None:
        print_answers(console, evaluation.answers, worst_count, safe)


def _heading(evaluation: Evaluation) -> str:
    others = evaluation.unanswerable_count
    how = "asked with --answers only" if evaluation.answers is None else "asked as well"
    return (
        f"{counted(evaluation.question_count, 'question')} over {evaluation.folder}, generation "
        f"{evaluation.generation}, {evaluation.model}"
        + (f"; {others:,} that the articles do not answer, {how}" if others else "")
        + "; below each mean its 95 % interval"
    )


def _worst_heading(count: int) -> str:
    if count == 1:
        return "The question with the worst result"
    return f"The {count:,} questions with the worst results, the worst first"


def _lines(result: QuestionResult) -> Iterator[str]:
    shown = {name: value for name, value in result.figures.items() if name in SHOWN_MEASURES}
    yield " · ".join(f"{name} {value:.3g}" for name, value in shown.items())
    for fact, rank in zip(result.evidence, result.evidence_ranks, strict=True):
        yield f"expected “{shortened(fact)}”: {_place(rank)}"
    for article_id, rank in zip(result.articles, result.article_ranks, strict=True):
        yield f"expected {article_id}: {_place(rank)}"
    if result.ranked:
        yield f"first came {result.first_title}, {result.ranked[0]}"
    else:
        yield "nothing was found"


def _place(rank: int | None) -> str:
    return f"at {rank}" if rank else "not in the first ten"
