"""The commands of the command line. Each imports what it starts, so that ``--help`` is quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from rag import __version__
from rag.cli_options import (
    AllOption,
    ExportOption,
    ForceOption,
    FromOption,
    IndexOption,
    JsonOption,
    SourceOption,
    TodayOption,
    UntilOption,
    read_day,
    read_filters,
)
from rag.errors import (
    BroadsheetError,
    FolderUnreadable,
    ModelUnavailable,
    ModelUnsuitable,
    UsageError,
)

if TYPE_CHECKING:
    from rag.chatbot import Chatbot

app = typer.Typer(
    help="Ask a folder of articles; every sentence of the answer stands in one of them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """Runs the command line: exit status 0, 1 for an error, 2 for wrong use."""
    try:
        app()
    # A folder or a model is wrong as it was named: on the command line, or in the settings.
    except (UsageError, FolderUnreadable, ModelUnavailable, ModelUnsuitable) as error:
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
    from rag.settings import load_settings

    settings = load_settings(**given)  # what is wrong with them is said before a second of imports
    from rag.chatbot import Chatbot

    return Chatbot(settings)


def _print_json(record: Any) -> None:
    from rag.records import to_json

    print(to_json(record, indent=2))


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
    repair: Annotated[
        bool, typer.Option("--repair", help="Check every row; make anew what is damaged.")
    ] = False,
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
    from rag.cli_progress import build_for_page, build_with_bar

    chatbot = _chatbot(index=index)
    options: dict[str, Any] = {
        "full": full,
        "repair": repair,
        "switch_folder": switch_folder,
        "allow_empty": allow_empty,
    }
    if folder is None and chatbot.is_new():
        folder = chatbot.settings.articles
    if machine:
        build_for_page(chatbot, folder, **options)
    elif as_json:
        _print_json(chatbot.build(folder, **options))
    else:
        from rag.cli_output import print_report

        report = build_with_bar(err, chatbot, folder, **options)
        print_report(out, report, chatbot.settings.index, chatbot.model)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    source: SourceOption = None,
    first: FromOption = None,
    until: UntilOption = None,
    all_articles: AllOption = False,
    today: TodayOption = None,
    sentences: Annotated[
        int, typer.Option("--sentences", min=1, max=12, help="The most that an answer has.")
    ] = 4,
    export: ExportOption = None,
    force: ForceOption = False,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with sentences that stand in the articles.

    A DAY is written 2024-05-03. --source, --from and --until take the place of the days of
    publication that the question itself may ask for.
    """
    filters = read_filters(source, first, until, all_articles)
    if export is not None:
        from rag.export_files import exporter

        save = exporter(export, force=force)
    chatbot = _chatbot(index=index)
    day = read_day("--today", today)
    answer = chatbot.ask(question, filters=filters, today=day, most=sentences)
    if export is not None:
        save(answer)
        err.print(escape(f"Written to {export}"))
    if as_json:
        _print_json(answer)
    else:
        from rag.cli_output import print_answer

        print_answer(out, answer, chatbot.article, by_question=filters is None)


@app.command()
def verify(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="What ask --json printed, or an export; - for stdin."),
    ],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the cited files again; say which quotes stand, have moved, are changed or gone.

    Exit status 1 where a quote is changed or gone; one that has moved still stands.
    """
    from rag.export_files import read_at_most
    from rag.saved_answers import LONGEST_BYTES, read_turns

    turns = read_turns(read_at_most(file, LONGEST_BYTES), str(file))
    found = _chatbot(index=index).verify([turn.answer for turn in turns])
    if as_json:
        _print_json(found)
    else:
        from rag.cli_output import print_verifications

        print_verifications(out, found)
    if any(each.verdict in ("changed", "gone") for each in found):
        raise typer.Exit(1)


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
    filters = read_filters(source, first, until, all_articles)
    chatbot = _chatbot(index=index)
    found = chatbot.search(question, count, filters=filters, today=read_day("--today", today))
    if as_json:
        _print_json(found)
    else:
        from rag.cli_output import print_search

        print_search(out, found, chatbot.article, by_question=filters is None)


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
        _print_json(article)
    else:
        from rag.cli_output import print_article

        print_article(out, article, chatbot.copies_of(article_id))


@app.command()
def status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds and what has changed in its folder since."""
    found = _chatbot(index=index).status()
    if as_json:
        _print_json(found)
    else:
        from rag.cli_output import print_status

        print_status(out, found)


@app.command()
def doctor(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Check the index, its folder, the settings, the models and the disk; name what mends them.

    Exit status 1 where something is wrong.
    """
    from itertools import chain

    from rag.cli_output import print_check
    from rag.server_address import check_address

    chatbot, found = _chatbot(index=index), []
    for check in chain([check_address(chatbot.settings)], chatbot.examine()):
        found.append(check)
        if not as_json:
            print_check(out, check)
    if as_json:
        _print_json(found)
    if not all(check.good for check in found):
        raise typer.Exit(1)


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
    answers: Annotated[
        bool, typer.Option("--answers", help="Ask the questions too: right, wrong, refused.")
    ] = False,
    today: TodayOption = None,
) -> None:
    """Measure how well questions of your own find their evidence or their articles.

    With --answers also how often they are answered rightly, wrongly, or refused, and the risk at
    each coverage; a question with "evidence": [] is then one to be refused.

    With DIR its index is built in --index, or in a temporary folder where that is not given.
    """
    from tempfile import TemporaryDirectory

    from rag.cli_output import print_report
    from rag.cli_progress import build_to_evaluate, evaluate_with_bar
    from rag.evaluation_questions import read_questions
    from rag.evaluation_table import print_evaluation
    from rag.wording import printable

    file = read_questions(questions, for_answers=answers)
    day = read_day("--today", today)
    with TemporaryDirectory(prefix="broadsheet-eval-") as temporary:
        if folder is not None and index is None:
            index = Path(temporary)
        chatbot = _chatbot(index=index)
        if folder is not None:
            report = build_to_evaluate(err, chatbot, folder)
            if not as_json:
                print_report(out, report, chatbot.settings.index, chatbot.model)
        found = evaluate_with_bar(err, chatbot, file, day, answers=answers)
    if as_json:
        _print_json(found)
    else:
        print_evaluation(out, found, worst, printable)


@app.command()
def serve(
    articles: Annotated[
        Path | None, typer.Option("--articles", metavar="DIR", help="Folder of articles.")
    ] = None,
    index: IndexOption = None,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", metavar="ADDRESS", help="Serve others too; needs a user and a password."
        ),
    ] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535)] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in the browser.")
    ] = True,
    tools: Annotated[
        bool, typer.Option("--mcp", help="Also serve the tools for language models, at /mcp.")
    ] = False,
) -> None:
    """Open the chat page; build the index first where there is none."""
    from rag.settings import load_settings

    settings = load_settings(articles=articles, index=index, host=host, port=port)
    from rag.server import serve as start

    start(
        settings,
        folder_given=articles is not None,
        open_page=open_page,
        with_tools=tools,
    )


@app.command("mcp")
def tools(index: IndexOption = None) -> None:
    """Offer ask, search and open_article to a language model, on standard input and output.

    It is started by the program that the model runs in; `serve --mcp` offers the same over HTTP.
    """
    from rag.mcp_server import require_mcp, serve_over_stdio

    require_mcp()
    serve_over_stdio(_chatbot(index=index))
