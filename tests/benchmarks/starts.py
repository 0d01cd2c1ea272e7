"""What a user waits for before anything is asked: commands' starts, rebuilds, the page's first paint.

    python -m tests.benchmarks.starts --articles DIR --questions FILE [--rounds 5] [--json FILE]

Copies the articles, builds their index once from nothing, timed, then runs everything in turn, round
by round, and takes medians. ``import`` is ``python -c "import sentence_transformers"`` in the same
rounds: what any program that embeds has to wait for. In one article, in each round another one, a
sentence is put in: what follows it in its article is cut and embedded anew. "Inside" is a process
that has been running, its model loaded. Whole processes are timed from start to end; the page from
the start of ``broadsheet serve``.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.chatbot import Chatbot
from rag.evaluation_questions import read_questions
from rag.settings import Settings
from tests.benchmarks.asking import ask, client
from tests.benchmarks.programs import said_by, seconds_of, served
from tests.benchmarks.results import Figures, machine, result, setting, write
from tests.e2e.serving import browser, free_port

HEAVY = {"torch", "transformers", "sentence_transformers", "safetensors", "tokenizers"}
"""Packages that a build without anything to do must not load; a model cannot be loaded without."""
SERVER_SECONDS = 300
PAINTED = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""

ROWS = {
    "import": '`python -c "import sentence_transformers"`',
    "help": "`broadsheet --help`",
    "ask": "`broadsheet ask`",
    "nothing": "`broadsheet build`, nothing changed",
    "changed": "`broadsheet build`, one article changed",
    "inside": "one article changed, inside a running process",
    "byte": "`broadsheet serve`, to the page's first byte",
    "paint": "to its first paint",
    "box": "to the box for the question",
    "answer": "to the first answer, asked once the box is there",
    "full": "`broadsheet build`, everything",
}
"""What is timed; how it is named in the table."""


class Trial:
    """A copy of the articles with an index of its own, that everything is timed on."""

    def __init__(self, place: Path, articles: Path, question: str, browser: Any) -> None:
        self.articles = place / "articles"
        self.index = place / "index"
        self.question = question
        self.browser = browser
        shutil.copytree(articles, self.articles)
        self.names = sorted(path.name for path in self.articles.iterdir() if path.is_file())
        self.changes = 0
        self.full = seconds_of(*self._rag("build", str(self.articles)))
        self.inside = Chatbot(Settings(index=self.index))
        self.inside.load()

    def _rag(self, *arguments: str) -> tuple[str, ...]:
        return "-m", "rag", *arguments, "--index", str(self.index)

    def one_round(self) -> dict[str, float]:
        """Seconds of each row but "full"."""
        found = {
            "import": seconds_of("-c", "import sentence_transformers"),
            "help": seconds_of("-m", "rag", "--help"),
            "ask": seconds_of(*self._rag("ask", self.question)),
            "nothing": seconds_of(*self._rag("build")),
        }
        self.change_one()
        found["changed"] = seconds_of(*self._rag("build"))
        self.change_one()
        started = time.perf_counter()
        report = self.inside.build()
        found["inside"] = time.perf_counter() - started
        assert (report.changed, report.new) == (1, 0), report
        return found | self.page()

    def change_one(self) -> None:
        """Puts a sentence in the middle of an article, between two of its paragraphs."""
        path = self.articles / self.names[self.changes * 7 % len(self.names)]
        self.changes += 1
        paragraphs = path.read_text(encoding="utf-8").split("\n\n")
        middle = max(1, len(paragraphs) // 2)  # never before the headline
        paragraphs.insert(middle, f"The harbour counted {self.changes} new boats that morning.")
        path.write_text("\n\n".join(paragraphs), encoding="utf-8")

    def page(self) -> dict[str, float]:
        """Seconds from the start of the server to what a reader sees of it."""
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        context = self.browser.new_context()
        page = context.new_page()
        started = time.perf_counter()
        with served(self.index, port):
            _wait_for_first_byte(address, started)
            first_byte = opened = time.perf_counter()
            page.goto(address)
            page.wait_for_function(PAINTED, timeout=SERVER_SECONDS * 1000)
            paint = opened - started + page.evaluate(PAINTED) / 1000
            page.wait_for_selector("#question textarea:enabled", timeout=SERVER_SECONDS * 1000)
            box = time.perf_counter() - started
            with client(address) as connection:
                ask(connection, self.question)
            answer = time.perf_counter() - started
            context.close()
        return {"byte": first_byte - started, "paint": paint, "box": box, "answer": answer}

    def heavy_imports(self) -> list[str]:
        """What a build with nothing to do loads that it should not."""
        said = said_by("-X", "importtime", *self._rag("build"))
        lines = [line for line in said.splitlines() if line.startswith("import time:")]
        assert lines
        return sorted(HEAVY & {line.rpartition("|")[2].strip().partition(".")[0] for line in lines})


def _wait_for_first_byte(address: str, started: float) -> None:
    import httpx

    with client(address) as connection:
        while time.perf_counter() - started < SERVER_SECONDS:
            try:
                connection.get("/")
                return
            except httpx.TransportError:
                time.sleep(0.01)
    raise SystemExit("The server did not answer.")


RATIOS: dict[str, Callable[[dict[str, float]], float]] = {
    "help by import": lambda s: s["help"] / s["import"],
    "ask by import": lambda s: s["ask"] / s["import"],
    "nothing changed by import": lambda s: s["nothing"] / s["import"],
    "one changed, inside, by full build": lambda s: s["inside"] / s["full"],
    "one changed, process less import, by full build": lambda s: (
        max(0.0, s["changed"] - s["import"]) / s["full"]
    ),
    "first byte by import": lambda s: s["byte"] / s["import"],
    "first paint by import": lambda s: s["paint"] / s["import"],
    "first paint by first answer": lambda s: s["paint"] / s["answer"],
    "first answer by import": lambda s: s["answer"] / s["import"],
}


def table(seconds: dict[str, float], article_count: int) -> str:
    """Markdown."""
    lines = [f"| {article_count} articles | seconds | by import |", "| --- | --- | --- |"]
    for name, shown in ROWS.items():
        share = seconds[name] / seconds["import"]
        lines.append(f"| {shown} | {seconds[name]:.2f} | {share:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    question = read_questions(options.questions).questions[0].query
    at_start = machine()
    rounds = []
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-starts-") as place,
        browser() as running,
    ):
        trial = Trial(Path(place), options.articles, question, running)
        print(f"full build: {trial.full:.1f} s", file=sys.stderr)
        for _ in range(options.rounds):
            rounds.append(trial.one_round())
            print(rounds[-1], file=sys.stderr)
        heavy = trial.heavy_imports()
        article_count = len(trial.names)
    seconds = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    seconds["full"] = trial.full
    ratios = {name: ratio(seconds) for name, ratio in RATIOS.items()}
    ratios["heavy packages loaded, nothing changed"] = float(len(heavy))
    found: Figures = result(
        "starts", ratios, {"articles": article_count}, at_start,
        seconds=seconds, rounds=rounds, heavy=heavy,
    )  # fmt: skip
    write(options.json, found)
    print(f"{setting(found)}; medians of {options.rounds} rounds\n")
    print(table(seconds, article_count))
    print(f"\nOf {', '.join(sorted(HEAVY))} a build with nothing to do loads: {heavy or 'none'}")
    for name, ratio in ratios.items():
        print(f"  {name}: {ratio:.3f}")


if __name__ == "__main__":
    main()
