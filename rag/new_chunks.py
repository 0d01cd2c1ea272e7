"""New and changed articles → their chunks, and a vector in the store for each that is to have one.

Vectors are committed as they are made, so that a killed build goes on where it was. Chunks of an
article in a language that the model does not cover get none: what the model makes of them means
nothing, and would stand between the reader and what does.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.chunking import chunk_spans, sentence_spans
from rag.derived import embedded_text, searched_text
from rag.embedding import Embedder
from rag.errors import ChunkSettingInvalid
from rag.records import Article, Chunk, Progress
from rag.store import Store

COMMIT_SECONDS = 10.0
"""A killed build loses at most so much embedding."""

EMBEDDED_AT_ONCE = 4_096
"""So many chunks are put in order of length and embedded: their tokens and vectors take no more."""


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How articles are cut, in tokens of the model."""

    chunk_tokens: int = 254
    overlap_tokens: int = 60


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk of an article, to be published, and its vector's key (empty: it has no vector)."""

    article: Article
    chunk: Chunk
    vector_key: bytes

    @property
    def text(self) -> str:
        """What is embedded."""
        return embedded_text(self.article, self.chunk)

    @property
    def words(self) -> str:
        """What its words are."""
        return searched_text(self.article, self.chunk)


def covers(embedder: Embedder, language: str) -> bool:
    """Tells whether the model is made for the language, as far as either is known."""
    return not language or not embedder.languages or language in embedder.languages


def new_chunks(
    articles: Sequence[Article], embedder: Embedder, settings: ChunkSettings
) -> list[NewChunk]:
    """Articles → their chunks, in order. Raises ChunkSettingInvalid."""
    if articles and settings.chunk_tokens > embedder.max_tokens:
        raise ChunkSettingInvalid(
            f"Chunk size {settings.chunk_tokens} tokens is above the {embedder.max_tokens} that "
            f"model {embedder.name} reads; lower `chunk_tokens`."
        )
    return [chunk for article in articles for chunk in _chunks_of(article, embedder, settings)]


def _chunks_of(article: Article, embedder: Embedder, settings: ChunkSettings) -> Iterator[NewChunk]:
    spans = chunk_spans(
        article.text,
        sentence_spans(article.text),
        embedder.count_tokens,
        chunk_tokens=settings.chunk_tokens,
        overlap_tokens=settings.overlap_tokens,
    )
    is_covered = covers(embedder, article.language)
    for ordinal, (start, end) in enumerate(spans):
        if not 0 <= start < end <= len(article.text):
            raise AssertionError(f"Chunk {ordinal} of {article.id} has no text.")
        chunk = Chunk(article.id, ordinal, start, end)
        key = _vector_key(embedder, embedded_text(article, chunk)) if is_covered else b""
        yield NewChunk(article, chunk, key)


def _vector_key(embedder: Embedder, text: str) -> bytes:
    return hashlib.sha256("\0".join((embedder.sha256, embedder.prompt, text)).encode()).digest()


def embed_new(
    store: Store,
    chunks: Sequence[NewChunk],
    embedder: Embedder,
    *,
    everything: bool,
    on_progress: Callable[[Progress], None],
) -> tuple[int, float]:
    """Commits a vector for each chunk that lacks its own, or with ``everything`` for each;
    returns how many were embedded, and the seconds this took without loading the model.
    """
    lacking = {c.vector_key: c for c in chunks if c.vector_key}
    if not everything:
        for key in store.known_vector_keys(lacking):
            del lacking[key]
    keys = list(lacking)
    if keys:
        embedder.load()  # takes seconds that are not the chunks'
    started = time.monotonic()
    done, waiting, last = 0, [], started
    if chunks:
        on_progress(Progress("embedding", 0, len(keys)))
    for at in range(0, len(keys), EMBEDDED_AT_ONCE):
        part = keys[at : at + EMBEDDED_AT_ONCE]
        for positions, vectors in embedder.embed_batches([lacking[key].text for key in part]):
            waiting.append(([part[p] for p in positions], vectors))
            done += len(positions)
            if time.monotonic() - last > COMMIT_SECONDS or done == len(keys):
                with store.transaction():
                    for batch_keys, batch in waiting:
                        store.put_vectors(batch_keys, batch)
                waiting, last = [], time.monotonic()
            on_progress(Progress("embedding", done, len(keys)))
    return len(keys), time.monotonic() - started
