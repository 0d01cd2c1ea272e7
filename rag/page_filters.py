"""The filters beside the question box: what can be chosen, as HTML, and what was chosen, read.

What was chosen comes from the browser with each question, as JSON, and is checked here. Which
sources there are the chatbot checks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from rag.errors import FilterInvalid
from rag.page_html import escaped, one_line
from rag.records import ArticleSummary, Filters, Status
from rag.wording import counted, day

_LONGEST = 500_000  # characters: ten thousand sources
_FIND_FROM = 12  # sources; with more there is a box to find one


def read_filters(chosen: object) -> Filters | None:
    """What the browser says is chosen → filters; None where nothing is.

    Raises FilterInvalid.
    """
    if not isinstance(chosen, str) or not chosen or len(chosen) > _LONGEST:
        return None
    try:
        said = json.loads(chosen)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    sources = said.get("sources", ())
    names = sources if isinstance(sources, list) else ()
    first, last = _day(said.get("from")), _day(said.get("until"))
    if first and last and last < first:
        raise FilterInvalid(
            f"The period ends on {day(last)} and begins after that, on {day(first)}; "
            "change one of the two dates."
        )
    filters = Filters(tuple(n for n in names if isinstance(n, str) and n), first, last)
    return None if filters == Filters() else filters


def _day(text: object) -> date | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FilterInvalid(f"{text[:40]!r} is no date; choose one like 2026-05-31.") from error


def matching_line(articles: Sequence[ArticleSummary], filters: Filters | None) -> str:
    """How many articles the filters leave: "4 of 16 articles, and 1 undated after them"."""
    total = counted(len(articles), "article")
    if filters is None:
        return f"All {total}" if len(articles) != 1 else total
    wanted = set(filters.sources)
    left = [a for a in articles if not wanted or a.source in wanted]
    if filters.first_day is None and filters.last_day is None:
        return f"{len(left):,} of {total}"
    dated = [_day_of(a) for a in left if a.published is not None]
    first, last = filters.first_day or date.min, filters.last_day or date.max
    found = sum(first <= published <= last for published in dated)
    undated = len(left) - len(dated)
    after = f", and {undated:,} undated after them" if undated else ""
    return f"{found:,} of {total}{after}"


def _day_of(article: ArticleSummary) -> date:
    published = article.published
    assert published is not None
    return published.date() if isinstance(published, datetime) else published


def panel_html(status: Status, articles: Sequence[ArticleSummary]) -> str:
    """What can be chosen: sources with how many articles each has, and the days from and until."""
    named = [(name, count) for name, count in status.sources if name]
    rows = "".join(
        f'<li><label><input type="checkbox" name="source" value="{escaped(name)}"> '
        f'<span class="name">{one_line(name)}</span> <span class="count">{count:,}</span></label>'
        "</li>"
        for name, count in named
    )
    find = (
        '<input type="search" class="find" aria-label="Find a source" placeholder="Find a source">'
        if len(named) > _FIND_FROM
        else ""
    )
    sources = f"<fieldset><legend>Sources</legend>{find}<ul>{rows}</ul></fieldset>" if rows else ""
    days = sorted(_day_of(a) for a in articles if a.published is not None)
    dates = ""
    if days:
        bounds = f'min="{days[0]}" max="{days[-1]}"'
        dates = (
            "<fieldset><legend>Published</legend>"
            f'<label>From <input type="date" name="from" {bounds}></label> '
            f'<label>Until <input type="date" name="until" {bounds}></label></fieldset>'
        )
    return (
        '<details class="menu" id="filters"><summary>Sources and dates</summary>'
        f'<div class="panel" role="group" aria-label="Search only among">{sources}{dates}'
        '<p class="matching"></p></div></details>'
    )
