"""Broadsheet and what users would pick instead: the same articles, model and machine, in turn.

    python -m tests.benchmarks.peers --articles DIR --questions FILE [--count 60] [--rounds 3]
                                     [--environments DIR] [--systems NAME …] [--json FILE]

Each system runs in an environment of its own, which is made with the first run and kept; only then is
a network needed. All others are given the chunks that Broadsheet cuts the articles into, and only
embed and keep them; Broadsheet is given the articles, and does all that ``broadsheet build`` does.
The models are loaded before the clock of the build starts; nothing has been embedded by then.

Runs alternate, so that a neighbour's load meets all of them, and the table shows medians. A ratio is
Broadsheet's figure by the other's, so that below 1 is in its favour. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from rag.derived import embedded_text
from rag.evaluation_questions import read_questions
from rag.index import Index
from rag.model_files import packaged_folder
from tests.benchmarks.memory import PeakMemory
from tests.benchmarks.programs import ROOT, environment
from tests.benchmarks.results import Figures, machine, result, setting, write

PROGRAMS = Path(__file__).with_name("peer_runs")
OURS = "broadsheet"
SYSTEMS = {
    OURS: "Broadsheet",
    "sentence_transformers_default": "sentence-transformers, default call",
    "langchain_faiss": "LangChain + FAISS",
    "llama_index_memory": "LlamaIndex in memory",
    "txtai_hybrid": "txtai, hybrid",
    "haystack_memory": "Haystack in memory",
}
QUESTION_COUNT = 60
TORCH = "torch==2.13.0"  # as this project, so that all compute with the same
RUN_SECONDS = 1800

Medians = dict[str, float]


# --- environments -----------------------------------------------------------------------------


def requirements(system: str) -> list[str]:
    """What a program states that it needs."""
    for node in ast.parse((PROGRAMS / f"{system}.py").read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "REQUIREMENTS":
            return list(ast.literal_eval(node.value))
    raise AssertionError(f"{system} states no REQUIREMENTS")


def python_of(system: str, environments: Path) -> Path:
    """The interpreter of a system's environment, made where it is not there yet, or not whole, or of
    other requirements.
    """
    if system == OURS:
        return Path(sys.executable)
    place = environments / system
    python, done = place / "bin" / "python", place / "done"
    wanted = [TORCH, *requirements(system)]
    if not done.exists() or done.read_text().split() != wanted:
        print(f"Making the environment of {SYSTEMS[system]} in {place}", file=sys.stderr)
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *wanted], check=True)
        done.write_text("\n".join(wanted) + "\n")
    return python


def version_of(system: str, python: Path) -> str:
    """Of its first requirement."""
    name = next(iter(requirements(system)), None)
    if name is None:
        from rag import __version__

        return __version__
    code = f"import importlib.metadata as m; print(m.version({name!r}))"
    return subprocess.check_output([str(python), "-c", code], text=True).strip()


# --- runs -------------------------------------------------------------------------------------


def prepare(articles: Path, questions: Path, count: int, place: Path) -> Figures:
    """So many articles, at even distances, in a folder; the chunks that are cut of them; questions."""
    files = sorted(path for path in articles.iterdir() if path.is_file())
    count = min(count, len(files))
    chosen, index = place / "articles", place / "index"
    chosen.mkdir()
    for number in range(count):
        shutil.copy(files[number * len(files) // count], chosen)
    command = [sys.executable, "-m", "rag", "build", str(chosen), "--index", str(index)]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    with Index(index).snapshot() as snapshot:
        chunks = snapshot.chunks([int(number) for number in snapshot.table.ids])
        texts = {article.id: article for article in snapshot.articles()}
    asked = [each.query for each in read_questions(questions).questions]
    step = max(1, len(asked) // QUESTION_COUNT)
    return {
        "model": str(packaged_folder()),
        "articles": str(chosen),
        "chunks": [embedded_text(texts[each.article_id], each) for each in chunks.values()],
        "questions": asked[::step][:QUESTION_COUNT],
    }


def one_run(system: str, python: Path, given: Figures, place: Path) -> Medians:
    """One system's figures, in a process of its own that reaches for no network."""
    in_environment = environment() | {
        "PYTHONPATH": os.pathsep.join([str(PROGRAMS), *([str(ROOT)] if system == OURS else [])]),
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "TMPDIR": str(place),
    }
    said = place / "said.txt"
    with said.open("w+") as out:
        process = subprocess.Popen(
            [str(python), str(PROGRAMS / f"{system}.py")],
            stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, text=True,
            env=in_environment, cwd=place,
        )  # fmt: skip
        memory = PeakMemory(process.pid)
        memory.start()
        try:
            process.communicate(json.dumps(given), timeout=RUN_SECONDS)
        finally:
            process.kill()
            process.wait()
    text = said.read_text()
    if process.returncode:
        raise SystemExit(f"{system} failed:\n{text[-2000:]}")
    return json.loads(text.splitlines()[-1]) | {"peak_mb": memory.stop() / 1e6}


# --- figures ----------------------------------------------------------------------------------

COLUMNS = (
    ("load_s", "start", "start to model loaded", "{:.1f} s"),
    ("build_s", "build", "built", "{:.1f} s"),
    ("question_ms", "question", "a question", "{:.0f} ms"),
    ("peak_mb", "memory", "peak memory", "{:,.0f} MB"),
)
"""The figure, its ratio's name, its column's head, how it is shown."""


def ratios_of(found: dict[str, Medians]) -> dict[str, float]:
    """Broadsheet's figures by each other system's."""
    return {
        f"{name} by {system}'s": found[OURS][key] / figures[key]
        for system, figures in found.items()
        if system != OURS
        for key, name, _, _ in COLUMNS
    }


def table(found: dict[str, Medians], versions: dict[str, str], chunk_count: int) -> str:
    """Markdown: each system's medians, and in brackets what Broadsheet's are of them."""
    heads = [head for _, _, head, _ in COLUMNS]
    lines = [
        "| system | version | " + " | ".join(heads) + " | chunks a second |",
        "| --- " * (len(heads) + 3) + "|",
    ]
    for system, figures in found.items():
        cells = [SYSTEMS[system], versions[system]]
        for key, _, _, shown in COLUMNS:
            share = "" if system == OURS else f" ({found[OURS][key] / figures[key]:.2f})"
            cells.append(shown.format(figures[key]) + share)
        cells.append(f"{chunk_count / figures['build_s']:.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--count", type=int, default=60, help="of articles")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--environments", type=Path, default=Path.home() / ".cache" / "broadsheet-peers"
    )
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    systems = [OURS, *(each for each in options.systems if each != OURS)]
    pythons = {system: python_of(system, options.environments.resolve()) for system in systems}
    versions = {system: version_of(system, pythons[system]) for system in systems}
    at_start = machine()
    runs: dict[str, list[Medians]] = {system: [] for system in systems}
    with tempfile.TemporaryDirectory(prefix="broadsheet-peers-") as temporary:
        place = Path(temporary)
        given = prepare(options.articles, options.questions, options.count, place)
        for number in range(options.rounds):
            for system in systems:
                runs[system].append(one_run(system, pythons[system], given, place))
                print(f"round {number + 1}, {system}: {runs[system][-1]}", file=sys.stderr)
    medians = {
        system: {key: statistics.median(run[key] for run in each) for key in each[0]}
        for system, each in runs.items()
    }
    chunk_count = len(given["chunks"])
    workload = {"articles": options.count, "chunks": chunk_count, "questions": QUESTION_COUNT}
    found = result(
        "peers", ratios_of(medians), workload, at_start,
        medians=medians, runs=runs, versions=versions,
    )  # fmt: skip
    write(options.json, found)
    print(
        f"{setting(found)}; {options.count} articles, {chunk_count} chunks, medians of {options.rounds}\n"
    )
    print(table(medians, versions, chunk_count))


if __name__ == "__main__":
    main()
