"""Settings → the page, served until it is stopped.

Where and for whom is said by ``server_address``, who may ask for what by ``guard``. Importing this
module is quick; Gradio is imported by ``serve``.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import webbrowser
from contextlib import suppress
from typing import Any

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.folders import check_folder
from rag.guard import Guard
from rag.mcp_server import PATH, require_mcp, serve_over_http
from rag.page import Page
from rag.page_api import ENDPOINTS, explain
from rag.page_ask import Desk
from rag.page_layout import css, theme
from rag.page_upload import ADD_ROUTE, LONGEST_FILE, Uploads
from rag.rebuild import Rebuild
from rag.server_address import LOOPBACK, Address, check_free, read_address
from rag.settings import Settings

_PLAIN = (
    "Others on the network can read what is sent, the password included: serve over https with "
    "certificate and certificate_key, or behind a proxy that does."
)
_SECRETS = ("BROADSHEET_PASSWORD", "BROADSHEET_LLM_KEY", "BROADSHEET_MILVUS_TOKEN")
_M_ARENA_MAX, _HEAPS = -8, 2  # glibc's name for how many heaps there may be


def serve(
    settings: Settings, *, folder_given: bool, open_page: bool, with_tools: bool = False
) -> None:
    """Serves the page until Ctrl+C or SIGTERM; builds the index first where there is none.

    ``folder_given``: somebody named ``settings.articles``, it is not just the default.
    ``with_tools``: also the tools for language models, see ``mcp_server``.
    Raises SettingInvalid (host, port, no password, no package for the tools),
    FolderSwitchRefused, FolderUnreadable.
    """
    address = read_address(settings)
    check_free(settings)
    for name in list(os.environ):  # settings are read whatever the letters' case
        if name.upper() in _SECRETS:
            del os.environ[name]  # no child gets it, the browser included
    _allow_many_connections()
    _use_few_heaps()
    if with_tools:
        require_mcp()
    chatbot, rebuild = Chatbot(settings), Rebuild(settings)
    chatbot.folder.incoming.sweep()
    wants_build = _wants_build(chatbot, folder_given)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    if wants_build:
        rebuild.start(with_folder=folder_given or chatbot.is_new())
    desk = Desk(chatbot)
    blocks = None
    try:
        tools = serve_over_http(chatbot) if with_tools else None
        blocks = _launch(Page(chatbot, desk, rebuild), settings, address, tools)
        threading.Thread(target=_load, args=(chatbot, desk), daemon=True).start()
        print(f"Broadsheet is at {address.url} (Ctrl+C stops it)", flush=True)
        if with_tools:
            print(f"Its tools for language models (MCP) are at {address.url}{PATH}", flush=True)
        if address.is_public and address.certificate is None:
            print(_PLAIN, file=sys.stderr, flush=True)
        if open_page and sys.stdout.isatty() and _has_display():
            webbrowser.open(address.url)
        _wait(stopped, rebuild)
    finally:
        rebuild.stop()
        chatbot.folder.close()
        if blocks is not None:
            _close(blocks)


def _allow_many_connections() -> None:
    """As many open files as the system lets this process have; often it begins with few."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _use_few_heaps() -> None:
    """Threads share two heaps of the C library's. It gives each one of its own, up to sixteen on
    two cores, and what many askers' threads once needed is kept in each: half a gigabyte.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    with suppress(OSError, AttributeError):  # another library than glibc has no such call
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def _wants_build(chatbot: Chatbot, folder_given: bool) -> bool:
    """Whether the index is to be built before anyone can ask.

    Raises FolderSwitchRefused where the index is of another folder than the one that was given;
    the sample articles may be left without asking. Raises FolderUnreadable.
    """
    folder = chatbot.settings.articles
    if not chatbot.has_index():
        if folder_given or chatbot.is_new():
            check_folder(folder)
        return True
    return folder_given and chatbot.check_switch(folder)


def _launch(page: Page, settings: Settings, address: Address, tools: tuple[Any, Any] | None) -> Any:
    """Starts Gradio in its own thread, with everything off that speaks to other machines.

    ``tools`` are a route and a lifespan, see ``mcp_server``.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    if not settings.model_download:
        os.environ["HF_HUB_OFFLINE"] = "1"
    for name in ("GRADIO_ALLOWED_PATHS", "GRADIO_ROOT_PATH", "GRADIO_NUM_WORKERS"):
        os.environ.pop(name, None)  # each would open what is closed here
    for name in ("NO_PROXY", "no_proxy"):  # Gradio asks its own address whether it is there
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), *LOOPBACK, settings.host)))
    from starlette.middleware import Middleware

    started = threading.Event()
    opened: dict[str, Any] = {"endpoints": ENDPOINTS, "origins": address.origins}
    opened |= {"login": address.login, "started": started.is_set}
    carried: dict[str, Any] = {}
    if tools is not None:
        opened["also_open"] = (PATH,)
        carried = {"routes": [tools[0]], "lifespan": tools[1]}
    blocks = page.blocks()
    for block in blocks.blocks.values():
        block.async_move_resource_to_block_cache = _refuse_file
    blocks.queue(default_concurrency_limit=4, max_size=100, api_open=False)
    blocks.launch(
        server_name=f"[{settings.host}]" if ":" in settings.host else settings.host,
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
                Middleware(Guard, longest={ADD_ROUTE: LONGEST_FILE}, **opened),
                Middleware(Uploads, folder=page.folder),
            ],
            "exception_handlers": {TypeError: explain},
            "openapi_url": None,
            **carried,
        },
        theme=theme(),
        css=css(),
        ssl_certfile=address.certificate,
        ssl_keyfile=address.certificate_key,
        ssl_verify=False,  # Gradio asks itself whether it is there, and knows the certificate
    )
    started.set()
    return blocks


async def _refuse_file(*_: object) -> None:
    """Stands where Gradio fetches a file that a call names by an address: it would ask any public
    machine for whoever calls.
    """
    import gradio as gr

    raise gr.Error("No call takes a file; send articles as the page does.", print_exception=False)


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
