"""Makes the README's pictures: python tests/e2e/screenshots.py [FOLDER]

Serves the sample articles with an index of their own in a temporary folder and writes each tab
(ask, articles, index) in light, dark and narrow (ask.png, ask-dark.png, ask-narrow.png and so on)
and the article in a narrow window (article-narrow.png) into docs/screenshots.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from serving import REPOSITORY, browser, server

QUESTIONS = (
    "What caused the ferry to run aground, according to the inquiry?",
    "How far can the Cobbler Light be seen?",
)
WIDE = {"width": 1440, "height": 1040}
NARROW = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "": {"viewport": WIDE, "color_scheme": "light"},
    "-dark": {"viewport": WIDE, "color_scheme": "dark"},
    "-narrow": {"viewport": NARROW, "color_scheme": "light", "device_scale_factor": 2},
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        index = Path(temporary) / "index"
        with server(REPOSITORY / "articles", index) as address, browser() as running:
            wait_until_built(running, address)
            for ending, options in LOOKS.items():
                page = asked(running, address, **options)
                if ending != "-narrow":
                    open_citation(page)
                shoot(page, folder / f"ask{ending}.png")
                if ending == "-narrow":
                    open_citation(page)
                    shoot(page, folder / f"article{ending}.png")
                page.context.close()
                page = opened(running, address, **options)
                page.get_by_role("tab", name="Articles").click()
                page.locator("#list a.open").first.wait_for()
                if ending != "-narrow":
                    page.locator("#list a.open").nth(2).click()
                    page.locator("#source .article").wait_for()
                shoot(page, folder / f"articles{ending}.png")
                page.get_by_role("tab", name="Index").click()
                page.locator("#log .report").wait_for()
                shoot(page, folder / f"index{ending}.png")
                page.context.close()


def open_citation(page: Any) -> None:
    page.locator("#chat .sentences a.cite").first.click()
    page.locator("#badge .badge").wait_for()


def opened(running: Any, address: str, **options: Any) -> Any:
    page = running.new_context(**options).new_page()
    page.goto(address)
    page.locator("#question textarea:enabled").wait_for(timeout=60_000)
    return page


def wait_until_built(running: Any, address: str) -> None:
    page = opened(running, address)
    page.locator("#examples .example").first.wait_for(timeout=60_000)
    page.context.close()


def asked(running: Any, address: str, **options: Any) -> Any:
    page = opened(running, address, **options)
    for number, question in enumerate(QUESTIONS):
        page.locator("#question textarea").fill(question)
        page.locator("#question textarea").press("Enter")
        page.locator("#chat .under").nth(number).wait_for(timeout=60_000)
    page.locator("#question .submit-button").wait_for()
    page.wait_for_timeout(500)  # until the chat has scrolled to its end by itself
    page.locator("#chat .asked").first.scroll_into_view_if_needed()
    return page


def shoot(page: Any, path: Path) -> None:
    page.mouse.move(0, 0)
    # The folders of whoever makes the pictures are nobody's business.
    page.evaluate(
        """() => document.querySelectorAll("#status dd .file").forEach((place) => {
            place.textContent = "~/broadsheet/" + place.textContent.split("/").pop();
        })"""
    )
    page.wait_for_timeout(700)
    page.screenshot(path=str(path), animations="disabled", caret="hide")
    print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "docs" / "screenshots")
