"""A rebuild that the page starts is a process of its own, and tells how far it is."""

from __future__ import annotations

import time
from pathlib import Path

from rag.chatbot import Chatbot
from rag.rebuild import Rebuild, RebuildState
from rag.settings import Settings


def ended(rebuild: Rebuild, seconds: float = 300) -> RebuildState:
    deadline = time.monotonic() + seconds
    while rebuild.state.running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not rebuild.state.running
    return rebuild.state


def test_it_builds_reports_and_can_be_started_again(tmp_path: Path, folder: Path) -> None:
    settings = Settings(index=tmp_path / "index", articles=folder)
    rebuild = Rebuild(settings)
    assert rebuild.start(with_folder=True)
    assert not rebuild.start()  # one at a time
    state = ended(rebuild)
    assert state.error == ""
    assert state.report is not None
    assert state.report.article_count == 3
    assert Chatbot(settings).has_index()
    assert rebuild.start()
    again = ended(rebuild).report
    assert again is not None
    assert again.embedded_chunk_count == 0


def test_what_the_build_refuses_is_its_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    rebuild = Rebuild(Settings(index=tmp_path / "index", articles=tmp_path / "empty"))
    rebuild.start(with_folder=True)
    assert "--allow-empty" in ended(rebuild).error


def test_stopping_it_leaves_no_process_and_the_old_index(tmp_path: Path, folder: Path) -> None:
    settings = Settings(index=tmp_path / "index", articles=folder)
    rebuild = Rebuild(settings)
    rebuild.start(with_folder=True)
    ended(rebuild)
    (folder / "new.txt").write_text("Something new\n\nIt happened on a Friday.")
    rebuild.start()
    rebuild.stop()
    state = ended(rebuild, 10)
    assert (state.report, state.error, state.cancelled) == (None, "", True)
    assert len(Chatbot(settings).articles()) == 3
