"""Several readers of one page at once, and the page served to others with a password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import answered, ask, open_citation
from serving import Site, server

pytestmark = pytest.mark.e2e

READERS = {
    "A": ("How many people were on board the Grey Heron?", "and how many were injured?"),
    "B": ("By how much did the cost of the tidal power plant rise?", "and who said so?"),
}
USER, PASSWORD = "desk", "tide tables: fünf"


def send(page: Any, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


def ready(site: Site, **options: Any) -> Any:
    page = site.open(**options)
    page.wait_for_selector("#question textarea:enabled")
    return page


# --- two readers --------------------------------------------------------------------------------


def test_conversations_of_two_readers_at_once_never_mix(site: Site) -> None:
    pages = {name: ready(site) for name in READERS}
    for turn in range(2):
        for name, page in pages.items():  # both are on their way before either is answered
            send(page, READERS[name][turn])
        for page in pages.values():
            answered(page, turn)
    for name, page in pages.items():
        for _ in ("as it was answered", "loaded anew"):
            assert tuple(page.locator("#chat .asked").all_inner_texts()) == READERS[name]
            shown = page.locator("#chat").inner_text()
            other = "Grey Heron" if name == "B" else "tidal power plant"
            assert other not in shown
            page.reload()
            answered(page, 1)
    found = pages["A"].locator("#chat .bot-row").nth(1).inner_text()
    assert "Grey Heron" in found  # the follow-up was understood from this reader's own turn
    for page in pages.values():
        page.context.close()


# --- with a password ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    file: Path = tmp_path_factory.mktemp("secret") / "password"
    file.write_text(PASSWORD)
    settings = {"BROADSHEET_USER": USER, "BROADSHEET_PASSWORD_FILE": str(file),
                "BROADSHEET_HOSTS": "news.test"}  # fmt: skip
    with server(site.articles, site.index, "--host", "0.0.0.0", **settings) as address:
        yield Site(address, site.articles, site.browser, site.index)


def test_page_with_a_password_works_whole_for_who_has_it(shared: Site) -> None:
    page = ready(shared, http_credentials={"username": USER, "password": PASSWORD})
    answer = ask(page, READERS["A"][0])
    open_citation(page, answer.locator(".sentences a.cite").first)
    page.locator("#badge .badge", has_text="Verified").wait_for()
    page.get_by_role("tab", name="Articles").click()
    page.locator("#list a.open").first.wait_for()
    page.reload()
    answered(page, 0)
    page.context.close()
    assert shared.foreign() == []
    assert shared.complaints == []


def test_page_with_a_password_shows_nothing_without_it(shared: Site) -> None:
    from playwright.sync_api import Error as PlaywrightError

    for options in ({}, {"http_credentials": {"username": USER, "password": "wrong password"}}):
        context = shared.browser.new_context(**options)
        page = context.new_page()
        try:
            reply = page.goto(shared.address)
            assert reply.status == 401
        except PlaywrightError as error:  # Chromium's own page, where it asks nobody
            assert "ERR_INVALID_AUTH_CREDENTIALS" in str(error)
        assert page.locator("#question, #chat, form").count() == 0
        context.close()
