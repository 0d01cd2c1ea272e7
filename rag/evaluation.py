"""Questions with their evidence → how well the chatbot finds it.

A questions file has one JSON object a line: ``query``, ``evidence`` (a list of sentences, or of
objects with the sentence as ``fact``) and, if there is one, ``question_type``. Questions without
evidence are left out. The measures are MultiHop-RAG's own (Tang & Yang 2024, arXiv 2401.15391,
and its published scorer): a hit counts where it contains an evidence sentence, both with spaces
and line breaks removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.chatbot import Chatbot
from rag.errors import QuestionsUnreadable

DEPTH = 10


@dataclass(frozen=True, slots=True)
class EvidenceQuestion:
    """A question and the sentences that answer it together."""

    question: str
    evidence: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Measures:
    """Means over ``count`` questions, all in 0…1, higher is better."""

    kind: str
    count: int
    hits_at_10: float
    hits_at_4: float
    map_at_10: float
    mrr_at_10: float
    all_evidence_at_10: float


def read_questions(path: Path) -> list[EvidenceQuestion]:
    """A questions file → its questions that have evidence.

    Raises QuestionsUnreadable with the line's number.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsUnreadable(f"Questions file {path} cannot be read: {error}.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            evidence = tuple(_fact(e) for e in row.get("evidence") or ())
            kind = str(row.get("question_type", ""))
            question = EvidenceQuestion(str(row["query"]), evidence, kind)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise QuestionsUnreadable(
                f"{path}, line {number}: no question ({type(error).__name__}: {error}); each line "
                'is an object such as {"query": "…", "evidence": ["a sentence", …]}.'
            ) from error
        if question.evidence:
            found.append(question)
    if not found:
        raise QuestionsUnreadable(f"{path} holds no question with evidence.")
    return found


def _fact(evidence: Any) -> str:
    fact = evidence if isinstance(evidence, str) else evidence["fact"]
    if not isinstance(fact, str) or not fact.strip():
        raise ValueError(f"evidence {evidence!r} is no sentence")
    return fact


def evaluate(
    chatbot: Chatbot,
    questions: Sequence[EvidenceQuestion],
    on_progress: Callable[[int], None] = lambda done: None,
) -> list[Measures]:
    """Searches for every question → measures over all and for each kind."""
    scores: list[tuple[str, tuple[float, ...]]] = []
    for done, question in enumerate(questions):
        texts = []
        for hit in chatbot.search(question.question, DEPTH):
            article = chatbot.article(hit.chunk.article_id)
            texts.append(article.text[hit.chunk.start : hit.chunk.end])
        scores.append((question.kind, score(texts, question.evidence)))
        on_progress(done + 1)
    kinds = sorted({kind for kind, _ in scores} - {""})
    return [
        _mean("all" if kind is None else kind, [s for k, s in scores if kind in (None, k)])
        for kind in (None, *kinds)
    ]


def score(texts: Sequence[str], evidence: Sequence[str]) -> tuple[float, ...]:
    """The hits' texts, best first, and the evidence → Hits@10, Hits@4, AP@10, reciprocal rank
    and whether all evidence is there.
    """
    facts = [_squeezed(fact) for fact in evidence]
    found: set[int] = set()
    first, precision = 0, 0.0
    for rank, text in enumerate(map(_squeezed, texts[:DEPTH]), 1):
        here = {i for i, fact in enumerate(facts) if fact in text}
        if here and not first:
            first = rank
        precision += len(here - found) / rank
        found |= here
    return (
        float(first > 0),
        float(0 < first <= 4),
        precision / min(len(facts), DEPTH),
        1 / first if first else 0.0,
        float(len(found) == len(facts)),
    )


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _mean(kind: str, scores: Sequence[tuple[float, ...]]) -> Measures:
    columns = [sum(column) / len(scores) for column in zip(*scores, strict=True)]
    return Measures(kind, len(scores), *columns)
