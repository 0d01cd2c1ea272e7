"""What all runs share: the same chunks and questions in, the same figures out.

Uses the standard library alone, since it runs in every environment.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

STARTED = time.perf_counter()
WARM_UP_QUESTIONS = 5

Build = Callable[[Sequence[str]], Any]
Search = Callable[[Any, str], Any]


def run(system: Callable[[dict[str, Any]], tuple[Build, Search]]) -> None:
    """Reads {"model", "articles", "chunks", "questions"} and prints the figures.

    ``system`` is given them, imports, loads the model, and gives two functions: chunks → index, and
    index and question → what was found.
    """
    given = json.load(sys.stdin)
    build, search = system(given)
    loaded = time.perf_counter()
    index = build(given["chunks"])
    built = time.perf_counter()
    seconds = []
    for question in given["questions"]:
        begun = time.perf_counter()
        found = search(index, question)
        seconds.append(time.perf_counter() - begun)
        assert len(found), question
    figures = {
        "load_s": loaded - STARTED,
        "build_s": built - loaded,
        "question_ms": statistics.median(seconds[WARM_UP_QUESTIONS:]) * 1000,
    }
    print("\n" + json.dumps(figures))
