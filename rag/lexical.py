"""Words → the chunks that have them, by BM25 in tantivy.

Title, source and text of a chunk stand in one field: as fields of their own with added scores
they ranked clearly worse. A question's word counts once, however often the question repeats it.
``terms`` is the one definition of a word for search and for sentence scores: lower case, without
diacritics, stemmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import tantivy

_ANALYZER = "broadsheet_en"
_FIELD = "words"
_HEAP_BYTES = 64 << 20
_LONGEST_TERM = 60  # characters; longer "words" are encoded data


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


def terms(text: str) -> list[str]:
    """Text → its words as searched for, in order, repeats kept."""
    found: list[str] = _analyzer().analyze(text)
    return found


class LexicalIndex:
    """Numbered texts, searched by BM25. ``folder`` None keeps it in memory."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYZER, _analyzer())
        self._index = index
        self._searcher = index.searcher()

    @classmethod
    def from_texts(cls, texts: Iterable[tuple[int, str]], folder: Path | None) -> LexicalIndex:
        """(number, text) pairs → an index; ``folder`` must exist and be empty."""
        index = tantivy.Index(_schema(), path=None if folder is None else str(folder))
        index.register_tokenizer(_ANALYZER, _analyzer())
        # One thread: the same texts give the same segments, so the same order of equal scores.
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for number, text in texts:
            document = tantivy.Document()
            document.add_integer("id", number)
            document.add_text(_FIELD, text)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return cls(index)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """A folder that ``from_texts`` wrote → the index. Raises ValueError where it is none."""
        return cls(tantivy.Index.open(str(folder)))

    def search(self, words: Iterable[str], count: int) -> list[tuple[int, float]]:
        """Terms → at most ``count`` (number, BM25), the highest first, equal ones by number."""
        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(_schema(), _FIELD, word, "freq"))
            for word in sorted(set(words))
        ]
        if not parts or not self._searcher.num_docs:
            return []
        found = self._searcher.search(tantivy.Query.boolean_query(parts), limit=count).hits
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

    @property
    def count(self) -> int:
        """How many texts there are."""
        return int(self._searcher.num_docs)
