"""Requests → the page, or what is wrong with them: ASGI middleware that stands before Gradio.

It answers only to the page's own address, refuses requests that another site makes, asks for user
and password where there is one, opens the routes that the page and the named endpoints use and no
others, and says in its headers that nothing may be loaded from elsewhere. What a handler is sent is
checked by the handler.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from contextlib import suppress
from typing import Any

from rag.login import Login, Refusal

LONGEST_BODY = 4_000_000
"""In bytes. A conversation of 50 questions takes a tenth of it."""

STARTUP_ROUTE = "/gradio_api/startup-events"
"""Asked by Gradio itself, without a password, before it says that the page is served."""

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
        STARTUP_ROUTE,
    )
)
OPEN_FOLDERS = ("/assets/", "/static/", "/gradio_api/heartbeat/")
"""What the page and Gradio's clients use. Closed is the rest: files, uploads, other sites through
us, calls past the queue, and whatever a newer Gradio brings.
"""

_ASKED_AT_THE_START = (("GET", STARTUP_ROUTE), ("HEAD", "/"))
_CALL_BY_PLACE = re.compile(r"/gradio_api/call/([^/]+)/?")
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
    (b"x-frame-options", b"DENY"),  # for browsers that do not know frame-ancestors
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), "
        b"serial=(), hid=(), bluetooth=(), midi=(), browsing-topics=()",
    ),
)
_KEPT = ("/assets/", "/static/", "/favicon.ico", "/robots.txt", "/theme.css")
"""What browsers may keep: it is the same for everyone. Articles and answers are never kept."""

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
        origins: Collection[str],
        endpoints: Collection[str] = (),
        also_open: Collection[str] = (),
        longest: Mapping[str, int] | None = None,
        login: Login | None = None,
        started: Callable[[], bool] = lambda: True,
    ) -> None:
        """``origins`` are the addresses of the page, as in ``http://127.0.0.1:7860``.
        ``endpoints`` may be called by name; ``also_open`` are further routes, and so are those
        of ``longest``, which take bodies of so many bytes. ``login``: nothing is open without it,
        but for the route that Gradio asks until it has ``started``.
        """
        self._app = app
        self._longest = longest or {}
        self._endpoints = endpoints
        self._open = OPEN_ROUTES.union(also_open, self._longest)
        self._origins = frozenset(origin.lower() for origin in origins)
        self._hosts = frozenset(origin.partition("://")[2] for origin in self._origins)
        self._login = login
        self._started = started

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it with what is wrong."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page opens no websocket
            return
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        refused = self._refusal(scope, headers)
        added = list(HEADERS)
        if refused is None and self._login and self._started():
            added += [(b"set-cookie", cookie) for cookie in self._login.cookies(headers)]
        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                given = list(message.get("headers", ()))
                if not scope["path"].startswith(_KEPT):
                    given = [(n, v) for n, v in given if n.lower() != b"cache-control"]
                    given.append((b"cache-control", b"no-store"))
                message["headers"] = [*given, *added]
            await send(message)

        if refused is not None:
            with suppress(Exception):  # whoever sent half a request cannot be answered
                await _answer(with_headers, refused)
            return
        try:
            await self._app(scope, _limited(receive, self._longest_of(scope)), with_headers)
        except RuntimeError as error:
            # Gradio begins the stream of a call that it does not know, and then wants a 404.
            if not begun or getattr(error.__cause__, "status_code", 0) != 404:
                raise
            await send({"type": "http.response.body", "body": b""})

    def _refusal(self, scope: Scope, headers: Mapping[bytes, Sequence[bytes]]) -> Refusal | None:
        """Why a request is refused."""
        hosts = headers.get(b"host", [])
        if not self._started() and (scope["method"], scope["path"]) in _ASKED_AT_THE_START:
            return None  # by Gradio of itself, under whatever address it listens on
        if len(hosts) != 1 or _text(hosts[0]) not in self._hosts:
            # Else any site could point its own name at this machine and read the answers.
            return Refusal(421, "This page answers only under the address it was started with.")
        if any(_text(origin) not in self._origins for origin in headers.get(b"origin", [])):
            return Refusal(403, "Another site may not use this page.")
        if self._login:
            address = (scope.get("client") or ("",))[0]
            if refused := self._login.refusal(address, headers):
                return refused
        if reason := self._no_route(scope["path"]):
            return Refusal(404, reason)
        length, longest = _text(headers.get(b"content-length", [b"0"])[0]), self._longest_of(scope)
        if not length.isdecimal() or int(length[:20]) > longest:
            return Refusal(413, f"More than {longest:,} bytes are not read.")
        if scope["method"] == "POST" and (old := _CALL_BY_PLACE.fullmatch(scope["path"])):
            # Gradio would print a traceback, question and all, where one value is lacking.
            return Refusal(404, f"Arguments are given by name: /gradio_api/call/v2/{old[1]}.")
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


async def _answer(send: Send, refused: Refusal) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *refused.headers]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": refused.reason.encode()})
