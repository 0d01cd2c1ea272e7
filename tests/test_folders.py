"""A folder's files are listed and read, or there is a reason why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.errors import ArticleUnreadable, FolderUnreadable
from rag.folders import ArticleFile, list_files, read_bytes


def test_files_are_listed_sorted_by_their_path_below_the_folder(tmp_path: Path) -> None:
    for name in ("b.TXT", "a/z.md", "a.html", "c/d/e.pdf", "f.htm", "g.odt", "i.ODT", "h"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    files, failures, passed_over = list_files(tmp_path)
    assert passed_over == {"": 1, ".odt": 2}
    assert [file.id for file in files] == ["a.html", "a/z.md", "b.TXT", "c/d/e.pdf", "f.htm"]
    assert failures == []


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "note.txt").touch()
    (tmp_path / ".draft.txt").touch()
    assert list_files(tmp_path) == ([], [], {})


@pytest.mark.parametrize("name", ["none", "file.txt"])
def test_a_folder_that_is_none_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").touch()
    with pytest.raises(FolderUnreadable, match=f"{name}.*Name an existing folder"):
        list_files(tmp_path / name)


def test_links_out_of_the_folder_are_reported_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "own.txt").write_text("own")
    (inside / "folder").symlink_to(tmp_path / "outside")
    (inside / "file.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (inside / "again.txt").symlink_to(inside / "own.txt")
    files, failures, _ = list_files(inside)
    assert [file.id for file in files] == ["again.txt", "own.txt"]
    assert [failure.path for failure in failures] == ["file.txt", "folder"]
    assert all("out of the folder" in failure.reason for failure in failures)


def test_a_loop_of_links_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "one.txt").symlink_to(tmp_path / "two.txt")
    (tmp_path / "two.txt").symlink_to(tmp_path / "one.txt")
    files, failures, _ = list_files(tmp_path)
    assert [file.id for file in files] == ["a.txt"]
    assert [failure.path for failure in failures] == ["one.txt", "two.txt"]


def test_a_pipe_is_reported_and_never_waited_on(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    files, failures, _ = list_files(tmp_path)
    assert files == []
    assert [failure.path for failure in failures] == ["pipe.txt"]
    with pytest.raises(ArticleUnreadable, match="not a regular file"):
        read_bytes(ArticleFile("pipe.txt", tmp_path / "pipe.txt"))


def test_odd_file_names_are_listed_and_an_undecodable_one_reported(tmp_path: Path) -> None:
    for name in ("new\nline.txt", "\u202egnp.txt", "<img onerror=x>.txt", "x" * 251 + ".txt"):
        (tmp_path / name).touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).touch()
    files, failures, _ = list_files(tmp_path)
    assert len(files) == 4
    assert [failure.path for failure in failures] == ["bad\\udcff.txt"]
    assert "UTF-8" in failures[0].reason


def test_a_file_that_vanished_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(ArticleUnreadable, match="vanished"):
        read_bytes(ArticleFile("a.txt", tmp_path / "a.txt"))


def test_a_file_that_is_too_large_is_refused_with_both_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 1200)
    file = ArticleFile("a.txt", tmp_path / "a.txt")
    assert len(read_bytes(file, limit_bytes=1200)) == 1200
    with pytest.raises(ArticleUnreadable, match=r"1,200.*1,000"):
        read_bytes(file, limit_bytes=1000)
