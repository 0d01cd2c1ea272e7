"""A turn of the conversation → its HTML in the chat; all of it escaped, reads and asks nothing."""

from __future__ import annotations

from collections.abc import Sequence

from rag.page_html import escaped, file_name, one_line
from rag.records import Answer, AnswerSentence, Citation, Filters, Hit
from rag.wording import (
    NEAREST,
    NOT_FOUND,
    as_of_line,
    copies_line,
    counted,
    day,
    missing_line,
    period_words,
    source_name,
    understood_lines,
)

NEAREST_COUNT = 3
"""How many articles are named where none answers."""

MOST_SENTENCES = 12
"""More than this "Show more" does not show: who wants to read on opens the articles."""

_CHIP_COUNT = 5  # of sources; a short form may mean dozens

STAGES = ("Loading the model", "Searching", "Reading", "Writing")
"""What is done for a question, in this order. Loading is done once, writing where a language model
is set.
"""


# --- what was asked, and what is being done -------------------------------------------------


def question_html(question: str) -> str:
    """What was asked."""
    return f'<div class="asked">{escaped(question.strip())}</div>'


def waiting_html(stages: Sequence[str], stage: str) -> str:
    """The stages of an answer, of which one is being done."""
    shown = "".join(
        f'<li class="now">{escaped(name)} …</li>' if name == stage else f"<li>{escaped(name)}</li>"
        for name in stages
    )
    return f'<div class="waiting" role="status"><ol class="stages">{shown}</ol></div>'


def unanswered_html(message: str, turn: int) -> str:
    """Why a question has no answer, and what can be done about it."""
    return (
        f'<div class="answer unanswered"><p class="problem" role="alert">{escaped(message)}</p>'
        f'<div class="under">{_button(f"again-{turn}", "Retry")}{_EDIT.format(turn)}</div></div>'
    )


def _button(name: str, label: str, kind: str = "act", title: str = "") -> str:
    titled = f' title="{title}"' if title else ""
    return f'<button class="{kind}" id="{name}"{titled}>{label}</button>'


_EDIT = _button("edit-{}", "Edit the question")


# --- the answer -----------------------------------------------------------------------------


def answer_html(
    answer: Answer,
    turn: int,
    *,
    titles: Sequence[str] = (),
    passages: Sequence[str] = (),
    most: int = 0,
    problem: str = "",
    growing: bool = False,
) -> str:
    """An answer with its citations, its sources and what can be done with it.

    ``turn`` is its 1-based place in the conversation, ``titles`` and ``passages`` are of the hits'
    articles and how the hits begin, in the hits' order. ``most`` is how many sentences were asked
    for, ``problem`` what went wrong when it was to be asked again. While it is ``growing`` nothing
    can be done with it yet.
    """
    said = _found_html(answer, turn) if answer.status == "answered" else _not_found_html(answer)
    parts = [f'<p class="problem" role="alert">{escaped(problem)}</p>' if problem else "", said]
    if answer.status == "answered":
        parts.append(f'<p class="as-of">{escaped(as_of_line(answer))}</p>')
    parts += [_searched_html(answer, turn), _filters_html(answer, turn)]
    if answer.status == "answered":
        parts.append(_sources_html(answer, turn))
    else:
        parts.append(_nearest_html(answer, turn, titles, passages))
    if not growing:
        hits = _hits_html(answer, turn, titles)
        parts.append(f'<div class="under">{_controls_html(answer, turn, most)}{hits}</div>')
    kind = "answer" if answer.status == "answered" else "answer not-found"
    return f'<div class="{kind}">{"".join(parts)}</div>'


def _found_html(answer: Answer, turn: int) -> str:
    cited = {c.number: c for c in answer.citations}
    sentences = []
    for sentence in answer.sentences:
        if sentence.verdict == "unsupported":
            sentences.append(_unsupported_html(sentence))
            continue
        numbers = [n for n in sentence.citation_numbers if n in cited]
        links = "".join(_number_html(cited[n], turn) for n in numbers)
        text = _highlighted(sentence.text, sentence.highlights)
        sentences.append(f'<span class="sentence">{text}</span>&#8288;{links}')
    notice = f'<p class="as-of notice">{escaped(answer.notice)}</p>' if answer.notice else ""
    return f'<p class="sentences">{" ".join(sentences)}</p>{notice}'


def _not_found_html(answer: Answer) -> str:
    missing = missing_line(answer.missing)
    notice = f'<p class="as-of notice">{escaped(answer.notice)}</p>' if answer.notice else ""
    said = f"{escaped(NOT_FOUND)}{' ' + escaped(missing) if missing else ''}"
    return f'<p class="sentences">{said}</p>{notice}'


def _unsupported_html(sentence: AnswerSentence) -> str:
    """A sentence that its sources do not support: struck through, and why."""
    reason = one_line(sentence.reason)
    return (
        f'<span class="sentence unsupported" title="{reason}"><s>{escaped(sentence.text)}</s> '
        f'<span class="reason">({reason})</span></span>'
    )


def _number_html(citation: Citation, turn: int) -> str:
    return f'<a class="cite" href="#c-{turn}-{citation.number}">[{citation.number}]</a>'


def _highlighted(text: str, highlights: Sequence[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in sorted(highlights):
        if at <= start < end <= len(text):
            parts += [escaped(text[at:start]), f"<strong>{escaped(text[start:end])}</strong>"]
            at = end
    return "".join([*parts, escaped(text[at:])])


# --- what was searched for, and among what ----------------------------------------------------


def _searched_html(answer: Answer, turn: int) -> str:
    """The question that was searched for where it is not what was typed."""
    if answer.searched_for == answer.question:
        return ""
    change = _button(f"search-{turn}", "Change", title="Search for something else")
    return (
        '<p class="as-of searched-for">Searched for: '
        f'<span class="searched">{one_line(answer.searched_for)}</span> {change}</p>'
    )


def _filters_html(answer: Answer, turn: int) -> str:
    """What the search was restricted to, each a chip that can be removed; and what the question
    was understood to prefer.
    """
    filters, chips = answer.filters, []
    for place, source in enumerate(filters.sources[:_CHIP_COUNT], 1):
        chips.append(_chip_html(one_line(source), f"drop-{turn}-{place}"))
    more = len(filters.sources) - _CHIP_COUNT
    if more > 0:
        chips.append(_chip_html(f"and {counted(more, 'more source')}", f"drop-{turn}-sources"))
    days = period_words(filters.first_day, filters.last_day)
    if days:
        chips.append(_chip_html(f"published {escaped(days)}", f"drop-{turn}-days"))
    lines = [line for line in understood_lines(answer.understood) if not line.startswith("Part ")]
    read = f'<span class="understood">{escaped("; ".join(lines))}</span>' if lines else ""
    if preferred(answer) is not None:
        label = "Search only these" if chips or len(lines) > 1 else "Search only this"
        read += f" {_button(f'only-{turn}', label)}"
    shown = f'<span class="only">Only</span> {" ".join(chips)} ' if chips else ""
    return f'<p class="as-of filters">{shown}{read}</p>' if shown or read else ""


def _chip_html(label: str, name: str) -> str:
    return (
        f'<span class="chip">{label}<button class="act" id="{name}" title="Search without this">'
        '<span class="unseen">Search without this</span>&#215;</button></span>'
    )


def preferred(answer: Answer) -> Filters | None:
    """The sources and the days that a question names, as filters, where they are none yet."""
    named = answer.understood
    period = named.periods[0] if len(named.periods) == 1 else None
    found = Filters(
        named.sources, period.first_day if period else None, period.last_day if period else None
    )
    return None if found in (Filters(), answer.filters) else found


# --- sources and hits -------------------------------------------------------------------------


def _sources_html(answer: Answer, turn: int) -> str:
    """The cited articles, each once, with the numbers of its citations. The quotes are not seen:
    the script shows one beside its number.
    """
    by_article: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_article.setdefault(citation.article_id, []).append(citation)
    rows = []
    for citations in by_article.values():
        first = citations[0]
        numbers = "".join(_number_html(c, turn) for c in citations)
        link = f'class="cite title" href="#c-{turn}-{first.number}"'
        quotes = "".join(
            f'<span class="quote" id="quote-{turn}-{c.number}">{one_line(c.quote)}</span>'
            for c in citations
        )
        rows.append(
            f'<li><span class="numbers">{numbers}</span> <span class="of">'
            f"<a {link}>{one_line(first.title or first.article_id)}</a> "
            f'<span class="meta">{_meta_html(first)}</span>{quotes}</span></li>'
        )
    return f'<ul class="sources">{"".join(rows)}</ul>'


def _meta_html(citation: Citation) -> str:
    source = one_line(source_name(citation.source))
    return (
        f"<span>{source}</span> &#183; <span>{escaped(day(citation.published))}</span> &#183; "
        f'<span class="file">{file_name(citation.article_id)}</span>'
    )


def _nearest_html(answer: Answer, turn: int, titles: Sequence[str], passages: Sequence[str]) -> str:
    rows = []
    for place in nearest_places(answer):
        hit = answer.hits[place - 1]
        title = _of(titles, place) or hit.chunk.article_id
        rows.append(
            '<li><span class="of">'
            f'<a class="cite title" href="#h-{turn}-{place}">{one_line(title)}</a> '
            f'<span class="meta"><span class="file">{file_name(hit.chunk.article_id)}</span>'
            f"{_copies_html(hit)}</span>{_passage_html(_of(passages, place))}</span></li>"
        )
    listed = f'<ul class="sources nearest">{"".join(rows)}</ul>'
    return f'<p class="as-of">{escaped(NEAREST)}</p>{listed}' if rows else ""


def _of(texts: Sequence[str], place: int) -> str:
    return texts[place - 1] if place <= len(texts) else ""


def _passage_html(passage: str) -> str:
    return f' <span class="passage">{one_line(passage)}</span>' if passage else ""


def _copies_html(hit: Hit) -> str:
    line = copies_line(len(hit.copies))
    return f" &#183; <span>{line}</span>" if line else ""


def nearest_places(answer: Answer) -> list[int]:
    """The 1-based places of the best hits of the nearest articles, one of each."""
    best: dict[str, int] = {}
    for place, hit in enumerate(answer.hits, 1):
        best.setdefault(hit.chunk.article_id, place)
    return list(best.values())[:NEAREST_COUNT]


def _hits_html(answer: Answer, turn: int, titles: Sequence[str]) -> str:
    """All that was found, in its order, and why; folded away."""
    rows = []
    for place, hit in enumerate(answer.hits, 1):
        title = _of(titles, place) or hit.chunk.article_id
        why = " &#183; ".join(f"<span>{one_line(reason)}</span>" for reason in hit.reasons)
        rows.append(
            f'<li><a class="cite title" href="#h-{turn}-{place}">{one_line(title)}</a> '
            f'<span class="meta"><span class="score">{escaped(f"{hit.score:.2f}")}</span> &#183; '
            f'<span class="file">{file_name(hit.chunk.article_id)}</span>{_copies_html(hit)}'
            f"<br>{why}</span></li>"
        )
    if not rows:
        return ""
    return (
        f'<details class="hits"><summary>{counted(len(rows), "hit")}</summary>'
        f"<ol>{''.join(rows)}</ol></details>"
    )


# --- what can be done with it -----------------------------------------------------------------


def _controls_html(answer: Answer, turn: int, most: int) -> str:
    buttons = []
    if can_show_more(answer, most):
        buttons.append(_button(f"more-{turn}", "Show more"))
    buttons.append(_button(f"copy-{turn}", "Copy", "copy"))
    buttons += [_button(f"again-{turn}", "Retry"), _EDIT.format(turn)]
    return "".join(buttons)


def can_show_more(answer: Answer, most: int) -> bool:
    """Whether more sentences can be asked for: a language model says what it has to say, and where
    fewer came than were asked for there are no more.
    """
    if answer.status != "answered" or answer.method != "extractive" or most >= MOST_SENTENCES:
        return False
    return most == 0 or len(answer.sentences) >= most
