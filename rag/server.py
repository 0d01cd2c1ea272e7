"""Settings → the page, served on this machine until it is stopped.

There is no password, so no other host than this machine is served; who on it may ask for what is
said by ``guard``. Importing this module is quick; Gradio is imported by ``serve``.
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
from typing import Any

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError, SettingInvalid
from rag.folders import check_folder
from rag.guard import Guard
from rag.mcp_server import PATH, require_mcp, serve_over_http
from rag.page import Page
from rag.page_api import ENDPOINTS, explain
from rag.page_ask import Desk
from rag.page_layout import css, theme
from rag.page_upload import ADD_ROUTE, LONGEST_FILE, Uploads
from rag.rebuild import Rebuild
from rag.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(
    settings: Settings, *, folder_given: bool, open_page: bool, with_tools: bool = False
) -> None:
    """Serves the page until Ctrl+C or SIGTERM; builds the index first where there is none.

    ``folder_given``: somebody named ``settings.articles``, it is not just the default.
    ``with_tools``: also the tools for language models, see ``mcp_server``.
    Raises SettingInvalid (host, port, no package for the tools), FolderSwitchRefused,
    FolderUnreadable.
    """
    _check_address(settings)
    if with_tools:
        require_mcp()
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
        tools = serve_over_http(chatbot, settings.host) if with_tools else None
        blocks = _launch(Page(chatbot, desk, rebuild), settings, tools)
        threading.Thread(target=_load, args=(chatbot, desk), daemon=True).start()
        address = f"http://{_shown_host(settings)}:{settings.port}"
        print(f"Broadsheet is at {address} (Ctrl+C stops it)", flush=True)
        if with_tools:
            print(f"Its tools for language models (MCP) are at {address}{PATH}", flush=True)
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


def _launch(page: Page, settings: Settings, tools: tuple[Any, Any] | None) -> Any:
    """Starts Gradio in its own thread, with everything off that speaks to other machines.

    ``tools`` are a route and a lifespan, see ``mcp_server``.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    if not settings.model_download:
        os.environ["HF_HUB_OFFLINE"] = "1"
    for name in ("GRADIO_ALLOWED_PATHS", "GRADIO_ROOT_PATH", "GRADIO_NUM_WORKERS"):
        os.environ.pop(name, None)  # each would open what is closed here
    for name in ("NO_PROXY", "no_proxy"):  # Gradio asks its own address whether it is there
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), *LOOPBACK)))
    from starlette.middleware import Middleware

    opened: dict[str, Any] = {"endpoints": ENDPOINTS}
    carried: dict[str, Any] = {}
    if tools is not None:
        opened["also_open"] = (PATH,)
        carried = {"routes": [tools[0]], "lifespan": tools[1]}
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
                Middleware(Guard, port=settings.port, longest={ADD_ROUTE: LONGEST_FILE}, **opened),
                Middleware(Uploads, folder=page.folder),
            ],
            "exception_handlers": {TypeError: explain},
            "openapi_url": None,
            **carried,
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
