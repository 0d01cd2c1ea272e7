"""Settings → the page, served on this machine until it is stopped.

A small middleware stands before Gradio: it answers only to the page's own address, refuses
requests that another site makes, closes the routes that the page does not use, and says in its
headers that nothing may be loaded from elsewhere. There is no password, so no other host than
this machine is served. Importing this module is quick; Gradio is imported by ``serve``.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError, SettingInvalid
from rag.folders import check_folder
from rag.page import Page
from rag.page_ask import Desk
from rag.page_layout import css, theme
from rag.page_upload import ADD_ROUTE, LONGEST_FILE, Uploads
from rag.rebuild import Rebuild
from rag.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")

LONGEST_BODY = 4_000_000
"""In bytes. A conversation of 50 questions takes a tenth of it."""

CLOSED_ROUTES = (
    "/gradio_api/upload",
    "/gradio_api/file",
    "/gradio_api/proxy",
    "/gradio_api/stream",
    "/gradio_api/component_server",
    "/gradio_api/custom_component",
    "/gradio_api/run-history",
    "/gradio_api/runs",
    "/gradio_api/deep_link",
    "/gradio_api/dev",
    "/custom_component",
    "/monitoring",
    "/proxy=",
    "/file",
    "/upload",
    "/login",
)
"""What Gradio serves and this page does not use: files, uploads, other sites through us."""

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
    """ASGI middleware: who may ask for what, and the security headers on every response.

    ``longest`` are the paths that take longer bodies than others, with how long, in bytes.
    """

    def __init__(self, app: App, *, port: int, longest: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._longest = longest or {}
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
        if scope["path"].startswith(CLOSED_ROUTES):
            return 404, "There is nothing here."
        length, longest = _text(headers.get(b"content-length", [b"0"])[0]), self._longest_of(scope)
        if not length.isdecimal() or int(length[:20]) > longest:
            return 413, f"More than {longest:,} bytes are not read."
        return None

    def _longest_of(self, scope: Scope) -> int:
        return self._longest.get(scope["path"], LONGEST_BODY)


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


# --- start and stop -------------------------------------------------------------------------


def serve(settings: Settings, *, folder_given: bool, open_page: bool) -> None:
    """Serves the page until Ctrl+C or SIGTERM; builds the index first where there is none.

    ``folder_given``: somebody named ``settings.articles``, it is not just the default.
    Raises SettingInvalid (host, port), FolderSwitchRefused, FolderUnreadable.
    """
    _check_address(settings)
    chatbot, rebuild = Chatbot(settings), Rebuild(settings)
    chatbot.folder.incoming.sweep()
    build_from_folder = _wants_build(chatbot, folder_given)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    if build_from_folder:
        rebuild.start(with_folder=True)
    desk = Desk(chatbot)
    blocks = None
    try:
        blocks = _launch(Page(chatbot, desk, rebuild), settings)
        threading.Thread(target=_load, args=(chatbot, desk), daemon=True).start()
        address = f"http://{_shown_host(settings)}:{settings.port}"
        print(f"Broadsheet is at {address} (Ctrl+C stops it)", flush=True)
        if open_page and sys.stdout.isatty() and _has_display():
            webbrowser.open(address)
        _wait(stopped, rebuild)
    finally:
        rebuild.stop()
        chatbot.folder.close()
        if blocks is not None:
            _close(blocks)


def _check_address(settings: Settings) -> None:
    if settings.host not in LOOPBACK:
        raise SettingInvalid(
            f"Setting host cannot be {settings.host!r}: the page has no password, so it is served "
            f"on this machine only; host may be {', '.join(LOOPBACK)}."
        )
    family = socket.AF_INET6 if settings.host == "::1" else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingInvalid(
                f"Port {settings.port} is in use; give another with --port."
                if error.errno == errno.EADDRINUSE
                else f"Port {settings.port} cannot be opened: {error.strerror}; "
                "give another with --port."
            ) from error


def _shown_host(settings: Settings) -> str:
    return "[::1]" if settings.host == "::1" else settings.host


def _wants_build(chatbot: Chatbot, folder_given: bool) -> bool:
    """Whether the index is to be built before anyone can ask.

    Raises FolderSwitchRefused where the index is of another folder than the one that was given;
    the sample articles may be left without asking. Raises FolderUnreadable.
    """
    folder = chatbot.settings.articles
    if not chatbot.has_index():
        check_folder(folder)
        return True
    return folder_given and chatbot.check_switch(folder)


def _launch(page: Page, settings: Settings) -> Any:
    """Starts Gradio in its own thread, with everything off that speaks to other machines."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    if not settings.model_download:
        os.environ["HF_HUB_OFFLINE"] = "1"
    for name in ("GRADIO_ALLOWED_PATHS", "GRADIO_ROOT_PATH", "GRADIO_NUM_WORKERS"):
        os.environ.pop(name, None)  # each would open what is closed here
    for name in ("NO_PROXY", "no_proxy"):  # Gradio asks its own address whether it is there
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), *LOOPBACK)))
    from starlette.middleware import Middleware

    blocks = page.blocks()
    blocks.queue(default_concurrency_limit=4, max_size=100, api_open=False)
    blocks.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=True,
        inbrowser=False,
        share=False,
        quiet=True,
        show_error=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        max_file_size=1,
        app_kwargs={
            "middleware": [
                Middleware(Guard, port=settings.port, longest={ADD_ROUTE: LONGEST_FILE}),
                Middleware(Uploads, folder=page.folder),
            ],
            "openapi_url": None,
        },
        theme=theme(),
        css=css(),
    )
    return blocks


def _close(blocks: Any) -> None:
    """Ends the server; an open tab would else keep it for ever, and uvicorn would complain."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    blocks.server.config.timeout_graceful_shutdown = 1
    blocks.close(verbose=False)


def _load(chatbot: Chatbot, desk: Desk) -> None:
    try:
        chatbot.load()
    except BroadsheetError as error:  # each question says so too
        print(f"The model cannot be loaded: {error}", file=sys.stderr, flush=True)
    finally:
        desk.loaded.set()


def _wait(stopped: threading.Event, rebuild: Rebuild) -> None:
    """Until the signal comes; meanwhile says on the terminal when a rebuild fails."""
    said = ""
    while not stopped.wait(0.5):
        error = rebuild.state.error
        if error and error != said:
            print(f"The index could not be built: {error}", file=sys.stderr, flush=True)
        said = error


def _has_display() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
