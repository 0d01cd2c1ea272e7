"""What articles, questions and a model write is never more than text: the escaping and the
Content-Security-Policy, each with the other switched off, and both off as the control.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from asking import BUILD_MILLISECONDS, answered, open_citation
from conftest import needs_chromium
from payloads import LIVE, Elsewhere, elsewhere, payloads
from serving import browser, server

from rag.chatbot import Chatbot
from rag.settings import Settings
from tests import model_server
from tests.test_generated import excerpts

pytestmark = pytest.mark.e2e

UNESCAPED = Path(__file__).with_name("unescaped.py")
QUESTION = "How many times did the clock of Mundelay strike?"


@dataclass(frozen=True)
class Hostile:
    """Articles, one for each payload, which stands in its title, source, author, body and name."""

    folder: Path
    articles: Path
    index: Path
    elsewhere: Elsewhere
    payloads: dict[str, str]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    needs_chromium()
    folder = tmp_path_factory.mktemp("hostile")
    articles = folder / "articles"
    articles.mkdir()
    with elsewhere() as other:
        made = Hostile(folder, articles, folder / "index", other, payloads(other.place))
        for number, payload in enumerate(made.payloads.values(), 1):
            (articles / name_of(number, payload)).write_text(article(number, payload))
        for name, text in markup_articles(other.place).items():
            (articles / name).write_text(text)
        Chatbot(Settings(index=made.index)).build(articles)
        yield made


def name_of(number: int, payload: str) -> str:
    """A file's name cannot hold a slash, but HTML knows it by another name."""
    return f"{number:02} {payload.replace('/', '&#x2f;')}.txt"


def article(number: int, payload: str) -> str:
    return (
        f"Title: Clock {number} {payload} strikes\nSource: Courier {number} {payload}\n"
        f"Author: Zora {payload}\nPublished: 2026-03-{number % 28 + 1:02}\n\n"
        f"The clock of Mundelay struck {number} times {payload} on Monday. The mayor said that "
        f"{payload} nobody had asked for the clock of Mundelay to strike {number} times.\n"
    )


def markup_articles(place: str) -> dict[str, str]:
    """Articles that are markup themselves, whose readable text is markup again."""
    run = f"hacked(),fetch('{place}/markup')"
    says = (
        f"The tower of Mundelay burned &lt;img src=x onerror=&quot;{run}&quot;&gt; on Sunday, the "
        "mayor said. Nobody was in the tower of Mundelay when it burned, the fire brigade said."
    )
    return {
        "page.html": f"<html><head><title>Tower page burns</title><script>{run}</script>"
        f"<meta http-equiv=refresh content='0;url=http:{place}/markup'></head><body onload={run}>"
        f"<article><h1>Tower page burns</h1><p>{says}</p><img src={place}/markup>"
        f"<iframe src={place}/markup></iframe></article></body></html>",
        "drawing.html": "<svg xmlns='http://www.w3.org/2000/svg' "
        f'onload="{run}"><script>{run}</script><title>Tower drawing burns</title>'
        f"<foreignObject><p>{says}</p></foreignObject><image href='{place}/markup'/></svg>",
    }


def writes_payloads(texts: list[str]) -> model_server.Behaviour:
    """A model that quotes a sentence rightly, then writes the payloads as sentences of its own."""
    left = iter(texts)

    def behave(handler: model_server.Handler) -> None:
        first = excerpts(handler)[0]
        quoted = re.findall(r"The clock of Mundelay struck \d+ times", first["text"])
        parts = [f"{quoted[0] if quoted else 'A clock struck'} [{first['excerpt']}]."]
        for _ in range(6):
            three = " and ".join(islice(left, 3))
            parts += [f"The mayor said {three} about it [{first['excerpt']}]."] if three else []
        model_server.writes(" ".join(parts), step=40)(handler)

    return behave


@contextmanager
def served(hostile: Hostile, *program: str) -> Iterator[str]:
    texts = list(hostile.payloads.values())
    with model_server.serving(writes_payloads(texts)) as model:
        settings = {"BROADSHEET_LLM_MODEL": "test", "BROADSHEET_LLM_URL": model.url}
        with server(None, hostile.index, program=program, **settings) as address:
            yield address


@pytest.fixture(scope="module")
def unescaped(hostile: Hostile) -> Iterator[str]:
    with served(hostile, str(UNESCAPED)) as address:
        yield address


@contextmanager
def visited(
    hostile: Hostile, address: str, *, escaping: bool, policy: bool
) -> Iterator[tuple[Any, list[str]]]:
    """Everything that the page shows of the payloads, looked at as a reader does; gives the page
    and what was called.
    """
    called: list[str] = []
    hostile.elsewhere.asked.clear()
    with browser() as running:
        context = running.new_context(
            viewport={"width": 1440, "height": 900}, bypass_csp=not policy
        )
        context.set_default_timeout(60_000)
        context.expose_function("hacked", lambda: called.append("called"))
        page = context.new_page()
        page.goto(address)
        look_around(page, list(hostile.payloads.values()), whole=escaping)
        yield page, called


def look_around(page: Any, texts: list[str], *, whole: bool) -> None:
    """``whole`` where the page is not taken apart by the payloads, so that it can be used."""
    page.locator("#front a").first.wait_for(state="attached", timeout=BUILD_MILLISECONDS)
    half = len(texts) // 2
    questions = [" ".join([QUESTION, *part])[:1_990] for part in (texts[:half], texts[half:])]
    for place, question in enumerate([*questions, QUESTION] if whole else []):
        page.locator("#question textarea:enabled").fill(question)
        page.locator("#question textarea").press("Enter")
        answered(page, place)
    if whole:
        page.locator("#chat .sentences a.cite").last.hover()
        page.locator("#card").wait_for()
    page.evaluate("document.querySelector('#filters summary')?.click()")
    page.evaluate("document.querySelectorAll('[role=tab]')[1]?.click()")
    page.locator("#list a.open").first.wait_for(state="attached")
    titles = page.locator("#list a.open")
    for place in range(titles.count()):
        titles.nth(place).evaluate("link => link.click()")
        page.wait_for_timeout(60)
    for place in (2, 0):
        page.evaluate("at => document.querySelectorAll('[role=tab]')[at]?.click()", place)
    page.wait_for_timeout(1_000)


def listed(hostile: Hostile) -> set[str]:
    return {each.id for each in Chatbot(Settings(index=hostile.index)).articles()}


def open_from_list(page: Any, name: str) -> None:
    page.get_by_role("tab", name="Articles").click()
    page.locator("#search input").fill(name)
    row = page.locator("#list tbody tr", has_text=name)
    row.locator("a.open").click()
    page.locator("#source .byline", has_text=name).wait_for()


def test_payloads_are_in_the_index_as_they_were_written(hostile: Hostile) -> None:
    chatbot = Chatbot(Settings(index=hostile.index))
    found = {each.id: chatbot.article(each.id) for each in chatbot.articles()}
    assert "page.html" in found
    assert len(found) >= len(hostile.payloads) + 1
    for number, (kind, payload) in enumerate(hostile.payloads.items(), 1):
        kept = found[name_of(number, payload)]
        assert payload in kept.title
        assert payload.rstrip('"= ') in kept.source  # no source ends so
        assert any(author.startswith("Zora") for author in kept.authors)  # then cut at commas
        # A picture in Markdown is no text of an article; in its title it stays.
        assert kept.text.count(payload) == (1 if kind == "Markdown image" else 3), kept.text


def test_escaping_alone_lets_nothing_run_and_nothing_be_asked_elsewhere(hostile: Hostile) -> None:
    with (
        served(hostile, "-m", "rag") as address,
        visited(hostile, address, escaping=True, policy=False) as (page, called),
    ):
        assert page.evaluate(LIVE, hostile.elsewhere.place) == []
        shown = page.locator("#chat").inner_text()
        # The payloads are there to be read; tags that the model wrote are left out altogether.
        assert shown.count("hacked(),fetch(") > 8
        page.reload()
        answered(page, 2)
        open_citation(page, page.locator("#chat .sentences a.cite").last)
        for name in sorted(markup_articles("").keys() & listed(hostile)):
            open_from_list(page, name)
            text = page.locator("#source").inner_text()
            assert "burned <img src=x onerror=" in text
            assert page.locator("#source :is(img, svg, iframe, script, object)").count() == 0
        assert page.evaluate(LIVE, hostile.elsewhere.place) == []
        assert (called, hostile.elsewhere.asked) == ([], [])


def test_policy_alone_stops_requests_and_forms(hostile: Hostile, unescaped: str) -> None:
    with visited(hostile, unescaped, escaping=False, policy=True) as (page, called):
        live = page.evaluate(LIVE, hostile.elsewhere.place)
        # The payloads are part of the page: what stops them is not that they are text.
        for kind in ("img src", "img srcset", "form action", "iframe src", "object data", "style",
                     "link href", "embed src", "image href", "video poster"):  # fmt: skip
            assert kind in live, live
        assert called  # a policy that lets Gradio's own scripts run cannot stop these
        submitted = page.evaluate(
            """place => {
                const forms = [...document.querySelectorAll("form")].filter(form =>
                    form.action.includes(place) || form.querySelector("[formaction]"));
                for (const form of forms) form.requestSubmit(form.querySelector("button"));
                return forms.length;
            }""",
            hostile.elsewhere.place,
        )
        assert submitted > 0
        page.wait_for_timeout(500)
        assert hostile.elsewhere.asked == []


def test_with_both_off_the_payloads_do_what_they_say(hostile: Hostile, unescaped: str) -> None:
    """The control: without it the other tests could pass because nothing works."""
    with visited(hostile, unescaped, escaping=False, policy=False) as (_, called):
        assert called
        asked = {line.rpartition("/")[2] for line in hostile.elsewhere.asked}
        assert {"fetched", "image", "srcset", "style", "stylesheet", "frame", "object", "poster",
                "svg-image", "import", "rule", "embed", "audio", "prefetch"} <= asked, asked  # fmt: skip
