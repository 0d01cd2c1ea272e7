"""Messages → the text that a language model behind an OpenAI-compatible endpoint writes, in pieces.

Ollama, vLLM, llama.cpp, LM Studio, OpenAI. One request, never repeated but for an endpoint that
takes no temperature; nothing of what it sends back is shown as an error, and the key is neither
logged nor part of any message. What is written is not judged here, see ``generated``.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from rag.errors import LanguageModelFailed

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LONGEST_TEXT = 100_000
"""In characters, a model's thoughts included, which can be long; five sentences take 1,000."""

_LOOK_SECONDS = 0.2  # how soon it is noticed that nobody wants the text any more
_NO_KEY = "none"  # the client wants one; without it, it would send OPENAI_API_KEY to any endpoint
_HEADERS = {
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type",
    "host", "transfer-encoding", "user-agent",
}  # fmt: skip
_OF_STATUS = {
    400: "does not take the request",
    401: "refuses the key; set BROADSHEET_LLM_KEY or llm_key_file",
    403: "refuses the key; set BROADSHEET_LLM_KEY or llm_key_file",
    404: "has no model {model!r}, or there is no such address; set llm_model or llm_url",
    408: "took too long",
    413: "does not take a question with so many chunks",
    429: "takes no more requests at the moment",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of text. ``cut`` with the last one where the model was stopped in the middle."""

    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A model behind an endpoint. ``url`` ends before ``/chat/completions``; ``deadline_seconds``
    are from the request to the last piece. The key is read from the file where it is not given.
    """

    url: str
    model: str
    deadline_seconds: float
    key: SecretStr = field(default=SecretStr(""), repr=False)
    key_file: Path | None = None

    def write(
        self, messages: Sequence[dict[str, str]], stopped: Callable[[], bool] = lambda: False
    ) -> Generator[Written, None, None]:
        """A chat's messages → what the model writes, piece by piece; ends at 100,000 characters,
        and soon after ``stopped`` says so, also while the model is silent.

        Closing the iterator ends the request. Raises LanguageModelFailed, also after some pieces.
        """
        try:
            import openai  # noqa: F401  (a second or two that are not the endpoint's)
        except ImportError:
            raise LanguageModelFailed(
                "A language model needs the package openai: pip install -e '.[llm]'."
            ) from None
        reader = _Reader(self, messages)
        threading.Thread(target=reader.run, name="language model", daemon=True).start()
        ends_at = time.monotonic() + self.deadline_seconds + 1  # the reader keeps the deadline
        length = 0
        try:
            while length < LONGEST_TEXT:
                left = max(0.0, ends_at - time.monotonic())
                if not left:  # what reads the pieces may be slower than they come
                    raise self.failed("did not finish in time")
                try:
                    piece = reader.pieces.get(timeout=min(left, _LOOK_SECONDS))
                except queue.Empty:
                    if stopped():
                        return
                    continue
                if piece is None:
                    return
                if isinstance(piece, LanguageModelFailed):
                    raise piece
                length += len(piece.text)
                yield piece
            yield Written("", cut=True)
        finally:
            reader.stop()

    def failed(self, what: str) -> LanguageModelFailed:
        """The error for a condition, in words that hold neither key nor user of the address."""
        place = urlsplit(self.url)
        port = f":{place.port}" if place.port else ""
        return LanguageModelFailed(f"The language model at {place.hostname}{port} {what}.")

    def read_key(self) -> str:
        """The key, or a word in its place. Raises LanguageModelFailed."""
        key = self.key.get_secret_value().strip()
        if not key and self.key_file is not None:
            try:
                key = self.key_file.expanduser().read_text(encoding="utf-8").strip()
            except (OSError, ValueError):
                raise LanguageModelFailed(
                    f"The language model's key cannot be read from {self.key_file}; "
                    "set llm_key_file to a text file with nothing but the key."
                ) from None
        if not key.isascii() or not key.isprintable() or " " in key:
            raise LanguageModelFailed(
                "The language model's key has characters that no key has; look at llm_key_file "
                "or BROADSHEET_LLM_KEY."
            )
        return key or _NO_KEY


class _Reader:
    """One request in a thread and an event loop of its own, where it can be cancelled at any
    moment: a read that waits cannot be stopped from another thread otherwise.
    """

    def __init__(self, model: LanguageModel, messages: Sequence[dict[str, str]]) -> None:
        self.pieces: queue.Queue[Written | LanguageModelFailed | None] = queue.Queue()
        self._model = model
        self._messages = messages
        self._stopped = threading.Event()
        self._cancel: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None

    def run(self) -> None:
        """Reads until the end, the deadline or ``stop``; the last piece is None or an error."""
        try:
            asyncio.run(self._read())
        except asyncio.CancelledError:
            self.pieces.put(None)
        except BaseException as error:
            self.pieces.put(self._failure(error))
        else:
            self.pieces.put(None)

    def stop(self) -> None:
        """Ends the request, if it is still going on."""
        self._stopped.set()
        if self._cancel is not None:
            loop, task = self._cancel
            try:
                loop.call_soon_threadsafe(task.cancel)
            except RuntimeError:  # it has ended meanwhile
                return

    async def _read(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._cancel = asyncio.get_running_loop(), task
        if self._stopped.is_set():
            return
        key = self._model.read_key()
        client = _client(self._model, key)
        async with asyncio.timeout(self._model.deadline_seconds), client:
            stream = await self._ask(client)
            async for piece in _texts(stream):
                if self._stopped.is_set():
                    return
                self.pieces.put(piece)

    async def _ask(self, client: AsyncOpenAI) -> Any:
        import openai

        request: dict[str, Any] = {
            "model": self._model.model,
            "messages": list(self._messages),
            "stream": True,
        }
        try:
            return await client.chat.completions.create(**request, temperature=0)
        except openai.BadRequestError as error:
            if "temperature" not in str(error):
                raise
            # OpenAI's reasoning models take no temperature but their own.
            return await client.chat.completions.create(**request)

    def _failure(self, error: BaseException) -> LanguageModelFailed:
        if isinstance(error, LanguageModelFailed):
            return error
        import openai

        if isinstance(error, TimeoutError | openai.APITimeoutError):
            seconds = f"{self._model.deadline_seconds:g} s"
            return self._model.failed(f"did not finish in {seconds} (llm_deadline_seconds)")
        if isinstance(error, openai.APIStatusError):
            what = _OF_STATUS.get(error.status_code, "failed")
            what = what.format(model=self._model.model)
            return self._model.failed(f"{what} (status {error.status_code})")
        if isinstance(error, openai.APIConnectionError):
            return self._model.failed("cannot be reached, or broke off")
        return self._model.failed("sent what is no answer")


def _client(model: LanguageModel, key: str) -> AsyncOpenAI:
    import openai

    async def keep_own(request: Any) -> None:
        # The client adds what it finds in OPENAI_… of the environment, and what machine this is.
        for name in set(request.headers) - _HEADERS:
            del request.headers[name]
        # A second request never meets a connection that the server is about to close.
        request.headers["Connection"] = "close"

    return openai.AsyncOpenAI(
        base_url=model.url,
        api_key=key,
        max_retries=0,
        http_client=openai.DefaultAsyncHttpxClient(
            timeout=model.deadline_seconds,
            follow_redirects=False,  # the articles' text goes where the settings say
            trust_env=not _is_here(model.url),  # and past a proxy only where that is elsewhere
            event_hooks={"request": [keep_own]},
        ),
    )


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


async def _texts(stream: Any) -> AsyncIterator[Written]:
    """The stream's text; tool calls, thoughts that are sent apart, and usage are passed over. A
    stream that ends without saying why has been cut.
    """
    ended = False
    async for chunk in stream:
        for choice in chunk.choices[:1]:
            text = choice.delta.content if choice.delta is not None else None
            if text is not None and not isinstance(text, str):
                raise ValueError("no text")
            ended = ended or choice.finish_reason is not None
            if text:
                yield Written(text)
            if choice.finish_reason == "length":
                ended = False
    if not ended:
        yield Written("", cut=True)
