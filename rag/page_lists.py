"""The list of articles and the state of the index → the HTML of their tabs; all of it escaped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.languages import language_name
from rag.page_html import article_link, escaped, file_name, one_line
from rag.records import ArticleSummary, BuildReport, Failure, Remark, Status
from rag.wording import (
    changes_line,
    copies_line,
    counted,
    day,
    found_in,
    iso_day,
    moment,
    passed_over_line,
    report_line,
    source_name,
    words_only_line,
)

SHOWN_ARTICLES = 200
"""More rows than this slow the browser; typing narrows the list."""

FRONT_PAGE_ARTICLES = 7

SHOWN_NAMES = 20
"""How many file names of one kind of change are spelled out."""


def masthead_html(status: Status | None) -> str:
    """The name of the paper, and what it holds."""
    holds = "No index yet"
    if status is not None:
        holds = counted(status.article_count, "article")
        named = [name for name, _ in status.sources if name]
        if named:
            holds += f" from {counted(len(named), 'source')}"
    return (
        '<header class="masthead"><p>Every sentence stands in an article</p>'
        f"<h1>Broadsheet</h1><p>{escaped(holds)}</p></header>"
    )


# --- articles -------------------------------------------------------------------------------


def matching(articles: Sequence[ArticleSummary], typed: str) -> list[ArticleSummary]:
    """The articles whose title, source, date or file name has every typed word, the newest
    first, the undated last.
    """
    words = typed.casefold().split()
    found = []
    for article in articles:
        dates = f"{iso_day(article.published)} {day(article.published)}"
        text = f"{article.title} {article.source} {dates} {article.id}".casefold()
        if all(word in text for word in words):
            found.append(article)
    found.sort(key=lambda a: a.id)
    found.sort(key=lambda a: iso_day(a.published), reverse=True)
    return found


def articles_html(articles: Sequence[ArticleSummary], typed: str = "") -> str:
    """The articles that match what was typed, each a link that opens it."""
    found = matching(articles, typed)
    shown = found[:SHOWN_ARTICLES]
    count = counted(len(found), "article")
    if len(found) < len(articles):
        count = f"{len(found):,} of {counted(len(articles), 'article')}"
    if len(found) > len(shown):
        count += f"; the newest {len(shown)} are shown, type to narrow the list"
    rows = "".join(_row_html(article) for article in shown)
    return (
        f'<div class="articles"><p class="count" role="status">{escaped(count)}</p>'
        f"<ul>{rows}</ul></div>"
    )


def _row_html(article: ArticleSummary) -> str:
    dated = escaped(day(article.published))
    if article.published_from:
        dated += f' <span class="found">from the {escaped(found_in(article.published_from))}</span>'
    failed = '<span class="failed">the file can no longer be read</span>' if article.failed else ""
    parts = [
        f"<span>{one_line(source_name(article.source))}</span>",
        f"<span>{dated}</span>",
        f'<span class="file">{file_name(article.id)}</span>',
        f"<span>{escaped(counted(article.character_count, 'character'))}</span>",
        f"<span>{escaped(copies_line(article.copy_count))}</span>" if article.copy_count else "",
        _words_only_html(article),
        failed,
    ]
    return (
        f'<li><a class="open" href="{article_link(article.id)}">'
        f'<span class="title">{one_line(article.title) or file_name(article.id)}</span> '
        f'<span class="meta">{" &#183; ".join(p for p in parts if p)}</span></a></li>'
    )


def _words_only_html(article: ArticleSummary) -> str:
    if not article.words_only:
        return ""
    language = escaped(language_name(article.language))
    return f'<span class="words-only">{language}: found by its words alone</span>'


def front_page_html(articles: Sequence[ArticleSummary]) -> str:
    """The newest articles, for the place where an opened article will stand."""
    newest = matching(articles, "")[:FRONT_PAGE_ARTICLES]
    if not newest:
        return ""
    rows = "".join(
        f'<li><a class="open" href="{article_link(article.id)}">'
        f'<span class="title">{one_line(article.title) or file_name(article.id)}</span> '
        f'<span class="meta"><span>{one_line(source_name(article.source))}</span> &#183; '
        f"<span>{escaped(day(article.published))}</span></span></a></li>"
        for article in newest
    )
    return f'<section class="front"><h2>The newest articles</h2><ul>{rows}</ul></section>'


# --- index ----------------------------------------------------------------------------------


def report_html(report: BuildReport) -> str:
    """What the last rebuild did."""
    line = escaped(report_line(report))
    return f'<p class="report" role="status"><strong>Done.</strong> {line}</p>'


def status_html(status: Status) -> str:
    """What the index holds, what changed in its folder since, and what could not be read."""
    copied = escaped(counted(status.copied_count, "article")) if status.copied_count else ""
    undated = f", {status.undated_count:,} of them undated" if status.undated_count else ""
    rows = (
        ("Folder", f'<span class="file">{file_name(status.folder)}</span>'),
        ("Articles", escaped(f"{status.article_count:,}{undated}")),
        ("Copies", copied),
        ("Languages", one_line(words_only_line(status.words_only, status.model))),
        ("Not read", one_line(passed_over_line(status.passed_over))),
        ("Chunks", escaped(f"{status.chunk_count:,} of at most {status.chunk_tokens} tokens")),
        ("Model", f"{one_line(status.model)} <code>{escaped(status.model_sha256[:12])}</code>"),
        ("Built", escaped(moment(status.built_at.astimezone()))),
        ("Generation", escaped(f"{status.generation:,}")),
        ("Index", f'<span class="file">{file_name(str(Path(status.index).resolve()))}</span>'),
    )
    facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    return (
        f'<div class="status"><dl>{facts}</dl>{_changes_html(status)}'
        f"{_failures_html(status.failures)}{_remarks_html(status.remarks)}{_sources_html(status)}"
        "</div>"
    )


def _changes_html(status: Status) -> str:
    head = "<h3>Changed since the build</h3>"
    if status.changes is None:
        return f'{head}<p class="problem">{escaped(status.folder_error)}</p>'
    kinds = (
        ("new", status.changes.new),
        ("changed", status.changes.changed),
        ("deleted", status.changes.deleted),
    )
    if not any(ids for _, ids in kinds):
        return f"{head}<p>Nothing. The index matches the folder.</p>"
    rows = [
        f'<li><span class="kind">{kind}</span> '
        f'<span class="file">{file_name(article_id)}</span></li>'
        for kind, ids in kinds
        for article_id in ids[:SHOWN_NAMES]
    ]
    more = sum(max(0, len(ids) - SHOWN_NAMES) for _, ids in kinds)
    if more:
        rows.append(f"<li>and {more:,} more</li>")
    line = escaped(changes_line(status.changes))
    return f'{head}<p>{line}. Rebuild to take it in.</p><ul class="files">{"".join(rows)}</ul>'


def _failures_html(failures: Sequence[Failure]) -> str:
    if not failures:
        return ""
    rows = "".join(
        f'<li><span class="file">{file_name(failure.path)}</span> {one_line(failure.reason)}'
        f"{'; its last good text stays' if failure.kept else ''}</li>"
        for failure in failures
    )
    return f'<h3>Files that could not be read</h3><ul class="files failures">{rows}</ul>'


def _remarks_html(remarks: Sequence[Remark]) -> str:
    if not remarks:
        return ""
    rows = "".join(
        f'<li><span class="file">{file_name(remark.article_id)}</span> {one_line(remark.text)}</li>'
        for remark in remarks
    )
    return f'<h3>Articles that could be read in part</h3><ul class="files failures">{rows}</ul>'


def _sources_html(status: Status) -> str:
    if not status.sources:
        return ""
    most = max(count for _, count in status.sources)
    rows = "".join(
        f'<tr><th scope="row">{one_line(name or "Source unknown")}</th><td>{count:,}</td>'
        f'<td class="share"><div style="width: {100 * count / most:.0f}%"></div></td></tr>'
        for name, count in status.sources
    )
    return f'<h3>Sources</h3><table class="counts"><tbody>{rows}</tbody></table>'
