"""Turns → Markdown that shows every text letter by letter, whatever stands in it.

Numbers are written out, not made footnotes of: renderers number those anew. What could begin markup
is escaped as CommonMark, GitHub's dialect and older renderers all understand it: a backslash before
what all of them unescape, a character reference for the rest. So no text of an article becomes a
link, an image that is fetched, or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.export_wording import (
    NEAREST,
    UNSUPPORTED,
    conversation_title,
    highlighted_parts,
    nearest_ids,
    searched_for_line,
)
from rag.records import Answer, AnswerSentence, Citation, Turn
from rag.wording import (
    NOT_FOUND,
    as_of_line,
    filters_line,
    missing_line,
    moment,
    printable,
    source_name,
)

_LINE_ENDS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+| {2,}")
_UNSHOWABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f\ud800-\udfff]")
_BACKSLASHED = re.compile(r"[\\`*_\[\]{}!#]")
_REFERRED = re.compile(r"[<>&~|$@]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_BLOCK = re.compile(r"([-+])|(\d+)([.)])|(=)")
"""What begins a list or underlines a heading at the start of a line."""


def markdown_of(turns: Sequence[Turn]) -> str:
    """Turns → a Markdown file."""
    blocks = [f"# {_line(conversation_title(turns))}"]
    for number, turn in enumerate(turns, 1):
        if len(turns) > 1:
            blocks.append(f"## {number}\\. {_line(turn.question)}")
        said = (searched_for_line(turn), filters_line(turn.filters))
        blocks += [f"*{_line(line)}*" for line in said if line]
        blocks += _answer_blocks(turn.answer)
    return "\n\n".join(blocks) + "\n"


def _answer_blocks(answer: Answer) -> list[str]:
    if answer.status == "not_found":
        said = " ".join(filter(None, (NOT_FOUND, missing_line(answer.missing))))
        blocks = [f"**{_line(said)}**"]
        nearest = [f"- {_file(article_id)}" for article_id in nearest_ids(answer)]
        return [*blocks, _line(NEAREST), "\n".join(nearest)] if nearest else blocks
    sentences = " ".join(_sentence(sentence) for sentence in answer.sentences)
    notice = [f"*{_line(answer.notice)}*"] if answer.notice else []
    return [sentences, *notice, f"*{_line(as_of_line(answer))}*", *map(_citation, answer.citations)]


def _sentence(sentence: AnswerSentence) -> str:
    parts = highlighted_parts(sentence.text, sentence.highlights)
    text = "".join(f"<strong>{_inline(part)}</strong>" if bold else _inline(part)
                   for part, bold in parts)  # fmt: skip
    text = _at_line_start(text.strip())
    if sentence.verdict == "unsupported":
        text = f"<s>{text}</s> ({_inline(sentence.reason or UNSUPPORTED)})"
    return text + "".join(f" \\[{number}\\]" for number in sentence.citation_numbers)


def _citation(citation: Citation) -> str:
    """A list item for each, numbered as the answer has it."""
    about = " · ".join(
        _line(part) for part in (source_name(citation.source), moment(citation.published))
    )
    return (
        f"- **\\[{citation.number}\\] {_line(citation.title or citation.article_id)}** · {about}\n"
        f"\n  > {_line(citation.quote)}\n"
        f"\n  {_file(citation.article_id)}, characters {citation.start}–{citation.end}"
        + (f", sha256 {citation.sha256}" if citation.sha256 else "")
    )


def _file(article_id: str) -> str:
    return _line(printable(article_id))


def _line(text: str) -> str:
    """Any text → one line of Markdown that shows it."""
    return _at_line_start(_inline(text).strip())


def _inline(text: str) -> str:
    text = _UNSHOWABLE.sub("\ufffd", _LINE_ENDS.sub(" ", text))
    text = _BACKSLASHED.sub(lambda match: "\\" + match[0], text)
    # After the backslashes: the references' own # and & are meant.
    return _REFERRED.sub(lambda match: f"&#{ord(match[0])};", text)


def _at_line_start(text: str) -> str:
    found = _BLOCK.match(text)
    if found is None:
        return text
    if found[1]:
        return "\\" + text
    if found[2]:
        return f"{found[2]}\\{text[found.start(3) :]}"
    return f"&#61;{text[1:]}"
