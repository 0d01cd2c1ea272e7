"""Records → the words people read, the same on the page and in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from rag.languages import language_name
from rag.records import Answer, BuildReport, Changes, Citation, Missing, Progress, Published

NOT_FOUND = "The articles do not answer this."


def day(published: Published) -> str:
    """A publishing date → "14 September 2026"; "undated" for None."""
    if published is None:
        return "undated"
    return f"{published.day} {published:%B %Y}"


def moment(published: Published) -> str:
    """A publishing date with its time and zone, where it has them."""
    if isinstance(published, datetime):
        return f"{day(published)}, {published:%H:%M %Z}".strip()
    return day(published)


def source_line(citation: Citation) -> str:
    """Title, publisher, date and file name of what is cited."""
    return " · ".join(
        part
        for part in (
            citation.title,
            source_name(citation.source),
            day(citation.published),
            citation.article_id,
        )
        if part
    )


def source_name(source: str) -> str:
    """A publisher's name; "source unknown" where an article states none."""
    return source or "source unknown"


def found_in(place: str) -> str:
    """Where a value was found, as a reader would call it."""
    return {
        "JSON-LD": "page's JSON-LD",
        "meta tag": "page's meta tags",
        "page element": "page's markup",
        "document properties": "document's properties",
        "url": "address",
    }.get(place, place)


def missing_line(missing: Sequence[Missing]) -> str:
    """What no article mentions, as a sentence; empty where every word is somewhere."""
    absent = [f"“{m.term}”" for m in missing if m.article_count == 0]
    if not absent:
        return ""
    return f"No article mentions {_joined(absent, 'or')}."


def as_of_line(answer: Answer) -> str:
    """How many articles an answer rests on, and the newest date among them."""
    count = len({c.article_id for c in answer.citations})
    articles = counted(count, "article")
    if answer.as_of is None:
        return f"From {articles}, undated"
    return f"From {articles}{'' if count == 1 else ', the newest'} of {day(answer.as_of)}"


def words_only_line(words_only: Sequence[tuple[str, int]], model: str) -> str:
    """Which articles are found by their words alone, and why; empty where none is."""
    if not words_only:
        return ""
    total = sum(count for _, count in words_only)
    languages = _joined([f"{language_name(code)} {count:,}" for code, count in words_only], "and")
    return (
        f"{counted(total, 'article')} found by words alone, since model {model} does not cover "
        f"the language ({languages})"
    )


def passed_over_line(passed_over: Sequence[tuple[str, int]]) -> str:
    """Which files are not read, by their suffix; empty where none is."""
    if not passed_over:
        return ""
    total = sum(count for _, count in passed_over)
    kinds = [f"{suffix or 'no suffix'} {count:,}" for suffix, count in passed_over]
    more = f" and {len(kinds) - 8} more kinds" if len(kinds) > 8 else ""
    return f"{counted(total, 'file')} passed over for the suffix ({', '.join(kinds[:8])}{more})"


def copies_line(count: int) -> str:
    """How many copies an article has; empty where none."""
    return f"also in {counted(count, 'other article')}" if count else ""


def progress_line(progress: Progress) -> str:
    """How far a build is."""
    unit = {"reading": "articles", "comparing": "articles", "embedding": "chunks"}.get(
        progress.stage, ""
    )
    if progress.stage == "indexing":
        return "Writing the index"
    if progress.stage == "done":
        return "Done"
    return f"{progress.stage.capitalize()} {progress.done:,} of {progress.total:,} {unit}"


def report_line(report: BuildReport) -> str:
    """What a build did."""
    parts = [
        f"{count} {name}"
        for count, name in (
            (report.new, "new"),
            (report.changed, "changed"),
            (report.renamed, "renamed"),
            (report.deleted, "deleted"),
            (len(report.failures), "failed"),
        )
        if count
    ]
    rate = ""
    if report.embedded_chunk_count and report.embedding_seconds:
        rate = f", {report.embedded_chunk_count / report.embedding_seconds:.0f} chunks/s"
    return (
        f"{counted(report.article_count, 'article')}, {counted(report.chunk_count, 'chunk')} "
        f"({', '.join(parts) or 'nothing changed'}); "
        f"{report.embedded_chunk_count:,} embedded{rate}; {report.seconds:.1f} s in all"
    )


def changes_line(changes: Changes) -> str:
    """How the folder differs from the index."""
    parts = [
        f"{len(ids)} {name}"
        for ids, name in (
            (changes.new, "new"),
            (changes.changed, "changed"),
            (changes.deleted, "deleted"),
        )
        if ids
    ]
    return ", ".join(parts) if parts else "nothing"


def counted(count: int, noun: str) -> str:
    """A number with its noun: "1 article", "2,000 articles"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def iso_day(published: Published) -> str:
    """A publishing date → "2026-09-14", empty for None; sorts as text."""
    if published is None:
        return ""
    plain: date = published.date() if isinstance(published, datetime) else published
    return plain.isoformat()


def _joined(parts: Sequence[str], word: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
