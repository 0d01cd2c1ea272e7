"""The one route by which files come in: ``PUT`` sends one, ``POST`` says what becomes of it.

ASGI middleware, within the guard of ``server``. The body is the file itself, written as it comes
into the index's folder under a name that says nothing; nothing that came in is ever sent out, and
no name is used as a path. Answers are JSON; a refusal has ``problem`` and says why.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from rag.articles_folder import ArticlesFolder
from rag.errors import BroadsheetError, TooManyFiles
from rag.folder_changes import IfTaken
from rag.folders import LIMIT_BYTES
from rag.incoming import IncomingFile
from rag.records import CheckedFile
from rag.wording import counted, day, source_name

ADD_ROUTE = "/add-article"

LONGEST_FILE = LIMIT_BYTES
"""In bytes; a build reads no larger one."""

_IF_TAKEN: dict[str, IfTaken] = {
    "refuse": "refuse", "keep both": "keep both", "replace": "replace",
}  # fmt: skip
_LONGEST_QUERY = 8_000
_LOG = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Uploads:
    """Takes what is sent to ``ADD_ROUTE``; everything else goes on to the page."""

    def __init__(self, app: App, *, folder: ArticlesFolder) -> None:
        self._app = app
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or passes on."""
        if scope["type"] != "http" or scope["path"] != ADD_ROUTE:
            await self._app(scope, receive, send)
            return
        query = scope.get("query_string", b"")
        asked = dict(parse_qsl(query.decode("latin-1"))) if len(query) <= _LONGEST_QUERY else {}
        try:
            if scope["method"] == "PUT":
                status, said = await self._receive(asked.get("name", ""), receive)
            elif scope["method"] == "POST":
                status, said = 200, await asyncio.to_thread(self._decide, asked)
            else:
                status, said = 405, {"problem": "PUT a file, or POST what becomes of it."}
        except TooManyFiles as error:
            status, said = 413, {"problem": str(error)}
        except BroadsheetError as error:
            status, said = 422, {"problem": str(error)}
        except _SenderLeft:
            return
        except Exception:
            _LOG.exception("A file could not be added")
            status, said = 500, {"problem": "Something went wrong; the terminal says what."}
        await _answer(send, status, said)

    async def _receive(self, name: str, receive: Receive) -> tuple[int, dict[str, Any]]:
        """Writes a file as it comes, then looks at what it holds."""
        file = await asyncio.to_thread(self._folder.incoming.begin)
        try:
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _SenderLeft
                await asyncio.to_thread(file.write, message.get("body", b""))
                more = message.get("more_body", False)
            return await asyncio.to_thread(self._check, file, file.end(), name)
        except BaseException:
            file.abort()
            raise

    def _check(self, file: IncomingFile, path: Path, name: str) -> tuple[int, dict[str, Any]]:
        found = self._folder.check(path, name)
        if found.problem:
            file.abort()
            return 200, {"problem": found.problem, "name": found.name}
        return 200, {
            "token": file.token,
            "name": found.name,
            "line": found_line(found),
            "sample": self._folder.is_sample(),
            "own": str(self._folder.own),
        }

    def _decide(self, asked: dict[str, str]) -> dict[str, Any]:
        """Adds a file that waits, or drops it. Raises BroadsheetError."""
        token = asked.get("token", "")
        incoming = self._folder.incoming
        if asked.get("drop"):
            incoming.drop(token)
            return {"state": "dropped"}
        path = incoming.path(token)
        added = self._folder.add(
            path,
            asked.get("name", ""),
            into_own=asked.get("into") == "own",
            if_taken=_IF_TAKEN.get(asked.get("if_taken", ""), "refuse"),
        )
        if added.state != "taken":
            incoming.drop(token)
        return {"state": added.state, "path": added.path}


class _SenderLeft(Exception):
    """The browser closed the connection before the file had come."""


def found_line(found: CheckedFile) -> str:
    """What a file holds, in a line: its article's title, source and date."""
    first = found.first
    if first is None:
        return ""
    if found.article_count > 1:
        return f"{counted(found.article_count, 'article')}, the first “{first.title}”"
    parts = (first.title, source_name(first.source), day(first.published))
    return " · ".join(part for part in parts if part)


async def _answer(send: Send, status: int, said: dict[str, Any]) -> None:
    headers = [
        (b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store"),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})
