"""Dense search is exact and refuses what is not its file."""

from __future__ import annotations

import numpy as np
import pytest

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


def test_another_count_or_dimension_is_refused_with_both_numbers() -> None:
    data = VectorIndex.from_vectors(np.arange(5, dtype=np.int64), unit(5)).to_bytes()
    with pytest.raises(IndexDamaged, match=r"5 vectors of dimension 16, expected 6 of 16"):
        VectorIndex.from_bytes(data, dimension=16, count=6)
    with pytest.raises(IndexDamaged):
        VectorIndex.from_bytes(data[: len(data) // 2], dimension=16, count=5)
    with pytest.raises(IndexDamaged):
        VectorIndex.from_bytes(b"", dimension=16, count=5)
