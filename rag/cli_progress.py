"""A build or an evaluation that a command starts → its result, and meanwhile how far it is.

A person sees a bar, the page's process reads lines. What the result holds is not shown here.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError, FolderEmpty
from rag.evaluation import Evaluation, evaluate
from rag.evaluation_questions import QuestionsFile
from rag.rebuild import progress_to_line
from rag.records import BuildReport, Progress, to_json


def build_with_bar(
    console: Console, chatbot: Chatbot, folder: Path | None, **options: bool
) -> BuildReport:
    """A build, with a bar for each of its stages. Raises as ``Chatbot.build`` does."""
    columns = (
        TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*columns, console=console, transient=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def show(progress: Progress) -> None:
            if progress.stage == "done":
                return
            if progress.stage not in tasks:
                tasks[progress.stage] = bar.add_task(progress.stage)
            bar.update(tasks[progress.stage], completed=progress.done, total=progress.total or None)

        return chatbot.build(folder, on_progress=show, **options)


def build_to_evaluate(console: Console, chatbot: Chatbot, folder: Path) -> BuildReport:
    """The same before an evaluation: what it says of a folder without articles fits that."""
    try:
        return build_with_bar(console, chatbot, folder)
    except FolderEmpty as error:  # its advice is for the command that empties an index
        raise FolderEmpty(
            f"Folder {folder} holds no article that can be read, so no question can be evaluated; "
            "name a folder of articles, or none to evaluate the index as it is."
        ) from error


def build_for_page(chatbot: Chatbot, folder: Path | None, **options: bool) -> None:
    """The build that the page starts: lines that a program reads, at lower priority.

    The last line is the report or the error; with an error the process ends with status 1.
    """
    os.nice(10)
    try:
        report = chatbot.build(
            folder, on_progress=lambda p: print(progress_to_line(p), flush=True), **options
        )
    except BroadsheetError as error:
        print("error", json.dumps(str(error)), flush=True)
        sys.exit(1)
    print("report", to_json(report), flush=True)


def evaluate_with_bar(
    console: Console,
    chatbot: Chatbot,
    file: QuestionsFile,
    today: date | None,
    *,
    answers: bool = False,
) -> Evaluation:
    """An evaluation, with a bar over its questions. Raises as ``evaluate`` does."""
    with Bar(console=console, transient=True) as bar:
        total = len(file.questions) + (len(file.unanswerable) if answers else 0)
        task = bar.add_task("asking" if answers else "searching", total=total)
        return evaluate(
            chatbot,
            file,
            lambda done: bar.update(task, completed=done),
            today=today,
            answers=answers,
        )
