"""Many ask at once over the HTTP API: throughput, latencies, errors, memory.

    python -m tests.benchmarks.askers --index DIR --questions FILE [--clients 1 8 32]
                                      [--seconds 60] [--json FILE]

``broadsheet serve`` runs as a process; each client asks its next question when it has the answer to
the last, in a circle through all of the file's. Between the rounds, while nobody asks, one question
at a time is embedded in this process: the unit that the ratios are in. Clients and server share the
machine. Exit status 1 where a question got an error; that the server is busy, which it says where
more than a hundred wait, is counted apart.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import numpy as np

from rag.embedding import Embedder
from rag.evaluation_questions import read_questions
from rag.index import Index
from tests.benchmarks.asking import Busy, Refused, ask, client
from tests.benchmarks.memory import resident_bytes
from tests.benchmarks.programs import served
from tests.benchmarks.results import Figures, machine, result, setting, write
from tests.e2e.serving import free_port

EMBEDDINGS = 20
START_SECONDS = 300
WARM_UP_QUESTIONS = 10
BUSY_PAUSE_SECONDS = 0.5


class Asker(threading.Thread):
    """Asks until the time is over; keeps (when it was answered, seconds it took) of every answer."""

    def __init__(self, address: str, questions: Iterator[str], end: float) -> None:
        super().__init__(daemon=True)
        self._address, self._questions, self._end = address, questions, end
        self.answers: list[tuple[float, float]] = []
        self.statuses: Counter[str] = Counter()
        self.errors: list[str] = []
        self.busy_count = 0

    def run(self) -> None:
        """Asks."""
        with client(self._address) as connection:
            while (begun := time.perf_counter()) < self._end:
                try:
                    answer = ask(connection, next(self._questions))
                except Busy:
                    self.busy_count += 1
                    time.sleep(BUSY_PAUSE_SECONDS)
                except (Refused, httpx.HTTPError, ValueError, LookupError) as error:
                    self.errors.append(f"{type(error).__name__}: {error}")
                else:
                    ended = time.perf_counter()
                    self.answers.append((ended, ended - begun))
                    self.statuses[answer["status"]] += 1


def one_round(address: str, questions: Sequence[str], count: int, seconds: float) -> Figures:
    """So many clients for so many seconds → their figures together."""
    end = time.perf_counter() + seconds
    step = len(questions) // count
    askers = [
        Asker(address, itertools.cycle([*questions[at * step :], *questions[: at * step]]), end)
        for at in range(count)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    took = np.array([each for asker in askers for _, each in asker.answers])
    if not len(took):
        raise SystemExit(f"Nothing was answered: {[asker.errors[:1] for asker in askers]}")
    in_time = sum(ended <= end for asker in askers for ended, _ in asker.answers)
    return {
        "clients": count,
        "answers": len(took),
        "answers_per_s": in_time / seconds,
        "p50_ms": float(np.percentile(took, 50)) * 1000,
        "p95_ms": float(np.percentile(took, 95)) * 1000,
        "statuses": dict(sum((asker.statuses for asker in askers), Counter())),
        "errors": sum(len(asker.errors) for asker in askers),
        "first_errors": [error for asker in askers for error in asker.errors][:5],
        "busy": sum(asker.busy_count for asker in askers),
    }


def embedding_ms(embedder: Embedder, questions: Sequence[str]) -> list[float]:
    """Milliseconds of each of some questions' embedding alone."""
    found = []
    for question in questions[:EMBEDDINGS]:
        started = time.perf_counter()
        embedder.embed_questions([question])
        found.append((time.perf_counter() - started) * 1000)
    return found


def warm_up(address: str, questions: Sequence[str]) -> None:
    """Waits until it answers, the model loaded; then asks a few more. Raises SystemExit."""
    end = time.monotonic() + START_SECONDS
    with client(address) as connection:
        while True:
            try:
                ask(connection, questions[0])
                break
            except (httpx.HTTPError, Refused) as error:
                if time.monotonic() > end:
                    raise SystemExit(f"The server did not answer: {error}") from error
                time.sleep(0.5)
        for question in questions[1:WARM_UP_QUESTIONS]:
            ask(connection, question)


def ratios_of(rounds: Sequence[Figures], unit_ms: float) -> dict[str, float]:
    """Of every round, to one question's embedding."""
    found = {}
    for each in rounds:
        name = f"{each['clients']} clients"
        found[f"{name}, p50 by one embedding"] = each["p50_ms"] / unit_ms
        found[f"{name}, p95 by one embedding"] = each["p95_ms"] / unit_ms
        found[f"{name}, time per answer by one embedding"] = 1000 / each["answers_per_s"] / unit_ms
        found[f"{name}, errors by answers"] = each["errors"] / each["answers"]
    return found


def table(rounds: Sequence[Figures], unit_ms: float) -> str:
    """Markdown."""
    lines = [
        "| clients | answers | a second | p50 | p95 | errors | told it is busy | memory |",
        "| --- " * 8 + "|",
    ]
    lines += [
        f"| {each['clients']} | {each['answers']} | {each['answers_per_s']:.2f} "
        f"| {each['p50_ms'] / 1000:.2f} s ({each['p50_ms'] / unit_ms:.0f}) "
        f"| {each['p95_ms'] / 1000:.2f} s ({each['p95_ms'] / unit_ms:.0f}) "
        f"| {each['errors']} | {each['busy']} | {each['memory_mb']:,.0f} MB |"
        for each in rounds
    ]
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    questions = [question.query for question in read_questions(options.questions).questions]
    at_start = machine()
    embedder = Embedder()
    embedding_ms(embedder, questions)  # loads the model
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    rounds = []
    with served(options.index.resolve(), port) as process:
        warm_up(address, questions)
        units = embedding_ms(embedder, questions)
        for count in options.clients:
            found = one_round(address, questions, count, options.seconds)
            rounds.append(found | {"memory_mb": resident_bytes(process.pid) / 1e6})
            print(rounds[-1], file=sys.stderr)
            units += embedding_ms(embedder, questions)
    unit_ms = statistics.median(units)
    status = Index(options.index).status(with_changes=False)
    workload = {"chunk_count": status.chunk_count, "model": status.model}
    workload |= {"seconds": options.seconds, "questions": len(questions)}
    found = result(
        "askers", ratios_of(rounds, unit_ms), workload, at_start,
        rounds=rounds, embedding_ms=unit_ms,
    )  # fmt: skip
    write(options.json, found)
    print(f"{setting(found)}; {options.seconds:g} s each; one embedding {unit_ms:.1f} ms\n")
    print(table(rounds, unit_ms))
    sys.exit(any(each["errors"] for each in rounds))


if __name__ == "__main__":
    main()
