"""The command line. Each command imports what it starts, so that ``--help`` is quick."""

from __future__ import annotations

import json
import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from rag import __version__
from rag.errors import BroadsheetError, UsageError

if TYPE_CHECKING:
    from rag.chatbot import Chatbot
    from rag.evaluation_questions import QuestionsFile
    from rag.records import BuildReport, Filters

app = typer.Typer(
    help="Ask a folder of articles; every sentence of the answer stands in one of them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

IndexOption = Annotated[
    Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="The record, whole, as JSON.")]
SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only articles from this one; may be repeated."),
]
FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="DAY", help="Only articles published then or later."),
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="DAY", help="Only articles published then or earlier."),
]
TodayOption = Annotated[
    str | None,
    typer.Option("--today", metavar="DAY", help='What "last week" goes by, if not today.'),
]
AllOption = Annotated[
    bool,
    typer.Option(
        "--all-articles", help="Search all, even if the question says when they appeared."
    ),
]


def main() -> None:
    """Runs the command line: exit status 0, 1 for an error, 2 for wrong use."""
    try:
        app()
    except UsageError as error:
        err.print(f"[bold red]Error[/]: {escape(str(error))}")
        sys.exit(2)
    except BroadsheetError as error:
        err.print(f"[bold red]Error[/]: {escape(str(error))}")
        sys.exit(1)
    except BrokenPipeError:
        # The reader, `head` say, has enough; Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _chatbot(**given: Any) -> Chatbot:
    from rag.chatbot import Chatbot
    from rag.settings import load_settings

    return Chatbot(load_settings(**given))


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"broadsheet {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="The version."),
    ] = False,
) -> None:
    del version


@app.command()
def build(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder of articles; by default the one the index was built from."),
    ] = None,
    index: IndexOption = None,
    full: Annotated[bool, typer.Option("--full", help="Read and embed everything anew.")] = False,
    switch_folder: Annotated[
        bool, typer.Option("--switch-folder", help="Rebuild an index from another folder.")
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Let a folder without articles empty the index.")
    ] = False,
    as_json: JsonOption = False,
    machine: Annotated[bool, typer.Option("--machine", hidden=True)] = False,
) -> None:
    """Make the index match the folder; only what changed is worked on."""
    chatbot = _chatbot(index=index)
    options: dict[str, Any] = {
        "full": full,
        "switch_folder": switch_folder,
        "allow_empty": allow_empty,
    }
    if folder is None and not chatbot.has_index():
        folder = chatbot.settings.articles
    if machine:
        _build_for_page(chatbot, folder, options)
    elif as_json:
        from rag.records import to_json

        print(to_json(chatbot.build(folder, **options), indent=2))
    else:
        from rag.cli_output import print_report

        report = _build_with_bar(chatbot, folder, options)
        print_report(out, report, chatbot.settings.index, chatbot.model)


def _build_with_bar(chatbot: Chatbot, folder: Path | None, options: dict[str, Any]) -> BuildReport:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from rag.records import Progress

    columns = (
        TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*columns, console=err, transient=not err.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def show(progress: Progress) -> None:
            if progress.stage == "done":
                return
            if progress.stage not in tasks:
                tasks[progress.stage] = bar.add_task(progress.stage)
            bar.update(tasks[progress.stage], completed=progress.done, total=progress.total or None)

        return chatbot.build(folder, on_progress=show, **options)


def _build_for_page(chatbot: Chatbot, folder: Path | None, options: dict[str, Any]) -> None:
    """The build that the page starts: lines that a program reads, at lower priority."""
    from rag.rebuild import progress_to_line
    from rag.records import to_json

    os.nice(10)
    try:
        report = chatbot.build(
            folder, on_progress=lambda p: print(progress_to_line(p), flush=True), **options
        )
    except BroadsheetError as error:
        print("error", json.dumps(str(error)), flush=True)
        sys.exit(1)
    print("report", to_json(report), flush=True)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    source: SourceOption = None,
    first: FromOption = None,
    until: UntilOption = None,
    all_articles: AllOption = False,
    today: TodayOption = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with sentences that stand in the articles.

    A DAY is written 2024-05-03. --source, --from and --until take the place of the days of
    publication that the question itself may ask for.
    """
    filters = _filters(source, first, until, all_articles)
    answer = _chatbot(index=index).ask(question, filters=filters, today=_day("--today", today))
    if as_json:
        from rag.records import to_json

        print(to_json(answer, indent=2))
    else:
        from rag.cli_output import print_answer

        print_answer(out, answer, by_question=filters is None)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="Words or a question.")],
    count: Annotated[int, typer.Option("-k", "--count", min=1, max=100, help="How many.")] = 10,
    source: SourceOption = None,
    first: FromOption = None,
    until: UntilOption = None,
    all_articles: AllOption = False,
    today: TodayOption = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what was understood; list the chunks that may answer, with ranks and reasons.

    A DAY is written 2024-05-03. --source, --from and --until take the place of the days of
    publication that the question itself may ask for.
    """
    filters = _filters(source, first, until, all_articles)
    chatbot = _chatbot(index=index)
    found = chatbot.search(question, count, filters=filters, today=_day("--today", today))
    if as_json:
        from rag.records import to_json

        print(to_json(found, indent=2))
    else:
        from rag.cli_output import print_search

        print_search(out, found, chatbot.article, by_question=filters is None)


def _filters(
    sources: list[str] | None, first: str | None, until: str | None, all_articles: bool
) -> Filters | None:
    """The options as filters; None, where none is given, leaves them to the question."""
    first_day, last_day = _day("--from", first), _day("--until", until)
    given = bool(sources or first_day or last_day)
    if all_articles and given:
        raise UsageError(
            "--all-articles searches all, --source, --from and --until some; leave one of them out."
        )
    if first_day and last_day and first_day > last_day:
        raise UsageError(f"--from {first_day} is after --until {last_day}; swap them.")
    if not (given or all_articles):
        return None
    from rag.records import Filters

    return Filters(tuple(sources or ()), first_day, last_day)


def _day(option: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(
            f"{option} {value!r} is no day; write year, month and day, as in 2024-05-03."
        ) from None


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(help="The file's path below the folder.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print an article as indexed: title, source, date and where each was found, and its text."""
    chatbot = _chatbot(index=index)
    article = chatbot.article(article_id)
    if as_json:
        from rag.records import to_json

        print(to_json(article, indent=2))
    else:
        from rag.cli_output import print_article

        print_article(out, article, chatbot.copies_of(article_id))


@app.command()
def status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds and what has changed in its folder since."""
    found = _chatbot(index=index).status()
    if as_json:
        from rag.records import to_json

        print(to_json(found, indent=2))
    else:
        from rag.cli_output import print_status

        print_status(out, found)


@app.command("eval")
def evaluate(
    questions: Annotated[
        Path,
        typer.Option(
            "--questions", metavar="FILE", help="JSON lines: query with evidence or articles."
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="Build this folder first; else the index as it is."),
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
    worst: Annotated[
        int, typer.Option("--worst", min=0, help="How many of the worst questions to show.")
    ] = 10,
    today: TodayOption = None,
) -> None:
    """Measure how well questions of your own find their evidence or their articles.

    With DIR its index is built in --index, or in a temporary folder where that is not given.
    """
    from tempfile import TemporaryDirectory

    from rag.cli_output import print_report
    from rag.evaluation_questions import read_questions

    file = read_questions(questions)
    day = _day("--today", today)
    with TemporaryDirectory(prefix="broadsheet-eval-") as temporary:
        if folder is not None and index is None:
            index = Path(temporary)
        chatbot = _chatbot(index=index)
        if folder is not None:
            report = _build_with_bar(chatbot, folder, {})
            if not as_json:
                print_report(out, report, chatbot.settings.index, chatbot.model)
        _evaluate_with_bar(chatbot, file, as_json, worst, day)


def _evaluate_with_bar(
    chatbot: Chatbot, file: QuestionsFile, as_json: bool, worst: int, today: date | None
) -> None:
    from rich.progress import Progress as Bar

    from rag.cli_output import printable
    from rag.evaluation import evaluate
    from rag.evaluation_table import print_evaluation
    from rag.records import to_json

    with Bar(console=err, transient=True) as bar:
        task = bar.add_task("searching", total=len(file.questions))
        found = evaluate(chatbot, file, lambda done: bar.update(task, completed=done), today=today)
    if as_json:
        print(to_json(found, indent=2))
    else:
        print_evaluation(out, found, worst, printable)


@app.command()
def serve(
    articles: Annotated[
        Path | None, typer.Option("--articles", metavar="DIR", help="Folder of articles.")
    ] = None,
    index: IndexOption = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535)] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open the chat page; build the index first where there is none."""
    from rag.server import serve as start
    from rag.settings import load_settings

    start(
        load_settings(articles=articles, index=index, port=port),
        folder_given=articles is not None,
        open_page=open_page,
    )
