"""The doctor names what is wrong and the command that mends it, and that command does."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import rag.vectors
from rag.chatbot import Chatbot
from rag.cli import app
from rag.derived import write_vectors
from rag.doctor import examine
from rag.embedding import Embedder
from rag.errors import DiskFailed, FolderEmpty, FolderSwitchRefused
from rag.index import Index
from rag.index_lock import locked
from rag.new_chunks import ChunkSettings
from rag.records import BuildReport, Check
from rag.server_address import check_address
from rag.settings import Settings
from rag.store import Store
from rag.vectors import VectorIndex
from tests.conftest import share_models

Build = Callable[..., BuildReport]


def wrong(chatbot: Chatbot) -> dict[str, Check]:
    return {check.about: check for check in chatbot.examine() if not check.good}


def sql(index: Path, *commands: str) -> None:
    with sqlite3.connect(index / "broadsheet.db") as db:
        for command in commands:
            db.execute(command)


def test_nothing_is_wrong_with_a_new_index(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    checks = list(chatbot.examine())
    assert all(check.good and not check.remedy for check in checks)
    assert [check.about for check in checks] == [
        "index", "database", "rows", "spans", "vectors", "derived files", "model of the index",
        "folder", "model", "reading model", "disk",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("damage", "about", "said"),
    [
        ("UPDATE articles SET text = replace(text, '61', '67')", "rows", "article 'ferry.txt'"),
        ("UPDATE articles SET source = 'x' WHERE id = 'ferry.txt'", "rows", "'ferry.txt'"),
        ("UPDATE chunks SET start = start + 1 WHERE id = 1", "rows", "chunk 1"),
        ("DELETE FROM chunks WHERE id = 1", "rows", "list of articles, chunks or copies"),
        ("DELETE FROM articles WHERE id = 'ferry.txt'", "rows", "of article 'ferry.txt'"),
        ("UPDATE vectors SET vector = zeroblob(1536)", "rows", "vector "),
        ("DELETE FROM vectors", "rows", "is missing"),
        ("DELETE FROM copies", "rows", "list of articles, chunks or copies"),
        ("DELETE FROM bands WHERE band IN (SELECT band FROM bands LIMIT 1)", "rows", "compared by"),
        ("UPDATE manifest SET value = '7' WHERE key = 'next_chunk_id'", "rows", "the manifest"),
        ("UPDATE manifest SET key = x'00' WHERE key = 'passed_over'", "rows", "the manifest"),
        ("UPDATE failures SET reason = 'none'", "rows", "files that failed"),
    ],
)
def test_what_is_damaged_is_named_and_repaired(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path,
    damage: str, about: str, said: str,
) -> None:  # fmt: skip
    (folder / "reprint.txt").write_text((folder / "ferry.txt").read_text().replace("will", "may"))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7")
    build_index(folder)
    before = chatbot.search("Where did the night ferry run aground?").hits
    assert before[0].copies
    sql(tmp_path / "index", damage)
    found = wrong(chatbot)
    assert said in (found[about] if about in found else found["index"]).seen or (
        "manifest" in found["index"].seen
    )
    assert all("--repair" in check.remedy for check in found.values())
    report = build_index(folder, repair=True)
    assert any(said in name for name in report.repaired)
    assert report.embedded_chunk_count < report.chunk_count or "vector" in damage
    assert wrong(chatbot) == {}
    after = chatbot.search("Where did the night ferry run aground?").hits
    assert [(h.chunk, h.copies) for h in after] == [(h.chunk, h.copies) for h in before]


def test_an_ordinary_build_that_meets_damage_repairs_it(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    sql(tmp_path / "index", "UPDATE articles SET text = replace(text, '61', '67')")
    (folder / "bridge.txt").write_text("The bridge is open\n\nThe iron bridge opened on Friday.")
    report = build_index()
    assert report.repaired == ("article 'ferry.txt'",)
    assert "61 passengers" in chatbot.article("ferry.txt").text
    assert "opened on Friday" in chatbot.article("bridge.txt").text
    assert wrong(chatbot) == {}


@pytest.mark.parametrize("name", ["source TEXT", "url_from", "language TEXT", "vector_key", "end "])
def test_a_damaged_letter_in_the_list_of_tables_is_repaired(
    name: str, folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    database = tmp_path / "index" / "broadsheet.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = database.read_bytes()
    assert data.count(name.encode())
    other = bytes([name.encode()[0] ^ 1]) + name.encode()[1:]
    database.write_bytes(data.replace(name.encode(), other))
    assert wrong(chatbot)
    report = build_index(folder, repair=True)
    assert any("broadsheet.db.old" in repaired for repaired in report.repaired)
    assert wrong(chatbot) == {}


def test_a_database_that_cannot_be_used_is_put_aside_not_deleted(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    database = tmp_path / "index" / "broadsheet.db"
    data = bytearray(database.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    database.write_bytes(data)
    check = wrong(chatbot)["index"]
    assert "broadsheet.db" in check.seen
    assert "--repair FOLDER" in check.remedy  # nobody knows it any more
    report = build_index(folder, repair=True)
    assert "broadsheet.db.old" in report.repaired[0]
    assert (tmp_path / "index" / "broadsheet.db.old").read_bytes() == data
    assert wrong(chatbot) == {}
    assert any("put aside" in check.seen for check in chatbot.examine())


def test_an_index_of_an_older_format_is_made_anew_when_asked(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    sql(tmp_path / "index", "UPDATE manifest SET value = '2' WHERE key = 'format'")
    check = wrong(chatbot)["index"]
    assert "format 2, this version reads format 3" in check.seen
    build_index(folder, repair=True)
    assert wrong(chatbot) == {}


def test_derived_files_of_other_articles_are_told_from_right_ones(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    index = tmp_path / "index"
    (index / "vectors-1.faiss").unlink()
    assert wrong(chatbot)["derived files"].remedy == f"broadsheet build --index {index}"
    build_index()
    assert wrong(chatbot) == {}
    # Of others, but whole, and the manifest says that they are right.
    with Index(index).reading() as (store, manifest):
        count, dimension = store.vector_count(), int(manifest["dimension"])
    others = np.eye(count, dimension, dtype=np.float32)
    said = write_vectors(index, 1, VectorIndex.from_vectors(np.arange(1, count + 1), others))
    store = Store(index / "broadsheet.db", writable=True)
    with store.transaction():
        store.put_manifest(said)
    store.close()
    check = wrong(chatbot)["derived files"]
    assert "not those of these articles" in check.seen
    assert check.remedy == f"broadsheet build --full --index {index}"


def test_other_settings_another_model_and_a_missing_folder_are_named(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    shutil.move(folder, folder.with_name("elsewhere"))
    given = chatbot.settings.model_copy(update={"chunk_tokens": 100})
    chatbot.settings = given
    chatbot._embedder.__dict__["sha256"], kept = "f" * 64, chatbot._embedder.sha256
    try:
        found = wrong(chatbot)
    finally:
        chatbot._embedder.__dict__["sha256"] = kept
    assert "chunk_tokens 254, now it is 100" in found["settings"].seen
    assert kept[:8] in found["model of the index"].seen
    assert "ffffffff" in found["model of the index"].seen
    assert "--full" in found["model of the index"].remedy
    assert str(folder) in found["folder"].seen
    assert "--switch-folder" in found["folder"].remedy


def _lose_the_first_page(index: Path) -> None:
    data = bytearray((index / "broadsheet.db").read_bytes())
    data[:4096] = bytes(4096)
    (index / "broadsheet.db").write_bytes(data)


def _free_pages_that_are_none(index: Path) -> None:
    with (index / "broadsheet.db").open("r+b") as file:
        file.seek(36)
        file.write(b"\0\0\0\1")


def finished(index: Path) -> set[str]:
    return {path.name for path in index.iterdir() if not path.name.endswith(("-wal", "-shm"))}


SMALLEST_BAND = "(SELECT min(band) FROM bands)"


@pytest.mark.parametrize(
    "damage",
    [
        _lose_the_first_page,
        _free_pages_that_are_none,
        lambda index: (index / "broadsheet.db").write_bytes(b""),
        lambda index: (index / "broadsheet.db").unlink(),
        lambda index: sql(index, "UPDATE manifest SET value = 'x' WHERE key = 'built_at'"),
        lambda index: sql(index, "UPDATE manifest SET value = '2' WHERE key = 'format'"),
        lambda index: sql(index, "DELETE FROM manifest WHERE key = 'format'"),
        lambda index: sql(index, f"UPDATE bands SET band = x'00' WHERE band = {SMALLEST_BAND}"),
        lambda index: sql(index, "DELETE FROM failures"),
        lambda index: (index / "vectors-1.faiss").write_bytes(b"no"),
        lambda index: os.mkfifo(index / "lexical-1" / "pipe"),
    ],
)
def test_the_remedy_as_printed_gives_the_index_back_from_its_own_folder(
    folder: Path, tmp_path: Path, embedder: Embedder, damage: Callable[[Path], object]
) -> None:
    """The settings name another folder, as they do in every fresh clone; a space is in the path."""
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "x.txt").write_text("Not mine\n\nThis article is somebody else's.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7")
    index = tmp_path / "my index"
    made = Chatbot(Settings(index=index, articles=tmp_path / "others"))
    share_models(made, embedder)
    made.build(folder)
    before = made.ask("Where did the night ferry run aground?")
    damage(index)
    (remedy,) = {check.remedy for check in made.examine() if not check.good}
    words = shlex.split(remedy)
    assert words[:2] == ["broadsheet", "build"]
    result = CliRunner().invoke(app, words[1:], catch_exceptions=False)
    assert result.exit_code == 0
    assert wrong(made) == {}
    after = made.ask("Where did the night ferry run aground?")
    assert [c.quote for c in after.citations] == [c.quote for c in before.citations] != []
    assert {summary.id for summary in made.articles()} == {p.name for p in folder.glob("*.txt")}


def test_a_repair_that_fails_leaves_what_could_still_be_read(
    folder: Path, tmp_path: Path, embedder: Embedder
) -> None:
    index = tmp_path / "index"
    made = Chatbot(Settings(index=index))
    share_models(made, embedder)
    made.build(folder)
    before = made.ask("Where did the night ferry run aground?")
    _free_pages_that_are_none(index)
    assert made.ask("Where did the night ferry run aground?") == before
    names = finished(index)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(FolderSwitchRefused):
        made.build(empty, repair=True)
    with pytest.raises(FolderEmpty):
        made.build(empty, repair=True, switch_folder=True)
    assert finished(index) == names
    assert made.ask("Where did the night ferry run aground?") == before


def test_what_is_no_fault_is_said_with_what_to_do(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7")
    build_index(folder)
    (folder / "new.txt").write_text("Something new\n\nIt happened on a Friday.")
    with locked(tmp_path / "index"):
        checks = {check.about: check for check in chatbot.examine()}
    assert checks["folder"].good
    assert "1 new" in checks["folder"].seen
    assert checks["folder"].remedy.startswith("broadsheet build")
    assert "broken.pdf" in checks["files"].seen
    assert "is building" in checks["build"].seen


def test_a_full_disk_is_wrong(
    folder: Path, build_index: Build, chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(folder)
    usage = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr("rag.doctor.shutil.disk_usage", lambda place: usage)
    assert "1 MB free" in wrong(chatbot)["disk"].seen


def test_without_an_index_and_without_a_model_each_is_named(
    tmp_path: Path, chatbot: Chatbot
) -> None:
    checks = examine(
        Index(tmp_path / "index"), tmp_path / "articles", Embedder(str(tmp_path / "none")),
        chatbot._reading_model, ChunkSettings(),
    )  # fmt: skip
    found = {check.about: check for check in checks if not check.good}
    assert f"broadsheet build {tmp_path / 'articles'}" in found["index"].remedy
    assert str(tmp_path / "none") in found["model"].seen


def test_the_command_prints_it_and_its_status_tells(
    folder: Path, build_index: Build, tmp_path: Path
) -> None:
    build_index(folder)
    index = tmp_path / "index"
    command = [sys.executable, "-m", "rag", "doctor", "--index", str(index)]
    good = subprocess.run(command, capture_output=True, text=True)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "every article, chunk and vector is what its hash says" in good.stdout
    assert "to this machine alone" in good.stdout
    open_to_all = check_address(Settings(host="0.0.0.0"))
    assert not open_to_all.good
    assert "password" in open_to_all.seen
    sql(index, "UPDATE articles SET title = 'Another' WHERE id = 'ferry.txt'")
    bad = subprocess.run([*command, "--json"], capture_output=True, text=True)
    assert bad.returncode == 1
    check = next(c for c in json.loads(bad.stdout) if not c["good"])
    assert "ferry.txt" in check["seen"]


@pytest.mark.parametrize("step", ["link", "replace"])
def test_a_repair_that_cannot_take_the_old_ones_place_leaves_it_with_its_log(
    folder: Path, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    index = tmp_path / "index"
    made = Chatbot(Settings(index=index))
    share_models(made, embedder)
    made.build(folder)
    before = made.ask("Where did the night ferry run aground?")
    _free_pages_that_are_none(index)

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with Store(index / "broadsheet.db", writable=False).snapshot(), monkeypatch.context() as patch:
        real = Path.replace
        if step == "link":
            patch.setattr("rag.setting_aside.os.link", fails)
        else:
            patch.setattr(
                Path, "replace",
                lambda self, to: fails() if self.name == "broadsheet.db.new" else real(self, to),
            )  # fmt: skip
        with pytest.raises(DiskFailed):
            made.build(folder, repair=True)
        assert (index / "broadsheet.db-wal").exists()
    assert not (index / "broadsheet.db.new").exists()
    assert made.ask("Where did the night ferry run aground?") == before


def test_an_index_that_becomes_large_and_small_again_is_right_after_each_build(
    folder: Path, build_index: Build, chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cells() -> int:
        assert wrong(chatbot) == {}
        with chatbot._index.snapshot() as snapshot:
            assert snapshot.vectors.count == len(snapshot.table.ids)
            return snapshot.vectors.cells

    def changes() -> str:
        with chatbot._index.snapshot() as snapshot:
            return snapshot.manifest["vectors_changed"]

    def add(first: int, last: int) -> None:
        for number in range(first, last):
            text = f"Report {number}\n\nThe mayor of town {number} closed bridge {number}."
            (folder / f"more-{number}.txt").write_text(text)
        build_index(folder)

    build_index(folder)
    monkeypatch.setattr(rag.vectors, "FLAT_LIMIT", 20)
    assert cells() == 0
    add(0, 37)
    assert (cells(), changes()) == (32, "0")
    add(37, 39)
    assert (cells(), changes()) == (32, "2")
    add(39, 48)  # a fifth of it and more came since it was divided
    assert (cells(), changes()) == (32, "0")
    assert "ferry.txt" in {c.article_id for c in chatbot.ask("Where is the night ferry?").citations}
    for number in range(40):
        (folder / f"more-{number}.txt").unlink()
    build_index(folder)
    assert (cells(), changes()) == (0, "0")


def test_an_index_made_before_it_could_be_divided_is_sound(
    folder: Path, build_index: Build, chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        (folder / f"more-{number}.txt").write_text(f"Report {number}\n\nBridge {number} is closed.")
    build_index(folder)
    monkeypatch.setattr(rag.vectors, "FLAT_LIMIT", 20)
    assert wrong(chatbot) == {}
