"""Broadsheet, whole: the articles are read, checked, cut, embedded, indexed by words and meaning,
compared with all others and written to the disk; a question is understood, and its hits ranked.
"""

import tempfile
from pathlib import Path

from shared import run

REQUIREMENTS = []  # this project


def system(given):
    from rag.chatbot import Chatbot
    from rag.settings import Settings

    articles = Path(given["articles"])
    chatbot = Chatbot(Settings(index=Path(tempfile.mkdtemp()) / "index", articles=articles))
    chatbot.load()

    def build(chunks):
        report = chatbot.build(articles)
        assert report.chunk_count == len(chunks)
        return chatbot

    return build, lambda index, question: index.search(question).hits


if __name__ == "__main__":
    run(system)
