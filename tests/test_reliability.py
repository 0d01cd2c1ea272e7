"""Faults and abuses, the short way: the commands of tests/reliability do the same at length."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.settings import Settings
from tests.conftest import FERRY, ROOT
from tests.e2e.serving import server
from tests.model_server import drips, serving
from tests.reliability import damage, faults, kills, load

CLI = [sys.executable, "-m", "rag"]


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CLI, *arguments], capture_output=True, text=True, **options)  # type: ignore[call-overload, no-any-return]


def test_each_write_of_a_build_may_fail(tmp_path: Path) -> None:
    found = faults.run(every=260, timeout=900)
    assert found["wrong"] == []
    assert found["faults"] >= 4
    assert found["DiskFull"] and found["DiskFailed"]


def test_each_file_of_an_index_may_be_damaged() -> None:
    found = damage.run(20)
    assert found["wrong"] == []
    assert found["answered as before"] and found["refused: IndexDamaged"]


def test_a_build_may_be_killed_at_any_moment() -> None:
    found = kills.run(3)
    assert found["wrong"] == []
    assert found["searches meanwhile"] > 10


def test_answers_during_rebuilds_are_of_one_generation() -> None:
    found = load.run(clients=4, questions=30, rebuilds=2)
    assert found["wrong"] == []
    assert found["answered"] == 120


def test_files_that_claim_huge_sizes_take_neither_time_nor_memory() -> None:
    # In a process of its own, whose memory is measured.
    command = [sys.executable, "-m", "tests.reliability.forged"]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout)
    assert found["forged"] > 300
    assert found["memory grown MB"] < 100
    assert found["longest seconds"] < 10


def test_a_full_disk_is_named_and_the_old_index_answers(folder: Path, tmp_path: Path) -> None:
    words = " ".join(f"Line {number} of the long log tells of wind." for number in range(6000))
    (tmp_path / "long.txt").write_text(f"The long log\n\n{words}\n")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f"""
mount -t tmpfs -o size=1m none {disk} || exit 99
build="{sys.executable} -m rag build --index {disk}/index"
$build {folder} --json >/dev/null || exit 98
cp {tmp_path}/long.txt {folder}/long.txt
$build 2>{tmp_path}/error; echo $?
{sys.executable} -m rag ask --index {disk}/index "Where did the night ferry run aground?"; echo $?
rm {folder}/long.txt
$build; echo $?
"""
    command = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["-r"]), "sh", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.isdigit()] == ["1", "0", "0"]
    error = (tmp_path / "error").read_text()
    assert f"The disk that holds {disk}/index" in error.replace("\n", " ")
    assert "is full" in error
    assert "Traceback" not in error
    assert "sandbank" in done.stdout


def test_of_two_builds_at_once_the_second_says_so(tmp_path: Path) -> None:
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    for number in range(60):
        (articles / f"{number}.txt").write_text(FERRY.replace("Tuesday", f"day {number}"))
    first = subprocess.Popen(
        [*CLI, "build", str(articles), "--index", str(index), "--machine"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert first.stdout is not None
    assert "progress" in first.stdout.readline()
    started = time.monotonic()
    second = run("build", str(articles), "--index", str(index))
    assert time.monotonic() - started < 10
    assert second.returncode == 1
    assert f"Another build (process {first.pid})" in second.stderr
    first.kill()
    first.communicate()
    third = run("build", str(articles), "--index", str(index), "--json")
    assert third.returncode == 0, third.stderr
    assert json.loads(third.stdout)["article_count"] == 60


def children_of(pid: int) -> set[int]:
    """The processes below it, all generations."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    found, size = {pid}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found - {pid}


def alive(pids: set[int]) -> set[int]:
    """Those that still run; what has ended and was not waited for does not."""
    found = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            found.add(pid)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_told_to_end_leaves_no_process(tmp_path: Path, number: int) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for n in range(300):
        (articles / f"{n}.txt").write_text(FERRY.replace("Tuesday", f"day {n}"))
    build = subprocess.Popen(
        [*CLI, "build", str(articles), "--index", str(tmp_path / "index"), "--machine"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # Where the tests run in the background, a shell has them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert build.stdout is not None
    for line in build.stdout:
        if '"reading"' in line and '"done": 0' not in line and '"done":0' not in line:
            break
    children = children_of(build.pid)
    assert children, "its readers are processes"
    started = time.monotonic()
    build.send_signal(number)
    assert "Traceback" not in build.communicate(timeout=100)[1]
    assert build.returncode != 0
    while alive(children) and time.monotonic() - started < 100:
        time.sleep(0.1)
    assert alive(children) == set()


def test_a_server_that_is_told_to_end_leaves_no_process(folder: Path, tmp_path: Path) -> None:
    """In a streamed answer and in a build."""
    from gradio_client import Client

    index = tmp_path / "index"
    assert run("build", str(folder), "--index", str(index)).returncode == 0
    with (
        serving(drips) as model,
        server(folder, index, BROADSHEET_LLM_MODEL="m", BROADSHEET_LLM_URL=model.url) as address,
    ):
        pid = next(
            pid for pid in children_of(os.getpid())
            if address.rpartition(":")[2] in Path(f"/proc/{pid}/cmdline").read_text()
        )  # fmt: skip
        client = Client(address, verbose=False, download_files=False)
        answer = client.submit("Where did the night ferry run aground?", api_name="/ask")
        deadline = time.monotonic() + 100
        while not model.requests and time.monotonic() < deadline:
            time.sleep(0.05)
        for n in range(200):
            (folder / f"{n}.txt").write_text(FERRY.replace("Tuesday", f"day {n}"))
        build = client.submit(api_name="/build")
        while not children_of(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        family = children_of(pid)
        assert family and model.requests
        started = time.monotonic()
        os.kill(pid, signal.SIGTERM)
        while alive({pid, *family}) and time.monotonic() - started < 100:
            time.sleep(0.1)
        assert alive({pid, *family}) == set()
        del answer, build
    assert Chatbot(Settings(index=index)).articles()


WATCHED = """
import socket, sys
def watch(event, args):
    if event == "socket.getaddrinfo" or event == "socket.connect" and args[0].family != socket.AF_UNIX:
        print("ASKED", event, args[-1], file=sys.stderr, flush=True)
sys.addaudithook(watch)
sys.argv = ["broadsheet", *sys.argv[1:]]
from rag.cli import main
main()
"""


@pytest.mark.parametrize(
    "black_hole", [False, True], ids=["no network", "a hub that never answers"]
)
def test_without_a_network_nothing_is_asked_of_it(
    folder: Path, tmp_path: Path, black_hole: bool
) -> None:
    apart = [] if black_hole else ["unshare", "--net", *([] if os.geteuid() == 0 else ["-r"])]
    environment = os.environ | ({"HF_ENDPOINT": "http://10.255.255.1"} if black_hole else {})
    environment.pop("HF_HUB_OFFLINE", None)
    index = str(tmp_path / "index")
    for arguments in (
        ("build", str(folder), "--index", index),
        ("ask", "Where did the night ferry run aground?", "--index", index),
        *([] if black_hole else [("doctor", "--index", index)]),
    ):
        done = subprocess.run(
            [*apart, sys.executable, "-c", WATCHED, *arguments],
            capture_output=True, text=True, env=environment, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "ASKED" not in done.stderr
