"""Hundreds of questions at once, to a page that is served: `python -m tests.reliability.flood`.

Some are answered, the others are told at once that there are too many, nothing else happens, and
the next question is answered. With ``--address`` a page that runs already is asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from rag.chatbot import Chatbot
from rag.settings import Settings

QUESTION = "How many people were on board the Grey Heron?"
ANSWER = "228"


@dataclass(frozen=True)
class Flood:
    """How many were answered rightly, told that the page is busy, or anything else; seconds."""

    answered: int
    busy: int
    other: tuple[str, ...]
    slowest_busy_seconds: float
    all_seconds: float
    next_seconds: float

    def __str__(self) -> str:
        return (
            f"{self.answered} answered, {self.busy} told that it is busy (the slowest within "
            f"{self.slowest_busy_seconds:.2f} s), {len(self.other)} else {self.other[:3]}; all in "
            f"{self.all_seconds:.1f} s, the next question after it in {self.next_seconds:.2f} s"
        )


async def ask(client: httpx.AsyncClient) -> tuple[str, float]:
    """What becomes of one question, and after how many seconds."""
    began = time.monotonic()
    try:
        sent = await client.post("/gradio_api/call/v2/ask", json={"question": QUESTION})
        if sent.status_code == 503:
            return "busy", time.monotonic() - began
        name = sent.json()["event_id"]
        async with client.stream("GET", f"/gradio_api/call/ask/{name}") as events:
            text = "".join([line async for line in events.aiter_lines()])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        return repr(error), time.monotonic() - began
    kind = "answered" if "event: complete" in text and ANSWER in text else text[:200]
    return kind, time.monotonic() - began


async def _flood(address: str, count: int) -> Flood:
    # Each request in a connection of its own: the server ends those that are not used.
    limits = httpx.Limits(max_connections=count + 10, max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=address, timeout=300, limits=limits) as client:
        began = time.monotonic()
        found = await asyncio.gather(*(ask(client) for _ in range(count)))
        ended = time.monotonic()
        kind, next_seconds = await ask(client)
    other = [kind for kind, _ in found if kind not in ("answered", "busy")]
    if kind != "answered":
        other.append(f"the next: {kind}")
    return Flood(
        sum(kind == "answered" for kind, _ in found),
        sum(kind == "busy" for kind, _ in found),
        tuple(other),
        max((seconds for kind, seconds in found if kind == "busy"), default=0.0),
        ended - began,
        next_seconds,
    )


def flood(address: str, count: int) -> Flood:
    """So many questions at once."""
    return asyncio.run(_flood(address, count))


def main() -> int:
    """Exit status 1 where anything but an answer or "busy" came."""
    from tests.e2e.serving import server

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--address", default="")
    given = parser.parse_args()
    if given.address:
        found = flood(given.address, given.count)
    else:
        with tempfile.TemporaryDirectory() as folder:
            articles, index = Path(folder) / "articles", Path(folder) / "index"
            shutil.copytree(Path(__file__).parents[2] / "articles", articles)
            Chatbot(Settings(index=index)).build(articles)
            with server(None, index) as address:
                found = flood(address, given.count)
    print(json.dumps({"count": given.count}), found)
    return 1 if found.other or not found.answered else 0


if __name__ == "__main__":
    sys.exit(main())
