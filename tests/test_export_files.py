"""A file that is exported is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import AnswerUnreadable, ExportRefused
from rag.export_files import exporter, read_at_most, write_whole
from rag.saved_answers import read_turns, turn_of
from tests.test_exports import ANSWER


@pytest.mark.parametrize("force", [False, True])
def test_an_answer_is_written_in_the_kind_its_name_says(tmp_path: Path, force: bool) -> None:
    exporter(tmp_path / "a.json", force=force)(ANSWER)
    exporter(tmp_path / "a.html", force=force)(ANSWER)
    assert read_turns((tmp_path / "a.json").read_bytes(), "a.json") == (turn_of(ANSWER),)
    assert (tmp_path / "a.html").read_text().startswith("<!DOCTYPE html>")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "a.json"]


@pytest.mark.parametrize("kind", ["file", "link to a file", "link to nowhere"])
def test_what_is_there_is_overwritten_only_if_asked(tmp_path: Path, kind: str) -> None:
    file, other = tmp_path / "a.md", tmp_path / "other.md"
    if kind == "file":
        file.write_text("mine")
    else:
        file.symlink_to(other)
    if kind == "link to a file":
        other.write_text("mine")
    with pytest.raises(ExportRefused, match="--force"):
        exporter(file, force=False)
    exporter(file, force=True)(ANSWER)
    assert file.read_text().startswith("# What will it cost?")
    assert not other.exists() or other.read_text() == "mine"


def test_a_file_that_came_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    save = exporter(tmp_path / "a.md", force=False)
    (tmp_path / "a.md").write_text("mine")
    with pytest.raises(ExportRefused, match="--force"):
        save(ANSWER)
    assert [p.read_text() for p in tmp_path.iterdir()] == ["mine"]


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("mine")
    with pytest.raises(ExportRefused, match="cannot be written"):
        write_whole(tmp_path / "a.md", "half \ud800", force=True)
    assert [p.read_text() for p in tmp_path.iterdir()] == ["mine"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file, no folder")
    with pytest.raises(ExportRefused, match=r"a\.md cannot be written"):
        write_whole(tmp_path / "notes" / "a.md", "text", force=False)


def test_no_more_is_read_than_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"x" * 1000)
    assert read_at_most(tmp_path / "a.json", 10) == b"x" * 11
    assert read_at_most(tmp_path / "a.json", 1000) == b"x" * 1000
    for path in (tmp_path, tmp_path / "no.json", tmp_path / "a\0b"):
        with pytest.raises(AnswerUnreadable, match="cannot be read"):
            read_at_most(path, 10)
