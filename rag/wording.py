"""Records → the words people read, the same on the page and in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from rag.as_of import basis
from rag.languages import language_name
from rag.records import (
    Answer,
    Article,
    BuildReport,
    Changes,
    Chunk,
    Citation,
    Filters,
    Missing,
    Progress,
    Published,
    Understood,
    UnderstoodPeriod,
    Verification,
)

NOT_FOUND = "The articles do not answer this."

NEAREST = "Nearest passages, which do not answer:"

_EXCERPT_CHARACTERS = 160
_NAMED_COUNT = 6  # a short form may mean dozens of sources; the others are counted


def printable(text: str) -> str:
    """A file name without what would move the cursor or turn the line around."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


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
    """What no article mentions and how many mention the rest, as a sentence: "No article mentions
    “Ruritania”; 4 mention “grain deal”, the newest of 2 March 2024." Empty where nothing is known.
    """
    absent = [_absent_term(m) for m in missing if m.article_count == 0]
    parts = [f"No article mentions {_joined(absent, 'or')}"] if absent else []
    for term in (m for m in missing if m.article_count):
        count = f"{'more than ' if term.more else ''}{term.article_count:,}"
        if not parts:
            count = f"{count} article{'s' if term.article_count > 1 else ''}"
        verb = "mentions" if term.article_count == 1 else "mention"
        parts.append(f"{count} {verb} “{term.term}”{_newest_of(term)}")
    line = "; ".join(parts)
    return f"{line[0].upper()}{line[1:]}." if line else ""


def _absent_term(missing: Missing) -> str:
    if not missing.suggestion:
        return f"“{missing.term}”"
    return f"“{missing.term}” (did you mean “{missing.suggestion}”?)"


def _newest_of(missing: Missing) -> str:
    if missing.newest is None:
        return ""
    return f", {'' if missing.article_count == 1 else 'the newest '}of {day(missing.newest)}"


def excerpt(article: Article, chunk: Chunk) -> str:
    """How a chunk begins, in one line, without the article's title."""
    text = article.text[chunk.start : chunk.end].removeprefix(article.title)
    text = " ".join(text.split()) or article.title
    if len(text) <= _EXCERPT_CHARACTERS:
        return text
    return f"{text[:_EXCERPT_CHARACTERS].rsplit(' ', 1)[0]} …"


def as_of_line(answer: Answer) -> str:
    """How many articles an answer rests on, from which sources and days: "From 3 articles (Reuters
    and The Lenn Post), 2 March to 5 May 2024, 1 undated".
    """
    rests_on = basis(answer.citations)
    line = f"From {counted(rests_on.article_count, 'article')}"
    if rests_on.sources:
        line += f" ({_some_of(rests_on.sources, 'and')})"
    if rests_on.last_day is None:
        return f"{line}, undated"
    line += f", {period_words(rests_on.first_day, rests_on.last_day).removeprefix('on ')}"
    return f"{line}, {rests_on.undated_count} undated" if rests_on.undated_count else line


def period_words(first: date | None, last: date | None) -> str:
    """Days, both included and None where it is open → "1 to 31 October 2023", "since …", "until …",
    "on …"; empty where both sides are open.
    """
    if first is None or last is None:
        return f"since {day(first)}" if first else f"until {day(last)}" if last else ""
    if first == last:
        return f"on {day(first)}"
    if first.year != last.year:
        return f"{day(first)} to {day(last)}"
    start = str(first.day) if first.month == last.month else f"{first.day} {first:%B}"
    return f"{start} to {day(last)}"


def filters_line(filters: Filters) -> str:
    """What a search was restricted to; empty where it went over all articles."""
    days = period_words(filters.first_day, filters.last_day)
    parts = []
    if filters.sources:
        parts.append(f"from {_some_of(filters.sources, 'or')}")
    if days:
        parts.append(f"published {days}; undated ones last")
    return f"Only articles {', '.join(parts)}" if parts else ""


def understood_lines(understood: Understood) -> list[str]:
    """What a question was found to ask for, a line for each thing; none where it says nothing."""
    lines = []
    if understood.sources:
        noun = "Source" if len(understood.sources) == 1 else "Sources"
        lines.append(f"{noun} named: {_some_of(understood.sources, 'and')}")
    lines += [period_line(period) for period in understood.periods]
    quoted = [f"“{q}”" for q in understood.quoted if q not in understood.absent_phrases]
    if quoted:
        lines.append(f"Only chunks with the words {_joined(quoted, 'and')}")
    if understood.absent_phrases:
        lines.append(absent_line(understood.absent_phrases))
    lines += [f"Part {number}: {part}" for number, part in enumerate(understood.parts, 1)]
    if understood.newest:
        lines.append("The newest is wanted: it comes first of those that fit about as well")
    return lines


def period_line(period: UnderstoodPeriod) -> str:
    """The words of a question that name days, and which days they were taken for."""
    return f"“{period.text}”: {period_words(period.first_day, period.last_day)}"


def absent_line(phrases: Sequence[str]) -> str:
    """That phrases which were to be matched stand nowhere; empty for none."""
    if not phrases:
        return ""
    words = _joined([f"“{phrase}”" for phrase in phrases], "and")
    place = "" if len(phrases) == 1 else " in one place"
    return f"No article that was searched has the words {words}{place}; searched without them"


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


def pace_line(progress: Progress, per_second: float) -> str:
    """How fast a build goes and how long its stage will take; empty while that is unknown."""
    if per_second <= 0 or progress.stage not in ("reading", "embedding", "comparing"):
        return ""
    unit = "chunks" if progress.stage == "embedding" else "articles"
    rate = f"{per_second:.0f}" if per_second >= 10 else f"{per_second:.1f}"
    left = (progress.total - progress.done) / per_second
    line = f"{rate} {unit}/s"
    return f"{line}, about {duration_words(left)} left" if left >= 1 else line


def duration_words(seconds: float) -> str:
    """Seconds → "0.4 s", "35 s", "2 min", "1 h 20 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


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


def verification_lines(found: Verification) -> list[str]:
    """Where a citation's quote stands, or stood, and what else there is to say."""
    cited = found.citation
    lines = [printable(cited.article_id)]
    if found.verdict == "moved":
        if found.article_id == cited.article_id:
            was = f"characters {cited.start}–{cited.end}"
            lines.append(f"now at {found.start}–{found.end}, was {was}")
        else:
            lines.append(f"now in {printable(found.article_id)} at {found.start}–{found.end}")
    elif found.also_in:
        others = [printable(other) for other in found.also_in]
        lines.append(f"also stands in {_some_of(others, 'and')}")
    return [*lines, found.note] if found.note else lines


def verified_line(found: Sequence[Verification]) -> str:
    """How many citations there are of each verdict."""
    counts = Counter(each.verdict for each in found)
    parts = [f"{counts[v]:,} {v}" for v in ("verified", "moved", "changed", "gone") if counts[v]]
    return f"{counted(len(found), 'citation')}: {', '.join(parts)}"


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


def _some_of(names: Sequence[str], word: str) -> str:
    """The first of the names, and how many more there are."""
    more = len(names) - _NAMED_COUNT
    return _joined([*names[:_NAMED_COUNT], *([f"{more:,} more"] if more > 0 else [])], word)
