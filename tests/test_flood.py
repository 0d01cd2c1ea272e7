"""More questions at once than wait: told so, and a place is free again when its caller leaves."""

from __future__ import annotations

import asyncio
import time

import httpx

from tests.conftest import Served
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
