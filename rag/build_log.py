"""How the last build ended, kept in the index's folder so that it outlives whoever started it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import BroadsheetError, IndexLocked
from rag.records import BuildLog, BuildReport, from_json, to_json

BUILD_LOG = "last-build.json"

_MOST_BYTES = 50_000_000


def logged(index_folder: Path, work: Callable[[], BuildReport]) -> BuildReport:
    """Builds, and keeps how that ended. A build that could not begin, since another is running,
    has not ended. Raises what ``work`` does.
    """
    try:
        report = work()
    except IndexLocked:
        raise
    except BroadsheetError as error:
        write_build_log(index_folder, error=str(error))
        raise
    except KeyboardInterrupt:
        write_build_log(index_folder, cancelled=True)
        raise
    write_build_log(index_folder, report)
    return report


def write_build_log(
    index_folder: Path,
    report: BuildReport | None = None,
    *,
    error: str = "",
    cancelled: bool = False,
) -> None:
    """Keeps a build's end; one that cannot be written is left out, the build itself counts."""
    if not index_folder.is_dir():
        return
    before = read_build_log(index_folder)
    folder = report.folder if report else before.folder if before else ""
    log = BuildLog(datetime.now(UTC), report, error, cancelled, folder)
    _sweep(index_folder)
    part = index_folder / f".{BUILD_LOG}.{os.getpid()}"
    try:
        with part.open("wb") as out:
            out.write(to_json(log, indent=1).encode())
            out.flush()
            os.fsync(out.fileno())
        part.replace(index_folder / BUILD_LOG)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _sweep(index_folder: Path) -> None:
    """What a process that was killed while it wrote has left."""
    for path in index_folder.glob(f".{BUILD_LOG}.*"):
        number = path.name.rpartition(".")[2]
        if number.isdecimal() and not Path(f"/proc/{number}").exists():
            with suppress(OSError):
                path.unlink(missing_ok=True)


def read_build_log(index_folder: Path) -> BuildLog | None:
    """What was kept last; None where nothing was, or nothing that can be read."""
    path = index_folder / BUILD_LOG
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        return from_json(BuildLog, path.read_bytes())
    except (OSError, ValueError):
        return None
