"""Cases → rows for fitting: every sentence that was read for a question, with its signals.

Through the product's own build and retrieval. ``save`` and ``load`` keep them in a file (.npz), so
that fitting can be repeated without reading the sets again.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag import embedding
from rag.build import build
from rag.embedding import Embedder, Vectors
from rag.extractive import HIT_COUNT, has_absent_name, naming_sentences, read
from rag.index import Index, Snapshot
from rag.new_chunks import ChunkSettings
from rag.query import read_question
from rag.retrieval import retrieve
from rag.sentence_signals import SENTENCE_SIGNALS, Sentence
from tests.eval.cases import GIVEN, Bench, Case, benches, squeezed

ASKED_ON = date(2026, 1, 1)
"""What "last week" refers to; fixed, so that the signals stay the same."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """A case. ``signals``, of shape (sentences, signals), are in the hits' order; ``right`` says
    which of them answer, in an article that does; ``holds`` which have a reference answer's words,
    in any; ``lengths`` are in characters. ``absent_name`` and ``named`` are the two rules of
    ``extractive``.
    """

    cell: str
    group: str
    question: str
    answered: bool
    of_hits: dict[str, float]
    absent_name: bool
    named: bool
    signals: Array
    right: Array
    holds: Array
    lengths: Array


class _RememberingEmbedder(Embedder):
    """The packaged model, asked once for each text: the folders of cases share articles."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Vectors] = {}

    def embed_batches(self, texts: Sequence[str]) -> Any:
        new = sorted({t for t in texts if t not in self._known})
        for positions, vectors in super().embed_batches(new):
            self._known.update(zip([new[p] for p in positions], vectors, strict=True))
        yield list(range(len(texts))), np.stack([self._known[t] for t in texts])


def collect() -> Iterator[Row]:
    """The rows of all cases."""
    embedding.REMEMBERED_TEXTS = 5_000  # 2 GB, for the folders share articles
    embedder = _RememberingEmbedder()
    for bench in benches():
        with tempfile.TemporaryDirectory() as folder:
            yield from _of_bench(bench, Path(folder), embedder)


def _of_bench(bench: Bench, folder: Path, embedder: Embedder) -> Iterator[Row]:
    articles = folder / "articles"
    articles.mkdir()
    for name, (title, text) in bench.articles.items():
        head = f"---\ntitle: {json.dumps(title)}\n---\n\n" if title else ""
        (articles / name).write_text(head + text)
    build(folder / "index", articles, embedder, ChunkSettings())
    with Index(folder / "index").snapshot() as snapshot:
        for case in bench.cases:
            yield _of_case(snapshot, case, embedder)


def _of_case(snapshot: Snapshot, case: Case, embedder: Embedder) -> Row:
    question = read_question(
        case.question[:2000],
        sources=snapshot.source_names, today=ASKED_ON, newest=snapshot.table.newest,
    )  # fmt: skip
    vectors = embedder.embed_questions([question.text, *(part.text for part in question.parts)])
    hits = retrieve(snapshot, question, vectors, HIT_COUNT).hits
    if case.cell == GIVEN:
        right = [hit for hit in hits if hit.chunk.article_id in case.gold]
        hits = tuple(replace(hit, score=1.0) for hit in right)
    reading = read(snapshot, question, hits, embedder.embed_tokens)
    return Row(
        case.cell,
        case.group,
        case.question,
        case.answered,
        reading.of_hits,
        has_absent_name(snapshot, question),
        bool(naming_sentences(question, reading)),
        reading.signals,
        np.array([s.article.id in case.gold and _holds(s, case, True) for s in reading.sentences]),
        np.array([_holds(s, case, False) for s in reading.sentences]),
        np.array([len(s.text) for s in reading.sentences]),
    )


def _holds(sentence: Sentence, case: Case, partly: bool) -> bool:
    """Whether a reference answer stands in the sentence or, ``partly``, the other way round, as
    where the reference is a passage.
    """
    text = squeezed(sentence.text).lower()
    references = [squeezed(answer).lower() for answer in case.answers]
    return any(r in text or (partly and text in r) for r in references)


def save(path: Path, rows: Sequence[Row]) -> None:
    """Keeps the rows in a file."""
    arrays = ("signals", "right", "holds", "lengths")
    about = [{k: v for k, v in vars(row).items() if k not in arrays} for row in rows]
    np.savez_compressed(
        path,
        names=np.array(SENTENCE_SIGNALS),
        about=np.array(json.dumps(about)),
        sizes=np.array([len(row.lengths) for row in rows]),
        **{name: np.concatenate([getattr(row, name) for row in rows]) for name in arrays},
    )


def load(path: Path) -> list[Row]:
    """The rows kept in a file. Raises SystemExit where their signals are others."""
    data = np.load(path)
    if tuple(data["names"]) != SENTENCE_SIGNALS:
        raise SystemExit(f"{path} holds other signals; delete it.")
    ends = np.cumsum(data["sizes"])[:-1]
    arrays = [np.split(data[name], ends) for name in ("signals", "right", "holds", "lengths")]
    about = json.loads(str(data["about"]))
    return [
        Row(**facts, signals=s, right=r, holds=h, lengths=n)
        for facts, s, r, h, n in zip(about, *arrays, strict=True)
    ]
