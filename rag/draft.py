"""What a language model has written so far → its sentences, each with the numbers that it cites.

"… cracks [1]. … crowns. [2, 3]": a mark belongs to the sentence that it ends or follows. Markdown,
images, links, tags, a model's thoughts and control characters are taken away. Nothing here knows
whether a number is one of a chunk, or whether a sentence is true.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from rag.chunking import sentence_spans
from rag.lines import has_stop
from rag.prompt import NO_ANSWER
from rag.query import clean

_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
_MARK = re.compile(
    r"(?<!\s)\s*+[\[【(]\s*(?:excerpts?|sources?|articles?|no\.?|#)?\s*"
    r"(\d{1,3}(?:\s*(?:,|;|&|and|-|–)\s*(?:excerpts?\s)?#?\d{1,3})*)(?:†[^\]】]{0,100})?\s*[\]】)]",
    re.IGNORECASE,
)
_AFTER_MARK = re.compile(r"[.!?,;]|\s*\Z")
_IMAGE_OR_TAG = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)|</?[A-Za-z][^<>]{0,2000}>")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\s]{1,2000}\)")
_LINE_MARKUP = re.compile(r"^[ \t]*(?:[-*•+>][ \t]+|#+[ \t]+|\d{1,2}[.)][ \t]+)", re.MULTILINE)
_MARKUP = re.compile(r"\*\*|__|`+")


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence as it was written, without its marks, and the numbers in them, each once."""

    text: str
    numbers: tuple[int, ...]


def read_draft(text: str) -> list[DraftSentence]:
    """All that was written so far → its sentences, in order. The last may not be complete."""
    whole = text.encode("utf-8", "ignore").decode()  # an escape in JSON can be half a letter
    written = _IMAGE_OR_TAG.sub("", _THOUGHT.sub("", whole))
    written = _LINK.sub(_without_address, written)
    written = _MARKUP.sub("", _LINE_MARKUP.sub("", written))
    plain, marks = _without_marks(written)
    spans = _joined(plain, sentence_spans(plain))
    numbers: list[dict[int, None]] = [{} for _ in spans]
    starts = [start for start, _ in spans]
    for at, found in marks:
        if owner := bisect_left(starts, at):
            numbers[owner - 1] |= dict.fromkeys(found)
    return [
        DraftSentence(cleaned, tuple(found))
        for (start, end), found in zip(spans, numbers, strict=True)
        if (cleaned := clean(plain[start:end])) and re.search(r"\w", cleaned)
    ]


def _without_address(link: re.Match[str]) -> str:
    return f"[{link[1]}]" if re.search(r"\d{1,3}\s*\Z", link[1]) else link[1]  # "[1](…)" is a mark


def says_no_answer(text: str) -> bool:
    """Whether the model says that the chunks do not answer."""
    words = _THOUGHT.sub("", text).strip(" \n\t.*_`\"'[]")
    return words[: len(NO_ANSWER)].upper() == NO_ANSWER


def _without_marks(text: str) -> tuple[str, list[tuple[int, list[int]]]]:
    """The text without its marks, and for each the place where it stood with its numbers."""
    parts: list[str] = []
    marks, at, length = [], 0, 0
    for match in _MARK.finditer(text):
        if match.group().lstrip()[0] == "(" and not _AFTER_MARK.match(text, match.end()):
            continue  # "(14)" amid a sentence is a figure
        before = text[at : match.start()]
        parts.append(before)
        length += len(before)
        marks.append((length, _numbers(match[1])))
        if (
            before.rstrip()[-1:] in (".", "!", "?", "”", '"')
            and text[match.end() : match.end() + 1].isalnum()
        ):
            parts.append(" ")
            length += 1
        at = match.end()
    return "".join([*parts, text[at:]]), marks


def _numbers(text: str) -> list[int]:
    found: list[int] = []
    for part in re.finditer(r"(\d+)(?:\s*[-–]\s*(\d+))?", text):
        first, last = int(part[1]), int(part[2] or part[1])
        found += range(first, min(last, first + 20) + 1)
    return found


def _joined(text: str, spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Sentences, with the pieces of one that was divided for its length put together again."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined:
            first, last = joined[-1]
            if "\n" not in text[last:start] and not has_stop(text[max(first, last - 40) : last]):
                joined[-1] = (first, end)
                continue
        joined.append((start, end))
    return joined
