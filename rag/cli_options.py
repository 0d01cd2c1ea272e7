"""What is typed on the command line → the options that several commands share, days and filters.

No command runs here, and nothing is looked up: whether an index has a source is said by the search.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.errors import UsageError

if TYPE_CHECKING:
    from rag.records import Filters

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

ExportOption = Annotated[
    Path | None,
    typer.Option(
        "--export", metavar="FILE", help="Also write it to FILE.md, FILE.html or FILE.json."
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Let --export overwrite a file that is there.")
]


def read_filters(
    sources: list[str] | None, first: str | None, until: str | None, all_articles: bool
) -> Filters | None:
    """The options as filters; None, where none is given, leaves them to the question.

    Raises UsageError where a day is none, or the options contradict each other.
    """
    first_day, last_day = read_day("--from", first), read_day("--until", until)
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


def read_day(option: str, value: str | None) -> date | None:
    """An option's value as a day; None where it is not given. Raises UsageError."""
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
