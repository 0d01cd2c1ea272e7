"""JSON of an answer or of a conversation → its turns, every field checked.

What comes from a file may be anything: a field that is missing, unknown, of the wrong type or out
of its bounds is named in the error. Whether what the citations say is true is not looked at here:
``verification`` does that.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from rag.errors import AnswerUnreadable
from rag.folders import LIMIT_BYTES
from rag.records import Answer, Conversation, Turn

LONGEST_BYTES = 20 * 2**20
"""Of a file; an answer takes some 10,000, fifty of them half a million."""

MOST_CITATIONS = 5_000
_LONGEST_ID = 8_000
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
# In a list: a configuration for others' records is taken from what they stand in.
_ANSWERS = TypeAdapter(tuple[Answer, ...], config=_STRICT)
_CONVERSATIONS = TypeAdapter(tuple[Conversation, ...], config=_STRICT)
_KINDS_OF_DATE = ("date", "datetime")


def read_turns(raw: bytes, name: str) -> tuple[Turn, ...]:
    """The JSON of an answer or of a conversation → its turns. ``name`` is what the file is called
    in the error. Raises AnswerUnreadable.
    """
    if len(raw) > LONGEST_BYTES:
        raise AnswerUnreadable(
            f"{name} is larger than {LONGEST_BYTES // 2**20} MiB, which no saved conversation is."
        )
    raw = raw.removeprefix(BOM_UTF8)
    try:
        content: Any = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise AnswerUnreadable(f"{name} is no JSON: {error}. {_WANTED}") from error
    if not isinstance(content, dict) or not content.keys() & {"turns", "citations"}:
        raise AnswerUnreadable(f"{name} holds neither an answer nor a conversation. {_WANTED}")
    try:
        if "turns" in content:
            turns = _CONVERSATIONS.validate_json(b"[" + raw + b"]")[0].turns
        else:
            turns = (turn_of(_ANSWERS.validate_json(b"[" + raw + b"]")[0]),)
    except ValidationError as error:
        raise AnswerUnreadable(f"{name}, {_first_problem(error)}. {_WANTED}") from error
    _check(turns, name, in_turns="turns" in content)
    return turns


_WANTED = "Give what `broadsheet ask --json` prints, or a conversation exported as JSON."


def turn_of(answer: Answer) -> Turn:
    """An answer → the turn that it is the answer of."""
    return Turn(answer.question, answer.searched_for, answer.filters, answer)


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    field = _field(problem["loc"][1:])
    if problem["type"] == "unexpected_keyword_argument":
        return f"{field}: no field of that name is known here"
    if problem["type"] == "missing":
        return f"{field}: the field is missing"
    message = problem["msg"]
    return f"{field}: {message[:1].lower()}{message[1:]}"


def _field(location: Sequence[int | str]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part not in _KINDS_OF_DATE:
            path += f".{_shown(part)}"
    return path.removeprefix(".")


def _shown(name: str) -> str:
    """A field's name as a stranger wrote it, fit for a line of a terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in name[:60])


def _check(turns: Sequence[Turn], name: str, *, in_turns: bool) -> None:
    """Raises AnswerUnreadable for what no answer has though its types are right."""
    if sum(len(turn.answer.citations) for turn in turns) > MOST_CITATIONS:
        raise AnswerUnreadable(f"{name} holds more than {MOST_CITATIONS:,} citations.")
    for at, turn in enumerate(turns):
        problem = _problem(turn.answer)
        if problem:
            prefix = f"turns[{at}].answer." if in_turns else ""
            raise AnswerUnreadable(f"{name}, {prefix}{problem}. {_WANTED}")


def _problem(answer: Answer) -> str:
    """What is wrong with an answer's numbers, with the field; empty where nothing is."""
    numbers = set()
    for at, citation in enumerate(answer.citations):
        field = f"citations[{at}]"
        if citation.number < 1 or citation.number in numbers:
            return f"{field}.number: {citation.number} is below 1 or taken already"
        numbers.add(citation.number)
        if len(citation.article_id) > _LONGEST_ID:
            return f"{field}.article_id: longer than {_LONGEST_ID:,} characters"
        if not 0 <= citation.start < citation.end <= LIMIT_BYTES:
            return f"{field}.start, {field}.end: no place in an article"
        if citation.end - citation.start != len(citation.quote):
            return f"{field}.quote: not as long as its place, start to end"
        if citation.sha256 and not re.fullmatch("[0-9a-f]{64}", citation.sha256):
            return f"{field}.sha256: not 64 hexadecimal digits"
    for at, sentence in enumerate(answer.sentences):
        if unknown := set(sentence.citation_numbers) - numbers:
            return f"sentences[{at}].citation_numbers: no citation has the number {min(unknown)}"
        for start, end in sentence.highlights:
            if not 0 <= start < end <= len(sentence.text):
                return f"sentences[{at}].highlights: no place in its text"
    return ""
