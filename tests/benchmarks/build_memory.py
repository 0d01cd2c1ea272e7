"""How a build's memory grows with its articles: python -m tests.benchmarks.build_memory

    python -m tests.benchmarks.build_memory --like DIR [--counts 1000 5000 20000] [--json FILE]

Articles of some 250 words are made from those of a folder: the first words of one, each exchanged
for another of the folder's, so that no two are copies. Each count is built from nothing in a
process of its own, with vectors drawn by chance in the place of the model's, so that only the
build's own memory counts: the greatest resident size of the process, without its readers, less what
it was before the build began, at each stage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.build import build
from rag.embedding import BATCH_SIZE, Embedder, Vectors
from rag.new_chunks import ChunkSettings
from rag.records import Progress
from tests.benchmarks.results import machine, result, write

_WORDS = 250
_PAGE = 4096
_MB = 10**6
DIMENSION = 384


class Drawn(Embedder):
    """Counts words as tokens, and gives each text a unit vector drawn from its hash: it is as
    large as a real model's vector, costs no memory of its own and means nothing.
    """

    languages = frozenset[str]()  # type: ignore[assignment]
    max_tokens = 256  # type: ignore[assignment]
    prompt = ""  # type: ignore[assignment]
    sha256 = "drawn"  # type: ignore[assignment]
    dimension = DIMENSION  # type: ignore[assignment]

    def load(self) -> None:
        """There is nothing to load."""

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed_batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        for at in range(0, len(texts), BATCH_SIZE):
            part = texts[at : at + BATCH_SIZE]
            seeds = [hashlib.sha256(text.encode()).digest() for text in part]
            rows = np.stack([_drawn(seed) for seed in seeds])
            yield list(range(at, at + len(part))), rows


def _drawn(seed: bytes) -> Vectors:
    numbers = np.random.default_rng(list(seed)).standard_normal(DIMENSION, dtype=np.float32)
    return np.asarray(numbers / np.linalg.norm(numbers), dtype=np.float32)


def write_articles(like: Path, folder: Path, count: int) -> None:
    """So many articles."""
    texts = [path.read_text(errors="replace").split() for path in sorted(like.rglob("*.txt"))]
    words = sorted({word for text in texts for word in text})
    places = {word: place for place, word in enumerate(words)}
    chance = random.Random(1)
    folder.mkdir()
    for number in range(count):
        shift = chance.randrange(1, len(words))
        start = chance.randrange(max(1, len(texts[number % len(texts)]) - _WORDS))
        taken = texts[number % len(texts)][start : start + _WORDS]
        made = [words[(places[word] * 31 + shift) % len(words)] for word in taken]
        body = [" ".join(made[at : at + 25]) + "." for at in range(8, len(made), 25)]
        (folder / f"{number:06}.txt").write_text(" ".join(made[:8]) + "\n\n" + "\n".join(body))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def build_one(articles: Path, index: Path) -> dict[str, Any]:
    """Builds it in this process; returns each stage's peak in MB, and the seconds it took."""
    import datasketch  # noqa: F401  # what a build imports is not what it holds

    before, stage, peaks, ended = _resident(), "reading", dict[str, int](), threading.Event()

    def show(progress: Progress) -> None:
        nonlocal stage
        stage = progress.stage

    def look() -> None:
        while not ended.wait(0.05):
            peaks[stage] = max(peaks.get(stage, 0), _resident() - before)

    looking = threading.Thread(target=look)
    looking.start()
    started = time.monotonic()
    report = build(index, articles, Drawn(), ChunkSettings(), on_progress=show)
    seconds = time.monotonic() - started
    ended.set()
    looking.join()
    return {
        "articles": report.article_count,
        "chunks": report.chunk_count,
        "seconds": round(seconds, 1),
        "peak_mb": round(max(peaks.values()) / _MB, 1),
        "peaks_mb": {name: round(peak / _MB, 1) for name, peak in peaks.items()},
    }


def measure(like: Path, count: int) -> dict[str, Any]:
    """The same for so many made articles, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-memory-") as place:
        articles, index = Path(place) / "articles", Path(place) / "index"
        write_articles(like, articles, count)
        command = [sys.executable, "-m", "tests.benchmarks.build_memory"]
        command += ["--build", str(articles), str(index)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--like", type=Path, help="a folder of .txt articles")
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 5_000, 20_000])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--build", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        print(json.dumps(build_one(*options.build)))
        return
    if options.like is None or not options.like.is_dir():
        parser.error("--like is to name a folder of articles")
    at_start, found = machine(), []
    for count in sorted(options.counts):
        found.append(measure(options.like, count))
        print(json.dumps(found[-1]), flush=True)
    last, first = found[-1], found[0]
    grown = (last["peak_mb"] - first["peak_mb"]) / (last["chunks"] - first["chunks"]) * 1000
    print(f"a chunk more: {grown:.2f} KB; its vector alone is {4 * DIMENSION / 1000:.2f} KB")
    ratios = {"memory of a chunk more by its vector's": grown / (4 * DIMENSION / 1000)}
    workload = {"counts": sorted(options.counts), "words": _WORDS}
    write(options.json, result("build_memory", ratios, workload, at_start, builds=found))


if __name__ == "__main__":
    main()
