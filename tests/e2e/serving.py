"""What the browser tests and the screenshots share: a server as a process, and a browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(
    articles: Path | None,
    index: Path,
    *options: str,
    program: tuple[str, ...] = ("-m", "rag"),
    **environment: str,
) -> Iterator[str]:
    """`broadsheet serve` as a process on a free port; gives its address, ends it afterwards. What
    it says stands in `server-PORT.log` beside the index. ``program`` is what Python runs.
    """
    port = free_port()
    log = index.parent / f"server-{port}.log"
    command = [sys.executable, *program, "serve", "--no-open", "--port", str(port)]
    command += ["--index", str(index), *options]
    command += ["--articles", str(articles)] if articles else []
    with log.open("w") as out:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | environment,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(process, address, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _wait_until_up(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"The server ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError as error:
            if error.code == 401:  # it is up and wants its password
                return
            time.sleep(0.1)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not answer: {log.read_text()}")


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium without a window, with a fresh profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        try:
            yield running
        finally:
            running.close()


@dataclass
class Site:
    """The served page, and everything its browser asked for or complained about."""

    address: str
    articles: Path
    browser: Any
    index: Path
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def open(self, **options: Any) -> Any:
        wide = {"viewport": {"width": 1440, "height": 900}}
        context = self.browser.new_context(**(wide | options))
        context.set_default_timeout(60_000)  # beside other work
        page = context.new_page()
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        page.goto(self.address)
        return page

    def foreign(self) -> list[str]:
        own = (self.address, "data:", f"blob:{self.address}", "about:")
        return [url for url in self.requested if not url.startswith(own)]
