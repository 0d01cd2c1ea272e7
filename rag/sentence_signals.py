"""A question and its hits → the sentences that may answer it, each with its signals.

Signals are numbers; what they are worth is learned, see ``sentence_model``. They compare a sentence
with the question and with the other sentences found, and say nothing of where in which kind of
article it stands: what describes a collection would be learned of the collections at hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.asked_kinds import Asked, Expected, read_asked
from rag.chunking import Span, sentence_spans
from rag.comprehension import UNREAD, Passage, SentenceReading
from rag.expected_answers import expected_spans
from rag.index import Snapshot
from rag.lexical import terms
from rag.lines import word_count
from rag.query import WORD, Question
from rag.records import Article, Chunk, Hit


class Read(Protocol):
    """A question and passages → what is made of each sentence, see ``ReadingModel.read``."""

    def __call__(
        self, question: str, passages: Sequence[Passage], /
    ) -> list[list[SentenceReading]]:
        """For each passage, for each of its sentences."""
        ...


Matrix = npt.NDArray[np.float64]

READ_HITS = 5
"""Hits whose sentences are looked at; together they cost some 13 questions' embedding."""
_MOST_SENTENCES = 80
_SHORTEST_WORDS = 4
_LEAST_SCORE = 1e-4
_NEAR_CHARACTERS = 20  # between a span that may answer and a word of the question, halves "close"

SENTENCE_SIGNALS = (
    # what reading it with the question says, see ``comprehension.SentenceReading``
    "reading",
    "reading_span",
    # words
    "overlap",          # share of the question's words here, weighted by rarity
    "context_overlap",  # the same with the article's title and the paragraph's sentence before
    "part_overlap",     # the overlap with the part of the question that fits best
    "word_share",       # share of the question's words here, each counted alike
    "name_share",       # share of its names here
    "pairs",            # share of its neighbouring words within four words here
    # of the chunk
    "hit_log_odds",     # against the best one: ln of its score
    "hit_cosine",
    # of the sentence by itself
    "headline",         # 1 for the article's title
    "open_end",         # 1 where no full stop, question mark or quotation mark ends it
    "log_length",       # ln of its characters
    # of what is asked for
    "expected",         # 1 with a span of the kind asked for, −1 without, 0 where there is no kind
    "expected_certain", # 1 with one whose form alone says so
    "expected_close",   # 0…1, how near to a word of the question
    "agreement",        # ln(1 + how many other articles' sentences have such a span)
    # to the best of all sentences
    "reading_gap",
    "reading_span_gap",
    "overlap_gap",
    "word_share_gap",
    # of the question
    "asks_other",       # 1 where it asks for none of the known kinds
    "asks_who",
    "asks_where",
    "question_words",   # ln(1 + how many it has)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may answer: its place and that of the sentence before it (None where that is
    the title or there is none), its hit's place in the list from 0, and its terms. ``expected`` are
    the spans in it of the kind asked for.
    """

    article: Article
    span: Span
    before: Span | None
    hit_place: int
    words: tuple[str, ...]
    expected: tuple[Expected, ...]

    @property
    def text(self) -> str:
        """The sentence as it stands."""
        return self.article.text[self.span[0] : self.span[1]]

    @property
    def answers(self) -> list[tuple[str, ...]]:
        """The terms of each span of the kind asked for."""
        text = self.text
        return [tuple(terms(text[span.start : span.end])) for span in self.expected]


def sentences_of(snapshot: Snapshot, question: Question, hits: Sequence[Hit]) -> list[Sentence]:
    """The sentences of the best hits, in the hits' order, each once."""
    asked = _asked(question)
    found: dict[tuple[str, Span], Sentence] = {}
    for place, hit in enumerate(hits[:READ_HITS]):
        article = snapshot.article(hit.chunk.article_id)
        before: Span | None = None
        for start, end in sentence_spans(article.text):
            text = article.text[start:end]
            inside = hit.chunk.start <= start and end <= hit.chunk.end
            new = (article.id, (start, end)) not in found
            if inside and new and word_count(text) >= _SHORTEST_WORDS:
                expected = tuple(span for each in asked for span in expected_spans(each, text))
                found[article.id, (start, end)] = Sentence(
                    article, (start, end), before, place, tuple(terms(text)), expected
                )
            before = None if text == article.title else (start, end)
    return list(found.values())[:_MOST_SENTENCES]


def _asked(question: Question) -> list[Asked]:
    return [read_asked(text) for text in [part.text for part in question.parts] or [question.text]]


def readings_of(
    question: Question, hits: Sequence[Hit], found: Sequence[Sentence], read: Read
) -> list[SentenceReading]:
    """What is made of each sentence, read with the question in the chunk it was first found in."""
    places: list[list[int]] = []
    passages = []
    for hit_place, hit in enumerate(hits[:READ_HITS]):
        here = [place for place, s in enumerate(found) if s.hit_place == hit_place]
        if here:
            places.append(here)
            passages.append(passage_of(hit.chunk, [found[place] for place in here]))
    result = [UNREAD] * len(found)
    for here, readings in zip(places, read(question.text, passages), strict=True):
        for place, reading in zip(here, readings, strict=True):
            result[place] = reading
    return result


def passage_of(chunk: Chunk, found: Sequence[Sentence]) -> Passage:
    """A chunk, headed by its article's source and title, with those sentences in it."""
    article, start = found[0].article, chunk.start
    head = f"{article.source}: {article.title}" if article.source else article.title
    spans = tuple((s.span[0] - start, s.span[1] - start) for s in found)
    return Passage(head, article.text[start : chunk.end], spans)


def sentence_signals(
    snapshot: Snapshot,
    question: Question,
    hits: Sequence[Hit],
    found: Sequence[Sentence],
    readings: Sequence[SentenceReading],
) -> Matrix:
    """float64 of shape (sentences, signals), see ``SENTENCE_SIGNALS``."""
    rarity = rarities(snapshot, question.words)
    asked = _asked(question)
    kinds = {each.kind for each in asked}
    holders = _holders(found)
    names = set(question.names)
    pairs = list(pairwise(question.words))
    rows = []
    for sentence, reading in zip(found, readings, strict=True):
        here = set(sentence.words)
        parts = [
            overlap({w: rarity[w] for w in p.words if w in rarity}, here) for p in question.parts
        ]
        hit = hits[sentence.hit_place]
        text = sentence.text
        rows.append(
            {
                "reading": reading.odds,
                "reading_span": reading.span_odds,
                "overlap": overlap(rarity, here),
                "context_overlap": overlap(rarity, here | _context(sentence)),
                "part_overlap": max(parts, default=overlap(rarity, here)),
                "word_share": _share(question.words, here),
                "name_share": _share(names, here),
                "pairs": near_pairs(pairs, sentence.words),
                "hit_log_odds": math.log(max(hit.score, _LEAST_SCORE)),
                "hit_cosine": hit.cosine or 0.0,
                "headline": float(sentence.span[0] == 0 and text == sentence.article.title),
                "open_end": float(not text.endswith((".", "!", "?", '"', "”", "’", "'", ")", "»"))),
                "log_length": math.log(len(text)),
                **_expected(asked, sentence, question),
                "agreement": _agreement(sentence, holders),
                "asks_other": float(kinds == {"other"}),
                "asks_who": float("person or body" in kinds),
                "asks_where": float("place" in kinds),
                "question_words": math.log(1 + len(question.words)),
            }
        )
    for name in ("reading", "reading_span", "overlap", "word_share"):
        best = max((row[name] for row in rows), default=0.0)
        for row in rows:
            row[f"{name}_gap"] = row[name] - best
    values = [[row[name] for name in SENTENCE_SIGNALS] for row in rows]
    return np.array(values, dtype=np.float64).reshape(len(rows), len(SENTENCE_SIGNALS))


def _context(sentence: Sentence) -> set[str]:
    words = set(terms(sentence.article.title))
    if sentence.before:
        text = sentence.article.text[sentence.before[0] : sentence.span[0]]
        words |= set(terms(text)) if "\n" not in text else set()
    return words


def _expected(asked: Sequence[Asked], sentence: Sentence, question: Question) -> dict[str, float]:
    spans, text = sentence.expected, sentence.text
    if not spans:
        sought = any(each.kind != "other" for each in asked)
        return {"expected": -float(sought), "expected_certain": 0.0, "expected_close": 0.0}
    places = [
        m.start()
        for m in WORD.finditer(text)
        if not question.words.keys().isdisjoint(terms(m.group()))
    ]
    nearest = min((abs(span.start - place) for span in spans for place in places), default=10**6)
    return {
        "expected": 1.0,
        "expected_certain": float(any(span.certain for span in spans)),
        "expected_close": _NEAR_CHARACTERS / (_NEAR_CHARACTERS + nearest),
    }


def _holders(found: Sequence[Sentence]) -> dict[tuple[str, ...], set[str]]:
    """What may answer → the articles whose sentences have it."""
    holders: dict[tuple[str, ...], set[str]] = {}
    for sentence in found:
        for answer in sentence.answers:
            holders.setdefault(answer, set()).add(sentence.article.id)
    return holders


def _agreement(sentence: Sentence, holders: dict[tuple[str, ...], set[str]]) -> float:
    others = [len(holders[answer] - {sentence.article.id}) for answer in sentence.answers]
    return math.log(1 + max(others, default=0))


def rarities(snapshot: Snapshot, words: Iterable[str]) -> dict[str, float]:
    """Terms → their inverse document frequency over chunks, as in BM25
    (Robertson & Zaragoza 2009, equation 3.4, with 1 added so that none is negative).
    """
    count = snapshot.lexical.count
    rarity = {}
    for term in words:
        having = snapshot.lexical.chunk_count_with(term)
        rarity[term] = math.log(1 + (count - having + 0.5) / (having + 0.5))
    return rarity


def overlap(rarity: dict[str, float], here: Iterable[str]) -> float:
    """The share, by rarity, of the words that are here; 0 without any word."""
    total = sum(rarity.values())
    return sum(rarity[t] for t in set(here) & rarity.keys()) / total if total else 0.0


def _share(wanted: Iterable[str], here: set[str]) -> float:
    wanted = set(wanted)
    return len(wanted & here) / len(wanted) if wanted else 0.0


def near_pairs(pairs: Sequence[tuple[str, str]], words: Sequence[str]) -> float:
    """The share of pairs of terms that stand within four words here."""
    if not pairs:
        return 0.0
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    near = sum(
        any(abs(i - j) <= 4 for i in places.get(a, ()) for j in places.get(b, ())) for a, b in pairs
    )
    return near / len(pairs)
