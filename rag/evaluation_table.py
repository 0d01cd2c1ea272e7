"""An evaluation → what the terminal shows: tables of the measures, and the worst questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rag.evaluation import Evaluation, QuestionResult, Row, worst
from rag.measures import Figure
from rag.wording import counted

LONGEST = 200
"""Characters of a question or sentence that are shown."""
LONGEST_KIND = 30
"""Characters of a kind's name that are shown; in the narrowest table three lines."""
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
            console.print(_table(f"questions with {unit}", rows, safe))
    shown = worst(evaluation.results, worst_count)
    if shown:
        console.print(f"[bold]{_worst_heading(len(shown))}[/]")
    for result in shown:
        console.print(f"[bold]line {result.line}:[/] {safe(_shortened(result.query))}")
        for line in _lines(result):
            console.print(f"  {safe(line)}")


def _heading(evaluation: Evaluation) -> str:
    left_out = evaluation.left_out_count
    return (
        f"{counted(evaluation.question_count, 'question')} over {evaluation.folder}, generation "
        f"{evaluation.generation}, {evaluation.model}"
        + (f"; {left_out:,} without evidence or articles, left out" if left_out else "")
        + "; below each mean its 95 % interval"
    )


def _worst_heading(count: int) -> str:
    if count == 1:
        return "The question with the worst result"
    return f"The {count:,} questions with the worst results, the worst first"


def _table(title: str, rows: Sequence[Row], safe: Callable[[str], str]) -> Table:
    # Narrow enough for 80 columns: two digits in intervals, one space beside each column.
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(title, min_width=10, overflow="fold")
    table.add_column("n", justify="right", no_wrap=True)
    for name in rows[0].figures:
        table.add_column(name.replace(" ", "\n"), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            safe(_shortened(row.kind, LONGEST_KIND)),
            f"{row.count:,}",
            *map(_cell, row.figures.values()),
        )
    return table


def _cell(figure: Figure) -> str:
    return f"{figure.mean:.3f}\n[dim]{figure.low:.2f}–{figure.high:.2f}[/]"


def _lines(result: QuestionResult) -> Iterator[str]:
    shown = {name: value for name, value in result.figures.items() if name in SHOWN_MEASURES}
    yield " · ".join(f"{name} {value:.3g}" for name, value in shown.items())
    for fact, rank in zip(result.evidence, result.evidence_ranks, strict=True):
        yield f"expected “{_shortened(fact)}”: {_place(rank)}"
    for article_id, rank in zip(result.articles, result.article_ranks, strict=True):
        yield f"expected {article_id}: {_place(rank)}"
    if result.ranked:
        yield f"first came {result.first_title}, {result.ranked[0]}"
    else:
        yield "nothing was found"


def _place(rank: int | None) -> str:
    return f"at {rank}" if rank else "not in the first ten"


def _shortened(text: str, longest: int = LONGEST) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest] + "…"
