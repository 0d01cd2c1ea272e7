"""Files of a folder are added, removed and restored; nothing is overwritten, lost or reached outside."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from rag import folder_changes
from rag.errors import DiskFull, FileExists, FileGone, FileNameUnusable, FileNotTaken
from rag.file_names import LONGEST_NAME_BYTES, safe_name
from rag.folder_changes import (
    REMOVED,
    add_file,
    compare_name,
    remove_file,
    removed_files,
    restore_file,
)


@pytest.fixture
def kept_in(tmp_path: Path) -> Path:
    place = tmp_path / "index"
    place.mkdir()
    return place


@pytest.fixture
def new(tmp_path: Path) -> Path:
    file = tmp_path / "incoming"
    file.write_text("A new article\n\nIt is new.")
    return file


def names(folder: Path) -> list[str]:
    """All there is in a folder, hidden leftovers too."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("..\\..\\boot.txt", "boot.txt"),
        ("/etc/x.md", "x.md"), (".hidden.txt", "hidden.txt"), ("a\u202egpj.txt", "agpj.txt"),
        ("a\nb\x00c.txt", "abc.txt"), ("  a   b .txt", "a b.txt"), ("a.txt. ", "a.txt"),
        ("Zu\u0308rich.txt", "Zürich.txt"), ("<img src=x>.txt", "<img src=x>.txt"),
    ],
)  # fmt: skip
def test_names_are_made_safe(given: str, name: str) -> None:
    assert safe_name(given) == name


@pytest.mark.parametrize("given", ["", "..", "../", ".", "/", "\x00", ". .", "???", ".txt"])
def test_names_of_nothing_are_refused(given: str) -> None:
    if given == ".txt":  # without its dot it is a name without a suffix
        assert safe_name(given) == "txt"
        return
    with pytest.raises(FileNameUnusable, match="give it another"):
        safe_name(given)


@pytest.mark.parametrize("stem", ["x" * 5_000, "ü" * 400, "日" * 300])
def test_long_names_are_cut_before_their_suffix(stem: str) -> None:
    name = safe_name(f"{stem}.html")
    assert name.endswith(".html")
    assert 200 < len(name.encode()) <= LONGEST_NAME_BYTES - len(" (999)")


# --- add ------------------------------------------------------------------------------------


def test_file_is_added_whole_and_leaves_nothing_beside(
    folder: Path, new: Path, kept_in: Path
) -> None:
    before = names(folder)
    assert add_file(folder, new, "../new.txt", kept_in) == "new.txt"
    assert names(folder) == sorted([*before, "new.txt"])
    assert (folder / "new.txt").read_bytes() == new.read_bytes()


def test_name_that_is_taken_is_not_overwritten_unasked(
    folder: Path, new: Path, kept_in: Path
) -> None:
    old = (folder / "ferry.txt").read_bytes()
    before = names(folder)
    with pytest.raises(FileExists, match=r"ferry\.txt"):
        add_file(folder, new, "ferry.txt", kept_in)
    assert (folder / "ferry.txt").read_bytes() == old
    assert names(folder) == before


def test_both_are_kept_under_names_that_are_free(folder: Path, new: Path, kept_in: Path) -> None:
    added = [add_file(folder, new, "ferry.txt", kept_in, if_taken="keep both") for _ in range(3)]
    assert added == ["ferry (2).txt", "ferry (3).txt", "ferry (4).txt"]


def test_what_is_replaced_can_be_restored(folder: Path, new: Path, kept_in: Path) -> None:
    old = (folder / "ferry.txt").read_bytes()
    assert add_file(folder, new, "ferry.txt", kept_in, if_taken="replace") == "ferry.txt"
    assert (folder / "ferry.txt").read_bytes() == new.read_bytes()
    (kept,) = removed_files(kept_in)
    assert restore_file(kept_in, kept.token, if_taken="keep both") == "ferry (2).txt"
    assert (folder / "ferry (2).txt").read_bytes() == old


def test_comparing_tells_the_same_file_from_another(folder: Path, new: Path) -> None:
    assert compare_name(folder, new, "new.txt") == "free"
    assert compare_name(folder, new, "ferry.txt") == "taken"
    assert compare_name(folder, folder / "ferry.txt", "ferry.txt") == "same"
    (folder / "dangling.txt").symlink_to("nowhere")
    assert compare_name(folder, new, "dangling.txt") == "taken"


def test_file_that_no_build_would_read_is_not_added(folder: Path, new: Path, kept_in: Path) -> None:
    with pytest.raises(FileNotTaken, match=r"\.exe"):
        add_file(folder, new, "new.exe", kept_in)


@pytest.mark.parametrize("if_taken", ["refuse", "keep both", "replace"])
def test_link_in_the_place_of_a_name_is_never_written_through(
    folder: Path, new: Path, kept_in: Path, tmp_path: Path, if_taken: Any
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    (folder / "link.txt").symlink_to(outside)
    try:
        added = add_file(folder, new, "link.txt", kept_in, if_taken=if_taken)
        assert added == "link (2).txt"
    except FileNotTaken:
        assert if_taken != "keep both"
    assert outside.read_text() == "precious"
    assert (folder / "link.txt").is_symlink()


def test_folder_without_hard_links_works_the_same(
    folder: Path, new: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    before = names(folder)
    assert add_file(folder, new, "new.txt", kept_in) == "new.txt"
    assert add_file(folder, new, "new.txt", kept_in, if_taken="keep both") == "new (2).txt"
    assert add_file(folder, new, "ferry.txt", kept_in, if_taken="replace") == "ferry.txt"
    assert names(folder) == sorted([*before, "new.txt", "new (2).txt"])
    assert [file.path for file in removed_files(kept_in)] == ["ferry.txt"]


@pytest.mark.parametrize("call", ["fsync", "open", "link"])
def test_full_disk_is_named_and_nothing_is_left_or_lost(
    folder: Path, new: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before, old = names(folder), (folder / "ferry.txt").read_bytes()
    plain = getattr(os, call)

    def full(*arguments: Any, **options: Any) -> Any:
        if call == "open" and not arguments[1] & os.O_CREAT:
            return plain(*arguments, **options)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        with pytest.raises(DiskFull, match="full"):
            add_file(folder, new, "ferry.txt", kept_in, if_taken="replace")
    assert names(folder) == before
    assert (folder / "ferry.txt").read_bytes() == old


# --- remove and restore ---------------------------------------------------------------------


def test_removed_file_is_kept_and_comes_back_as_it_was(folder: Path, kept_in: Path) -> None:
    (folder / "wire").mkdir()
    (folder / "wire" / "note.md").write_text("# Note\n\nOf the wire.")
    removed = remove_file(folder, "wire/note.md", "Note", kept_in)
    assert not (folder / "wire" / "note.md").exists()
    assert (kept_in / REMOVED / removed.token / "note.md").read_text() == "# Note\n\nOf the wire."
    assert removed_files(kept_in) == [removed]
    assert (removed.path, removed.title, removed.folder) == (
        "wire/note.md",
        "Note",
        str(folder.resolve()),
    )
    (folder / "wire").rmdir()
    assert restore_file(kept_in, removed.token) == "wire/note.md"
    assert (folder / "wire" / "note.md").read_text() == "# Note\n\nOf the wire."
    assert removed_files(kept_in) == []
    assert not (kept_in / REMOVED / removed.token).exists()


def test_restoring_overwrites_nothing(folder: Path, kept_in: Path) -> None:
    removed = remove_file(folder, "ferry.txt", "", kept_in)
    (folder / "ferry.txt").write_text("another")
    with pytest.raises(FileExists, match="keep both"):
        restore_file(kept_in, removed.token)
    assert (folder / "ferry.txt").read_text() == "another"
    assert removed_files(kept_in) == [removed]
    assert restore_file(kept_in, removed.token, if_taken="keep both") == "ferry (2).txt"


def test_another_file_system_makes_no_difference(
    folder: Path, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "rename", elsewhere)
    old = (folder / "ferry.txt").read_bytes()
    removed = remove_file(folder, "ferry.txt", "", kept_in)
    assert not (folder / "ferry.txt").exists()
    assert restore_file(kept_in, removed.token) == "ferry.txt"
    assert (folder / "ferry.txt").read_bytes() == old


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd.txt", "../secret.txt", "wire/../../secret.txt", "./ferry.txt", "ferry.txt/",
     ".sample", ".hidden/x.txt", "a\0.txt", "notes.odt", "ferry.txt/../ferry.txt"],
)  # fmt: skip
def test_path_that_is_no_article_file_of_the_folder_is_refused(
    folder: Path, kept_in: Path, path: str
) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    (folder / ".sample").write_text("")
    (folder / "notes.odt").write_text("")
    with pytest.raises(FileNotTaken):
        remove_file(folder, path, "", kept_in)
    assert (folder.parent / "secret.txt").exists()
    assert (folder / ".sample").exists()
    assert removed_files(kept_in) == []


def test_links_are_neither_removed_nor_followed(
    folder: Path, kept_in: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "note.txt").write_text("precious")
    (folder / "linked").symlink_to(outside)
    (folder / "link.txt").symlink_to(outside / "note.txt")
    for path in ("linked/note.txt", "link.txt"):
        with pytest.raises(FileNotTaken, match="link"):
            remove_file(folder, path, "", kept_in)
    assert (outside / "note.txt").read_text() == "precious"
    with pytest.raises(FileGone):
        remove_file(folder, "nothing.txt", "", kept_in)


@pytest.mark.parametrize(
    "token", ["", "..", "../articles", "20260101-000000-00000000", "x" * 1000, "a\0"]
)
def test_token_of_nothing_is_refused(kept_in: Path, token: str) -> None:
    with pytest.raises(FileGone):
        restore_file(kept_in, token)


def test_forged_or_broken_record_is_not_listed_and_restores_nothing(
    folder: Path, kept_in: Path
) -> None:
    removed = remove_file(folder, "ferry.txt", "", kept_in)
    record = kept_in / REMOVED / removed.token / "removed.json"
    whole = record.read_text()
    for forged in (
        "",
        "{}",
        whole.replace("ferry.txt", "../x.txt"),
        whole.replace("ferry.txt", "x.txt"),
    ):
        record.write_text(forged)
        assert removed_files(kept_in) == []
        with pytest.raises(FileGone):
            restore_file(kept_in, removed.token)
    record.write_text(whole)
    assert restore_file(kept_in, removed.token) == "ferry.txt"


def test_leftover_of_a_killed_addition_is_swept_and_was_never_an_article(
    folder: Path, new: Path, kept_in: Path
) -> None:
    from rag.folders import list_files

    left = folder / f"{folder_changes._PART}0123"
    left.write_text("half")
    os.utime(left, (1, 1))
    assert left.name not in [file.id for file in list_files(folder)[0]]
    add_file(folder, new, "new.txt", kept_in)
    assert not left.exists()
