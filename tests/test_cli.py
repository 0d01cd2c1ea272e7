"""The command line as a process: what a user types and sees."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from rag.cli_output import print_verifications
from rag.records import (
    Answer,
    Article,
    BuildReport,
    Citation,
    Filters,
    SearchResult,
    Status,
    UnderstoodPeriod,
    Verification,
    from_json,
    to_json,
)
from tests.conftest import BRIDGE, FERRY, ORCHARD, ROOT
from tests.model_server import refuses, serving, writes


def broadsheet(
    *words: str, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag", *words],
        cwd=cwd, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "COLUMNS": "200", **(env or {})},
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with ``articles`` and an index built by the command."""
    place = tmp_path_factory.mktemp("cli")
    (place / "articles").mkdir()
    for name, text in (("ferry", FERRY), ("bridge", BRIDGE), ("orchard", ORCHARD)):
        (place / "articles" / f"{name}.txt").write_text(text)
    (place / "articles" / "broken.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    done = broadsheet("build", "articles", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "3 articles" in done.stdout
    assert "broken.pdf" in done.stdout
    assert "chunks/s" in done.stdout
    return place


def test_build_again_says_that_nothing_changed(place: Path) -> None:
    done = broadsheet("build", "--json", cwd=place)
    report = from_json(BuildReport, done.stdout)
    assert (report.unchanged, report.embedded_chunk_count) == (3, 0)
    assert [f.path for f in report.failures] == ["broken.pdf"]


def test_ask_prints_the_sentence_its_number_and_its_file(place: Path) -> None:
    done = broadsheet("ask", "How much will the repair of the iron bridge cost?", cwd=place)
    assert done.returncode == 0
    assert "The repair will cost 3.2 million crowns and take two years. [1]" in done.stdout
    assert "bridge.txt" in done.stdout
    assert "Traceback" not in done.stderr


def test_ask_json_is_the_whole_record_and_its_quotes_stand_in_the_articles(place: Path) -> None:
    done = broadsheet("ask", "Where did the night ferry run aground?", "--json", cwd=place)
    answer = from_json(Answer, done.stdout)
    assert answer.status == "answered"
    for citation in answer.citations:
        shown = broadsheet("show", citation.article_id, "--json", cwd=place)
        text = from_json(Article, shown.stdout).text
        assert text[citation.start : citation.end] == citation.quote


def test_ask_with_a_language_model_marks_what_is_not_supported(place: Path) -> None:
    written = "The repair will cost 3.2 million crowns [1]. It takes nine years [1]."
    with serving(writes(written)) as server:
        done = broadsheet(
            "ask", "How much will the repair of the iron bridge cost?", cwd=place,
            env={"BROADSHEET_LLM_MODEL": "test", "BROADSHEET_LLM_URL": server.url},
        )  # fmt: skip
    assert "The repair will cost 3.2 million crowns. [1]" in done.stdout
    assert "It takes nine years. (not found in the sources: “nine”)" in done.stdout


def test_ask_says_that_the_language_model_failed(place: Path) -> None:
    with serving(refuses(500)) as server:
        done = broadsheet(
            "ask", "How much will the repair of the iron bridge cost?", cwd=place,
            env={"BROADSHEET_LLM_MODEL": "test", "BROADSHEET_LLM_URL": server.url},
        )  # fmt: skip
    assert done.returncode == 0
    assert "3.2 million crowns and take two years. [1]" in done.stdout
    assert "failed (status 500)" in done.stdout


def test_not_found_is_no_error_and_names_the_missing_word(place: Path) -> None:
    done = broadsheet("ask", "Which volcano erupted in Ruritania?", cwd=place)
    assert done.returncode == 0
    assert "The articles do not answer this." in done.stdout
    assert "volcano" in done.stdout
    assert "No article mentions “Ruritania”" in done.stdout
    nearest = done.stdout[done.stdout.index("Nearest passages, which do not answer:") :]
    assert ".txt" in nearest.splitlines()[1]
    assert len(nearest.splitlines()[2].strip()) > 40


def test_search_lists_hits_with_ranks(place: Path) -> None:
    done = broadsheet("search", "cherry harvest frost", "-k", "2", cwd=place)
    first = done.stdout.splitlines()
    assert re.match(r"1\. [01]\.\d{3}  Late frost costs growers", first[0])
    assert re.search(r"orchard\.txt \[0:\d+\]$", first[0])
    assert first[1].strip() == "undated · source unknown"
    assert "meaning: 1 of 3 · words: 1 of 1 (cherry, harvest, frost)" in first[2]
    assert (
        first[3].strip().startswith("Late frost costs growers half of the cherry harvest Growers")
    )
    assert len(first[3].strip()) == 301
    assert first[3].endswith("…")
    assert first[4].startswith("2. ")


def test_show_prints_title_source_date_and_where_each_was_found(place: Path) -> None:
    (place / "articles" / "dated.txt").write_text(
        "A dated piece of news\nSource: The Lenn Post\nPublished: 2024-05-02\n\nIt has one sentence."
    )
    broadsheet("build", cwd=place)
    shown = broadsheet("show", "dated.txt", cwd=place).stdout
    assert "A dated piece of news  (first line)" in shown
    assert "The Lenn Post  (header line)" in shown
    assert "2 May 2024  (header line)" in shown
    assert "It has one sentence." in shown
    (place / "articles" / "dated.txt").unlink()
    broadsheet("build", cwd=place)


def test_status_tells_what_changed_since_the_build(place: Path) -> None:
    (place / "articles" / "new.txt").write_text("Something new\n\nIt happened on a Friday.")
    found = broadsheet("status", cwd=place).stdout
    assert "new.txt" in found
    status = from_json(Status, broadsheet("status", "--json", cwd=place).stdout)
    assert status.changes is not None
    assert (status.changes.new, status.changes.changed) == (("new.txt",), ())
    (place / "articles" / "new.txt").unlink()


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with articles of several sources and days, one of them twice."""
    place = tmp_path_factory.mktemp("dated")
    (place / "articles").mkdir()
    for name, source, published, text in (
        ("ferry", "The Lenn Post", "2023-10-04", FERRY),
        ("bridge", "Ostwick Gazette", "2024-05-06", BRIDGE),
        ("reprint", "Ostwick Gazette", "2024-05-07", BRIDGE),
        ("orchard", "The Lenn Post", "2024-04-22", ORCHARD),
    ):
        headline, _, body = text.partition("\n")
        head = f"Source: {source}\nPublished: {published}\n"
        (place / "articles" / f"{name}.txt").write_text(f"{headline}\n{head}{body}")
    (place / "articles" / "undated.txt").write_text(
        "A history of the iron bridge\n\nThe iron bridge was built by shipwrights.\n"
    )
    done = broadsheet("build", "articles", cwd=place)
    assert done.returncode == 0, done.stderr
    return place


def search_json(place: Path, *words: str) -> SearchResult:
    done = broadsheet("search", *words, "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    found = from_json(SearchResult, done.stdout)
    assert done.stdout == to_json(found, indent=2) + "\n"
    return found


def articles_of(found: SearchResult) -> list[str]:
    return list(dict.fromkeys(hit.chunk.article_id for hit in found.hits))


def test_search_says_what_was_understood_and_restricted_before_the_hits(dated: Path) -> None:
    question = (
        'What did the Lenn Post say of the "iron gate" in articles published in October 2023?'
    )
    lines = broadsheet("search", question, cwd=dated).stdout.splitlines()
    head = lines[: lines.index("")]
    assert head[0] == "Source named: The Lenn Post"
    assert head[1].endswith("October 2023”: 1 to 31 October 2023")
    assert head[2] == (
        "No article that was searched has the words “iron gate”; searched without them"
    )
    assert head[3] == (
        "Only articles published 1 to 31 October 2023; undated ones last "
        "(so the question asks; --all-articles searches all)"
    )
    assert lines[len(head) + 1].startswith("1. ")
    assert "ferry.txt" in lines[len(head) + 1]
    assert lines[len(head) + 2].strip() == "4 October 2023 · The Lenn Post"


def test_search_numbers_the_parts_of_a_question(dated: Path) -> None:
    question = (
        "Did the night ferry run aground on a sandbank, while engineers found cracks in girders?"
    )
    printed = broadsheet("search", question, cwd=dated).stdout
    assert "Part 1: Did the night ferry run aground on a sandbank\n" in printed
    assert "Part 2: while engineers found cracks in girders\n" in printed
    assert "fits part 1" in printed
    assert "fits part 2" in printed


def test_search_names_the_copies_that_are_folded(dated: Path) -> None:
    printed = broadsheet("search", "repair of the iron bridge", cwd=dated).stdout
    assert "also in 1 other article: reprint.txt" in printed
    assert printed.count("girders") == 1


def test_options_restrict_a_search_to_sources_and_days(dated: Path) -> None:
    question = "What was said of the coast and of the valley?"
    found = search_json(dated, question, "--source", "lenn post")
    assert found.filters == Filters(("The Lenn Post",))
    assert set(articles_of(found)) == {"ferry.txt", "orchard.txt"}
    found = search_json(dated, question, "--from", "2024-01-01", "--until", "2024-05-06")
    assert found.filters == Filters((), date(2024, 1, 1), date(2024, 5, 6))
    assert set(articles_of(found)) == {"bridge.txt", "orchard.txt", "undated.txt"}
    assert articles_of(found)[-1] == "undated.txt"


def test_all_articles_overrides_the_days_that_a_question_asks_for(dated: Path) -> None:
    question = "Which articles published in October 2023 are about the cherry harvest?"
    asked = search_json(dated, question)
    assert asked.filters == Filters((), date(2023, 10, 1), date(2023, 10, 31))
    assert "orchard.txt" not in articles_of(asked)
    free = search_json(dated, question, "--all-articles")
    assert free.filters == Filters()
    assert "orchard.txt" in articles_of(free)


def test_today_is_what_last_week_goes_by(dated: Path) -> None:
    found = search_json(dated, "What happened last week?", "--today", "2024-05-15")
    week = UnderstoodPeriod("last week", date(2024, 5, 6), date(2024, 5, 12))
    assert found.understood.periods == (week,)


def test_ask_says_what_it_was_restricted_to_and_nothing_where_nothing_was(dated: Path) -> None:
    question = "How much will the repair of the iron bridge cost?"
    first = broadsheet("ask", question, "--from", "2024-05-01", cwd=dated).stdout.splitlines()[0]
    assert first == "Only articles published since 1 May 2024; undated ones last"
    assert "3.2 million crowns" in broadsheet("ask", question, cwd=dated).stdout.splitlines()[0]


def test_an_unknown_source_is_refused_with_the_nearest_ones(dated: Path) -> None:
    done = broadsheet("search", "bridge", "--source", "Ostwik Gazete", cwd=dated)
    assert done.returncode == 2
    assert 'no source "Ostwik Gazete"' in done.stderr
    assert "Ostwick Gazette" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("ask", ""), 2, "no word"),
        (("ask",), 2, "Missing argument"),
        (("ask", "What?", "--index", "nowhere"), 1, "No index in nowhere"),
        (("build", "nowhere", "--index", "fresh"), 2, "nowhere"),
        (("build", "/", "--index", "index"), 2, "--switch-folder"),
        (("show", "nothing.txt"), 1, "nothing.txt"),
        (("search", "x", "-k", "0"), 2, "-k"),
        (("search", "x", "--from", "3.5.2024"), 2, "--from '3.5.2024' is no day"),
        (("search", "x", "--until", "2024-02-30"), 2, "as in 2024-05-03"),
        (("ask", "x", "--today", "20240503"), 2, "--today '20240503' is no day"),
        (
            ("ask", "x", "--from", "2024-06-02", "--until", "2024-06-01"),
            2,
            "--from 2024-06-02 is after --until 2024-06-01",
        ),
        (("search", "x", "--all-articles", "--source", "Plover"), 2, "--all-articles"),
        (("serve", "--port", "99999"), 2, "--port"),
        (("eval", "--questions", "none.jsonl"), 2, "none.jsonl"),
        (("build", "articles", "--index", "broadsheet.file"), 2, "broadsheet.file"),
        (("fly",), 2, "fly"),
    ],
)
def test_wrong_use_says_what_and_exits_with_its_status(
    place: Path, words: tuple[str, ...], status: int, message: str
) -> None:
    (place / "broadsheet.file").write_text("")
    done = broadsheet(*words, cwd=place)
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_one_line_with_status_2(place: Path) -> None:
    (place / "broadsheet.toml").write_text("chunk_overlap_tokens = 400\n")
    done = broadsheet("build", cwd=place)
    (place / "broadsheet.toml").unlink()
    assert done.returncode == 2
    assert "chunk_overlap_tokens (in broadsheet.toml) cannot be 400" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_help_imports_nothing_that_takes_seconds() -> None:
    code = (
        "import sys\ntry:\n import rag.cli; sys.argv = ['broadsheet', '--help']; rag.cli.main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'sentence_transformers', 'gradio', 'trafilatura', 'faiss'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_app_py_is_serve(place: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(ROOT / "app.py"), "--no-open", "--port", str(port)]
    started = subprocess.Popen(command, cwd=place, stdout=subprocess.PIPE, text=True)
    try:
        assert started.stdout is not None
        line = started.stdout.readline()
        assert f"http://127.0.0.1:{port}" in line
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
            assert b"Broadsheet" in page.read()
    finally:
        started.send_signal(signal.SIGTERM)
        assert started.wait(60) == 0


# --- saved answers ------------------------------------------------------------------------------


def test_a_saved_answer_is_verified_and_its_change_shown(place: Path) -> None:
    cost = "The repair will cost 3.2 million crowns and take two years."
    question = "How much will the repair of the iron bridge cost?"
    done = broadsheet("ask", question, "--json", "--export", "talk.json", cwd=place)
    assert "Written to talk.json" in done.stderr
    (place / "answer.json").write_text(done.stdout)
    answer = from_json(Answer, done.stdout)
    number = next(c.number for c in answer.citations if c.quote == cost)
    for name in ("answer.json", "talk.json"):
        done = broadsheet("verify", name, cwd=place)
        assert done.returncode == 0, done.stderr
        assert re.search(rf"\[{number}\] +verified +bridge.txt +{re.escape(cost)}", done.stdout)
        count = len(answer.citations)
        assert (
            done.stdout.splitlines()[-1] == f"{count} citation{'s' * (count > 1)}: {count} verified"
        )
    file = place / "articles" / "bridge.txt"
    file.write_text(BRIDGE.replace("3.2 million", "3.3 million"))
    done = broadsheet("verify", "answer.json", "--json", cwd=place)
    assert done.returncode == 1
    found = {each["citation"]["quote"]: each["verdict"] for each in json.loads(done.stdout)}
    assert found[cost] == "changed"
    file.rename(place / "articles" / "iron.txt")
    (place / "articles" / "iron.txt").write_text(BRIDGE)
    done = broadsheet("verify", "talk.json", cwd=place)
    assert done.returncode == 0  # what has moved still stands
    assert "moved" in done.stdout
    assert "now in iron.txt at " in done.stdout
    (place / "articles" / "iron.txt").rename(file)


def test_exports_are_whole_files_and_overwrite_nothing_unasked(place: Path) -> None:
    ask = ("ask", "How much will the repair of the iron bridge cost?")
    for name in ("out.md", "out.html"):
        done = broadsheet(*ask, "--export", name, cwd=place)
        assert done.returncode == 0, done.stderr
        assert "3.2 million crowns" in done.stdout
        text = (place / name).read_text()
        assert "3.2 million crowns" in text
        assert "bridge.txt" in text
        assert (place / name).stat().st_mode & 0o777 == 0o666 & ~umask()
    (place / "out.md").write_text("mine")
    done = broadsheet(*ask, "--export", "out.md", cwd=place)
    assert done.returncode == 2
    assert "out.md is there already; give `--force`" in done.stderr
    assert (place / "out.md").read_text() == "mine"
    assert broadsheet(*ask, "--export", "out.md", "--force", cwd=place).returncode == 0
    assert (place / "out.md").read_text() != "mine"
    assert not list(place.glob(".*"))


def umask() -> int:
    """This process's, which its children inherit."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ask", "What?", "--export", "out.pdf"), "end in .md, .html or .json"),
        (("ask", "What?", "--export", "nowhere/out.md"), "Folder nowhere does not exist"),
        (("ask", "What?", "--export", "folder.md"), "folder.md is a folder"),
        (("verify", "nowhere.json"), "nowhere.json cannot be read: No such file"),
        (("verify", "articles"), "articles cannot be read: Is a directory"),
        (("verify", "articles/bridge.txt"), "articles/bridge.txt is no JSON"),
        (("verify", "/dev/zero"), "/dev/zero is larger than 20 MiB"),
    ],
)
def test_what_cannot_be_exported_or_verified_is_said_before_any_work(
    place: Path, words: tuple[str, ...], said: str
) -> None:
    (place / "folder.md").mkdir(exist_ok=True)
    done = broadsheet(*words, cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_forged_quote_speaks_to_no_terminal() -> None:
    forged = Citation(1, "a\x1b[2J.txt", "", "", None, 0, 9, "a\x1b]0;x\x07[b]", "")
    console = Console(record=True, file=io.StringIO(), width=120)
    print_verifications(console, [Verification(1, forged, "gone", also_in=("b\x9b.txt",))])
    shown = console.export_text()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)
    assert "[b]" in shown
    assert "1 citation: 1 gone" in shown
