"""The Index tab: what happens when it is looked at, and when a build is asked for or cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.page_html import problem_html
from rag.page_parts import Parts
from rag.page_status import building_html, log_html, status_html
from rag.rebuild import Rebuild
from rag.survey import Survey, fingerprint


class IndexTab:
    """The tab over one chatbot's index; all browsers share its rebuild."""

    def __init__(self, chatbot: Chatbot, rebuild: Rebuild, survey: Survey) -> None:
        self._chatbot = chatbot
        self._rebuild = rebuild
        self._survey = survey

    def wire(self, parts: Parts, look: Callable[[Any], Any]) -> None:
        """Says what happens on the tab. ``look`` makes an event end with a look at how far the
        rebuild is.
        """
        import gradio as gr

        plain = {"show_progress": "hidden", "api_visibility": "private"}
        # One at a time, for each reads the folder; what is looked at last is what is shown.
        gr.on(
            [parts["seen"].change, parts["articles tab"].select, parts["index tab"].select],
            self._look,
            None,
            parts.list("status", "log", "surveyed"),
            concurrency_limit=1,
            concurrency_id="survey",
            **plain,
        )
        outputs = parts.list("progress", "rebuild", "full", "cancel")
        for event in (parts["timer"].tick, parts["seen"].change, parts["index tab"].select):
            event(self._progress, None, outputs, concurrency_limit=8, **plain)
        for name, full in (("rebuild", False), ("full", True)):
            look(parts[name].click(self._starter(full), None, outputs, **plain))
        look(parts["cancel"].click(self._cancel, None, outputs, **plain))

    def _look(self) -> tuple[Any, str, Any]:
        """What the index holds and what changed since, and how the last build ended."""
        import gradio as gr

        log = self._chatbot.build_log()
        try:
            status = self._survey.look()
        except BroadsheetError as error:
            return problem_html(str(error)), log_html(log), gr.skip()
        return status_html(status, log), log_html(log), fingerprint(status)

    def _progress(self) -> tuple[Any, ...]:
        """How far a build is, and what can be pressed meanwhile."""
        import gradio as gr

        state = self._rebuild.state
        shown = building_html(state) if state.running else ""
        if state.error and not state.running:
            shown = problem_html(state.error)
        can_build = gr.update(interactive=not state.running)
        return shown, can_build, can_build, gr.update(visible=state.running)

    def _starter(self, full: bool) -> Callable[[], tuple[Any, ...]]:
        def start() -> tuple[Any, ...]:
            self._rebuild.start(with_folder=self._chatbot.is_new(), full=full)
            return self._progress()

        return start

    def _cancel(self) -> tuple[Any, ...]:
        self._rebuild.stop()
        return self._progress()
