"""Broadsheet's commands, timed as whole processes; each is bounded in time and always ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 3600


def environment() -> dict[str, str]:
    """This process's, without the network, and with compiled modules kept, as an installation has
    them.
    """
    found = os.environ | {"HF_HUB_OFFLINE": "1"}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return found


def seconds_of(*arguments: str) -> float:
    """Python with these arguments, from its start to its end.

    Raises SystemExit with what it said where it fails.
    """
    started = time.perf_counter()
    said_by(*arguments)
    return time.perf_counter() - started


def said_by(*arguments: str) -> str:
    """What Python with these arguments says, on both outputs. Raises SystemExit where it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=environment(), timeout=LONGEST_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"python {' '.join(arguments)} failed:\n{done.stdout[-2000:]}")
    return done.stdout


@contextmanager
def served(index: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """``broadsheet serve`` as a process that has just been started; ended afterwards."""
    command = [sys.executable, "-m", "rag", "serve", "--no-open"]
    command += ["--port", str(port), "--index", str(index)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
