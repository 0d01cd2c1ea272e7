"""Candidates → signals: numbers for each that tell how likely it is to hold evidence.

A matrix with a row for each candidate; what the numbers are worth is learned, see ``ranker``.
Nothing here compares more than the candidates with each other, so that the cost of a search does
not grow with the index.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rag.candidates import LIST_LENGTH, Candidates, Found, Scores
from rag.chunk_table import UNDATED, ChunkTable, Mask
from rag.index import Snapshot
from rag.lexical import terms
from rag.query import Question

Matrix = npt.NDArray[np.float64]

_RAREST = 3  # words, by which rare_coverage goes
_LIST_END = 10  # the place a list's first is compared with

HIT_SIGNALS = (
    # of the whole question
    "bm25",                 # of the chunk, its title and source; share of the best one's
    "bm25_in_list",         # 0…1 from the list's 100th to its first
    "bm25_rank",            # ln of the place among the candidates
    "cosine",
    "cosine_in_list",
    "cosine_gap",           # to the best one's
    "cosine_rank",
    "coverage",             # share of the question's words here, weighted by rarity
    "coverage_with_title",
    "title_coverage",
    "rare_coverage",        # the same of the three rarest words
    "window_40",            # highest coverage of 40 words in a row
    "window_15",
    "pairs",                # share of the question's neighbouring words within four words here
    "of_source",            # 1 of a source the question names, −1 of another, 0 it names none
    # of the part that fits best; of the whole question where it has no parts
    "part_bm25",
    "part_bm25_weighted",   # with its source and day counted
    "part_bm25_second",     # of the part that fits second best
    "part_rank",
    "part_cosine",
    "part_cosine_gap",
    "part_cosine_rank",
    "part_coverage",
    "part_both",            # BM25 and cosine added
    "part_of_source",
    # of the question; how it stands to the articles decides what the others are worth
    "word_count",
    "part_count",
    "source_count",
    "bm25_per_word",        # the best BM25 against the words' rarity
    "best_cosine",
    "bm25_lead",            # of the first before the tenth
    "cosine_lead",
)  # fmt: skip


def hit_signals(snapshot: Snapshot, question: Question, found: Candidates) -> Matrix:
    """float64 of shape (candidates, signals), see ``HIT_SIGNALS``."""
    if not len(found.numbers):
        return np.zeros((0, len(HIT_SIGNALS)))
    table = snapshot.table
    found = _with_meaning(found)
    words = _Words(snapshot, question, found)
    bm25 = found.bm25 / max(found.bm25.max(initial=0.0), 1e-9)
    best_cosine = found.cosine.max(initial=-1.0)
    count = len(found.numbers)
    columns: dict[str, Scores | float] = {
        "bm25": bm25,
        "bm25_in_list": _in_list(found.bm25, found.lexical),
        "bm25_rank": np.log(_ranks(found.bm25)),
        "cosine": found.cosine,
        "cosine_in_list": _in_list(found.cosine, found.dense),
        "cosine_gap": found.cosine - best_cosine,
        "cosine_rank": np.log(_ranks(found.cosine)),
        **words.whole(),
        "of_source": _sign(found.of_source, bool(question.sources)),
        "word_count": float(len(question.words)),
        "part_count": float(max(len(question.parts), 1)),
        "source_count": float(len(question.sources)),
        "bm25_per_word": found.bm25.max(initial=0.0) / max(words.total, 1e-9),
        "best_cosine": best_cosine,
        "bm25_lead": _lead(found.lexical, relative=True),
        "cosine_lead": _lead(found.dense, relative=False),
    }
    columns.update(
        _part_signals(table, question, found, words) if found.parts else _undivided(columns)
    )
    return np.column_stack(
        [
            np.broadcast_to(np.asarray(columns[name], dtype=np.float64), count)
            for name in HIT_SIGNALS
        ]
    )


def _with_meaning(found: Candidates) -> Candidates:
    """The same, chunks without a vector given the cosine that those have which stand where they
    stand by BM25: nothing is known of their meaning, which speaks neither for nor against them.
    """
    parts = (replace(part, cosine=_filled(part.cosine, part.bm25)) for part in found.parts)
    return replace(found, cosine=_filled(found.cosine, found.bm25), parts=tuple(parts))


def _filled(cosine: Scores, bm25: Scores) -> Scores:
    known = cosine > -1
    if known.all() or not known.any():
        return cosine
    falling = np.sort(cosine[known])[::-1]
    places = _ranks(bm25).astype(np.int64) - 1
    return np.where(known, cosine, falling[np.minimum(places, len(falling) - 1)])


def _in_list(scores: Scores, found: Found) -> Scores:
    """Scores → 0…1 between the list's 100th and its first, 0 for what is below."""
    if not found:
        return np.zeros(len(scores))
    top = found[0][1]
    # A list that ends before the 100th holds all there is; what it lacks would score 0.
    bottom = found[LIST_LENGTH - 1][1] if len(found) >= LIST_LENGTH else 0.0
    width = top - bottom
    return np.clip((scores - bottom) / width, 0, 1) if width > 0 else np.ones(len(scores))


def _ranks(scores: Scores) -> Scores:
    """Places from 1, the highest first, equal ones as they stand."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def _lead(found: Found, *, relative: bool) -> float:
    if len(found) < _LIST_END:
        return 0.0
    lead = found[0][1] - found[_LIST_END - 1][1]
    return lead / found[0][1] if relative and found[0][1] > 0 else lead


def _sign(mask: Mask, named: bool) -> Scores:
    return np.where(mask, 1.0, -1.0) if named else np.zeros(len(mask))


def day_signs(table: ChunkTable, question: Question, found: Candidates) -> Scores:
    """Of shape (n,): 1 where a candidate's article was published on a day the question names, −1
    where on another, 0 where it is undated or the question names none.
    """
    signs = _sign(found.of_day, bool(question.periods))
    return np.where(table.days[found.rows] == UNDATED, 0.0, signs)


class _Words:
    """The question's words in the candidates."""

    def __init__(self, snapshot: Snapshot, question: Question, found: Candidates) -> None:
        table = snapshot.table
        wanted = dict.fromkeys(question.words)
        wanted.update(dict.fromkeys(w for part in question.parts for w in part.words))
        self.rarity = {word: _rarity(snapshot, word) for word in wanted}
        self._wanted = list(question.words)
        self.total = sum(self.rarity[word] for word in self._wanted)
        texts = snapshot.chunk_terms(found.numbers.tolist())
        self.lengths = np.array([len(text) for text in texts], dtype=np.float64)
        self._places = [
            [(place, term) for place, term in enumerate(text) if term in self.rarity]
            for text in texts
        ]
        titles = {a: set(terms(table.titles[a])) for a in set(table.articles[found.rows].tolist())}
        self._titles = [titles[a] for a in table.articles[found.rows].tolist()]
        self._here = [{term for _, term in places} for places in self._places]

    def whole(self) -> dict[str, Scores]:
        """The signals of the whole question's words."""
        rare = sorted(self._wanted, key=lambda w: -self.rarity[w])[:_RAREST]
        pairs = list(pairwise(self._wanted))
        return {
            "coverage": self.coverage(self._wanted, with_title=False),
            "coverage_with_title": self.coverage(self._wanted, with_title=True),
            "title_coverage": self._share(self._titles, self._wanted),
            "rare_coverage": self.coverage(rare, with_title=False),
            "window_40": self._windows(40),
            "window_15": self._windows(15),
            "pairs": np.array([_pairs(pairs, places) for places in self._places]),
        }

    def coverage(self, words: Sequence[str], *, with_title: bool) -> Scores:
        """The share, by rarity, of the words that each candidate has."""
        if not with_title:
            return self._share(self._here, words)
        both = [here | title for here, title in zip(self._here, self._titles, strict=True)]
        return self._share(both, words)

    def _share(self, sets: Sequence[set[str]], words: Sequence[str]) -> Scores:
        total = sum(self.rarity[word] for word in words)
        if not total:
            return np.zeros(len(sets))
        return np.array([sum(self.rarity[w] for w in words if w in s) for s in sets]) / total

    def _windows(self, width: int) -> Scores:
        wanted = set(self._wanted)
        best = [_best_window(places, self.rarity, wanted, width) for places in self._places]
        return np.array(best) / max(self.total, 1e-9)


def _rarity(snapshot: Snapshot, word: str) -> float:
    """Inverse document frequency over chunks, as in BM25 (Robertson & Zaragoza 2009, equation
    3.4, with 1 added so that none is negative).
    """
    count, having = snapshot.lexical.count, snapshot.lexical.chunk_count_with(word)
    return math.log(1 + (count - having + 0.5) / (having + 0.5))


def _best_window(
    places: Sequence[tuple[int, str]], rarity: dict[str, float], wanted: set[str], width: int
) -> float:
    """The highest sum of rarities of different words within ``width`` words in a row."""
    best = total = 0.0
    counts: dict[str, int] = {}
    inside = [(place, term) for place, term in places if term in wanted]
    first = 0
    for place, term in inside:
        counts[term] = counts.get(term, 0) + 1
        if counts[term] == 1:
            total += rarity[term]
        while place - inside[first][0] >= width:
            left = inside[first][1]
            counts[left] -= 1
            if not counts[left]:
                total -= rarity[left]
            first += 1
        best = max(best, total)
    return best


def _pairs(pairs: Sequence[tuple[str, str]], places: Sequence[tuple[int, str]]) -> float:
    if not pairs:
        return 0.0
    at: dict[str, list[int]] = {}
    for place, term in places:
        at.setdefault(term, []).append(place)
    near = sum(any(abs(i - j) <= 4 for i in at.get(a, ()) for j in at.get(b, ())) for a, b in pairs)
    return near / len(pairs)


def _part_signals(
    table: ChunkTable, question: Question, found: Candidates, words: _Words
) -> dict[str, Scores]:
    bm25 = np.array([part.bm25 / max(part.best_bm25, 1e-9) for part in found.parts])
    raised = np.array([part.weighted_bm25 for part in found.parts])
    raised /= np.maximum(raised.max(1, initial=0, keepdims=True), 1e-9)
    cosine = np.array([part.cosine for part in found.parts])
    gaps = np.array([part.cosine - part.best_cosine for part in found.parts])
    spread = np.maximum(np.ptp(cosine, axis=1, keepdims=True), 1e-9)
    best = raised.argmax(0)
    each = np.arange(len(found.numbers))
    sources = np.array([_sign(part.of_source, part.names_source) for part in found.parts])
    coverage = [words.coverage(part.words, with_title=True) for part in question.parts]
    return {
        "part_bm25": bm25.max(0),
        "part_bm25_weighted": raised.max(0),
        "part_bm25_second": np.sort(bm25, axis=0)[-2],
        "part_rank": np.log(np.array([_ranks(row) for row in raised]).min(0)),
        "part_cosine": cosine.max(0),
        "part_cosine_gap": gaps.max(0),
        "part_cosine_rank": np.log(np.array([_ranks(row) for row in cosine]).min(0)),
        "part_coverage": np.array(coverage).max(0),
        "part_both": (bm25 + (cosine - cosine.min(1, keepdims=True)) / spread).max(0),
        "part_of_source": sources[best, each],
    }


def _undivided(columns: dict[str, Scores | float]) -> dict[str, Scores | float]:
    """What stands for the signals of parts where the question has none."""
    cosine = np.asarray(columns["cosine"])
    spread = max(float(np.ptp(cosine)), 1e-9) if len(cosine) else 1.0
    return {
        "part_bm25": columns["bm25"],
        "part_bm25_weighted": columns["bm25"],
        "part_bm25_second": columns["bm25"],
        "part_rank": columns["bm25_rank"],
        "part_cosine": columns["cosine"],
        "part_cosine_gap": columns["cosine_gap"],
        "part_cosine_rank": columns["cosine_rank"],
        "part_coverage": columns["coverage_with_title"],
        "part_both": columns["bm25"] + (cosine - cosine.min(initial=1)) / spread,
        "part_of_source": columns["of_source"],
    }
