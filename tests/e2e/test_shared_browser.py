"""The whole way of a reader over five real news articles, where they are at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from asking import (
    BUILD_MILLISECONDS,
    answer_files,
    answered,
    articles_tab,
    ask,
    check_rebuild_during_an_answer,
    files,
    in_view,
    never_ending,
    open_citation,
    until_indexed,
    upload,
)
from conftest import needs_chromium
from serving import Site, browser, server

from tests.conftest import SHARED

ARTICLES = SHARED / "articles"
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not ARTICLES.is_dir(), reason="../shared/articles is absent"),
]

QUESTION = "What did Miller call Putin's remarks about supplying weapons to North Korea?"
BAKERY = """Bakery in Quillhaven sells its last loaf

The oldest bakery in Quillhaven closed on Saturday after 131 years. Its owner, Tancred Ilves, sold \
the last loaf at noon.
"""


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The page over a copy of the five articles, their index built."""
    needs_chromium()
    place = tmp_path_factory.mktemp("five")
    shutil.copytree(ARTICLES, place / "articles")
    with server(place / "articles", place / "index") as address, browser() as running:
        site = Site(address, place / "articles", running, place / "index")
        page = site.open()
        page.locator("#question textarea:enabled").wait_for(timeout=BUILD_MILLISECONDS)
        page.context.close()
        yield site


@pytest.fixture
def page(five: Site) -> Iterator[Any]:
    page = five.open()
    page.wait_for_selector("#question textarea:enabled")
    yield page
    page.context.close()
    assert five.foreign() == []
    assert five.complaints == []


def test_asked_opened_followed_up_filtered_and_loaded_anew(page: Any) -> None:
    answer = ask(page, QUESTION)
    assert "incredibly concerning" in answer.locator(".sentences").inner_text()
    links = answer.locator(".sentences a.cite")
    for place in range(links.count()):
        link = links.nth(place)
        open_citation(page, link)
        marks = page.locator("#source mark.cited").all_text_contents()
        quote = answer.locator(f"#quote-{link.get_attribute('href').removeprefix('#c-')}")
        assert "".join(marks) == quote.text_content()
        assert in_view(page, "#source mark.cited")
    followed = ask(page, "Where did he say that?")
    assert "Putin" in followed.locator(".searched").inner_text()
    page.get_by_text("Sources and dates").click()
    page.locator("#filters label", has_text="Associated Press").click()
    page.keyboard.press("Escape")
    assert {f[:3] for f in files(ask(page, "Who headed the Russian delegation?"))} == {"004"}
    page.reload()
    answered(page, 2)
    assert page.locator("#chat .asked").count() == 3


def test_added_article_is_answered_and_removed_one_is_not(page: Any, five: Site) -> None:
    question = "How old was the bakery in Quillhaven when it closed?"
    articles_tab(page)
    upload(page, ("bakery.txt", BAKERY))
    until_indexed(page, "bakery.txt")
    assert "bakery.txt" in answer_files(page, question)
    articles_tab(page)
    page.get_by_role("button", name="Remove Bakery in Quillhaven").click()
    row = page.locator("#list tbody tr", has_text="bakery.txt")
    row.wait_for(state="detached", timeout=BUILD_MILLISECONDS)
    page.get_by_role("tab", name="Ask").click()
    assert "The articles do not answer this." in ask(page, question).inner_text()
    assert sorted(p.name for p in five.articles.iterdir()) == sorted(
        p.name for p in ARTICLES.iterdir()
    )


def test_rebuild_during_an_answer_that_is_written_loses_nothing(five: Site) -> None:
    with never_ending(five) as slow:
        check_rebuild_during_an_answer(slow, QUESTION)
