"""The truth: what is read is what was written, or is refused by name."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from rag.articles import read_article
from rag.errors import ArticleUnknown, IndexDamaged, IndexOfOtherFormat, IndexUnwritable
from rag.records import Chunk, Failure
from rag.rows import StoredChunk, text_hash
from rag.store import Store
from tests.conftest import FERRY

ARTICLE = replace(
    read_article("ferry.txt", FERRY.encode()),
    authors=("A. Writer", "B. Writer"),
    published=datetime(2024, 3, 2, 0, 0, tzinfo=UTC),
)
CHUNK = StoredChunk(1, Chunk("ferry.txt", 0, 0, 20), b"k" * 32, text_hash(ARTICLE.text[:20]))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "broadsheet.db", writable=True)
    with store.transaction():
        store.put_article(ARTICLE)
        store.put_chunks([CHUNK])
        store.put_vectors([b"k" * 32], np.ones((1, 4), dtype=np.float32))
        store.put_failures([Failure("x.pdf", "encrypted", True)])
    return store


def test_articles_chunks_vectors_and_failures_come_back_as_written(store: Store) -> None:
    assert store.article("ferry.txt") == ARTICLE
    assert list(store.articles()) == [ARTICLE]
    assert list(store.chunks()) == [CHUNK]
    assert store.chunks_by_id([1, 2]) == {1: CHUNK.chunk}
    assert store.vectors([b"k" * 32] * 2, 4).tolist() == [[1.0] * 4] * 2
    assert store.failures() == (Failure("x.pdf", "encrypted", True),)


def test_an_unknown_article_is_refused_by_id(store: Store) -> None:
    with pytest.raises(ArticleUnknown, match="nowhere"):
        store.article("nowhere.txt")


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ("UPDATE articles SET text = replace(text, '61', '67')", lambda s: s.article("ferry.txt")),
        ("UPDATE articles SET title = title || '!'", lambda s: list(s.articles())),
        ("UPDATE chunks SET start = 1", lambda s: list(s.chunks())),
        ("UPDATE vectors SET vector = zeroblob(16)", lambda s: s.vectors([b"k" * 32], 4)),
        ("DELETE FROM vectors", lambda s: s.vectors([b"k" * 32], 4)),
    ],
)
def test_a_changed_row_is_refused(store: Store, change: str, read: object) -> None:
    with sqlite3.connect(store.path) as db:
        db.execute(change)
    with pytest.raises(IndexDamaged):
        read(store)  # type: ignore[operator]


def test_another_format_is_refused_with_both_numbers(store: Store) -> None:
    with store.transaction():
        store.put_manifest({"format": "99"})
    with pytest.raises(IndexOfOtherFormat, match=r"format 99.*format 3"):
        Store(store.path, writable=False)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(IndexDamaged):
        Store(tmp_path / "broadsheet.db", writable=False)


def test_what_fails_in_a_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.delete_articles(["ferry.txt"], [1])
        raise RuntimeError
    assert store.article_count() == store.chunk_count() == 1


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(store: Store) -> None:
    reader = Store(store.path, writable=False)
    with reader.snapshot():
        with store.transaction():
            store.delete_articles(["ferry.txt"], [1])
        assert reader.article_count() == 1
    assert reader.article_count() == 0


def test_a_reader_cannot_write(store: Store) -> None:
    reader = Store(store.path, writable=False)
    with pytest.raises(IndexUnwritable), reader.transaction():
        reader.delete_articles(["ferry.txt"])
