"""Memory of a process and of all that it has started, as the kernel counts it. Linux only.

A process's own "greatest resident size" will not do: one started by vfork begins with its parent's.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_bytes(pid: int) -> int:
    """Resident sizes of the process and its descendants, added up: what they share counts for each."""
    total = 0
    with suppress(OSError, ValueError):  # it has ended
        place = Path("/proc") / str(pid)
        total = int((place / "statm").read_text().split()[1]) * _PAGE
        for task in (place / "task").iterdir():
            for child in (task / "children").read_text().split():
                total += resident_bytes(int(child))
    return total


class PeakMemory(threading.Thread):
    """Looks at a process five times a second until it is stopped; ``peak`` is in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._stopped = threading.Event()
        self.peak = 0

    def run(self) -> None:
        """Looks."""
        while not self._stopped.wait(0.2):
            self.peak = max(self.peak, resident_bytes(self._pid))

    def stop(self) -> int:
        """The greatest size seen."""
        self._stopped.set()
        self.join()
        return self.peak
