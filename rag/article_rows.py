"""The index's articles and what changed since → rows of a table: searched, sorted, in pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from rag.languages import language_name
from rag.records import ArticleSummary, Changes, Failure
from rag.wording import day, iso_day

PAGE_ROWS = 100
"""More rows at once slow the browser."""

State = Literal["indexed", "new", "changed", "failed", "gone"]

Column = Literal["title", "source", "date", "length", "language", "copies", "state"]
COLUMNS: tuple[Column, ...] = get_args(Column)

_FIRST_DOWN = ("date", "length", "copies")
"""Columns that are sorted from their greatest value when they are chosen first."""


@dataclass(frozen=True, slots=True)
class Row:
    """An article, or a file that is none yet: then ``article`` has nothing but its id."""

    article: ArticleSummary
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Which rows of the table are looked at; ``page`` is 1-based."""

    column: Column = "date"
    down: bool = True
    page: int = 1

    def sorted_by(self, column: Column) -> View:
        """The view that a click on a column's head gives: its first page, turned round."""
        down = not self.down if column == self.column else column in _FIRST_DOWN
        return View(column, down)

    def at(self, page: int) -> View:
        """Another page of it."""
        return replace(self, page=page)

    def to_text(self) -> str:
        """For ``from_text``."""
        return f"{self.column} {'down' if self.down else 'up'} {self.page}"

    @classmethod
    def from_text(cls, text: object) -> View:
        """What the browser says → the view; the first one for anything else."""
        words = text.split() if isinstance(text, str) and len(text) < 100 else []
        if len(words) != 3 or words[1] not in ("up", "down") or not words[2].isdecimal():
            return cls()
        for column in COLUMNS:
            if column == words[0]:
                return cls(column, words[1] == "down", max(1, int(words[2])))
        return cls()


def rows_of(
    articles: Sequence[ArticleSummary], failures: Sequence[Failure], changes: Changes | None
) -> list[Row]:
    """What stands in the index, and the files that do not: new ones, and those that failed."""
    reasons = {failure.path: failure.reason for failure in failures}
    states: dict[str, State] = {}
    if changes is not None:
        states.update((each, "gone") for each in changes.deleted)
        states.update((each, "changed") for each in changes.changed)
    rows = []
    for article in articles:
        state = states.pop(article.id, "failed" if article.id in reasons else "indexed")
        rows.append(Row(article, state, reasons.pop(article.id, "") if state == "failed" else ""))
    known = {article.id for article in articles}
    changed = {each for each, state in states.items() if state == "changed"}
    rows += [
        Row(_of_file(path), "changed" if path in changed else "failed", reason)
        for path, reason in reasons.items()
        if path not in known
    ]
    new = changes.new if changes is not None else ()
    return rows + [Row(_of_file(path), "new") for path in new]


def _of_file(path: str) -> ArticleSummary:
    return ArticleSummary(path, "", "", None, "", "", 0)


def matching(rows: Sequence[Row], typed: str) -> list[Row]:
    """The rows that have every typed word in title, source, date, language, state or file name."""
    words = typed.casefold().split()
    return [row for row in rows if all(word in _words_of(row) for word in words)]


def _words_of(row: Row) -> str:
    article = row.article
    published = article.published
    dates = f"{iso_day(published)} {day(published)}"
    language = language_name(article.language) if article.language else ""
    parts = (article.title, article.source, dates, article.id, language, row.state, row.reason)
    return " ".join(parts).casefold()


def ordered(rows: Sequence[Row], view: View) -> list[Row]:
    """Rows in a view's order; what has no value comes last either way, equal ones by file name."""
    key = _KEYS[view.column]
    found = sorted(rows, key=lambda row: row.article.id)
    found.sort(key=key, reverse=view.down)
    return [row for row in found if key(row)] + [row for row in found if not key(row)]


_STATE_ORDER = ("", "indexed", "changed", "new", "gone", "failed")

_KEYS: dict[Column, Callable[[Row], Any]] = {
    "title": lambda row: (row.article.title or row.article.id).casefold(),
    "source": lambda row: row.article.source.casefold(),
    "date": lambda row: iso_day(row.article.published),
    "length": lambda row: row.article.character_count,
    "language": lambda row: row.article.language,
    "copies": lambda row: row.article.copy_count,
    "state": lambda row: _STATE_ORDER.index(row.state),
}


def page_of(rows: Sequence[Row], view: View) -> tuple[View, list[Row]]:
    """Rows in order → those of the view's page, and the view with a page that there is."""
    last = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(view.page, last)
    return view.at(page), list(rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS])
