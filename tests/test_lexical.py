"""Words: what counts as one, and BM25 as published."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.lexical import LexicalIndex, _analyzer, terms

TEXTS = ["the ferry sank", "a ferry and a bridge and a ferry", "the bridge", "snow on the pass"]


def test_inflection_case_and_diacritics_do_not_matter() -> None:
    assert terms("Shells SHELL shell's")[:2] == ["shell", "shell"]
    assert terms("António Guterres") == terms("antonio guterres")


def test_figures_keep_their_points() -> None:
    assert terms("2.5 million of 60,000.") == ["2.5", "million", "of", "60,000"]


def test_other_spaced_scripts_are_split_and_in_lower_case() -> None:
    assert terms("Мост «Южный», сказал Мэр") == ["мост", "южный", "сказал", "мэр"]
    assert terms("Ґанок, їжак") == ["ґанок", "їжак"]
    assert terms("Η Γέφυρα") == ["η", "γέφυρα"]
    assert terms("हिन्दी में") == ["हिन्दी", "में"]
    assert terms("Über die Brücke") == terms("uber DIE brucke")
    assert terms("İstanbul") == terms("Istanbul")


def test_chinese_goes_by_pairs_of_characters_as_in_lucene() -> None:
    # The example of Lucene's CJKAnalyzer: "我是中国人" gives 我是 是中 中国 国人.
    assert terms("我是中国人") == ["我是", "是中", "中国", "国人"]
    assert terms("2023年9月，iPhone发售") == ["2023", "年", "9", "月", "iphon", "发售"]


@pytest.mark.parametrize(
    ("article", "question", "other"),
    [
        ("旧图书馆将继续开放到春天。", "图书馆何时关闭？", "霜冻毁掉了苹果。"),
        ("市議会は古い図書館を春まで開けておく。", "図書館はいつ", "りんごの大半がだめ"),
        ("アンナさんはトラックを運転した。", "トラック", "タワーに登った。"),
        ("สภาเมืองเปิดห้องสมุดเก่าต่อไป", "ห้องสมุด", "น้ำค้างแข็งทำลายแอปเปิล"),
        ("시의회는 도서관을 봄까지 연다.", "도서관", "서리 때문에 사과가"),
    ],
)
def test_a_word_amid_a_clause_without_spaces_is_found(
    article: str, question: str, other: str
) -> None:
    index = LexicalIndex.from_texts([(1, other), (2, f"Report: {article}")], None)
    assert [number for number, _ in index.search(terms(question), 5)][:1] == [2]


@given(st.text(st.characters(max_codepoint=0x0DFF, exclude_characters="İ")))
def test_scripts_with_spaces_are_left_as_they_are(text: str) -> None:
    assert terms(text) == _analyzer().analyze(text)


@given(st.text(st.sampled_from("中国人はカーメ9月a ก็ที่。도")))
def test_an_index_has_the_words_that_its_text_is_searched_by(text: str) -> None:
    index = LexicalIndex.from_texts([(1, text)], None)
    assert all(index.chunk_count_with(word) == 1 for word in terms(text))


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
