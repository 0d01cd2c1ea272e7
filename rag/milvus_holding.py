"""What a manifest says of the collection that its index is searched in, and of what left it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from rag.local_engine import ELSEWHERE
from rag.store import Store

KEPT_SECONDS = 600.0
"""So long rows stay that left: the longest that a question may take, with all that it waits for."""
_BEGUN = "milvus_begun"
"""The manifest's entry: collection and stamp of a generation that is not published yet."""


@dataclass(frozen=True, slots=True)
class Left:
    """What left with a generation, and when, in seconds since 1970: numbers of chunks, as pairs of
    a first and a last one, and a collection with its stamp, where another took its place.
    """

    generation: int
    at: float
    chunks: tuple[tuple[int, int], ...] = ()
    collection: tuple[str, int] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody reads a generation any more that has it."""
        return not 0 <= time.time() - self.at < KEPT_SECONDS


@dataclass(frozen=True, slots=True)
class Holding:
    """What the manifest says of the collection. ``term_count`` is of all chunks together, and
    ``left`` is what nobody was to read any more when this generation came, or later.
    """

    collection: str
    stamp: int
    mean_length: float
    term_count: int = 0
    longest: int = 0
    left: tuple[Left, ...] = ()

    @classmethod
    def of(cls, manifest: Mapping[str, str]) -> Holding | None:
        """What is said; None of an index that is searched in its own files."""
        said = manifest.get(ELSEWHERE)
        return _HOLDING.validate_json(said) if said else None

    @property
    def chunks_left(self) -> tuple[tuple[int, int], ...]:
        """Numbers that this generation does not have, whose rows may be there still."""
        return tuple(pair for left in self.left for pair in left.chunks)

    def entries(self) -> dict[str, str]:
        """For the manifest; there are no files of this generation."""
        files = ("vectors_sha256", "vectors_bytes", "lexical_sha256", "lexical_bytes", _BEGUN)
        return dict.fromkeys(files, "") | {ELSEWHERE: _HOLDING.dump_json(self).decode()}


_HOLDING: TypeAdapter[Holding] = TypeAdapter(Holding)


def begin(store: Store, collection: str, stamp: int) -> None:
    """The manifest says what is begun, so that the build after one that was killed knows it."""
    with store.transaction():
        store.put_manifest({_BEGUN: json.dumps([collection, stamp])})


def begun(manifest: Mapping[str, str]) -> tuple[str, int] | None:
    """The collection and the stamp that a build began with which has published nothing."""
    said = manifest.get(_BEGUN)
    return tuple(json.loads(said)) if said else None


def begun_stamps(manifest: Mapping[str, str]) -> tuple[int, ...]:
    """The stamp of such a build, if there is one."""
    found = begun(manifest)
    return () if found is None else (found[1],)


def ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers → [first, last] of those that follow each other."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return tuple(found)
