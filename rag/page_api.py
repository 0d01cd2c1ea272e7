"""The page's named endpoints: what ``calls`` gives, as JSON, for programs that speak Gradio.

Gradio gives a program no word of an error unless it is a ``gr.Error``; so what the chatbot reports
becomes one, and anything else is told on the terminal alone.
"""

from __future__ import annotations

import inspect
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from rag.calls import MOST_HITS, MOST_SENTENCES, Calls
from rag.errors import BroadsheetError
from rag.extractive import HIT_COUNT
from rag.rebuild import Rebuild
from rag.records import to_json
from rag.sentence_choice import MAX_SENTENCES

ENDPOINTS = ("ask", "search", "article", "status", "build")
"""All that a program can call by name."""

UNEXPECTED = "Something went wrong that should not; the terminal of `broadsheet serve` says what."

_LOOK_SECONDS = 0.2  # between two looks at how far a build is
_LOG = logging.getLogger(__name__)

Json = dict[str, Any]


class Endpoints:
    """The functions behind the endpoints: their names and hints are what the API page shows.

    The hints say what is expected; Gradio checks none of it, ``Calls`` does.
    """

    def __init__(self, calls: Calls, rebuild: Rebuild, is_new: Callable[[], bool]) -> None:
        self._calls = calls
        self._rebuild = rebuild
        self._is_new = is_new

    def place(self, *, asked_at_once: int) -> None:
        """Adds the endpoints to the Blocks that are being made."""
        import gradio as gr

        asking = {"concurrency_limit": asked_at_once, "concurrency_id": "ask"}
        looking = {"concurrency_limit": 2, "concurrency_id": "api look"}
        for name, function, description, options in (
            ("ask", self.ask, _ASK, asking),
            ("search", self.search, _SEARCH, asking),
            ("article", self.article, _ARTICLE, looking),
            ("status", self.status, _STATUS, looking),
            ("build", self.build, _BUILD, {"concurrency_limit": 1}),
        ):
            gr.api(function, api_name=name, api_description=description, **options)

    def ask(
        self,
        question: str,
        history: list[Json] | None = None,
        sources: list[str] | None = None,
        first_day: str | None = None,
        last_day: str | None = None,
        all_articles: bool = False,
        today: str | None = None,
        sentences: int = MAX_SENTENCES,
    ) -> Json:
        """A question → its Answer record."""
        return _answered(
            lambda: self._calls.ask(
                question, history, sources, first_day, last_day, all_articles, today, sentences
            )
        )

    def search(
        self,
        question: str,
        count: int = HIT_COUNT,
        sources: list[str] | None = None,
        first_day: str | None = None,
        last_day: str | None = None,
        all_articles: bool = False,
        today: str | None = None,
    ) -> Json:
        """A question → its SearchResult record."""
        return _answered(
            lambda: self._calls.search(
                question, count, sources, first_day, last_day, all_articles, today
            )
        )

    def article(self, article_id: str) -> Json:
        """An article's id → its Article record."""
        return _answered(lambda: self._calls.article(article_id))

    def status(self, with_changes: bool = True) -> Json:
        """The index's Status record."""
        return _answered(lambda: self._calls.status(with_changes))

    def build(self) -> Iterator[Json]:
        """Progress records while it builds, then the BuildReport record."""
        # One that runs already may have listed the folder before its caller changed it.
        while not self._rebuild.start(with_folder=self._is_new()):
            yield from self._progress()
        yield from self._progress()
        state = self._rebuild.state
        if state.report is None:
            raise _error(state.error or "The build was cancelled; the index is as it was.")
        yield _json(state.report)

    def _progress(self) -> Iterator[Json]:
        """How far the build that runs is, until it has ended."""
        told = None
        while (state := self._rebuild.state).running:
            if state.progress is not None and state.progress != told:
                told = state.progress
                yield _json(told)
            time.sleep(_LOOK_SECONDS)


def _answered(call: Callable[[], object]) -> Json:
    try:
        return _json(call())
    except BroadsheetError as error:
        raise _error(str(error)) from None
    except Exception:
        _LOG.exception("A call could not be answered")
        raise _error(UNEXPECTED) from None


def _json(record: object) -> Json:
    """What ``--json`` prints on the command line, as values."""
    values: Json = json.loads(to_json(record))
    return values


def _error(message: str) -> Exception:
    import gradio as gr

    error: Exception = gr.Error(message, print_exception=False)
    return error


async def explain(request: Any, problem: Exception) -> Any:
    """A call with arguments that an endpoint does not have → what it takes, for whoever called.

    Handles Gradio's TypeError, which would else be "Internal Server Error" for them.
    """
    from starlette.responses import JSONResponse

    called = re.fullmatch(r"/gradio_api/call/v2/([^/]+)/?", request.url.path)
    if called is None or called[1] not in ENDPOINTS:
        raise problem
    _, *takes = inspect.signature(getattr(Endpoints, called[1])).parameters
    what = str(problem).partition(". Please")[0]
    message = f"{what}; {called[1]} takes {', '.join(takes) or 'nothing'}."
    return JSONResponse({"error": message}, status_code=422)


# --- what the API page says -----------------------------------------------------------------

_FILTERS = (
    "sources: names of publishers, only their articles; first_day, last_day: only articles "
    "published then or between, written 2024-05-03; all_articles: whatever the question says of "
    'publication; today: the day that "last week" goes by, by default the server\'s.'
)
_ASK = (
    "Answers a question with sentences that stand in the articles: the Answer record. Its status "
    '"not_found" is an answer too. history: the conversation\'s earlier Answer records, the oldest '
    f"first. {_FILTERS} sentences: the most that the answer has, 1 to {MOST_SENTENCES}."
)
_SEARCH = (
    "What was understood of a question and the chunks that may answer it, the best first: the "
    f"SearchResult record. count: how many, 1 to {MOST_HITS}. {_FILTERS}"
)
_ARTICLE = (
    "An article as indexed, with its text: the Article record. Gradio's Python client needs "
    "Client(address, download_files=False), or it takes the record's path for a file to fetch."
)
_STATUS = (
    "What the index holds: the Status record. with_changes: also how the folder differs from it, "
    "for which every file is read."
)
_BUILD = (
    "Makes the index match its folder. Gives Progress records as it goes on, the BuildReport "
    "record last. It goes on without whoever started it; what is asked meanwhile is answered from "
    "the index as it was."
)
