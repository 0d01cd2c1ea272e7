"""The command line as a process: what a user types and sees."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from rag.records import Answer, Article, BuildReport, Hit, Status, from_json
from tests.conftest import BRIDGE, FERRY, ORCHARD, ROOT


def broadsheet(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag", *words],
        cwd=cwd, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "COLUMNS": "200"},
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


def test_not_found_is_no_error_and_names_the_missing_word(place: Path) -> None:
    done = broadsheet("ask", "Which volcano erupted in Ruritania?", cwd=place)
    assert done.returncode == 0
    assert "The articles do not answer this." in done.stdout
    assert "volcano" in done.stdout
    assert "Ruritania" in done.stdout


def test_search_lists_hits_with_ranks(place: Path) -> None:
    done = broadsheet("search", "cherry harvest frost", "-k", "2", cwd=place)
    assert done.stdout.startswith("1. 1.000")
    assert "orchard.txt" in done.stdout.splitlines()[0]
    hits = json.loads(broadsheet("search", "cherry", "-k", "2", "--json", cwd=place).stdout)
    assert from_json(Hit, json.dumps(hits[0])).chunk.article_id == "orchard.txt"


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


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("ask", ""), 2, "no word"),
        (("ask",), 2, "Missing argument"),
        (("ask", "What?", "--index", "nowhere"), 1, "No index in nowhere"),
        (("build", "nowhere", "--index", "fresh"), 1, "nowhere"),
        (("build", "/", "--index", "index"), 2, "--switch-folder"),
        (("show", "nothing.txt"), 1, "nothing.txt"),
        (("search", "x", "-k", "0"), 2, "-k"),
        (("serve", "--port", "99999"), 2, "--port"),
        (("eval", "--questions", "none.jsonl"), 2, "none.jsonl"),
        (("build", "articles", "--index", "broadsheet.file"), 1, "broadsheet.file"),
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
    assert "Chunk overlap 400" in done.stderr
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
