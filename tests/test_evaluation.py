"""The evaluation over a real index, and the command as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.errors import QuestionsUnreadable
from rag.evaluation import Evaluation, counterpart, evaluate, worst
from rag.evaluation_questions import read_questions
from rag.records import BuildReport, from_json
from tests.conftest import BRIDGE, FERRY, ORCHARD

COST = "The repair will cost 3.2 million crowns and take two years."
FROST = "Growers in the Lenn valley expect to lose half of this year's cherry harvest"


def questions_file(place: Path, *rows: object) -> Path:
    file = place / "questions.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return file


# --- measuring --------------------------------------------------------------------------------


def test_questions_are_measured_over_all_and_by_kind(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    file = questions_file(
        tmp_path,
        {"query": "What will the bridge cost?", "question_type": "cost", "evidence": [COST]},
        {"query": "Who wins?", "question_type": "cost", "evidence": [{"fact": "Nobody knows."}]},
        {"query": "Who digs the tunnel?", "evidence": []},
        {"query": "What did the frost do to the cherries?", "articles": ["orchard.txt"]},
        {"query": "What did the frost cost growers?", "articles": ["orchard.txt", "ferry.txt"],
         "evidence": [FROST]},
    )  # fmt: skip
    found = evaluate(chatbot, read_questions(file))
    assert (found.question_count, found.unanswerable_count) == (4, 1)
    every, cost = found.evidence
    assert (every.kind, every.count, cost.kind, cost.count) == ("all", 3, "cost", 2)
    assert every.figures["Hits@10"].mean == pytest.approx(2 / 3)
    assert cost.figures["MRR@10"].mean == 0.5
    (articles,) = found.articles
    assert (articles.kind, articles.count) == ("all", 2)
    assert articles.figures["RR@10"].mean == 1
    assert articles.figures["R@10"].mean == 1  # of three articles all are among the ten
    first = found.results[0]
    assert (first.line, first.evidence_ranks, first.figures["MRR@10"]) == (1, (1,), 1)
    assert "nDCG@10" not in first.figures
    frost = next(result for result in found.results if result.line == 4)
    assert (frost.ranked[0], frost.article_ranks) == ("orchard.txt", (1,))
    assert frost.first_title == "Late frost costs growers half of the cherry harvest"
    assert "MRR@10" not in frost.figures


def test_search_goes_deeper_until_ten_different_articles_stand(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    said = "The harbour master of Ostwick counted herring barrels on pier {}. {}"
    long = " ".join(f"Barrel number {n} of herring went to the harbour." for n in range(300))
    (folder / "long.txt").write_text("Herring barrels in the harbour\n\n" + long)
    for n, what in enumerate(
        ["salt", "tar", "rope", "wine", "coal", "hemp", "iron", "wool", "rice", "corn"]
    ):
        text = said.format(n, f"The rest was {what}, the {what} trade being what it is here.")
        (folder / f"pier{n}.txt").write_text(f"Pier {n} takes {what}\n\n{text}\n")
    build_index(folder)
    asked = "Which barrel number of herring went to the harbour?"
    ten = {hit.chunk.article_id for hit in chatbot.search(asked, 10).hits}
    file = questions_file(tmp_path, {"query": asked, "articles": ["long.txt"]})
    (result,) = evaluate(chatbot, read_questions(file)).results
    assert len(ten) < 10  # else the test shows nothing
    assert len(result.ranked) == len(set(result.ranked)) == 10


def test_a_copy_counts_where_its_article_was_found(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    changed = FERRY.replace("All 61 passengers were brought", "Every passenger was brought")
    assert changed != FERRY
    (folder / "reprint.txt").write_text(changed)
    build_index(folder)
    assert chatbot.copies_of("ferry.txt") == ("reprint.txt",)
    own = "All 61 passengers were brought ashore by lifeboats, the coastguard said."
    other = "Every passenger was brought ashore by lifeboats, the coastguard said."
    asked = {"query": "Who brought all 61 passengers of the ferry ashore?", "question_type": "x"}
    file = questions_file(
        tmp_path,
        asked | {"evidence": [own], "articles": ["ferry.txt"]},
        asked | {"evidence": [other], "articles": ["reprint.txt"]},
        asked | {"evidence": [own, other], "articles": ["ferry.txt", "reprint.txt"]},
    )
    for result in evaluate(chatbot, read_questions(file)).results:
        assert set(result.evidence_ranks) == {1}
        assert set(result.article_ranks) == {1}
        assert set(result.figures.values()) == {1.0}


def test_only_what_stands_in_a_chunks_place_is_taken_from_a_copy(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot
) -> None:
    build_index(folder)
    chunk = "Temperatures dropped to minus four degrees on the night of 21 April, it was said."
    there = counterpart(chunk, chatbot.article("orchard.txt"))
    assert "Temperatures fell to minus four degrees on the night of 21 April" in there
    assert "growers' association" not in there
    assert "Growers in the Lenn valley" not in there


def test_an_article_that_the_index_lacks_is_named_with_its_line(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    file = questions_file(
        tmp_path,
        {"query": "Bridge?", "articles": ["bridge.txt"]},
        {"query": "Tunnel?", "articles": ["bridge.txt", "tunnel.txt"]},
    )
    with pytest.raises(QuestionsUnreadable, match=r"line 2: .*'tunnel\.txt'.*as in 'bridge\.txt'"):
        evaluate(chatbot, read_questions(file))


@pytest.mark.parametrize("written", ["./sub/mill.txt", "sub\\mill.txt", ".\\sub\\mill.txt"])
def test_an_article_may_be_named_as_people_write_a_path(
    folder: Path,
    build_index: Callable[..., BuildReport],
    chatbot: Chatbot,
    tmp_path: Path,
    written: str,
) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "mill.txt").write_text(
        "The paper mill floods\n\nWater rose in the paper mill.\n"
    )
    build_index(folder)
    asked = {"query": "What rose in the paper mill?", "articles": [written, "sub/mill.txt"]}
    (result,) = evaluate(chatbot, read_questions(questions_file(tmp_path, asked))).results
    assert (result.articles, result.article_ranks) == (("sub/mill.txt",), (1,))
    assert result.figures["nDCG@10"] == 1


def test_an_article_whose_own_name_has_a_backslash_is_that_article(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    (folder / "sub").mkdir()
    for name in ("sub/mill.txt", "sub\\mill.txt"):
        (folder / name).write_text(f"A file\n\nIts name has {len(name)} characters: {name!r}.\n")
    build_index(folder)
    asked = {"query": "What is its name?", "articles": ["sub\\mill.txt"]}
    (result,) = evaluate(chatbot, read_questions(questions_file(tmp_path, asked))).results
    assert result.articles == ("sub\\mill.txt",)


def test_the_worst_come_first_and_the_perfect_do_not_come(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    file = questions_file(
        tmp_path,
        {"query": "What will the repair of the bridge cost?", "evidence": [COST]},
        {"query": "What will the repair of the bridge cost?", "evidence": [COST, "Unheard of."]},
        {"query": "What will the repair of the bridge cost?", "evidence": ["Unheard of."]},
    )
    results = evaluate(chatbot, read_questions(file)).results
    assert [result.line for result in worst(results, 10)] == [3, 2]
    assert [result.line for result in worst(results, 1)] == [3]


# --- the command ------------------------------------------------------------------------------


def eval_command(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag", "eval", *map(str, words)],
        cwd=cwd, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "COLUMNS": "80", "TMPDIR": str(cwd)},
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working folder with ``articles`` and a questions file, and no index."""
    (tmp_path / "articles").mkdir()
    for name, text in (("ferry", FERRY), ("bridge", BRIDGE), ("orchard", ORCHARD)):
        (tmp_path / "articles" / f"{name}.txt").write_text(text)
    questions_file(
        tmp_path,
        {"query": "What will the bridge cost?", "evidence": [COST], "articles": ["bridge.txt"]},
        {"query": "Who \x1b[31mwins [bold]it[/]?", "evidence": ["Nobody \x1b]0;knows."],
         "question_type": "\x1b[2Jodd"},
        {"query": "No?", "evidence": []},
    )  # fmt: skip
    return tmp_path


def test_a_folder_is_built_evaluated_and_leaves_nothing(place: Path) -> None:
    done = eval_command("articles", "--questions", "questions.jsonl", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "3 articles" in done.stdout
    assert "2 questions over" in done.stdout
    assert "1 that the articles do not answer, asked with --answers only" in done.stdout
    assert "all evidence@10" in " ".join(done.stdout.split())
    assert "0.500" in done.stdout
    assert "nDCG@10" in done.stdout
    assert "line 2: Who \\x1b[31mwins [bold]it[/]?" in done.stdout
    assert "“Nobody \\x1b]0;knows.”: not in the first ten" in done.stdout
    assert "The question with the worst result\n" in done.stdout
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines()[3:14])) <= 80  # the table
    assert sorted(path.name for path in place.iterdir()) == ["articles", "questions.jsonl"]


def test_json_is_the_whole_record_and_the_index_stays_where_it_was_wanted(place: Path) -> None:
    words = ("--questions", "questions.jsonl", "--index", "ix", "--json")
    built = eval_command("articles", *words, cwd=place)
    again = eval_command(*words, cwd=place)
    assert built.stdout == again.stdout
    found = from_json(Evaluation, again.stdout)
    assert [result.line for result in found.results] == [1, 2]
    assert found.evidence[0].figures["Hits@10"].mean == 0.5
    assert found.evidence[0].figures["Hits@10"].low == 0
    assert found.articles[0].figures["RR@10"].mean == 1


def test_worst_zero_shows_none(place: Path) -> None:
    done = eval_command("articles", "--questions", "questions.jsonl", "--worst", "0", cwd=place)
    assert done.returncode == 0
    assert "0.500" in done.stdout
    assert "with the worst result" not in done.stdout


def test_a_kinds_long_name_is_shortened_in_the_table_and_whole_in_json(place: Path) -> None:
    name = "questions that ask " + "for very much at once " * 40
    asked = {
        "query": "What will the bridge cost?",
        "question_type": name,
        "articles": ["ferry.txt"],
    }
    questions_file(place, asked, asked)
    words = ("--questions", "questions.jsonl", "--index", "ix")
    printed = eval_command("articles", *words, cwd=place).stdout
    assert "questions that ask for very mu…" in printed
    assert len(printed.splitlines()) < 30
    assert "The 2 questions with the worst results, the worst first\n" in printed
    found = from_json(Evaluation, eval_command(*words, "--json", cwd=place).stdout)
    assert [row.kind for row in found.articles] == ["all", name.strip()]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["empty", "--questions", "questions.jsonl"], 1, "empty holds no article"),
        (["empty", "--questions", "questions.jsonl"], 1, "name a folder of articles"),
        (["nowhere", "--questions", "questions.jsonl"], 2, "cannot be listed"),
        (["--questions", "questions.jsonl"], 1, "broadsheet build"),
        (["articles", "--questions", "missing.jsonl"], 2, "missing.jsonl cannot be read"),
        (["articles", "--questions", "malformed.jsonl"], 2, "malformed.jsonl, line 2: no JSON"),
        (["articles", "--questions", "unknown.jsonl"], 2, "line 1: the index has no article 'x'"),
        (["articles"], 2, "--questions"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_one_message(
    place: Path, words: list[str], status: int, message: str
) -> None:
    (place / "empty").mkdir()
    (place / "malformed.jsonl").write_text('{"query": "A?", "evidence": ["x"]}\nno json\n')
    (place / "unknown.jsonl").write_text('{"query": "A?", "articles": ["x"]}\n')
    done = eval_command(*words, cwd=place)
    assert done.returncode == status
    assert message in " ".join(done.stderr.split())
    assert "--allow-empty" not in done.stderr  # build's option, not this command's
    assert "Traceback" not in done.stderr
