from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag import incoming as module
from rag.errors import FileGone, TooManyFiles
from rag.incoming import INCOMING, Incoming


def files(index: Path) -> list[Path]:
    return [p for p in (index / INCOMING).rglob("*") if p.is_file() and p.name != ".lock"]


def test_file_waits_until_it_is_dropped(tmp_path: Path) -> None:
    incoming = Incoming(tmp_path)
    file = incoming.begin()
    file.write(b"one ")
    file.write(b"two")
    assert file.end().read_bytes() == b"one two"
    assert incoming.path(file.token).read_bytes() == b"one two"
    incoming.drop(file.token)
    assert files(tmp_path) == []
    with pytest.raises(FileGone, match="add it again"):
        incoming.path(file.token)


@pytest.mark.parametrize("token", ["", "..", "../../etc/passwd", "x" * 32])
def test_token_of_nothing_is_no_path(tmp_path: Path, token: str) -> None:
    incoming = Incoming(tmp_path)
    incoming.begin()
    with pytest.raises(FileGone):
        incoming.path(token)
    incoming.drop(token)


def test_too_large_and_too_many_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT_BYTES", 100)
    monkeypatch.setattr(module, "MOST_BYTES", 150)
    monkeypatch.setattr(module, "MOST_FILES", 3)
    incoming = Incoming(tmp_path)
    first = incoming.begin()
    first.write(b"x" * 100)
    with pytest.raises(TooManyFiles, match="100 bytes"):
        first.write(b"x")
    second = incoming.begin()
    with pytest.raises(TooManyFiles, match="150 bytes together"):
        second.write(b"x" * 60)
    third = incoming.begin()
    with pytest.raises(TooManyFiles, match="3 files wait"):
        incoming.begin()
    third.abort()
    incoming.begin()
    assert not (tmp_path / INCOMING / third.token).exists()


def test_what_waits_too_long_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    incoming = Incoming(tmp_path)
    file = incoming.begin()
    file.write(b"x")
    monkeypatch.setattr(module, "WAITING_SECONDS", -1)
    incoming.begin()
    with pytest.raises(FileGone, match="swept"):
        file.write(b"y")
    with pytest.raises(FileGone):
        incoming.path(file.token)


def test_leftovers_of_a_killed_server_are_swept_and_those_of_a_running_one_stay(
    tmp_path: Path,
) -> None:
    code = (
        "import sys, time; from pathlib import Path; from rag.incoming import Incoming\n"
        "file = Incoming(Path(sys.argv[1])).begin(); file.write(b'half'); file._stream.flush()\n"
        "print('there', flush=True); time.sleep(60)"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, env=environment
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"there\n"
        Incoming(tmp_path).sweep()
        assert len(files(tmp_path)) == 1
        other.send_signal(signal.SIGKILL)
        other.wait(10)
    Incoming(tmp_path).sweep()
    assert files(tmp_path) == []


def test_closing_leaves_nothing(tmp_path: Path) -> None:
    incoming = Incoming(tmp_path)
    incoming.begin().write(b"x")
    incoming.close()
    assert not (tmp_path / INCOMING).exists()
