"""Hits → an answer made of sentences that stand in the articles; no language model.

The sentences of the best hits are ranked by the probability that they answer; below the threshold
of the second model (see ``confidence``) the answer is ``not_found``, with the words that no
article has. Two rules stand before the threshold: about a name that no article has nothing is
answered, and a sentence with the very words of a question about a name is not refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.answer_signals import ANSWER_SIGNALS, answer_signals, hits_signals
from rag.as_of import newest
from rag.chunking import Span
from rag.citations import Citations
from rag.comprehension import SentenceReading
from rag.confidence import answer_model
from rag.follow_up import rewrite
from rag.follow_up_candidates import Said
from rag.highlights import highlights
from rag.index import Snapshot
from rag.missing import absent_names, missing
from rag.network import Matrix
from rag.query import Question, read_question, separate_questions
from rag.records import Answer, AnswerSentence, Hit, SearchResult
from rag.sentence_choice import MAX_SENTENCES, Candidate, Chosen, choose
from rag.sentence_model import probabilities, sentence_model
from rag.sentence_signals import (
    SENTENCE_SIGNALS,
    Read,
    Sentence,
    readings_of,
    sentence_signals,
    sentences_of,
)

HIT_COUNT = 10
"""How many hits an answer is looked for in, and shows."""
_CITED_COPIES = 3  # of an article, beside itself


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a question: the sentences of its hits, what was made of each, their signals
    of shape (sentences, signals), and the signals of the hits.
    """

    sentences: tuple[Sentence, ...]
    readings: tuple[SentenceReading, ...]
    signals: Matrix
    of_hits: dict[str, float]


def read(
    snapshot: Snapshot, question: Question, hits: Sequence[Hit], read_passages: Read
) -> Reading:
    """The hits → their sentences with all signals."""
    found = sentences_of(snapshot, question, hits)
    readings = readings_of(question, hits, found, read_passages)
    signals = sentence_signals(snapshot, question, hits, found, readings)
    of_hits = hits_signals(snapshot, question, hits)
    return Reading(tuple(found), tuple(readings), signals, of_hits)


def answer(
    snapshot: Snapshot,
    question: Question,
    result: SearchResult,
    read_passages: Read,
    *,
    most: int = MAX_SENTENCES,
) -> Answer:
    """The question's hits → its answer: one to ``most`` sentences, or ``not_found``. Several
    questions in one are each answered by themselves; ``notice`` names those that are not.
    """
    asked = _standing_alone(separate_questions(question))
    judged = [_judge(snapshot, each, result.hits, read_passages) for each in asked]
    answered = [chances for chances in judged if chances.confidence >= answer_model().threshold]
    citations = Citations()
    sentences: dict[tuple[str, Span], AnswerSentence] = {}
    for each, chances in zip(asked, judged, strict=True):
        if chances in answered:
            share = most if len(answered) == 1 else max(1, most // len(answered))
            for chosen in choose(each, chances.found, share):
                place = (chosen.sentence.article.id, chosen.span)
                if place not in sentences and len(sentences) < most:
                    bold = _highlights(each, chosen, chances.pointed)
                    sentences[place] = _sentence(snapshot, result.hits, chosen, citations, bold)
    return Answer(
        question=question.text,
        searched_for=result.searched_for,
        filters=result.filters,
        status="answered" if answered else "not_found",
        sentences=tuple(sentences.values()),
        citations=citations.all(),
        hits=result.hits,
        missing=() if answered else missing(snapshot, question),
        as_of=newest(citations.all()),
        confidence=round(max(chances.confidence for chances in answered or judged), 4),
        method="extractive",
        generation=snapshot.generation,
        understood=result.understood,
        notice=_unanswered(asked, judged) if answered else "",
    )


def _standing_alone(asked: Sequence[Question]) -> list[Question]:
    """Several questions, each with what it refers to in those before it: "How tall is the light,
    and who keeps it?"
    """
    found: list[Question] = []
    said: list[Said] = []
    for question in asked:
        text = rewrite(question.text, said)
        if text != question.text:
            read_again = read_question(text)
            question = replace(
                question,
                text=read_again.text,
                terms=read_again.terms,
                words=read_again.words,
                names=read_again.names,
            )
        found.append(question)
        said.append(Said(question.text, question.text))
    return found


def _unanswered(asked: Sequence[Question], judged: Sequence[_Judged]) -> str:
    texts = [
        f"“{question.text.rstrip('?')}?”"
        for question, chances in zip(asked, judged, strict=True)
        if chances.confidence < answer_model().threshold
    ]
    return f"The articles do not answer {' and '.join(texts)}." if texts else ""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A question's sentences, the likeliest first, the probability that it is answered, and where
    in each sentence the words stand that answer likeliest.
    """

    found: tuple[Candidate, ...]
    confidence: float
    pointed: dict[tuple[str, Span], Span]


def _judge(
    snapshot: Snapshot, question: Question, hits: Sequence[Hit], read_passages: Read
) -> _Judged:
    reading = read(snapshot, question, hits, read_passages)
    found, confidence = _ranked(reading)
    if has_absent_name(snapshot, question):
        confidence = 0.0
    elif confidence < answer_model().threshold and (named := naming_sentences(question, reading)):
        found = [candidate for candidate in found if candidate.sentence in named]
        confidence = answer_model().threshold
    pointed = {
        (sentence.article.id, sentence.span): each.span
        for sentence, each in zip(reading.sentences, reading.readings, strict=True)
    }
    return _Judged(tuple(found), confidence, pointed)


def _ranked(reading: Reading) -> tuple[list[Candidate], float]:
    """The sentences, the likeliest first, and the probability that the articles answer."""
    if not reading.sentences:
        return [], 0.0
    chances = probabilities(sentence_model().check(SENTENCE_SIGNALS).scores(reading.signals))
    signals = answer_signals(reading.of_hits, reading.signals, chances)
    found = [
        Candidate(sentence, float(chance))
        for sentence, chance in zip(reading.sentences, chances, strict=True)
    ]
    found.sort(key=lambda c: (-c.chance, c.sentence.hit_place, c.sentence.span))
    return found, answer_model().answer.check(ANSWER_SIGNALS).probability(signals)


def has_absent_name(snapshot: Snapshot, question: Question) -> bool:
    """Whether the question has a name that no article has, however it is spelled."""
    return bool(absent_names(snapshot, question))


def naming_sentences(question: Question, reading: Reading) -> list[Sentence]:
    """The sentences that have every word of a question about a name, side by side: "Who is Evan
    Medeiros?" The vectors do not know the name and would refuse.
    """
    if not question.names:
        return []
    columns = [SENTENCE_SIGNALS.index(name) for name in ("overlap", "pairs")]
    alone = len(question.words) == 1
    return [
        sentence
        for sentence, (overlap, pairs) in zip(
            reading.sentences, np.asarray(reading.signals)[:, columns], strict=True
        )
        if overlap > 0.999 and (alone or pairs == 1.0)
    ]


def _sentence(
    snapshot: Snapshot,
    hits: Sequence[Hit],
    chosen: Chosen,
    citations: Citations,
    bold: tuple[Span, ...],
) -> AnswerSentence:
    """A chosen sentence, cited where it stands and where copies of its article have it."""
    article, (start, end) = chosen.sentence.article, chosen.span
    text = article.text[start:end]
    numbers = [citations.number(article, (start, end))]
    for copy_id in hits[chosen.sentence.hit_place].copies[:_CITED_COPIES]:
        copy = snapshot.article(copy_id)
        place = copy.text.find(text)
        if place >= 0:
            numbers.append(citations.number(copy, (place, place + len(text))))
    return AnswerSentence(text, tuple(numbers), bold)


def _highlights(
    question: Question, chosen: Chosen, pointed: dict[tuple[str, Span], Span]
) -> tuple[Span, ...]:
    """The words that answer, by their form, where the reading model points at them too: alone the
    forms were right in 0.92 of the sentences that answer, together in 0.96.
    """
    sentence, (start, end) = chosen.sentence, chosen.span
    first, last = pointed[sentence.article.id, sentence.span]
    ahead = sentence.span[0] - start  # of a sentence that it brings
    return tuple(
        (begin, stop)
        for begin, stop in highlights(question.text, sentence.article.text[start:end])
        if begin < last + ahead and first + ahead < stop
    )
