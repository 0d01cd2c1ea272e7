"""Words → the chunks that have them, by BM25 in tantivy.

Title, source and text of a chunk stand in one field: as fields of their own with added scores
they ranked clearly worse. A question's word counts once, however often the question repeats it.
``terms`` is the one definition of a word for search and for sentence scores: lower case, Latin
letters without diacritics and stemmed as English, which leaves other scripts as they are. Scripts
that part no words, and Korean, whose particles stick to its words, go by overlapping pairs of
characters, as in Lucene's CJKAnalyzer. Nothing here knows a text's language.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

_ANALYZER = "broadsheet_en"
_FIELD = "words"
_HEAP_BYTES = 64 << 20
_FEW, _MANY = 10_000, 100_000  # numbers that a query names, at once or where it has to
_LEAST_DEPTH, _DEEPER = 400, 8  # how far a list of all is read for those among many
# From so many texts on, words that a larger share of them has are not searched for.
_LARGE, _COMMON_SHARE = 100_000, 0.3
_LONGEST_TERM = 60  # bytes of UTF-8; longer "words" are encoded data

# Characters of scripts written without spaces (Thai, Lao, Burmese, Khmer, Chinese, Japanese) and of
# Korean, each with the marks that stand on it.
_UNSPACED = (
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1050-\u1055\u1780-\u17b3\u3005-\u3007\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u1100-\u11ff\u3131-\u318e\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9d\U00020000-\U000323af"
)
_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e"
    "\u1056-\u1059\u17b4-\u17d3\u3099\u309a\uff9e\uff9f"
)
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}][{_MARKS}]*")
_UNSPACED_RUN = re.compile(f"(?:[{_UNSPACED}][{_MARKS}]*)+")


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    return (
        # Digits keep their inner points and commas, words their inner apostrophes are cut:
        # "2.5 million" is one number, "Putin's" is "putin".
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\w+"))
        .filter(tantivy.Filter.remove_long(_LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


@cache
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=False, indexed=True, fast=True)
    builder.add_text_field(_FIELD, stored=False, tokenizer_name=_ANALYZER)
    return builder.build()


def _spaced(text: str) -> str:
    """A text → the same with a space between its words, for the analyzer, which cannot overlap.

    Runs of characters without spaces become their pairs (東京都 → "東京 京都"); a character by
    itself stays. The dotted capital İ loses its dot: lower case would make two characters of it.
    """
    if text.isascii():
        return text
    return _UNSPACED_RUN.sub(_pairs, text.replace("İ", "I"))


def _pairs(run: re.Match[str]) -> str:
    characters = _UNSPACED_CHARACTER.findall(run[0])
    pairs = [first + second for first, second in pairwise(characters)] or characters
    return f" {' '.join(pairs)} "


# Where Python's \w is the analyzer's: to the Latin letters' end, without the figures ² ³ ¹ ¼ ½ ¾,
# and the punctuation and currency signs of every newspaper.
_PLAIN = re.compile(
    r"[\x00-\xb1\xb4-\xb8\xba\xbb\xbf-\u02ff\u2010-\u2027\u2030-\u203e\u20a0-\u20bf]*"
)
_PLAIN_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|\w+")


def terms(text: str) -> list[str]:
    """Text → its words as searched for, in order, repeats kept."""
    if not _PLAIN.fullmatch(text):
        found: list[str] = _analyzer().analyze(_spaced(text))
        return found
    words: list[str] = _PLAIN_WORD.findall(text)
    # Most words of an article were seen before: a fifth of the analyzer's time.
    known = _KNOWN
    try:
        return [term for word in words for term in known[word]]
    except KeyError:
        known = _learnt(words)
        return [term for word in words for term in known[word]]


_KNOWN: dict[str, tuple[str, ...]] = {}
_MOST_KNOWN = 200_000


def _learnt(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Words, each one for the analyzer too → the terms of each, kept for later."""
    known = {word: _KNOWN.get(word) for word in words}
    new = [word for word, found in known.items() if found is None]
    # In one call: by itself each takes five times as long. None is left out but what is too long.
    found = _analyzer().analyze(_spaced(" ".join(new)))
    each = (
        [(term,) for term in found]
        if len(found) == len(new)
        else [tuple(_analyzer().analyze(_spaced(word))) for word in new]
    )
    learnt = dict(zip(new, each, strict=True))
    if len(_KNOWN) + len(learnt) > _MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN.update(learnt)
    return {word: terms for word, terms in known.items() if terms is not None} | learnt


def _phrase_query(words: Sequence[str]) -> tantivy.Query:
    if len(words) == 1:
        return tantivy.Query.term_query(_schema(), _FIELD, words[0], "freq")
    return tantivy.Query.phrase_query(_schema(), _FIELD, list(words))


def _one_of(numbers: Iterable[int]) -> tantivy.Query:
    return tantivy.Query.term_set_query(_schema(), "id", sorted(map(int, numbers)))


def one_letter_apart(one: str, other: str) -> bool:
    """Whether a letter is left out, put in, exchanged or swapped with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    same = next(
        (i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None
    )
    if same is None:  # one is the other with a letter behind
        return True
    rest, rest_of_other = one[same:], other[same:]
    return (
        rest[1:] == rest_of_other[1:]
        or rest[1:] == rest_of_other
        or rest == rest_of_other[1:]
        or (rest[:2] == rest_of_other[1::-1] and rest[2:] == rest_of_other[2:])
    )


def telling(words: Iterable[str], count: int, chunk_count_with: Callable[[str], int]) -> list[str]:
    """The words that are searched for, sorted: among ``count`` texts, where they are many, without
    those that stand nearly everywhere and those that no text has, unless there are no others. The
    first tell little and cost the most. With phrases all are, for one may consist of such words.
    """
    every = sorted(set(words))
    if count < _LARGE:
        return every
    most = _COMMON_SHARE * count
    return [word for word in every if 0 < chunk_count_with(word) <= most] or every


@contextmanager
def _system_errors(folder: Path | None) -> Iterator[None]:
    """Tantivy tells the system's errors in words, as ValueErrors; each becomes an OSError again."""
    try:
        yield
    except ValueError as error:
        found = re.search(r"os error (\d+)|Os \{ code: (\d+)", str(error))
        if found is None:
            raise
        number = int(found[1] or found[2])
        raise OSError(number, os.strerror(number), str(folder)) from error


class LexicalIndex:
    """Numbered texts, searched by BM25. ``folder`` None keeps it in memory."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYZER, _analyzer())
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def from_texts(cls, texts: Iterable[tuple[int, str]], folder: Path | None) -> LexicalIndex:
        """(number, text) pairs → an index; ``folder`` must exist and be empty.

        Raises OSError where it cannot be written.
        """
        with _system_errors(folder):
            return cls._from_texts(texts, folder)

    @classmethod
    def _from_texts(cls, texts: Iterable[tuple[int, str]], folder: Path | None) -> LexicalIndex:
        index = tantivy.Index(_schema(), path=None if folder is None else str(folder))
        index.register_tokenizer(_ANALYZER, _analyzer())
        # One thread: the same texts give the same segments, so the same order of equal scores.
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for number, text in texts:
            document = tantivy.Document()
            document.add_integer("id", number)
            document.add_text(_FIELD, _spaced(text))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return cls(index)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """A folder that ``from_texts`` wrote → the index. Raises ValueError where it is none."""
        return cls(tantivy.Index.open(str(folder)))

    def search(
        self,
        words: Iterable[str],
        count: int,
        *,
        phrases: Iterable[Sequence[str]] = (),
        only: Collection[int] | npt.NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """Terms → at most ``count`` (number, BM25), the highest first, equal ones by number.

        Of texts that have all ``phrases`` (each its terms in a row), and among the numbers in
        ``only``, where that is given; neither changes a score.
        """
        phrases = [phrase for phrase in phrases if phrase]
        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(_schema(), _FIELD, word, "freq"))
            for word in (
                sorted(set(words)) if phrases else telling(words, self.count, self.chunk_count_with)
            )
        ]
        if not parts or not self._searcher.num_docs or (only is not None and not len(only)):
            return []
        musts = [_phrase_query(phrase) for phrase in phrases]
        if only is None:
            return self._best(parts, musts, count)
        if len(only) <= _FEW:
            return self._best(parts, [*musts, _one_of(only)], count)
        # To name so many costs more than to look further down in the list of all.
        allowed = np.sort(only if isinstance(only, np.ndarray) else np.array([*only], np.int64))
        depth = max(_LEAST_DEPTH, 2 * count * self.count // len(only))
        while True:
            found = self._best(parts, musts, depth)
            numbers = np.array([number for number, _ in found], dtype=np.int64)
            places = np.minimum(np.searchsorted(allowed, numbers), len(allowed) - 1)
            kept = [found[place] for place in np.flatnonzero(allowed[places] == numbers)]
            if len(kept) >= count or len(found) < depth:
                return kept[:count]
            if len(allowed) <= _MANY:  # they lie away from these words
                return self._best(parts, [*musts, _one_of(allowed)], count)
            depth *= _DEEPER

    def _best(
        self,
        parts: list[tuple[tantivy.Occur, tantivy.Query]],
        musts: list[tantivy.Query],
        count: int,
    ) -> list[tuple[int, float]]:
        query = tantivy.Query.boolean_query(parts)
        if musts:
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query)]
                + [(tantivy.Occur.Must, tantivy.Query.const_score_query(m, 0.0)) for m in musts]
            )
        found = self._searcher.search(query, limit=count).hits
        numbers = self._searcher.fast_field_values("id", [address for _, address in found])
        # Every document was given a number, so none is None.
        pairs = [(int(n or 0), float(s)) for n, (s, _) in zip(numbers, found, strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def chunk_count_with(self, word: str) -> int:
        """How many chunks have the term."""
        return int(self._searcher.doc_freq(_FIELD, word))

    def has_similar(self, word: str) -> bool:
        """Whether a text has the term or, from five letters on, one that differs by a letter left
        out, put in, exchanged or swapped, or that begins with the same five letters: how a name
        was mistyped, transliterated or derived ("Ukrainian", "Ukraine").
        """
        if self.chunk_count_with(word):
            return True
        if len(word) < 5 or not self.count:
            return False
        query = tantivy.Query.fuzzy_term_query(_schema(), _FIELD, word, distance=1)
        return bool(
            self._searcher.search(query, limit=1).hits
            or self._searcher.terms_with_prefix(_FIELD, word[:5], limit=1)
        )

    def similar_terms(self, word: str) -> list[str]:
        """The terms with the same first letter that differ from a term by a letter left out, put
        in, exchanged or swapped with its neighbour; the most frequent first.
        """
        known = self._searcher.terms_with_prefix(_FIELD, word[:1])
        return [term for term, _ in known if one_letter_apart(word, term)]

    @property
    def count(self) -> int:
        """How many texts there are."""
        return int(self._searcher.num_docs)
