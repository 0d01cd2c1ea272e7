"""A build makes the index match the folder, works only on what changed, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import rag.build
import rag.comparison
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.errors import (
    ArticleUnknown,
    ChunkSettingInvalid,
    FolderEmpty,
    FolderSwitchRefused,
    FolderUnreadable,
    IndexLocked,
    IndexMissing,
    IndexOfOtherModel,
    IndexUnwritable,
)
from rag.index_lock import locked
from rag.new_chunks import ChunkSettings
from rag.pieces import Piece
from rag.records import BuildReport
from rag.store import Store
from tests.conftest import SAMPLES, share_models

Build = Callable[..., BuildReport]


def cited(chatbot: Chatbot, question: str) -> set[str]:
    return {c.article_id for c in chatbot.ask(question).citations}


def test_first_build_indexes_every_article(folder: Path, build_index: Build) -> None:
    report = build_index(folder)
    assert (report.new, report.article_count, report.generation) == (3, 3, 1)
    assert report.embedded_chunk_count == report.chunk_count >= 3
    assert report.failures == ()


def test_unchanged_folder_embeds_nothing_and_keeps_the_generation(
    folder: Path, build_index: Build
) -> None:
    build_index(folder)
    report = build_index()
    assert (report.embedded_chunk_count, report.unchanged, report.generation) == (0, 3, 1)


def test_added_article_is_answered_from_and_alone_embedded(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    text = "Library buys a press\n\nThe library of Tarn bought a printing press of 1887 for its cellar."
    (folder / "press.txt").write_text(text)
    report = build_index()
    assert (report.new, report.embedded_chunk_count) == (1, 1)
    assert cited(chatbot, "What did the library of Tarn buy?") == {"press.txt"}


def test_changed_article_embeds_only_its_changed_chunks(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    paragraphs = [
        " ".join(f"Paragraph {p} tells in line {i} of the harbour works." for i in range(12))
        for p in range(8)
    ]
    long = folder / "long.txt"
    long.write_text("The harbour works, day by day\n\n" + "\n\n".join(paragraphs))
    first = build_index(folder)
    long.write_text(
        long.read_text() + "\n\nOn the last day divers found an anchor of the year 1703."
    )
    report = build_index()
    assert report.changed == 1
    assert 0 < report.embedded_chunk_count <= 2 < first.chunk_count
    assert cited(chatbot, "What did divers find on the last day?") == {"long.txt"}


def test_changed_text_is_never_cited_again(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    bridge = folder / "bridge.txt"
    bridge.write_text(bridge.read_text().replace("3.2 million", "4.9 million"))
    build_index()
    answer = chatbot.ask("How much will the repair of the iron bridge cost?")
    assert any("4.9 million" in s.text for s in answer.sentences)
    assert not any("3.2 million" in c.quote for c in answer.citations)


def test_deleted_article_is_never_cited_again_and_leaves_no_trace(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    assert "ferry.txt" in cited(chatbot, "Where did the night ferry run aground?")
    (folder / "ferry.txt").unlink()
    report = build_index()
    assert (report.deleted, report.embedded_chunk_count) == (1, 0)
    answer = chatbot.ask("Where did the night ferry run aground?")
    assert "ferry.txt" not in {hit.chunk.article_id for hit in answer.hits}
    with pytest.raises(ArticleUnknown):
        chatbot.article("ferry.txt")
    store = Store(tmp_path / "index" / "broadsheet.db", writable=False)
    keys = {chunk.vector_key for chunk in store.chunks()}
    assert store._db.execute("SELECT COUNT(*) FROM vectors").fetchone()[0] == len(keys)


def test_renamed_article_embeds_nothing_and_is_cited_under_its_new_name(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    (folder / "sub").mkdir()
    (folder / "ferry.txt").rename(folder / "sub" / "night-ferry.txt")
    report = build_index()
    assert (report.renamed, report.new, report.deleted, report.embedded_chunk_count) == (1, 0, 0, 0)
    assert cited(chatbot, "Where did the night ferry run aground?") == {"sub/night-ferry.txt"}


def test_unreadable_file_is_reported_and_its_last_good_text_stays(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    (folder / "ferry.txt").write_bytes(b"")
    (folder / "new.pdf").write_bytes(b"%PDF-1.4 without pages")
    report = build_index()
    assert {(f.path, f.kept) for f in report.failures} == {("ferry.txt", True), ("new.pdf", False)}
    assert all(f.reason for f in report.failures)
    assert chatbot.status().failures == report.failures
    assert "ferry.txt" in cited(chatbot, "Where did the night ferry run aground?")
    (folder / "new.pdf").unlink()
    assert [f.path for f in build_index().failures] == ["ferry.txt"]
    (kept,) = build_index(full=True).failures
    assert (kept.path, kept.kept) == ("ferry.txt", True)
    assert "ferry.txt" in cited(chatbot, "Where did the night ferry run aground?")


def test_a_failed_file_is_called_changed_once_it_differs(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    (folder / "new.pdf").write_bytes(b"%PDF-1.4 without pages")
    build_index(folder)
    changes = chatbot.status().changes
    assert changes is not None
    assert changes == type(changes)((), (), ())
    (folder / "new.pdf").write_bytes(b"%PDF-1.4 still without")
    changes = chatbot.status().changes
    assert changes is not None
    assert changes.changed == ("new.pdf",)


def test_what_can_no_longer_be_listed_keeps_its_articles(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    sub = folder / "sub"
    sub.mkdir()
    (folder / "ferry.txt").rename(sub / "ferry.txt")
    build_index(folder)
    sub.rename(tmp_path / "elsewhere")
    sub.symlink_to(tmp_path / "elsewhere")  # leads out of the folder, so it is not followed
    changes = chatbot.status().changes
    assert changes is not None
    assert changes.deleted == ()
    report = build_index()
    assert [(f.path, f.kept) for f in report.failures] == [("sub", True)]
    assert "sub/ferry.txt" in cited(chatbot, "Where did the night ferry run aground?")


def test_empty_or_missing_folder_leaves_the_index_as_it_is(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(FolderEmpty, match="--allow-empty"):
        build_index()
    folder.rmdir()
    with pytest.raises(FolderUnreadable, match=str(folder)):
        build_index()
    assert len(chatbot.articles()) == 3
    folder.mkdir()
    assert build_index(allow_empty=True).article_count == 0
    assert chatbot.ask("Where did the night ferry run aground?").status == "not_found"


def test_another_folder_is_refused_unless_it_is_asked_for(
    folder: Path, build_index: Build, tmp_path: Path
) -> None:
    build_index(folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "one.txt").write_text("A headline of its own\n\nAnd a sentence that follows it.")
    with pytest.raises(FolderSwitchRefused, match="--switch-folder"):
        build_index(other)
    report = build_index(other, switch_folder=True)
    assert (report.new, report.deleted, report.article_count) == (1, 3, 1)


def test_an_index_of_the_samples_makes_way_for_the_reader_s_own_folder(
    folder: Path, build_index: Build, tmp_path: Path
) -> None:
    (folder / ".sample").write_text("")
    build_index(folder)
    own = tmp_path / "own"
    own.mkdir()
    (own / "one.txt").write_text("A headline of its own\n\nAnd a sentence that follows it.")
    assert build_index(own).article_count == 1
    with pytest.raises(FolderSwitchRefused):
        build_index(folder)


def test_an_index_that_knows_no_folder_asks_for_one(build_index: Build) -> None:
    with pytest.raises(IndexMissing, match="broadsheet build FOLDER"):
        build_index()


def test_other_chunk_settings_are_refused_until_a_full_build(
    folder: Path, build_index: Build
) -> None:
    build_index(folder)
    small = ChunkSettings(chunk_tokens=32, overlap_tokens=0)
    with pytest.raises(IndexOfOtherModel, match=r"chunk_tokens 254.*32.*--full"):
        build_index(chunk_settings=small)
    assert build_index(chunk_settings=small, full=True).chunk_count > 3


def test_chunks_longer_than_the_model_reads_are_refused(folder: Path, build_index: Build) -> None:
    with pytest.raises(ChunkSettingInvalid, match="254"):
        build_index(folder, chunk_settings=ChunkSettings(chunk_tokens=300))


def test_full_build_gives_the_same_answers(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    before = chatbot.search("What will the bridge cost?").hits
    report = build_index(full=True)
    assert report.embedded_chunk_count == report.chunk_count
    assert chatbot.search("What will the bridge cost?").hits == before


def test_derived_files_deleted_or_damaged_change_no_answer(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path, embedder: Embedder
) -> None:
    build_index(folder)
    (folder / "orchard.txt").unlink()
    (folder / "a.txt").write_text(
        "Snow on the pass\n\nSnow closed the pass road to Tarn on Sunday."
    )
    build_index()
    question = "What will the bridge cost and when was the pass closed?"
    before = chatbot.ask(question)
    index = tmp_path / "index"
    lexical = next((index / "lexical-2").glob("*.term"))
    for damage in (
        lambda: (index / "vectors-2.faiss").unlink(),
        lambda: (index / "vectors-2.faiss").write_bytes(os.urandom(500)),
        lambda: lexical.unlink(),
        lambda: lexical.write_bytes(b"\0" * 100),
    ):
        damage()
        fresh = Chatbot(chatbot.settings)
        share_models(fresh, embedder)
        assert fresh.ask(question) == before
    assert build_index().embedded_chunk_count == 0
    fresh = Chatbot(chatbot.settings)
    share_models(fresh, embedder)
    assert fresh.ask(question) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE chunks SET start = start + 1",
        "UPDATE articles SET text = replace(text, '61', '67')",
        "UPDATE vectors SET vector = zeroblob(1536)",
    ],
)
def test_a_full_build_mends_what_it_is_said_to_mend(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path, damage: str
) -> None:
    build_index(folder)
    question = "Where did the night ferry run aground?"
    before = chatbot.ask(question)
    with sqlite3.connect(tmp_path / "index" / "broadsheet.db") as db:
        db.execute(damage)
    build_index(full=True)
    after = chatbot.ask(question)
    assert [s.text for s in after.sentences] == [s.text for s in before.sentences]


def test_an_index_that_cannot_be_written_is_refused_by_name(
    folder: Path, embedder: Embedder, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnwritable, match=str(tmp_path / "file")):
        rag.build.build(tmp_path / "file", folder, embedder, ChunkSettings())


def test_old_generations_are_swept(folder: Path, build_index: Build, tmp_path: Path) -> None:
    build_index(folder)
    for number in range(3):
        (folder / "new.txt").write_text(f"Edition number {number}\n\nIt has a sentence of its own.")
        build_index()
    names = {p.name for p in (tmp_path / "index").iterdir() if p.name[:3] in ("vec", "lex")}
    assert names == {"vectors-3.faiss", "vectors-4.faiss", "lexical-3", "lexical-4"}


def test_a_reader_follows_the_builds_of_another_process(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    assert chatbot.ask("What will the bridge cost?").generation == 1
    (folder / "ferry.txt").unlink()
    subprocess.run(
        [sys.executable, "-m", "rag", "build", "--index", str(tmp_path / "index")],
        check=True, capture_output=True,
    )  # fmt: skip
    assert chatbot.ask("What will the bridge cost?").generation == 2


def test_a_second_build_is_refused_at_once(
    folder: Path, build_index: Build, tmp_path: Path
) -> None:
    with locked(tmp_path / "index"):
        started = time.monotonic()
        with pytest.raises(IndexLocked, match=str(os.getpid())):
            build_index(folder)
        assert time.monotonic() - started < 10
    assert build_index(folder).article_count == 3


def test_a_build_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path) -> None:
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    for number in range(150):
        body = " ".join(
            f"Day {number} of the log, line {i}, tells of wind {number * i}." for i in range(15)
        )
        (articles / f"{number:03}.txt").write_text(f"The log of day {number} at sea\n\n{body}")
    command = [
        sys.executable,
        "-m",
        "rag",
        "build",
        str(articles),
        "--index",
        str(index),
        "--machine",
    ]
    committing = "import rag.new_vectors; rag.new_vectors.COMMIT_SECONDS = 0.5; from rag.cli import main; main()"
    killed = subprocess.Popen([sys.executable, "-c", committing, *command[3:]], stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert killed.stdout is not None
    done = 0
    for line in killed.stdout:
        if '"embedding"' in line:
            done = int(line.split('"done":')[1].split(",")[0])
            if done > 100:
                break
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    finished = subprocess.run([*command[:-1], "--json"], capture_output=True, text=True, check=True)
    report = rag.build.BuildReport(**__import__("json").loads(finished.stdout))
    assert report.article_count == 150
    assert 0 < report.embedded_chunk_count <= report.chunk_count - 64


def test_every_chunk_of_the_samples_stands_in_its_article(
    build_index: Build, chatbot: Chatbot
) -> None:
    report = build_index(SAMPLES)
    assert report.failures == ()
    assert report.article_count >= 12
    with chatbot._index.snapshot() as snapshot:
        for stored in snapshot._store.chunks():
            text = snapshot.article(stored.chunk.article_id).text
            quote = text[stored.chunk.start : stored.chunk.end]
            assert quote.strip() == quote != ""
            assert chatbot._embedder.count_tokens(quote) <= ChunkSettings().chunk_tokens


def test_each_line_of_a_file_is_an_article_and_only_a_changed_one_is_embedded(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    lines = [
        '{"id": "a", "title": "Mill burns", "text": "The old mill burned down on Sunday."}',
        '{"id": "b", "title": "Otters return", "text": "Otters came back to the Tarn."}',
        "{not json",
    ]
    (folder / "wire.jsonl").write_text("\n".join(lines))
    first = build_index(folder)
    assert first.new == 5
    assert [f.path for f in first.failures] == ["wire.jsonl#line 3"]
    assert chatbot.article("wire.jsonl#b").title == "Otters return"
    (folder / "wire.jsonl").write_text("\n".join([lines[1], lines[0].replace("Sunday", "Monday")]))
    second = build_index()
    assert (second.changed, second.unchanged, second.deleted) == (1, 4, 0)
    assert (second.embedded_chunk_count, second.failures) == (1, ())
    (folder / "wire.jsonl").write_text(lines[1])
    assert build_index().deleted == 1


def test_a_file_of_several_articles_that_cannot_be_read_keeps_them_all(
    folder: Path, build_index: Build
) -> None:
    path = folder / "wire.jsonl"
    path.write_text('{"id": 1, "text": "Otters came back."}\n{"id": 2, "text": "The mill burned."}')
    before = build_index(folder).article_count
    path.unlink()
    path.symlink_to("/etc/hostname")  # leads out of the folder: not followed
    report = build_index()
    assert (report.article_count, report.deleted) == (before, 0)
    assert [(f.path, f.kept) for f in report.failures] == [("wire.jsonl", True)]


def test_a_line_that_breaks_keeps_its_text_until_it_is_mended_or_removed(
    folder: Path, build_index: Build
) -> None:
    lines = [f'{{"id": "k{n}", "text": "The mill number {n} burned down."}}' for n in range(4)]
    path = folder / "wire.jsonl"
    path.write_text("\n".join(lines))
    before = build_index(folder).article_count
    path.write_text("\n".join([*lines[:3], lines[3][:-10]]))
    named = build_index()
    assert [(f.path, f.kept) for f in named.failures] == [("wire.jsonl#k3", True)]
    path.write_text("\n".join([*lines[:3], "<<<<<<< mine"]))
    for _ in range(2):
        unnamed = build_index()
        assert (unnamed.article_count, unnamed.deleted) == (before, 0)
        assert [(f.path, f.kept) for f in unnamed.failures] == [("wire.jsonl#line 4", True)]
    path.write_text("\n".join(lines[:3]))
    removed = build_index()
    assert (removed.article_count, removed.deleted, removed.failures) == (before - 1, 1, ())


def test_a_line_that_was_always_broken_keeps_no_deleted_article(
    folder: Path, build_index: Build
) -> None:
    lines = [
        "no json",
        '{"id": "a", "text": "The mill burned."}',
        '{"id": "b", "text": "It rained."}',
    ]
    path = folder / "wire.jsonl"
    path.write_text("\n".join(lines))
    before = build_index(folder).article_count
    path.write_text("\n".join(lines[:2]))
    report = build_index()
    assert (report.article_count, report.deleted) == (before - 1, 1)
    assert [(f.path, f.kept) for f in report.failures] == [("wire.jsonl#line 1", False)]


def test_bytes_that_failed_are_not_read_again_unless_all_is(
    folder: Path, build_index: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    (failure,) = build_index(folder).failures
    read: list[str] = []
    real = rag.comparison.Readers.read_all

    def counted(self: rag.comparison.Readers, pieces: list[Piece]) -> object:
        read.extend(piece.id for piece in pieces)
        return real(self, pieces)

    monkeypatch.setattr(rag.comparison.Readers, "read_all", counted)
    assert build_index().failures == (failure,)
    assert read == []
    assert build_index(full=True).failures == (failure,)
    assert "broken.pdf" in read
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 and still nothing")
    read.clear()
    build_index()
    assert read == ["broken.pdf"]


GERMAN = """Brücke bleibt gesperrt

Die Stadt hat am Montag mitgeteilt, dass die alte Brücke über den Fluss bis zum Herbst gesperrt
bleibt. Der Bürgermeister sagte, die Reparatur sei teurer als gedacht und dauere länger, weil die
Pfeiler bis auf den Grund gerissen sind. Radfahrer werden über die Mühlgasse umgeleitet."""


def test_a_language_that_the_model_does_not_cover_is_found_by_words_and_said_so(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    (folder / "bruecke.txt").write_text(GERMAN)
    report = build_index(folder)
    assert report.words_only == (("de", 1),)
    assert report.embedded_chunk_count == report.chunk_count - 1
    assert chatbot.status().words_only == (("de", 1),)
    marked = {a.id for a in chatbot.articles() if a.words_only}
    assert marked == {"bruecke.txt"}
    (hit, *_) = chatbot.search("Wann ist die Brücke über den Fluss gesperrt?").hits
    assert (hit.chunk.article_id, hit.dense_rank) == ("bruecke.txt", None)
    assert all(h.chunk.article_id != "bruecke.txt" or h.dense_rank is None
               for h in chatbot.search("bridge", 50).hits)  # fmt: skip
    assert build_index().generation == 1  # and the derived files are taken for whole
    (folder / "bruecke.txt").unlink()
    assert build_index().words_only == ()


REPRINT = "\n\n".join(
    [
        "The ferry Gannet ran aground off Tarnmouth on Monday with 112 people on board, the coast "
        "guard said, and all of them were taken off by lifeboats before noon.",
        "Its captain told reporters that the steering had failed twice in the week before, and "
        "that the company had been warned in writing by the harbour master of Tarnmouth.",
        "The company said that it would answer the harbour master's letter in full once its own "
        "inquiry into the grounding had ended, which it expected before the end of November.",
    ]
)


def test_copies_are_found_across_builds_as_in_one(
    folder: Path, build_index: Build, chatbot: Chatbot, tmp_path: Path, embedder: Embedder
) -> None:
    build_index(folder)
    (folder / "agency.txt").write_text(f"Ferry aground\n\n{REPRINT}")
    build_index()
    assert chatbot.copies_of("agency.txt") == ()
    shortened = REPRINT.rsplit("\n\n", 1)[0].replace('"', "“")
    (folder / "paper.txt").write_text(f"112 saved from ferry\n\n{shortened}")
    build_index()
    assert chatbot.copies_of("agency.txt") == ("paper.txt",)
    assert chatbot.copies_of("paper.txt") == ("agency.txt",)
    assert chatbot.status().copied_count == 2
    assert {a.id: a.copy_count for a in chatbot.articles() if a.copy_count} == {
        "agency.txt": 1, "paper.txt": 1
    }  # fmt: skip
    build_index(full=True)
    assert chatbot.copies_of("paper.txt") == ("agency.txt",)
    (hit, *_) = chatbot.search("Where did the ferry Gannet run aground?").hits
    assert {hit.chunk.article_id, *hit.copies} == {"agency.txt", "paper.txt"}
    (folder / "paper.txt").write_text("Other news\n\nThe mill reopened on Sunday.")
    build_index()
    assert chatbot.copies_of("agency.txt") == ()
    (folder / "paper.txt").write_text(f"Back again\n\n{REPRINT}")
    build_index()
    (folder / "agency.txt").unlink()
    build_index()
    assert chatbot.copies_of("paper.txt") == ()
    assert chatbot.status().copied_count == 0


def test_a_script_without_spaces_is_searched_by_its_pairs_and_missing_only_as_a_whole(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    (folder / "bridge-zh.txt").write_text(
        "大桥将关闭至秋季\n\n市政府周一表示，河上的老桥将关闭至秋季。"
    )
    build_index(folder)
    assert chatbot.search("老桥什么时候关闭？").hits[0].chunk.article_id == "bridge-zh.txt"
    assert [m for m in chatbot.ask("老桥什么时候关闭？").missing if not m.article_count] == []
    assert [m.term for m in chatbot.ask("鲸鱼在哪里？").missing if not m.article_count] == ["鲸鱼"]


def test_a_round_up_makes_no_copies_of_its_stories(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    mill = (
        "The paper mill on the Tarn burned down on Sunday night, and the fire brigade of three towns "
        "needed until noon to put the fire out, its chief said. Nobody was hurt. The mill had stood "
        "empty since 1998, and the council had meant to make flats of it from next spring on."
    )
    (folder / "ferry.txt").write_text(f"Ferry aground\n\n{REPRINT}")
    (folder / "mill.txt").write_text(f"Mill burns down\n\n{mill}")
    (folder / "roundup.txt").write_text(f"The day in the county\n\n{REPRINT}\n\n{mill}")
    build_index(folder)
    assert chatbot.copies_of("ferry.txt") == ("roundup.txt",)
    assert "ferry.txt" not in chatbot.copies_of("mill.txt")


def test_the_same_text_under_many_names_is_compared_once(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    lines = [json.dumps({"id": n, "title": "Ferry aground", "text": REPRINT}) for n in range(40)]
    (folder / "wire.jsonl").write_text("\n".join(lines))
    (folder / "paper.txt").write_text("Ferry saved\n\n" + REPRINT.rsplit("\n\n", 1)[0])
    build_index(folder)
    assert len(chatbot.copies_of("wire.jsonl#7")) == 40
    assert len(chatbot.copies_of("paper.txt")) == 40
    assert chatbot.status().copied_count == 41
    with sqlite3.connect(chatbot.settings.index / "broadsheet.db") as db:
        assert db.execute("SELECT COUNT(*) FROM copies").fetchone() == (2,)  # both ways
    (folder / "wire.jsonl").write_text("\n".join(lines[:2]))
    build_index()
    assert chatbot.copies_of("wire.jsonl#0") == ("paper.txt", "wire.jsonl#1")
    (folder / "wire.jsonl").unlink()
    build_index()
    assert chatbot.copies_of("paper.txt") == ()
    with sqlite3.connect(chatbot.settings.index / "broadsheet.db") as db:
        assert db.execute("SELECT COUNT(*) FROM copies").fetchone() == (0,)


def test_two_articles_of_one_id_are_one_and_a_report(folder: Path, build_index: Build) -> None:
    (folder / "w.jsonl").write_text('{"id": "b.txt", "text": "Otters came back to the Tarn."}')
    (folder / "w.jsonl#b.txt").write_text("The mill burned down on Sunday.")
    for full in (False, True):
        report = build_index(folder, full=full)
        assert report.article_count == 4
        (failure,) = report.failures
        assert "rename one" in failure.reason


def test_a_number_sign_in_a_name_makes_no_folder_of_it(folder: Path, build_index: Build) -> None:
    (folder / "news#1.txt").write_text("Otters came back to the Tarn.")
    (folder / "news").symlink_to("/etc")  # reported, not followed
    assert build_index(folder).article_count == 4
    assert build_index(full=True).article_count == 4
    (folder / "news#1.txt").unlink()
    assert build_index().deleted == 1


def test_a_file_that_was_gone_for_a_moment_is_read_the_next_time(
    folder: Path, build_index: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "bridge.txt"
    content = path.read_text()
    real = rag.comparison.Readers.read_all

    def gone(self: rag.comparison.Readers, pieces: list[Piece]) -> object:
        path.unlink()
        return real(self, pieces)

    monkeypatch.setattr(rag.comparison.Readers, "read_all", gone)
    (failure,) = build_index(folder).failures
    assert "vanished" in failure.reason
    monkeypatch.undo()
    path.write_text(content)
    assert build_index().failures == ()
