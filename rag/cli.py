"""The command line. Each command imports what it starts, so that ``--help`` is quick."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from rag import __version__
from rag.errors import BroadsheetError, UsageError

if TYPE_CHECKING:
    from rag.chatbot import Chatbot
    from rag.records import Answer, Article, BuildReport, Hit, Status

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
        report = _build_with_bar(chatbot, folder, options)
        _print_report(report, chatbot.settings.index, chatbot.model)


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


def _print_report(report: BuildReport, index: Path, model: str) -> None:
    from rag.wording import passed_over_line, report_line, words_only_line

    out.print(escape(f"{report.folder} → {index}, generation {report.generation}"))
    out.print(escape(report_line(report)))
    for line in (
        words_only_line(report.words_only, model),
        passed_over_line(report.passed_over),
    ):
        if line:
            out.print(escape(line))
    _print_failures(report)


def _print_failures(record: BuildReport | Status) -> None:
    for remark in record.remarks:
        out.print(f"[yellow]in part[/] {escape(repr_path(remark.article_id))}: "
                  f"{escape(remark.text)}")  # fmt: skip
    for failure in record.failures:
        kept = " (its last good text stays)" if failure.kept else ""
        out.print(f"[yellow]failed[/] {escape(repr_path(failure.path))}: "
                  f"{escape(failure.reason)}{kept}")  # fmt: skip


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
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with sentences that stand in the articles."""
    answer = _chatbot(index=index).ask(question)
    if as_json:
        from rag.records import to_json

        print(to_json(answer, indent=2))
    else:
        _print_answer(answer)


def _print_answer(answer: Answer) -> None:
    from rag.wording import NOT_FOUND, as_of_line, missing_line, source_line

    if answer.status == "not_found":
        out.print(f"[bold]{NOT_FOUND}[/] {escape(missing_line(answer.missing))}".strip())
        if answer.hits:
            out.print("Nearest articles, which may be about something else:")
            for article_id in dict.fromkeys(hit.chunk.article_id for hit in answer.hits[:3]):
                out.print(f"  {escape(repr_path(article_id))}")
        return
    for sentence in answer.sentences:
        numbers = "".join(f"[{n}]" for n in sentence.citation_numbers)
        out.print(f"{escape(sentence.text)} [bold cyan]{escape(numbers)}[/]")
    out.print(f"\n[dim]{escape(as_of_line(answer))}[/]")
    for citation in answer.citations:
        out.print(f"[bold cyan]{escape(f'[{citation.number}]')}[/] {escape(source_line(citation))}")


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="Words or a question.")],
    count: Annotated[int, typer.Option("-k", "--count", min=1, max=100, help="How many.")] = 10,
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the chunks that may answer, with their ranks and why they are there."""
    chatbot = _chatbot(index=index)
    hits = chatbot.search(question, count)
    if as_json:
        from rag.records import to_json

        print("[" + ",\n".join(to_json(hit) for hit in hits) + "]")
        return
    if not hits:
        out.print("Nothing found.")
    for place, hit in enumerate(hits, 1):
        _print_hit(chatbot, place, hit)


def _print_hit(chatbot: Chatbot, place: int, hit: Hit) -> None:
    article = chatbot.article(hit.chunk.article_id)
    text = " ".join(article.text[hit.chunk.start : hit.chunk.end].split())
    out.print(
        f"[bold]{place}.[/] {hit.score:.3f}  [bold]{escape(article.title)}[/]  "
        f"{escape(repr_path(article.id))} [{hit.chunk.start}:{hit.chunk.end}]"
    )
    out.print(f"   [dim]{escape(' · '.join(hit.reasons))}[/]")
    out.print(f"   {escape(text[:300])}{'…' if len(text) > 300 else ''}")


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
        _print_article(article, chatbot.copies_of(article_id))


def _print_article(article: Article, copies: tuple[str, ...]) -> None:
    from rag.languages import language_name
    from rag.wording import found_in, moment

    rows = (
        ("file", "" if article.path == article.id else article.path, ""),
        ("title", article.title, found_in(article.title_from)),
        ("source", article.source or "unknown", found_in(article.source_from)),
        ("authors", ", ".join(article.authors) or "unknown", found_in(article.authors_from)),
        ("published", moment(article.published), found_in(article.published_from)),
        ("url", article.url, found_in(article.url_from)),
        ("language", language_name(article.language), found_in(article.language_from)),
        ("encoding", article.encoding, ""),
        ("not read", "; ".join(article.remarks), ""),
        ("notes", "; ".join(article.text[start:end] for start, end in article.notes), ""),
        ("copies", ", ".join(copies), ""),
        ("sha256", article.sha256, ""),
    )
    for name, value, found in rows:
        if value:
            where = f"  [dim]({escape(found)})[/]" if found else ""
            out.print(f"[bold]{name:<10}[/]{escape(value)}{where}")
    out.print()
    out.print(escape(article.text))


@app.command()
def status(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what the index holds and what has changed in its folder since."""
    found = _chatbot(index=index).status()
    if as_json:
        from rag.records import to_json

        print(to_json(found, indent=2))
    else:
        _print_status(found)


def _print_status(found: Status) -> None:
    from rag.wording import changes_line, passed_over_line, words_only_line

    sources = ", ".join(f"{name or 'unknown'} {count}" for name, count in found.sources[:12])
    more = len(found.sources) - 12
    rows = (
        ("folder", found.folder),
        ("index", f"{found.index}, generation {found.generation}"),
        ("built", f"{found.built_at:%Y-%m-%d %H:%M %Z}"),
        ("model", f"{found.model} ({found.model_sha256[:12]})"),
        ("articles", f"{found.article_count:,}, {found.undated_count:,} of them undated"),
        ("copies", f"{found.copied_count:,} articles have copies" if found.copied_count else ""),
        ("languages", words_only_line(found.words_only, found.model)),
        ("not read", passed_over_line(found.passed_over)),
        ("chunks", f"{found.chunk_count:,} of at most {found.chunk_tokens} tokens"),
        ("sources", sources + (f" and {more} more" if more > 0 else "")),
        ("changed", found.folder_error or (changes_line(found.changes) if found.changes else "")),
    )  # fmt: skip
    for name, value in rows:
        if value:
            out.print(f"[bold]{name:<10}[/]{escape(value)}")
    if found.changes:
        for kind in ("new", "changed", "deleted"):
            for article_id in getattr(found.changes, kind)[:20]:
                out.print(f"  {kind:<8} {escape(repr_path(article_id))}")
    _print_failures(found)


@app.command("eval")
def evaluate(
    questions: Annotated[
        Path, typer.Option("--questions", metavar="FILE", help="JSON lines: query, evidence.")
    ],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how well the index finds the evidence of questions of your own."""
    from rich.progress import Progress as Bar
    from rich.table import Table

    from rag.evaluation import evaluate, read_questions
    from rag.records import to_json

    found = read_questions(questions)
    with Bar(console=err, transient=True) as bar:
        task = bar.add_task("searching", total=len(found))
        chatbot = _chatbot(index=index)
        measures = evaluate(chatbot, found, lambda done: bar.update(task, completed=done))
    if as_json:
        print("[" + ",\n".join(to_json(m) for m in measures) + "]")
        return
    table = Table("questions", "n", "Hits@10", "Hits@4", "MAP@10", "MRR@10", "all evidence@10")
    for m in measures:
        figures = (m.hits_at_10, m.hits_at_4, m.map_at_10, m.mrr_at_10, m.all_evidence_at_10)
        table.add_row(m.kind, str(m.count), *(f"{figure:.3f}" for figure in figures))
    out.print(table)


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


def repr_path(path: str) -> str:
    """A file name without what would move the cursor or turn the line around."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in path)
