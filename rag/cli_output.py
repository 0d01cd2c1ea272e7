"""Records → what the terminal shows of them; nothing is searched, read or decided here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rag.languages import language_name
from rag.records import (
    Answer,
    Article,
    BuildReport,
    Check,
    Filters,
    Hit,
    SearchResult,
    Status,
    Verification,
)
from rag.wording import (
    NEAREST,
    NOT_FOUND,
    absent_line,
    as_of_line,
    changes_line,
    copies_line,
    day,
    excerpt,
    filters_line,
    found_in,
    missing_line,
    moment,
    passed_over_line,
    period_line,
    printable,
    report_line,
    source_line,
    source_name,
    understood_lines,
    verification_lines,
    verified_line,
    words_only_line,
)

SHOWN_CHARACTERS = 300
"""How much of a hit's text is shown."""

# A saved answer may be anyone's; ESC would speak to the terminal.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_VERDICT_STYLES = {"verified": "green", "moved": "cyan", "changed": "yellow", "gone": "red"}
_NEAREST_COUNT = 3
_NAMED_COPIES = 5


def print_check(console: Console, check: Check) -> None:
    """What the doctor saw, and below it what mends it."""
    sign, style = ("ok", "green") if check.good else ("wrong", "bold red")
    seen = escape(printable(check.seen))
    console.print(f"[{style}]{sign:5}[/]  [bold]{check.about}[/]: {seen}")
    if check.remedy:
        console.print(f"       → {escape(printable(check.remedy))}")


def print_report(console: Console, report: BuildReport, index: Path, model: str) -> None:
    """What a build did, what it left out and what failed."""
    console.print(escape(f"{report.folder} → {index}, generation {report.generation}"))
    console.print(escape(report_line(report)))
    for name in report.repaired:
        console.print(f"[yellow]made anew[/] {escape(printable(name))}")
    for line in (
        words_only_line(report.words_only, model),
        passed_over_line(report.passed_over),
    ):
        if line:
            console.print(escape(line))
    _print_failures(console, report)


def _print_failures(console: Console, record: BuildReport | Status) -> None:
    for remark in record.remarks:
        console.print(
            f"[yellow]in part[/] {escape(printable(remark.article_id))}: {escape(remark.text)}"
        )
    for failure in record.failures:
        kept = " (its last good text stays)" if failure.kept else ""
        console.print(
            f"[yellow]failed[/] {escape(printable(failure.path))}: {escape(failure.reason)}{kept}"
        )


def print_answer(
    console: Console,
    answer: Answer,
    article_of: Callable[[str], Article],
    *,
    by_question: bool,
) -> None:
    """An answer with its sources, or what is missing and the nearest chunks. ``by_question`` where
    its filters, if any, come from the question and not from whoever asked.
    """
    for line in _reading_lines(answer, by_question):
        console.print(f"[dim]{escape(line)}[/]")
    if answer.status == "not_found":
        console.print(f"[bold]{NOT_FOUND}[/] {escape(missing_line(answer.missing))}".strip())
        _print_nearest(console, answer, article_of)
        return
    for sentence in answer.sentences:
        if sentence.verdict == "unsupported":
            reason = f"({sentence.reason})"
            console.print(f"[strike dim]{escape(sentence.text)}[/] [dim]{escape(reason)}[/]")
            continue
        numbers = "".join(f"[{n}]" for n in sentence.citation_numbers)
        # A sentence may bring that of the paragraph before; spans keep their places.
        text = _highlighted(sentence.text.replace("\n", " "), sentence.highlights)
        console.print(f"{text} [bold cyan]{escape(numbers)}[/]")
    console.print(f"\n[dim]{escape(as_of_line(answer))}[/]")
    if answer.notice:
        console.print(f"[yellow]{escape(printable(answer.notice))}[/]")
    for citation in answer.citations:
        number = escape(f"[{citation.number}]")
        console.print(f"[bold cyan]{number}[/] {escape(source_line(citation))}")


def print_verifications(console: Console, found: Sequence[Verification]) -> None:
    """A row for each citation: its number, what became of it, where it stands or stood, its quote.
    Below, how many there are of each kind.
    """
    if not found:
        console.print("No citation: there is nothing to verify.")
        return
    in_turns = len({each.turn for each in found}) > 1
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for heading in ("citation", "verdict", "where", "quote"):
        table.add_column(heading, overflow="fold")
    for each in found:
        number = f"{each.turn}." if in_turns else ""
        table.add_row(
            escape(f"{number}[{each.citation.number}]"),
            f"[{_VERDICT_STYLES[each.verdict]}]{each.verdict}[/]",
            escape("\n".join(verification_lines(each))),
            escape(_CONTROLS.sub("\ufffd", " ".join(each.citation.quote.split()))),
        )
    console.print(table, soft_wrap=False)
    console.print(escape(verified_line(found)))


def _print_nearest(console: Console, answer: Answer, article_of: Callable[[str], Article]) -> None:
    """The best chunk of each of the first hits' articles, said to be no answer."""
    best = {hit.chunk.article_id: hit for hit in reversed(answer.hits[:_NEAREST_COUNT])}
    if best:
        console.print(NEAREST)
    for article_id in dict.fromkeys(hit.chunk.article_id for hit in answer.hits[:_NEAREST_COUNT]):
        hit = best[article_id]
        article = article_of(article_id)
        copies = copies_line(len(hit.copies))
        about = " · ".join(filter(None, (day(article.published), copies)))
        console.print(f"  {escape(printable(article_id))}  [dim]{escape(about)}[/]")
        console.print(f"    [dim]{escape(excerpt(article, hit.chunk))}[/]")


def _highlighted(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    """A sentence → its markup with the highlights bold; spans that overlap or lie outside are
    passed over.
    """
    parts, at = [], 0
    for start, end in sorted(highlights):
        if at <= start < end <= len(text):
            parts += [escape(text[at:start]), f"[bold]{escape(text[start:end])}[/]"]
            at = end
    return "".join([*parts, escape(text[at:])])


def _reading_lines(answer: Answer, by_question: bool) -> list[str]:
    """What changes which articles an answer can come from: filters, days, absent phrases. Days
    that are the filter's own are said once.
    """
    days = (answer.filters.first_day, answer.filters.last_day)
    lines = [
        period_line(period)
        for period in answer.understood.periods
        if (period.first_day, period.last_day) != days
    ]
    lines += [
        absent_line(answer.understood.absent_phrases),
        _restriction(answer.filters, by_question),
    ]
    return [line for line in lines if line]


def _restriction(filters: Filters, by_question: bool) -> str:
    line = filters_line(filters)
    if line and by_question:
        line += " (so the question asks; --all-articles searches all)"
    return line


def print_search(
    console: Console,
    result: SearchResult,
    article_of: Callable[[str], Article],
    *,
    by_question: bool,
) -> None:
    """What was understood and restricted, then the hits; ``by_question`` as in ``print_answer``."""
    lines = [*understood_lines(result.understood), _restriction(result.filters, by_question)]
    shown = [line for line in lines if line]
    for line in shown:
        console.print(escape(line))
    if shown:
        console.print()
    if not result.hits:
        console.print("Nothing found.")
    for place, hit in enumerate(result.hits, 1):
        _print_hit(console, place, hit, article_of(hit.chunk.article_id))


def _print_hit(console: Console, place: int, hit: Hit, article: Article) -> None:
    text = " ".join(article.text[hit.chunk.start : hit.chunk.end].split())
    console.print(
        f"[bold]{place}.[/] {hit.score:.3f}  [bold]{escape(article.title)}[/]  "
        f"{escape(printable(article.id))} {escape(f'[{hit.chunk.start}:{hit.chunk.end}]')}"
    )
    console.print(f"   {escape(f'{day(article.published)} · {source_name(article.source)}')}")
    if hit.reasons:
        console.print(f"   [dim]{escape(' · '.join(hit.reasons))}[/]")
    if hit.copies:
        named = ", ".join(map(printable, hit.copies[:_NAMED_COPIES]))
        more = " …" if len(hit.copies) > _NAMED_COPIES else ""
        console.print(f"   [dim]{copies_line(len(hit.copies))}: {escape(named)}{more}[/]")
    more = "…" if len(text) > SHOWN_CHARACTERS else ""
    console.print(f"   {escape(text[:SHOWN_CHARACTERS])}{more}")


def print_article(console: Console, article: Article, copies: tuple[str, ...]) -> None:
    """An article as indexed, each value with where it was found."""
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
            console.print(f"[bold]{name:<10}[/]{escape(value)}{where}")
    console.print()
    console.print(escape(article.text))


def print_status(console: Console, found: Status) -> None:
    """What the index holds, and what has changed in its folder since."""
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
    )
    for name, value in rows:
        if value:
            console.print(f"[bold]{name:<10}[/]{escape(value)}")
    if found.changes:
        for kind in ("new", "changed", "deleted"):
            for article_id in getattr(found.changes, kind)[:20]:
                console.print(f"  {kind:<8} {escape(printable(article_id))}")
    _print_failures(console, found)
