"""The tabs' handlers are called by anyone who reaches the port, with anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rag.chatbot import Chatbot
from rag.page_library import ArticlesTab
from rag.survey import Survey, fingerprint


class NoBuild:
    """Stands in for the rebuild: remembers what was asked of it, builds nothing."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def start(self, **asked: Any) -> bool:
        self.asked.append(asked)
        return True


@pytest.fixture
def tab(chatbot: Chatbot, folder: Path) -> tuple[ArticlesTab, NoBuild]:
    chatbot.build(folder)
    rebuild = NoBuild()
    return ArticlesTab(chatbot, rebuild, Survey(chatbot)), rebuild  # type: ignore[arg-type]


def act(tab: ArticlesTab, kind: str, what: str = "") -> str:
    said = tab._act(json.dumps({"do": kind, "what": what}), "")[1]
    return said if isinstance(said, str) else ""


@pytest.mark.parametrize(
    "action",
    [None, 3, "", "{", "[]", "null", '"remove"', '{"do": "remove"}', '{"do": 1, "what": 2}', '{"do": "?", "what": ""}',
     '{"do": "view", "what": "x y z"}', "[" * 5_000, "x" * 1_000_000],
)  # fmt: skip
def test_what_is_no_action_does_nothing(
    tab: tuple[ArticlesTab, NoBuild], folder: Path, action: object
) -> None:
    view, said = tab[0]._act(action, "title up 1")
    assert view in ("title up 1", "date down 1")
    assert not isinstance(said, str)
    assert tab[1].asked == []
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/passwd", "", "nothing.txt", "a\0b.txt", "\ud800.txt"]
)
@pytest.mark.parametrize(
    "kind", ["remove", "remove whole", "remove sample", "restore", "restore beside"]
)
def test_what_is_not_there_is_not_moved(
    tab: tuple[ArticlesTab, NoBuild], folder: Path, kind: str, path: str
) -> None:
    (folder.parent / "secret.txt").write_text("secret")
    assert 'role="alert"' in act(tab[0], kind, path)
    assert tab[1].asked == []
    assert (folder.parent / "secret.txt").exists()


def test_each_change_is_followed_by_a_build(
    tab: tuple[ArticlesTab, NoBuild], chatbot: Chatbot, folder: Path
) -> None:
    assert "Removed “Council closes" in _plain(act(tab[0], "remove", "bridge.txt"))
    assert tab[1].asked[-1]["again"]
    assert not tab[1].asked[-1]["allow_empty"]
    (kept,) = chatbot.folder.removed()
    assert "Restored bridge.txt" in _plain(act(tab[0], "restore", kept.token))
    assert act(tab[0], "added", "own") == ""
    assert tab[1].asked[-1]["switch_to"] == chatbot.folder.own
    assert len(tab[1].asked) == 3
    for name in ("bridge.txt", "ferry.txt", "orchard.txt"):
        act(tab[0], "remove", name)
    assert tab[1].asked[-1]["allow_empty"]  # else the last article would stay in the index


def test_restoring_over_a_new_file_is_asked_about(
    tab: tuple[ArticlesTab, NoBuild], chatbot: Chatbot, folder: Path
) -> None:
    act(tab[0], "remove", "bridge.txt")
    (folder / "bridge.txt").write_text("another")
    (kept,) = chatbot.folder.removed()
    assert "is there already" in _plain(act(tab[0], "restore", kept.token))
    assert (folder / "bridge.txt").read_text() == "another"
    act(tab[0], "restore beside", kept.token)
    assert (folder / "bridge (2).txt").exists()


def test_sample_articles_are_not_removed_unasked(
    tab: tuple[ArticlesTab, NoBuild], folder: Path
) -> None:
    (folder / ".sample").write_text("")
    assert "sample articles" in act(tab[0], "remove", "bridge.txt")
    assert (folder / "bridge.txt").exists()
    act(tab[0], "remove sample", "bridge.txt")
    assert not (folder / "bridge.txt").exists()


def test_list_knows_what_changed_once_somebody_looked(
    chatbot: Chatbot, tab: tuple[ArticlesTab, NoBuild], folder: Path
) -> None:
    survey = tab[0]._survey
    (folder / "new.txt").write_text("Something new\n\nIt happened on a Friday.")
    assert "new.txt" not in _plain(tab[0]._list("", "")[0])
    before = fingerprint(survey.newest())
    assert fingerprint(survey.look()) != before
    assert "new.txt" in _plain(tab[0]._list("", "")[0])
    chatbot.build()
    assert survey.newest().changes is None  # the look was at an older index
    assert "1 of 4 articles" in _plain(tab[0]._list("something new.txt", None)[0])


def _plain(markup: str) -> str:
    import html
    import re

    return html.unescape(re.sub(r"<[^>]*>", " ", markup))
