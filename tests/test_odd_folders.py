"""A folder of files made to harm, built by the command as a process: each that fails is reported by
name and reason, every other one is indexed, and neither time nor memory goes out of bounds.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.folders import SUFFIXES
from rag.records import BuildReport, from_json
from rag.settings import Settings
from tests.conftest import BRIDGE, FERRY, ROOT, SHARED
from tests.reading import BODY, HEADLINE, NEWSPAPER, page
from tests.test_docx_articles import REPORT, changed
from tests.test_epub_articles import BOOK

MOST_PARENT_BYTES = 1_500 * 2**20
"""What the building process may take at most; the model alone takes half of it."""

LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
)
ENTITIES = f"<?xml version='1.0'?><!DOCTYPE x [{LAUGHS}]>"


def pdf_bomb() -> bytes:
    """A page whose content is a gibibyte of operators when it is unpacked, twice packed."""
    block, count = b"BT /F1 9 Tf (a) Tj ET\n" * 50_000, 1_000
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # can stand again and again
    checksum = 1
    for _ in range(count):
        checksum = zlib.adler32(block, checksum)
    once = b"\x78\xda" + packed * count + packer.flush() + checksum.to_bytes(4, "big")
    content = zlib.compress(once, 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream"
        % (len(content), content),
    ]
    out = b"%PDF-1.7\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (table, len(out))
    )


def locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(NEWSPAPER)))
    writer.encrypt("sesame")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def large_member(raw: bytes, name: str) -> bytes:
    return changed(raw, name, lambda old: old + b" " * (200 * 2**20))


def packed_in_itself() -> bytes:
    """A zip of zips of zips, as it comes with mail to harm what unpacks it."""
    raw = b"0" * 2**24
    for _ in range(4):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{number}.zip", raw)
        raw = out.getvalue()
    return raw


@cache
def harmful_files() -> dict[str, tuple[bytes, str]]:
    """Name → bytes and how the reason begins; "" where it may also be read as an article."""
    return {
        "empty.txt": (b"", "empty file"),
        "blank.md": (b" \n\xef\xbb\xbf\n", "empty file"),
        "random.txt": (bytes(range(256)) * 300, "binary data, not text"),
        "random.pdf": (bytes(range(256)) * 300, "not a PDF though named .pdf"),
        "random.docx": (b"PK\x03\x04" + bytes(range(256)) * 30, "a damaged Word, EPUB or zip file"),
        "truncated.pdf": (NEWSPAPER[:400], "damaged PDF"),
        "truncated.docx": (REPORT[: len(REPORT) // 2], "a damaged Word, EPUB or zip file"),
        "truncated.epub": (BOOK[: len(BOOK) // 2], "a damaged Word, EPUB or zip file"),
        "locked.pdf": (locked_pdf(), "password"),
        "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture, not text"),
        "bomb.pdf": (pdf_bomb(), ""),
        "bomb.docx": (large_member(REPORT, "word/document.xml"), "too large when unpacked"),
        "bomb.epub": (large_member(BOOK, "OEBPS/text/chapter 1.xhtml"), "too large when unpacked"),
        "zips.docx": (packed_in_itself(), "a zip file, not text"),
        "entities.docx": (
            changed(REPORT, "word/document.xml", lambda _: f"{ENTITIES}<x>&l9;</x>".encode()), "",
        ),
        "entities.epub": (
            changed(BOOK, "OEBPS/text/chapter 1.xhtml", lambda _: f"{ENTITIES}<html>&l9;</html>".encode()), "",
        ),
        "entities.html": (f"{ENTITIES}<svg>&l9;</svg>".encode(), ""),
        "nested.jsonl": (b'{"text": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", ""),
        "nested.html": (b"<html><body>" + b"<div>" * 100_000 + BODY.encode(), ""),
        "nested.rtf": (b"{\\rtf1 " + b"{" * 500_000 + BODY.encode(), ""),
        "quotes.txt": ("“".encode() * 100_000, ""),
        "spaces.txt": (b"A line\n\nIt begins" + b" " * 1_000_000 + b"and ends.", ""),
        "word.txt": (b"x" * 500_000, ""),
    }  # fmt: skip


GOOD: dict[str, bytes] = {
    "bridge.txt": BRIDGE.encode(),
    "wrong extension.pdf": FERRY.encode(),
    "wrong extension.txt": REPORT,
    "page.txt": page().encode(),
    "report.pdf": NEWSPAPER,
    "book.epub": BOOK,
}


@dataclass(frozen=True)
class Built:
    """A folder's build: its report, what it took, and the index."""

    report: BuildReport
    seconds: float
    parent_peak_bytes: int
    place: Path

    @property
    def reasons(self) -> dict[str, str]:
        return {failure.path: failure.reason for failure in self.report.failures}


def built(place: Path) -> Built:
    """``place / "articles"``, built by the command as a process that is watched."""
    command = [sys.executable, "-m", "rag", "build", "articles", "--json"]
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    peaks = [0]

    def watch() -> None:
        while process.poll() is None:
            try:
                lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            except OSError:
                return
            peaks.extend(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, err = process.communicate(timeout=500)
    watcher.join()
    assert process.returncode == 0, err
    assert "Traceback" not in err
    return Built(from_json(BuildReport, out), time.monotonic() - started, max(peaks), place)


@pytest.fixture(scope="module")
def harmful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    place = tmp_path_factory.mktemp("harmful")
    folder = place / "articles"
    folder.mkdir()
    for name, (raw, _) in harmful_files().items():
        (folder / name).write_bytes(raw)
    for name, raw in GOOD.items():
        (folder / name).write_bytes(raw)
    with (folder / "huge.txt").open("wb") as file:  # takes no room on the disk
        file.truncate(2**30)
    with (folder / "lines.jsonl").open("wb") as file:
        file.write(json.dumps({"id": "first", "text": f"{HEADLINE}. {BODY}"}).encode() + b"\n")
        file.write(b'{"id": "long", "text": "' + b"long " * 20_000_000 + b'"}\n')
        file.write(json.dumps({"id": "last", "text": "The mill burned on Monday."}).encode())
    yield built(place)
    shutil.rmtree(place)


def test_each_harmful_file_is_reported_by_name_and_reason(harmful: Built) -> None:
    for name, (_, reason) in harmful_files().items():
        if reason:
            assert harmful.reasons[name].startswith(reason) or reason in harmful.reasons[name], name
    assert harmful.reasons["huge.txt"] == "too large: 1,073,741,824 bytes, the limit is 52,428,800"
    assert harmful.reasons["lines.jsonl#line 2"].startswith("too large: 100,000,027 bytes")
    assert not set(GOOD) & set(harmful.reasons)
    for name, reason in harmful.reasons.items():
        assert reason.isprintable() and len(reason) < 300, name


def test_every_other_file_is_indexed_and_answers(harmful: Built, embedder: Embedder) -> None:
    chatbot = Chatbot(Settings(index=harmful.place / "index"))
    chatbot._embedder = embedder
    ids = {summary.id for summary in chatbot.articles()}
    assert set(GOOD) <= ids
    assert {"lines.jsonl#first", "lines.jsonl#last"} <= ids
    for name in harmful_files():
        assert (name in ids or f"{name}#line 1" in ids) != (
            name in harmful.reasons or f"{name}#line 1" in harmful.reasons
        ), name
    answer = chatbot.ask("How many girders of the iron bridge have cracks?")
    assert "14 of its 36" in answer.sentences[0].text
    assert answer.citations[0].article_id == "bridge.txt"


def test_a_build_of_harmful_files_keeps_its_time_and_memory(harmful: Built) -> None:
    # Each may take its reader 20 s of processor time; a few of them do.
    assert harmful.seconds < 300
    assert harmful.parent_peak_bytes < MOST_PARENT_BYTES


def test_odd_files_of_others_are_all_indexed_or_reported(tmp_path: Path) -> None:
    source = SHARED / "data" / "odd_files"
    if not source.is_dir():
        pytest.skip("../shared/data/odd_files is not beside this repository")
    (tmp_path / "articles").mkdir()
    for path in source.iterdir():
        # All of them take a minute and a half; the largest are read in test_articles.
        if path.stat().st_size < 15_000:
            shutil.copy(path, tmp_path / "articles")
    found = built(tmp_path)
    taken = (tmp_path / "articles").iterdir()
    names = {path.name for path in taken if path.suffix.lower() in SUFFIXES}
    assert len(names) > 20
    ids = {summary.id for summary in Chatbot(Settings(index=tmp_path / "index")).articles()}
    assert ids | set(found.reasons) == names
    assert not ids & set(found.reasons)
    assert found.parent_peak_bytes < MOST_PARENT_BYTES
