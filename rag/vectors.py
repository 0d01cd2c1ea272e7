"""Unit vectors → the nearest of them, by FAISS.

The index is flat: exact, and the inner product of unit vectors is their cosine. A served index is
never changed (an ``add`` during a search crashed the process every time it was tried); a new one
is made beside it. FAISS loads a damaged file often without an error and then answers differently,
so the caller checks the file's hash first and this module its shape.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

import faiss
import numpy as np
import numpy.typing as npt

from rag.errors import IndexDamaged

Ids = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float32]


class VectorIndex:
    """Numbered unit vectors, searched by inner product."""

    def __init__(self, index: faiss.IndexIDMap) -> None:
        self._index = index

    @classmethod
    def from_vectors(cls, ids: Ids, vectors: Matrix) -> VectorIndex:
        """int64 of shape (n,) and float32 of shape (n, dim), rows of unit length → an index."""
        index = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return cls(index)

    @classmethod
    def from_bytes(cls, data: bytes, *, dimension: int, count: int) -> VectorIndex:
        """Bytes of ``to_bytes`` → the index.

        Raises IndexDamaged where they are none, or of another dimension or count than expected.
        """
        # A forged file of 55 bytes made FAISS touch 1 GB; what an honest one needs is known.
        faiss.set_deserialization_vector_byte_limit(max(1 << 16, 2 * count * (dimension * 4 + 8)))
        try:
            index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except (RuntimeError, MemoryError) as error:
            raise IndexDamaged(f"The vector file cannot be read: {error}") from error
        if not isinstance(index, faiss.IndexIDMap) or (index.d, index.ntotal) != (dimension, count):
            raise IndexDamaged(
                f"The vector file holds {index.ntotal} vectors of dimension {index.d}, "
                f"expected {count} of {dimension}."
            )
        return cls(index)

    def to_bytes(self) -> bytes:
        """The index as bytes; ``write_index`` left truncated files on a full disk unnoticed."""
        return bytes(faiss.serialize_index(self._index).tobytes())

    def changed(self, removed: Collection[int], ids: Ids, vectors: Matrix) -> VectorIndex:
        """A copy without the removed numbers and with the new vectors; this one stays as it is.

        Numbers only grow and FAISS keeps the order of what stays, so the copy equals an index
        made from nothing.
        """
        index = faiss.clone_index(self._index)
        if removed:
            ids_removed = np.fromiter(removed, dtype=np.int64, count=len(removed))
            index.remove_ids(faiss.IDSelectorBatch(ids_removed))
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(vectors), ids)
        return VectorIndex(cast(faiss.IndexIDMap, index))

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
        if not self._index.ntotal or not np.isfinite(vectors).all():
            return [[] for _ in vectors]
        parameters = None
        if only is not None:
            parameters = faiss.SearchParameters(
                sel=faiss.IDSelectorBatch(only.astype(np.int64))  # type: ignore[call-arg]
            )
        scores, ids = self._index.search(
            np.ascontiguousarray(vectors), min(count, self._index.ntotal), params=parameters
        )
        return [
            sorted(
                ((int(i), float(s)) for i, s in zip(row_ids, row, strict=True) if i >= 0),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for row_ids, row in zip(ids, scores, strict=True)
        ]

    def cosines(self, ids: Ids, vectors: Matrix) -> Matrix:
        """int64 of shape (m,) and float32 of shape (n, dim) → float32 of shape (n, m); −1 where
        a number has no vector.
        """
        if not self._index.ntotal or not len(ids):
            return np.full((len(vectors), len(ids)), -1, dtype=np.float32)
        known = faiss.vector_to_array(self._index.id_map)  # ascending: numbers only grow
        places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        rows = self._index.index.reconstruct_batch(places.astype(np.int64))
        found: Matrix = np.ascontiguousarray(vectors) @ rows.T
        found[:, known[places] != ids] = -1
        return found
