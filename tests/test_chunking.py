"""Spans of sentences and chunks stand where they say, whatever the text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.chunking import MAX_SENTENCE_CHARACTERS, chunk_spans, sentence_spans
from rag.errors import ChunkSettingInvalid

texts = st.text(
    alphabet=st.sampled_from("ab Zé.,;?!\"'“”’()\n\t-–0123日本🙂\u00a0")
    | st.characters(codec="utf-8"),
    max_size=1500,
)


def words(text: str) -> int:
    return len(text.split())


@given(texts)
@example("He said: “It never closes. And so on.\nA new line. “Again.")
@example("word " * 300)
@example("x" * 1000)
def test_sentences_cover_the_text_in_order(text: str) -> None:
    last = 0
    for start, end in sentence_spans(text):
        assert last <= start < end <= len(text)
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        assert end - start <= MAX_SENTENCE_CHARACTERS
        last = end
    assert not text[last:].strip()


def test_an_unclosed_quotation_ends_with_its_line() -> None:
    text = "“We go on. We always did, she said.\nThe hall was full. It rained."
    found = [text[a:b] for a, b in sentence_spans(text)]
    assert found[-2:] == ["The hall was full.", "It rained."]


def test_figures_and_titles_do_not_end_a_sentence() -> None:
    text = "Dr. Aino Berg paid 3.5 million crowns. The rest followed."
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "Dr. Aino Berg paid 3.5 million crowns.",
        "The rest followed.",
    ]


def test_a_long_sentence_is_divided_at_a_clause() -> None:
    text = (
        "The list was long: " + "; ".join(f"item number {i} of the list" for i in range(30)) + "."
    )
    found = [text[a:b] for a, b in sentence_spans(text)]
    assert len(found) > 1
    assert all(part.endswith((";", ".", ":")) for part in found)


@settings(deadline=None)
@given(texts, st.integers(16, 60), st.integers(0, 15))
@example("The same. The same. The same. The same. " * 20, 16, 8)
@example("one two three\n" * 40, 16, 15)
def test_chunks_cover_every_sentence_within_the_limit(text: str, size: int, overlap: int) -> None:
    spans = chunk_spans(
        text, sentence_spans(text), words, chunk_tokens=size, overlap_tokens=overlap
    )
    last = 0
    for start, end in spans:
        assert 0 <= start < end <= len(text)
        assert words(text[start:end]) <= size
        assert not text[last:start].strip()
        last = max(last, end)
    assert not text[last:].strip()
    if overlap == 0:
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def test_neighbouring_chunks_share_what_the_overlap_allows() -> None:
    text = " ".join(f"Sentence number {i} stands here." for i in range(40))
    spans = chunk_spans(text, sentence_spans(text), words, chunk_tokens=25, overlap_tokens=10)
    shared = [words(text[b[0] : a[1]]) for a, b in itertools.pairwise(spans)]
    assert shared == [10] * len(shared)


def test_chunks_end_with_a_sentence() -> None:
    text = " ".join(f"Sentence number {i} stands here." for i in range(40))
    spans = chunk_spans(text, sentence_spans(text), words, chunk_tokens=32, overlap_tokens=0)
    assert all(text[a:b].endswith("here.") for a, b in spans)


@pytest.mark.parametrize(("size", "overlap"), [(200, 200), (200, 300), (200, -1), (8, 0)])
def test_impossible_settings_are_refused_with_the_value(size: int, overlap: int) -> None:
    with pytest.raises(ChunkSettingInvalid, match=str(overlap if size == 200 else size)):
        chunk_spans("a b", ((0, 3),), words, chunk_tokens=size, overlap_tokens=overlap)
