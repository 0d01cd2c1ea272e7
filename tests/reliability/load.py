"""Many ask while the index is rebuilt, again and again: no error, each answer of one generation.

    python -m tests.reliability.load [--clients N] [--questions N] [--rebuilds N]

Every article names the edition that it is of, and a rebuild takes in the next one. So an answer that
mixes two generations shows, in what it quotes and in what it found, and so does a generation that
tells of two editions. Rebuilds are spread over the questions and run as `broadsheet build`, a process
of its own. Prints counts as JSON; exit status 1 where anything else happened.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rag.chatbot import Chatbot
from tests.reliability.states import Models

QUAYS = ("east", "west", "north", "south", "upper", "lower")
QUESTIONS = [f"How many crates were landed at the {quay} quay?" for quay in QUAYS]


def write_edition(folder: Path, number: int) -> None:
    """All articles of one edition; each is in place whole before the build is started."""
    for quay in QUAYS:
        (folder / f"{quay}.txt").write_text(
            f"Harbour log of the {quay} quay\n\nIn edition {number} of the log {number + 100} crates "
            f"were landed at the {quay} quay. The {quay} quay was dry in edition {number}.\n"
        )


class Client(threading.Thread):
    """Asks its questions one after the other; keeps what each answer was of."""

    def __init__(self, chatbot: Chatbot, first: int, count: int, told: dict[int, set[str]]) -> None:
        super().__init__(daemon=True)
        self.chatbot, self.first, self.count, self.told = chatbot, first, count, told
        self.done = 0
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []

    def run(self) -> None:
        """Asks."""
        for number in range(self.first, self.first + self.count):
            question = QUESTIONS[number % len(QUESTIONS)]
            try:
                answer = self.chatbot.ask(question)
            except Exception as error:
                self.wrong.append(f"{type(error).__name__}: {error}")
            else:
                self.counts[answer.status] += 1
                editions = set()
                for citation in answer.citations:
                    editions.update(re.findall(r"edition (\d+)", citation.quote))
                if len(editions) > 1:
                    self.wrong.append(f"generation {answer.generation} quotes editions {editions}")
                self.told.setdefault(answer.generation, set()).update(editions)
            self.done += 1


def run(clients: int, questions: int, rebuilds: int) -> dict[str, Any]:
    """Runs it; returns its counts."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-load-") as place:
        articles, index = Path(place) / "articles", Path(place) / "index"
        articles.mkdir()
        command = [sys.executable, "-m", "rag", "build", str(articles), "--index", str(index)]
        write_edition(articles, 0)
        subprocess.run(command, check=True, capture_output=True)
        chatbot = Models().chatbot(index)
        chatbot.load()
        told: dict[int, set[str]] = {}
        asking = [Client(chatbot, at, questions, told) for at in range(clients)]
        started = time.monotonic()
        for client in asking:
            client.start()
        wrong = []
        for number in range(1, rebuilds + 1):
            due = (number - 1) * clients * questions / rebuilds
            while sum(client.done for client in asking) < due:
                time.sleep(0.05)
            write_edition(articles, number)
            built = subprocess.run(command, capture_output=True, text=True)
            if built.returncode:
                wrong.append(f"rebuild {number}: {built.stderr}")
        for client in asking:
            client.join()
        seconds = time.monotonic() - started
        counts = sum((client.counts for client in asking), Counter())
        wrong += [line for client in asking for line in client.wrong]
        wrong += [f"generation {g} tells of {e}" for g, e in told.items() if len(e) != 1]
        last = chatbot.ask(QUESTIONS[0])
    return {
        **counts,
        "clients": clients,
        "rebuilds": rebuilds,
        "generations answered from": len(told),
        "last generation": last.generation,
        "seconds": round(seconds),
        "wrong": wrong,
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--questions", type=int, default=1000, help="of each client")
    parser.add_argument("--rebuilds", type=int, default=50)
    given = parser.parse_args()
    found = run(given.clients, given.questions, given.rebuilds)
    print(json.dumps(found, indent=1))
    sys.exit(bool(found["wrong"]))


if __name__ == "__main__":
    main()
