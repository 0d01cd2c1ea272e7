from __future__ import annotations

import html
import re
from datetime import UTC, datetime

from rag.page_status import building_html, log_html, status_html
from rag.rebuild import RebuildState
from rag.records import BuildLog, BuildReport, Changes, Failure, Progress, Remark, Status

FAILURES = (Failure("bad.pdf", "it is encrypted", kept=True),)
REPORT = BuildReport(
    folder="/articles", generation=3, article_count=16, chunk_count=49, new=2, changed=0, renamed=0,
    deleted=1, unchanged=13, embedded_chunk_count=5, words_only=(), failures=FAILURES,
    remarks=(Remark("scan.pdf", "pages 2 and 3: scanned, no text"),), passed_over=(), seconds=2.0,
    embedding_seconds=1.0,
)  # fmt: skip
STATUS = Status(
    index="index", folder="/articles", is_sample=False, generation=3,
    built_at=datetime(2026, 1, 2, tzinfo=UTC), model="m", model_sha256="ab" * 32, chunk_tokens=200,
    article_count=16, chunk_count=49, sources=(("HPA", 3), ("", 1)), undated_count=1, copied_count=2,
    words_only=(("de", 3),), remarks=REPORT.remarks, passed_over=((".odt", 2), ("", 1)),
    failures=FAILURES, changes=Changes(new=("n.txt",), changed=(), deleted=("d.txt",)),
)  # fmt: skip
ENDED = datetime(2026, 1, 2, 8, tzinfo=UTC)


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def test_status_names_changes_and_failures_with_their_reasons() -> None:
    words = text_of(status_html(STATUS))
    assert "1 new, 1 deleted. Rebuild to take it in." in words
    assert "bad.pdf it is encrypted; its last good text stays" in words
    assert "Source unknown" in words
    assert "2 articles" in words
    assert "3 files passed over for the suffix (.odt 2, no suffix 1)" in words
    assert "does not cover the language (German 3)" in words
    assert "scan.pdf pages 2 and 3: scanned, no text" in words


def test_failures_are_said_once_by_the_log_of_the_build_that_found_them() -> None:
    done = BuildLog(ENDED, REPORT)
    assert "bad.pdf it is encrypted; its last good text stays" in text_of(log_html(done))
    assert "scan.pdf pages 2 and 3" in text_of(log_html(done))
    assert "encrypted" not in text_of(status_html(STATUS, done))
    assert "encrypted" in text_of(status_html(STATUS, BuildLog(ENDED, cancelled=True)))


def test_log_says_how_the_last_build_ended() -> None:
    assert log_html(None) == ""
    assert "16 articles, 49 chunks (2 new, 1 deleted, 1 failed)" in text_of(
        log_html(BuildLog(ENDED, REPORT))
    )
    assert "Cancelled; the index is as it was." in text_of(
        log_html(BuildLog(ENDED, cancelled=True))
    )
    assert "<no> disk" in text_of(log_html(BuildLog(ENDED, error="<no> disk")))
    assert "<no>" not in log_html(BuildLog(ENDED, error="<no> disk"))


def test_a_build_that_runs_says_its_stage_count_rate_and_time_left() -> None:
    state = RebuildState(True, Progress("embedding", 120, 600), per_second=8.0)
    shown = building_html(state)
    words = text_of(shown)
    assert "Embedding 120 of 600 chunks" in words
    assert "8.0 chunks/s, about 60 s left" in words
    assert 'aria-valuenow="20"' in shown
    assert re.findall(r'<li class="(\w+)"', shown) == ["done", "now", "next", "next"]
    assert "Starting" in text_of(building_html(RebuildState(True)))
