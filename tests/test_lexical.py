"""Words: what counts as one, and BM25 as published."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rag.lexical
from rag.lexical import _PLAIN, LexicalIndex, _analyzer, _spaced, terms

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


def by_analyzer(text: str) -> list[str]:
    """What the words of a whole text are in the index."""
    return list(_analyzer().analyze(_spaced(text)))


# Characters of which Python and the analyzer agree whether they are words.
PLAIN = [chr(n) for n in range(sys.maxunicode + 1) if _PLAIN.fullmatch(chr(n))]


def test_every_plain_character_parts_words_and_figures_as_the_analyzer_does() -> None:
    assert 700 < len(PLAIN) < 900
    texts = [f"a{c}b {c}A 1{c}2 3{c} {c}{c} _{c}_" for c in PLAIN]
    assert [terms(text) for text in texts] == [by_analyzer(text) for text in texts]


@given(st.text(st.sampled_from(PLAIN)))
def test_words_of_plain_text_are_those_of_the_analyzer(text: str) -> None:
    assert terms(text) == by_analyzer(text)


@given(st.text(st.sampled_from("aeIsS09.,'’_-İıßéÅŉĳ ²ª\u0307\u203f\u200dж東と🙂\n")))
def test_words_of_mixed_text_are_those_of_the_analyzer(text: str) -> None:
    assert terms(text) == by_analyzer(text)


@given(st.text(max_size=200))
def test_words_of_any_text_are_those_of_the_analyzer(text: str) -> None:
    assert terms(text) == by_analyzer(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.5 million", ["2.5", "million"]),
        ("Putin’s", ["putin", "s"]),
        ("İstanbul", ["istanbul"]),
        ("the naïve cafés", ["the", "naiv", "cafe"]),
        ("1,250,000.50, or 3.", ["1,250,000.50", "or", "3"]),
        ("snake_case and __name__", ["snake", "_case", "and", "__name__"]),
        ("5m² of 10€", ["5", "m", "of", "10"]),
        ("covid19 a1b", ["covid", "19", "a", "1", "b"]),
        ("x" * 61 + " ferries", ["ferri"]),
        ("é" * 30 + " " + "e" * 59, ["e" * 59]),  # of 60 bytes and of 59
    ],
)
def test_words_of_the_press_are_read_as_the_analyzer_reads_them(
    text: str, expected: list[str]
) -> None:
    assert terms(text) == expected == by_analyzer(text)


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


REPORTS = [
    "the iron bridge is closed",
    "an iron gate and a bridge",
    "the bridge of iron",
    "a bridge, iron or not: the iron bridge",
    "the ferry sank",
]


@pytest.mark.parametrize("only", [{0, 2, 4}, {3}, set(range(5)), [4, 4, 1], {0, 99}])
def test_the_numbers_allowed_are_found_with_the_scores_that_they_have_among_all(
    only: set[int],
) -> None:
    index = LexicalIndex.from_texts(enumerate(REPORTS), None)
    everything = index.search(terms("iron bridge ferry"), 10)
    assert len(everything) == 5
    expected = [(number, score) for number, score in everything if number in only]
    assert index.search(terms("iron bridge ferry"), 10, only=only) == expected
    assert index.search(terms("iron bridge ferry"), 1, only=only) == expected[:1]


def test_nothing_is_found_where_no_number_is_allowed() -> None:
    index = LexicalIndex.from_texts(enumerate(REPORTS), None)
    assert index.search(["bridg"], 10, only=[]) == []
    assert index.search(["bridg"], 10, only=[99]) == []
    assert index.search(["bridg"], 10, only=[4]) == []  # it lacks the word


@pytest.mark.parametrize(
    ("phrases", "having"),
    [
        (["iron bridge"], {0, 3}),
        (["bridge"], {0, 1, 2, 3}),
        (["Iron Bridges"], {0, 3}),  # by terms, as everything is searched
        (["the iron bridge", "or not"], {3}),
        (["bridge iron"], {3}),
        (["iron ferry"], set()),
        (["iron bridge", "ferry"], set()),
        ([], {0, 1, 2, 3}),
    ],
)
def test_a_phrase_stands_in_a_row_and_changes_no_score(
    phrases: list[str], having: set[int]
) -> None:
    index = LexicalIndex.from_texts(enumerate(REPORTS), None)
    everything = index.search(terms("iron bridge"), 10)
    found = index.search(terms("iron bridge"), 10, phrases=[terms(p) for p in phrases])
    assert found == [(number, score) for number, score in everything if number in having]
    both = index.search(terms("iron bridge"), 10, phrases=[terms(p) for p in phrases], only=[0, 4])
    assert both == [(number, score) for number, score in found if number in {0, 4}]


def test_a_phrase_without_spaces_is_found_by_its_pairs_in_a_row() -> None:
    index = LexicalIndex.from_texts(enumerate(["旧图书馆关闭", "图书和书馆", "图书馆"]), None)
    found = index.search(terms("图书馆"), 5, phrases=[terms("图书馆")])
    assert {number for number, _ in found} == {0, 2}


WORDS = st.sampled_from(["iron", "bridge", "ferry", "harbour", "frost", "council"])


@given(
    st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=12),
    st.lists(WORDS, min_size=1, max_size=3),
    st.lists(WORDS, min_size=1, max_size=3),
    st.sets(st.integers(0, 12)),
)
def test_restricted_search_is_the_whole_search_with_the_others_left_out(
    texts: list[list[str]], asked: list[str], phrase: list[str], only: set[int]
) -> None:
    index = LexicalIndex.from_texts(enumerate(map(" ".join, texts)), None)
    words, sought = terms(" ".join(asked)), terms(" ".join(phrase))
    found = index.search(words, 20, phrases=[sought], only=only)
    assert found == [
        (number, score)
        for number, score in index.search(words, 20)
        if number in only and f" {' '.join(phrase)} " in f" {' '.join(texts[number])} "
    ]


letters = st.text("abc", min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(letters, st.lists(letters, min_size=1, max_size=8))
def test_similar_terms_are_those_one_edit_away_with_the_same_first_letter(
    word: str, known: list[str]
) -> None:
    known = [
        w for w in dict.fromkeys(known) if terms(w) == [w]
    ]  # the stemmer leaves them as they are
    edits = {word[:i] + word[i + 1 :] for i in range(len(word))}
    edits |= {word[:i] + c + word[i:] for i in range(len(word) + 1) for c in "abc"}
    edits |= {word[:i] + c + word[i + 1 :] for i in range(len(word)) for c in "abc"}
    edits |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    index = LexicalIndex.from_texts(enumerate(known), None)
    expected = {w for w in known if w in edits and w != word and w[0] == word[0]}
    assert set(index.similar_terms(word)) == expected


@pytest.mark.parametrize("step", [1, 2])
def test_among_more_numbers_than_a_query_names_the_best_are_the_same(
    step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every text has the word, the shortest the highest score; the wanted ones stand last.
    count = 24_000
    texts = [(number, "bridge " + "stone " * (number // 3)) for number in range(count)]
    index = LexicalIndex.from_texts(((n, text[:900]) for n, text in texts), None)
    only = np.arange(count % step, count, step, dtype=np.int64)[-11_000:]
    every = index.search(["bridg"], count)
    wanted = set(only.tolist())
    expected = [pair for pair in every if pair[0] in wanted]
    assert len(only) > 10_000
    assert index.search(["bridg"], len(only), only=only) == expected
    few = index.search(["bridg"], 30, only=only)
    assert [score for _, score in few] == [score for _, score in expected[:30]]
    assert {number for number, _ in few} <= wanted
    assert index.search(["bridg"], 30, only=only.tolist()) == few
    # Without one of them high up, they are named.
    monkeypatch.setattr(rag.lexical, "_LEAST_DEPTH", 1)
    last = only[-10_500:]
    assert index.search(["bridg"], 1, only=last)[0][0] in set(last.tolist())


def test_in_a_large_index_words_that_stand_nearly_everywhere_are_not_searched_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [(n, "the bridge" if n == 7 else f"the river {n}") for n in range(30)]
    index = LexicalIndex.from_texts(texts, None)
    assert len(index.search(["the", "bridg"], 30)) == 30
    monkeypatch.setattr(rag.lexical, "_LARGE", 30)
    assert [number for number, _ in index.search(["the", "bridg"], 30)] == [7]
    assert len(index.search(["the"], 30)) == 30  # there is no other
    assert len(index.search(["the", "zorblatt"], 30)) == 30  # nor one that a text has
    found = index.search(["the", "river", "bridg"], 30, phrases=[["the", "river"]])
    assert len(found) == 29  # a phrase may consist of them
