"""A build is killed at any moment, again and again: the index opens whole, old or new.

    python -m tests.reliability.kills [--count N] [--seed N]

Each round changes an article, starts `broadsheet build` and kills it (SIGKILL) after a random number of
its steps, while a reader in this process asks all the time. The reader sees no error and
each answer is of before or of after; the killed build leaves no lock; the next one that is left
alone ends, and then the doctor finds nothing and the folder holds no file that an index in rest
does not have. Prints counts as JSON; exit status 1 where anything else happened.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from tests.reliability.states import Models, damage_of, leftovers

QUESTION = "How many crates were landed in edition of the harbour log?"


def write_edition(folder: Path, number: int) -> None:
    """Both articles name the edition, so that an answer that mixes two can be told."""
    for name in ("east", "west"):
        (folder / f"{name}.txt").write_text(
            f"Harbour log of the {name} quay\n\nIn edition {number} of the harbour log {number} "
            f"crates were landed at the {name} quay.\n"
        )


def editions_in(chatbot: Chatbot) -> set[str]:
    """The editions that one search's articles tell of."""
    found = set()
    with chatbot._index.snapshot() as snapshot:
        for name in ("east", "west"):
            text = snapshot.article(f"{name}.txt").text
            found.add(text.split("In edition ")[1].split(" ")[0])
    return found


class Reader(threading.Thread):
    """Asks until it is told to stop; keeps what went wrong."""

    def __init__(self, chatbot: Chatbot) -> None:
        super().__init__(daemon=True)
        self.chatbot = chatbot
        self.wrong: list[str] = []
        self.asked = 0
        self.ended = threading.Event()

    def run(self) -> None:
        """Searches and looks, over and over."""
        while not self.ended.is_set():
            try:
                hits = self.chatbot.search(QUESTION, 4).hits
                found = editions_in(self.chatbot)
                if len(found) != 1 or not hits:
                    self.wrong.append(f"editions {found}, {len(hits)} hits")
            except Exception as error:
                self.wrong.append(f"{type(error).__name__}: {error}")
            self.asked += 1
            time.sleep(0.02)  # the build is to get on


def run(count: int, seed: int = 1) -> dict[str, Any]:
    """Runs it; returns its counts."""
    chance, counts, wrong = random.Random(seed), Counter[str](), []
    with tempfile.TemporaryDirectory(prefix="broadsheet-kills-") as place:
        articles, index = Path(place) / "articles", Path(place) / "index"
        articles.mkdir()
        write_edition(articles, 0)
        command = [sys.executable, "-m", "rag", "build", str(articles), "--index", str(index)]

        def start() -> subprocess.Popen[str]:
            return subprocess.Popen([*command, "--machine"], stdout=subprocess.PIPE, text=True)

        def whole() -> str:
            process = start()
            said = process.communicate(timeout=600)[0]
            return said if process.returncode else ""

        assert not whole()
        models = Models()
        models.embedder.load()
        reader = Reader(models.chatbot(index))
        reader.start()
        for number in range(1, count + 1):
            write_edition(articles, number)
            process = start()
            assert process.stdout is not None
            # Most of a build is its start, and what writes is at its end: so many steps, and then
            # any moment of the next ones.
            steps = chance.randrange(11)
            stage = "start"
            for line in itertools.islice(process.stdout, steps):
                if line.startswith("progress"):
                    stage = str(json.loads(line.partition(" ")[2])["stage"])
            time.sleep(chance.uniform(0, 0.2 if steps else 2))
            process.kill()
            process.communicate()
            counts[f"killed in {stage}" if process.returncode < 0 else "ended before"] += 1
            try:
                wrong += [f"kill {number}: {name}" for name in damage_of(index)]
            except BroadsheetError as error:
                wrong.append(f"kill {number}: {error}")
            if number % 10 == 0 and (error := whole()):
                wrong.append(f"after kill {number}: {error}")
        if error := whole():
            wrong.append(f"last build: {error}")
        reader.ended.set()
        reader.join(60)
        wrong += reader.wrong + [f"left {name}" for name in leftovers(index)]
        if editions_in(models.chatbot(index)) != {str(count)}:
            wrong.append("the last edition is not in the index")
    return {**counts, "searches meanwhile": reader.asked, "wrong": wrong}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = run(given.count, given.seed)
    print(json.dumps(found, indent=1))
    sys.exit(bool(found["wrong"]))


if __name__ == "__main__":
    main()
