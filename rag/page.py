"""The chat page: what happens on a click, in which component. Where they stand: ``page_layout``.

The handlers are called by anyone who can reach the port, so each checks its own input. Gradio is
imported when a page is made: it takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rag.calls import Calls
from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.page_api import Endpoints
from rag.page_ask import (
    Conversation,
    Desk,
    messages,
    read_conversation,
    save,
    waiting_messages,
)
from rag.page_html import problem_html, progress_html
from rag.page_layout import EXAMPLES, Parts, place_all
from rag.page_lists import (
    articles_html,
    front_page_html,
    masthead_html,
    report_html,
    status_html,
)
from rag.rebuild import Rebuild
from rag.records import Status

_ASKED_AT_ONCE = 4  # the model takes all cores anyway; more would only share them
_LONGEST_SEARCH = 200  # characters typed into the list's search box


class Page:
    """The page over one chatbot; all browsers share its rebuild, each has its conversation."""

    def __init__(self, chatbot: Chatbot, desk: Desk, rebuild: Rebuild) -> None:
        self._chatbot = chatbot
        self._desk = desk
        self._rebuild = rebuild

    def blocks(self) -> Any:
        """The page, to be launched."""
        import gradio as gr

        parts = Parts()
        with gr.Blocks(
            title="Broadsheet", analytics_enabled=False, fill_width=True, fill_height=True
        ) as blocks:
            place_all(parts)
            self._wire_ask(parts)
            self._wire_source(parts)
            self._wire_index(parts, blocks)
            endpoints = Endpoints(Calls(self._chatbot), self._rebuild, self._chatbot.has_index)
            endpoints.place(asked_at_once=_ASKED_AT_ONCE)
        return blocks

    # --- what happens -----------------------------------------------------------------------

    def _wire_ask(self, parts: Parts) -> None:
        shown = parts.list("chat", "saved", "question", "examples", "clear")
        askers = [(parts["question"].submit, parts["question"])]
        for number in range(len(EXAMPLES)):
            button = parts[f"example {number}"]
            askers.append((button.click, button))
        for event, question in askers:
            event(
                self._ask,
                [question, parts["saved"]],
                shown,
                show_progress="hidden",
                concurrency_limit=_ASKED_AT_ONCE,
                concurrency_id="ask",
                api_visibility="private",
            )
        parts["clear"].click(
            self._clear, parts["seen"], shown, show_progress="hidden", api_visibility="private"
        )

    def _wire_source(self, parts: Parts) -> None:
        parts["place"].submit(
            self._desk.open,
            parts.list("saved", "place"),
            parts["source"],
            show_progress="hidden",
            concurrency_limit=_ASKED_AT_ONCE,
            trigger_mode="always_last",
            api_visibility="private",
        ).then(None, js="() => window.broadsheet.show()", api_visibility="private")

    def _wire_index(self, parts: Parts, blocks: Any) -> None:
        outputs = parts.list(
            "notice", "progress", "rebuild", "cancel", "timer", "seen",
            "masthead", "examples", "question", "status", "front",
        )  # fmt: skip
        inputs = parts.list("seen", "saved")
        plain = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 8}
        # One at a time: a look that began before a rebuild and ended after its start would stop
        # the timer, and the page would never hear of the end.
        options = plain | {"concurrency_limit": 1, "concurrency_id": "look"}
        blocks.load(
            self._restore, parts["saved"], parts.list("chat", "clear"), **plain
        ).then(self._look, inputs, outputs, **options)  # fmt: skip
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

    # --- handlers: ask ----------------------------------------------------------------------

    def _ask(self, question: object, saved: object) -> Iterator[tuple[Any, ...]]:
        import gradio as gr

        before = read_conversation(saved)
        if not isinstance(question, str) or not question.strip():
            yield tuple(gr.skip() for _ in range(5))  # an empty box was sent; nothing was asked
            return
        question = question.encode(errors="ignore").decode()  # half a character cannot be shown
        text = question[:500]
        line = self._desk.waiting_line()
        hidden = gr.update(visible=False)
        yield waiting_messages(before, text, line), gr.skip(), "", hidden, gr.skip()
        for after in self._desk.ask_streaming(saved, question):
            yield messages(after), save(after), gr.skip(), hidden, gr.update(visible=True)

    def _clear(self, seen: object) -> tuple[Any, ...]:
        import gradio as gr

        examples = gr.update(visible=isinstance(seen, str) and seen.endswith(" sample"))
        return [], save(Conversation()), gr.skip(), examples, gr.update(visible=False)

    def _restore(self, saved: object) -> tuple[Any, ...]:
        import gradio as gr

        conversation = read_conversation(saved)
        return messages(conversation), gr.update(visible=bool(conversation.exchanges))

    # --- handlers: articles and index ---------------------------------------------------------

    def _list(self, typed: object) -> str:
        if not self._chatbot.has_index():
            return ""
        try:
            return articles_html(self._chatbot.articles(), _typed(typed))
        except BroadsheetError as error:
            return problem_html(str(error))

    def _start(self, seen: object, saved: object) -> tuple[Any, ...]:
        self._rebuild.start(with_folder=not self._chatbot.has_index())
        return self._look(seen, saved)

    def _cancel(self, seen: object, saved: object) -> tuple[Any, ...]:
        self._rebuild.stop()
        return self._look(seen, saved)

    def _look_again(self, seen: object, saved: object) -> tuple[Any, ...]:
        """The folder may have changed since: what was seen before does not count."""
        del seen
        return self._look("", saved)

    def _look(self, seen: object, saved: object) -> tuple[Any, ...]:
        """Shows how far rebuild and model are, and the rest where it changed since ``seen``."""
        import gradio as gr

        state = self._rebuild.state
        has_index = self._chatbot.has_index()
        waiting = state.running or not self._desk.loaded.is_set()
        light = (
            self._notice(has_index),
            self._progress(),
            gr.update(interactive=not state.running),
            gr.update(visible=state.running),
            gr.Timer(active=waiting),
        )
        now = f"{state.running} {state.report.generation if state.report else 0} {has_index}"
        if isinstance(seen, str) and seen.removesuffix(" sample") == now:
            return (*light, *(gr.skip() for _ in range(6)))
        status, problem = self._status()
        sample = status is not None and status.is_sample
        fresh = not read_conversation(saved).exchanges
        return (
            *light,
            f"{now} sample" if sample else now,
            masthead_html(status),
            gr.update(visible=sample and fresh),
            gr.update(interactive=has_index),
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

    def _notice(self, has_index: bool) -> str:
        """What stands above the chat: why it is not there yet, or what goes on meanwhile."""
        state = self._rebuild.state
        if not has_index:
            if state.running:
                return progress_html(state.progress, "Indexing your articles")
            return problem_html(
                "There is no index to ask yet. " + (self._error() or "Build it on the tab Index.")
            )
        if state.running:
            title = "Rebuilding; until it ends, answers come from the index as it was."
            return progress_html(state.progress, title)
        return ""

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
