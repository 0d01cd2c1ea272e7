"""What the browser tests do as a reader does: ask, open, look."""

from __future__ import annotations

from typing import Any

ANSWER_MILLISECONDS = 60_000


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
    link.click()
    page.locator("#source mark.cited").first.wait_for()
    page.wait_for_timeout(200)
