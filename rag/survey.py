"""What the index holds and what has changed in its folder, as somebody last looked; shared by all
browsers, for a look reads every file of the folder.
"""

from __future__ import annotations

import threading

from rag.chatbot import Chatbot
from rag.records import Status


class Survey:
    """The newest look. Safe to use from several threads."""

    def __init__(self, chatbot: Chatbot) -> None:
        self._chatbot = chatbot
        self._lock = threading.Lock()
        self._newest: Status | None = None

    def look(self) -> Status:
        """Reads the folder now. Raises IndexMissing."""
        with self._lock:
            self._newest = self._chatbot.status()
            return self._newest

    def newest(self) -> Status:
        """The last look, or the index alone where nobody has looked since it was built. Raises
        IndexMissing.
        """
        plain = self._chatbot.status(with_changes=False)
        newest = self._newest
        if newest is None or (newest.generation, newest.folder) != (plain.generation, plain.folder):
            return plain
        return newest


def fingerprint(status: Status) -> str:
    """Differs where a list of the articles with their states would."""
    return str(hash((status.folder, status.generation, status.failures, status.changes)))
