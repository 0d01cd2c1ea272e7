"""The Articles tab: what happens when its list is searched, sorted, added to or taken from.

What is asked for comes from the browser and is read as anything that comes from outside. The
folder's files are changed by ``articles_folder``; every change is followed by a build.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.article_rows import View, matching, ordered, rows_of
from rag.chatbot import Chatbot
from rag.errors import BroadsheetError, FileExists, FileNotTaken
from rag.folder_changes import REMOVED
from rag.page_articles import (
    articles_html,
    line_notice,
    removed_html,
    removed_notice,
    said_html,
    sample_notice,
    taken_notice,
)
from rag.page_html import problem_html
from rag.page_parts import Parts
from rag.rebuild import Rebuild
from rag.survey import Survey

_LONGEST_SEARCH = 200  # characters typed into the list's search box
_LONGEST_ACTION = 10_000
_LOG = logging.getLogger(__name__)
_UNEXPECTED = "Something went wrong that should not; the terminal says what. Try again."


class ArticlesTab:
    """The tab over one chatbot's folder; all browsers see the same list, each its own view."""

    def __init__(self, chatbot: Chatbot, rebuild: Rebuild, survey: Survey) -> None:
        self._chatbot = chatbot
        self._survey = survey
        self._folder = chatbot.folder
        self._rebuild = rebuild
        self._actions: dict[str, Callable[[str], str]] = {
            "added": self._added,
            "remove": self._remove,
            "remove sample": self._remove_anyway,
            "remove whole": self._remove_anyway,
            "restore": self._restore,
            "restore beside": self._restore_beside,
            "dismiss": lambda _: "",
        }

    def wire(self, parts: Parts, look: Callable[[Any], Any]) -> None:
        """Says what happens on the tab. ``look`` makes an event end with a look at how far the
        rebuild is.
        """
        import gradio as gr

        plain = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": 8}
        # The list is an answer to what stands in its box now, so only what was asked last may
        # fill it: one event for whatever changes it, the last of which wins.
        gr.on(
            [
                parts["search"].change,
                parts["view"].change,
                parts["surveyed"].change,
                parts["articles tab"].select,
            ],
            self._list,
            parts.list("search", "view"),
            parts.list("list", "removed"),
            trigger_mode="always_last",
            **plain,
        ).then(None, js="() => window.broadsheetLibrary?.rendered()", api_visibility="private")
        acted = parts["action"].submit(
            self._act,
            parts.list("action", "view"),
            parts.list("view", "said"),
            **plain | {"concurrency_limit": 1},
        )
        look(acted)

    # --- the list ---------------------------------------------------------------------------

    def _list(self, typed: object, view: object) -> tuple[str, str]:
        try:
            return self._articles(typed, View.from_text(view)), self._removed()
        except BroadsheetError as error:
            return problem_html(str(error)), ""

    def _articles(self, typed: object, view: View) -> str:
        if not self._chatbot.has_index():
            return ""
        status = self._survey.newest()
        rows = rows_of(self._chatbot.articles(), status.failures, status.changes)
        found = matching(rows, typed[:_LONGEST_SEARCH] if isinstance(typed, str) else "")
        return articles_html(ordered(found, view), len(rows), view)

    def _removed(self) -> str:
        place = str((self._chatbot.settings.index / REMOVED).resolve())
        return removed_html(self._folder.removed(), place)

    # --- what can be done -------------------------------------------------------------------

    def _act(self, action: object, view: object) -> tuple[str, Any]:
        """What a button asks for → the view of the list, and what there is to say."""
        import gradio as gr

        kind, what = _read_action(action)
        if kind == "view":
            return View.from_text(what).to_text(), gr.skip()
        kept = View.from_text(view).to_text()
        if kind not in self._actions:
            return kept, gr.skip()
        try:
            return kept, self._actions[kind](what)
        except BroadsheetError as error:
            return kept, said_html(str(error), problem=True)
        except Exception:
            _LOG.exception("Articles could not be changed")
            return kept, said_html(_UNEXPECTED, problem=True)

    def _added(self, into: str) -> str:
        """Files were added; they are built in now."""
        self._build(switch_to=self._folder.own if into == "own" else None)
        return ""

    def _remove(self, article_id: str) -> str:
        if self._folder.is_sample():
            return sample_notice(article_id, str(self._folder.own))
        return self._remove_anyway(article_id)

    def _remove_anyway(self, article_id: str) -> str:
        try:
            removed = self._folder.remove(article_id)
        except FileNotTaken as error:
            path = self._folder.file_of(article_id)
            if path != article_id:
                return line_notice(str(error), path)
            raise
        self._build(allow_empty=self._folder.is_empty())
        return removed_notice(removed)

    def _restore(self, token: str) -> str:
        try:
            path = self._folder.restore(token)
        except FileExists as error:
            return taken_notice(str(error), token)
        return self._restored(path)

    def _restore_beside(self, token: str) -> str:
        return self._restored(self._folder.restore(token, if_taken="keep both"))

    def _restored(self, path: str) -> str:
        self._build()
        return said_html(f"Restored {path}. It can be asked again once the index is rebuilt.")

    def _build(self, *, switch_to: Path | None = None, allow_empty: bool = False) -> None:
        """Starts a build; one that is running is followed by another."""
        self._rebuild.start(
            with_folder=self._chatbot.is_new(),
            switch_to=switch_to,
            allow_empty=allow_empty,
            again=True,
        )


def _read_action(action: object) -> tuple[str, str]:
    """What a button asks for: of which kind, and of what; nothing where it is none."""
    try:
        if not isinstance(action, str) or len(action) > _LONGEST_ACTION:
            return "", ""
        asked = json.loads(action)
        kind, what = asked["do"], asked["what"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", ""
    return (kind, what) if isinstance(kind, str) and isinstance(what, str) else ("", "")
