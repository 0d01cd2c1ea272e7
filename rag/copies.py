"""Two articles → whether they are copies: reprinted, trimmed, retitled, lightly edited.

Two steps, each a function of the texts alone, so that what is a copy of what never depends on the
order in which articles came:

1. ``signature`` and ``bands`` find candidates: two articles that share a band. Bands can be kept in
   a table, and a new article costs as much as the candidates that it finds there.
2. ``are_copies`` decides on a pair of candidates by laying the two texts side by side.

Chains of pairs are not followed: a round-up shares much with several stories that have nothing in
common. Nothing here stores anything, reads meaning, or tells which came first.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

# Two values in a band, 64 bands: a pair of Jaccard similarity 0.33 (60 % trimmed) shares a band
# with probability 0.999, one of 0.2 with 0.93, one of 0.002 (unrelated articles) with 0.0003.
# 1 - (1 - s^rows)^bands: Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, section 3.4.2.
_BANDS = 64
_ROWS = 2

# Weights are in half words: a word weighs two, a character of a script without spaces one.
_WORD = 2
_SHINGLE = 3 * _WORD
# A longer piece between two shared ones was put in or left out; a shorter one was rewritten.
_LONGEST_EXCHANGE = 12 * _WORD
# A stock phrase or a notice of one sentence is no article.
_FEWEST_SHARED = 25 * _WORD
# Of the larger text, so that a short item does not join all the round-ups that have it.
_LOWEST_SHARE = 0.25
# Of both texts on average: articles that are half their own tell something of their own.
_MEAN_SHARE = 0.55
# Where two texts run side by side. Of 14,700 pairs of article and edit 99.9 % exchange at most 0.14
# of the words and 0.3 of the names and figures; of pairs of reports from one template, 99 %
# exchange at least 0.5 of those.
_MOST_EXCHANGED = 0.2
_MOST_FACTS_EXCHANGED = 0.3

# Thai, Lao, Burmese, Khmer, Japanese and Chinese put no spaces between words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_INSIDE = re.compile(r"(?<=[\w,;]\s)[^\W\d_]+")
_ONE_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

_Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Tokens:
    """A text as it is compared. For each token (a word, or a character of a script without spaces)
    its weight, and whether it is a fact: a figure or a name, which no reprint changes. A shingle
    begins at each token but the last ones: the place behind its last token, and its hash; ``known``
    are the different hashes in order.
    """

    weights: _Integers
    facts: npt.NDArray[np.bool_]
    ends: _Integers
    hashes: npt.NDArray[np.uint32]
    known: npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class _Side:
    """What one text has in common with another, as weights. ``shared`` stands in both, token by
    token; ``exchanged`` is what stands between two shared pieces, is short, and differs.
    """

    total: int
    shared: int
    exchanged: int
    shared_facts: int
    exchanged_facts: int


def text_key(text: str) -> bytes:
    """A text → 16 bytes that stand for all that is compared of it; empty where it has no words.

    Texts of one key are copies, and copies of the same others.
    """
    tokens = _read(text)
    if not len(tokens.hashes):
        return b""
    digest = hashlib.sha256(tokens.hashes.tobytes())
    digest.update(tokens.facts.tobytes() + tokens.weights.astype("<i8").tobytes())
    return digest.digest()[:16]


def signature(text: str) -> bytes:
    """A text → its MinHash: 512 bytes, 128 little-endian numbers of 32 bits; all bits set where the
    text has no words.

    It is of the set of all sequences of three words, or of six characters in scripts without
    spaces, regardless of case, accents, punctuation and white space. The share of equal numbers in
    two signatures estimates the Jaccard similarity of the two sets.
    """
    from datasketch import MinHash  # imports scipy: half a second

    sketch = MinHash(_BANDS * _ROWS, seed=1, hashfunc=int, scheme="affine32")
    sketch.update_batch(_read(text).known)
    return np.asarray(sketch.hashvalues, dtype="<u4").tobytes()


def bands(signature: bytes) -> list[bytes]:
    """A signature → its 64 keys of nine bytes, the first the band's number; none for no words.

    Two articles are candidates where they have a key in common.
    """
    if signature.count(255) == len(signature):
        return []
    size = len(signature) // _BANDS
    return [bytes([i]) + signature[i * size : (i + 1) * size] for i in range(_BANDS)]


def are_copies(text_a: str, text_b: str) -> bool:
    """Tells whether one text is the other, up to trimming, additions and light editing.

    Symmetric, not transitive. Two texts without words are no copies.
    """
    one, other = _read(text_a), _read(text_b)
    if not len(one.hashes) or not len(other.hashes):
        return False
    if np.array_equal(one.hashes, other.hashes):
        return True
    return _tell_the_same(_lay(one, other), _lay(other, one))


def _tell_the_same(one: _Side, other: _Side) -> bool:
    # What was exchanged has a counterpart in the other text; what has none was put in or left out.
    shared = min(one.shared, other.shared)
    exchanged = min(one.exchanged, other.exchanged)
    shared_facts = min(one.shared_facts, other.shared_facts)
    facts = min(one.exchanged_facts, other.exchanged_facts)
    shares = [side.shared / side.total for side in (one, other)]
    return (
        shared >= _FEWEST_SHARED
        and min(shares) >= _LOWEST_SHARE
        and sum(shares) / 2 >= _MEAN_SHARE
        and exchanged <= _MOST_EXCHANGED * (shared + exchanged)
        and facts <= max(_WORD, _MOST_FACTS_EXCHANGED * (shared_facts + facts))
    )


def _lay(text: _Tokens, other: _Tokens) -> _Side:
    """A text laid beside another → what the two have in common, seen from the first."""
    places = np.searchsorted(other.known, text.hashes)
    found = other.known[np.minimum(places, len(other.known) - 1)] == text.hashes
    steps = np.zeros(len(text.weights) + 1, dtype=np.int64)
    steps[: len(found)] += found
    np.add.at(steps, text.ends[found], -1)
    shared = np.cumsum(steps[:-1]) > 0
    exchanged = _between(shared, text.weights)
    facts = text.weights * text.facts
    return _Side(
        total=int(text.weights.sum()),
        shared=int(text.weights[shared].sum()),
        exchanged=int(text.weights[exchanged].sum()),
        shared_facts=int(facts[shared].sum()),
        exchanged_facts=int(facts[exchanged].sum()),
    )


def _between(shared: npt.NDArray[np.bool_], weights: _Integers) -> npt.NDArray[np.bool_]:
    """Shared tokens → the tokens of the short pieces between them."""
    edges = np.flatnonzero(np.diff(shared.astype(np.int8))) + 1
    if len(edges) and shared[0]:
        starts, ends = edges[:-1:2], edges[1::2]
    else:
        starts, ends = edges[1:-1:2], edges[2::2]
    upto = np.concatenate([[0], np.cumsum(weights)])
    short = upto[ends] - upto[starts] <= _LONGEST_EXCHANGE
    steps = np.zeros(len(shared) + 1, dtype=np.int64)
    steps[starts[short]] += 1
    steps[ends[short]] -= 1
    return np.cumsum(steps[:-1]) > 0


@lru_cache(maxsize=512)  # some 50 kB each; a new article is compared with all of its candidates
def _read(text: str) -> _Tokens:
    plain = unicodedata.normalize("NFKD", text)
    for character in set(plain):
        if unicodedata.combining(character) or character in _UNSEEN:
            plain = plain.replace(character, "")
    written = _TOKEN.findall(plain)
    words = [word.casefold() for word in written]
    # A name stands inside a sentence with a capital, and nowhere in lower case.
    lower = {word for word, as_written in zip(words, written, strict=True) if word == as_written}
    names = {word.casefold() for word in _INSIDE.findall(plain)} - lower
    facts = [word in names or not word.isalpha() for word in words]
    weights = np.full(len(words), _WORD)
    if _ONE_UNSPACED.search(plain):
        weights -= np.array([bool(_ONE_UNSPACED.match(word)) for word in words], dtype=np.int64)
    ends = _shingle_ends(weights)
    pieces = [" ".join(words[start:end]) for start, end in enumerate(ends.tolist())]
    hashes = np.array([zlib.crc32(piece.encode()) for piece in pieces], dtype=np.uint32)
    return _Tokens(weights, np.array(facts, dtype=bool), ends, hashes, np.unique(hashes))


def _shingle_ends(weights: _Integers) -> _Integers:
    """Weights of tokens → where the shingle that begins at each ends; one of all, if too few."""
    upto = np.concatenate([[0], np.cumsum(weights)])
    ends = np.searchsorted(upto, upto[:-1] + _SHINGLE)
    count = max(int((ends < len(upto)).sum()), min(1, len(weights)))
    return np.minimum(ends[:count], len(weights))
