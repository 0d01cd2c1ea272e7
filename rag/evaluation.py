"""Questions with what is expected for them → how well the chatbot finds it.

Of evidence sentences the first ten hits count, articles are ranked by their best chunk; what is
computed from that stands in ``measures``. Both count where a copy of the article has them, since a
hit stands for the copies folded into it. Answers, where they are wanted, are judged by
``answer_evaluation``. Nothing here reads a file or prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher

from rag.answer_evaluation import AnswerEvaluation, ask_and_judge, measure_answers
from rag.chatbot import Chatbot
from rag.evaluation_questions import EvaluationQuestion, QuestionsFile
from rag.measures import (
    ARTICLE_MEASURES,
    DEPTH,
    EVIDENCE_MEASURES,
    Row,
    article_figures,
    evidence_ranks,
    rows,
    score,
)
from rag.records import Article, Hit

SEARCH_DEPTHS = (10, 30, 100)
"""Hits asked for in turn until they are of ten different articles."""


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question's figures, and what was found.

    ``evidence_ranks`` are, for each sentence, the 1-based rank of the first hit that holds it, and
    None where none of the ten does; ``article_ranks`` likewise those of the expected articles, or
    of copies of them, among ``ranked``: the ids of at most ten articles, the best first.
    ``first_title`` is the title of the first of them.
    """

    line: int
    query: str
    kind: str
    evidence: tuple[str, ...]
    evidence_ranks: tuple[int | None, ...]
    articles: tuple[str, ...]
    article_ranks: tuple[int | None, ...]
    ranked: tuple[str, ...]
    first_title: str
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was measured; ``evidence`` and ``articles`` are empty where no question has any.

    ``unanswerable_count`` is of questions that the articles do not answer, which are asked but not
    searched for; ``today`` is the day that "last week" in a question was taken to refer to.
    ``answers`` is None where they were not asked for.
    """

    folder: str
    generation: int
    model: str
    today: date
    question_count: int
    unanswerable_count: int
    evidence: tuple[Row, ...]
    articles: tuple[Row, ...]
    results: tuple[QuestionResult, ...]
    answers: AnswerEvaluation | None = None


def evaluate(
    chatbot: Chatbot,
    file: QuestionsFile,
    on_progress: Callable[[int], None] = lambda done: None,
    *,
    today: date | None = None,
    answers: bool = False,
) -> Evaluation:
    """Searches for every question → the measures, over all and for each kind, and the results.

    ``today`` is what "last week" in a question refers to, by default the machine's day. With
    ``answers`` every question is asked as well, and so are those that the articles do not answer.
    Raises QuestionsUnreadable where the index lacks an article that a line names, and as
    ``Chatbot.search`` does.
    """
    status = chatbot.status(with_changes=False)
    today = today or date.today()
    found, judged = [], []
    questions = _with_known_ids(chatbot, file, status.folder)
    for done, question in enumerate([*questions, *(file.unanswerable if answers else ())], 1):
        if question.answerable:
            found.append(_find(chatbot, question, today))
        if answers:
            judged.append(ask_and_judge(chatbot, question, today))
        on_progress(done)
    results = _with_article_figures(chatbot, found)
    return Evaluation(
        folder=status.folder,
        generation=status.generation,
        model=status.model,
        today=today,
        question_count=len(results),
        unanswerable_count=len(file.unanswerable),
        evidence=_rows(results, EVIDENCE_MEASURES),
        articles=_rows(results, ARTICLE_MEASURES),
        results=tuple(results),
        answers=measure_answers(judged) if answers else None,
    )


def worst(results: Iterable[QuestionResult], count: int) -> list[QuestionResult]:
    """The results with the lowest first places, then with the most left unfound, at most ``count``.

    Those that found everything, and it first, are not among them.
    """

    def key(result: QuestionResult) -> tuple[float, float, int]:
        figures = result.figures
        places = [figures[name] for name in ("MRR@10", "nDCG@10") if name in figures]
        whole = [figures[name] for name in ("all evidence@10", "R@10") if name in figures]
        return min(places), min(whole), result.line

    ordered = sorted(results, key=key)
    return [result for result in ordered if key(result)[:2] != (1.0, 1.0)][:count]


# --- searching --------------------------------------------------------------------------------


def _search(chatbot: Chatbot, query: str, count: int, today: date) -> Sequence[Hit]:
    return chatbot.search(query, count, today=today).hits


def _with_known_ids(chatbot: Chatbot, file: QuestionsFile, folder: str) -> list[EvaluationQuestion]:
    """The questions, each article called as the index calls it."""
    known = {article.id for article in chatbot.articles()}
    example = f", as in {min(known)!r}" if known else ""
    questions = []
    for question in file.questions:
        ids: list[str] = []
        for written in question.articles:
            found = next((each for each in _spellings(written) if each in known), None)
            if found is None:
                raise file.error(
                    question.line,
                    f"the index has no article {written!r}; an article is named by its file's path "
                    f"below {folder}{example}",
                )
            ids.append(found)
        questions.append(replace(question, articles=tuple(dict.fromkeys(ids))))
    return questions


def _spellings(article_id: str) -> Iterator[str]:
    """An id as it was written, then as the same path is written in an index: "/" for "\\", and
    nothing for "./" at the start.
    """
    for written in (article_id, article_id.replace("\\", "/")):
        yield written
        yield re.sub(r"^(?:\./+)+", "", written)


def _find(chatbot: Chatbot, question: EvaluationQuestion, today: date) -> QuestionResult:
    """Searches for one question; the figures are those of its evidence."""
    hits: Sequence[Hit] = ()
    for depth in SEARCH_DEPTHS:
        deeper = _search(chatbot, question.query, depth, today)
        hits = hits or deeper[:DEPTH]  # those that a reader sees; asking for more may re-order
        found = _ranked_articles(deeper)
        if not question.articles or len(found) >= DEPTH or len(deeper) < depth:
            break
    texts = [_text_with_copies(chatbot, hit) for hit in hits] if question.evidence else []
    return QuestionResult(
        line=question.line,
        query=question.query,
        kind=question.kind,
        evidence=question.evidence,
        evidence_ranks=evidence_ranks(texts, question.evidence),
        articles=question.articles,
        article_ranks=tuple(_first_rank(found, each) for each in question.articles),
        ranked=tuple(article_id for article_id, _ in found),
        first_title=chatbot.article(found[0][0]).title if found else "",
        figures=score(texts, question.evidence) if question.evidence else {},
    )


def _ranked_articles(hits: Iterable[Hit]) -> list[tuple[str, set[str]]]:
    """Hits, best first → the first ten articles, each with the ids that it stands for: its own
    and its copies'.
    """
    ranked: list[tuple[str, set[str]]] = []
    seen: set[str] = set()
    for hit in hits:
        article_id = hit.chunk.article_id
        if article_id not in seen:
            ranked.append((article_id, {article_id, *hit.copies}))
            seen |= ranked[-1][1]
    return ranked[:DEPTH]


def _first_rank(found: Sequence[tuple[str, set[str]]], article_id: str) -> int | None:
    return next((rank for rank, (_, ids) in enumerate(found, 1) if article_id in ids), None)


def _text_with_copies(chatbot: Chatbot, hit: Hit) -> str:
    """The hit's text and what its copies have in its place, which may be worded otherwise."""
    text = chatbot.article(hit.chunk.article_id).text[hit.chunk.start : hit.chunk.end]
    copies = (chatbot.article(copy_id) for copy_id in hit.copies)
    # No sentence holds a NUL, so none is found across two texts.
    return "\0".join([text, *(counterpart(text, copy) for copy in copies)])


def counterpart(text: str, copy: Article) -> str:
    """A chunk's text and a copy of its article → the part of the copy that stands in its place."""
    words, others = text.split(), copy.text.split()
    shared = SequenceMatcher(None, words, others, autojunk=False).find_longest_match()
    start = shared.b - shared.a
    return " ".join(others[max(start, 0) : start + len(words)]) if shared.size else ""


# --- measuring ---------------------------------------------------------------------------------


def _with_article_figures(
    chatbot: Chatbot, results: Sequence[QuestionResult]
) -> list[QuestionResult]:
    """The results with the measures of their ranked articles added."""
    relevant: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for result in results:
        if result.articles:
            different = _different(chatbot, result.articles)
            relevant[str(result.line)] = dict.fromkeys(different, 1)
            names = _names_by_rank(result, different)
            run[str(result.line)] = {name: 1 / rank for rank, name in enumerate(names, 1)}
    figures = article_figures(relevant, run)
    return [
        replace(result, figures=result.figures | figures.get(str(result.line), {}))
        for result in results
    ]


def _different(chatbot: Chatbot, article_ids: Iterable[str]) -> list[str]:
    """The articles without those that are copies of one before: no search gives both."""
    kept: list[str] = []
    for article_id in article_ids:
        if not set(kept) & set(chatbot.copies_of(article_id)):
            kept.append(article_id)
    return kept


def _names_by_rank(result: QuestionResult, expected: Iterable[str]) -> list[str]:
    """The ranked articles, best first, each called by the expected id that it stands for."""
    ranks = dict(zip(result.articles, result.article_ranks, strict=True))
    names: list[str] = []
    for rank, article_id in enumerate(result.ranked, 1):
        names += [each for each in expected if ranks[each] == rank] or [article_id]
    return names


def _rows(results: Sequence[QuestionResult], names: Sequence[str]) -> tuple[Row, ...]:
    having = [result for result in results if names[0] in result.figures]
    return rows(
        [(result.kind, [result.figures[name] for name in names]) for result in having], names
    )
