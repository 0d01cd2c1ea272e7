"""Times a search, or a whole answer, beside the embedding of one question in the same run.

    python -m tests.benchmarks.retrieval --index DIR --questions FILE [--count 200] [--json FILE]
                                         [--answers]

The model is loaded. With ``--answers`` each question is asked: from question to complete answer.

Questions are taken at even distances from the file and asked twice, in one process: the first
pass finds no chunk's words in memory and no question's shape known to torch, the second finds
both. Before or after each search, in turn, the whole question alone is embedded, so that whatever
else the machine does slows both. On a busy machine only the ratios say something; the load is
printed. Nothing is asserted: a time limit in a test fails with a neighbour's load.

The stages of a search are the calls that it makes anyway, each with a clock around it; "rest" is
what lies outside of them: opening the index, folding copies, making the hits.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import torch

import rag.chatbot
import rag.retrieval
import rag.sentence_signals
from rag.chatbot import Chatbot
from rag.comprehension import ReadingModel
from rag.embedding import Embedder
from rag.evaluation_questions import read_questions
from rag.network import Network
from rag.query import clean
from rag.settings import load_settings
from tests.benchmarks.results import Figures, machine, result, write

Seconds = dict[str, float]

IDLE_LOAD = 0.5
WARM_UP_SEARCHES = 10
WARM_UP = (
    "Which of the two harbour towns paid for the new bridge, and what did its mayor say of it?"
)

STAGES: tuple[tuple[str, object, str], ...] = (
    ("reading", rag.chatbot, "read_question"),
    ("embedding", Embedder, "embed_questions"),
    ("candidates", rag.retrieval, "find_candidates"),
    ("signals", rag.retrieval, "hit_signals"),
    ("ranking", Network, "scores"),
    ("passages", ReadingModel, "read"),
    ("expected", rag.sentence_signals, "expected_spans"),
)
"""Name, and what is called for it: an attribute of a module or class."""


# --- measuring --------------------------------------------------------------------------------


@contextmanager
def stage_clocks() -> Iterator[Seconds]:
    """Puts a clock around every stage's call; yields the seconds added up, to be emptied by whoever
    reads them.
    """
    seconds: Seconds = {}

    def timed(stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*arguments: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start

        return clocked

    calls = [(place, name, getattr(place, name)) for _, place, name in STAGES]
    for stage, place, name in STAGES:
        setattr(place, name, timed(stage, getattr(place, name)))
    try:
        yield seconds
    finally:
        for place, name, call in calls:
            setattr(place, name, call)


def warm_up(chatbot: Chatbot, embedder: Embedder) -> None:
    """Loads model, index and ranker; searches for questions of several lengths, none measured."""
    chatbot.load()
    words = WARM_UP.split()
    for searched in range(WARM_UP_SEARCHES):
        text = " ".join(words[: 6 + searched % len(words)])
        chatbot.search(text)
        embedder.embed_questions([text])


def one_pass(
    call: Callable[[str], object], embedder: Embedder, questions: Sequence[str], seconds: Seconds
) -> list[Seconds]:
    """Each question's seconds: of the whole call, named "search", of "embedding alone", of every stage."""
    found = []
    for number, question in enumerate(questions):
        alone = 0.0
        if number % 2:
            alone = _seconds_of(embedder, question)
        seconds.clear()
        start = time.perf_counter()
        call(question)
        search = time.perf_counter() - start
        stages = {stage: seconds.get(stage, 0.0) for stage, _, _ in STAGES}
        if not number % 2:
            alone = _seconds_of(embedder, question)
        rest = search - sum(stages.values())
        found.append({"search": search, "embedding alone": alone, **stages, "rest": rest})
    return found


def _seconds_of(embedder: Embedder, question: str) -> float:
    text = clean(question)
    start = time.perf_counter()
    embedder.embed_questions([text])
    return time.perf_counter() - start


# --- figures ----------------------------------------------------------------------------------


def figures_of(found: Sequence[Seconds]) -> Figures:
    """Questions' seconds → medians and 95th percentiles in milliseconds, and their ratios to the
    median of one question's embedding.
    """
    columns = {name: np.array([each[name] for each in found]) * 1000 for name in found[0]}
    search, alone = columns["search"], columns["embedding alone"]
    embedding_median = float(np.median(alone))
    stages = [stage for stage, _, _ in STAGES]
    return {
        "count": len(found),
        "search_median_ms": float(np.median(search)),
        "search_p95_ms": float(np.percentile(search, 95)),
        "embedding_median_ms": embedding_median,
        "embedding_p95_ms": float(np.percentile(alone, 95)),
        "median_ratio": float(np.median(search)) / embedding_median,
        "p95_ratio": float(np.percentile(search, 95)) / embedding_median,
        "stage_medians_ms": {
            name: float(np.median(columns[name])) for name in (*stages, "rest")
        },
    }  # fmt: skip


def threads() -> Figures:
    """With how many the libraries compute."""
    return {"torch_threads": torch.get_num_threads(), "faiss_threads": faiss.omp_get_max_threads()}


def ratios_of(passes: dict[str, Figures]) -> dict[str, float]:
    """Both passes' medians and 95th percentiles by the median of one embedding."""
    found = {}
    for name, figures in passes.items():
        found[f"{name.lower()}, p50 by one embedding"] = figures["median_ratio"]
        found[f"{name.lower()}, p95 by one embedding"] = figures["p95_ratio"]
    return found


def print_figures(about: Figures, passes: dict[str, Figures]) -> None:
    """The tables."""
    load = about["load_average"]
    print(
        f"{about['cores']} cores; threads: torch {about['torch_threads']}, "
        f"FAISS {about['faiss_threads']}; load average at the start {load:.2f}"
    )
    if load > IDLE_LOAD:
        print("The machine was busy: take the ratios for what they are, and no milliseconds.")
    print(f"{about['article_count']:,} articles, {about['chunk_count']:,} chunks, {about['model']}")
    for name, figures in passes.items():
        print(f"\n{name}, {figures['count']} questions     median       p95")
        for row, key in (("whole", "search"), ("embedding of one", "embedding")):
            median, high = figures[f"{key}_median_ms"], figures[f"{key}_p95_ms"]
            print(f"  {row:<24}{median:>8.1f} ms {high:>6.1f} ms")
        print(
            f"  {'ratio to the embedding':<24}{figures['median_ratio']:>8.2f}    "
            f"{figures['p95_ratio']:>6.2f}      (both to its median)"
        )
        shown = figures["stage_medians_ms"].items()
        print("  stages, medians in ms: " + " · ".join(f"{k} {v:.1f}" for k, v in shown))


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--answers", action="store_true")
    options = parser.parse_args()
    if options.count < 1:
        parser.error(f"--count {options.count} is below 1")
    at_start = machine()
    every = [question.query for question in read_questions(options.questions).questions]
    count = min(options.count, len(every))
    questions = [every[number * len(every) // count] for number in range(count)]
    chatbot = Chatbot(load_settings(index=options.index))
    # The chatbot's own: a second model beside it would take the processor's caches from the first.
    embedder = chatbot._embedder
    status = chatbot.status(with_changes=False)
    workload = {name: getattr(status, name) for name in ("article_count", "chunk_count", "model")}
    call = chatbot.ask if options.answers else chatbot.search
    with stage_clocks() as seconds:
        warm_up(chatbot, embedder)
        passes = {
            name: figures_of(one_pass(call, embedder, questions, seconds))
            for name in ("First pass", "Second pass")
        }
    print_figures(at_start | threads() | workload, passes)
    found = result(
        "answers" if options.answers else "search",
        ratios_of(passes), workload | {"questions": count}, at_start | threads(), passes=passes,
    )  # fmt: skip
    write(options.json, found)


if __name__ == "__main__":
    main()
