"""Dense search is exact and refuses what is not its file."""

from __future__ import annotations

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rag.vectors
from rag.errors import IndexDamaged
from rag.vectors import VectorIndex


def unit(count: int, dimension: int = 16, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_search_agrees_with_brute_force() -> None:
    rows, ids = unit(200), np.arange(200, dtype=np.int64) * 3 + 1
    found = VectorIndex.from_vectors(ids, rows).search(rows[7], 10)
    best = np.argsort(-(rows @ rows[7]))[:10]
    assert [number for number, _ in found] == (best * 3 + 1).tolist()
    np.testing.assert_allclose([s for _, s in found], (rows @ rows[7])[best], atol=1e-5)


def test_a_changed_copy_equals_one_made_anew_and_leaves_the_old_alone() -> None:
    rows, ids = unit(50), np.arange(50, dtype=np.int64)
    old = VectorIndex.from_vectors(ids[:40], rows[:40])
    before = old.to_bytes()
    new = old.changed({3, 17}, ids[40:], rows[40:])
    kept = np.array([i for i in range(50) if i not in {3, 17}])
    assert new.to_bytes() == VectorIndex.from_vectors(ids[kept], rows[kept]).to_bytes()
    assert old.to_bytes() == before


def test_empty_index_and_nan_question_find_nothing() -> None:
    empty = VectorIndex.from_vectors(np.zeros(0, dtype=np.int64), unit(0))
    assert empty.search(unit(1)[0], 5) == []
    full = VectorIndex.from_vectors(np.arange(5, dtype=np.int64), unit(5))
    assert full.search(np.full(16, np.nan, dtype=np.float32), 5) == []
    assert full.search(unit(1)[0], 5, only=np.zeros(0, dtype=np.int64)) == []
    assert full.search_all(np.full((2, 16), np.inf, dtype=np.float32), 5) == [[], []]


def test_several_questions_are_each_answered_as_alone() -> None:
    rows, ids = unit(80), np.arange(80, dtype=np.int64) + 5
    index = VectorIndex.from_vectors(ids, rows)
    asked = unit(4, seed=2)
    for found, vector in zip(index.search_all(asked, 7), asked, strict=True):
        alone = index.search(vector, 7)
        assert [number for number, _ in found] == [number for number, _ in alone]
        np.testing.assert_allclose([s for _, s in found], [s for _, s in alone], atol=1e-6)
    assert index.search_all(asked[:0], 7) == []


@given(st.sets(st.integers(0, 70)), st.integers(1, 60))
def test_search_among_some_numbers_agrees_with_brute_force(only: set[int], count: int) -> None:
    rows, ids = unit(30), np.arange(30, dtype=np.int64) * 2 + 1
    allowed = np.array(sorted(only), dtype=np.int64)
    found = VectorIndex.from_vectors(ids, rows).search(rows[3], count, only=allowed)
    scores = {int(i): float(row @ rows[3]) for i, row in zip(ids, rows, strict=True)}
    best = sorted((i for i in only if i in scores), key=lambda i: -scores[i])[:count]
    assert [number for number, _ in found] == best
    np.testing.assert_allclose([s for _, s in found], [scores[i] for i in best], atol=1e-5)


def test_a_changed_index_is_searched_and_compared_by_the_numbers_it_has_now() -> None:
    rows = unit(20)
    index = VectorIndex.from_vectors(np.arange(10, dtype=np.int64), rows[:10])
    index = index.changed([0, 4], np.arange(10, 20, dtype=np.int64), rows[10:])
    assert index.search(rows[4], 20, only=np.array([0, 4], dtype=np.int64)) == []
    found = index.cosines(np.arange(20, dtype=np.int64), rows[5:7])
    expected = rows[5:7] @ rows.T
    expected[:, [0, 4]] = -1
    np.testing.assert_allclose(found, expected, atol=1e-5)


@given(st.sets(st.integers(0, 30), max_size=15), st.lists(st.integers(-1, 35), max_size=40))
def test_cosines_are_those_of_brute_force_and_minus_one_without_a_vector(
    held: set[int], asked: list[int]
) -> None:
    rows, questions = unit(31), unit(3, seed=2)
    ids = np.array(sorted(held), dtype=np.int64)
    index = VectorIndex.from_vectors(ids, rows[ids])
    found = index.cosines(np.array(asked, dtype=np.int64), questions)
    assert (found.shape, found.dtype) == ((3, len(asked)), np.float32)
    for place, number in enumerate(asked):
        expected = questions @ rows[number] if number in held else np.full(3, -1.0)
        np.testing.assert_allclose(found[:, place], expected, atol=1e-5)


def test_another_count_or_dimension_is_refused_with_both_numbers() -> None:
    data = VectorIndex.from_vectors(np.arange(5, dtype=np.int64), unit(5)).to_bytes()
    with pytest.raises(IndexDamaged, match=r"5 vectors of dimension 16, expected 6 of 16"):
        VectorIndex.from_bytes(data, dimension=16, count=6)
    with pytest.raises(IndexDamaged):
        VectorIndex.from_bytes(data[: len(data) // 2], dimension=16, count=5)
    with pytest.raises(IndexDamaged):
        VectorIndex.from_bytes(b"", dimension=16, count=5)


# --- divided into cells -------------------------------------------------------------------------


@pytest.fixture
def divided(monkeypatch: pytest.MonkeyPatch) -> tuple[np.ndarray, np.ndarray, VectorIndex]:
    """Ids, vectors around 40 middles, and an index that is large enough to be divided."""
    monkeypatch.setattr(rag.vectors, "FLAT_LIMIT", 2_000)
    around = np.repeat(unit(40, 32, seed=3), 100, axis=0) + 0.4 * unit(4_000, 32, seed=4)
    rows = (around / np.linalg.norm(around, axis=1, keepdims=True)).astype(np.float32)
    ids = np.arange(4_000, dtype=np.int64) * 2 + 1
    return ids, rows, VectorIndex.from_vectors(ids, rows)


def recall(index: VectorIndex, ids: np.ndarray, rows: np.ndarray, asked: np.ndarray) -> float:
    shares = []
    for vector in asked:
        best = set(ids[np.argsort(-(rows @ vector))[:10]].tolist())
        shares.append(len(best & {number for number, _ in index.search(vector, 10)}) / 10)
    return float(np.mean(shares))


Divided = tuple[np.ndarray, np.ndarray, VectorIndex]


def test_many_vectors_are_divided_and_still_found(divided: Divided) -> None:
    ids, rows, index = divided
    assert index.cells == 256
    asked = rows[:200] + 0.5 * unit(200, 32, seed=9)
    assert recall(index, ids, rows, asked.astype(np.float32)) >= 0.98
    (number, cosine), *_ = index.search(rows[70], 5)
    assert number == 141
    assert cosine == pytest.approx(1, abs=1e-3)


def test_among_few_allowed_ones_a_divided_index_finds_all(divided: Divided) -> None:
    ids, rows, index = divided
    for step in (2, 40, 900):
        only = ids[5::step]
        found = index.search(rows[0], 10, only=only)
        best = only[np.argsort(-(rows[5::step] @ rows[0]))][:10]
        shared = set(best.tolist()) & {number for number, _ in found}
        assert len(shared) >= len(best) - (step == 2)
        assert {number for number, _ in found} <= set(only.tolist())
    assert index.search(rows[0], 10, only=np.array([2, 4], dtype=np.int64)) == []


def test_cosines_of_a_divided_index_are_those_of_its_vectors(divided: Divided) -> None:
    _, rows, index = divided
    asked = np.array([1, 2, 7_999, 4_001, -5, 99_999], dtype=np.int64)
    found = index.cosines(asked, rows[:3])
    expected = rows[:3] @ rows[[0, 0, 3_999, 2_000, 0, 0]].T
    expected[:, [1, 4, 5]] = -1
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_a_divided_index_comes_back_from_its_bytes(divided: Divided) -> None:
    _, rows, index = divided
    again = VectorIndex.from_bytes(index.to_bytes(), dimension=32, count=4_000)
    assert again.same_vectors(index)
    assert again.search_all(rows[:20], 10) == index.search_all(rows[:20], 10)
    with pytest.raises(IndexDamaged, match=r"4000 vectors of dimension 32, expected 4000 of 16"):
        VectorIndex.from_bytes(index.to_bytes(), dimension=16, count=4_000)


def test_a_divided_index_takes_changes_and_stays_as_it_was(divided: Divided) -> None:
    ids, rows, index = divided
    new = unit(3, 32, seed=8)
    changed = index.changed({1, 3}, np.array([9_001, 9_003, 9_005]), new)
    assert changed.search(new[1], 1)[0][0] == 9_003
    assert 1 not in {number for number, _ in changed.search(rows[0], 100)}
    assert index.search(rows[0], 1)[0][0] == 1
    assert (changed.count, index.count) == (4_001, 4_000)
    assert changed.fits(4_001, 5)
    assert not changed.fits(4_001, 1_000)  # a quarter came or went
    assert not changed.fits(1_000, 5)  # so few are compared whole
    assert not changed.fits(60_000, 5)
    anew = VectorIndex.from_vectors(
        np.concatenate([ids[2:], [9_001, 9_003, 9_005]]), np.concatenate([rows[2:], new])
    )
    assert changed.same_vectors(anew)
    assert not changed.same_vectors(index)


def test_the_same_vectors_make_the_same_divided_index(divided: Divided) -> None:
    ids, rows, index = divided
    again = VectorIndex.from_vectors(ids, rows)
    assert again.search_all(rows[:50], 10) == index.search_all(rows[:50], 10)


def test_a_filter_whose_chunks_lie_together_hides_nothing(divided: Divided) -> None:
    ids, rows, index = divided
    only = ids[300:500]  # of the third and fourth middle
    for vector in rows[1_000::300]:  # all near other ones
        best = only[np.argsort(-(rows[300:500] @ vector))[:100]]
        found = [number for number, _ in index.search(vector, 100, only=only)]
        assert len(found) == 100
        assert len(set(best.tolist()) & set(found)) >= 98


def test_copies_do_not_make_every_cell_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.vectors, "FLAT_LIMIT", 2_000)
    around = np.repeat(unit(40, 32, seed=3), 100, axis=0) + 0.4 * unit(4_000, 32, seed=4)
    rows = (around / np.linalg.norm(around, axis=1, keepdims=True)).astype(np.float32)
    rows[1::2] = rows[::2]  # each twice
    rows[3::4] = rows[::4]
    index = VectorIndex.from_vectors(np.arange(4_000, dtype=np.int64), rows)
    assert index.cells == 256
    assert index._index.nprobe < 200


def test_whole_vectors_and_divided_ones_are_known_as_the_same(divided: Divided) -> None:
    ids, rows, index = divided
    flat = faiss.IndexIDMap(faiss.IndexFlatIP(32))
    flat.add_with_ids(rows, ids)
    assert index.same_vectors(VectorIndex(flat))
    assert VectorIndex(flat).same_vectors(index)


@pytest.mark.parametrize(
    ("quantizer", "metric", "by_residual"),
    [
        (faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False),
        (faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_L2, False),
        (faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT, True),
    ],
)
def test_a_file_that_is_divided_otherwise_is_refused(
    quantizer: int, metric: int, by_residual: bool
) -> None:
    rows = unit(400)
    other = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(16), 16, 4, quantizer, metric, by_residual
    )
    other.train(rows)
    other.add(rows)
    with pytest.raises(IndexDamaged, match="divided otherwise"):
        VectorIndex.from_bytes(faiss.serialize_index(other).tobytes(), dimension=16, count=400)


def test_numbers_that_no_vector_has_are_no_filter_but_find_nothing(divided: Divided) -> None:
    _, rows, index = divided
    assert index.search(rows[0], 5, only=np.array([-5, -1], dtype=np.int64)) == []
