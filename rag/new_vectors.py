"""Staged chunks → a vector in the store for each that lacks one, while others are read and cut.

A thread embeds what is staged and commits vectors as they are made, over a connection of its own,
so that a killed build goes on where it was. Which chunks lack a vector is not decided here.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from queue import SimpleQueue

from rag.embedding import Embedder, Vectors
from rag.records import Progress
from rag.staging import Staging
from rag.store import Store

COMMIT_SECONDS = 10.0
"""A killed build loses at most so much embedding."""

EMBEDDED_AT_ONCE = 4_096
"""So many chunks are put in order of length and embedded: their tokens and vectors take no more."""


class NewVectors:
    """Embeds what ``staging`` wants; to be used in a ``with`` block by one thread."""

    def __init__(self, store: Store, staging: Staging, embedder: Embedder) -> None:
        self._store = store
        self._staging = staging
        self._embedder = embedder
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        self._parts: list[Future[None]] = []
        self._handed = 0
        self._stopped = False
        self._done: SimpleQueue[int | None] = SimpleQueue()
        self.seconds = 0.0
        """What embedding has taken, without loading the model."""

    def __enter__(self) -> NewVectors:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True  # after an error, it ends with the batch that it is at
        self._pool.shutdown(cancel_futures=True)

    def go_on(self) -> None:
        """More was staged: embeds it once that is enough. Raises what embedding has met so far."""
        while self._staging.wanted_count - self._handed >= EMBEDDED_AT_ONCE:
            self._hand_on(EMBEDDED_AT_ONCE)
        for part in self._parts:
            if part.done():
                part.result()

    def finish(self, on_progress: Callable[[Progress], None]) -> None:
        """All is staged: waits until it is embedded.

        Raises DiskFull, DiskFailed, ModelUnsuitable, IndexDamaged.
        """
        total = self._staging.wanted_count
        self._hand_on(total - self._handed)
        self._pool.submit(self._done.put, None)
        done: int | None = 0
        while self._done.qsize() > 1:  # what was done while others were read
            done = self._done.get()
        if self._staging.chunk_count:
            on_progress(Progress("embedding", done or 0, total))
        while (done := self._done.get()) is not None:
            on_progress(Progress("embedding", done, total))
        for part in self._parts:
            part.result()
        if total:
            _trim()

    def _hand_on(self, count: int) -> None:
        if count:
            self._parts.append(self._pool.submit(self._embed, self._handed + 1, count))
            self._handed += count

    def _embed(self, first: int, count: int) -> None:
        try:
            self._embed_part(first, count)
        except BaseException:
            self._stopped = True  # what follows would meet it too
            raise

    def _embed_part(self, first: int, count: int) -> None:
        if self._stopped:
            return
        keys, texts = self._staging.wanted(first, count)
        self._embedder.load()  # takes seconds that are not the chunks'
        started = last = time.monotonic()
        done, waiting = first - 1, list[tuple[list[bytes], Vectors]]()
        with closing(Store(self._store.path, writable=True)) as store:
            for positions, vectors in self._embedder.embed_batches(texts):
                if self._stopped:
                    return
                waiting.append(([keys[p] for p in positions], vectors))
                done += len(positions)
                if time.monotonic() - last > COMMIT_SECONDS or done == first - 1 + count:
                    with store.transaction():
                        for batch_keys, batch in waiting:
                            store.put_vectors(batch_keys, batch)
                    waiting, last = [], time.monotonic()
                self._done.put(done)
        self.seconds += time.monotonic() - started


def _trim() -> None:
    """Free memory goes back to the system. glibc keeps what a thread has freed for that thread: 55
    MB of the model's, which what follows would need beside it.
    """
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
