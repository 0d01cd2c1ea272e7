"""Words of a chunk → its weights in a search engine that knows nothing of BM25, and a question's.

The inner product of the two is the BM25 that tantivy gives, but that the mean length is the one of
the day when the weights were made; ``fits`` tells how long that will do. k1, b and the rounding of
lengths are tantivy's, which has the last from Lucene.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence

_K1, _B = 1.2, 0.75
_DIMENSIONS = 2**32 - 4  # Milvus takes those below 2³² - 1
_EXACT = 24
_DRIFT = 0.1  # of the mean length: it moves no weight by more than a fourteenth


def dimension_of(word: str) -> int:
    """A term → its place in sparse vectors, from 1 on. Two terms may have the same: of a million,
    one in 4,300 shares its own with another.
    """
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return 1 + int.from_bytes(digest, "little") % _DIMENSIONS


def chunk_weights(words: Sequence[str], mean_length: float) -> dict[int, float]:
    """The terms of a chunk, repeats kept → dimension → weight, between 0 and 1. One without any
    has dimension 0, which no question has: engines take no empty vector.
    """
    norm = _norm(len(words), mean_length)
    weights = {dimension_of(w): often / (often + norm) for w, often in Counter(words).items()}
    return weights or {0: 1.0}


def question_weight(having: int, count: int) -> float:
    """How much a term tells that ``having`` of ``count`` chunks have: (k1 + 1) times its idf."""
    return (_K1 + 1) * math.log(1 + (count - having + 0.5) / (having + 0.5))


def least_weight(longest: int, mean_length: float) -> float:
    """The weight of a term that stands once in a chunk of ``longest`` terms; none has less."""
    return 1 / (1 + _norm(longest, mean_length))


def fits(mean_length: float, weighed_with: float) -> bool:
    """Tells whether weights made with the one mean length still do where it is the other."""
    return abs(mean_length - weighed_with) <= _DRIFT * weighed_with


def _norm(length: int, mean_length: float) -> float:
    return _K1 * (1 - _B + _B * _rounded(length) / max(mean_length, 1.0))


def _rounded(length: int) -> int:
    """A length as it is kept in a byte: what is above 24 is cut to four binary digits."""
    above = length - _EXACT
    if above < 0:
        return length
    cut = max(above.bit_length() - 4, 0)
    return _EXACT + (above >> cut << cut)
