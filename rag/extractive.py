"""Hits → an answer made of sentences that stand in the articles; no language model.

The sentences of the best hits are ranked by the probability that they answer; below the threshold
of the second model (see ``confidence``) the answer is ``not_found``, with the words that no
article has. Two rules stand before the threshold: about a name that no article has nothing is
answered, and a sentence with the very words of a question about a name is not refused. One to
four sentences are chosen, none that says what another says, and put in an order that reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rag.citations import Citations
from rag.confidence import answer_model
from rag.embedding import Vectors
from rag.index import Snapshot
from rag.query import Question
from rag.records import Answer, AnswerSentence, Missing, Published, SearchResult
from rag.signals import ANSWER_SIGNALS, SENTENCE_SIGNALS, Candidate, answer_signals, candidates

HIT_COUNT = 10
"""How many hits an answer is looked for in, and shows."""

MAX_SENTENCES = 4
_REPEAT_OVERLAP = 0.6  # of the shorter sentence's words; above, both say the same
_COUNTED_CHUNKS = 10_000


def answer(
    snapshot: Snapshot,
    question: Question,
    vector: Vectors,
    result: SearchResult,
    embed: Callable[[Sequence[str]], Vectors],
) -> Answer:
    """The question's hits → its answer: one to four sentences, or ``not_found``.

    ``vector`` is the question's, of shape (dim,); ``embed`` gives the vectors of sentences,
    float32 of shape (n, dim), rows of unit length.
    """
    model = answer_model()
    hits = result.hits
    found = candidates(snapshot, question, vector, hits, embed)
    signals = answer_signals(snapshot, question, hits, found)
    confidence = model.answer.check(ANSWER_SIGNALS).probability(signals) if found else 0.0
    if has_absent_name(snapshot, question):
        confidence = 0.0
    elif confidence < model.threshold and (naming := naming_sentences(question, found)):
        found, confidence = naming, model.threshold
    answered = confidence >= model.threshold
    chosen = _in_reading_order(_choose(question, found)) if answered else []
    citations = Citations()
    sentences = tuple(
        AnswerSentence(c.text, (citations.number(c.article, c.span),)) for c in chosen
    )
    return Answer(
        question=question.text,
        searched_for=result.searched_for,
        filters=result.filters,
        status="answered" if answered else "not_found",
        sentences=sentences,
        citations=citations.all(),
        hits=hits,
        missing=() if answered else _missing(snapshot, question),
        as_of=_newest(c.published for c in citations.all()),
        confidence=round(confidence, 4),
        method="extractive",
        generation=snapshot.generation,
        understood=result.understood,
    )


def has_absent_name(snapshot: Snapshot, question: Question) -> bool:
    """Whether the question has a name that no article has, however it is spelled."""
    return any(not snapshot.lexical.has_similar(name) for name in question.names)


def naming_sentences(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """The sentences that have every word of a question about a name, side by side: "Who is Evan
    Medeiros?" The vectors do not know the name and would refuse.
    """
    if not question.names:
        return []
    overlap, pairs = SENTENCE_SIGNALS.index("overlap"), SENTENCE_SIGNALS.index("pairs")
    alone = len(question.words) == 1
    return [c for c in found if c.signals[overlap] > 0.999 and (alone or c.signals[pairs] == 1.0)]


def _choose(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence, then those nearly as probable, or somewhat less so with words of the
    question that the answer lacks yet; none that says what another says.
    """
    chosen: list[Candidate] = []
    covered: set[str] = set()
    wanted = set(question.words)
    for candidate in found:
        if len(chosen) == MAX_SENTENCES:
            break
        new = (candidate.words & wanted) - covered
        least = found[0].probability * (0.5 if new else 0.75)
        if candidate.probability < least or any(_repeats(candidate, c) for c in chosen):
            continue
        chosen.append(candidate)
        covered |= candidate.words & wanted
    return chosen


def _repeats(one: Candidate, other: Candidate) -> bool:
    shorter = min(len(one.words), len(other.words))
    return len(one.words & other.words) >= _REPEAT_OVERLAP * shorter


def _in_reading_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """The most probable first; the rest by article, and within one as they stand there."""
    if not chosen:
        return []
    order = list(dict.fromkeys(c.article.id for c in chosen))
    return [
        chosen[0],
        *sorted(chosen[1:], key=lambda c: (order.index(c.article.id), c.span)),
    ]


def _missing(snapshot: Snapshot, question: Question) -> tuple[Missing, ...]:
    """The question's words with the count of articles that have them, the rarest first."""
    terms_of: dict[str, list[str]] = {}  # several where a script parts no words
    for term, word in question.words.items():
        terms_of.setdefault(word, []).append(term)
    counts = []
    for word, of_word in terms_of.items():
        ids = [number for number, _ in snapshot.lexical.search(of_word, _COUNTED_CHUNKS)]
        articles = {chunk.article_id for chunk in snapshot.chunks(ids).values()}
        counts.append(Missing(word, len(articles)))
    return tuple(sorted(counts, key=lambda m: m.article_count))


def _newest(days: Iterable[Published]) -> Published:
    dated = [day for day in days if day is not None]
    return max(dated, key=lambda d: (d.isoformat()[:10], d.isoformat()), default=None)
