"""The chat page: what happens on a click, in which component. Where they stand: ``page_layout``.

The handlers are called by anyone who can reach the port, so each checks its own input. Gradio is
imported when a page is made: it takes seconds.
"""

from __future__ import annotations

from typing import Any

from rag.calls import Calls
from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.page_api import Endpoints
from rag.page_ask import Desk
from rag.page_ask_tab import ASKED_AT_ONCE, AskTab
from rag.page_html import problem_html, progress_html
from rag.page_layout import place_all
from rag.page_lists import (
    articles_html,
    front_page_html,
    masthead_html,
    report_html,
    status_html,
)
from rag.page_parts import Parts
from rag.rebuild import Rebuild
from rag.records import Status

_LONGEST_SEARCH = 200  # characters typed into the list's search box


class Page:
    """The page over one chatbot; all browsers share its rebuild, each has its conversation."""

    def __init__(self, chatbot: Chatbot, desk: Desk, rebuild: Rebuild) -> None:
        self._chatbot = chatbot
        self._desk = desk
        self._rebuild = rebuild
        self._ask = AskTab(chatbot, desk, rebuild)

    def blocks(self) -> Any:
        """The page, to be launched."""
        import gradio as gr

        parts = Parts()
        with gr.Blocks(
            title="Broadsheet", analytics_enabled=False, fill_width=True, fill_height=True
        ) as blocks:
            place_all(parts)
            self._ask.wire(parts, blocks)
            self._wire_index(parts, blocks)
            endpoints = Endpoints(Calls(self._chatbot), self._rebuild, self._chatbot.has_index)
            endpoints.place(asked_at_once=ASKED_AT_ONCE)
        return blocks

    # --- what happens -----------------------------------------------------------------------

    def _wire_index(self, parts: Parts, blocks: Any) -> None:
        outputs = parts.list(
            "progress", "rebuild", "cancel", "timer", "seen", "masthead", "status", "front",
        )  # fmt: skip
        inputs = parts["seen"]
        plain = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 8}
        # One at a time: a look that began before a rebuild and ended after its start would stop
        # the timer, and the page would never hear of the end.
        options = plain | {"concurrency_limit": 1, "concurrency_id": "look"}
        blocks.load(self._look, inputs, outputs, **options)
        parts["timer"].tick(self._look, inputs, outputs, **options)
        for tab in parts.list("articles tab", "index tab"):
            tab.select(self._look_again, inputs, outputs, **options)
        # The list is an answer to what stands in its box now, so only what was asked last may
        # fill it; as one more output above, an earlier call that takes longer would win.
        for event in (
            parts["search"].change,
            parts["seen"].change,
            parts["articles tab"].select,
        ):
            event(self._list, parts["search"], parts["list"], trigger_mode="always_last", **plain)
        parts["rebuild"].click(self._start, inputs, outputs, **options)
        parts["cancel"].click(self._cancel, inputs, outputs, **options)

    # --- handlers: articles and index ---------------------------------------------------------

    def _list(self, typed: object) -> str:
        if not self._chatbot.has_index():
            return ""
        try:
            return articles_html(self._chatbot.articles(), _typed(typed))
        except BroadsheetError as error:
            return problem_html(str(error))

    def _start(self, seen: object) -> tuple[Any, ...]:
        self._rebuild.start(with_folder=not self._chatbot.has_index())
        return self._look(seen)

    def _cancel(self, seen: object) -> tuple[Any, ...]:
        self._rebuild.stop()
        return self._look(seen)

    def _look_again(self, seen: object) -> tuple[Any, ...]:
        """The folder may have changed since: what was seen before does not count."""
        del seen
        return self._look("")

    def _look(self, seen: object) -> tuple[Any, ...]:
        """Shows how far rebuild and model are, and the rest where it changed since ``seen``."""
        import gradio as gr

        state = self._rebuild.state
        has_index = self._chatbot.has_index()
        waiting = state.running or not self._desk.loaded.is_set()
        light = (
            self._progress(),
            gr.update(interactive=not state.running),
            gr.update(visible=state.running),
            gr.Timer(active=waiting),
        )
        now = f"{state.running} {state.report.generation if state.report else 0} {has_index}"
        if seen == now:
            return (*light, *(gr.skip() for _ in range(4)))
        status, problem = self._status()
        return (
            *light,
            now,
            masthead_html(status),
            status_html(status) if status else problem,
            self._front(has_index),
        )

    def _front(self, has_index: bool) -> str:
        try:
            return front_page_html(self._chatbot.articles()) if has_index else ""
        except BroadsheetError:  # the tabs beside it say what is wrong
            return ""

    def _status(self) -> tuple[Status | None, str]:
        try:
            return self._chatbot.status(), ""
        except BroadsheetError as error:
            return None, problem_html(str(error))

    def _progress(self) -> str:
        """What stands below the Rebuild button."""
        state = self._rebuild.state
        if state.running:
            return progress_html(state.progress, "Rebuilding")
        if state.report is not None:
            return report_html(state.report)
        return problem_html(self._error()) if self._error() else ""

    def _error(self) -> str:
        state = self._rebuild.state
        if state.cancelled:
            return "Cancelled; the index is as it was."
        return state.error


def _typed(typed: object) -> str:
    return typed[:_LONGEST_SEARCH] if isinstance(typed, str) else ""
