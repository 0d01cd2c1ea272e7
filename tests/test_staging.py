"""What a build stages comes back as it was put, in either order, and nothing of it outlives it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from rag.articles import read_article
from rag.errors import IndexDamaged
from rag.records import Article, Chunk
from rag.rows import text_hash
from rag.staging import StagedChunk, Staging
from tests.conftest import BRIDGE, FERRY, ORCHARD

# Characters of one to four bytes: places are in characters.
ODD = "Ouverture d’une école 🏫\n\nÀ Tarn-sur-Lenn, l’école 🏫 a ouvert — enfin! 東京都も。" * 3


def article(article_id: str, text: str) -> Article:
    return read_article(article_id, text.encode())


def chunks_of(of: Article, size: int = 40) -> list[StagedChunk]:
    found = []
    for ordinal, start in enumerate(range(0, len(of.text), size)):
        text = of.text[start : start + size]
        chunk = Chunk(of.id, ordinal, start, start + len(text))
        found.append(
            StagedChunk(chunk, text.encode().ljust(16, b"."), text_hash(text), text.lower())
        )
    return found


PUT = [
    replace(article("c/zebra.txt", FERRY), authors=("A. Writer", "B. Writer"), notes=((0, 9),)),
    article("a.txt", ODD),
    article("b.txt", BRIDGE),
    article("é.txt", ORCHARD),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "broadsheet.db.staged"


@pytest.mark.parametrize("by_id", [False, True])
def test_articles_and_chunks_come_back_in_the_order_that_is_wanted(path: Path, by_id: bool) -> None:
    with Staging(path, by_id=by_id) as staging:
        for each in PUT:
            staging.put(each, chunks_of(each), ())
        wanted = sorted(PUT, key=lambda each: each.id) if by_id else PUT
        found = list(staging.articles())
        assert [each for each, _ in found] == wanted
        assert [chunks for _, chunks in found] == [chunks_of(each) for each in wanted]
        assert list(staging.chunks()) == [chunk for each in wanted for chunk in chunks_of(each)]
        assert staging.article_ids() == {each.id for each in PUT}


def test_each_vector_is_wanted_once_with_the_text_of_its_chunk(path: Path) -> None:
    again = replace(PUT[1], id="again.txt")
    with Staging(path) as staging:
        for each in (PUT[1], again, PUT[2]):
            chunks = chunks_of(each)
            staging.put(each, chunks, {chunk.vector_key for chunk in chunks[1:]})
        whole = [*chunks_of(PUT[1])[1:], *chunks_of(PUT[2])[1:]]
        assert staging.wanted_count == len(whole)
        keys, texts = staging.wanted(1, len(whole))
        assert keys == [chunk.vector_key for chunk in whole]
        assert [text_hash(text) for text in texts] == [chunk.text_hash for chunk in whole]
        assert staging.wanted(3, 2) == (keys[2:4], texts[2:4])


def test_what_is_found_of_copies_comes_back_however_much_it_is(path: Path) -> None:
    keys = [n.to_bytes(16, "big") for n in range(1200)]
    with Staging(path) as staging:
        for n, key in enumerate(keys):
            staging.put(replace(PUT[2], id=f"{n:04}"), (), ())
            staging.put_text_key(f"{n:04}", key)
            staging.put_bands(key, [b"shared", b"other" if n % 2 else key])
            staging.put_pair(key, keys[0])
        assert list(staging.text_keys()) == [(f"{n:04}", key) for n, key in enumerate(keys)]
        assert list(staging.pairs()) == [(key, keys[0]) for key in keys]
        bands = list(staging.bands())
        assert bands == sorted(set(bands))
        assert len(bands) == 2400
        assert staging.text_keys_with_bands([b"shared", b"other"], 2, 3) == dict.fromkeys(
            keys[1:6:2], 2
        )
        assert staging.has_text_key(keys[7])
        assert not staging.has_text_key(b"none")
        assert staging.text_of_key(keys[7]) == PUT[2].text


def test_a_row_that_is_not_what_was_written_is_refused(path: Path) -> None:
    with Staging(path) as staging:
        staging.put(PUT[0], (), ())
        staging.write("UPDATE articles SET text = replace(text, '61', ?)", [("67",)])
        with pytest.raises(IndexDamaged, match=PUT[0].id):
            list(staging.articles())


def test_nothing_is_left_of_it_nor_of_a_killed_build_s(path: Path) -> None:
    path.write_bytes(os.urandom(5000))
    with Staging(path) as staging:
        for n in range(3000):  # more than SQLite keeps in memory
            staging.put(replace(PUT[0], id=str(n), text=ODD * 40), (), ())
        assert path.stat().st_size > 2**20
    assert list(path.parent.iterdir()) == []
