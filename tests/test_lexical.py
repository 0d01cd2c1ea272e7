"""Words: what counts as one, and BM25 as published."""

from __future__ import annotations

import math
from pathlib import Path

from rag.lexical import LexicalIndex, terms

TEXTS = ["the ferry sank", "a ferry and a bridge and a ferry", "the bridge", "snow on the pass"]


def test_inflection_case_and_diacritics_do_not_matter() -> None:
    assert terms("Shells SHELL shell's")[:2] == ["shell", "shell"]
    assert terms("António Guterres") == terms("antonio guterres")


def test_figures_keep_their_points() -> None:
    assert terms("2.5 million of 60,000.") == ["2.5", "million", "of", "60,000"]


def test_scores_are_bm25() -> None:
    found = dict(LexicalIndex.from_texts(enumerate(TEXTS), None).search(["ferri"], 10))
    lengths = [len(terms(t)) for t in TEXTS]
    idf = math.log(1 + (4 - 2 + 0.5) / (2 + 0.5))
    average = sum(lengths) / 4
    for number, frequency in ((0, 1), (1, 2)):
        norm = 1.2 * (1 - 0.75 + 0.75 * lengths[number] / average)
        assert math.isclose(found[number], idf * frequency * 2.2 / (frequency + norm), rel_tol=1e-4)
    assert set(found) == {0, 1}


def test_a_word_counts_once_however_often_it_is_asked() -> None:
    index = LexicalIndex.from_texts(enumerate(TEXTS), None)
    assert index.search(terms("ferry ferry ferries bridge"), 10) == index.search(
        terms("bridge ferry"), 10
    )


def test_a_mistyped_word_is_similar_and_another_is_not() -> None:
    index = LexicalIndex.from_texts([(1, "Mayor Åkerblom spoke in Ukraine")], None)
    assert index.has_similar("akerblom")
    assert index.has_similar("akerblum")
    assert index.has_similar("akreblom")
    assert index.has_similar(terms("Ukrainian")[0])
    assert not index.has_similar("akarblum")
    assert not index.has_similar(terms("Uruguayan")[0])
    assert not index.has_similar("mayr")  # too short to tell


def test_an_index_on_disk_answers_as_one_in_memory(tmp_path: Path) -> None:
    LexicalIndex.from_texts(enumerate(TEXTS), tmp_path)
    opened = LexicalIndex.open(tmp_path)
    assert opened.count == 4
    assert opened.chunk_count_with("ferri") == 2
    assert opened.search(terms("the bridge"), 10) == LexicalIndex.from_texts(
        enumerate(TEXTS), None
    ).search(terms("the bridge"), 10)


def test_no_word_and_no_text_find_nothing() -> None:
    assert LexicalIndex.from_texts([], None).search(["ferri"], 5) == []
    assert LexicalIndex.from_texts(enumerate(TEXTS), None).search([], 5) == []
