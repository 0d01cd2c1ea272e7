"""A new or changed article → its chunks, each with the key of the vector that it is to have.

Chunks of an article in a language that the model does not cover get none: what the model makes of
them means nothing, and would stand between the reader and what does. Nothing here embeds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from rag.chunking import chunk_spans, sentence_spans
from rag.derived import embedded_text
from rag.embedding import Embedder
from rag.errors import ChunkSettingInvalid
from rag.lexical import terms
from rag.records import Article, Chunk
from rag.rows import text_hash
from rag.staging import StagedChunk


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How articles are cut, in tokens of the model."""

    chunk_tokens: int = 254
    overlap_tokens: int = 60


def covers(embedder: Embedder, language: str) -> bool:
    """Tells whether the model is made for the language, as far as either is known."""
    return not language or not embedder.languages or language in embedder.languages


def new_chunks(article: Article, embedder: Embedder, settings: ChunkSettings) -> list[StagedChunk]:
    """An article → its chunks, in order. Raises ChunkSettingInvalid."""
    if settings.chunk_tokens > embedder.max_tokens:
        raise ChunkSettingInvalid(
            f"Chunk size {settings.chunk_tokens} tokens is above the {embedder.max_tokens} that "
            f"model {embedder.name} reads; lower `chunk_tokens`."
        )
    spans = chunk_spans(
        article.text,
        sentence_spans(article.text),
        embedder.count_tokens,
        chunk_tokens=settings.chunk_tokens,
        overlap_tokens=settings.overlap_tokens,
    )
    is_covered = covers(embedder, article.language)
    chunks = []
    for ordinal, (start, end) in enumerate(spans):
        if not 0 <= start < end <= len(article.text):
            raise AssertionError(f"Chunk {ordinal} of {article.id} has no text.")
        chunk = Chunk(article.id, ordinal, start, end)
        text = embedded_text(article, chunk)
        key = _vector_key(embedder, text) if is_covered else b""
        chunks.append(StagedChunk(chunk, key, text_hash(text), " ".join(terms(text))))
    return chunks


def _vector_key(embedder: Embedder, text: str) -> bytes:
    return hashlib.sha256("\0".join((embedder.sha256, embedder.prompt, text)).encode()).digest()
