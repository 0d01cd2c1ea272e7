"""How fast chunks are embedded, and how exactly: python -m tests.benchmarks.embedding --index DIR

    python -m tests.benchmarks.embedding --index DIR [--count 2000] [--blocks 4] [--json FILE]

Chunks at even distances, in blocks, each embedded by sentence-transformers' default call and by
Broadsheet in turn; the cosines between the two, where the first computes in float32. Then what
stands in the way: the operations that the encoder's linear layers take for these chunks, how many
a second this machine does of them in either type, at the layers' own shapes, and which part of the
time Broadsheet spends in which layer.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from rag.embedding import BATCH_SIZE, Embedder
from rag.index import Index
from tests.benchmarks.results import machine, result, write

_KINDS = {
    "linear layers": ("aten::linear", "aten::addmm", "mkldnn_linear"),
    "attention": ("aten::scaled_dot_product_attention",),
    "activation": ("aten::gelu",),
    "normalisation": ("aten::layer_norm",),
}


def chunk_texts(folder: Path, count: int) -> list[str]:
    """The texts of so many chunks, at even distances."""
    with Index(folder).snapshot() as snapshot:
        numbers = snapshot.table.ids[:: max(1, len(snapshot.table.ids) // count)][:count].tolist()
        texts = snapshot._store.chunk_texts(numbers)
    return [texts[number] for number in numbers]


def seconds_of(call: Callable[[], Any]) -> tuple[float, Any]:
    """How long it takes, and what it gives."""
    begun = time.perf_counter()
    found = call()
    return time.perf_counter() - begun, found


def linear_operations(encoder: Any, tokens: int) -> float:
    """Multiplications and additions of all its linear layers, for so many tokens."""
    layers = (m for m in encoder.modules() if isinstance(m, torch.nn.Linear))
    return 2.0 * tokens * sum(layer.weight.numel() for layer in layers)


def operations_a_second(dtype: torch.dtype, tokens: int) -> float:
    """Of the largest linear layer of the encoder, both directions, the median of nine."""
    down, up = torch.randn(384, 1536, dtype=dtype), torch.randn(1536, 384, dtype=dtype)
    rows = torch.randn(tokens, 384, dtype=dtype)
    times = []
    with torch.inference_mode():
        for _ in range(9):
            seconds, _ = seconds_of(
                lambda: torch.nn.functional.linear(torch.nn.functional.linear(rows, up), down)
            )
            times.append(seconds)
    return 2 * 2.0 * tokens * 384 * 1536 / float(np.median(times))


def time_by_kind(call: Callable[[], Any]) -> dict[str, float]:
    """The shares of processor time in the encoder's kinds of layers; the rest is copying, adding,
    tokenising and Python.
    """
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        seconds, _ = seconds_of(call)
    events = {event.key: event.cpu_time_total / 1e6 for event in profile.key_averages()}
    shares = {
        kind: max((events.get(name, 0.0) for name in names), default=0.0) / seconds
        for kind, names in _KINDS.items()
    }
    return {**shares, "rest": 1 - sum(shares.values())}


def measure(texts: Sequence[str], blocks: int) -> dict[str, Any]:
    """All figures."""
    from sentence_transformers import SentenceTransformer

    embedder = Embedder()
    embedder.load()
    default = SentenceTransformer(str(embedder.folder))
    for warm in (default.encode, embedder.embed):
        warm(list(texts[:BATCH_SIZE]))
    ratios, cosines, ours = [], [], 0.0
    for block in range(blocks):
        part = list(texts[block::blocks])
        by_default, reference = seconds_of(lambda part=part: default.encode(part))  # type: ignore[misc]
        taken, vectors = seconds_of(lambda part=part: embedder.embed(part))  # type: ignore[misc]
        ratios.append(by_default / taken)
        ours += taken
        reference = reference / np.linalg.norm(reference, axis=1, keepdims=True)
        cosines.append((reference * vectors).sum(axis=1))
    tokens = sum(embedder._token_counts(texts))
    operations = linear_operations(embedder._model[0].auto_model.encoder, tokens)
    shape = BATCH_SIZE * 256
    return {
        "ratio": float(np.median(ratios)),
        "chunks_per_s": len(texts) / ours,
        "lowest_cosine": float(np.concatenate(cosines).min()),
        "mean_tokens": tokens / len(texts),
        "dtype": str(embedder._model[0].auto_model.dtype),
        "linear_gflop_a_chunk": operations / len(texts) / 1e9,
        "gflops": {
            name: operations_a_second(dtype, shape) / 1e9
            for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16))
        },
        "time": time_by_kind(lambda: embedder.embed(list(texts[: 4 * BATCH_SIZE]))),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    about = machine()
    found = measure(chunk_texts(options.index, options.count), options.blocks)
    most = found["gflops"]["bfloat16"] / found["linear_gflop_a_chunk"]
    print(f"load average at the start {about['load_average']:.2f}; {found['dtype']}")
    print(f"{found['ratio']:.2f} times the default call; {found['chunks_per_s']:.1f} chunks/s")
    print(f"lowest cosine to float32 {found['lowest_cosine']:.5f}")
    print(
        f"{found['linear_gflop_a_chunk']:.2f} GFLOP in linear layers for a chunk of {found['mean_tokens']:.0f} tokens"
    )
    print("GFLOP a second: " + ", ".join(f"{k} {v:.0f}" for k, v in found["gflops"].items()))
    print(f"so at most {most:.0f} chunks/s with nothing but linear layers")
    print("time: " + ", ".join(f"{k} {v:.0%}" for k, v in found["time"].items()))
    ratios = {"time by the default call's": 1 / found["ratio"]}
    workload = {"chunks": options.count, "dtype": found["dtype"]}
    write(options.json, result("embedding", ratios, workload, about, figures=found))


if __name__ == "__main__":
    main()
