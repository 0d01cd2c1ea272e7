"""Articles and chunks ↔ rows of the store, each with a hash that is checked when it is read.

SQLite's own check does not see a changed digit inside a page.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from rag.errors import IndexDamaged
from rag.records import Article, Chunk, Published

ARTICLE_COLUMNS = tuple(f.name for f in fields(Article))
CHUNK_COLUMNS = ("id", "article_id", "ordinal", "start", "end", "vector_key", "text_hash")
_STRINGS: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])
_NOTES: TypeAdapter[tuple[tuple[int, int], ...]] = TypeAdapter(tuple[tuple[int, int], ...])


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk with its number in the derived files, the key of its vector, which is empty where
    the chunk is found by its words alone, and the hash of its text.
    """

    id: int
    chunk: Chunk
    vector_key: bytes
    text_hash: bytes


def article_row(article: Article) -> tuple[Any, ...]:
    """An article → its row, in the order of ``ARTICLE_COLUMNS``, without the hash."""
    values = {name: getattr(article, name) for name in ARTICLE_COLUMNS}
    published = article.published
    values["published"] = None if published is None else published.isoformat()
    values["authors"] = _STRINGS.dump_json(article.authors).decode()
    values["notes"] = _NOTES.dump_json(article.notes).decode()
    values["remarks"] = _STRINGS.dump_json(article.remarks).decode()
    return tuple(values[name] for name in ARTICLE_COLUMNS)


def article_of(row: tuple[Any, ...]) -> Article:
    """A row and its hash → the article. Raises IndexDamaged where the two do not agree."""
    *values, stored_hash = row
    named: dict[str, Any] = dict(zip(ARTICLE_COLUMNS, values, strict=True))
    if row_hash(*values) != stored_hash:
        raise IndexDamaged(
            f"The row of article {named['id']!r} is not what its hash says; "
            "run `broadsheet build --repair`."
        )
    if named["published"] is not None:
        named["published"] = published_from_iso(named["published"])
    named["authors"] = _STRINGS.validate_json(named["authors"])
    named["notes"] = _NOTES.validate_json(named["notes"])
    named["remarks"] = _STRINGS.validate_json(named["remarks"])
    return Article(**named)


def published_from_iso(text: str) -> Published:
    """ISO 8601 → a date where it is one day, a datetime where it has a time."""
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def chunk_of(row: tuple[Any, ...]) -> StoredChunk:
    """A row and its hash → the chunk. Raises IndexDamaged where the two do not agree."""
    *values, stored_hash = row
    if row_hash(*values) != stored_hash:
        raise IndexDamaged(
            f"The row of chunk {values[0]} (article {values[1]!r}) is not what its hash says; "
            "run `broadsheet build --repair`."
        )
    number, article_id, ordinal, start, end, key, of_text = values
    return StoredChunk(number, Chunk(article_id, ordinal, start, end), key, of_text)


def chunk_row(stored: StoredChunk) -> tuple[Any, ...]:
    """A chunk → its row, in the order of ``CHUNK_COLUMNS``, without the hash."""
    chunk = stored.chunk
    place = (chunk.article_id, chunk.ordinal, chunk.start, chunk.end)
    return (stored.id, *place, stored.vector_key, stored.text_hash)


def text_hash(text: str) -> bytes:
    """A chunk's text → its hash, of 16 bytes, by which the text is known to be the chunk's."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def row_hash(*values: Any) -> bytes:
    """A row's values → their hash, of 16 bytes."""
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        data = value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        # The length first: ("ab", "c") and ("a", "bc") are different rows.
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.digest()
