"""The Index tab's HTML: what the index holds, what changed since, how a build goes and went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.page_html import escaped, file_name, one_line, problem_html
from rag.rebuild import RebuildState
from rag.records import BuildLog, Failure, Progress, Remark, Status
from rag.wording import (
    changes_line,
    counted,
    moment,
    pace_line,
    passed_over_line,
    progress_line,
    report_line,
    words_only_line,
)

BUILD_HTML = (
    '<p class="help">Rebuild reads what is new or changed in the folder; questions are answered '
    "meanwhile. Rebuild everything also reads again what failed, and all that is unchanged.</p>"
)

SHOWN_NAMES = 20
"""How many file names of one kind of change are spelled out."""

SHOWN_FAILURES = 200

_STAGES = {
    "reading": "Read", "embedding": "Embed", "comparing": "Compare", "indexing": "Write",
}  # fmt: skip


# --- a build that runs ----------------------------------------------------------------------


def building_html(state: RebuildState) -> str:
    """The stages of a build, how far this one is, how fast it goes and how long it will take."""
    progress = state.progress or Progress("reading", 0, 0)
    line = progress_line(progress) if state.progress else "Starting"
    share = progress.done / progress.total if progress.total else 0.0
    percent = round(100 * min(1.0, max(0.0, share)))
    return (
        '<div class="building"><div class="progress" role="status">'
        f'<p class="stage"><strong>{escaped(line)}</strong> '
        f"<span>{escaped(pace_line(progress, state.per_second))}</span></p></div>"
        '<div class="bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{percent}" aria-label="{escaped(line)}">'
        f'<div style="width: {percent}%"></div></div>{_stages_html(progress)}</div>'
    )


def _stages_html(progress: Progress) -> str:
    names = list(_STAGES)
    at = names.index(progress.stage) if progress.stage in names else len(names)
    items = []
    for place, name in enumerate(names):
        state = "done" if place < at else "now" if place == at else "next"
        current = ' aria-current="step"' if state == "now" else ""
        items.append(f'<li class="{state}"{current}>{_STAGES[name]}</li>')
    return f'<ol class="stages">{"".join(items)}</ol>'


# --- a build that has ended -----------------------------------------------------------------


def log_html(log: BuildLog | None) -> str:
    """How the last build ended, with each file that failed and why."""
    if log is None:
        return ""
    ended = escaped(moment(log.ended_at.astimezone()))
    head = f'<h2>The last build</h2><p class="when">{ended}</p>'
    if log.cancelled:
        return _log(log, head + problem_html("Cancelled; the index is as it was."))
    if log.report is None:
        return _log(
            log, head + problem_html(f"{log.error or 'It failed.'} The index is as it was.")
        )
    report = log.report
    done = escaped(report_line(report))
    line = f'<p class="report" role="status"><strong>Done.</strong> {done}</p>'
    return _log(log, head + line + _failures_html(report.failures) + _remarks_html(report.remarks))


def _log(log: BuildLog, inner: str) -> str:
    ended = escaped(log.ended_at.isoformat())
    return f'<section class="status log" data-ended="{ended}">{inner}</section>'


def _failures_html(failures: Sequence[Failure]) -> str:
    if not failures:
        return ""
    rows = "".join(
        f'<li><span class="file">{file_name(failure.path)}</span> {one_line(failure.reason)}'
        f"{'; its last good text stays' if failure.kept else ''}</li>"
        for failure in failures[:SHOWN_FAILURES]
    )
    more = len(failures) - SHOWN_FAILURES
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    return (
        f"<h3>{escaped(counted(len(failures), 'file'))} could not be read</h3>"
        f'<ul class="files failures">{rows}{rest}</ul>'
    )


def _remarks_html(remarks: Sequence[Remark]) -> str:
    if not remarks:
        return ""
    rows = "".join(
        f'<li><span class="file">{file_name(remark.article_id)}</span> {one_line(remark.text)}</li>'
        for remark in remarks[:SHOWN_FAILURES]
    )
    more = len(remarks) - SHOWN_FAILURES
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    return f'<h3>Read in part only</h3><ul class="files failures">{rows}{rest}</ul>'


# --- the index ------------------------------------------------------------------------------


def status_html(status: Status, log: BuildLog | None = None) -> str:
    """What changed in the folder since the build, and what the index holds; what fails in it too,
    unless the log of the last build says so.
    """
    copied = escaped(counted(status.copied_count, "article")) if status.copied_count else ""
    undated = f", {status.undated_count:,} of them undated" if status.undated_count else ""
    sample = " · the sample articles" if status.is_sample else ""
    rows = (
        ("Folder", f'<span class="file">{file_name(status.folder)}</span>{sample}'),
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
        f'<div class="status">{_changes_html(status)}<h2>In the index</h2><dl>{facts}</dl>'
        f"{'' if log and log.report else _failed_html(status)}{_sources_html(status)}</div>"
    )


def _changes_html(status: Status) -> str:
    head = "<h2>Changed since the build</h2>"
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


def _failed_html(status: Status) -> str:
    """What fails in the index as it is, whichever build found it."""
    return "".join(
        f'<div class="known">{part}</div>'
        for part in (_failures_html(status.failures), _remarks_html(status.remarks))
        if part
    )


def _sources_html(status: Status) -> str:
    if not status.sources:
        return ""
    most = max(count for _, count in status.sources)
    rows = "".join(
        f'<tr><th scope="row">{one_line(name or "Source unknown")}</th><td>{count:,}</td>'
        f'<td class="share"><div style="width: {100 * count / most:.0f}%"></div></td></tr>'
        for name, count in status.sources
    )
    return f'<h2>Sources</h2><table class="counts"><tbody>{rows}</tbody></table>'
