"""Questions with what is expected for them → how well the chatbot answers, and refuses.

An answer is right where a quote that it cites is one of the evidence sentences, nearly enough, or,
where articles alone are expected, where it cites one of them or a copy. So a right answer shows
evidence; whether it shows all of it, or what follows from it, is not measured here. An answer to a
question that the articles do not answer is wrong. Nothing here reads a file or prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from rag.chatbot import Chatbot
from rag.evaluation_questions import EvaluationQuestion
from rag.measures import Row, rows, squeezed
from rag.records import Answer, Citation
from rag.risk import Attempt, RiskCurve, risk_curve

ANSWERABLE_MEASURES = ("right", "wrong", "false refusals")
UNANSWERABLE_MEASURES = ("rightly refused",)

Outcome = Literal["right", "wrong", "false refusal", "rightly refused"]


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What became of one question.

    ``sentences`` are those shown, ``cited`` the ids of the articles cited, each once, and
    ``misquoted`` the citations whose place in the article does not hold their quote.
    """

    line: int
    query: str
    kind: str
    answerable: bool
    outcome: Outcome
    confidence: float
    sentences: tuple[str, ...]
    cited: tuple[str, ...]
    citation_count: int
    misquoted: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class AnswerEvaluation:
    """All that was measured of the answers.

    ``answerable`` has of the questions that the articles answer the shares answered right, answered
    wrong and refused, which add up to 1; ``unanswerable`` of the others the share refused. Each is
    empty where there are no such questions. Lengths are those of the sentences shown, in
    characters, None where none was shown. ``misquoted_count`` is of the citations whose place does
    not hold their quote.

    What a refused question would have been answered is not known, so in ``risk`` it counts as
    wrong: beyond the coverage of its ``shipped`` point the curve is an upper bound, and so is its
    area.
    """

    answerable: tuple[Row, ...]
    unanswerable: tuple[Row, ...]
    sentence_count: int
    median_characters: float | None
    p95_characters: float | None
    citation_count: int
    misquoted_count: int
    risk: RiskCurve
    results: tuple[AnswerResult, ...]


def ask_and_judge(chatbot: Chatbot, question: EvaluationQuestion, today: date) -> AnswerResult:
    """Asks one question → what became of it. Raises as ``Chatbot.ask`` does."""
    answer = chatbot.ask(question.query, today=today)
    return AnswerResult(
        line=question.line,
        query=question.query,
        kind=question.kind,
        answerable=question.answerable,
        outcome=_outcome(chatbot, question, answer),
        confidence=answer.confidence,
        sentences=tuple(sentence.text for sentence in answer.sentences),
        cited=tuple(dict.fromkeys(citation.article_id for citation in answer.citations)),
        citation_count=len(answer.citations),
        misquoted=tuple(each for each in answer.citations if not _stands(chatbot, each)),
    )


def measure_answers(results: Sequence[AnswerResult]) -> AnswerEvaluation:
    """What became of the questions → the measures. Raises ValueError where there are none."""
    lengths = [len(sentence) for result in results for sentence in result.sentences]
    median, p95 = np.percentile(lengths, (50, 95)).tolist() if lengths else (None, None)
    answerable = [
        (each.kind, [float(each.outcome == name) for name in ("right", "wrong", "false refusal")])
        for each in results
        if each.answerable
    ]
    unanswerable = [
        (each.kind, [float(each.outcome == "rightly refused")])
        for each in results
        if not each.answerable
    ]
    return AnswerEvaluation(
        answerable=rows(answerable, ANSWERABLE_MEASURES),
        unanswerable=rows(unanswerable, UNANSWERABLE_MEASURES),
        sentence_count=len(lengths),
        median_characters=median,
        p95_characters=p95,
        citation_count=sum(result.citation_count for result in results),
        misquoted_count=sum(len(result.misquoted) for result in results),
        risk=risk_curve(map(_attempt, results)),
        results=tuple(results),
    )


def most_confident_errors(results: Iterable[AnswerResult], count: int) -> list[AnswerResult]:
    """The wrong answers, the most confident first, at most ``count``."""
    wrong = [result for result in results if result.outcome == "wrong"]
    return sorted(wrong, key=lambda result: (-result.confidence, result.line))[:count]


def shows(quote: str, evidence: str) -> bool:
    """Whether a quote is an evidence sentence, nearly enough: one holds the other, both with spaces
    and line breaks removed, or more than half of the different words of each are in the other.
    """
    one, other = squeezed(quote), squeezed(evidence)
    if one in other or other in one:
        return True
    words, expected = (set(re.findall(r"\w+", text.casefold())) for text in (quote, evidence))
    return 2 * len(words & expected) > max(len(words), len(expected))


def _outcome(chatbot: Chatbot, question: EvaluationQuestion, answer: Answer) -> Outcome:
    if answer.status == "not_found":
        return "false refusal" if question.answerable else "rightly refused"
    return "right" if _is_right(chatbot, question, answer.citations) else "wrong"


def _is_right(
    chatbot: Chatbot, question: EvaluationQuestion, citations: Sequence[Citation]
) -> bool:
    if question.evidence:
        return any(shows(each.quote, fact) for each in citations for fact in question.evidence)
    expected = {
        copy_id
        for article_id in question.articles
        for copy_id in (article_id, *chatbot.copies_of(article_id))
    }
    return any(each.article_id in expected for each in citations)


def _stands(chatbot: Chatbot, citation: Citation) -> bool:
    text = chatbot.article(citation.article_id).text
    return text[citation.start : citation.end] == citation.quote


def _attempt(result: AnswerResult) -> Attempt:
    return Attempt(
        confidence=result.confidence,
        given=result.outcome in ("right", "wrong"),
        wrong=result.outcome != "right",
    )
