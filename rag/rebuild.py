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
from dataclasses import dataclass
from pathlib import Path

from rag.records import BuildReport, Progress, from_json, to_json
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class RebuildState:
    """How far the last rebuild is; once it has ended, ``report``, ``cancelled`` or ``error``."""

    running: bool = False
    progress: Progress | None = None
    report: BuildReport | None = None
    error: str = ""
    cancelled: bool = False


class Rebuild:
    """At most one child process that builds, and its state. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._state = RebuildState()
        self._process: subprocess.Popen[str] | None = None
        self._stopping = False

    @property
    def state(self) -> RebuildState:
        """How far it is."""
        return self._state

    def start(self, *, with_folder: bool = False) -> bool:
        """Starts a build unless one is running; returns whether it did.

        ``with_folder`` names the settings' folder, for an index that knows none yet.
        """
        with self._lock:
            if self._state.running:
                return False
            # -P: a folder named rag where the server was started is not the program.
            command = [sys.executable, "-P", "-m", "rag", "build", "--machine"]
            if with_folder:
                command.append(str(self._settings.articles))
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,  # a pipe that nobody reads would stop the child
                    text=True,
                    errors="replace",
                    env=os.environ | _environment(self._settings),
                )
            except OSError as error:
                self._state = RebuildState(error=f"The build cannot be started: {error}")
                return True
            self._stopping = False
            self._state = RebuildState(running=True)
            threading.Thread(target=self._follow, args=(self._process,), daemon=True).start()
            return True

    def stop(self) -> None:
        """Ends a running build; the old index stays."""
        with self._lock:
            process = self._process
            self._stopping = True
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()

    def _follow(self, process: subprocess.Popen[str]) -> None:
        report, error, last = None, "", "no message"
        try:
            for line in process.stdout or ():
                kind, _, body = line.partition(" ")
                if kind == "progress":
                    self._state = RebuildState(running=True, progress=from_json(Progress, body))
                elif kind == "report":
                    report = from_json(BuildReport, body)
                elif kind == "error":
                    error = str(json.loads(body))
                else:
                    last = line.strip() or last
        except ValueError as unreadable:
            error = f"The build said what is not understood: {unreadable}"
        code = process.wait()
        if report is None and self._stopping:
            self._state = RebuildState(cancelled=True)
            return
        if report is None and not error:
            error = f"The build ended with status {code}: {last}"
        self._state = RebuildState(report=report, error=error)


def progress_to_line(progress: Progress) -> str:
    """What the child prints for ``_follow``."""
    return f"progress {to_json(progress)}"


def _environment(settings: Settings) -> dict[str, str]:
    """The settings in force, and this very package before any other of its name."""
    package = str(Path(__file__).parents[1])
    paths = filter(None, (package, os.environ.get("PYTHONPATH")))
    return {
        "PYTHONPATH": os.pathsep.join(paths),
        **{
            f"BROADSHEET_{name.upper()}": str(getattr(settings, name))
            for name in type(settings).model_fields
        },
    }
