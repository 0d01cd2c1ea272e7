"""The page over one chatbot: its tabs put together, and what all of it shows of index and rebuild.

The handlers are called by anyone who can reach the port, so each checks its own input. Gradio is
imported when a page is made: it takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.articles_folder import ArticlesFolder
from rag.calls import Calls
from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.page_api import Endpoints
from rag.page_ask import Desk
from rag.page_ask_tab import ASKED_AT_ONCE, AskTab
from rag.page_index import IndexTab
from rag.page_layout import place_all
from rag.page_library import ArticlesTab
from rag.page_lists import front_page_html, masthead_html
from rag.page_parts import Parts
from rag.rebuild import Rebuild
from rag.records import Status
from rag.survey import Survey


class Page:
    """The page over one chatbot; all browsers share its rebuild, each has its conversation."""

    def __init__(self, chatbot: Chatbot, desk: Desk, rebuild: Rebuild) -> None:
        self._chatbot = chatbot
        self._desk = desk
        self._rebuild = rebuild
        survey = Survey(chatbot)
        self._ask = AskTab(chatbot, desk, rebuild)
        self._articles = ArticlesTab(chatbot, rebuild, survey)
        self._index = IndexTab(chatbot, rebuild, survey)

    @property
    def folder(self) -> ArticlesFolder:
        """The folder whose files the page changes."""
        return self._chatbot.folder

    def blocks(self) -> Any:
        """The page, to be launched."""
        import gradio as gr

        parts = Parts()
        with gr.Blocks(
            title="Broadsheet", analytics_enabled=False, fill_width=True, fill_height=True
        ) as blocks:
            place_all(parts)
            self._ask.wire(parts, blocks)
            look = self._wire_looks(parts, blocks)
            self._articles.wire(parts, look)
            self._index.wire(parts, look)
            endpoints = Endpoints(Calls(self._chatbot), self._rebuild, self._chatbot.is_new)
            endpoints.place(asked_at_once=ASKED_AT_ONCE)
        return blocks

    def _wire_looks(self, parts: Parts, blocks: Any) -> Callable[[Any], Any]:
        """Wires what the whole page shows of index and rebuild; gives what lets an event end with
        another look.
        """
        outputs = parts.list("timer", "seen", "masthead", "front")
        inputs = parts["seen"]
        # One at a time: a look that began before a rebuild and ended after its start would stop
        # the timer, and the page would never hear of the end.
        options = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": 1,
            "concurrency_id": "look",
        }
        blocks.load(self._look, inputs, outputs, **options)
        parts["timer"].tick(self._look, inputs, outputs, **options)
        for tab in parts.list("articles tab", "index tab"):
            tab.select(self._look, inputs, outputs, **options)
        return lambda event: event.then(self._look, inputs, outputs, **options)

    def _look(self, seen: object) -> tuple[Any, ...]:
        """Keeps looking while anything is to come, and shows the rest where it changed since
        ``seen``.
        """
        import gradio as gr

        state = self._rebuild.state
        has_index = self._chatbot.has_index()
        timer = gr.Timer(active=state.running or not self._desk.loaded.is_set())
        status = self._status()  # another process may have built
        held = f"{status.generation} {status.folder}" if status else ""
        now = f"{state.running} {held}"
        if seen == now:
            return timer, gr.skip(), gr.skip(), gr.skip()
        return timer, now, masthead_html(status), self._front(has_index)

    def _front(self, has_index: bool) -> str:
        try:
            return front_page_html(self._chatbot.articles()) if has_index else ""
        except BroadsheetError:  # the tabs beside it say what is wrong
            return ""

    def _status(self) -> Status | None:
        try:
            return self._chatbot.status(with_changes=False)
        except BroadsheetError:  # the tab Index says what is wrong
            return None
