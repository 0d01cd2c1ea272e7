"""Unit vectors → the nearest of them, by FAISS; the inner product of unit vectors is their cosine.

Up to ``FLAT_LIMIT`` all are compared, and the result is exact. Of more, those are compared that lie
in the cells nearest to the question (FAISS's IVF), kept as numbers of 16 bits; how many cells is
found when the index is made, by comparing with the exact result. A served index is never changed
(an ``add`` during a search crashed the process every time it was tried); a new one is made beside
it. FAISS loads a damaged file often without an error and then answers differently, so the caller
checks the file's hash first and this module its shape.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import Any, cast

import faiss
import numpy as np
import numpy.typing as npt

from rag.errors import IndexDamaged

Ids = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float32]

FLAT_LIMIT = 100_000
"""Up to so many, comparing a question and its parts with all takes some 20 ms."""

# Of questions half-way between two vectors. Where they find so many of the exact first ten, real
# questions find 0.99 of theirs, among a hundred thousand as among a million (docs/performance.md).
_LOWEST_RECALL = 0.993
_RECALL_AT = 10
_TRIED_QUESTIONS = 400
_NUMBER_TOLERANCE, _SCORE_TOLERANCE = 1e-3, 1e-4  # what 16 bits change
_STALE_SHARE = 0.2
_TRAINED_A_CELL = 40
_TRAINING_ROUNDS = 8
_ROWS_AT_ONCE = 10_000


def cell_count(count: int) -> int:
    """How many cells so many vectors are divided into; 0 where they are not. 4·√n, as FAISS's
    guidelines have it, as a power of two: an index changed a little keeps its cells.
    """
    return 0 if count <= FLAT_LIMIT else 1 << round(math.log2(4 * math.sqrt(count)))


class VectorIndex:
    """Numbered unit vectors, searched by inner product."""

    def __init__(self, index: faiss.IndexIDMap | faiss.IndexIVFScalarQuantizer) -> None:
        self._index: Any = index  # FAISS's stubs know neither its lists nor its parameters

    @classmethod
    def from_vectors(cls, ids: Ids, vectors: Matrix) -> VectorIndex:
        """int64 of shape (n,) and float32 of shape (n, dim), rows of unit length → an index."""
        vectors = np.ascontiguousarray(vectors)
        if cells := cell_count(len(ids)):
            return cls(_divided(ids, vectors, cells))
        index = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
        if len(ids):
            index.add_with_ids(vectors, ids)
        return cls(index)

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, *, dimension: int, count: int) -> VectorIndex:
        """Bytes of ``to_bytes`` → the index.

        Raises IndexDamaged where they are none, or of another dimension or count than expected.
        """
        # A forged file of 55 bytes made FAISS touch 1 GB; what an honest one needs is known.
        faiss.set_deserialization_vector_byte_limit(max(1 << 16, 2 * count * (dimension * 4 + 8)))
        try:
            index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except (RuntimeError, MemoryError) as error:
            raise IndexDamaged(f"The vector file cannot be read: {error}") from error
        if not isinstance(index, faiss.IndexIDMap | faiss.IndexIVFScalarQuantizer) or (
            (index.d, index.ntotal) != (dimension, count)
        ):
            raise IndexDamaged(
                f"The vector file holds {index.ntotal} vectors of dimension {index.d}, "
                f"expected {count} of {dimension}."
            )
        if isinstance(index, faiss.IndexIVFScalarQuantizer) and (
            (index.sq.qtype, index.by_residual, index.metric_type, index.code_size)
            != (faiss.ScalarQuantizer.QT_fp16, False, faiss.METRIC_INNER_PRODUCT, 2 * dimension)
        ):
            raise IndexDamaged("The vector file is divided otherwise than this version does.")
        return cls(index)

    def to_bytes(self) -> memoryview:
        """The index as bytes; ``write_index`` left truncated files on a full disk unnoticed."""
        return memoryview(faiss.serialize_index(self._index))  # type: ignore[arg-type]

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def cells(self) -> int:
        """How many cells the vectors are divided into; 0 where all are compared."""
        return int(self._index.nlist) if self._is_divided else 0

    @property
    def _is_divided(self) -> bool:
        return not isinstance(self._index, faiss.IndexIDMap)

    def changed(self, removed: Collection[int], ids: Ids, vectors: Matrix) -> VectorIndex:
        """A copy without the removed numbers and with the new vectors; this one stays as it is.

        Numbers only grow and FAISS keeps the order of what stays, so an undivided copy equals an
        index made from nothing. ``fits`` says whether the copy is what so many vectors want.
        """
        index: Any = faiss.clone_index(self._index)
        if removed:
            ids_removed = np.fromiter(removed, dtype=np.int64, count=len(removed))
            index.remove_ids(faiss.IDSelectorBatch(ids_removed))
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return VectorIndex(index)

    def fits(self, count: int, changes: int) -> bool:
        """Tells whether an index of so many vectors would have these cells still, after so many of
        them came or went since they were divided: with a fifth of other vectors cells were missed.
        """
        return cell_count(count) == self.cells and (
            not self.cells or changes <= _STALE_SHARE * count
        )

    def search(
        self, vector: Matrix, count: int, *, only: Ids | None = None
    ) -> list[tuple[int, float]]:
        """float32 of shape (dim,) → at most ``count`` (number, cosine), the highest first; among
        the numbers in ``only``, where that is given.
        """
        return self.search_all(vector[None, :], count, only=only)[0]

    def search_all(
        self, vectors: Matrix, count: int, *, only: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """float32 of shape (n, dim) → a list as ``search`` gives for each."""
        # An empty index or a question that is not a number gives −1, which would cite the last
        # chunk.
        none_allowed = only is not None and (not len(only) or only.max() < 0)
        if not self.count or none_allowed or not np.isfinite(vectors).all():
            return [[] for _ in vectors]
        with _one_thread() if len(vectors) == 1 else nullcontext():
            scores, ids = self._index.search(
                np.ascontiguousarray(vectors), min(count, self.count), params=self._parameters(only)
            )
        return [
            sorted(
                ((int(i), float(s)) for i, s in zip(row_ids, row, strict=True) if i >= 0),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for row_ids, row in zip(ids, scores, strict=True)
        ]

    def _parameters(self, only: Ids | None) -> faiss.SearchParameters | None:
        if only is None:
            return None
        allowed = np.zeros(int(only.max()) + 1, dtype=np.bool_)
        allowed[only[only >= 0]] = True
        bits = np.packbits(allowed, bitorder="little")
        selector = faiss.IDSelectorBitmap(bits)  # type: ignore[arg-type,call-arg]
        if not self._is_divided:
            return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        # What a filter leaves, the articles of one source say, may lie together and far from the
        # question: where all are compared without a filter, all of these are. Of more, twice as
        # many as without one.
        cells = self.cells
        if len(only) > FLAT_LIMIT:
            cells = min(cells, math.ceil(2 * self._index.nprobe * self.count / len(only)))
        return faiss.SearchParametersIVF(sel=selector, nprobe=cells)  # type: ignore[call-arg]

    def cosines(self, ids: Ids, vectors: Matrix) -> Matrix:
        """int64 of shape (m,) and float32 of shape (n, dim) → float32 of shape (n, m); −1 where
        a number has no vector.
        """
        known = self._ids
        if not len(known) or not len(ids):
            return np.full((len(vectors), len(ids)), -1, dtype=np.float32)
        places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        found: Matrix = np.ascontiguousarray(vectors) @ self._rows(places).T
        found[:, known[places] != ids] = -1
        return found

    def same_vectors(self, other: VectorIndex) -> bool:
        """Tells whether both have the same vectors under the same numbers, however divided: to 16
        bits where one of them is.
        """
        apart = _NUMBER_TOLERANCE if self._is_divided or other._is_divided else 0
        return np.array_equal(self._ids, other._ids) and all(
            np.abs(self._rows(places) - other._rows(places)).max() <= apart
            for at in range(0, self.count, _ROWS_AT_ONCE)
            for places in [np.arange(at, min(at + _ROWS_AT_ONCE, self.count))]
        )

    @cached_property
    def _ids(self) -> Ids:
        """All numbers, ascending."""
        if self._is_divided:
            return self._places_in_cells[0]
        if not self.count:
            return np.zeros(0, dtype=np.int64)
        return cast(Ids, faiss.vector_to_array(self._index.id_map))  # numbers only grow

    @cached_property
    def _places_in_cells(self) -> tuple[Ids, Ids, Ids]:
        """All numbers, ascending, with the cell of each and its place in it."""
        lists = self._index.invlists
        sizes = np.array([lists.list_size(cell) for cell in range(self.cells)], dtype=np.int64)
        held = [
            faiss.rev_swig_ptr(lists.get_ids(cell), size).copy()
            for cell, size in enumerate(sizes.tolist())
            if size
        ]
        ids = np.concatenate(held) if held else np.zeros(0, dtype=np.int64)
        cells = np.repeat(np.arange(self.cells), sizes)
        places = np.arange(len(ids)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        order = np.argsort(ids, kind="stable")
        return ids[order], cells[order], places[order]

    def _rows(self, places: Ids) -> Matrix:
        """Places among ``_ids`` → float32 of shape (n, dim)."""
        if not self._is_divided:
            return cast(Matrix, self._index.index.reconstruct_batch(places.astype(np.int64)))
        _, cells, offsets = self._places_in_cells
        lists, size = self._index.invlists, self._index.code_size
        codes = np.empty((len(places), size), dtype=np.uint8)
        for row, (cell, offset) in enumerate(
            zip(cells[places].tolist(), offsets[places].tolist(), strict=True)
        ):
            codes[row] = faiss.rev_swig_ptr(lists.get_single_code(cell, offset), size)
        return codes.view("<f2").astype(np.float32)


@contextmanager
def _one_thread() -> Iterator[None]:
    """FAISS takes one, in this thread of ours. A single question's comparing is not divided, and
    waiting for a second thread that has nothing to do took four times as long as it.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _divided(ids: Ids, vectors: Matrix, cells: int) -> faiss.IndexIVFScalarQuantizer:
    dimension = vectors.shape[1]
    index: Any = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        cells,
        faiss.ScalarQuantizer.QT_fp16,
        faiss.METRIC_INNER_PRODUCT,
        False,  # the vectors themselves, not how they differ from the cell's middle
    )
    index.cp.niter, index.cp.seed = _TRAINING_ROUNDS, 1
    index.cp.max_points_per_centroid = _TRAINED_A_CELL
    index.train(vectors[:: max(1, len(vectors) // (_TRAINED_A_CELL * cells))])
    for at in range(0, len(ids), _ROWS_AT_ONCE):
        index.add_with_ids(vectors[at : at + _ROWS_AT_ONCE], ids[at : at + _ROWS_AT_ONCE])
    index.nprobe = _cells_to_compare(index, vectors)
    return cast(faiss.IndexIVFScalarQuantizer, index)


def _cells_to_compare(index: faiss.IndexIVFScalarQuantizer, vectors: Matrix) -> int:
    """How many of the nearest cells hold what an exact search would find, measured."""
    random = np.random.default_rng(1)
    pairs = vectors[random.choice(len(vectors), (2, _TRIED_QUESTIONS))].sum(axis=0)
    questions = (pairs / np.linalg.norm(pairs, axis=1, keepdims=True)).astype(np.float32)
    exact, _ = faiss.knn(questions, vectors, _RECALL_AT, metric=faiss.METRIC_INNER_PRODUCT)
    # By the scores: of copies, which have the same vector, any will do.
    lowest = exact[:, -1:] - _SCORE_TOLERANCE
    cells = 8
    while cells < index.nlist:
        parameters = faiss.SearchParametersIVF(nprobe=cells)  # type: ignore[call-arg]
        found, _ = index.search(questions, _RECALL_AT, params=parameters)
        if np.mean(found >= lowest) >= _LOWEST_RECALL:
            return cells
        cells += max(1, cells // 4)
    return int(index.nlist)
