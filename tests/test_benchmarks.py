"""The regression check of the benchmarks, as a process: what it lets pass and what it names."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.memory import resident_bytes
from tests.benchmarks.peers import PROGRAMS, SYSTEMS
from tests.benchmarks.results import machine, result, write
from tests.conftest import ROOT

WORKLOAD = {"articles": 60}
RATIOS = {
    "build by langchain_faiss's": 0.5,
    "memory by langchain_faiss's": 1.0,
    "errors by answers": 0.0,
}


def written(path: Path, ratios: dict[str, float], workload: dict[str, Any] = WORKLOAD) -> Path:
    write(path, result("peers", ratios, workload, machine(), medians={"build_s": 12.0}))
    return path


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.benchmarks.check", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "performance.json"
    found = check(written(tmp_path / "old.json", RATIOS), "--recorded", path, "--record")
    assert found.returncode == 0, found.stderr
    return path


def test_the_same_and_better_ratios_pass(recorded: Path, tmp_path: Path) -> None:
    for ratios in (RATIOS, {**RATIOS, "build by langchain_faiss's": 0.3}, {**RATIOS, "new": 9.0}):
        found = check(written(tmp_path / "new.json", ratios), "--recorded", recorded)
        assert found.returncode == 0, found.stdout + found.stderr
        assert "none worse" in found.stdout


def test_a_ratio_a_little_worse_passes_within_its_tolerance(recorded: Path, tmp_path: Path) -> None:
    ratios = {**RATIOS, "build by langchain_faiss's": 0.6}
    assert check(written(tmp_path / "new.json", ratios), "--recorded", recorded).returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("build by langchain_faiss's", 0.7),
        ("memory by langchain_faiss's", 1.2),
        ("errors by answers", 0.001),
        ("build by langchain_faiss's", float("nan")),
    ],
)
def test_a_worse_ratio_is_named_and_no_other(
    recorded: Path, tmp_path: Path, name: str, value: float
) -> None:
    found = check(written(tmp_path / "new.json", {**RATIOS, name: value}), "--recorded", recorded)
    assert found.returncode == 1
    (line,) = found.stdout.splitlines()
    assert line.startswith(f"peers, {name}: ")


def test_a_ratio_that_the_new_run_lacks_is_named(recorded: Path, tmp_path: Path) -> None:
    ratios = {name: value for name, value in RATIOS.items() if name != "errors by answers"}
    found = check(written(tmp_path / "new.json", ratios), "--recorded", recorded)
    assert found.returncode == 1
    assert found.stdout == "peers, errors by answers: 0.000 is recorded, the new run has none\n"


def test_another_workload_is_not_taken_for_the_recorded_one(recorded: Path, tmp_path: Path) -> None:
    new = written(tmp_path / "new.json", RATIOS, {"articles": 5})
    found = check(new, "--recorded", recorded)
    assert found.returncode == 1
    assert "'articles': 5" in found.stdout and "'articles': 60" in found.stdout


def test_recording_one_benchmark_keeps_the_others(recorded: Path, tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    write(path, result("starts", {"help by import": 0.1}, {}, machine()))
    assert check(path, "--recorded", recorded).returncode == 1  # nothing to compare with
    assert check(path, "--recorded", recorded, "--record").returncode == 0
    kept = json.loads(recorded.read_text())
    assert kept["peers"]["ratios"] == RATIOS
    assert "medians" not in kept["peers"]  # absolute times are nobody's measure
    assert check(path, "--recorded", recorded).returncode == 0


def test_a_file_that_is_no_result_is_refused_by_name(recorded: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    for text in ("", "[]", '{"ratios": 3}'):
        path.write_text(text)
        found = check(path, "--recorded", recorded)
        assert found.returncode == 1
        assert "odd.json is no benchmark's result" in found.stderr


def test_no_program_of_a_peer_hides_a_package_that_one_imports() -> None:
    # They lie in the folder that Python looks in first.
    programs = {path.stem: path.read_text() for path in PROGRAMS.glob("*.py")}
    assert set(SYSTEMS) < set(programs)
    for text in programs.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                assert node.module == "shared" or str(node.module).split(".")[0] not in programs


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux counts it in /proc")
def test_memory_counts_what_a_process_has_started() -> None:
    before = resident_bytes(os.getpid())
    code = "held = b'x' * 50_000_000; print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        during = resident_bytes(os.getpid())
        child.communicate(b"\n")
    assert during - before > 50_000_000
    assert resident_bytes(child.pid) == 0
