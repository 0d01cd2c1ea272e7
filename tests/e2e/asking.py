"""What the browser tests do as a reader does: ask, open, look."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from serving import Site, server

from tests import model_server
from tests.test_generated import excerpts

ANSWER_MILLISECONDS = 60_000
BUILD_MILLISECONDS = 180_000


def ask(page: Any, question: str) -> Any:
    """Asks in the box; gives the new answer."""
    count = page.locator("#chat .asked").count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    page.locator("#chat .asked").nth(count).wait_for()
    return answered(page, count)


def answered(page: Any, place: int) -> Any:
    """The answer at that place, counted from 0, once it is whole and the next can be asked."""
    row = page.locator("#chat .bot-row").nth(place)
    row.locator(".under").wait_for(timeout=ANSWER_MILLISECONDS)
    page.locator("#question .submit-button").wait_for()
    return row


def again(page: Any, place: int, press: Any) -> Any:
    """Presses what asks the turn at that place again, waits for its new answer; gives that."""
    page.evaluate("document.querySelector('#question .submit-button').dataset.old = 1")
    press.click()
    page.wait_for_function(
        "!document.querySelector('#question .submit-button[data-old]')", timeout=ANSWER_MILLISECONDS
    )
    return answered(page, place)


def files(answer: Any) -> list[str]:
    """The files that an answer cites."""
    return list(answer.locator(".sources .file").all_inner_texts())


def in_view(page: Any, selector: str) -> bool:
    """Whether the element stands within the part of the reader that is seen, below its bar."""
    return bool(
        page.evaluate(
            """selector => {
                const seen = document.querySelector("#reader").getBoundingClientRect();
                const bar = document.querySelector("#above").getBoundingClientRect();
                const mark = document.querySelector(selector).getBoundingClientRect();
                return mark.top >= Math.max(seen.top, bar.bottom)
                    && mark.bottom <= Math.min(seen.bottom, innerHeight);
            }""",
            selector,
        )
    )


def open_citation(page: Any, link: Any) -> None:
    """Clicks a number; waits until its quote, and no other, is marked as cited."""
    link.click()
    page.wait_for_function(
        """id => {
            const marks = [...document.querySelectorAll("#source mark.cited")];
            const quote = document.querySelector(`#quote-${id}`).textContent;
            return marks.length && marks.map(mark => mark.textContent).join("") === quote;
        }""",
        arg=link.get_attribute("href").removeprefix("#c-"),
    )
    page.wait_for_timeout(200)


# --- files and builds ---------------------------------------------------------------------------


def articles_tab(page: Any) -> None:
    page.get_by_role("tab", name="Articles").click()
    page.locator("#list table").wait_for()


def upload(page: Any, *files: tuple[str, str | bytes]) -> None:
    """Chooses files as with the button."""
    page.set_input_files(
        ".files-to-add",
        [
            {
                "name": name,
                "mimeType": "text/plain",
                "buffer": raw if isinstance(raw, bytes) else raw.encode(),
            }
            for name, raw in files
        ],
    )


def until_indexed(page: Any, name: str) -> None:
    articles_tab(page)
    page.locator("#list tbody tr.indexed", has_text=name).wait_for(timeout=BUILD_MILLISECONDS)


def answer_files(page: Any, question: str) -> list[str]:
    page.get_by_role("tab", name="Ask").click()
    return files(ask(page, question))


def rebuild(page: Any, button: str = "Rebuild") -> str:
    """Presses the button and waits for the build's end; gives the report."""
    page.get_by_role("tab", name="Index").click()
    log = page.locator("#log .log")
    before = log.get_attribute("data-ended")
    page.get_by_role("button", name=button, exact=True).click()
    # Not for its progress: a short build may have ended before the page looks.
    page.wait_for_function(
        "before => document.querySelector('#log .log').dataset.ended !== before",
        arg=before,
        timeout=BUILD_MILLISECONDS,
    )
    return str(log.locator(".report").inner_text())


# --- an answer that takes its time --------------------------------------------------------------


def writes_slowly(handler: model_server.Handler) -> None:
    """A sentence of the first excerpt with its number, then words until it is let go."""
    first = excerpts(handler)[0]
    pieces = re.split(r"(?<=[a-z]\.)\s+", first["text"])
    plain = r"[A-Z][\w ,'\n-]{30,250}\."  # no quotation, which may begin before it
    sentence = next(piece for piece in pieces[1:] if re.fullmatch(plain, piece)).replace("\n", " ")
    handler.start_stream()
    for word in re.findall(r"\S+\s*", sentence[:-1]):
        handler.event({"content": word})
    handler.event({"content": f" [{first['excerpt']}]. And then "})
    while not handler.server.released.is_set():
        handler.event({"content": "on and "})
        time.sleep(0.05)


@contextmanager
def never_ending(site: Site) -> Iterator[Site]:
    """The same articles and index, served with a language model whose answers do not end."""
    with model_server.serving(writes_slowly) as model:
        settings = {
            "BROADSHEET_LLM_MODEL": "test",
            "BROADSHEET_LLM_URL": model.url,
            "BROADSHEET_LLM_DEADLINE_SECONDS": "600",  # a rebuild beside other work takes a minute
        }
        with server(site.articles, site.index, **settings) as address:
            yield Site(address, site.articles, site.browser, site.index)


def asked_without_end(site: Site, question: str) -> Any:
    """Asks a page that never ends its answer; gives the page once a checked sentence stands."""
    page = site.open()
    page.wait_for_selector("#question textarea:enabled")
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    page.locator("#chat .stages .now", has_text="Writing").wait_for(timeout=ANSWER_MILLISECONDS)
    page.locator("#chat .sentences a.cite").first.wait_for()
    return page


def check_rebuild_during_an_answer(site: Site, question: str) -> None:
    """The index is replaced while an answer is written: it goes on, can be stopped, and its
    citations open; after a reload all of it is still there.
    """
    page = asked_without_end(site, question)
    sentence = page.locator("#chat .sentences").inner_text()
    report = rebuild(page, "Rebuild everything")
    assert "embedded" in report
    page.get_by_role("tab", name="Ask").click()
    stop = page.get_by_role("button", name="Stop")
    assert stop.is_visible()  # it is still being written
    stop.click()
    answer = answered(page, 0)
    assert answer.locator(".sentence").first.inner_text() in sentence
    for _ in ("as it was stopped", "loaded anew"):
        open_citation(page, answer.locator(".sentences a.cite").first)
        assert in_view(page, "#source mark.cited")
        page.reload()
        answer = answered(page, 0)
    assert "Stopped before" in answer.inner_text()
    page.context.close()
    assert site.foreign() == []
    assert site.complaints == []
