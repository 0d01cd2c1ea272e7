"""The Articles tab's HTML: the table, what was removed, and what there is to say or to choose.

All that comes from an article or a file is escaped. What can be done stands in ``data-do`` of a
button; ``library.js`` hands it to Python, which takes it as anything that comes from outside.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from rag.article_rows import COLUMNS, Column, Row, View, page_of
from rag.folders import SUFFIXES
from rag.languages import language_name
from rag.page_html import article_link, escaped, file_name, one_line
from rag.records import Published, RemovedFile
from rag.wording import counted, day, found_in, iso_day, moment

_HEADS: dict[Column, str] = {
    "title": "Title", "source": "Source", "date": "Published", "length": "Length",
    "language": "Language", "copies": "Copies", "state": "State",
}  # fmt: skip

_STATES = {
    "indexed": "Indexed",
    "new": "New",
    "changed": "Changed",
    "failed": "Failed",
    "gone": "Gone",
}

SHOWN_REMOVED = 50

_KINDS = ",".join(SUFFIXES)

ADD_HTML = (
    '<button type="button" class="choose" aria-describedby="adding-help">Add articles</button>'
    f'<input type="file" multiple accept="{_KINDS}" tabindex="-1" aria-label="Articles to add" '
    'class="files-to-add">'
)
"""What files are chosen with; they can also be dropped anywhere on the page."""

ADDING_HTML = (
    '<p id="adding-help" class="help">Or drop files anywhere on this page. '
    "Text, web pages, PDF, Word, e-mail, EPUB, RTF and JSON lines are read.</p>"
    '<section class="adding" aria-label="Files being added" hidden><p class="head" role="status">'
    '</p><div class="ask" hidden></div><ul></ul></section>'
)
"""Where ``library.js`` shows what becomes of each file."""


def articles_html(rows: Sequence[Row], total: int, view: View) -> str:
    """The rows of a view, already searched and in order, of ``total`` that there are."""
    view, shown = page_of(rows, view)
    count = counted(len(rows), "article")
    if len(rows) < total:
        count = f"{len(rows):,} of {counted(total, 'article')}"
    if len(rows) > len(shown):
        first = rows.index(shown[0]) + 1
        count += f"; {first:,} to {first + len(shown) - 1:,} are shown"
    status = f'<p class="count" role="status">{escaped(count)}</p>'
    if not rows:
        nothing = "No article matches." if total else "There is no article in the folder yet."
        return f'<div class="articles">{status}<p class="nothing">{nothing}</p></div>'
    heads = "".join(_head_html(column, view) for column in COLUMNS)
    body = "".join(map(_row_html, shown))
    return (
        f'<div class="articles">{status}<table role="table" aria-label="Articles">'
        f'<thead role="rowgroup"><tr role="row">{heads}<th role="columnheader" scope="col" '
        'class="of-do"><span class="unseen">Remove</span></th></tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>{_pager_html(len(rows), len(shown), view)}'
        "</div>"
    )


def _head_html(column: Column, view: View) -> str:
    sort, arrow = "none", ""
    if column == view.column:
        sort = "descending" if view.down else "ascending"
        arrow = f'<span class="arrow" aria-hidden="true">{"↓" if view.down else "↑"}</span>'
    return (
        f'<th role="columnheader" scope="col" class="of-{column}" aria-sort="{sort}">'
        f"{_button('view', view.sorted_by(column).to_text(), _HEADS[column] + arrow, column)}</th>"
    )


def _button(
    kind: str, argument: str, shown: str, key: str, *, css: str = "quiet", label: str = ""
) -> str:
    """A button that does something; ``shown`` is HTML, ``key`` finds it again when it was
    rendered anew, ``label`` is what it is called where that is not what it shows.
    """
    action = escaped(json.dumps({"do": kind, "what": argument}))
    named = f' aria-label="{label}"' if label else ""
    return (
        f'<button type="button" class="{css}" data-do="{action}" data-key="{escaped(key)}"{named}>'
        f"{shown}</button>"
    )


def _row_html(row: Row) -> str:
    article = row.article
    cells = (
        ("title", _title_html(row)),
        ("source", one_line(article.source) if article.source else _none(row, "Source unknown")),
        ("date", _date_html(row)),
        ("length", _length_html(article.character_count)),
        ("language", _language_html(row)),
        ("copies", _copies_html(article.copy_count)),
        ("state", _state_html(row)),
        ("do", _remove_html(row)),
    )
    body = "".join(f'<td role="cell" class="of-{name}">{value}</td>' for name, value in cells)
    return f'<tr role="row" class="{row.state}">{body}</tr>'


def _title_html(row: Row) -> str:
    article = row.article
    name = f'<span class="file">{file_name(article.id)}</span>'
    why = f' <span class="reason">{one_line(_why(row))}</span>' if _why(row) else ""
    if not article.character_count:
        return f'<span class="title">{file_name(article.id)}</span>{why}'
    title = one_line(article.title) or file_name(article.id)
    return (
        f'<a class="open" href="{article_link(article.id)}"><span class="title">{title}</span></a>'
        f" {name}{why}"
    )


def _why(row: Row) -> str:
    """What stands behind a state; nothing for an article that is indexed as its file is."""
    if row.state == "failed":
        kept = "; its last good text stays" if row.article.character_count else ""
        return f"Cannot be read: {row.reason}{kept}"
    if row.state == "changed" and not row.article.character_count:
        return "Could not be read and has changed since; rebuild to read it again"
    return {
        "new": "Not in the index yet; rebuild to read it",
        "changed": "The file has changed since; what is asked is its text before",
        "gone": "The file is gone; its text leaves the index with the next build",
    }.get(row.state, "")


def _none(row: Row, words: str) -> str:
    return f'<span class="none">{words}</span>' if row.article.character_count else ""


def _date_html(row: Row) -> str:
    published = row.article.published
    if published is None:
        return _none(row, "undated")
    found = ""
    if row.article.published_from:
        place = escaped(found_in(row.article.published_from))
        found = f' <span class="found">from the {place}</span>'
    stamp, whole = escaped(iso_day(published)), escaped(moment(published))
    return f'<time datetime="{stamp}" title="{whole}">{_short(published)}</time>{found}'


def _short(published: Published) -> str:
    """As in "14 Sep 2026": the table has no room for long months."""
    return escaped(f"{published.day} {published:%b %Y}") if published is not None else ""


def _length_html(character_count: int) -> str:
    if not character_count:
        return ""
    return f'{character_count:,}<span class="unit"> characters</span>'


def _language_html(row: Row) -> str:
    code = row.article.language
    if not code:
        return _none(row, "unknown")
    name = escaped(language_name(code))
    if not row.article.words_only:
        return name
    why = "found by its words alone"
    return f'<span class="words-only" title="The model does not cover it">{name}: {why}</span>'


def _copies_html(count: int) -> str:
    if not count:
        return ""
    return f'{count:,}<span class="unit"> {"copy" if count == 1 else "copies"}</span>'


def _state_html(row: Row) -> str:
    return f'<span class="is">{_STATES[row.state]}</span>'


def _remove_html(row: Row) -> str:
    if row.state == "gone":
        return ""
    name = one_line(row.article.title) or file_name(row.article.id)
    shown = '<span class="word">Remove</span><span class="sign" aria-hidden="true">&#215;</span>'
    return _button(
        "remove", row.article.id, shown, f"remove {row.article.id}", label=f"Remove {name}"
    )


def _pager_html(total: int, shown: int, view: View) -> str:
    if shown == total:
        return ""
    last = page_of([None] * total, view.at(total))[0].page  # type: ignore[list-item]
    back = view.page > 1 and _button(
        "view", view.at(view.page - 1).to_text(), "Previous", "previous", css="plain"
    )
    on = view.page < last and _button(
        "view", view.at(view.page + 1).to_text(), "Next", "next", css="plain"
    )
    return (
        f'<nav class="pager" aria-label="Pages of the list">{back or ""}'
        f"<span>Page {view.page:,} of {last:,}</span>{on or ''}</nav>"
    )


# --- removed --------------------------------------------------------------------------------


def removed_html(removed: Sequence[RemovedFile], place: str) -> str:
    """What was removed, each to be restored; nothing where nothing was."""
    if not removed:
        return ""
    rows = "".join(
        f'<li><span class="of"><span class="title">{one_line(file.title or file.path)}</span> '
        f'<span class="meta"><span class="file">{file_name(file.path)}</span> &#183; '
        f"<span>removed {escaped(_when(file.removed_at))}</span></span></span>"
        f"{_restore_button(file)}</li>"
        for file in removed[:SHOWN_REMOVED]
    )
    more = len(removed) - SHOWN_REMOVED
    rest = f"<p>and {more:,} more</p>" if more > 0 else ""
    return (
        f'<details class="removed"><summary>Removed <span class="number">{len(removed):,}</span>'
        f'</summary><p>They lie in <span class="file">{file_name(place)}</span> and are not asked.'
        f"</p><ul>{rows}</ul>{rest}</details>"
    )


def _restore_button(file: RemovedFile) -> str:
    name = one_line(file.title or file.path)
    return _button(
        "restore", file.token, "Restore", f"restore {file.token}", css="plain",
        label=f"Restore {name}",
    )  # fmt: skip


def _when(at: datetime) -> str:
    local = at.astimezone()
    return f"{day(local)}, {local:%H:%M}"


# --- what there is to say -------------------------------------------------------------------


def said_html(words: str, *buttons: str, problem: bool = False) -> str:
    """A sentence, with what can be done about it; ``words`` is plain text."""
    css, role = ("problem", "alert") if problem else ("said", "status")
    choice = "".join(buttons) + _button(
        "dismiss", "", "Leave it" if problem else "Close", "dismiss"
    )
    return (
        f'<div class="{css} library" role="{role}"><p>{escaped(words)}</p>'
        f'<p class="choice">{choice}</p></div>'
    )


def removed_notice(file: RemovedFile) -> str:
    """That a file was removed, with the way back."""
    name = f"“{file.title}” ({file.path})" if file.title else file.path
    return said_html(
        f"Removed {name}. It is not asked any more once the index is rebuilt, which goes on now.",
        _button("restore", file.token, "Undo", "undo", css="plain", label="Undo: restore it"),
    )


def line_notice(reason: str, path: str) -> str:
    """That a line cannot be removed by itself."""
    return said_html(
        reason,
        _button("remove whole", path, "Remove the whole file", "whole", css="plain"),
        problem=True,
    )


def taken_notice(reason: str, token: str) -> str:
    """That a file cannot be restored under its name."""
    return said_html(
        reason,
        _button("restore beside", token, "Keep both", "beside", css="plain"),
        problem=True,
    )


def sample_notice(article_id: str, own: str) -> str:
    """That these are the sample articles: a folder of one's own is the better place to change."""
    return said_html(
        "These are the sample articles that come with Broadsheet. Articles that you add go into a "
        f"folder of your own, {own}; the samples then leave the index by themselves. Or remove "
        "this one from the samples; it can be restored.",
        _button("choose", "", "Add my articles", "choose", css="plain"),
        _button("remove sample", article_id, "Remove it from the samples", "sample", css="plain"),
    )
