"""The same index searched in its own files and in Milvus: whether both find the same, and how fast.

    python -m tests.benchmarks.engines --index DIR --questions FILE [--count N] [--json FILE]
                                       [--uri http://127.0.0.1:19530]

``DIR`` is copied and brought to Milvus; the copy and its collection go afterwards. Without ``--uri``
a Milvus Lite is started as a process of its own. Every question is searched by both, one after the
other, in turns; measures are those of ``broadsheet eval``. Lite searches by Python and by brute force:
its times say how many requests a search makes and what is around them, nothing of a cluster.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from rag.chatbot import Chatbot
from rag.evaluation import Evaluation, evaluate
from rag.evaluation_questions import QuestionsFile, read_questions
from rag.index import Index
from rag.milvus import Milvus
from rag.settings import load_settings
from tests.benchmarks.results import Figures, machine, result, setting, write
from tests.milvus_server import milvus_server

_LIFETIME_SECONDS = 3 * 3_600


@contextmanager
def _counted(requests: list[int]) -> Iterator[None]:
    """Inside, every search that Milvus is asked for is counted."""
    search = Milvus._search

    def counting(self: Milvus, *arguments: Any) -> Any:
        requests.append(1)
        return search(self, *arguments)

    Milvus._search = counting  # type: ignore[method-assign]
    try:
        yield
    finally:
        Milvus._search = search  # type: ignore[method-assign]


def compare(files: Chatbot, there: Chatbot, questions: QuestionsFile, count: int) -> Figures:
    """Searches for ``count`` of the questions by both, in turns."""
    chosen = questions.questions[:: max(1, len(questions.questions) // count)][:count]
    for chatbot in (files, there):
        chatbot.load()
        chatbot.search("Which of the two harbour towns paid for the new bridge?")
    seconds: dict[str, list[float]] = {"files": [], "Milvus": []}
    same, first, requests = 0, 0, list[int]()
    with _counted(requests):
        for place, question in enumerate(chosen):
            found = {}
            turns = [("files", files), ("Milvus", there)]
            for name, chatbot in turns if place % 2 else reversed(turns):
                start = time.perf_counter()
                found[name] = [hit.chunk for hit in chatbot.search(question.query).hits]
                seconds[name].append(time.perf_counter() - start)
            same += found["files"] == found["Milvus"]
            first += found["files"][:1] == found["Milvus"][:1]
    chosen_file = QuestionsFile(**(vars_of(questions) | {"questions": tuple(chosen)}))
    measures = {
        name: _measures(evaluate(c, chosen_file))
        for name, c in (("files", files), ("Milvus", there))
    }
    return {
        "questions": len(chosen),
        "same_hits": same / len(chosen),
        "same_first_hit": first / len(chosen),
        "requests": len(requests) / len(chosen),
        "seconds": {name: statistics.median(of) for name, of in seconds.items()},
        "measures": measures,
    }


def vars_of(record: Any) -> dict[str, Any]:
    """A record's fields."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def _measures(evaluation: Evaluation) -> dict[str, float]:
    return {
        f"{part} {name}": round(figure.mean, 5)
        for part in ("evidence", "articles")
        for row in getattr(evaluation, part)[:1]
        for name, figure in row.figures.items()
    }


def run(index: Path, questions: Path, count: int, uri: str) -> Figures:
    """Brings a copy of the index to Milvus, compares, and takes it away again."""
    at_start = machine()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(index, place / "files")
        shutil.copytree(index, place / "milvus")
        lite = nullcontext() if uri else milvus_server(place / "data", lifetime=_LIFETIME_SECONDS)
        with lite as server:
            address = uri or server.uri
            there = Chatbot(load_settings(index=place / "milvus", milvus_uri=address))
            start = time.perf_counter()
            report = there.build()
            brought = time.perf_counter() - start
            files = Chatbot(load_settings(index=place / "files", milvus_uri=""))
            found = compare(files, there, read_questions(questions), count)
            with Index(place / "milvus").reading() as (_, manifest):
                Milvus(address).drop(json.loads(manifest["milvus"])["collection"])
    seconds = found["seconds"]
    return result(
        "engines",
        {"a search in Milvus Lite beside one in files": seconds["Milvus"] / seconds["files"]},
        {"chunks": report.chunk_count, "questions": found["questions"]},
        at_start,
        brought_seconds=round(brought, 1),
        **found,
    )


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--index", type=Path, required=True)
    options.add_argument("--questions", type=Path, required=True)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--uri", default="")
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    found = run(given.index, given.questions, given.count, given.uri)
    write(given.json, found)
    print(setting(found))
    print(f"{found['questions']} questions, {found['requests']:.1f} requests each")
    print(
        f"the same hits in the same order: {found['same_hits']:.3f}, first {found['same_first_hit']:.3f}"
    )
    for name in found["measures"]["files"]:
        pair = (found["measures"][place][name] for place in ("files", "Milvus"))
        print(f"{name}: " + " and ".join(f"{value:.4f}" for value in pair))
    print({name: f"{1000 * value:.0f} ms" for name, value in found["seconds"].items()})
    print(f"brought to Milvus in {found['brought_seconds']} s")


if __name__ == "__main__":
    main()
