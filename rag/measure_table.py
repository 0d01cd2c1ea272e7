"""Rows of measures → a table for the terminal, narrow enough for 80 columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from rag.measures import Figure, Row

LONGEST = 200
"""Characters of a question or sentence that are shown."""
LONGEST_KIND = 30
"""Characters of a kind's name that are shown; in the narrowest table three lines."""


def measure_table(title: str, rows: Sequence[Row], safe: Callable[[str], str]) -> Table:
    """At least one row → the table, each mean above its interval.

    ``safe`` takes out of a kind's name what would move the cursor.
    """
    # Narrow enough for 80 columns: two digits in intervals, one space beside each column.
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(title, min_width=10, overflow="fold")
    table.add_column("n", justify="right", no_wrap=True)
    for name in rows[0].figures:
        table.add_column(name.replace(" ", "\n"), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            safe(shortened(row.kind, LONGEST_KIND)),
            f"{row.count:,}",
            *map(_cell, row.figures.values()),
        )
    return table


def shortened(text: str, longest: int = LONGEST) -> str:
    """A text in one line of at most ``longest`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest] + "…"


def _cell(figure: Figure) -> str:
    return f"{figure.mean:.3f}\n[dim]{figure.low:.2f}–{figure.high:.2f}[/]"
