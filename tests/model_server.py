"""A server on 127.0.0.1 that speaks OpenAI's protocol as a test tells it to.

It proves nothing about any model; what it guarantees is the wire: real sockets, HTTP, server-sent
events. Each behaviour is a function that is given the handler after the request was read.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """A connection's requests, each answered by ``server.behaviour``."""

    protocol_version = "HTTP/1.1"
    server: ModelServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.body: dict[str, Any] = json.loads(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((self.path, headers, self.body))
        self.server.ports.append(self.client_address[1])
        self.close_connection = not self.server.keeps_open
        try:
            self.server.behaviour(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.broken_off.set()

    def log_message(self, format: str, *args: object) -> None:
        pass

    # --- what behaviours are made of --------------------------------------------------------

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def line(self, text: str) -> None:
        self.wfile.write(text.encode())
        self.wfile.flush()

    def event(self, delta: dict[str, object], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "test",
                 "choices": [choice]}  # fmt: skip
        self.line(f"data: {json.dumps(chunk)}\n\n")

    def refuse(self, status: int, message: str) -> None:
        body = json.dumps({"error": {"message": message, "type": "test", "code": None}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class ModelServer(ThreadingHTTPServer):
    """Answers by ``behaviour``; ``requests`` are the (path, headers, body) that came, ``ports`` the
    askers' ports. Closes the connection after each unannounced, unless ``keeps_open``.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviour = behaviour
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.ports: list[int] = []
        self.keeps_open = False
        self.broken_off = threading.Event()
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[ModelServer]:
    """The server while the block runs."""
    server = ModelServer(behaviour)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


# --- behaviours -----------------------------------------------------------------------------


def writes(text: str, *, finish: str = "stop", step: int = 7) -> Behaviour:
    """The text in pieces of ``step`` characters, as a model streams it."""

    def behave(handler: Handler) -> None:
        handler.start_stream()
        handler.event({"role": "assistant", "content": ""})
        for at in range(0, len(text), step):
            handler.event({"content": text[at : at + step]})
        handler.event({}, finish)
        handler.line("data: [DONE]\n\n")

    return behave


def refuses(status: int, message: str = "no") -> Behaviour:
    return lambda handler: handler.refuse(status, message)


def hangs(handler: Handler) -> None:
    """Takes the request and never answers."""
    handler.server.released.wait(30)


def hangs_after(text: str) -> Behaviour:
    """Stops in the middle of its answer, the connection open."""

    def behave(handler: Handler) -> None:
        handler.start_stream()
        handler.event({"content": text})
        handler.server.released.wait(30)

    return behave


def drips(handler: Handler) -> None:
    """A word and a comment every tenth of a second, without an end."""
    handler.start_stream()
    while not handler.server.released.is_set():
        handler.line(": still here\n\n")
        handler.event({"content": "word "})
        time.sleep(0.1)


def floods(handler: Handler) -> None:
    """An answer without an end, as fast as it is taken."""
    handler.start_stream()
    while not handler.server.released.is_set():
        handler.event({"content": "The bridge is closed [1]. " * 40})


def breaks_off(handler: Handler) -> None:
    """Closes the connection in the middle of an event."""
    handler.start_stream()
    handler.line('data: {"id": "1", "choi')


def breaks_off_after(text: str) -> Behaviour:
    """Closes the connection without having said that the answer has ended."""

    def behave(handler: Handler) -> None:
        handler.start_stream()
        handler.event({"content": text})

    return behave


def sends(*lines: str) -> Behaviour:
    """These lines as a stream of events, whatever they are."""

    def behave(handler: Handler) -> None:
        handler.start_stream()
        for line in lines:
            handler.line(line)

    return behave


def sends_deltas(deltas: Sequence[dict[str, object]]) -> Behaviour:
    """One event for each."""

    def behave(handler: Handler) -> None:
        handler.start_stream()
        for delta in deltas:
            handler.event(delta)
        handler.event({}, "stop")
        handler.line("data: [DONE]\n\n")

    return behave


def sends_page(handler: Handler) -> None:
    """A web page, as a wrong address gives it."""
    body = b"<!doctype html><title>Welcome</title><p>It works!"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
