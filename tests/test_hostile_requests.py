"""Requests that no browser makes, over plain sockets so that no client tidies them up: paths to
files, other sites, other hosts, fetches through us, junk for the hidden handlers.
"""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from rag.guard import LONGEST_BODY
from rag.page_upload import ADD_ROUTE
from tests.conftest import ROOT, Served
from tests.e2e.payloads import Elsewhere, elsewhere

SECRET = "the combination of the safe is 4711"
MARKS = (SECRET.encode(), b"SQLite format 3", b"root:x:", b"[build-system]", b"sha256")


def talk(served: Served, raw: bytes, seconds: float = 20) -> bytes:
    """What comes back for these very bytes, until the server closes."""
    port = int(served.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), seconds) as connection:
        connection.sendall(raw)
        parts = []
        try:
            while part := connection.recv(65_536):
                parts.append(part)
        except ConnectionResetError:
            pass
    return b"".join(parts)


def request(served: Served, method: str, target: str, *lines: str, body: bytes = b"") -> bytes:
    host = served.address.removeprefix("http://")
    head = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return talk(served, "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body)


def status(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1]) if reply else 0


# --- paths to files -----------------------------------------------------------------------------

PREFIXES = (
    "/", "//", "/./", "/static/", "/static/../", "/static//", "/assets/", "/assets/../../",
    "/assets/..%2f", "/gradio_api/file=", "/gradio_api/file/", "/file=", "/file/",
    "/gradio_api/stream/", "/gradio_api/custom_component/x/client/component/",
    "/gradio_api/upload_progress?upload_id=", "/gradio_api/call/ask/../../file=",
    "/theme.css/../", "/gradio_api/deep_link?session_hash=", "/svelte/", "/pwa_icon/",
    "/gradio_api/%66ile=", "/gradio_api/file%3d", "/gradio_api/../file=", "/mcp/", "/add-article/",
    "http://127.0.0.1/file=",
)  # fmt: skip


def ways(target: str) -> Iterator[str]:
    """How a path can be written so that a check sees something else than what is opened."""
    encoded = quote(target, safe="").replace(".", "%2e")
    yield target
    yield encoded
    yield encoded.upper().replace("%2E", "%2e")
    yield encoded.replace("%", "%25")
    yield encoded.replace("%", "%2525")
    yield target.replace("/", "\\")
    yield target.replace("/", "%5c")
    yield target.replace("..", "..;").replace("/", "//")
    yield target.replace(".", "%c0%ae").replace("/", "%c0%af")
    yield target.replace("../", "....//")
    yield f"{target}%00.css"
    yield f"{target}\x00.js".replace("\x00", "%00")
    yield f"{target}?x=.css"
    yield f"./{target}"


def test_no_path_leads_to_a_file(served: Served) -> None:
    beside = served.index.parent
    log = served.log()
    files = (beside / ".env", beside / "secret.txt", served.index / "secret.txt")
    for file in files:
        file.write_text(SECRET)
    targets = [
        ".env", "../.env", str(files[0]), str(files[1]), str(files[2]), "index/broadsheet.db",
        str(served.index / "broadsheet.db"), "../" * 12 + "etc/passwd", "/etc/passwd",
        "../" * 3 + "pyproject.toml", str(ROOT / "pyproject.toml"), "../index/secret.txt",
        f"file://{files[1]}",
    ]  # fmt: skip
    tried = {prefix + way for prefix, target in product(PREFIXES, targets) for way in ways(target)}
    try:
        for path in sorted(tried):
            reply = request(served, "GET", path)
            assert status(reply) in (400, 403, 404, 405, 422), (path, reply[:300])
            assert not any(mark in reply for mark in MARKS), path
    finally:
        for file in files:
            file.unlink()
    assert len(tried) > 4_000
    assert "Traceback" not in served.log().removeprefix(log)


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "DELETE", "PATCH", "TRACE", "X"])
def test_no_method_leads_to_a_file(served: Served, method: str) -> None:
    for path in ("/.env", "/gradio_api/file=/etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd"):
        assert status(request(served, method, path)) in (400, 404, 405)


def test_call_that_is_not_known_ends_without_a_traceback(served: Served) -> None:
    before = served.log()
    for path in ("/gradio_api/call/ask/0123456789abcdef", "/gradio_api/call/ask/%2e%2e",
                 "/gradio_api/queue/data?session_hash=nobody"):  # fmt: skip
        began = time.monotonic()
        reply = request(served, "GET", path)
        assert b"404" in reply
        assert not any(mark in reply for mark in MARKS)
        assert time.monotonic() - began < 10
    time.sleep(0.2)
    assert "Traceback" not in served.log().removeprefix(before)


@pytest.mark.parametrize(
    "raw",
    [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x00\xa5" + b"\x00" * 200, b"GET / HTTP/1.1\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
     b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nzz\r\n",
     b"GET / HTTP/1.1\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"],
)  # fmt: skip
def test_what_is_no_request_is_refused(served: Served, raw: bytes) -> None:
    before = served.log()
    port = int(served.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        try:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            reply = connection.recv(4_000)
        except OSError:  # it has closed already
            reply = b""
    assert status(reply) in (0, 400, 421)
    assert "Traceback" not in served.log().removeprefix(before)


# --- other sites and hosts ----------------------------------------------------------------------


def written(served: Served) -> dict[str, str]:
    """Every file of the articles' and the index's folder → its content."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (served.articles, served.index)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))  # which a reader makes too
    }


def writing_requests(served: Served) -> list[tuple[str, str, bytes]]:
    """All that would change something, were it let through."""
    config = httpx.get(f"{served.address}/config").json()
    found = [
        ("PUT", f"{ADD_ROUTE}?name=a.txt", b"A port\n\nThe port was opened."),
        ("POST", f"{ADD_ROUTE}?token=x&name=a.txt", b""),
        ("POST", "/gradio_api/call/build", b'{"data": []}'),
        ("POST", "/gradio_api/call/v2/build", b"{}"),
        ("POST", "/gradio_api/upload", b"--x\r\n"),
        ("POST", "/mcp", b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'),
    ]
    for each in config["dependencies"]:
        body = {"data": ["remove"] * len(each["inputs"]), "fn_index": each["id"],
                "session_hash": "forged"}  # fmt: skip
        found.append(("POST", "/gradio_api/queue/join", json.dumps(body).encode()))
    return found


FOREIGN = [
    (421, ("Host: evil.invalid",)), (421, ("Host: evil.invalid:7860",)),
    (421, ("Host: 127.0.0.1.evil.invalid",)), (421, ("Host: 0.0.0.0",)), (421, ("Host: [::]",)),
    (421, ("Host: 2130706433",)), (421, ("Host:",)), (421, ()),
    (403, ("Host: OWN", "Origin: http://evil.invalid")), (403, ("Host: OWN", "Origin: null")),
    (403, ("Host: OWN", "Origin: file://")), (403, ("Host: OWN", "Origin: http://OWN.evil.invalid")),
    (403, ("Host: OWN", "Origin: http://OWN", "Origin: http://evil.invalid")),
]  # fmt: skip


def test_nothing_is_written_for_other_sites_and_hosts(served: Served) -> None:
    before = written(served)
    own = served.address.removeprefix("http://")
    asked = writing_requests(served)
    for (method, target, body), (expected, lines) in product(asked, FOREIGN):
        head = [f"{method} {target} HTTP/1.1", "Connection: close", f"Content-Length: {len(body)}",
                "Content-Type: application/json", *(line.replace("OWN", own) for line in lines)]  # fmt: skip
        reply = talk(served, "\r\n".join(head).encode() + b"\r\n\r\n" + body)
        # HTTP itself wants a Host; h11 refuses what has none.
        assert status(reply) in ((400, 421) if not lines else (expected,)), (target, lines)
    time.sleep(0.5)
    assert written(served) == before


# --- fetches through us -------------------------------------------------------------------------


@pytest.fixture
def other() -> Iterator[Elsewhere]:
    with elsewhere() as made:
        yield made


def test_nothing_is_fetched_for_anyone(served: Served, other: Elsewhere) -> None:
    url = f"http:{other.place}/x"
    for place in (url, quote(url, safe=""), url.replace("http:", ""), url.replace("://", ":/")):
        for prefix in ("/gradio_api/file=", "/file=", "/gradio_api/proxy=", "/proxy=", "/",
                       "/gradio_api/proxy/", "/gradio_api/stream/", "/static/", "/assets/",
                       "/gradio_api/call/ask/x/", "/gradio_api/vibe-edit/"):  # fmt: skip
            assert status(request(served, "GET", prefix + place)) in (403, 404), prefix + place
    own = served.address.removeprefix("http://")
    assert status(talk(served, f"GET {url} HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n\r\n"
                       .encode())) == 404  # fmt: skip
    assert status(request(served, "CONNECT", other.place[2:])) in (400, 404)
    assert other.asked == []


def handlers(served: Served) -> list[dict[str, Any]]:
    """Those that take anything; the others start a build or look, whoever calls."""
    config = httpx.get(f"{served.address}/config").json()
    return [each for each in config["dependencies"] if each["backend_fn"] and each["inputs"]]


def called(served: Served, value: Any, session: str) -> str:
    """Every handler of the page with that value for each of its inputs; the events it gives."""
    for each in handlers(served):
        body = {"data": [value] * len(each["inputs"]), "fn_index": each["id"],
                "session_hash": session}  # fmt: skip
        joined = httpx.post(f"{served.address}/gradio_api/queue/join", json=body, timeout=30)
        assert joined.status_code in (200, 422), joined.text
    url = f"{served.address}/gradio_api/queue/data?session_hash={session}"
    with httpx.stream("GET", url, timeout=60) as events:
        lines = []
        for line in events.iter_lines():
            lines.append(line)
            if '"close_stream"' in line:
                break
    return "\n".join(lines)


def test_file_records_make_the_handlers_neither_fetch_nor_read(
    served: Served, other: Elsewhere
) -> None:
    before, folder = served.log(), written(served)
    for place, (path, url) in enumerate(
        [(f"http:{other.place}/path", None), ("https://example.invalid/x", "http://x.invalid"),
         ("x", f"http:{other.place}/url")]
    ):  # fmt: skip
        record = {"path": path, "url": url, "meta": {"_type": "gradio.FileData"}}
        events = called(served, record, f"files-{place}")
        if path != "x":
            assert "No call takes a file" in events
            assert "Traceback" not in served.log().removeprefix(before)
        named = {"question": record, "history": [record], "sources": [record]}
        sent = httpx.post(f"{served.address}/gradio_api/call/v2/ask", json=named, timeout=30)
        assert sent.status_code in (200, 422, 500)
    assert other.asked == []
    assert written(served) == folder


@pytest.mark.parametrize("url", [None, "file:///etc/passwd"])
def test_file_records_give_no_file_away(served: Served, url: str | None) -> None:
    secret = served.index.parent / "secret.txt"
    secret.write_text(SECRET)
    try:
        record = {"path": str(secret), "url": url, "meta": {"_type": "gradio.FileData"}}
        assert SECRET not in called(served, record, f"secret-{url}")
    finally:
        secret.unlink()


# --- the hidden handlers ------------------------------------------------------------------------


def test_five_million_characters_are_not_read(served: Served) -> None:
    text = "a" * 5_000_000
    began = time.monotonic()
    for target, body in (
        ("/gradio_api/call/v2/ask", {"question": text}),
        ("/gradio_api/call/ask", {"data": [text]}),
        ("/gradio_api/queue/join", {"data": [text] * 4, "fn_index": 0, "session_hash": "long"}),
        ("/mcp", {"question": text}),
    ):
        sent = httpx.post(served.address + target, json=body, timeout=30)
        assert sent.status_code == 413
        assert f"{LONGEST_BODY:,} bytes" in sent.text
    # One that does not say how long it is, is cut off.
    head = (f"POST /gradio_api/call/v2/ask HTTP/1.1\r\nHost: {served.address[7:]}\r\n"
            "Content-Type: application/json\r\nConnection: close\r\n"
            "Transfer-Encoding: chunked\r\n\r\n")  # fmt: skip
    part = b'{"question": "' + b"a" * 999_986
    try:
        reply = talk(served, head.encode() + b"f4240\r\n%b\r\n" % part * 5 + b"0\r\n\r\n")
    except ConnectionError:
        reply = b""
    assert status(reply) in (0, 400, 413)
    assert time.monotonic() - began < 20


def test_handlers_refuse_five_million_characters_themselves(tmp_path: Path) -> None:
    """Whatever stands before them: the same text given to the functions behind the routes."""
    from rag.calls import Calls
    from rag.chatbot import Chatbot
    from rag.errors import BroadsheetError
    from rag.page_conversation import Conversation, read_conversation
    from rag.page_wishes import read_wanted
    from rag.settings import Settings

    text = "a" * 5_000_000
    chatbot = Chatbot(Settings(index=tmp_path))
    began = time.monotonic()
    for refused in (
        lambda: Calls(chatbot).ask(text),
        lambda: Calls(chatbot).search(text),
        lambda: Calls(chatbot).article(text),
        lambda: chatbot.ask(text),
    ):
        with pytest.raises(BroadsheetError):
            refused()
    assert read_conversation(text) == Conversation()
    assert read_wanted(Conversation(), json.dumps(["ask", text])) is None
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "value",
    ["\ud800", "\udfff" * 99, "a\x00b", None, True, -1, 1e308, [], {}, [[[[]]]], {"a": {"b": []}},
     ["ask", "x"], '["again-1"]', '["ask", "\\ud800"]', "[" * 9_000],
    ids=lambda value: ascii(value)[:20],
)  # fmt: skip
def test_handlers_take_anything_and_write_nothing(served: Served, value: Any) -> None:
    log, before = served.log(), written(served)
    session = hashlib.sha256(ascii(value).encode()).hexdigest()
    for each in handlers(served):
        body = {"data": [value] * len(each["inputs"]), "fn_index": each["id"],
                "session_hash": session}  # fmt: skip
        joined = httpx.post(
            f"{served.address}/gradio_api/queue/join",
            content=json.dumps(body),
            headers={"Content-Type": "application/json"},
            timeout=30,
        )
        assert joined.status_code in (200, 422)
    url = f"{served.address}/gradio_api/queue/data?session_hash={session}"
    with httpx.stream("GET", url, timeout=60) as events:
        assert any('"close_stream"' in line for line in events.iter_lines())
    assert "Traceback" not in served.log().removeprefix(log)
    assert {path for path in written(served) if "/incoming/" in path} == set()
    assert {p: h for p, h in written(served).items() if p.startswith(str(served.articles))} == {
        p: h for p, h in before.items() if p.startswith(str(served.articles))
    }


# --- files that are sent ------------------------------------------------------------------------


def test_sender_that_leaves_leaves_nothing_behind(served: Served) -> None:
    port = int(served.address.rpartition(":")[2])
    head = (f"PUT {ADD_ROUTE}?name=half.txt HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            "Content-Length: 100000\r\n\r\n")  # fmt: skip
    before = written(served)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(head.encode() + b"The port was opened. " * 50)
    deadline = time.monotonic() + 10
    while written(served) != before | {
        k: v for k, v in written(served).items() if k.endswith(".lock")
    }:
        assert time.monotonic() < deadline
        time.sleep(0.1)
