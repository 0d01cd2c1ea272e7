"""The route by which files come in, called as the server calls it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from rag import incoming
from rag.chatbot import Chatbot
from rag.page_upload import ADD_ROUTE, LONGEST_FILE, Uploads
from rag.server import Guard

HOST = [(b"host", b"127.0.0.1:7860")]
PORT = b"The port of Ansel opens\n\nThe port of Ansel was opened, the harbour master said."


async def page(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Stands in for the page behind the route."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b'{"page": true}'})


def call(
    chatbot: Chatbot,
    method: str,
    *parts: bytes,
    path: str = ADD_ROUTE,
    headers: list[tuple[bytes, bytes]] = HOST,
    ends: bool = True,
    **query: str,
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON that the guarded route answers; 0 where it says nothing. ``ends``
    False: the sender leaves after these parts.
    """
    sent: list[MutableMapping[str, Any]] = []
    waiting: list[dict[str, Any]] = [
        {"type": "http.request", "body": part, "more_body": not ends or place < len(parts)}
        for place, part in enumerate(parts, 1)
    ] or [{"type": "http.request", "body": b"", "more_body": False}]
    waiting.append({"type": "http.disconnect"})

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "headers": headers,
        "query_string": urlencode(query).encode(),
    }  # fmt: skip
    uploads = Uploads(page, folder=chatbot.folder)
    app = Guard(uploads, origins=["http://127.0.0.1:7860"], longest={ADD_ROUTE: LONGEST_FILE})
    asyncio.run(app(scope, receive, send))
    if not sent:
        return 0, {}
    raw = sent[1]["body"]
    return sent[0]["status"], json.loads(raw) if raw.startswith(b"{") else {"text": raw.decode()}


def waiting_files(chatbot: Chatbot) -> list[Path]:
    place = chatbot.settings.index / incoming.INCOMING
    return [p for p in place.rglob("*") if p.is_file() and p.name != ".lock"]


def test_file_is_sent_looked_at_and_added(chatbot: Chatbot, folder: Path) -> None:
    status, said = call(chatbot, "PUT", PORT[:20], PORT[20:], name="../2026-10-01-port.txt")
    assert status == 200
    assert said["name"] == "2026-10-01-port.txt"
    assert said["line"] == "The port of Ansel opens · source unknown · 1 October 2026"
    assert not (folder / "2026-10-01-port.txt").exists()
    added = call(chatbot, "POST", token=said["token"], name=said["name"])
    assert added == (200, {"state": "added", "path": "2026-10-01-port.txt"})
    assert (folder / "2026-10-01-port.txt").read_bytes() == PORT
    assert waiting_files(chatbot) == []
    chatbot.folder.close()


def test_taken_name_waits_for_a_decision(chatbot: Chatbot, folder: Path) -> None:
    old = (folder / "ferry.txt").read_bytes()
    token = call(chatbot, "PUT", PORT, name="ferry.txt")[1]["token"]
    for choice in ({}, {"if_taken": "overwrite!"}):
        said = call(chatbot, "POST", token=token, name="ferry.txt", **choice)
        assert said == (200, {"state": "taken", "path": "ferry.txt"})
    assert (folder / "ferry.txt").read_bytes() == old
    said = call(chatbot, "POST", token=token, name="ferry.txt", if_taken="replace")
    assert said[1]["state"] == "added"
    assert [file.path for file in chatbot.folder.removed()] == ["ferry.txt"]
    chatbot.folder.close()


def test_what_is_no_article_is_deleted_at_once(chatbot: Chatbot, folder: Path) -> None:
    status, said = call(chatbot, "PUT", b"\x89PNG\r\n\x1a\n0", name="x.txt")
    assert (status, said["problem"]) == (200, "a picture, not text")
    assert waiting_files(chatbot) == []
    chatbot.folder.close()


def test_aborted_file_leaves_nothing(chatbot: Chatbot, folder: Path) -> None:
    assert call(chatbot, "PUT", PORT, ends=False, name="x.txt") == (0, {})
    assert waiting_files(chatbot) == []


def test_too_large_file_is_refused_whatever_its_sender_says(
    chatbot: Chatbot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = [(b"content-length", str(LONGEST_FILE + 1).encode())]
    assert call(chatbot, "PUT", b"x", headers=HOST + length, name="x.txt")[0] == 413
    monkeypatch.setattr(incoming, "LIMIT_BYTES", 10)
    status, said = call(chatbot, "PUT", b"x" * 6, b"x" * 6, name="x.txt")
    assert status == 413
    assert "10 bytes" in said["problem"]
    assert waiting_files(chatbot) == []


def test_only_this_page_may_send(chatbot: Chatbot, folder: Path) -> None:
    foreign = [*HOST, (b"origin", b"http://evil.invalid")]
    assert call(chatbot, "PUT", PORT, headers=foreign, name="x.txt")[0] == 403
    assert call(chatbot, "PUT", PORT, headers=[(b"host", b"evil.invalid")], name="x.txt")[0] == 421
    assert waiting_files(chatbot) == []


def test_nothing_that_came_in_is_ever_sent_out(chatbot: Chatbot, folder: Path) -> None:
    token = call(chatbot, "PUT", PORT, name="x.html")[1]["token"]
    for method in ("GET", "HEAD", "DELETE"):
        assert call(chatbot, method, token=token)[0] == 405
    assert call(chatbot, "GET", path="/") == (200, {"page": True})
    assert call(chatbot, "GET", path="/elsewhere")[0] == 404
    assert call(chatbot, "POST", token="../../etc/passwd", name="x.txt")[0] == 422
    assert call(chatbot, "POST", token=token, drop="1") == (200, {"state": "dropped"})
    assert waiting_files(chatbot) == []
    chatbot.folder.close()


def test_unforeseen_error_is_a_plain_message(
    chatbot: Chatbot,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr(chatbot.folder, "check", broken)
    status, said = call(chatbot, "PUT", PORT, name="x.txt")
    assert status == 500
    assert "not foreseen" not in said["problem"]
    assert "not foreseen" in caplog.text
    assert waiting_files(chatbot) == []
