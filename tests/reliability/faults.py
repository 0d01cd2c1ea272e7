"""Every write, sync, rename and commit of a build fails in turn: the index is the old or the new.

    python -m tests.reliability.faults [--every N [--first N]]

As SQLite tests itself: the n-th call that changes the disk fails, for n = 1, 2, 3 … until a build
gets through without meeting it; once alone and once with all that follow, as a full (ENOSPC) and as
a broken disk (EIO); from nothing, from an older index, and as a repair of one that SQLite's check
rejects and that can be read. After each: what can be read is all old
or all new, nothing is left behind, and the same build without the fault gives the new.
Prints counts as JSON; exit status 1 where anything else happened. Needs a C compiler.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import rag.database
from rag.build import build
from rag.errors import BroadsheetError, DiskFailed, DiskFull, IndexMissing, IndexUnwritable
from rag.new_chunks import ChunkSettings
from tests.reliability.states import Models, damage_of, digest, leftovers, state

SOURCE = Path(__file__).with_name("faults.c")
ROOT = Path(__file__).parents[2]
ERRORS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}


def library(folder: Path) -> Path:
    """The fault library, compiled into the folder."""
    made = folder / "faults.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return made


def run(every: int, *, first: int = 1, timeout: float | None = None) -> dict[str, Any]:
    """Runs it in a child, where the library is loaded before any other; returns its counts."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-faults-") as place:
        environment = os.environ | {"LD_PRELOAD": str(library(Path(place)))}
        command = [
            sys.executable,
            "-m",
            "tests.reliability.faults",
            "--child",
            place,
            "--every",
            str(every),
            "--first",
            str(first),
        ]
        found = subprocess.run(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, timeout=timeout, check=True
        )
    return dict(json.loads(found.stdout))


class _Faults:
    """The loaded library."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.faults_fired.restype = ctypes.c_long
        self._library.faults_counted.restype = ctypes.c_long

    def arm(self, folder: Path, n: int, code: int, lasting: bool, budget: int = -1) -> None:
        self._library.faults_arm(
            str(folder).encode(), ctypes.c_long(n), code, int(lasting), ctypes.c_long(budget)
        )

    def disarm(self) -> int:
        fired = int(self._library.faults_fired())
        self._library.faults_disarm()
        return fired


def write_articles(folder: Path, *, new: bool) -> None:
    """The articles of before, or of after a change, a deletion and an addition."""
    from tests.conftest import BRIDGE, FERRY, ORCHARD

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "bridge.txt").write_text(BRIDGE.replace("3.2", "4.1") if new else BRIDGE)
    (folder / "ferry.txt").write_text(FERRY)
    if new:
        (folder / "pool.txt").write_text("A pool for Ostwick\n\nMayor Jon Petrak opened the pool.")
    else:
        (folder / "orchard.txt").write_text(ORCHARD)


class _Child:
    def __init__(self, place: Path, first: int) -> None:
        self.place = place
        self.first = first
        self.articles = place / "articles"
        self.index = place / "index"
        self.faults = _Faults()
        self.models = Models()
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def build(self, *, repair: bool = False) -> None:
        build(self.index, self.articles, self.models.embedder, ChunkSettings(), repair=repair)

    def state(self) -> Any:
        try:
            return state(self.models, self.index)
        except IndexMissing:
            return None

    def run(self, every: int) -> None:
        rag.database._SCRATCH_CACHE_KIB = (
            1  # what a build stages is written too, not kept in memory
        )
        write_articles(self.articles, new=False)
        self.build()
        older, old = self.place / "older", self.state()
        shutil.copytree(self.index, older)
        write_articles(self.articles, new=True)
        self.build()
        new = self.state()
        shutil.rmtree(self.index)
        self.build()
        first = self.state()
        unsound = self.place / "unsound"  # SQLite's check fails, and all can be read
        shutil.copytree(older, unsound)
        with (unsound / "broadsheet.db").open("r+b") as file:
            file.seek(36)
            file.write(b"\0\0\0\1")
        for name, code in ERRORS.items():
            for lasting in (False, True):
                self.sweep(name, code, lasting, older, old, new, every)
                self.sweep(name, code, lasting, None, None, first, every)
                self.sweep(name, code, lasting, unsound, old, first, every, repair=True)

    def sweep(
        self,
        name: str,
        code: int,
        lasting: bool,
        start: Path | None,
        old: Any,
        new: Any,
        every: int,
        *,
        repair: bool = False,
    ) -> None:
        """n = the first, and every so many, until the build gets through."""
        n = self.first
        while True:
            shutil.rmtree(self.index, ignore_errors=True)
            if start is not None:
                shutil.copytree(start, self.index)
            kind = "repair" if repair else "old index" if start else "no index"
            what = f"{name} at {n}{' and after' if lasting else ''}, {kind}"
            self.faults.arm(self.index, n, code, lasting)
            ended = self.try_build(what, repair)
            fired = self.faults.disarm()
            found = self.state()
            self.counts["builds"] += 1
            self.counts["faults"] += fired > 0
            self.counts["old" if found == old else "new"] += 1
            if found not in (old, new) or (ended and found != new):
                self.wrong.append(f"{what}: neither old nor new")
            if found is not None and (left := leftovers(self.index)) and not lasting:
                self.wrong.append(f"{what}: left {left}")
            self.build(repair=repair)
            if self.state() != new or damage_of(self.index) or leftovers(self.index):
                self.wrong.append(f"{what}: trying again did not mend it: {self.difference(new)}")
            if not fired:
                return
            n += every

    def difference(self, new: Any) -> str:
        """What the index says otherwise, what is damaged and what is left, and what a build says."""
        found = self.state() or []
        said = [f"{digest(a)} for {digest(b)}" for a, b in zip(found, new, strict=False) if a != b]
        report = build(self.index, self.articles, self.models.embedder, ChunkSettings())
        return (
            f"{len(found)} of {len(new)} records, otherwise {said}, damaged {damage_of(self.index)}, "
            f"left {leftovers(self.index)}, failed {report.failures}"
        )

    def try_build(self, what: str, repair: bool) -> bool:
        try:
            self.build(repair=repair)
        except (DiskFull, DiskFailed, IndexUnwritable) as error:
            self.counts[type(error).__name__] += 1
            if str(self.index) not in str(error):
                self.wrong.append(f"{what}: {error} does not name the index")
        except BroadsheetError as error:
            self.wrong.append(f"{what}: {type(error).__name__}: {error}")
        except BaseException as error:
            self.wrong.append(f"{what}: raw {type(error).__name__}: {error}")
        else:
            return True
        return False


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="the first call that fails")
    parser.add_argument("--child", type=Path)
    given = parser.parse_args()
    if given.child is None:
        found = run(given.every, first=given.first)
        print(json.dumps(found, indent=1))
        sys.exit(bool(found["wrong"]))
    child = _Child(given.child, given.first)
    child.run(given.every)
    print(json.dumps({**child.counts, "wrong": child.wrong}))


if __name__ == "__main__":
    main()
