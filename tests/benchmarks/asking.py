"""A question over the HTTP API, as the README does it with curl: a call, then its events.

Plain HTTP, so that a client costs next to nothing of the two cores that the server has too.
"""

from __future__ import annotations

import json
from typing import Any

import httpx

CALLS = "/gradio_api/call"
LONGEST_SECONDS = 300


class Busy(Exception):
    """The server has as many questions waiting as it takes."""


class Refused(Exception):
    """Anything else but an answer."""


def client(address: str) -> httpx.Client:
    """One user's connection."""
    return httpx.Client(base_url=address, timeout=LONGEST_SECONDS, trust_env=False)


def ask(connection: httpx.Client, question: str) -> dict[str, Any]:
    """A question → the Answer record. Raises Busy, Refused, httpx.HTTPError."""
    called = connection.post(f"{CALLS}/v2/ask", json={"question": question})
    if called.status_code == 503:
        raise Busy(called.text[:200])
    if called.status_code != 200:
        raise Refused(f"{called.status_code}: {called.text[:200]}")
    event = ""
    with connection.stream("GET", f"{CALLS}/ask/{called.json()['event_id']}") as lines:
        for line in lines.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "complete":
                answer: dict[str, Any] = json.loads(value)[0]
                return answer
            elif name == "data" and event == "error":
                raise Refused(value[:200])
    raise Refused(f"The answer's events ended with {event!r}.")
