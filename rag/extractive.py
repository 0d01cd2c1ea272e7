"""Hits → an answer made of sentences that stand in the articles; no language model.

Each sentence of the best hits gets signals (see ``SENTENCE_SIGNALS``) and from them, by a small
logistic model, the probability that it answers. A second one, over the best sentences and the
hits (``ANSWER_SIGNALS``), gives the probability that the articles answer the question at all;
below its threshold the answer is ``not_found``. The weights are fitted by
``tests/eval/train_answer_model.py`` and stand in ``static/answer_model.json``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from rag.chunking import Span, sentence_spans
from rag.citations import Citations
from rag.embedding import Vectors
from rag.index import Snapshot
from rag.lexical import terms
from rag.query import Question
from rag.records import (
    Answer,
    AnswerSentence,
    Article,
    Filters,
    Hit,
    Missing,
    Published,
)

HIT_COUNT = 10
"""How many hits an answer is looked for in, and shows."""

MAX_SENTENCES = 4
_CANDIDATE_SENTENCES = 40  # go into the model; 40 cost about ten questions' embedding
_REPEAT_OVERLAP = 0.6  # of the shorter sentence's words; above, both say the same
_SHORTEST_WORDS = 4
_COUNTED_CHUNKS = 10_000

SENTENCE_SIGNALS = (
    "cosine",           # of question and sentence
    "overlap",          # share of the question's words here, weighted by rarity
    "context_overlap",  # the same with the article's title and the sentence before
    "pairs",            # share of the question's neighbouring words that are neighbours here
    "hit_score",        # of the chunk, 0…1
    "hit_cosine",       # of question and chunk
    "headline",         # 1 for the article's title
    "open_end",         # 1 where no full stop, question mark or quotation mark ends it
    "log_length",       # ln of its characters
    "figure_wanted",    # the question asks for a number or time: 1 with a digit, −1 without
    "name_wanted",      # it asks who: 1 with a name the question does not have, −1 without
)  # fmt: skip
ANSWER_SIGNALS = (
    "best_probability",   # of the sentences
    "best_cosine",        # highest of the sentences
    "best_overlap",       # highest of the sentences
    "best_context",       # highest context_overlap of the sentences
    "best_pairs",         # highest of the sentences
    "best_names",         # share of its capitalised words in the sentence that has most words
    "best_others",        # share of its other words there
    "hit_cosine",         # highest of the hits
    "hit_bm25",           # highest of the hits, as a share of what a perfect match would get
    "hit_overlap",        # highest share of the question's words in one hit, with its title
    "hits_overlap",       # share of them in the first three hits together
    "absent",             # share of the question's words that no article has
    "word_count",         # ln(1 + how many words the question has)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: its place, its words, those of it with the article's title
    and the sentence before, its signals and probability."""

    article: Article
    span: Span
    hit_place: int
    words: frozenset[str]
    context: frozenset[str]
    signals: tuple[float, ...]
    probability: float

    @property
    def text(self) -> str:
        """The sentence as it stands."""
        return self.article.text[self.span[0] : self.span[1]]


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model:
    probability = 1 / (1 + exp(−z)), z = bias + Σ weight · (signal − mean) / scale."""

    signals: tuple[str, ...]
    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    bias: float

    def probability(self, values: Sequence[float]) -> float:
        """Signals, in order → 0…1. Raises ValueError where their number is another."""
        rows = zip(values, self.means, self.scales, self.weights, strict=True)
        total = self.bias + sum(w * (v - m) / s for v, m, s, w in rows)
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, total))))


@dataclass(frozen=True, slots=True)
class AnswerModel:
    """Both models and the probability from which a question counts as answered."""

    sentence: Logistic
    answer: Logistic
    threshold: float


@cache
def answer_model() -> AnswerModel:
    """The fitted model that comes with the package."""
    data = json.loads((Path(__file__).parent / "static" / "answer_model.json").read_text())

    def logistic(name: str, signals: tuple[str, ...]) -> Logistic:
        part = data[name]
        if tuple(part["signals"]) != signals:
            raise AssertionError(f"{name} was fitted to other signals; train it again.")
        weights, means, scales = (tuple(part[key]) for key in ("weights", "means", "scales"))
        return Logistic(signals, weights, means, scales, part["bias"])

    return AnswerModel(
        logistic("sentence", SENTENCE_SIGNALS),
        logistic("answer", ANSWER_SIGNALS),
        data["threshold"],
    )


def answer(
    snapshot: Snapshot,
    question: Question,
    vector: Vectors,
    hits: Sequence[Hit],
    embed: Callable[[Sequence[str]], Vectors],
) -> Answer:
    """The question's hits → its answer: one to four sentences, or ``not_found``.

    ``vector`` is the question's, of shape (dim,); ``embed`` gives the vectors of sentences,
    float32 of shape (n, dim), rows of unit length.
    """
    model = answer_model()
    found = candidates(snapshot, question, vector, hits, embed)
    signals = answer_signals(snapshot, question, hits, found)
    confidence = model.answer.probability(signals) if found else 0.0
    answered = confidence >= model.threshold
    chosen = _in_reading_order(_choose(question, found)) if answered else []
    citations = Citations()
    sentences = tuple(
        AnswerSentence(c.text, (citations.number(c.article, c.span),)) for c in chosen
    )
    return Answer(
        question=question.text,
        searched_for=question.text,
        filters=Filters(),
        status="answered" if answered else "not_found",
        sentences=sentences,
        citations=citations.all(),
        hits=tuple(hits),
        missing=() if answered else _missing(snapshot, question),
        as_of=_newest(c.published for c in citations.all()),
        confidence=round(confidence, 4),
        method="extractive",
        generation=snapshot.generation,
    )


# --- signals ----------------------------------------------------------------------------------


def candidates(
    snapshot: Snapshot,
    question: Question,
    vector: Vectors,
    hits: Sequence[Hit],
    embed: Callable[[Sequence[str]], Vectors],
) -> list[Candidate]:
    """The sentences of the best hits, each with its signals, the most probable first."""
    places = _sentences_of(snapshot, hits)
    if not places:
        return []
    rarity = _rarity(snapshot, question.words)
    texts = [article.text[start:end] for article, (start, end), _, _ in places]
    cosines = embed(texts) @ vector
    model = answer_model().sentence
    found = []
    for (article, span, before, place), text, cosine in zip(places, texts, cosines, strict=True):
        words = terms(text)
        here = frozenset(words)
        context = here | set(terms(article.title)) | set(terms(before))
        hit = hits[place]
        signals = (
            float(cosine),
            _overlap(rarity, here),
            _overlap(rarity, context),
            _pairs(question, words),
            hit.score,
            hit.cosine or 0.0,
            float(span[0] == 0 and text == article.title),
            float(not text.endswith((".", "!", "?", '"', "”", "’", "'", ")", "»"))),
            math.log(len(text)),
            _figure_wanted(question, text),
            _name_wanted(question, text),
        )
        found.append(
            Candidate(article, span, place, here, context, signals, model.probability(signals))
        )
    return sorted(found, key=lambda c: (-c.probability, c.hit_place, c.span))


def _sentences_of(snapshot: Snapshot, hits: Sequence[Hit]) -> list[tuple[Article, Span, str, int]]:
    """(article, span, the sentence before, place of the hit) of the best hits' sentences."""
    found: dict[tuple[str, Span], tuple[Article, Span, str, int]] = {}
    for place, hit in enumerate(hits):
        article = snapshot.article(hit.chunk.article_id)
        before = ""
        for start, end in sentence_spans(article.text):
            inside = hit.chunk.start <= start and end <= hit.chunk.end
            text = article.text[start:end]
            if inside and len(text.split()) >= _SHORTEST_WORDS:
                found.setdefault((article.id, (start, end)), (article, (start, end), before, place))
            before = text
        if len(found) >= _CANDIDATE_SENTENCES:
            break
    return list(found.values())[:_CANDIDATE_SENTENCES]


def answer_signals(
    snapshot: Snapshot,
    question: Question,
    hits: Sequence[Hit],
    found: Sequence[Candidate],
) -> tuple[float, ...]:
    """What the second model sees; see ``ANSWER_SIGNALS``."""
    rarity = _rarity(snapshot, question.words)
    absent = [t for t in question.words if not snapshot.lexical.chunk_count_with(t)]
    hit_words = [_hit_words(snapshot, hit) for hit in hits]
    together = frozenset[str]().union(*hit_words[:3])

    def highest(place: int) -> float:
        return max((c.signals[place] for c in found), default=0.0)

    return (
        max((c.probability for c in found), default=0.0),
        *(highest(place) for place in range(4)),
        *_names_and_others(question, rarity, found),
        max((hit.cosine or 0.0 for hit in hits), default=0.0),
        max((hit.bm25 or 0.0 for hit in hits), default=0.0) / _perfect_bm25(snapshot, question),
        max((_overlap(rarity, words) for words in hit_words), default=0.0),
        _overlap(rarity, together),
        _overlap(rarity, frozenset(absent)),
        math.log(1 + len(question.words)),
    )


def _names_and_others(
    question: Question, rarity: dict[str, float], found: Sequence[Candidate]
) -> tuple[float, float]:
    """The shares of the question's names and of its other words in the candidate, with its
    context, that has most of them; for a question without names, or of names only, the share
    of all stands for what is not there."""
    here = max((c.context for c in found), key=lambda w: _overlap(rarity, w), default=frozenset())
    names = {t: rarity[t] for t, word in question.words.items() if word[0].isupper()}
    others = {t: rarity[t] for t in question.words if t not in names}
    return _overlap(names or rarity, here), _overlap(others or rarity, here)


def _perfect_bm25(snapshot: Snapshot, question: Question) -> float:
    """What BM25 gives a text that has every word very often: idf · (k1 + 1), k1 = 1.2."""
    return 2.2 * sum(_rarity(snapshot, set(question.terms)).values()) or 1.0


def _hit_words(snapshot: Snapshot, hit: Hit) -> frozenset[str]:
    article = snapshot.article(hit.chunk.article_id)
    text = article.text[hit.chunk.start : hit.chunk.end]
    return frozenset(terms(f"{article.title} {article.source} {text}"))


def _rarity(snapshot: Snapshot, words: Iterable[str]) -> dict[str, float]:
    """Terms → their inverse document frequency over chunks, as in BM25
    (Robertson & Zaragoza 2009, equation 3.4, with 1 added so that none is negative).
    """
    count = snapshot.lexical.count
    rarity = {}
    for term in words:
        having = snapshot.lexical.chunk_count_with(term)
        rarity[term] = math.log(1 + (count - having + 0.5) / (having + 0.5))
    return rarity


def _overlap(rarity: dict[str, float], here: Iterable[str]) -> float:
    """The share, by rarity, of the question's words that are here; 0 without any word."""
    total = sum(rarity.values())
    return sum(rarity[t] for t in set(here) & rarity.keys()) / total if total else 0.0


def _pairs(question: Question, words: Sequence[str]) -> float:
    """The share of the question's neighbouring words that stand within four words here."""
    wanted = list(question.words)
    pairs = list(pairwise(wanted))
    if not pairs:
        return 0.0
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    near = sum(
        any(abs(i - j) <= 4 for i in places.get(a, ()) for j in places.get(b, ())) for a, b in pairs
    )
    return near / len(pairs)


_FIGURE = re.compile(
    r"\b(how (?:many|much|long|old|far|big|large|high|often|tall|fast|wide|deep)|when|"
    r"(?:what|which|in which|in what) (?:year|date|day|month|time|percentage|number|share))\b",
    re.IGNORECASE,
)
_DIGIT_OR_NUMBER = re.compile(
    r"\d|\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|"
    r"million|billion|half|twice|january|february|march|april|june|july|august|september|"
    r"october|november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"\b(who|whom|whose|which (?:person|company|team|club|country))\b", re.IGNORECASE)
_NAME = re.compile(r"(?<!^)(?<![.!?“\"] )\b[A-Z][\w’'-]+")


def _figure_wanted(question: Question, text: str) -> float:
    if not _FIGURE.search(question.text):
        return 0.0
    return 1.0 if _DIGIT_OR_NUMBER.search(text) else -1.0


def _name_wanted(question: Question, text: str) -> float:
    if not _WHO.search(question.text):
        return 0.0
    asked = set(question.terms)
    names = (m.group() for m in _NAME.finditer(text))
    return 1.0 if any(not asked.issuperset(terms(name)) for name in names) else -1.0


# --- choosing ---------------------------------------------------------------------------------


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
        least = found[0].probability * (0.3 if new else 0.6)
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
    counts = []
    for term, word in question.words.items():
        ids = [number for number, _ in snapshot.lexical.search([term], _COUNTED_CHUNKS)]
        articles = {chunk.article_id for chunk in snapshot.chunks(ids).values()}
        counts.append(Missing(word, len(articles)))
    return tuple(sorted(counts, key=lambda m: m.article_count))


def _newest(days: Iterable[Published]) -> Published:
    dated = [day for day in days if day is not None]
    return max(dated, key=lambda d: (d.isoformat()[:10], d.isoformat()), default=None)
