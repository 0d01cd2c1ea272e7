"""A question and its hits → signals: numbers that tell whether a sentence, or anything, answers.

``candidates`` are the sentences of the best hits with their signals; ``answer_signals`` describe
the question's chances as a whole. What the numbers are worth is fitted, see ``confidence``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.chunking import Span, sentence_spans
from rag.confidence import answer_model
from rag.embedding import Vectors
from rag.index import Snapshot
from rag.lexical import terms
from rag.lines import word_count
from rag.query import Question
from rag.records import Article, Hit

_CANDIDATE_SENTENCES = 40  # go into the model; 40 cost about ten questions' embedding
_SHORTEST_WORDS = 4
_LEAST_SCORE = 1e-4

SENTENCE_SIGNALS = (
    "cosine",           # of question and sentence
    "overlap",          # share of the question's words here, weighted by rarity
    "context_overlap",  # the same with the article's title and the sentence before
    "pairs",            # share of the question's neighbouring words that are neighbours here
    "hit_log_odds",     # of the chunk against the best one: ln of its score
    "hit_cosine",       # of question and chunk
    "headline",         # 1 for the article's title
    "open_end",         # 1 where no full stop, question mark or quotation mark ends it
    "log_length",       # ln of its characters
    "figure_wanted",    # the question asks for a number or time: 1 with a digit, −1 without
    "name_wanted",      # it asks who: 1 with a name the question does not have, −1 without
    "reason_wanted",    # it asks why: 1 with "because", "due to" and the like, −1 without
)  # fmt: skip
ANSWER_SIGNALS = (
    "best_probability",  # of the sentences
    "best_cosine",       # highest of the sentences
    "hit_cosine",        # highest of the hits
    "hit_overlap",       # highest share of the question's words in one hit, with its title
    "word_count",        # ln(1 + how many words the question has)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: its place, words, signals and probability."""

    article: Article
    span: Span
    hit_place: int
    words: frozenset[str]
    signals: tuple[float, ...]
    probability: float

    @property
    def text(self) -> str:
        """The sentence as it stands."""
        return self.article.text[self.span[0] : self.span[1]]


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
    model = answer_model().sentence.check(SENTENCE_SIGNALS)
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
            math.log(max(hit.score, _LEAST_SCORE)),
            hit.cosine or 0.0,
            float(span[0] == 0 and text == article.title),
            float(not text.endswith((".", "!", "?", '"', "”", "’", "'", ")", "»"))),
            math.log(len(text)),
            _figure_wanted(question, text),
            _name_wanted(question, text),
            _reason_wanted(question, text),
        )
        found.append(Candidate(article, span, place, here, signals, model.probability(signals)))
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
            if inside and word_count(text) >= _SHORTEST_WORDS:
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
    """What the second model sees; see ``ANSWER_SIGNALS``.

    Five, because more of the kind (overlap and neighbouring words of the best sentence, the share
    of words that no article has, names apart from other words, normalised BM25) took weights of
    the wrong sign and refused less of a set that was left out of the training: 0.56 and 0.54
    rightly refused against 0.58.
    """
    rarity = _rarity(snapshot, question.words)
    return (
        max((c.probability for c in found), default=0.0),
        max((c.signals[0] for c in found), default=0.0),
        max((hit.cosine or 0.0 for hit in hits), default=0.0),
        max((_overlap(rarity, _hit_words(snapshot, hit)) for hit in hits), default=0.0),
        math.log(1 + len(question.words)),
    )


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


_REASON = re.compile(
    r"\b(because|since|due to|owing to|thanks to|caused|blamed?|in order to|so that|as a result|"
    r"reasons?|led to|therefore|thus)\b",
    re.IGNORECASE,
)


def _reason_wanted(question: Question, text: str) -> float:
    if not re.search(r"\b(why|reasons?|what caused|how come)\b", question.text, re.IGNORECASE):
        return 0.0
    return 1.0 if _REASON.search(text) else -1.0
