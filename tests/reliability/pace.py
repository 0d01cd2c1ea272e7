"""How much slower an answer is while the index is rebuilt; and how a black-holed network matters.

    python -m tests.reliability.pace [--rounds N] [--articles N]

Questions are asked in this process, as the page's server does, and the rebuild is what the page starts:
a process of its own, of lower priority, here with --full. Rounds at rest and in a build take turns, and the
95th percentiles are compared. Then `broadsheet ask` is timed without a network and beside a hub
that never answers. Prints JSON; exit status 1 where a build more than doubles the 95th percentile.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from rag.chatbot import Chatbot
from rag.rebuild import Rebuild
from rag.settings import Settings

COAST = ("Ostwick", "Lenn", "Orrin", "Mirren", "Tarn", "Sedge")
QUESTIONS = [f"How many boats of {place} came home in log {n}?" for n in (3, 7) for place in COAST]


def write_logs(folder: Path, count: int) -> None:
    """So many articles of some hundred words."""
    folder.mkdir()
    for number in range(count):
        place = COAST[number % len(COAST)]
        lines = [
            f"At hour {hour} of log {number} the wind at {place} was {hour * number % 37} knots, and "
            f"{(hour + number) % 19} boats of {place} came home with their nets."
            for hour in range(12)
        ]
        text = f"Log {number} of the harbour at {place}\n\n" + " ".join(lines)
        (folder / f"log-{number:05}.txt").write_text(text)


def ask_all(chatbot: Chatbot) -> list[float]:
    """Seconds of each question."""
    found = []
    for question in QUESTIONS:
        started = time.perf_counter()
        chatbot.ask(question)
        found.append(time.perf_counter() - started)
    return found


def during_builds(place: Path, rounds: int, articles: int) -> dict[str, Any]:
    """At rest and in a build, in turn."""
    write_logs(place / "articles", articles)
    settings = Settings(articles=place / "articles", index=place / "index")
    rebuild, chatbot = Rebuild(settings), Chatbot(settings)
    rebuild.start(with_folder=True)
    while rebuild.state.running:
        time.sleep(0.1)
    chatbot.load()
    ask_all(chatbot)
    rest: list[float] = []
    building: list[float] = []
    for _ in range(rounds):
        rest += ask_all(chatbot)
        rebuild.start(full=True)
        while not (rebuild.state.progress and rebuild.state.progress.stage == "embedding"):
            time.sleep(0.02)
        building += ask_all(chatbot)
        still = rebuild.state.running
        rebuild.stop()
        while rebuild.state.running:
            time.sleep(0.05)
        if not still:
            raise SystemExit("The build ended before the questions: give more --articles.")
    at_rest, in_build = (float(np.percentile(times, 95)) for times in (rest, building))
    return {
        "questions": len(rest),
        "p50 at rest ms": round(statistics.median(rest) * 1000),
        "p50 in a build ms": round(statistics.median(building) * 1000),
        "p95 at rest ms": round(at_rest * 1000),
        "p95 in a build ms": round(in_build * 1000),
        "p95 ratio": round(in_build / at_rest, 2),
    }


def without_network(index: Path, rounds: int) -> dict[str, Any]:
    """Seconds of `broadsheet ask` as it is, in a namespace without a network, and with a hub that
    never answers.
    """
    command = [sys.executable, "-m", "rag", "ask", QUESTIONS[0], "--index", str(index)]
    plain = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE"}
    ways = {
        "as it is": (command, plain),
        "no network": (["unshare", "--net", "--map-root-user", *command], plain),
        "a hub that never answers": (command, plain | {"HF_ENDPOINT": "http://10.255.255.1"}),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (words, environment) in ways.items():
            started = time.perf_counter()
            subprocess.run(words, env=environment, check=True, capture_output=True)
            times[name].append(time.perf_counter() - started)
    return {f"ask, {name}, s": round(statistics.median(t), 2) for name, t in times.items()}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, default=600)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="broadsheet-pace-") as place:
        found = during_builds(Path(place), given.rounds, given.articles)
        found |= without_network(Path(place) / "index", given.rounds)
    print(json.dumps(found, indent=1))
    sys.exit(found["p95 ratio"] > 2)


if __name__ == "__main__":
    main()
