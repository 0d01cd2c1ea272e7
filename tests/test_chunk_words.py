"""The words of chunks in the store: those of the texts, in every build, and never other ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.errors import IndexDamaged
from rag.index import DATABASE, Index
from rag.lexical import terms
from rag.records import BuildReport
from rag.store import Store

Build = Callable[..., BuildReport]
ASKED = "What did Captain Alma Reyes say?"


def _sql(index: Path, statement: str) -> None:
    with sqlite3.connect(index / DATABASE) as connection:
        connection.execute(statement)
    connection.close()


def _stored(index: Path) -> dict[int, list[str]]:
    with Index(index).reading() as (store, _):
        return {
            n: words.split() for n, words in store.rows("SELECT chunk_id, words FROM chunk_words")
        }


def _of_texts(index: Path) -> dict[int, list[str]]:
    with Index(index).reading() as (store, _):
        ids = [chunk.id for chunk in store.chunks()]
        return {number: terms(text) for number, text in store.chunk_texts(ids).items()}


def test_they_are_those_of_the_texts_after_every_build(
    folder: Path, build_index: Build, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    build_index(folder)
    assert _stored(index) == _of_texts(index) != {}
    (folder / "ferry.txt").unlink()
    (folder / "bridge.txt").write_text(
        "The bridge\n\nЖелезный мост закрыт, 東京 says, for 2.5 years."
    )
    build_index()
    assert _stored(index) == _of_texts(index)
    build_index(full=True)
    assert _stored(index) == _of_texts(index)
    build_index(repair=True)
    assert _stored(index) == _of_texts(index)


def test_an_index_without_them_answers_the_same(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    answer = chatbot.ask(ASKED)
    _sql(tmp_path / "index", "DELETE FROM chunk_words WHERE chunk_id = 1")
    chatbot._index._held = None
    assert chatbot.ask(ASKED) == answer
    _sql(tmp_path / "index", "DROP TABLE chunk_words")  # as an earlier version left it
    chatbot._index._held = None
    assert chatbot.ask(ASKED) == answer
    assert [check.seen for check in chatbot.examine() if not check.good] == []
    (folder / "boat.txt").write_text("The boat\n\nThe pilot boat is to be replaced.")
    build_index()
    assert len(_stored(tmp_path / "index")) == 1
    assert chatbot.ask(ASKED).sentences == answer.sentences


@pytest.mark.parametrize("change", ["words || ' whale'", "replace(words, 'rey', 'ray')"])
def test_a_damaged_row_is_refused_named_and_repaired(
    change: str, folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    answer = chatbot.ask(ASKED)
    index = tmp_path / "index"
    _sql(index, f"UPDATE chunk_words SET words = {change} WHERE words LIKE '% rey %'")
    chatbot._index._held = None
    with pytest.raises(IndexDamaged, match=r"words of chunk \d+ .*--repair"):
        chatbot.ask(ASKED)
    (check,) = (check for check in chatbot.examine() if not check.good)
    assert "the words of chunk" in check.seen
    build_index(repair=True)
    assert chatbot.ask(ASKED).sentences == answer.sentences
    assert _stored(index) == _of_texts(index)


def test_a_search_cuts_no_text_again(
    folder: Path, build_index: Build, chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(folder)

    def read(self: Store, ids: list[int]) -> dict[int, str]:
        assert not ids
        return {}

    monkeypatch.setattr(Store, "chunk_texts", read)
    assert chatbot.search(ASKED).hits
