from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from rag.errors import FolderUnreadable, SettingInvalid
from rag.guard import LONGEST_BODY, Guard
from rag.server import serve
from rag.server_address import read_address
from rag.settings import Settings

ORIGINS = read_address(Settings()).origins
OWN = [(b"host", b"127.0.0.1:7860")]


async def hello(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """An application that reads the whole body and says hello."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": b"hello"})


def request(
    path: str = "/", headers: list[tuple[bytes, bytes]] = OWN, parts: tuple[bytes, ...] = (b"",)
) -> tuple[int, dict[bytes, bytes], bytes]:
    """What the guarded application answers: status, headers, body; 0 where it says nothing."""
    sent: list[MutableMapping[str, Any]] = []
    waiting = [
        {"type": "http.request", "body": part, "more_body": place < len(parts)}
        for place, part in enumerate(parts, 1)
    ]

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": headers, "method": "GET"}
    asyncio.run(Guard(hello, origins=ORIGINS, endpoints=("ask",))(scope, receive, send))
    if not sent:
        return 0, {}, b""
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize("host", [b"127.0.0.1:7860", b"localhost:7860", b"[::1]:7860"])
def test_own_addresses_are_answered(host: bytes) -> None:
    assert request(headers=[(b"host", host)])[::2] == (200, b"hello")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"host", b"evil.invalid:7860")],
        [(b"host", b"127.0.0.1")],
        [(b"host", b"127.0.0.1:7861")],
        [(b"host", b"127.0.0.1:7860.evil.invalid")],
        [(b"host", b"127.0.0.1:7860"), (b"host", b"evil.invalid:7860")],
    ],
)
def test_other_hosts_are_misdirected(headers: list[tuple[bytes, bytes]]) -> None:
    status, _, body = request(headers=headers)
    assert status == 421
    assert b"hello" not in body


@pytest.mark.parametrize(
    "origin",
    [b"http://evil.invalid", b"null", b"https://127.0.0.1:7860", b"http://127.0.0.1:9999", b""],
)
def test_requests_of_other_sites_are_refused(origin: bytes) -> None:
    assert request(headers=[*OWN, (b"origin", origin)])[0] == 403


def test_own_origin_is_answered() -> None:
    assert request(headers=[*OWN, (b"Origin", b"http://127.0.0.1:7860")])[0] == 200


@pytest.mark.parametrize("headers", [OWN, []])
def test_every_response_carries_the_security_headers(headers: list[tuple[bytes, bytes]]) -> None:
    sent = request(headers=headers)[1]
    policy = sent[b"content-security-policy"]
    assert b"default-src 'self'" in policy
    assert b"http" not in policy
    assert sent[b"x-content-type-options"] == b"nosniff"
    assert sent[b"referrer-policy"] == b"no-referrer"
    assert sent[b"x-frame-options"] == b"DENY"
    assert sent[b"cross-origin-opener-policy"] == b"same-origin"
    assert sent[b"cross-origin-resource-policy"] == b"same-origin"
    assert b"camera=()" in sent[b"permissions-policy"]
    for rule in (b"form-action 'self'", b"frame-ancestors 'none'", b"base-uri 'self'",
                 b"object-src 'none'", b"connect-src 'self'", b"img-src 'self' data:"):  # fmt: skip
        assert rule in policy


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/", False), ("/config", False), ("/gradio_api/queue/data", False), ("/nothing", False),
     ("/gradio_api/call/ask/x", False), ("/assets/index.js", True), ("/theme.css", True)],
)  # fmt: skip
def test_browsers_keep_what_is_the_same_for_everyone_and_nothing_else(
    path: str, kept: bool
) -> None:
    assert (request(path)[1].get(b"cache-control") != b"no-store") is kept


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://evil.invalid"],
)
def test_routes_that_the_page_does_not_use_are_closed(path: str) -> None:
    assert request(path)[0] == 404


def test_long_bodies_are_not_read() -> None:
    length = str(LONGEST_BODY + 1).encode()
    assert request(headers=[*OWN, (b"content-length", length)])[0] == 413
    assert request(headers=[*OWN, (b"content-length", b"-1")])[0] == 413
    half = b"x" * (LONGEST_BODY // 2 + 1)
    assert request(parts=(half, half))[0] == 0
    assert request(parts=(half, b"x"))[0] == 200


def test_other_hosts_than_this_machine_are_refused_without_a_password(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path / "index", host="0.0.0.0")
    with pytest.raises(SettingInvalid, match=r"0\.0\.0\.0.*password"):
        serve(settings, folder_given=False, open_page=False)
    assert not settings.index.exists()


def test_port_in_use_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            SettingInvalid, match=f"Port {port} is in use; give another with --port"
        ):
            settings = Settings(index=tmp_path / "index", port=port)
            serve(settings, folder_given=False, open_page=False)


def test_missing_folder_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(index=tmp_path / "index", articles=tmp_path / "none", port=port)
    with pytest.raises(FolderUnreadable, match="none"):
        serve(settings, folder_given=True, open_page=False)


def test_importing_the_server_does_not_import_gradio() -> None:
    code = "import sys, rag.server; sys.exit('gradio' in sys.modules or 'torch' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    assert subprocess.run([sys.executable, "-c", code], env=environment, timeout=60).returncode == 0
