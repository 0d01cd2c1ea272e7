"""What a search costs as the index grows: python -m tests.benchmarks.sizes

    python -m tests.benchmarks.sizes --like INDEX --questions FILE --folder DIR [--count 100]
                                     [--sizes 1000 10000 100000 1000000] [--json FILE] [--svg FILE]

Makes an index of each size as tests.benchmarks.corpus does, where it is not in the folder yet, and
searches each in a process of its own: seconds until the first answer, the whole search's median
and 95th percentile beside the embedding of one question in the same run, the same with a filter by
source and by days, peak memory, and how many of the exact first ten the vector index finds.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from rag.chatbot import Chatbot
from rag.embedding import Vectors
from rag.evaluation_questions import read_questions
from rag.index import DATABASE, Index
from rag.records import Filters
from rag.settings import load_settings
from tests.benchmarks.corpus import make_index
from tests.benchmarks.results import machine, result, write
from tests.benchmarks.retrieval import figures_of, one_pass, stage_clocks, warm_up

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_RECALL_AT = 10
_READ_AT_ONCE = 20_000


def recall(folder: Path, questions: Vectors) -> float:
    """The share of the ten nearest vectors in the store that the vector index finds."""
    best_scores = np.full((len(questions), 0), 0, dtype=np.float32)
    best_ids = np.zeros((len(questions), 0), dtype=np.int64)
    with Index(folder).snapshot() as snapshot:
        store = snapshot._store
        chunks = [(c.id, c.vector_key) for c in store.chunks() if c.vector_key]
        for at in range(0, len(chunks), _READ_AT_ONCE):
            part = chunks[at : at + _READ_AT_ONCE]
            ids = np.array([number for number, _ in part], dtype=np.int64)
            vectors = store.vectors([key for _, key in part], questions.shape[1])
            count = min(_RECALL_AT, len(part))
            scores, places = faiss.knn(questions, vectors, count, metric=faiss.METRIC_INNER_PRODUCT)
            scores = np.concatenate([best_scores, scores], axis=1)
            numbers = np.concatenate([best_ids, ids[places]], axis=1)
            order = np.argsort(-scores, axis=1, kind="stable")[:, :_RECALL_AT]
            best_scores = np.take_along_axis(scores, order, axis=1)
            best_ids = np.take_along_axis(numbers, order, axis=1)
        found = snapshot.vectors.search_all(questions, _RECALL_AT)
    shares = [
        len(set(exact) & {number for number, _ in row}) / len(exact)
        for exact, row in zip(best_ids.tolist(), found, strict=True)
    ]
    return float(np.mean(shares))


def measure(folder: Path, questions: Sequence[str]) -> dict[str, Any]:
    """One index's figures; in a process of its own, for memory is the process's."""
    chatbot = Chatbot(load_settings(index=folder))
    chatbot.load()
    begun = time.perf_counter()
    chatbot.search(questions[0])
    first = time.perf_counter() - begun
    embedder = chatbot._embedder
    status = chatbot.status(with_changes=False)
    source = status.sources[len(status.sources) // 2][0]
    kinds = {
        "unfiltered": chatbot.search,
        "one source": partial(chatbot.search, filters=Filters((source,))),
        "a tenth of the days": partial(
            chatbot.search, filters=Filters((), date(2020, 1, 1), date(2020, 12, 31))
        ),
    }
    with stage_clocks() as seconds:
        warm_up(chatbot, embedder)
        found = {
            name: figures_of(one_pass(call, embedder, questions, seconds))
            for name, call in kinds.items()
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    vectors = np.concatenate([embedder.embed_questions([q]) for q in questions])
    return {
        "chunks": status.chunk_count,
        "articles": status.article_count,
        "first_search_s": first,
        "peak_mb": peak,
        "disk_mb": sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6,
        "searches": found,
        "recall": recall(folder, vectors),
    }


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Markdown."""
    lines = [
        "| chunks | disk | peak memory | first search | recall@10 | search, median and p95 | "
        "one embedding | ratio | one source | a tenth of the days |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        every, by_source, by_days = (
            row["searches"][name] for name in ("unfiltered", "one source", "a tenth of the days")
        )
        lines.append(
            f"| {row['chunks']:,} | {row['disk_mb']:,.0f} MB | {row['peak_mb']:,.0f} MB | "
            f"{row['first_search_s']:.1f} s | {row['recall']:.3f} | "
            f"{every['search_median_ms']:.0f} and {every['search_p95_ms']:.0f} ms | "
            f"{every['embedding_median_ms']:.0f} ms | {every['median_ratio']:.1f} | "
            f"{by_source['median_ratio']:.1f} | {by_days['median_ratio']:.1f} |"
        )
    return "\n".join(lines)


def graph(rows: Sequence[dict[str, Any]]) -> str:
    """An SVG: the ratio of a search to one embedding against the number of chunks."""
    width, height, left, bottom = 640, 320, 60, 40
    top = max(2.0, *(row["searches"]["unfiltered"]["p95_ratio"] for row in rows)) * 1.1
    first, last = (np.log10(rows[at]["chunks"]) for at in (0, -1))

    def place(chunks: float, ratio: float) -> tuple[float, float]:
        across = (np.log10(chunks) - first) / max(last - first, 1e-9)
        return left + across * (width - left - 30), (height - bottom) * (1 - ratio / top) + 10

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + 20}" '
        'font-family="sans-serif" font-size="12" role="img">',
        "<title>A search's time as a multiple of one question's embedding, by size</title>",
        f'<rect width="{width}" height="{height + 20}" fill="#fff"/>',
    ]
    for step in np.linspace(0, top, 6):
        _, y = place(rows[0]["chunks"], float(step))
        parts.append(f'<path d="M{left} {y:.0f}H{width - 20}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{step:.1f}×</text>')
    for name, key, colour in (
        ("median", "median_ratio", "#1a4d80"),
        ("p95", "p95_ratio", "#b5482a"),
    ):
        points = [place(row["chunks"], row["searches"]["unfiltered"][key]) for row in rows]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>' for x, y in points]
        x, y = points[-1]
        parts.append(
            f'<text x="{x - 8:.0f}" y="{y - 8:.0f}" text-anchor="end" fill="{colour}">{name}</text>'
        )
    for row in rows:
        x, _ = place(row["chunks"], 0)
        parts.append(
            f'<text x="{x:.0f}" y="{height}" text-anchor="middle">{row["chunks"]:,}</text>'
        )
    parts.append(
        f'<text x="{width / 2}" y="{height + 16}" text-anchor="middle">chunks</text></svg>'
    )
    return "\n".join(parts) + "\n"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--like", type=Path, help="a real index; wanted where one is to be made")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--count", type=int, default=100, help="of questions")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    every = [question.query for question in read_questions(options.questions).questions]
    questions = every[:: max(1, len(every) // options.count)][: options.count]
    if options.one:
        print(json.dumps(measure(options.one, questions)))
        return
    about, rows = machine(), []
    for size in options.sizes:
        folder = options.folder / f"{size}"
        if not (folder / DATABASE).exists():
            if options.like is None:
                parser.error(f"{folder} is not there yet: name an index to make it --like")
            make_index(folder, options.like, size, seed=1)
        command = [
            sys.executable, "-m", "tests.benchmarks.sizes", "--one", str(folder), "--questions",
            str(options.questions), "--folder", str(options.folder), "--count", str(options.count),
        ]  # fmt: skip
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    print(table(rows))
    ratios = {
        f"{size:,} chunks, {name}, by one embedding": figures["median_ratio"]
        for size, row in zip(options.sizes, rows, strict=True)
        for name, figures in row["searches"].items()
    }
    ratios |= {
        f"{size:,} chunks, exact hits missed": 1 - row["recall"]
        for size, row in zip(options.sizes, rows, strict=True)
    }
    workload = {"sizes": options.sizes, "questions": len(questions)}
    write(options.json, result("sizes", ratios, workload, about, rows=rows))
    if options.svg:
        options.svg.write_text(graph(rows))


if __name__ == "__main__":
    main()
