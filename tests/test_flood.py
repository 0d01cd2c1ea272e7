"""More questions at once than wait: told so, and a place is free again when its caller leaves."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any

import httpx

from rag.page_ask_tab import ASKED_AT_ONCE
from tests import model_server
from tests.conftest import Served
from tests.e2e.serving import server
from tests.reliability.flood import QUESTION, ask

COUNT = 150
FEWEST_BUSY = 30  # 100 wait and 4 are answered; some are done before the last ones come


async def _flood(served: Served) -> tuple[list[int], float, str]:
    limits = httpx.Limits(max_connections=COUNT + 10, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=served.address, timeout=60, limits=limits) as client:
        body = {"question": QUESTION}
        sent = await asyncio.gather(
            *(client.post("/gradio_api/call/v2/ask", json=body) for _ in range(COUNT))
        )
        names = [each.json()["event_id"] for each in sent if each.status_code == 200]

        async def leave(name: str) -> None:
            """Begins to wait for the answer, then closes the connection."""
            async with client.stream("GET", f"/gradio_api/call/ask/{name}"):
                await asyncio.sleep(0.2)

        await asyncio.gather(*(leave(name) for name in names))
        began = time.monotonic()
        kind, _ = await ask(client)
        return [each.status_code for each in sent], time.monotonic() - began, kind


def test_what_does_not_fit_is_told_so_and_callers_that_leave_free_their_places(
    served: Served,
) -> None:
    before = served.log()
    statuses, seconds, kind = asyncio.run(_flood(served))
    assert set(statuses) == {200, 503}
    assert statuses.count(503) >= FEWEST_BUSY
    assert kind == "answered"
    # Had the places not been freed, some hundred questions would have been answered first.
    assert seconds < 12
    assert "Traceback" not in served.log().removeprefix(before)


# --- closed tabs --------------------------------------------------------------------------------


def says_nothing(handler: model_server.Handler) -> None:
    """Nothing but comments, by which it notices that nobody listens any more."""
    handler.start_stream()
    while not handler.server.released.wait(0.2):
        handler.line(": still here\n\n")


class Tab:
    """A tab of the page, as its browser speaks: it asks, and listens until it is closed."""

    def __init__(self, client: httpx.AsyncClient, name: str, handler: dict[str, Any]) -> None:
        self._client, self._name, self._handler = client, name, handler
        self._open = AsyncExitStack()
        self._lines: Any = None

    async def ask(self) -> None:
        body = {"data": [QUESTION, "", None, ""], "fn_index": self._handler["id"],
                "session_hash": self._name}  # fmt: skip
        sent = await self._client.post("/gradio_api/queue/join", json=body)
        assert sent.status_code == 200, sent.text
        stream = self._client.stream("GET", f"/gradio_api/queue/data?session_hash={self._name}")
        self._lines = (await self._open.enter_async_context(stream)).aiter_lines()

    async def until(self, text: str, seconds: float) -> bool:
        """Whether that comes within so many seconds."""

        async def comes() -> bool:
            async for line in self._lines:
                if text in line:
                    return True
            return False

        try:
            async with asyncio.timeout(seconds):
                return await comes()
        except TimeoutError:
            return False

    async def close(self) -> None:
        await self._open.aclose()


async def _close_one(address: str) -> float:
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        config = (await client.get("/config")).json()
        handler = next(
            each for each in config["dependencies"]
            if len(each["inputs"]) == 4 and any(what == "submit" for _, what in each["targets"])
        )  # fmt: skip
        tabs = [Tab(client, f"tab-{n}", handler) for n in range(ASKED_AT_ONCE + 1)]
        for tab in tabs[:-1]:
            await tab.ask()
        for tab in tabs[:-1]:
            assert await tab.until('now\\">Writing', 60)
        last = tabs[-1]
        await last.ask()
        # The first words of its answer are the stages, and they do not come.
        assert await last.until('"msg":"estimation"', 20)
        began = time.monotonic()
        await tabs[0].close()
        assert await last.until('"msg":"process_starts"', 60)
        took = time.monotonic() - began
        for tab in tabs[1:]:
            await tab.close()
        return took


def test_closed_tab_frees_its_place_while_a_model_says_nothing(served: Served) -> None:
    with model_server.serving(says_nothing) as model:
        settings = {"BROADSHEET_LLM_MODEL": "test", "BROADSHEET_LLM_URL": model.url,
                    "BROADSHEET_LLM_DEADLINE_SECONDS": "300"}  # fmt: skip
        with server(None, served.index, **settings) as address:
            assert asyncio.run(_close_one(address)) < 15
            assert model.broken_off.wait(15)  # and the model is asked no further
