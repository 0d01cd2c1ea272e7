"""The tab Ask and the reader: what happens on a click, in which component.

The handlers are called by anyone who can reach the port, so each checks its own input. Gradio is
imported when a page is made: it takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.page_ask import Desk, Run
from rag.page_conversation import Conversation, messages, read_conversation, save
from rag.page_examples import Examples, examples_html
from rag.page_filters import matching_line, read_filters
from rag.page_html import problem_html, progress_html
from rag.page_parts import Parts
from rag.page_reader import Reader
from rag.page_tools import export_json, tools_html
from rag.page_wishes import Wanted, read_wanted, whole_characters
from rag.rebuild import Rebuild
from rag.records import ArticleSummary, Status

ASKED_AT_ONCE = 4  # the model takes all cores anyway; more would only share them

# What is chosen beside the box is known to the script alone, and goes with each question.
_WITH_FILTERS = "(what, saved, run, chosen) => [what, saved, run, window.broadsheet.chosen()]"
_PLAIN = {"show_progress": "hidden", "api_visibility": "private"}
_ASKING = {**_PLAIN, "concurrency_limit": ASKED_AT_ONCE, "concurrency_id": "ask"}
# What has to be there at once does not wait behind questions.
_AT_ONCE = {**_PLAIN, "concurrency_limit": 8}


class AskTab:
    """The tab over one chatbot; each browser tab has its conversation and its run."""

    def __init__(self, chatbot: Chatbot, desk: Desk, rebuild: Rebuild) -> None:
        self._chatbot = chatbot
        self._desk = desk
        self._rebuild = rebuild
        self._reader = Reader(chatbot)
        self._examples = Examples(chatbot)
        self._articles: tuple[int, list[ArticleSummary]] = (0, [])

    def wire(self, parts: Parts, blocks: Any) -> None:
        """Makes the placed components do something."""
        import gradio as gr

        parts["run"] = gr.State(Run())
        parts["shown"] = gr.State("")
        self._wire_asking(parts)
        self._wire_reader(parts)
        self._wire_tools(parts)
        outputs = parts.list("notice", "ask timer", "question", "examples", "tools", "shown")
        refreshed = "() => window.broadsheet?.refreshed?.()"
        blocks.load(self._restore, parts["saved"], parts["chat"], **_PLAIN)
        for event in (blocks.load, parts["seen"].change, parts["ask timer"].tick):
            event(self._refresh, parts["shown"], outputs, concurrency_limit=8, **_PLAIN).then(
                None, js=refreshed, api_visibility="private"
            )

    def _wire_asking(self, parts: Parts) -> None:
        shown = parts.list("chat", "saved", "question")
        rest = parts.list("saved", "run", "chosen")
        parts["question"].submit(
            self._ask, [parts["question"], *rest], shown, js=_WITH_FILTERS, **_ASKING
        )
        parts["place"].retry(
            self._wish, [parts["place"], *rest], shown, js=_WITH_FILTERS, **_ASKING
        )
        parts["question"].stop(self._stop, parts["run"], None, **_AT_ONCE)
        parts["place"].stop(self._stop, parts["run"], None, **_AT_ONCE)
        parts["place"].clear(self._clear, parts["run"], shown, **_AT_ONCE)

    def _wire_reader(self, parts: Parts) -> None:
        parts["place"].submit(
            self._reader.open,
            parts.list("saved", "place"),
            parts.list("bar", "source"),
            trigger_mode="always_last",
            **_AT_ONCE,
        ).then(
            None, js="() => window.broadsheet.show()", api_visibility="private"
        ).then(
            self._reader.verify,
            parts.list("saved", "place"),
            parts["badge"],
            concurrency_limit=2,
            **_PLAIN,
        ).then(
            None, js="() => window.broadsheet.judged()", api_visibility="private"
        )  # fmt: skip

    def _wire_tools(self, parts: Parts) -> None:
        parts["place"].download(
            self._export, parts.list("saved", "place"), parts["carried"], **_AT_ONCE
        ).then(
            None, parts["carried"], js="(file) => window.broadsheet.download(file)",
            api_visibility="private",
        )  # fmt: skip
        parts["place"].select(
            self._matching, parts["place"], parts["carried"], trigger_mode="always_last", **_AT_ONCE
        ).then(
            None, parts["carried"], js="(line) => window.broadsheet.matching(line)",
            api_visibility="private",
        )  # fmt: skip

    # --- asking -----------------------------------------------------------------------------

    def _ask(
        self, question: object, saved: object, run: object, chosen: object
    ) -> Iterator[tuple[Any, ...]]:
        text = whole_characters(question) if isinstance(question, str) else ""
        yield from self._answer(Wanted(text) if text.strip() else None, saved, run, chosen)

    def _wish(
        self, wished: object, saved: object, run: object, chosen: object
    ) -> Iterator[tuple[Any, ...]]:
        wanted = read_wanted(read_conversation(saved), wished)
        yield from self._answer(wanted, saved, run, chosen, box=False)

    def _answer(
        self, wanted: Wanted | None, saved: object, run: object, chosen: object, *, box: bool = True
    ) -> Iterator[tuple[Any, ...]]:
        """Shows how the answer comes. ``box`` where the question was typed there."""
        import gradio as gr

        stop = run.begin() if isinstance(run, Run) and wanted is not None else None
        if wanted is None or stop is None or not isinstance(run, Run):
            yield gr.skip(), gr.skip(), gr.skip()  # nothing was asked, or another is in progress
            return
        try:
            yield gr.skip(), gr.skip(), _running(empty=box)
            if wanted.turn is None:
                try:
                    wish = replace(wanted.wish, filters=read_filters(chosen))
                except BroadsheetError as error:
                    after = self._desk.refused(saved, wanted, str(error))
                    yield messages(after), save(after), _ready()
                    return
                wanted = replace(wanted, wish=wish)
            kept = None
            for step in self._desk.steps(saved, wanted, stop):
                if not run.holds(stop):  # the conversation was cleared meanwhile
                    return
                keeps = step.kept is not kept
                kept = step.kept
                ended = step.waiting is None
                yield (
                    messages(step.conversation, step.waiting),
                    save(step.kept) if keeps else gr.skip(),
                    _ready() if ended else gr.skip(),
                )
        finally:
            run.end(stop)

    def _stop(self, run: object) -> None:
        if isinstance(run, Run):
            run.stop()

    def _clear(self, run: object) -> tuple[Any, ...]:
        if isinstance(run, Run):
            run.leave()
        return [], save(Conversation()), _ready()

    def _restore(self, saved: object) -> list[dict[str, str]]:
        return messages(read_conversation(saved))

    # --- tools ------------------------------------------------------------------------------

    def _export(self, saved: object, kind: object) -> str:
        return export_json(read_conversation(saved), kind, date.today())

    def _matching(self, chosen: object) -> str:
        """How many articles the filters leave, or what is wrong with them."""
        try:
            return matching_line(self._known_articles(), read_filters(chosen))
        except BroadsheetError as error:
            return str(error)

    def _known_articles(self) -> list[ArticleSummary]:
        """All articles of the index as it is now, listed once for each generation."""
        generation = self._chatbot.status(with_changes=False).generation
        if self._articles[0] != generation:
            self._articles = generation, self._chatbot.articles()
        return self._articles[1]

    # --- what changes by itself -------------------------------------------------------------

    def _refresh(self, shown: object) -> tuple[Any, ...]:
        """The state of model and index, and what is made of the index where that changed since
        ``shown``.
        """
        import gradio as gr

        status = self._status()
        loaded = self._desk.loaded.is_set()
        if status is not None and loaded:
            self._examples.prepare(status.generation)
        questions = self._examples.questions(status.generation) if status else None
        waiting = self._rebuild.state.running or not loaded or (status and questions is None)
        light = self._notice(status is not None, loaded), gr.Timer(active=bool(waiting))
        now = f"{status.generation if status else 0} {len(questions or ())}"
        if shown == now:
            return (*light, *(gr.skip() for _ in range(4)))
        return (
            *light,
            gr.update(interactive=status is not None),
            examples_html(questions or ()),
            tools_html(status, self._known_articles() if status else ()),
            now,
        )

    def _status(self) -> Status | None:
        try:
            return self._chatbot.status(with_changes=False)
        except BroadsheetError:  # the other tabs say what is wrong
            return None

    def _notice(self, has_index: bool, loaded: bool) -> str:
        """What stands above the chat: why it is not there yet, or what goes on meanwhile."""
        state = self._rebuild.state
        if not has_index:
            if state.running:
                return progress_html(state.progress, "Indexing your articles")
            error = "Cancelled; the index is as it was." if state.cancelled else state.error
            return problem_html(
                "There is no index to ask yet. " + (error or "Build it on the tab Index.")
            )
        if state.running:
            title = "Rebuilding; until it ends, answers come from the index as it was."
            return progress_html(state.progress, title)
        if not loaded:
            return '<p class="loading" role="status">Loading the model. You can ask already.</p>'
        return ""


def _running(*, empty: bool) -> Any:
    """The question box while an answer comes; ``empty`` where its text is being answered."""
    import gradio as gr

    given: dict[str, Any] = {"value": ""} if empty else {}
    return gr.update(submit_btn=False, stop_btn="Stop", **given)


def _ready() -> Any:
    import gradio as gr

    return gr.update(submit_btn="Ask", stop_btn=False)
