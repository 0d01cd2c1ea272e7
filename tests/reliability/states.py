"""What an index says, to be compared with what it said before: its articles, hits and answers."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.chatbot import Chatbot
from rag.comprehension import ReadingModel
from rag.embedding import Embedder
from rag.index import Index
from rag.records import to_json
from rag.settings import Settings
from rag.soundness import find_damage

QUESTIONS = (
    "What will the repair of the iron bridge cost?",
    "Where did the night ferry run aground?",
    "How cold was it in the Lenn valley on 21 April?",
    "Who opened the swimming pool?",
)


class Models:
    """The packaged models, loaded once for many indexes."""

    def __init__(self) -> None:
        self.embedder = Embedder()
        self.reading = ReadingModel()

    def chatbot(self, index: Path) -> Chatbot:
        """A chatbot that has read nothing of the index yet."""
        made = Chatbot(Settings(index=index))
        made._embedder = self.embedder
        made._reading_model = self.reading
        return made


def state(models: Models, index: Path, *, answers: bool = False) -> Any:
    """All that the index says: texts of articles, hits, and what they were cut from."""
    chatbot = models.chatbot(index)
    said: list[Any] = []
    for summary in chatbot.articles():
        article = chatbot.article(summary.id)
        said.append((to_json(article), chatbot.copies_of(summary.id)))
    ask = chatbot.ask if answers else chatbot.search
    found = [replace(ask(question), generation=0) for question in QUESTIONS]
    return [*said, *map(to_json, found)]


def damage_of(index: Path) -> tuple[str, ...]:
    """What the index's own check finds."""
    with Index(index).reading() as (store, _):
        return find_damage(store).names


def leftovers(index: Path) -> list[str]:
    """Files that no index in rest has."""
    names = sorted(path.name for path in index.iterdir())
    with Index(index).reading() as (_, manifest):
        generation = int(manifest["generation"])
    right = {
        f"{kind}"
        for n in (generation, generation - 1)
        for kind in (f"vectors-{n}.faiss", f"lexical-{n}")
    }
    right |= {".lock", "last-build.json"}
    for database in ("broadsheet.db", "broadsheet.db.old"):
        right |= {database, f"{database}-wal", f"{database}-shm"}
    return [name for name in names if name not in right]


def digest(value: object) -> str:
    """A short name for a state, for messages."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
