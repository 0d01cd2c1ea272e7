"""A questions file → the questions to evaluate with, and what is expected for each.

JSON lines: ``query``, with ``evidence`` (a list of sentences as they stand in an article, or of
objects with the sentence as ``fact``), ``articles`` (a list of article ids), or both; a name for
the kind of question as ``question_type`` may be given, any but "all"; other fields are passed over.
A question with neither is one that the articles do not answer where it says so with an empty list,
and an error where it does not. Whether an index has the articles is not looked at here.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import EmptyQuestion, QuestionsUnreadable, QuestionTooLong
from rag.measures import ALL
from rag.query import read_question


@dataclass(frozen=True, slots=True)
class EvaluationQuestion:
    """A question with the sentences that answer it together, and the articles that do.

    ``line`` is its 1-based line in the file; ``kind`` is empty where none is given.
    """

    line: int
    query: str
    evidence: tuple[str, ...]
    articles: tuple[str, ...]
    kind: str

    @property
    def answerable(self) -> bool:
        """Whether the articles answer it, by what is expected for it."""
        return bool(self.evidence or self.articles)


@dataclass(frozen=True, slots=True)
class QuestionsFile:
    """The questions of a file that have evidence or articles, and those that say they have none."""

    path: str
    questions: tuple[EvaluationQuestion, ...]
    unanswerable: tuple[EvaluationQuestion, ...]

    def error(self, line: int, problem: str) -> QuestionsUnreadable:
        """The error that a line has that problem."""
        return QuestionsUnreadable(f"{self.path}, line {line}: {problem}.")


def read_questions(path: Path, *, for_answers: bool = False) -> QuestionsFile:
    """A questions file → its questions.

    Raises QuestionsUnreadable, with the line's number where a line is the reason; also where no
    question is answerable, unless it is read ``for_answers``, and where there is none at all.
    """
    questions: list[EvaluationQuestion] = []
    unanswerable: list[EvaluationQuestion] = []
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            question = _question(number, line)
        except (_Malformed, EmptyQuestion, QuestionTooLong) as error:
            raise QuestionsUnreadable(
                f"{path}, line {number}: {str(error).rstrip('.')}. Each line is an object such as "
                '{"query": "…", "evidence": ["a sentence", …]} or {"query": "…", "articles": '
                '["file.txt", …]}.'
            ) from error
        (questions if question.answerable else unanswerable).append(question)
    if not questions and not (for_answers and unanswerable):
        raise QuestionsUnreadable(
            f"{path} holds no question{'' if for_answers else ' with evidence or articles'}."
        )
    return QuestionsFile(str(path), tuple(questions), tuple(unanswerable))


def _lines(path: Path) -> Iterator[str]:
    try:
        raw = path.read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        raise QuestionsUnreadable(
            f"Questions file {path} cannot be read: {error.strerror or error}."
        ) from error
    # Not splitlines: a JSON string may hold U+2028, where that would break the line of text.
    for number, line in enumerate(re.split(rb"\r\n?|\n", raw), 1):
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            place = len(line[: error.start].decode()) + 1
            raise QuestionsUnreadable(
                f"{path}, line {number}: byte 0x{line[error.start]:02x} at character {place} is no "
                "UTF-8; save the file as UTF-8."
            ) from error


class _Malformed(Exception):
    """A line is no question; the message says why."""


def _question(number: int, line: str) -> EvaluationQuestion:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _Malformed(f"no JSON ({error})") from error
    if not isinstance(row, dict):
        raise _Malformed(f"no object but {_shown(row)}")
    if "query" not in row:
        raise _Malformed('"query" is missing')
    query = _text(row["query"], '"query"')
    read_question(query)  # the index would refuse it much later, and without the line
    if "evidence" not in row and "articles" not in row:
        raise _Malformed(
            'neither "evidence" nor "articles"; a question that nothing answers has "evidence": []'
        )
    evidence = tuple(_fact(each) for each in _list(row, "evidence"))
    articles = tuple(_text(each, "article") for each in _list(row, "articles"))
    return EvaluationQuestion(number, query, evidence, tuple(dict.fromkeys(articles)), _kind(row))


def _kind(row: dict[str, Any]) -> str:
    value = row.get("question_type", "")
    if not value and isinstance(value, str):
        return ""
    kind = " ".join(_text(value, '"question_type"').split())
    if kind.casefold() == ALL:
        raise _Malformed(
            f'"question_type" is {_shown(kind)}, the name of the row over all questions; give it '
            "another"
        )
    return kind


def _list(row: dict[str, Any], name: str) -> list[Any]:
    value = row.get(name, [])
    if not isinstance(value, list):
        raise _Malformed(f'"{name}" is no list but {_shown(value)}')
    return value


def _fact(evidence: Any) -> str:
    if not isinstance(evidence, dict):
        return _text(evidence, "evidence")
    if "fact" not in evidence:
        raise _Malformed(f'evidence {_shown(evidence)} has no "fact"')
    return _text(evidence["fact"], '"fact"')


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise _Malformed(f"{name} is no text but {_shown(value)}")
    if not value.strip():
        raise _Malformed(f"{name} is empty")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _Malformed(f"{name} holds half a surrogate pair") from error
    return value


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:60] + "…"
