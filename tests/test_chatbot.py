"""The facade: what page, command line and API rely on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.errors import EmptyQuestion, IndexMissing, IndexOfOtherModel
from rag.records import Answer, BuildReport
from rag.settings import Settings

Build = Callable[..., BuildReport]


def test_without_an_index_it_says_how_to_build_one(chatbot: Chatbot) -> None:
    assert not chatbot.has_index()
    for call in (lambda: chatbot.ask("What?"), chatbot.status, chatbot.articles):
        with pytest.raises(IndexMissing, match="broadsheet build"):
            call()
    assert not chatbot.settings.index.exists()


def test_empty_question_is_refused_before_the_model_is_loaded(
    folder: Path, build_index: Build, tmp_path: Path
) -> None:
    build_index(folder)
    fresh = Chatbot(Settings(index=tmp_path / "index"))
    for call in (fresh.ask, fresh.search):
        with pytest.raises(EmptyQuestion):
            call("  ")
    assert "_model" not in vars(fresh._embedder)
    fresh.search("Who is Alma Reyes?")
    assert "_model" in vars(fresh._embedder)


def test_an_index_of_another_model_is_refused_with_both_named(
    folder: Path, build_index: Build, tmp_path: Path, chatbot: Chatbot
) -> None:
    from sentence_transformers import SentenceTransformer

    build_index(folder)
    model = SentenceTransformer(str(chatbot._embedder.folder), device="cpu")
    model.max_seq_length = 128
    model.save(str(tmp_path / "other"))
    other = Chatbot(Settings(index=tmp_path / "index", model=str(tmp_path / "other")))
    with pytest.raises(IndexOfOtherModel, match=r"all-MiniLM-L6-v2.*other.*--full"):
        other.ask("What will the bridge cost?")
    with pytest.raises(IndexOfOtherModel):
        other.build()


def test_articles_and_status_describe_the_index(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    assert [a.id for a in chatbot.articles()] == ["bridge.txt", "ferry.txt", "orchard.txt"]
    status = chatbot.status()
    assert (status.article_count, status.undated_count) == (3, 3)
    assert status.folder == str(folder)
    (folder / "bridge.txt").write_text("Another text\n\nIt has another sentence in it.")
    (folder / "ferry.txt").rename(folder / "boat.txt")
    changes = chatbot.status().changes
    assert changes is not None
    assert changes.changed == ("bridge.txt",)
    assert (changes.new, changes.deleted) == (("boat.txt",), ("ferry.txt",))


def the_cost(chatbot: Chatbot) -> Answer:
    """An answer that cites what the repair costs, and nothing else."""
    answer = chatbot.ask("How much will the repair of the iron bridge cost?")
    # The first: a copy of the article is cited after it.
    cited = next(c for c in answer.citations if "3.2 million" in c.quote)
    return replace(answer, citations=(cited,))


def test_verification_reads_the_file_again(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    answer = the_cost(chatbot)
    (before,) = chatbot.verify([answer])
    assert (before.verdict, before.citation) == ("verified", answer.citations[0])
    file = folder / before.citation.article_id
    text = file.read_text()
    file.write_text(text.replace("\n\nThe town", "\n\nIt is official. The town"))
    assert chatbot.verify([answer])[0].verdict == "moved"
    file.write_text(text.replace("3.2 million", "3.3 million"))
    assert chatbot.verify([answer])[0].verdict == "changed"
    file.unlink()
    assert chatbot.verify([answer])[0].verdict == "gone"


def test_a_renamed_file_is_found_before_and_after_a_build(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    (folder / "reprint.txt").write_text((folder / "bridge.txt").read_text())
    build_index(folder)
    answer = the_cost(chatbot)
    cited = answer.citations[0].article_id
    reprint = ({"bridge.txt", "reprint.txt"} - {cited}).pop()
    (folder / cited).rename(folder / "renamed.txt")
    for _ in range(2):
        (found,) = chatbot.verify([answer])
        assert (found.verdict, found.article_id) == ("moved", "renamed.txt")
        build_index()
    (folder / "renamed.txt").unlink()
    for _ in range(2):
        (found,) = chatbot.verify([answer])
        assert (found.verdict, found.also_in) == ("gone", (reprint,))
        build_index()


def test_questions_during_builds_are_each_answered_from_one_generation(
    folder: Path, build_index: Build, chatbot: Chatbot
) -> None:
    build_index(folder)
    stop, answers, errors = threading.Event(), [], []

    def keep_asking() -> None:
        while not stop.is_set():
            try:
                answers.append(chatbot.ask("How much will the repair of the iron bridge cost?"))
            except Exception as error:
                errors.append(error)

    askers = [threading.Thread(target=keep_asking) for _ in range(3)]
    for asker in askers:
        asker.start()
    bridge = (folder / "bridge.txt").read_text()
    for generation in range(2, 7):
        (folder / "bridge.txt").write_text(bridge.replace("3.2", f"{generation}.2"))
        build_index()
    stop.set()
    for asker in askers:
        asker.join()
    assert errors == []
    assert {a.generation for a in answers} <= set(range(1, 7))
    for answer in answers:
        figure = "3.2" if answer.generation == 1 else f"{answer.generation}.2"
        assert_figure(answer, figure)


def assert_figure(answer: Answer, figure: str) -> None:
    quotes = [c.quote for c in answer.citations if "million" in c.quote]
    assert quotes == [f"The repair will cost {figure} million crowns and take two years."]
