"""The page as its reader has it: a real server, a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asking import answer_files, ask, in_view, open_citation, rebuild
from conftest import HOSTILE_NAME
from serving import Site

pytestmark = pytest.mark.e2e

EXAMPLE = "How many people were on board the Grey Heron?"


def test_first_visit_shows_how_far_the_index_is(site: Site) -> None:
    assert any("Indexing your articles" in notice for notice in site.notices)
    assert any("Reading" in n or "Embedding" in n for n in site.notices), set(site.notices)


def test_example_question_is_answered_with_a_citation(page: Any) -> None:
    examples = page.locator("#examples .example")
    examples.first.wait_for(timeout=60_000)
    assert examples.count() >= 3
    example = examples.first.inner_text()
    examples.first.click()
    page.locator("#chat .answer").wait_for(timeout=60_000)
    assert page.locator("#chat .asked").inner_text() == example
    assert page.locator("#chat .sentences a.cite").count() >= 1
    assert page.locator("#chat .sources li").count() >= 1
    page.locator("#examples").wait_for(state="hidden")


def test_citation_opens_its_article_at_the_marked_sentence(page: Any) -> None:
    answer = ask(page, EXAMPLE)
    links = answer.locator(".sentences a.cite")
    for place in range(links.count()):
        link = links.nth(place)
        number = link.inner_text().strip("[]")
        open_citation(page, link)
        marks = page.locator("#source mark.cited").all_text_contents()
        quote = answer.locator(f"#quote-{link.get_attribute('href').removeprefix('#c-')}")
        assert "".join(marks) == quote.text_content()
        assert in_view(page, "#source mark.cited")
        row = answer.locator(".sources li", has_text=f"[{number}]")
        assert row.locator("a.title").inner_text() == page.locator("#source h2").inner_text()
        assert row.locator(".file").inner_text() in page.locator("#source .byline").inner_text()
    assert page.evaluate("scrollY") == 0


def test_citation_opens_with_the_keyboard(page: Any) -> None:
    answer = ask(page, EXAMPLE)
    answer.locator(".sentences a.cite").first.focus()
    page.keyboard.press("Enter")
    page.locator("#source mark.cited").wait_for()


def test_citation_deep_in_an_article_is_scrolled_to(page: Any) -> None:
    page.set_viewport_size({"width": 1200, "height": 420})
    answer = ask(page, "What did Aldous Brenk say about the steering?")
    links = answer.locator(".sentences a.cite")
    for place in range(links.count()):
        open_citation(page, links.nth(place))
        assert in_view(page, "#source mark.cited")


def test_question_the_articles_do_not_answer_is_not_answered(page: Any) -> None:
    answer = ask(page, "Who won the chess olympiad in Patagonia in 2031?")
    assert "The articles do not answer this." in answer.inner_text()
    assert answer.locator(".sentences a.cite").count() == 0
    answer.locator(".nearest a").first.click()
    page.locator("#source mark.near").first.wait_for()


def test_question_without_a_word_is_refused_in_the_chat(page: Any) -> None:
    answer = ask(page, "?!")
    assert answer.locator(".problem").count() == 1
    assert "Traceback" not in answer.inner_text()


def test_conversation_outlives_a_reload_and_clear_ends_it(page: Any) -> None:
    ask(page, EXAMPLE)
    page.reload()
    page.locator("#chat .answer").wait_for()
    open_citation(page, page.locator("#chat .sentences a.cite").first)
    page.get_by_role("button", name="Clear").click()
    page.locator("#chat .answer").wait_for(state="detached")
    page.locator("#examples").wait_for()
    page.reload()
    page.locator("#examples").wait_for()
    assert page.locator("#chat .asked").count() == 0


def test_hostile_article_is_shown_letter_by_letter(page: Any) -> None:
    answer = ask(page, "What did Zorblatt Quimby say about the lighthouse clocks of Mundelay?")
    assert "window.hacked" in answer.inner_text()
    open_citation(page, answer.locator(".sentences a.cite").first)
    assert HOSTILE_NAME in page.locator("#source .byline").inner_text()
    assert "<script>window.hacked=1</script>" in page.locator("#source").inner_text()
    page.get_by_role("tab", name="Articles").click()
    row = page.locator("#list tbody tr", has_text=HOSTILE_NAME)
    row.locator("a.open").click()
    page.wait_for_function("!document.querySelector('#source mark')")
    ask(_back_to_ask(page), "<img src=x onerror=hacked=1>")
    unsafe = "#chat img, #source img, #list img, #front img, #source script, #source iframe, .katex"
    assert page.locator(unsafe).count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0
    assert page.evaluate("typeof window.hacked") == "undefined"


def _back_to_ask(page: Any) -> Any:
    page.get_by_role("tab", name="Ask").click()
    return page


def test_articles_tab_lists_every_file_and_narrows_by_typing(page: Any, site: Site) -> None:
    page.get_by_role("tab", name="Articles").click()
    page.locator("#list a.open").first.wait_for()
    listed = set(page.locator("#list .file").all_inner_texts())
    assert listed == article_ids(site.articles)
    page.locator("#search input").fill("bronze-age plover")
    page.wait_for_function("document.querySelectorAll('#list a.open').length === 1")
    page.locator("#list a.open").click()
    page.locator("#source .article").wait_for()
    assert "bronze-age-boat.md" in page.locator("#source .byline").inner_text()
    assert page.locator("#source mark").count() == 0


def article_ids(folder: Path) -> set[str]:
    files = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix() for p in files}


def test_added_file_is_answered_and_deleted_file_is_gone(page: Any, site: Site) -> None:
    new = site.articles / "2026-10-01-observatory.txt"
    new.write_text(
        "Ilmarinen observatory opens on Mount Kessel\n\n"
        "The Ilmarinen observatory on Mount Kessel was opened on Thursday by the astronomer "
        "Wilhelmina Strake. Its mirror is 3.4 metres wide and was cast in Quillhaven.\n"
    )
    question = "How wide is the mirror of the Ilmarinen observatory?"
    try:
        assert "1 new" in rebuild(page)
        assert "2026-10-01-observatory.txt" in answer_files(page, question)
    finally:
        new.unlink()
    assert "1 deleted" in rebuild(page)
    assert "2026-10-01-observatory.txt" not in answer_files(page, question)
    page.get_by_role("tab", name="Articles").click()
    page.locator("#list a.open").first.wait_for()
    assert page.locator("#list .file", has_text="observatory").count() == 0


def test_no_request_ever_leaves_the_machine(site: Site) -> None:
    assert site.requested
    assert site.foreign() == []
