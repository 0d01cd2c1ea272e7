"""An index that is searched in Milvus: the same answers, builds of what changed, and every fault.

The engine is Milvus Lite, as a process of its own that the same client drives.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import rag.bm25
import rag.milvus
import rag.milvus_engine
import rag.milvus_holding
import rag.milvus_rows
import rag.milvus_search
from rag.build import build
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.errors import (
    BroadsheetError,
    CollectionUnsuitable,
    EngineUnreachable,
    EngineUnsuitable,
    IndexDamaged,
    IndexMissing,
)
from rag.evaluation import Evaluation, evaluate
from rag.evaluation_questions import read_questions
from rag.index import DATABASE, Index
from rag.local_engine import LocalEngine
from rag.milvus import Milvus
from rag.milvus_engine import MilvusEngine
from rag.new_chunks import ChunkSettings
from rag.records import BuildReport, Filters, Hit, Progress
from rag.settings import Settings
from rag.store import Store
from rag.word_table import WordTable
from tests.conftest import FERRY, ROOT, SAMPLES, SHARED, share_models
from tests.eval.sets import evaluation_set
from tests.milvus_server import MilvusServer, milvus_server
from tests.news import write_articles

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
ASKED = "What did Captain Alma Reyes say?"
BOAT = "The pilot boat of Ostwick is to be replaced, said harbour master Wanda Tiel.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    with milvus_server(tmp_path_factory.mktemp("milvus") / "data") as running:
        yield running


@pytest.fixture
def milvus(server: MilvusServer) -> Iterator[Milvus]:
    """Running, whatever the test before did to it."""
    if server._process is None:
        server.start()
    yield Milvus(server.uri)


def _chatbot(index: Path, embedder: Embedder, uri: str = "", **settings: Any) -> Chatbot:
    made = Chatbot(Settings(index=index, milvus_uri=uri, **settings))
    share_models(made, embedder)
    return made


def _build(
    index: Path, articles: Path | None, embedder: Embedder, milvus: Milvus, **options: Any
) -> BuildReport:
    return build(index, articles, embedder, ChunkSettings(), engine=MilvusEngine(milvus), **options)


def _holding(index: Path) -> dict[str, Any]:
    """What the index's manifest says of its collection."""
    with Index(index).reading() as (_, manifest):
        return dict(json.loads(manifest["milvus"]))


def _numbers(milvus: Milvus, index: Path) -> set[int]:
    name = _holding(index)["collection"]
    milvus.client.load_collection(name)  # started again, Lite has it on the disk alone
    return {row["id"] for row in milvus.client.query(name, filter="id > 0", output_fields=["id"])}


# --- the same results -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(
    server: MilvusServer, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Chatbot, Chatbot]:
    """The sample articles, searched in files and in Milvus: the same index, copied."""
    place = tmp_path_factory.mktemp("both")
    files = _chatbot(place / "files", embedder)
    files.build(SAMPLES)
    shutil.copytree(place / "files", place / "milvus")
    there = _chatbot(place / "milvus", embedder, server.uri)
    report = there.build()
    assert report.embedded_chunk_count == 0  # it is brought there, not made anew
    return files, there


def test_measures_of_the_sample_questions_are_within_a_hundredth(
    both: tuple[Chatbot, Chatbot], tmp_path: Path
) -> None:
    questions = read_questions(evaluation_set("sample", tmp_path).questions)
    local, there = (evaluate(chatbot, questions) for chatbot in both)

    def figures(evaluation: Evaluation) -> dict[str, float]:
        return {
            f"{kind} {name}": figure.mean
            for part in ("evidence", "articles")
            for kind, figures in ((row.kind, row.figures) for row in getattr(evaluation, part))
            for name, figure in figures.items()
        }

    assert len(figures(local)) > 10
    assert figures(there) == pytest.approx(figures(local), abs=0.01)
    assert there.question_count == local.question_count >= 80


def test_answers_are_the_same_and_their_citations_exact(both: tuple[Chatbot, Chatbot]) -> None:
    local, there = both
    questions = [
        "What did the inquiry into the Grey Heron find?",
        "Is the water of Tarnmouth safe to drink?",
        "Who is Sigrun Vale?",
        "What is the capital of Mongolia?",
        'Who said "we are ashamed of several"?',
    ]
    answers = [there.ask(question) for question in questions]
    assert {answer.status for answer in answers} == {"answered", "not_found"}
    for question, answer in zip(questions, answers, strict=True):
        known = local.ask(question)
        assert [s.text for s in answer.sentences] == [s.text for s in known.sentences]
        assert answer.missing == known.missing
        for citation in answer.citations:
            text = there.article(citation.article_id).text
            assert text[citation.start : citation.end] == citation.quote


def _found(hits: tuple[Hit, ...]) -> list[tuple[str, int]]:
    return [(hit.chunk.article_id, hit.chunk.ordinal) for hit in hits]


@pytest.fixture(scope="module")
def news_there(
    server: MilvusServer, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Chatbot, Chatbot]:
    """The invented news, with an article that is found by its words alone; as ``both``."""
    place = tmp_path_factory.mktemp("news")
    write_articles(place / "articles")
    (place / "articles" / "puente.txt").write_text(
        "El puente de hierro sigue cerrado\n\nEl ayuntamiento de Ostwick anunció el lunes que el "
        "puente de hierro seguirá cerrado durante dos años, porque los ingenieros encontraron "
        "grietas en las vigas. Los vecinos tendrán que dar un rodeo por el valle.\n"
    )
    files = _chatbot(place / "files", embedder)
    assert files.build(place / "articles").words_only
    shutil.copytree(place / "files", place / "milvus")
    there = _chatbot(place / "milvus", embedder, server.uri)
    there.build()
    return files, there


QUESTIONS = [
    (ASKED, None),
    ("What did the Lenn Post say about the iron bridge?", None),
    ("What did Coast Radio and the Ostwick Gazette report about the harbour in May 2024?", None),
    ("How high are harbour fees?", Filters(sources=("Ostwick Gazette",))),
    ("What happened?", Filters(sources=("Coast Radio", "The Lenn Post"))),
    ('Who said "nobody was in danger at any moment"?', None),
    ('"the iron bridge" "two years"', None),
    ("puente de hierro", None),
    ("What is the latest news?", None),
]


@pytest.mark.parametrize(("question", "filters"), QUESTIONS)
@pytest.mark.parametrize("named", [2_000, 1])
def test_hits_are_the_same_by_source_day_phrase_and_part(
    news_there: tuple[Chatbot, Chatbot],
    question: str,
    filters: Filters | None,
    named: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # With 1, no restriction is short enough to be named by numbers.
    monkeypatch.setattr(rag.milvus_search, "_NAMED", named)
    local, there = (c.search(question, count=20, filters=filters) for c in news_there)
    assert _found(there.hits)[:5] == _found(local.hits)[:5] != []
    assert there.understood == local.understood
    # Behind, of copies that score the same, any may be found.
    assert [hit.score for hit in there.hits] == pytest.approx(
        [hit.score for hit in local.hits], abs=1e-3
    )
    for here, known in zip(there.hits[:5], local.hits[:5], strict=True):
        assert here.cosine == pytest.approx(known.cosine, abs=1e-5)
        assert (here.bm25 or 0) == pytest.approx(known.bm25 or 0, rel=1e-4)
        assert (here.dense_rank, here.lexical_rank is None) == (
            known.dense_rank,
            known.lexical_rank is None,
        )


def test_searches_of_words_and_vectors_are_those_of_the_files(
    news_there: tuple[Chatbot, Chatbot], embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rag.milvus_search, "_NAMED", 3)
    monkeypatch.setattr(rag.milvus_search, "_PHRASE_DEPTH", 2)
    local, there = (chatbot._index for chatbot in news_there)
    with local.snapshot() as files, there.snapshot() as milvus:
        ids = files.table.ids
        vectors = embedder.embed_questions(["Who repairs the bridge?", "a storm at night"])
        for only in (None, ids[::2], ids[:2], ids[:0]):
            wanted = files.vectors.search_all(vectors, 7, only=only)
            found = milvus.vectors.search_all(vectors, 7, only=only)
            for here, known in zip(found, wanted, strict=True):  # of copies, any will do
                assert [s for _, s in here] == pytest.approx([s for _, s in known], abs=1e-5)
                assert only is None or {number for number, _ in here} <= set(only.tolist())
            for words in (["bridg", "ferri", "the"], ["nothingness"], []):
                by_words = milvus.lexical.search(words, 5, only=only)
                known = files.lexical.search(words, 5, only=only)
                assert [s for _, s in by_words] == pytest.approx([s for _, s in known], rel=1e-4)
            for phrases in ([["iron", "bridg"]], [["the"], ["bridg", "on"]], [["bridg", "iron"]]):
                held = milvus.lexical.search(["the", "bridg"], 50, phrases=phrases, only=only)
                assert {n for n, _ in held} == {
                    n
                    for n, _ in files.lexical.search(
                        ["the", "bridg"], 50, phrases=phrases, only=only
                    )
                }
        assert milvus.vectors.cosines(ids, vectors) == pytest.approx(
            files.vectors.cosines(ids, vectors), abs=1e-6
        )
        assert milvus.vectors.search_all(vectors * float("nan"), 3) == [[], []]
        assert milvus.lexical.count == files.lexical.count


def test_words_that_are_like_others_are_those_of_the_files(
    news_there: tuple[Chatbot, Chatbot],
) -> None:
    local, there = (chatbot._index for chatbot in news_there)
    with local.snapshot() as files, there.snapshot() as milvus:
        for word in ("bridg", "brigd", "brdg", "xbridg", "bridgx", "ostwikc", "ostwic", "kostwick",
                     "harbor", "harbou", "tankk", "tan", "zzzzz", "ferries", "gazete", "e"):  # fmt: skip
            assert milvus.lexical.chunk_count_with(word) == files.lexical.chunk_count_with(word)
            assert milvus.lexical.has_similar(word) == files.lexical.has_similar(word), word
            assert set(milvus.lexical.similar_terms(word)) == set(files.lexical.similar_terms(word))


@pytest.mark.skipif(not SHARED.exists(), reason="../shared absent")
def test_real_articles_are_answered_the_same(
    tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    files = _chatbot(tmp_path / "files", embedder)
    files.build(SHARED / "articles")
    shutil.copytree(tmp_path / "files", tmp_path / "milvus")
    there = _chatbot(tmp_path / "milvus", embedder, milvus.uri)
    there.build()
    for question in ("What does Moscow want from Pyongyang?", "Who met whom?", "Who rules Mars?"):
        here, known = there.ask(question), files.ask(question)
        assert (here.status, here.sentences) == (known.status, known.sentences)
        for citation in here.citations:
            text = there.article(citation.article_id).text
            assert text[citation.start : citation.end] == citation.quote


# --- builds ---------------------------------------------------------------------------------


def test_a_build_touches_the_rows_of_what_changed_and_no_other(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    index = tmp_path / "index"
    _build(index, folder, embedder, milvus)
    assert not list(index.glob("vectors-*")) and not list(index.glob("lexical-*"))
    before, name = _numbers(milvus, index), _holding(index)["collection"]
    (folder / "ferry.txt").unlink()
    (folder / "boat.txt").write_text(BOAT)
    report = _build(index, None, embedder, milvus)
    assert (report.new, report.deleted, report.embedded_chunk_count) == (1, 1, 1)
    after = _numbers(milvus, index)
    assert _holding(index)["collection"] == name
    assert after > before  # who still reads the generation before finds what left
    chatbot = _chatbot(index, embedder, milvus.uri)
    assert chatbot.ask("Who is harbour master of Ostwick?").status == "answered"
    found = _found(chatbot.search("Who was aboard the ferry to Ostwick?", count=20).hits)
    assert found and all(article != "ferry.txt" for article, _ in found)
    monkeypatch.setattr(rag.milvus_holding, "KEPT_SECONDS", 0.0)  # ten minutes later
    (folder / "boat.txt").write_text(BOAT.replace("Wanda Tiel", "Otto Brand"))
    _build(index, None, embedder, milvus)
    gone = after - _numbers(milvus, index)
    assert len(gone) == 2  # the ferry's and the first of the boat
    assert "Otto Brand" in chatbot.ask("Who is harbour master of Ostwick?").sentences[0].text
    assert not _problems(chatbot)


def _problems(chatbot: Chatbot) -> list[str]:
    return [check.seen for check in chatbot.examine() if not check.good]


def test_word_counts_are_those_of_an_index_made_at_once(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    def counts(index: Path) -> dict[str, int]:
        with Index(index).reading() as (store, _):
            return dict(store.rows("SELECT term, chunk_count FROM words"))

    index = tmp_path / "index"
    _build(index, folder, embedder, milvus)
    (folder / "boat.txt").write_text(BOAT)
    (folder / "orchard.txt").unlink()
    (folder / "bridge.txt").write_text(FERRY.replace("ferry", "barge"))
    _build(index, None, embedder, milvus)
    _build(tmp_path / "anew", folder, embedder, milvus)
    assert counts(index) == counts(tmp_path / "anew")
    changed, anew = _holding(index), _holding(tmp_path / "anew")
    assert changed["term_count"] == anew["term_count"]


def test_a_full_build_fills_a_new_collection_and_the_old_one_goes_later(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    index = tmp_path / "index"
    _build(index, folder, embedder, milvus)
    first = _holding(index)["collection"]
    _build(index, None, embedder, milvus, full=True)
    second = _holding(index)["collection"]
    assert second != first
    assert {first, second} <= set(milvus.client.list_collections())
    monkeypatch.setattr(rag.milvus_holding, "KEPT_SECONDS", 0.0)  # ten minutes later
    (folder / "boat.txt").write_text(BOAT)
    _build(index, None, embedder, milvus)
    assert first not in milvus.client.list_collections()
    assert _holding(index)["collection"] == second


def test_texts_of_another_length_are_weighed_anew(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    index = tmp_path / "index"
    _build(index, folder, embedder, milvus)
    first = _holding(index)
    for number in range(6):
        (folder / f"short-{number}.txt").write_text(f"Note {number}\n\nThe lamp is lit again.\n")
    _build(index, None, embedder, milvus)
    assert _holding(index)["collection"] == first["collection"]
    (folder / "boat.txt").write_text(BOAT)
    _build(index, None, embedder, milvus)
    holding = _holding(index)
    assert holding["collection"] != first["collection"]
    assert holding["mean_length"] < 0.9 * first["mean_length"]


def test_an_index_moves_between_its_files_and_milvus_without_embedding(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    index = tmp_path / "index"
    local, there = _chatbot(index, embedder), _chatbot(index, embedder, milvus.uri)
    local.build(folder)
    question = ASKED
    wanted = local.ask(question).sentences
    with pytest.raises(CollectionUnsuitable, match=r"not in Milvus.*broadsheet build"):
        there.ask(question)
    assert list(index.glob("vectors-*"))
    assert there.build().embedded_chunk_count == 0
    assert not list(index.glob("vectors-*"))
    assert there.ask(question).sentences == wanted
    with pytest.raises(CollectionUnsuitable, match="is searched in Milvus; set milvus_uri"):
        local.ask(question)
    assert any("milvus_uri is not set" in problem for problem in _problems(local))
    assert local.build().embedded_chunk_count == 0
    assert local.ask(question).sentences == wanted
    (folder / "boat.txt").write_text(BOAT)
    there.build()
    assert there.ask("Who is harbour master of Ostwick?").status == "answered"
    assert not _problems(there)


def test_an_emptied_index_finds_nothing_and_is_filled_again(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    texts = {path: path.read_text() for path in folder.iterdir()}
    for path in texts:
        path.unlink()
    chatbot.build(allow_empty=True)
    assert chatbot.search(ASKED).hits == ()
    assert chatbot.ask(f'Who said "{ASKED}"?').status == "not_found"
    assert not _problems(chatbot)
    for path, text in texts.items():
        path.write_text(text)
    chatbot.build()
    assert chatbot.ask(ASKED).status == "answered"
    chatbot.build(full=True)
    assert chatbot.ask(ASKED).status == "answered"


def test_a_copy_of_an_index_is_kept_apart_once_either_is_built_further(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(rag.bm25, "_DRIFT", 1.0)  # of so few chunks each moves the mean
    index, copy = tmp_path / "index", tmp_path / "copy"
    one, other = (_chatbot(place, embedder, milvus.uri) for place in (index, copy))
    one.build(folder)
    shutil.copytree(index, copy)
    shutil.copytree(folder, tmp_path / "others")
    (folder / "boat.txt").write_text(BOAT)
    one.build()
    assert other.ask(ASKED).status == "answered"  # its generation is whole still
    monkeypatch.setattr(rag.milvus_holding, "KEPT_SECONDS", 0.0)
    mill = BOAT.replace("pilot boat", "wind mill")
    (tmp_path / "others" / "mill.txt").write_text(mill)
    other.build(tmp_path / "others", switch_folder=True)
    assert _holding(copy)["collection"] != (name := _holding(index)["collection"])
    for _ in range(3):
        for chatbot, place in ((one, folder), (other, tmp_path / "others")):
            (place / "ferry.txt").write_text((place / "ferry.txt").read_text() + "\nIt rained.\n")
            chatbot.build()
            assert not _problems(chatbot)
    assert _holding(index)["collection"] == name
    texts = [c.ask("What of Ostwick is to be replaced?").sentences[0].text for c in (one, other)]
    assert ["pilot boat" in texts[0], "wind mill" in texts[1]] == [True, True]


def test_an_index_that_was_put_back_is_refused_and_filled_anew(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(rag.milvus_holding, "KEPT_SECONDS", 0.0)
    index, backup = tmp_path / "index", tmp_path / "backup"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    shutil.copytree(index, backup)
    for name in ("Rita", "Vera"):
        (folder / "ferry.txt").write_text(FERRY.replace("Alma", name))
        chatbot.build()
    shutil.rmtree(index)
    shutil.copytree(backup, index)
    (folder / "ferry.txt").write_text(FERRY)
    fresh = _chatbot(index, embedder, milvus.uri)
    with pytest.raises(CollectionUnsuitable, match=r"another copy .*broadsheet build"):
        fresh.ask(ASKED)
    assert fresh.build().embedded_chunk_count == 0
    assert fresh.ask(ASKED).status == "answered"
    assert not _problems(fresh)


def test_a_server_notices_when_its_rows_went_to_another_copy(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    chatbot.ask(ASKED)
    shutil.copytree(index, tmp_path / "copy")
    other = _chatbot(tmp_path / "copy", embedder, milvus.uri)
    monkeypatch.setattr(rag.milvus_holding, "KEPT_SECONDS", 0.0)
    for name in ("Rita", "Vera"):
        (folder / "ferry.txt").write_text(FERRY.replace("Alma", name))
        other.build()
    monkeypatch.setattr(rag.milvus_engine, "_CHECKED_SECONDS", 0.0)
    with pytest.raises(CollectionUnsuitable, match="another copy"):
        chatbot.ask(ASKED)


def test_a_build_that_ends_while_it_publishes_is_gone_on_with(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    name = _holding(index)["collection"]
    (folder / "boat.txt").write_text(BOAT)
    with monkeypatch.context() as patched:
        patched.setattr(WordTable, "add", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            chatbot.build()
    assert chatbot.ask(ASKED).status == "answered"
    chatbot.build()
    assert _holding(index)["collection"] == name  # nobody else's
    assert len(milvus.days(name, "id < 0")) == 2
    assert not _problems(chatbot)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


# --- faults -----------------------------------------------------------------------------------


def test_an_engine_that_is_down_is_named_and_nothing_is_changed(
    folder: Path, tmp_path: Path, embedder: Embedder, server: MilvusServer, milvus: Milvus
) -> None:
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    server.kill()
    with pytest.raises(EngineUnreachable, match=r"does not answer.*milvus_uri"):
        chatbot.build(folder)
    assert not (index / DATABASE).exists()  # nothing was read or embedded in vain
    with pytest.raises(IndexMissing):
        chatbot.ask(ASKED)
    server.start()
    assert chatbot.build(folder).article_count == 3
    server.kill()
    (folder / "boat.txt").write_text(BOAT)
    before = (index / DATABASE).read_bytes()
    fresh = _chatbot(index, embedder, milvus.uri)
    for fails in (lambda: fresh.ask(ASKED), fresh.build):
        with pytest.raises(EngineUnreachable, match="does not answer"):
            fails()
    assert (index / DATABASE).read_bytes() == before
    assert any("does not answer" in problem for problem in _problems(fresh))
    server.start()
    assert fresh.ask(ASKED).status == "answered"


def test_a_command_says_it_in_one_line_with_status_1(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rag", "build", str(folder), "--index", str(tmp_path / "i")]
    environment = os.environ | {"BROADSHEET_MILVUS_URI": "http://127.0.0.1:9"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
    assert "Milvus at http://127.0.0.1:9 does not answer" in done.stderr
    assert not (tmp_path / "i" / DATABASE).exists()


def test_an_engine_that_goes_in_mid_build_leaves_the_old_index(
    folder: Path, tmp_path: Path, embedder: Embedder, server: MilvusServer, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(rag.milvus_engine, "ROWS_AT_ONCE", 1)
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    answer, numbers = chatbot.ask(ASKED), _numbers(milvus, index)
    (folder / "boat.txt").write_text(BOAT)
    (folder / "lamp.txt").write_text(BOAT.replace("pilot boat", "lamp"))

    def kill(progress: Progress) -> None:
        if (progress.stage, progress.done) == ("indexing", 1):
            server.kill()

    with pytest.raises(EngineUnreachable, match="nothing was changed"):
        chatbot.build(on_progress=kill)
    server.start()
    assert _numbers(milvus, index) > numbers  # a row had come already
    assert chatbot.ask(ASKED) == answer
    assert chatbot.status().article_count == 3
    assert chatbot.build().article_count == 5
    assert chatbot.ask("Who is harbour master of Ostwick?").status == "answered"
    assert len(_numbers(milvus, index)) == 5
    assert not _problems(chatbot)


def test_a_first_build_that_fails_leaves_no_collection(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    before = set(milvus.client.list_collections())

    def stop(progress: Progress) -> None:
        if progress.stage == "indexing" and progress.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _build(tmp_path / "index", folder, embedder, milvus, on_progress=stop)
    assert set(milvus.client.list_collections()) == before


def test_an_engine_that_goes_in_mid_question_is_said_and_found_again(
    folder: Path, tmp_path: Path, embedder: Embedder, server: MilvusServer, milvus: Milvus
) -> None:
    chatbot = _chatbot(tmp_path / "index", embedder, milvus.uri)
    chatbot.build(folder)
    answer = chatbot.ask(ASKED)
    with chatbot._index.snapshot() as snapshot:
        server.kill()
        with pytest.raises(EngineUnreachable, match="does not answer"):
            snapshot.lexical.search(["ferri"], 5)
    with pytest.raises(EngineUnreachable, match="does not answer"):
        chatbot.ask(ASKED)
    server.start()
    assert chatbot.ask(ASKED) == answer


def test_an_engine_that_stands_still_is_not_waited_for(
    folder: Path, tmp_path: Path, embedder: Embedder, server: MilvusServer, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    chatbot = _chatbot(tmp_path / "index", embedder, milvus.uri)
    chatbot.build(folder)
    chatbot.ask(ASKED)
    monkeypatch.setattr(rag.milvus, "_SEARCH_SECONDS", 1.0)
    with server.standing_still(), pytest.raises(EngineUnreachable, match="does not answer"):
        chatbot.ask(ASKED)
    assert chatbot.ask(ASKED).status == "answered"


@pytest.mark.parametrize("version", ["v2.3.9", "milvus_lite-2.5.1", "something else"])
def test_an_engine_of_another_version_is_refused(
    version: str, folder: Path, tmp_path: Path, embedder: Embedder
) -> None:
    with milvus_server(tmp_path / "data", version=version) as old:
        chatbot = _chatbot(tmp_path / "index", embedder, old.uri)
        with pytest.raises(EngineUnsuitable, match=r"is of version .* needs .* Update it"):
            chatbot.build(folder)
        assert Milvus(old.uri).place == old.uri
    assert not chatbot.has_index()


def test_a_new_version_is_taken(tmp_path: Path) -> None:
    with milvus_server(tmp_path / "data", version="v2.6.4-gpu") as new:
        assert Milvus(new.uri).client.list_collections() == []


def test_a_collection_of_another_model_is_refused_and_filled_anew(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    answer, name = chatbot.ask(ASKED), _holding(index)["collection"]
    milvus.drop(name)
    milvus.create(name, rag.milvus_engine._identity("f" * 64, 384), 384)
    fresh = _chatbot(index, embedder, milvus.uri)
    with pytest.raises(CollectionUnsuitable, match=r"of another model.*broadsheet build"):
        fresh.ask(ASKED)
    assert any("of another model" in problem for problem in _problems(fresh))
    assert fresh.build().embedded_chunk_count == 0
    again = fresh.ask(ASKED)
    assert again.sentences == answer.sentences


def test_a_question_that_is_overtaken_by_builds_is_answered_from_its_generation(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    chatbot = _chatbot(tmp_path / "index", embedder, milvus.uri)
    chatbot.build(folder)
    with chatbot._index.snapshot() as snapshot:
        for name in ("Rita", "Vera", "Nora"):
            (folder / "ferry.txt").write_text(FERRY.replace("Alma", name))
            chatbot.build()
        ((number, _), *_) = snapshot.lexical.search(["alma", "rey"], 5)
        text = snapshot.article(snapshot.chunks([number])[number].article_id).text
        assert "Alma Reyes" in text
    assert "Nora Reyes" in chatbot.ask("What did Captain Nora Reyes say?").sentences[0].text


def test_rows_that_left_hide_no_loss(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    (folder / "ferry.txt").write_text(FERRY.replace("Alma", "Rita"))
    chatbot.build()
    _chatbot(index, embedder, milvus.uri).search(ASKED)  # whole
    milvus.delete(_holding(index)["collection"], "id == 1")
    fresh = _chatbot(index, embedder, milvus.uri)
    with pytest.raises(CollectionUnsuitable, match="holds 2 of 3 chunks"):
        fresh.search(ASKED)
    fresh.build()
    assert fresh.search(ASKED).hits


@pytest.mark.parametrize(("full", "text"), [(True, BOAT), (False, BOAT), (False, "")])
def test_a_build_killed_in_filling_leaves_no_collection_behind(
    full: bool, text: str, folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    index = tmp_path / "index"
    _build(index, folder, embedder, milvus)
    before = set(milvus.client.list_collections())
    with monkeypatch.context() as patched:  # as after a kill, nothing is dropped on the way out
        patched.setattr(Milvus, "insert", _interrupted)
        patched.setattr(Milvus, "drop", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            _build(index, None, embedder, milvus, full=True)
    (orphan,) = set(milvus.client.list_collections()) - before
    if text:
        (folder / "boat.txt").write_text(text)
    _build(index, None, embedder, milvus, full=full)
    assert orphan not in milvus.client.list_collections()


def test_long_articles_behind_short_ones_do_not_fill_a_collection_each_time(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(rag.milvus_rows, "_MEASURED_CHUNKS", 6)
    for number in range(12):
        (folder / f"a-{number:02}.txt").write_text(f"Note {number}\n\nThe lamp is lit again.\n")
        (folder / f"z-{number:02}.txt").write_text(FERRY.replace("61", str(number + 62)))
    index = tmp_path / "index"
    _build(index, folder, embedder, milvus)
    name = _holding(index)["collection"]
    (folder / "z-13.txt").write_text(FERRY.replace("61", "99"))
    _build(index, None, embedder, milvus)
    assert _holding(index)["collection"] == name


def test_articles_are_shown_without_the_engine(
    folder: Path, tmp_path: Path, embedder: Embedder, server: MilvusServer, milvus: Milvus
) -> None:
    _chatbot(tmp_path / "index", embedder, milvus.uri).build(folder)
    server.kill()
    fresh = _chatbot(tmp_path / "index", embedder, milvus.uri)
    assert "Alma Reyes" in fresh.article("ferry.txt").text
    assert len(fresh.articles()) == 3
    assert fresh.copies_of("ferry.txt") == ()


@pytest.mark.parametrize("loss", ["collection", "rows", "other rows"])
def test_what_was_lost_in_the_engine_is_said_and_filled_anew(
    loss: str, folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    answer, name = chatbot.ask(ASKED), _holding(index)["collection"]
    if loss == "collection":
        milvus.drop(name)
    elif loss == "rows":
        milvus.delete(name, "id in [1, 2]")
    else:
        row = milvus.rows(name, [1])[1]
        milvus.client.upsert(name, [{**row, "words": {77: 1.0}}])
        assert any("otherwise than the store" in problem for problem in _problems(chatbot))
        assert chatbot.build(full=True).generation == 2
    fresh = _chatbot(index, embedder, milvus.uri)
    if loss != "other rows":
        with pytest.raises(CollectionUnsuitable, match=r"broadsheet build .*to fill it anew"):
            fresh.ask(ASKED)
        assert fresh.build().embedded_chunk_count == 0
    assert fresh.ask(ASKED).sentences == answer.sentences
    assert not _problems(fresh)


def test_a_collection_that_goes_while_it_is_searched_is_said(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    chatbot = _chatbot(tmp_path / "index", embedder, milvus.uri)
    chatbot.build(folder)
    chatbot.ask(ASKED)
    milvus.drop(_holding(tmp_path / "index")["collection"])
    with pytest.raises(BroadsheetError, match="has no such collection"):
        chatbot.ask(ASKED)


def test_a_damaged_word_is_named_and_repaired(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    index = tmp_path / "index"
    chatbot = _chatbot(index, embedder, milvus.uri)
    chatbot.build(folder)
    answer = chatbot.ask(ASKED)
    store = Store(index / DATABASE, writable=True)
    with store.transaction():
        store.write("UPDATE words SET chunk_count = 9 WHERE term = ?", [("rey",)])
    store.close()
    fresh = _chatbot(index, embedder, milvus.uri)
    with pytest.raises(IndexDamaged, match=r"'rey'.*--repair"):
        fresh.ask(ASKED)
    assert any("the word 'rey'" in problem for problem in _problems(fresh))
    assert "the word 'rey'" in fresh.build(repair=True).repaired
    assert fresh.ask(ASKED).sentences == answer.sentences


def test_a_token_is_in_no_message_and_read_from_its_file(
    folder: Path, tmp_path: Path, embedder: Embedder, milvus: Milvus
) -> None:
    secret = "root:hidden-word"
    (tmp_path / "token").write_text(f"{secret}\n")
    for engine in (
        Milvus("http://root:hidden-word@127.0.0.1:9", SecretStr(secret)),
        Milvus("http://127.0.0.1:9", token_file=tmp_path / "token"),
    ):
        assert "hidden" not in repr(engine).replace(engine.uri, "")
        with pytest.raises(EngineUnreachable) as raised:
            build(tmp_path / "i", folder, embedder, ChunkSettings(), engine=MilvusEngine(engine))
        assert "hidden" not in str(raised.value)
    assert Milvus(milvus.uri, token_file=tmp_path / "token")._read_token() == secret
    (tmp_path / "token").unlink()
    with pytest.raises(EngineUnsuitable, match="milvus_token_file"):
        Milvus(milvus.uri, token_file=tmp_path / "token").client.list_collections()


def test_milvus_lite_in_a_file_is_enough_for_a_try(
    folder: Path, tmp_path: Path, embedder: Embedder
) -> None:
    chatbot = _chatbot(tmp_path / "index", embedder, str(tmp_path / "milvus.db"))
    chatbot.build(folder)
    assert chatbot.ask(ASKED).status == "answered"
    command = [sys.executable, "-m", "rag", "ask", ASKED, "--index", str(tmp_path / "index")]
    environment = os.environ | {"BROADSHEET_MILVUS_URI": str(tmp_path / "milvus.db")}
    second = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert len(second.stderr.splitlines()) == 1
    assert "another process may have it open" in second.stderr
    chatbot._engine._milvus.client.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", ["nowhere.db", "nowhere/milvus.db"])
def test_a_question_makes_no_milvus_in_a_mistyped_file(
    place: str, folder: Path, tmp_path: Path, embedder: Embedder, build_index: Callable[..., Any]
) -> None:
    build_index(folder)
    store = Store(tmp_path / "index" / DATABASE, writable=True)
    with store.transaction():
        store.put_manifest({"milvus": '{"collection": "b", "stamp": 1, "mean_length": 9}'})
    store.close()
    chatbot = _chatbot(tmp_path / "index", embedder, str(tmp_path / place))
    with pytest.raises(EngineUnreachable, match="no Milvus at"):
        chatbot.ask(ASKED)
    assert not (tmp_path / place).exists()
    if "/" in place:
        with pytest.raises(EngineUnreachable, match="no folder"):
            chatbot.build(folder)


def test_the_default_is_the_indexs_own_files(folder: Path, tmp_path: Path) -> None:
    assert isinstance(Index(tmp_path).engine, LocalEngine)
