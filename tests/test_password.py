"""The page served to others: every route wants the password, with clients as people use them."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client

from rag.guard import OPEN_FOLDERS, OPEN_ROUTES
from rag.login import FREE_TRIES
from rag.mcp_server import PATH
from rag.page_api import ENDPOINTS
from rag.page_upload import ADD_ROUTE
from tests.conftest import ROOT, Served
from tests.e2e.serving import free_port, server

HERON = "How many people were on board the Grey Heron?"
USER, PASSWORD = "desk", "tide tables: fünf"
LOGIN = (USER, PASSWORD.encode())
HEADER = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@pytest.fixture(scope="module")
def shared(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same index served on all addresses of this machine, under the name news.test too."""
    file = tmp_path_factory.mktemp("secret") / "password"
    file.write_text(f"{PASSWORD}\n")
    settings = {"USER": USER, "PASSWORD_FILE": str(file), "HOSTS": "news.test"}
    environment = {f"BROADSHEET_{name}": value for name, value in settings.items()}
    with server(None, served.index, "--mcp", "--host", "0.0.0.0", **environment) as address:
        end = time.monotonic() + 60  # until it has started, Gradio asks it HEAD / of itself
        while httpx.head(address).status_code != 401:
            assert time.monotonic() < end
            time.sleep(0.1)
        yield Served(address, served.articles, served.index)


@pytest.mark.parametrize(
    ("options", "environment"),
    [(["--host", "0.0.0.0"], {}), ([], {"BROADSHEET_HOST": "192.168.1.20"}),
     ([], {"BROADSHEET_HOSTS": "news.test"}), ([], {"BROADSHEET_USER": "desk"}),
     (["--host", "0.0.0.0"], {"BROADSHEET_USER": "desk", "BROADSHEET_PASSWORD": "short"})],
)  # fmt: skip
def test_without_a_password_it_refuses_to_start(
    options: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rag", "serve", "--no-open", "--port", str(free_port()),
         "--index", str(tmp_path / "index"), *options],
        cwd=ROOT, capture_output=True, text=True, timeout=60, env=os.environ | environment,
    )  # fmt: skip
    assert done.returncode == 2
    assert re.fullmatch(r"Error: .*(password|BROADSHEET_PASSWORD).*\n", done.stderr)
    assert not (tmp_path / "index").exists()


def test_no_option_takes_a_password() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rag", "serve", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert "--host" in done.stdout
    assert "--password" not in done.stdout


ROUTES = sorted(
    {*OPEN_ROUTES, ADD_ROUTE, PATH}
    | {f"{folder}x" for folder in OPEN_FOLDERS}
    | {f"/gradio_api/{way}/{name}" for way in ("call", "call/v2") for name in ENDPOINTS}
    | {f"/gradio_api/call/{name}/0123456789abcdef" for name in ENDPOINTS}
    | {
        "/gradio_api/upload",
        "/gradio_api/file=x",
        "/login",
        "/nothing",
        "//",
        "/gradio_api/run/ask",
    }
)


def test_every_route_wants_the_password(shared: Served) -> None:
    with httpx.Client(base_url=shared.address, timeout=30) as client:
        for route in ROUTES:
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
                said = client.request(method, route)
                assert said.status_code == 401, (method, route)
                assert said.headers["www-authenticate"].startswith("Basic ")
                assert "content-security-policy" in said.headers
                assert "set-cookie" not in said.headers
                assert len(said.content) < 100
        assert client.get("/config", auth=LOGIN).status_code == 200


def test_host_and_origin_are_checked_before_the_password(shared: Served) -> None:
    port = shared.address.rpartition(":")[2]
    for host, status in (
        (f"news.test:{port}", 200), ("news.test", 200), (f"NEWS.test:{port}", 200),
        (f"localhost:{port}", 200), ("evil.invalid", 421), (f"news.test.evil.invalid:{port}", 421),
        (f"0.0.0.0:{port}", 421), (f"news.test:{port}1", 421), ("", 421),
    ):  # fmt: skip
        said = httpx.get(f"{shared.address}/config", headers={"Host": host}, auth=LOGIN)
        assert said.status_code == status, host
    for origin, status in (
        (f"http://news.test:{port}", 200), ("https://news.test", 200),
        ("http://evil.invalid", 403), ("null", 403), (f"https://localhost:{port}", 403),
    ):  # fmt: skip
        headers = {"Origin": origin, "Host": f"news.test:{port}"}
        said = httpx.get(f"{shared.address}/config", headers=headers, auth=LOGIN)
        assert said.status_code == status, origin


def test_gradios_client_asks_with_the_header(shared: Served) -> None:
    client = Client(
        shared.address, headers={"Authorization": HEADER}, download_files=False, verbose=False
    )
    assert "228" in client.predict(HERON, api_name="/ask")["sentences"][0]["text"]
    with pytest.raises(Exception, match="credentials were not provided"):
        Client(shared.address, download_files=False, verbose=False)


def test_curl_asks_with_user_and_password(shared: Served) -> None:
    def curl(*words: str) -> str:
        command = ["curl", "-sSN", "--max-time", "60", "-u", f"{USER}:{PASSWORD}", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    call = f"{shared.address}/gradio_api/call"
    body = f'{{"question": "{HERON}"}}'
    told = curl(f"{call}/v2/ask", "-H", "Content-Type: application/json", "-d", body)
    assert "228" in curl(f"{call}/ask/{told.split(chr(34))[3]}")


def test_tools_are_called_with_the_header(shared: Served) -> None:
    import httpx2
    from mcp.client import Client as ToolsClient
    from mcp.client.streamable_http import streamable_http_client

    async def use(**headers: str) -> Any:
        own = httpx2.AsyncClient(headers=headers)
        where = streamable_http_client(f"{shared.address}{PATH}", http_client=own)
        async with own, ToolsClient(where) as client:
            return await client.call_tool("ask", {"question": HERON})

    assert "228" in str(asyncio.run(use(authorization=HEADER)).structured_content)
    with pytest.raises(BaseException):  # noqa: B017 (a group of what the client makes of 401)
        asyncio.run(use())


def test_password_stands_in_no_log(shared: Served) -> None:
    log = shared.log()
    assert PASSWORD not in log
    assert "fünf" not in log
    assert "Others on the network can read what is sent" in log
    assert "Traceback" not in log


def test_wrong_passwords_are_slowed_for_others_and_not_for_who_was_let_in(
    shared: Served,
) -> None:
    """Last in this file: afterwards this address has to wait."""
    with httpx.Client(base_url=shared.address, timeout=30) as browser:
        assert browser.get("/config", auth=LOGIN).status_code == 200
        assert browser.cookies["broadsheet"]
        wrong = [httpx.get(f"{shared.address}/config", auth=(USER, f"wrong {n}")).status_code
                 for n in range(FREE_TRIES + 3)]  # fmt: skip
        assert wrong == [401] * FREE_TRIES + [429] * 3
        early = httpx.get(f"{shared.address}/config", auth=LOGIN)
        assert early.status_code == 429
        assert int(early.headers["retry-after"]) >= 1
        assert "try again in" in early.text
        assert browser.get("/config", auth=LOGIN).status_code == 200
        cookie = {"Cookie": f"broadsheet={browser.cookies['broadsheet']}"}
        assert httpx.get(f"{shared.address}/config", headers=cookie).status_code == 401


def test_served_over_https_with_a_certificate(served: Served, tmp_path: Path) -> None:
    from tests.test_server_address import make_certificate

    files = make_certificate(tmp_path, "-nodes", "-addext", "subjectAltName=DNS:localhost")
    log = tmp_path / "log"
    port = free_port()
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "rag", "serve", "--no-open", "--port", str(port),
             "--index", str(served.index)],
            cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
            env=os.environ | {"BROADSHEET_CERTIFICATE": str(files["certificate"]),
                              "BROADSHEET_CERTIFICATE_KEY": str(files["certificate_key"])},
        )  # fmt: skip
    try:
        trusted = ssl.create_default_context(cafile=str(files["certificate"]))
        url = f"https://localhost:{port}"
        for _ in range(300):
            if "Broadsheet is at https://127.0.0.1" in log.read_text():
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        with urllib.request.urlopen(f"{url}/config", context=trusted, timeout=20) as page:
            assert page.status == 200
        for origin, status in ((url, 200), (url.replace("https", "http"), 403)):
            headers = {"Origin": origin}
            assert httpx.get(url, verify=trusted, headers=headers).status_code == status
    finally:
        process.terminate()
        process.wait(20)
