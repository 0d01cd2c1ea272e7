"""A target and seeds → a coverage-guided run of so many seconds, with what it found.

The run is a child process: an input that ends it (a crash in native code, a hang) is kept and
another child goes on. What raises is kept once for each place that raises; nothing stops the run.

    python -m tests.fuzz.articles --seconds 300 --crashes found
    python -m tests.fuzz.articles --replay found/raises-1a2b3c4d
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

SLOW_SECONDS = 10
"""An input that takes longer is kept as slow; twenty are what a reader has for an article."""
HANG_SECONDS = 60
"""The child is ended."""
MEMORY_MIB = 4096

Target = Callable[[bytes], None]


def main(module: str, target: Callable[[], Target], seeds: Callable[[], Iterable[bytes]]) -> None:
    """The command line. ``target`` imports what is to be watched, after it is being watched."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-crashes"), metavar="DIR")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="Keep and go on with it.")
    parser.add_argument("--longest", type=int, default=20_000, metavar="BYTES")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="Run one input and no more.")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.replay:
        target()(given.replay.read_bytes())
        print("Nothing raised.")
    elif given.child:
        _fuzz(module, target, given)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            given.corpus = given.corpus or Path(temporary)
            _supervise(module, seeds, given)


def _supervise(
    module: str, seeds: Callable[[], Iterable[bytes]], given: argparse.Namespace
) -> None:
    given.crashes.mkdir(parents=True, exist_ok=True)
    given.corpus.mkdir(parents=True, exist_ok=True)
    before = set(given.crashes.iterdir())
    for seed in seeds():
        (given.corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    ends = time.monotonic() + given.seconds
    executions = children = 0
    while (left := int(ends - time.monotonic())) > 0:
        children += 1
        command = [sys.executable, "-m", module, "--child", "--seconds", str(left)]
        command += ["--crashes", str(given.crashes), "--corpus", str(given.corpus)]
        command += ["--longest", str(given.longest)]
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, errors="replace"
        ) as child:
            assert child.stderr is not None
            executions += _watch(child.stderr)
    found = sorted(set(given.crashes.iterdir()) - before)
    corpus = sum(1 for _ in given.corpus.iterdir())
    print(
        f"{executions:,} executions in {given.seconds} s, {children} child processes, "
        f"corpus of {corpus:,} inputs, {len(found)} kept as wrong."
    )
    for path in found:
        print(f"    python -m {module} --replay {path}")
    sys.exit(bool(found))


def _watch(lines: Iterable[str]) -> int:
    """What the child says → how many inputs it ran; shows what matters of it."""
    count = 0
    for line in lines:
        if match := re.match(r"#(\d+)\s", line):
            count = max(count, int(match[1]))
            if "pulse" in line or "INITED" in line:
                print(line.rstrip(), flush=True)
        elif match := re.match(r"stat::number_of_executed_units:\s*(\d+)", line):
            count = int(match[1])
        elif not re.match(r"INFO:|WARNING: Failed to find|stat::|#####|\"", line):
            print(line.rstrip(), flush=True)
    return count


def _fuzz(module: str, target: Callable[[], Target], given: argparse.Namespace) -> None:
    import atheris

    with atheris.instrument_imports(include=["rag"]):
        run = target()
    seen: set[str] = set()

    def one(data: bytes) -> None:
        started = time.monotonic()
        try:
            run(data)
        except Exception as error:
            places = traceback.extract_tb(error.__traceback__)[-3:]
            key = f"{type(error).__name__}{[(p.filename, p.lineno) for p in places]}"
            _keep(given.crashes, "raises", key, data, seen, traceback.format_exc())
        if (seconds := time.monotonic() - started) > SLOW_SECONDS:
            _keep(given.crashes, "slow", str(int(seconds)), data, seen, f"{seconds:.1f} s")

    options = [
        module, str(given.corpus), f"-max_total_time={given.seconds}", f"-timeout={HANG_SECONDS}",
        f"-max_len={given.longest}", f"-rss_limit_mb={MEMORY_MIB}", "-print_final_stats=1",
        f"-artifact_prefix={given.crashes}/", "-reload=0",
    ]  # fmt: skip
    atheris.Setup(options, one)
    atheris.Fuzz()


def _keep(folder: Path, kind: str, key: str, data: bytes, seen: set[str], report: str) -> None:
    name = f"{kind}-{hashlib.sha1(key.encode()).hexdigest()[:8]}"
    if name in seen:
        return
    seen.add(name)
    (folder / name).write_bytes(data)
    print(f"{report}\nkept as {folder / name}", file=sys.stderr, flush=True)
