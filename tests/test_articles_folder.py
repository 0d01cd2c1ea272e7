from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.articles_folder import ArticlesFolder
from rag.build_log import BUILD_LOG
from rag.chatbot import Chatbot
from rag.errors import FileGone, FileNotTaken, FolderEmpty
from rag.file_check import check_file
from rag.readers import Readers
from rag.records import BuildReport

Build = Callable[..., BuildReport]


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(1) as made:
        yield made


def lines(path: Path, count: int) -> None:
    records = (
        {
            "id": f"n{n}",
            "title": f"Note {n}",
            "text": f"The harbour master counted {n} ships on Friday.",
        }
        for n in range(count)
    )
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def sent(tmp_path: Path, raw: bytes) -> Path:
    file = tmp_path / "sent"
    file.write_bytes(raw)
    return file


# --- what a file holds ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "raw", "problem"),
    [
        ("photo.txt", b"\x89PNG\r\n\x1a\n0", "a picture, not text"),
        ("photo.png", b"\x89PNG\r\n\x1a\n0", "a picture, not text"),
        ("notes.log", b"A note\n\nIt is one, he said on Friday.", "its name ends in .log"),
        ("notes", b"A note\n\nIt is one, he said on Friday.", "its name has no suffix"),
        ("empty.txt", b"", "empty file"),
        ("lines.jsonl", b"not json\n", "JSON"),
        ("..", b"A note\n\nIt is one.", "give it another"),
    ],
)
def test_file_that_is_no_article_is_refused_with_the_reason(
    tmp_path: Path, readers: Readers, name: str, raw: bytes, problem: str
) -> None:
    found = check_file(sent(tmp_path, raw), name, readers)
    assert problem in found.problem
    assert found.first is None


def test_file_is_read_by_its_content_and_dated_by_its_name(
    tmp_path: Path, readers: Readers
) -> None:
    raw = b"A port opens\n\nThe port of Ansel was opened, the harbour master said."
    found = check_file(sent(tmp_path, raw), "../2026-10-01-port.txt", readers)
    assert found.name == "2026-10-01-port.txt"
    assert found.first is not None
    assert (found.first.title, str(found.first.published)) == ("A port opens", "2026-10-01")


def test_file_of_several_articles_is_counted(tmp_path: Path, readers: Readers) -> None:
    file = tmp_path / "sent"
    lines(file, 30)
    assert check_file(file, "n.jsonl", readers).article_count == 30


# --- the folder of an index -----------------------------------------------------------------


def test_removed_article_is_not_found_after_a_build_and_is_after_its_return(
    chatbot: Chatbot, folder: Path
) -> None:
    chatbot.build(folder)
    removed = chatbot.folder.remove("bridge.txt")
    assert removed.title == "Council closes the iron bridge for two years"
    chatbot.build()
    assert [a.id for a in chatbot.articles()] == ["ferry.txt", "orchard.txt"]
    assert chatbot.ask("How many girders of the iron bridge have cracks?").status == "not_found"
    assert list(chatbot.folder.removed()) == [removed]
    assert chatbot.folder.restore(removed.token) == "bridge.txt"
    chatbot.build()
    assert (
        "14 of its 36"
        in chatbot.ask("How many girders of the iron bridge have cracks?").sentences[0].text
    )


def test_line_is_not_removed_by_itself_but_its_file_is(chatbot: Chatbot, folder: Path) -> None:
    lines(folder / "wire.jsonl", 3)
    chatbot.build(folder)
    with pytest.raises(FileNotTaken, match=r"a line of wire\.jsonl, which holds 3 articles"):
        chatbot.folder.remove("wire.jsonl#n1")
    assert chatbot.folder.file_of("wire.jsonl#n1") == "wire.jsonl"
    assert chatbot.folder.file_of("new.jsonl#line 3") == "new.jsonl"  # not indexed
    assert chatbot.folder.remove("wire.jsonl").title == "3 articles"
    chatbot.build()
    assert len(chatbot.articles()) == 3


def test_file_is_added_where_its_name_is_free_and_asked_about_where_not(
    chatbot: Chatbot, folder: Path, tmp_path: Path
) -> None:
    chatbot.build(folder)
    file = sent(tmp_path, b"Another ferry\n\nAnother ferry ran aground.")
    add = chatbot.folder.add
    assert add(file, "new.txt").state == "added"
    assert add(file, "new.txt").state == "same"
    assert add(file, "ferry.txt").state == "taken"
    assert add(file, "ferry.txt", if_taken="keep both").path == "ferry (2).txt"


def test_own_folder_is_made_beside_the_index(
    chatbot: Chatbot, folder: Path, tmp_path: Path
) -> None:
    (folder / ".sample").write_text("")
    chatbot.build(folder)
    assert chatbot.folder.is_sample()
    own = chatbot.folder.own
    assert own == tmp_path.resolve() / "my-articles"
    chatbot.folder.add(sent(tmp_path, b"A port\n\nA port opens."), "port.txt", into_own=True)
    assert (own / "port.txt").exists()
    assert not (folder / "port.txt").exists()
    chatbot.build(own, switch_folder=True)
    assert chatbot.folder.path == own
    assert not chatbot.folder.is_sample()


def test_without_an_index_files_go_into_the_folder_it_is_to_be_of(
    chatbot: Chatbot, folder: Path, tmp_path: Path
) -> None:
    assert chatbot.folder.path == folder.resolve()
    assert (
        chatbot.folder.add(sent(tmp_path, b"A port\n\nA port opens."), "port.txt").state == "added"
    )
    with pytest.raises(FileGone):
        chatbot.folder.remove("nothing.txt")


def test_checks_end_their_processes(chatbot: Chatbot, tmp_path: Path) -> None:
    folder: ArticlesFolder = chatbot.folder
    assert not folder.check(sent(tmp_path, b"A port\n\nA port opens."), "port.txt").problem
    folder.close()
    assert folder._readers is None


# --- the log of the last build --------------------------------------------------------------


def test_last_build_is_kept_with_each_file_that_failed(chatbot: Chatbot, folder: Path) -> None:
    assert chatbot.build_log() is None
    (folder / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n0")
    report = chatbot.build(folder)
    log = Chatbot(chatbot.settings).build_log()  # as after a restart
    assert log is not None
    assert log.report == report
    assert [(f.path, f.reason) for f in log.report.failures] == [
        ("photo.txt", "a picture, not text")
    ]


def test_build_that_failed_is_kept_with_its_error(chatbot: Chatbot, folder: Path) -> None:
    chatbot.build(folder)
    for file in folder.iterdir():
        file.unlink()
    with pytest.raises(FolderEmpty):
        chatbot.build()
    log = chatbot.build_log()
    assert log is not None
    assert log.report is None
    assert "--allow-empty" in log.error
    (chatbot.settings.index / BUILD_LOG).write_text("{")
    assert chatbot.build_log() is None
