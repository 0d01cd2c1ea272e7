"""Rebuild from the page: ``broadsheet build`` as a child process, and how far it is.

A thread would take the questions' processor time; the child runs at lower priority. A closed tab
does not end it, the end of the server does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from rag.build_log import write_build_log
from rag.records import BuildReport, Progress, from_json, to_json
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class RebuildState:
    """How far the last rebuild is; once it has ended, ``report``, ``cancelled`` or ``error``.
    ``per_second`` is how many items of the stage are done in a second, 0 while that is unknown.
    """

    running: bool = False
    progress: Progress | None = None
    per_second: float = 0.0
    report: BuildReport | None = None
    error: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a build is asked to do."""

    with_folder: bool
    switch_to: Path | None
    full: bool
    allow_empty: bool

    def merged(self, later: _Wish) -> _Wish:
        """One build that does what both ask for."""
        return _Wish(
            self.with_folder or later.with_folder,
            later.switch_to or self.switch_to,
            self.full or later.full,
            self.allow_empty or later.allow_empty,
        )

    def arguments(self, default_folder: Path) -> list[str]:
        """For ``broadsheet build``."""
        flags = ["--full"] * self.full + ["--allow-empty"] * self.allow_empty
        if self.switch_to is not None:
            return [*flags, "--switch-folder", "--", str(self.switch_to)]
        return [*flags, "--", str(default_folder)] if self.with_folder else flags


class Rebuild:
    """At most one child process that builds, and its state. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._state = RebuildState()
        self._process: subprocess.Popen[str] | None = None
        self._stopping = False
        self._next: _Wish | None = None

    @property
    def state(self) -> RebuildState:
        """How far it is."""
        return self._state

    def start(
        self,
        *,
        with_folder: bool = False,
        switch_to: Path | None = None,
        full: bool = False,
        allow_empty: bool = False,
        again: bool = False,
    ) -> bool:
        """Starts a build unless one is running; returns whether it did.

        ``with_folder`` names the settings' folder, for an index that knows none yet; ``switch_to``
        names another than the index was built from; ``full`` reads and embeds everything anew;
        ``allow_empty`` lets a folder without articles empty the index. ``again``: the folder has
        changed, so a build that is running is followed by another.
        """
        wish = _Wish(with_folder, switch_to, full, allow_empty)
        with self._lock:
            if self._state.running:
                if again:
                    self._next = self._next.merged(wish) if self._next else wish
                return False
            self._stopping = False
            self._start(wish)
            return True

    def _start(self, wish: _Wish) -> None:
        """Starts the child; the lock is held."""
        # -P: a folder named rag where the server was started is not the program.
        command = [sys.executable, "-P", "-m", "rag", "build", "--machine"]
        command += wish.arguments(self._settings.articles)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,  # a pipe that nobody reads would stop the child
                text=True,
                errors="replace",
                env=_environment(self._settings),
            )
        except OSError as error:
            self._state = RebuildState(error=f"The build cannot be started: {error}")
            return
        self._state = RebuildState(running=True)
        threading.Thread(target=self._follow, args=(self._process,), daemon=True).start()

    def stop(self) -> None:
        """Ends a running build; the old index stays."""
        with self._lock:
            process = self._process
            self._stopping = True
            self._next = None
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()

    def _follow(self, process: subprocess.Popen[str]) -> None:
        report, error, last = None, "", "no message"
        pace = _Pace()
        try:
            for line in process.stdout or ():
                kind, _, body = line.partition(" ")
                if kind == "progress":
                    progress = from_json(Progress, body)
                    self._state = RebuildState(True, progress, pace.per_second(progress))
                elif kind == "report":
                    report = from_json(BuildReport, body)
                elif kind == "error":
                    error = str(json.loads(body))
                else:
                    last = line.strip() or last
        except ValueError as unreadable:
            error = f"The build said what is not understood: {unreadable}"
        code = process.wait()
        with self._lock:
            if report is None and self._stopping:
                write_build_log(self._settings.index, cancelled=True)
                self._state = RebuildState(cancelled=True)
            elif self._next is not None:
                wish, self._next = self._next, None
                self._start(wish)
            else:
                if report is None and not error:
                    error = f"The build ended with status {code}: {last}"
                    write_build_log(self._settings.index, error=error)
                self._state = RebuildState(report=report, error=error)


class _Pace:
    """Progress as it comes → how many items are done in a second, by the stage so far."""

    def __init__(self) -> None:
        self._stage = ""
        self._since = 0.0
        self._first = 0

    def per_second(self, progress: Progress) -> float:
        """0 within a stage's first second, which says little."""
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._since, self._first = progress.stage, now, progress.done
        seconds = now - self._since
        return (progress.done - self._first) / seconds if seconds > 1 else 0.0


def progress_to_line(progress: Progress) -> str:
    """What the child prints for ``_follow``."""
    return f"progress {to_json(progress)}"


def _environment(settings: Settings) -> dict[str, str]:
    """The settings in force, and this very package before any other of its name. Secrets that no
    build needs, all but Milvus's token, are empty in it, whatever the environment or
    broadsheet.toml says.
    """
    package = str(Path(__file__).parents[1])
    paths = filter(None, (package, os.environ.get("PYTHONPATH")))
    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    # Settings are read whatever the letters' case: one in small letters would stand beside ours.
    others = {n: v for n, v in os.environ.items() if not n.upper().startswith("BROADSHEET_")}
    return others | {
        "PYTHONPATH": os.pathsep.join(paths),
        **{
            f"BROADSHEET_{name.upper()}": _written(name, value)
            for name, value in values.items()
            if value is not None
        },
    }


def _written(name: str, value: object) -> str:
    if not isinstance(value, SecretStr):
        return str(value)
    return value.get_secret_value() if name == "milvus_token" else ""
