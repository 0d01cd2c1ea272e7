"""Articles are read in child processes: a file that hangs, eats memory or crashes its reader is
reported, and the rest goes on."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.articles import read_article
from rag.errors import ArticleUnreadable, ArticleUnreadableNow
from rag.folders import ArticleFile, list_files
from rag.pieces import Piece, pieces_of
from rag.readers import Readers
from rag.records import Article
from tests.conftest import SAMPLES
from tests.reading import BODY, HEADLINE

LARGE_PAGE = "<html><body><article>" + f"<p>{BODY}</p>" * 120_000 + "</article></body></html>"


def piece_of(path: Path, content: str | bytes) -> Piece:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Piece(path.name, path.name, path, sha256)


@pytest.fixture
def text(tmp_path: Path) -> Piece:
    return piece_of(tmp_path / "a.txt", f"{HEADLINE}\n\n{BODY}")


@pytest.fixture
def readers() -> Iterator[Readers]:
    with Readers(2) as made:
        yield made


def children() -> set[int]:
    """The processes of this one that read articles."""
    found = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"rag.reader_process" in (each / "cmdline").read_bytes():
                found.add(int(each.name))
        except OSError:
            pass
    return found


def test_children_read_as_this_process_does(readers: Readers) -> None:
    files, _, _ = list_files(SAMPLES)
    pieces = [piece for file in files for piece in pieces_of(file) if isinstance(piece, Piece)]
    assert len(pieces) > 8  # enough for two children
    read = list(readers.read_all(pieces))
    assert read == [read_article(piece.id, piece.file.read_bytes()) for piece in pieces]


def test_an_unreadable_file_is_reported_and_the_others_are_read(
    tmp_path: Path, text: Piece, readers: Readers
) -> None:
    broken = piece_of(tmp_path / "b.pdf", b"%PDF-1.4 and nothing else")
    first, second, third = readers.read_all([text, broken, text])
    assert isinstance(first, Article)
    assert isinstance(second, ArticleUnreadable)
    assert "PDF" in str(second)
    assert third == first


def test_reading_that_takes_too_long_is_ended_and_reported(tmp_path: Path, text: Piece) -> None:
    slow = piece_of(tmp_path / "slow.html", LARGE_PAGE)
    with Readers(1, time_limit_seconds=1) as readers:
        with pytest.raises(ArticleUnreadable, match="more than 1 s of processor time"):
            readers.read(slow)
        assert readers.read(text).title == HEADLINE


def test_reading_that_takes_too_much_memory_is_reported(tmp_path: Path, text: Piece) -> None:
    large = piece_of(tmp_path / "large.txt", "word " * 9_000_000)
    with Readers(1, memory_limit_bytes=300 * 2**20, time_limit_seconds=200) as readers:
        assert readers.read(text).title == HEADLINE
        with pytest.raises(ArticleUnreadable, match="more than 300 MiB of memory"):
            readers.read(large)
        assert readers.read(text).title == HEADLINE


def test_a_reader_that_is_killed_costs_one_try(tmp_path: Path, text: Piece) -> None:
    slow = piece_of(tmp_path / "slow.html", LARGE_PAGE)
    with Readers(1) as readers:
        killer = threading.Timer(1.0, lambda: [os.kill(pid, signal.SIGKILL) for pid in children()])
        killer.start()
        with pytest.raises(ArticleUnreadable, match="crashed"):
            readers.read(slow)
        assert readers.read(text).title == HEADLINE


def test_a_reader_that_stands_still_is_ended(text: Piece) -> None:
    with Readers(1, wall_limit_seconds=8) as readers:
        readers.read(text)
        for pid in children():
            os.kill(pid, signal.SIGSTOP)
        with pytest.raises(ArticleUnreadable, match="more than 8 s"):
            readers.read(text)
        assert readers.read(text).title == HEADLINE


def test_children_end_with_their_readers_and_are_not_started_for_nothing(text: Piece) -> None:
    with Readers(2) as readers:
        assert children() == set()
        readers.read(text)
        readers.read(text)
        assert len(children()) == 1
    deadline = time.monotonic() + 10
    while children() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert children() == set()


def test_a_file_that_vanished_is_reported_without_a_child(text: Piece, readers: Readers) -> None:
    text.file.unlink()
    with pytest.raises(ArticleUnreadable, match="vanished"):
        readers.read(text)
    assert children() == set()


def test_a_line_is_read_by_its_file_and_place(tmp_path: Path, readers: Readers) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_text('{"id": 7, "title": "One", "text": "First."}\n{"text": "Second."}\n')
    pieces = [p for p in pieces_of(ArticleFile("wire.jsonl", path)) if isinstance(p, Piece)]
    one, two = (readers.read(piece) for piece in pieces)
    assert (one.id, one.path, one.title) == ("wire.jsonl#7", "wire.jsonl", "One")
    assert (two.id, two.path, two.text) == (pieces[1].id, "wire.jsonl", "Second.")


def test_a_module_in_the_folder_one_stands_in_is_never_run(
    tmp_path: Path, text: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("html.py", "json.py", "lxml.py", "rag.py"):
        (tmp_path / name).write_text("open('ran', 'w').close()")
    monkeypatch.chdir(tmp_path)
    with Readers(1) as readers:
        assert readers.read(text).title == HEADLINE
    assert not (tmp_path / "ran").exists()


def test_no_secret_of_the_environment_reaches_a_child(
    text: Piece, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_API_KEY", "sesame")
    readers.read(text)
    (child,) = children()
    assert b"sesame" not in Path(f"/proc/{child}/environ").read_bytes()


def test_lower_limits_of_the_system_are_kept(text: Piece) -> None:
    code = (
        "import resource, sys; from pathlib import Path; from rag.pieces import Piece;"
        "from rag.readers import Readers;"
        "resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20));"
        "resource.setrlimit(resource.RLIMIT_CPU, (15, 15));"
        "p = Path(sys.argv[1]);"
        "print(Readers(1).read(Piece(p.name, p.name, p, '')).title)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(text.file)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == HEADLINE, done.stderr


def test_a_line_that_another_took_the_place_of_is_not_read_for_it(
    tmp_path: Path, readers: Readers
) -> None:
    lines = ['{"id": "a", "text": "One of a."}', '{"id": "b", "text": "Two of b."}']
    path = tmp_path / "w.jsonl"
    path.write_text("\n".join(lines))
    pieces = [p for p in pieces_of(ArticleFile("w.jsonl", path)) if isinstance(p, Piece)]
    path.write_text("\n".join(lines[::-1]))
    for piece in pieces:
        with pytest.raises(ArticleUnreadableNow, match="changed while it was read"):
            readers.read(piece)


def test_closed_readers_start_no_child_for_what_was_waiting(tmp_path: Path) -> None:
    slow = piece_of(tmp_path / "slow.html", LARGE_PAGE)
    readers = Readers(1)
    threading.Timer(1.0, readers.close).start()
    with pytest.raises(ArticleUnreadable):
        readers.read(slow)
    with pytest.raises(ArticleUnreadableNow, match="stopped"):
        readers.read(slow)
    assert children() == set()


# --- the limit of memory holds for what is not Python, too -------------------------------------


def tight_docx(tmp_path: Path) -> bytes:
    """A Word file of 16 MB of the tightest markup: lxml's tree of it takes 35 times that."""
    from tests.test_docx_articles import REPORT, changed

    head = b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    body = b"<w:body>" + b"<a/>" * 4_000_000 + b"</w:body></w:document>"
    return changed(REPORT, "word/document.xml", lambda _: head + body)


def large_pdf(tmp_path: Path) -> bytes:
    """A PDF whose page is a gibibyte when it is unpacked."""
    from tests.test_odd_folders import pdf_bomb

    return pdf_bomb()


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("tight.docx", tight_docx, "more than 400 MiB of memory"),
        ("large.pdf", large_pdf, "more than 400 MiB of memory|crashed|damaged"),
    ],
)
def test_native_parsers_are_held_to_the_limit_of_memory_by_the_system(
    tmp_path: Path, text: Piece, name: str, make: Callable[[Path], bytes], said: str
) -> None:
    large = piece_of(tmp_path / name, make(tmp_path))
    peaks = [0]
    limits = set()
    with Readers(1, memory_limit_bytes=400 * 2**20, time_limit_seconds=100) as readers:
        assert readers.read(text).title == HEADLINE
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.02):
                for pid in children():
                    try:
                        limits.add(resource.prlimit(pid, resource.RLIMIT_AS)[0])
                        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                    except OSError:
                        continue
                    peaks.extend(int(li.split()[1]) for li in lines if li.startswith("VmPeak"))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            with pytest.raises(ArticleUnreadable, match=said):
                readers.read(large)
        finally:
            done.set()
            watcher.join()
        assert readers.read(text).title == HEADLINE  # the next is read as ever
    assert limits <= {400 * 2**20, resource.RLIM_INFINITY}  # unlimited until it has set its own
    assert 400 * 2**20 in limits
    assert 0 < max(peaks) * 1024 <= 400 * 2**20
