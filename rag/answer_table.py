"""An evaluation's answers → what the terminal shows: right, wrong and refused, and the risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from rag.answer_evaluation import AnswerEvaluation, AnswerResult, most_confident_errors
from rag.measure_table import measure_table, shortened
from rag.risk import RiskCurve, risk_at
from rag.wording import counted

COVERAGES = tuple(percent / 100 for percent in range(10, 101, 10))


def print_answers(
    console: Console, answers: AnswerEvaluation, worst_count: int, safe: Callable[[str], str]
) -> None:
    """Prints the tables, and the ``worst_count`` most confident of the wrong answers.

    ``safe`` takes out of a text what would move the cursor.
    """
    if answers.answerable:
        console.print(measure_table("answers to questions", answers.answerable, safe))
    if answers.unanswerable:
        title = "questions without an answer"
        console.print(measure_table(title, answers.unanswerable, safe))
    for line in _summary(answers):
        console.print(line)
    console.print(_risk_table(answers.risk))
    for result in answers.results:
        for each in result.misquoted:
            console.print(
                f"[bold]line {result.line}:[/] {safe(each.article_id)} does not hold at "
                f"{each.start}–{each.end} “{safe(shortened(each.quote))}”"
            )
    shown = most_confident_errors(answers.results, worst_count)
    if shown:
        console.print("[bold]Wrong answers, the most confident first[/]")
    for result in shown:
        console.print(f"[bold]line {result.line}:[/] {safe(shortened(result.query))}")
        for line in _lines(result):
            console.print(f"  {safe(line)}")


def _summary(answers: AnswerEvaluation) -> Iterator[str]:
    shipped = answers.risk.shipped
    if shipped is None:
        yield "No question was answered."
    else:
        yield f"Answered: {shipped.coverage:.3f} of all questions, {shipped.risk:.3f} of them wrong"
        yield (
            f"{counted(answers.sentence_count, 'sentence')} shown; characters: median "
            f"{answers.median_characters:.0f}, p95 {answers.p95_characters:.0f}"
        )
    standing = answers.citation_count - answers.misquoted_count
    yield (
        f"{counted(answers.citation_count, 'citation')}, {standing:,} of them with their quote at "
        "their place"
    )
    yield (
        f"Area under the risk–coverage curve: at most {answers.risk.area:.3f} "
        f"(if all wrong answers came last: {answers.risk.least_area:.3f})"
    )


def _risk_table(curve: RiskCurve) -> Table:
    """The risk at each coverage; where refused questions have part in it, at most that."""
    answered = curve.shipped.coverage if curve.shipped else 0.0
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("coverage", "risk", "confidence\nat least"):
        table.add_column(name, justify="right", no_wrap=True)
    for coverage in COVERAGES:
        sign = "≤ " if coverage > answered else ""
        least = next(point for point in curve.points if point.coverage >= coverage - 1e-9)
        table.add_row(
            f"{coverage:.0%}", f"{sign}{risk_at(curve, coverage):.3f}", f"{least.confidence:.3f}"
        )
    return table


def _lines(result: AnswerResult) -> Iterator[str]:
    expected = "" if result.answerable else "; expected was to refuse"
    yield f"confidence {result.confidence:.3f}{expected}"
    for sentence in result.sentences:
        yield f"answered “{shortened(sentence)}”"
    yield f"from {', '.join(result.cited)}"
