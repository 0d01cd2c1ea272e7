"""The chat page: what happens on a click, in which component. Where they stand: ``page_layout``.

The handlers are called by anyone who can reach the port, so each checks its own input. Gradio is
imported when a page is made: it takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rag.articles_folder import ArticlesFolder
from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.page_ask import (
    Conversation,
    Desk,
    messages,
    read_conversation,
    save,
    waiting_messages,
)
from rag.page_html import problem_html, progress_html
from rag.page_index import IndexTab
from rag.page_layout import EXAMPLES, Parts, place_all
from rag.page_library import ArticlesTab
from rag.page_lists import front_page_html, masthead_html
from rag.rebuild import Rebuild
from rag.records import Status
from rag.survey import Survey

_ASKED_AT_ONCE = 4  # the model takes all cores anyway; more would only share them


class Page:
    """The page over one chatbot; all browsers share its rebuild, each has its conversation."""

    def __init__(self, chatbot: Chatbot, desk: Desk, rebuild: Rebuild) -> None:
        self._chatbot = chatbot
        self._desk = desk
        self._rebuild = rebuild
        survey = Survey(chatbot)
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
            self._wire_ask(parts)
            self._wire_source(parts)
            look = self._wire_looks(parts, blocks)
            self._articles.wire(parts, look)
            self._index.wire(parts, look)
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

    def _wire_looks(self, parts: Parts, blocks: Any) -> Callable[[Any], Any]:
        """Wires what the whole page shows of index and rebuild; gives what lets an event end with
        another look.
        """
        outputs = parts.list("notice", "timer", "seen", "masthead", "examples", "question", "front")
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
            tab.select(self._look, inputs, outputs, **options)
        return lambda event: event.then(self._look, inputs, outputs, **options)

    # --- handlers: ask ----------------------------------------------------------------------

    def _ask(self, question: object, saved: object) -> Iterator[tuple[Any, ...]]:
        import gradio as gr

        before = read_conversation(saved)
        if not isinstance(question, str) or not question.strip():
            yield tuple(gr.skip() for _ in range(5))  # an empty box was sent; nothing was asked
            return
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

    # --- handlers: the whole page ------------------------------------------------------------

    def _look(self, seen: object, saved: object) -> tuple[Any, ...]:
        """Shows how far rebuild and model are, and the rest where it changed since ``seen``."""
        import gradio as gr

        state = self._rebuild.state
        has_index = self._chatbot.has_index()
        waiting = state.running or not self._desk.loaded.is_set()
        light = (
            self._notice(has_index),
            gr.Timer(active=waiting),
        )
        status = self._status()  # another process may have built
        held = f"{status.generation} {status.folder}" if status else ""
        now = f"{state.running} {held}"
        if isinstance(seen, str) and seen.removesuffix(" sample") == now:
            return (*light, *(gr.skip() for _ in range(5)))
        sample = status is not None and status.is_sample
        fresh = not read_conversation(saved).exchanges
        return (
            *light,
            f"{now} sample" if sample else now,
            masthead_html(status),
            gr.update(visible=sample and fresh),
            gr.update(interactive=has_index),
            self._front(has_index),
        )

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

    def _error(self) -> str:
        state = self._rebuild.state
        if state.cancelled:
            return "Cancelled; the index is as it was."
        return state.error
