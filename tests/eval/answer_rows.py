"""Cases → rows for fitting: every sentence that was read for a question, with its signals.

    python -m tests.eval.answer_rows --rows FILE --passages FILE

Through the product's own build and retrieval. The rows (.npz) have all signals but those of the
reading model, which ``with_readings`` puts in: what it says of a case may count only where it has not
seen the case. The passages (.json.gz) are what ``train_reading`` needs: the same sentences in their
chunks, and further questions of the sets with the chunks that answer them and the nearest others.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.build import build
from rag.comprehension import UNREAD, Passage, SentenceReading
from rag.embedding import Embedder, Vectors
from rag.extractive import HIT_COUNT, has_absent_name, naming_sentences, read
from rag.index import Index, Snapshot
from rag.new_chunks import ChunkSettings
from rag.query import read_question
from rag.records import Chunk, Hit
from rag.retrieval import retrieve
from rag.sentence_signals import SENTENCE_SIGNALS, Sentence, passage_of, sentences_of
from tests.eval.cases import GIVEN, Bench, Case, benches, further_benches, squeezed

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


class Passages:
    """What ``train_reading`` reads, as it is collected: each chunk once, and cases that name them."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self.rows: list[dict[str, Any]] = []
        self.extra: list[dict[str, Any]] = []

    def part(self, case: Case, found: Sequence[Sentence], chunk: Chunk) -> dict[str, Any]:
        """A chunk with these sentences of it: for each its place in the chunk, whether it answers,
        whether it holds a reference answer, and whether the short answer.
        """
        read = passage_of(chunk, found)
        number = self._numbers.setdefault((read.head, read.text), len(self._numbers))
        gold = chunk.article_id in case.gold
        short = replace(case, answers=(case.short,) if case.short else ())
        flags = [
            [*span, int(gold and _holds(s, case, True)), int(_holds(s, case, False)),
             int(_holds(s, short, False))]
            for s, span in zip(found, read.spans, strict=True)
        ]  # fmt: skip
        return {"c": number, "gold": int(gold), "s": flags}

    def about(self, case: Case, parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """A case with its chunks."""
        evidence = case.cell.startswith("multihop")
        return {
            "cell": case.cell, "group": case.group, "q": case.question, "answered": case.answered,
            "answers": [case.short] if evidence else list(case.answers),
            "type": ("inference_query" if case.short else "other") if evidence else "",
            "p": list(parts),
        }  # fmt: skip

    def save(self, path: Path) -> None:
        """Keeps them in a file."""
        data = {"texts": list(self._numbers), "rows": self.rows, "extra": self.extra}
        path.write_bytes(gzip.compress(json.dumps(data).encode()))


def collect(passages: Passages) -> Iterator[Row]:
    """The rows of all cases, whose chunks are put into ``passages``."""
    embedder = _RememberingEmbedder()
    for bench in benches():
        with _snapshot(bench, embedder) as snapshot:
            for case in bench.cases:
                yield _of_case(snapshot, case, embedder, passages)


def collect_further(passages: Passages) -> None:
    """Puts every question of the sets into ``passages``, with the chunks that answer it and the
    nearest ones.
    """
    embedder = _RememberingEmbedder()
    for bench in further_benches():
        with _snapshot(bench, embedder) as snapshot:
            table = snapshot.table
            of_article = defaultdict(list)
            for number, place in zip(table.ids, table.articles, strict=True):
                of_article[table.article_ids[place]].append(int(number))
            for case in bench.cases:
                vectors = embedder.embed_questions([case.question[:2000]])
                near = [number for number, _ in snapshot.vectors.search(vectors[0], 6)]
                gold = [number for article in sorted(case.gold) for number in of_article[article]]
                parts = []
                for number, chunk in snapshot.chunks([*gold, *near]).items():
                    found = _sentences_in(snapshot, chunk)
                    part = passages.part(case, found, chunk)
                    if number in near or any(flags[2] for flags in part["s"]):
                        parts.append(part)
                passages.extra.append(passages.about(case, parts))


def _sentences_in(snapshot: Snapshot, chunk: Chunk) -> list[Sentence]:
    hit = Hit(chunk=chunk, score=1.0, dense_rank=None, lexical_rank=None, reasons=(), copies=())
    return sentences_of(snapshot, read_question("What?"), [hit])


@contextmanager
def _snapshot(bench: Bench, embedder: Embedder) -> Iterator[Snapshot]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "articles").mkdir()
        for name, (title, text) in bench.articles.items():
            head = f"---\ntitle: {json.dumps(title)}\n---\n\n" if title else ""
            (folder / "articles" / name).write_text(head + text)
        build(folder / "index", folder / "articles", embedder, ChunkSettings())
        with Index(folder / "index").snapshot() as snapshot:
            yield snapshot


def _unread(question: str, passages: Sequence[Passage]) -> list[list[SentenceReading]]:
    del question
    return [[UNREAD] * len(passage.spans) for passage in passages]


def _of_case(snapshot: Snapshot, case: Case, embedder: Embedder, passages: Passages) -> Row:
    question = read_question(
        case.question[:2000],
        sources=snapshot.source_names, today=ASKED_ON, newest=snapshot.table.newest,
    )  # fmt: skip
    vectors = embedder.embed_questions([question.text, *(part.text for part in question.parts)])
    hits = retrieve(snapshot, question, vectors, HIT_COUNT).hits
    if case.cell == GIVEN:
        right = [hit for hit in hits if hit.chunk.article_id in case.gold]
        hits = tuple(replace(hit, score=1.0) for hit in right)
    reading = read(snapshot, question, hits, _unread)
    parts = []
    for place, hit in enumerate(hits):
        numbers = [i for i, s in enumerate(reading.sentences) if s.hit_place == place]
        if numbers:
            found = [reading.sentences[i] for i in numbers]
            parts.append({**passages.part(case, found, hit.chunk), "i": numbers})
    passages.rows.append(passages.about(case, parts))
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


def with_readings(rows: Sequence[Row], readings: Path, kind: str) -> list[Row]:
    """The rows with what a reading model that has not seen each case says of it: ``kind`` is
    "out_of_fold" or "left_out", for which the former stands in where there is none.
    """
    kept = np.load(readings)
    columns = [SENTENCE_SIGNALS.index(name) for name in ("reading", "reading_span")]
    gaps = [SENTENCE_SIGNALS.index(f"{SENTENCE_SIGNALS[column]}_gap") for column in columns]
    found = []
    for number, row in enumerate(rows):
        key = f"{kind}-{number}" if f"{kind}-{number}" in kept else f"out_of_fold-{number}"
        signals = row.signals.copy()
        if len(signals):
            signals[:, columns] = kept[key][:, :2]
            signals[:, gaps] = signals[:, columns] - signals[:, columns].max(axis=0)
        found.append(replace(row, signals=signals))
    return found


def folds_of(readings: Path) -> list[int]:
    """The fold of each case, as the reading models were fitted without it."""
    return [int(fold) for fold in np.load(readings)["folds"]]


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


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--passages", type=Path, required=True)
    options = parser.parse_args()
    passages = Passages()
    save(options.rows, list(collect(passages)))
    collect_further(passages)
    passages.save(options.passages)


if __name__ == "__main__":
    main()
