"""A build of many articles holds few of them, and embeds some while it reads others."""

from __future__ import annotations

import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

import rag.new_vectors
from rag.build import build
from rag.chatbot import Chatbot
from rag.embedding import Embedder, Vectors
from rag.errors import ModelUnsuitable
from rag.new_chunks import ChunkSettings
from rag.records import Article, BuildReport, Progress
from rag.staging import StagedChunk
from tests.conftest import FERRY

COUNT = 120
PART = 25


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(COUNT):
        text = (
            f"Ferry {n} calls at Tarnmouth\n\nThe ferry number {n} called at Tarnmouth on day {n}."
        )
        (folder / f"{n:03}.txt").write_text(text)
    return folder


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rag.new_vectors, "EMBEDDED_AT_ONCE", PART)


Watch = Callable[[Sequence[str]], None]


class Watched(Embedder):
    """The packaged model; ``watch`` is told of the texts before they are embedded."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch

    def embed_batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        self.watch(texts)
        yield from super().embed_batches(texts)


def built(folder: Path, watch: Watch, on_progress: Callable[[Progress], None]) -> BuildReport:
    index = folder.parent / "index"
    return build(index, folder, Watched(watch), ChunkSettings(), on_progress=on_progress)


def ignore(_: object) -> None:
    """Nothing."""


def live(kind: type) -> int:
    return sum(type(each) is kind for each in gc.get_objects())


def test_a_build_holds_a_few_articles_and_chunks_however_many_there_are(
    many: Path, in_parts: None
) -> None:
    before = live(Article) + live(StagedChunk)
    held: dict[str, int] = {}
    parts: list[int] = []

    def count(progress: Progress) -> None:
        if progress.done % 20 == 0 or progress.done == progress.total:
            now = live(Article) + live(StagedChunk) - before
            held[progress.stage] = max(held.get(progress.stage, 0), now)

    report = built(many, lambda texts: parts.append(len(texts)), count)
    assert report.new == report.chunk_count == sum(parts) == COUNT
    assert max(parts) == PART
    assert held.keys() == {"reading", "embedding", "comparing", "indexing", "done"}
    assert max(held.values()) < COUNT / 4, held


def test_articles_are_read_while_the_model_embeds(many: Path, in_parts: None) -> None:
    embedding, all_read = threading.Event(), threading.Event()
    seen: list[str] = []

    def watch(texts: Sequence[str]) -> None:
        embedding.set()
        assert all_read.wait(60), "reading waits for the model"

    def look(progress: Progress) -> None:
        seen.append(progress.stage)
        if progress.stage == "reading" and progress.done == COUNT - 10:
            assert embedding.wait(60), "the model waits until all is read"
        if progress.stage == "reading" and progress.done == COUNT:
            all_read.set()

    assert built(many, watch, look).embedded_chunk_count == COUNT


def test_progress_counts_each_stage_to_its_end(many: Path, in_parts: None) -> None:
    seen: list[Progress] = []
    built(many, ignore, seen.append)
    stages = list(dict.fromkeys(progress.stage for progress in seen))
    assert stages == ["reading", "embedding", "comparing", "indexing", "done"]
    for stage, total in (("reading", COUNT), ("embedding", COUNT), ("comparing", COUNT)):
        of_stage = [progress for progress in seen if progress.stage == stage]
        assert {progress.total for progress in of_stage} == {total}
        done = [progress.done for progress in of_stage]
        assert done == sorted(done)
        assert done[-1] == total
    assert seen == sorted(seen, key=lambda progress: stages.index(progress.stage))


def test_what_the_model_meets_ends_the_build_and_leaves_the_index(
    many: Path, in_parts: None, tmp_path: Path
) -> None:
    parts: list[int] = []

    def refuse(texts: Sequence[str]) -> None:
        parts.append(len(texts))
        if len(parts) == 2:
            raise ModelUnsuitable("The second part is refused.")

    with pytest.raises(ModelUnsuitable, match="second part"):
        built(many, refuse, ignore)
    assert len(parts) == 2
    left = {path.name for path in (tmp_path / "index").iterdir()}
    assert left - {"broadsheet.db-wal", "broadsheet.db-shm"} == {".lock", "broadsheet.db"}
    assert not any(thread.name.startswith("embedding") for thread in threading.enumerate())
    assert built(many, ignore, ignore).embedded_chunk_count == COUNT - PART  # of the first part


def test_an_interrupt_ends_it_within_a_batch(many: Path, in_parts: None) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.stage == "reading" and progress.done == COUNT - 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        built(many, ignore, interrupt)
    assert not any(
        thread.name.startswith(("embedding", "reader")) for thread in threading.enumerate()
    )


def test_a_file_left_by_a_killed_build_is_removed(many: Path, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    staged = tmp_path / "index" / "broadsheet.db.staged"
    staged.write_bytes(b"half a page")
    assert built(many, ignore, ignore).article_count == COUNT
    assert not staged.exists()


def numbered(index: Path) -> list[tuple[int, str, int]]:
    with sqlite3.connect(index / "broadsheet.db") as db:
        return db.execute("SELECT id, article_id, ordinal FROM chunks ORDER BY id").fetchall()


def test_all_anew_is_numbered_by_id_also_what_only_the_index_still_has(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    # A record stands before others of its file, and behind them by its id.
    (folder / "e.jsonl").write_text(
        '{"id": "z", "text": "Otters came back."}\n{"id": "b", "text": "The mill burned."}'
    )
    build_index(folder)
    assert [i for _, i, _ in numbered(tmp_path / "index")][1:3] == ["e.jsonl#z", "e.jsonl#b"]
    (folder / "ferry.txt").write_bytes(b"")  # cannot be read any more: its last text stays
    (folder / "zoo.txt").write_text(FERRY.replace("ferry", "barge"))
    report = build_index(full=True)
    assert [(f.path, f.kept) for f in report.failures] == [("ferry.txt", True)]
    found = numbered(tmp_path / "index")
    assert [i for _, i, _ in found] == sorted(i for _, i, _ in found)
    assert "ferry.txt" in {i for _, i, _ in found}
    numbers = [n for n, _, _ in found]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    hit = chatbot.search("Where did the night ferry run aground?").hits[0]
    assert hit.chunk.article_id == "ferry.txt"


def test_counting_tokens_does_not_wait_for_the_model(embedder: Embedder) -> None:
    embedder.count_tokens("one")
    with embedder._lock:  # as while it embeds
        counted: list[int] = []
        thread = threading.Thread(target=lambda: counted.append(embedder.count_tokens("one two")))
        thread.start()
        thread.join(10)
    assert counted == [2]


def test_vectors_made_in_parts_are_those_made_at_once(
    folder: Path, in_parts: None, embedder: Embedder, build_index: Callable[..., BuildReport],
    chatbot: Chatbot,
) -> None:  # fmt: skip
    words = " ".join(
        f"On day {n} of the log the wind blew with force {n % 12}." for n in range(900)
    )
    (folder / "log.txt").write_text(f"A log\n\n{words}")
    assert build_index(folder).embedded_chunk_count > 2 * PART
    with chatbot._index.snapshot() as snapshot:
        store = snapshot._store
        stored = list(store.chunks())
        texts = store.chunk_texts([chunk.id for chunk in stored])
        vectors = store.vectors([chunk.vector_key for chunk in stored], 384)
    again = embedder.embed([texts[chunk.id] for chunk in stored])
    assert float(np.sum(vectors * again, axis=1).min()) > 0.999
