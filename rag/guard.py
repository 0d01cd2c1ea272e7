"""Requests → the page, or what is wrong with them: ASGI middleware that stands before Gradio.

It answers only to the page's own address, refuses requests that another site makes, opens the
routes that the page and the named endpoints use and no others, and says in its headers that
nothing may be loaded from elsewhere. What a handler is sent is checked by the handler.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any

LONGEST_BODY = 4_000_000
"""In bytes. A conversation of 50 questions takes a tenth of it."""

OPEN_ROUTES = frozenset(
    (
        "/",
        "/config",
        "/favicon.ico",
        "/robots.txt",
        "/theme.css",
        "/gradio_api/cancel",
        "/gradio_api/info",
        "/gradio_api/queue/data",
        "/gradio_api/queue/join",
        "/gradio_api/reset",
        "/gradio_api/startup-events",
    )
)
OPEN_FOLDERS = ("/assets/", "/static/", "/gradio_api/heartbeat/")
"""What the page and Gradio's clients use. Closed is the rest: files, uploads, other sites through
us, calls past the queue, and whatever a newer Gradio brings.
"""

_CALL = re.compile(r"/gradio_api/call/(?:v2/)?([^/]+)(?:/[^/]*)?")

HEADERS = (
    (
        b"content-security-policy",
        # Gradio builds its components' templates with eval, and its page has inline scripts;
        # without these two nothing is shown. So scripts are kept out by escaping alone, and this
        # line keeps everything else at home.
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        b"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'; "
        b"object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """ASGI middleware: who may ask for what, and the security headers on every response."""

    def __init__(
        self,
        app: App,
        *,
        port: int,
        endpoints: Collection[str] = (),
        also_open: Collection[str] = (),
        longest: Mapping[str, int] | None = None,
    ) -> None:
        """``endpoints`` may be called by name; ``also_open`` are further routes, and so are those
        of ``longest``, which take bodies of so many bytes.
        """
        self._app = app
        self._longest = longest or {}
        self._endpoints = endpoints
        self._open = OPEN_ROUTES.union(also_open, self._longest)
        names = ("127.0.0.1", "localhost", "[::1]")
        self._hosts = frozenset(f"{name}:{port}" for name in names)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it with what is wrong."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page opens no websocket
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await _answer(with_headers, *refused)
            return
        await self._app(scope, _limited(receive, self._longest_of(scope)), with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the reason for which a request is refused."""
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or _text(hosts[0]) not in self._hosts:
            # Else any site could point its own name at this machine and read the answers.
            return 421, "This page answers only under the address it was started with."
        if any(_text(origin) not in self._origins for origin in headers.get(b"origin", [])):
            return 403, "Another site may not use this page."
        if refused := self._no_route(scope["path"]):
            return 404, refused
        length, longest = _text(headers.get(b"content-length", [b"0"])[0]), self._longest_of(scope)
        if not length.isdecimal() or int(length[:20]) > longest:
            return 413, f"More than {longest:,} bytes are not read."
        return None

    def _longest_of(self, scope: Scope) -> int:
        return self._longest.get(scope["path"], LONGEST_BODY)

    def _no_route(self, path: str) -> str:
        """Why nothing is served under that path; "" where something is."""
        if path in self._open:
            return ""
        call = _CALL.fullmatch(path)
        if call and call[1] not in self._endpoints:
            return f"No endpoint has that name; there are {', '.join(self._endpoints)}."
        if call or (path.startswith(OPEN_FOLDERS) and ".." not in path):
            return ""
        return "There is nothing here."


def _text(value: bytes) -> str:
    return value.decode("latin-1").lower()


def _limited(receive: Receive, longest: int) -> Receive:
    """The same body; one that says no length and is too long is cut off as if the sender left."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return {"type": "http.disconnect"} if read > longest else message

    return limited


async def _answer(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
