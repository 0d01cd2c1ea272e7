"""A rebuild that the page starts is a process of its own, and tells how far it is."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.rebuild import Rebuild, RebuildState, _environment, _Pace
from rag.records import Progress
from rag.settings import Settings

PYTHON = sys.executable


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


def test_a_folder_named_rag_where_it_is_started_is_not_the_program(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rag").mkdir()
    (tmp_path / "rag" / "__init__.py").write_text("")
    (tmp_path / "rag" / "__main__.py").write_text("print('not this one')")
    monkeypatch.chdir(tmp_path)
    rebuild = Rebuild(Settings(index=tmp_path / "index", articles=folder))
    rebuild.start(with_folder=True)
    assert ended(rebuild).report is not None


def stand_in(tmp_path: Path, code: str) -> str:
    """A program in Python's place, which ignores its arguments and does ``code``."""
    program = tmp_path / "stand-in"
    program.write_text(f"#!{PYTHON}\n{code}\n")
    program.chmod(0o755)
    return str(program)


def test_a_talkative_build_does_not_hang_and_its_last_words_are_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import sys\nsys.stderr.write('warning\\n' * 50_000)\nsys.exit('out of luck')"
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, code))
    rebuild = Rebuild(Settings())
    rebuild.start()
    assert ended(rebuild, 30).error == "The build ended with status 1: out of luck"


def test_a_build_that_cannot_start_or_be_understood_ends_as_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    rebuild = Rebuild(Settings())
    rebuild.start()
    assert "cannot be started" in rebuild.state.error
    monkeypatch.setattr(sys, "executable", stand_in(tmp_path, "print('progress {}')"))
    rebuild.start()
    assert "not understood" in ended(rebuild, 30).error


def test_a_change_during_a_build_is_taken_in_by_one_that_follows(
    tmp_path: Path, folder: Path
) -> None:
    settings = Settings(index=tmp_path / "index", articles=folder)
    rebuild = Rebuild(settings)
    assert rebuild.start(with_folder=True)
    assert not rebuild.start(again=True)
    report = ended(rebuild).report
    assert report is not None
    assert (report.new, report.unchanged) == (0, 3)  # what the second one found


def test_the_folder_can_be_switched_and_emptied_where_that_is_asked_for(
    tmp_path: Path, folder: Path
) -> None:
    settings = Settings(index=tmp_path / "index", articles=folder)
    rebuild = Rebuild(settings)
    rebuild.start(with_folder=True)
    ended(rebuild)
    other = tmp_path / "-other"  # no option, whatever it looks like
    other.mkdir()
    rebuild.start(switch_to=other, allow_empty=True)
    assert ended(rebuild).error == ""
    chatbot = Chatbot(settings)
    assert (chatbot.status().folder, chatbot.articles()) == (str(other), [])


def test_a_cancelled_build_is_what_the_log_says(tmp_path: Path, folder: Path) -> None:
    settings = Settings(index=tmp_path / "index", articles=folder)
    rebuild = Rebuild(settings)
    rebuild.start(with_folder=True)
    ended(rebuild)
    rebuild.start(full=True)
    rebuild.stop()
    ended(rebuild, 100)
    log = Chatbot(settings).build_log()
    assert log is not None
    assert (log.cancelled, log.report) == (True, None)


def test_the_rate_is_that_of_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.5, 2.0, 10.0, 14.0])
    monkeypatch.setattr("rag.rebuild.time.monotonic", lambda: next(clock))
    pace = _Pace()
    stages = [
        ("reading", 0),
        ("reading", 50),
        ("reading", 100),
        ("embedding", 8),
        ("embedding", 40),
    ]
    rates = [pace.per_second(Progress(stage, done, 100)) for stage, done in stages]  # type: ignore[arg-type]
    assert rates == [0.0, 0.0, 50.0, 0.0, 8.0]


def test_build_is_handed_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secrets = {"password": "a long password", "llm_key": "sk-topsecret"}
    for name, value in secrets.items():
        monkeypatch.setenv(f"BROADSHEET_{name.upper()}", value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broadsheet.toml").write_text('password = "another password"\n')
    settings = Settings()
    assert settings.password.get_secret_value() == "a long password"
    # Settings are read whatever the letters' case.
    monkeypatch.setenv("broadsheet_password", "a long password")
    environment = _environment(settings)
    assert "broadsheet_password" not in environment
    assert not any(value in environment.values() for value in secrets.values())
    # Not even the one that the file holds: what the environment says wins, even if it is nothing.
    for name in secrets:
        assert environment[f"BROADSHEET_{name.upper()}"] == ""


def test_build_is_handed_the_token_of_the_engine(tmp_path: Path) -> None:
    settings = Settings(milvus_uri="http://127.0.0.1:19530", milvus_token="root:word")
    environment = _environment(settings)
    assert environment["BROADSHEET_MILVUS_TOKEN"] == "root:word"
    assert environment["BROADSHEET_MILVUS_URI"] == "http://127.0.0.1:19530"
