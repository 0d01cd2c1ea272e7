"""The tabs Articles and Index as their reader has them: files come and go, builds run and end."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import BUILD_MILLISECONDS, answer_files, articles_tab, ask, until_indexed, upload
from conftest import needs_chromium
from serving import REPOSITORY, Site, browser, server

pytestmark = pytest.mark.e2e

PORT = """The port of Ansel is dredged to eleven metres

The port of Ansel was dredged to eleven metres in March, the harbour master Odile Brandt said. \
The work cost 4.6 million crowns and took nine weeks.
"""
CLOCK = """Lighthouse clock of Mundelay stopped for a day

The clock in the lighthouse of Mundelay stopped for a whole day because a gull had nested in it, \
the keeper Perpetua Voss said. It was cleaned and runs again.
"""
BAKERY = """Bakery in Quillhaven sells its last loaf

The oldest bakery in Quillhaven closed on Saturday after 131 years. Its owner, Tancred Ilves, sold \
the last loaf at noon.
"""
PICTURE = b"\x89PNG\r\n\x1a\n0000"


class Library:
    """The page over articles of a user's own, and how it was offered to have them."""

    def __init__(self, site: Site, samples: Path) -> None:
        self.site = site
        self.samples = samples
        self.own = samples.parent / "my-articles"
        self.index = samples.parent / "index"
        self.said: dict[str, str] = {}


def row(page: Any, name: str) -> Any:
    return page.locator("#list tbody tr", has_text=name)


def item(page: Any, name: str, state: str) -> Any:
    """What is said of a file that is added, once it is in that state."""
    found = page.locator(f'#adding li[data-state="{state}"]', has_text=name)
    found.wait_for(timeout=60_000)
    return found


def close_list(page: Any) -> None:
    page.get_by_role("button", name="Close this list").click()
    page.locator("#adding .adding").wait_for(state="hidden")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A newcomer's way: the sample articles, then articles of their own, one of them no article."""
    needs_chromium()
    place = tmp_path_factory.mktemp("library")
    samples = place / "articles"
    samples.mkdir()
    for name in (".sample", "bronze-age-boat.md", "cobbler-light-keeper.txt"):
        shutil.copy(REPOSITORY / "articles" / name, samples / name)
    with server(samples, place / "index") as address, browser() as running:
        made = Library(Site(address, samples, running, place / "index"), samples)
        page = made.site.open()
        page.locator("#question textarea:enabled").wait_for(timeout=BUILD_MILLISECONDS)
        articles_tab(page)
        page.get_by_role("button", name="Remove The boat beneath the narrows").click()
        page.locator("#said .said").wait_for()
        made.said["remove"] = page.locator("#said").inner_text()
        page.locator("#said").get_by_role("button", name="Close").click()
        page.locator("#said .said").wait_for(state="detached")
        upload(page, ("port.txt", PORT), ("clock.txt", CLOCK), ("picture.txt", PICTURE))
        page.get_by_role("button", name="Use my own folder").wait_for(timeout=60_000)
        made.said["bad"] = item(page, "picture.txt", "failed").inner_text()
        made.said["offer"] = page.locator("#adding .ask").inner_text()
        page.get_by_role("button", name="Use my own folder").click()
        made.said["added"] = item(page, "port.txt", "added").inner_text()
        item(page, "clock.txt", "added")
        until_indexed(page, "port.txt")
        page.context.close()
        yield made


@pytest.fixture
def page(library: Library) -> Iterator[Any]:
    page = library.site.open()
    page.wait_for_selector("#question textarea:enabled")
    yield page
    page.context.close()
    assert library.site.foreign() == []
    assert library.site.complaints == []


# --- adding ---------------------------------------------------------------------------------


def test_sample_articles_are_left_for_a_folder_of_ones_own(library: Library, page: Any) -> None:
    assert str(library.own) in library.said["remove"]
    assert "sample articles" in library.said["remove"]
    assert str(library.own) in library.said["offer"]
    assert sorted(p.name for p in library.own.iterdir()) == ["clock.txt", "port.txt"]
    assert sorted(p.name for p in library.samples.iterdir()) == [
        ".sample", "bronze-age-boat.md", "cobbler-light-keeper.txt",
    ]  # fmt: skip
    articles_tab(page)
    assert page.locator("#list tbody tr").count() == 2
    page.get_by_role("tab", name="Index").click()
    page.locator("#status dl").wait_for()
    assert str(library.own) in page.locator("#status dl").inner_text()


def test_each_file_that_is_added_is_told_apart_by_what_it_holds(library: Library) -> None:
    assert "Not added: a picture, not text" in library.said["bad"]
    assert "The port of Ansel is dredged to eleven metres" in library.said["added"]


def test_added_article_is_asked_removed_one_is_not_restored_one_is_again(
    library: Library, page: Any
) -> None:
    question = "How old was the bakery in Quillhaven when it closed?"
    articles_tab(page)
    upload(page, ("bakery.txt", BAKERY))
    item(page, "bakery.txt", "added")
    until_indexed(page, "bakery.txt")
    assert "bakery.txt" in answer_files(page, question)
    articles_tab(page)
    page.get_by_role("button", name="Remove Bakery in Quillhaven").click()
    row(page, "bakery.txt").wait_for(state="detached", timeout=BUILD_MILLISECONDS)
    assert not (library.own / "bakery.txt").exists()
    page.get_by_role("tab", name="Ask").click()
    assert "The articles do not answer this." in ask(page, question).inner_text()
    articles_tab(page)
    page.locator("#removed summary").click()
    page.get_by_role("button", name="Restore Bakery in Quillhaven").click()
    until_indexed(page, "bakery.txt")
    assert "bakery.txt" in answer_files(page, question)
    assert (library.own / "bakery.txt").read_text() == BAKERY


def test_name_that_is_taken_is_asked_about(library: Library, page: Any) -> None:
    articles_tab(page)
    upload(page, ("clock.txt", PORT + "It is deep."), ("port.txt", PORT))
    item(page, "clock.txt", "taken")
    assert "Already in the folder" in item(page, "port.txt", "same").inner_text()
    assert (library.own / "clock.txt").read_text() == CLOCK
    page.get_by_role("button", name="Keep both: clock.txt").click()
    assert "as clock (2).txt" in item(page, "clock.txt", "added").inner_text()
    until_indexed(page, "clock (2).txt")
    close_list(page)
    upload(page, ("clock.txt", CLOCK + "It is loud."))
    item(page, "clock.txt", "taken")
    page.get_by_role("button", name="Replace: clock.txt").click()
    item(page, "clock.txt", "added")
    assert (library.own / "clock.txt").read_text() == CLOCK + "It is loud."
    until_indexed(page, "clock.txt")
    page.locator("#removed summary").click()
    assert "clock.txt" in page.locator("#removed").inner_text()  # what was replaced is kept


def test_dropped_files_are_added_and_unsafe_names_stay_in_the_folder(
    library: Library, page: Any
) -> None:
    text = "A drop of rain\n\nIt rained one drop in Ansel on Sunday, the weather service said."
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "rain <img src=x onerror=hacked=1>.txt"));
            for (const kind of ["dragover", "drop"])
                document.body.dispatchEvent(
                    new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )
    item(page, "rain", "added")
    until_indexed(page, "rain <img src=x onerror=hacked=1>.txt")
    assert page.locator("#adding img, #list img").count() == 0
    (library.own / "rain <img src=x onerror=hacked=1>.txt").unlink()


def send(
    library: Library, method: str, query: str, body: bytes | None = None, **headers: str
) -> Any:
    """Calls the route as a program would → its status and what it says."""
    request = urllib.request.Request(
        f"{library.site.address}/add-article?{query}", body, headers, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        raw = error.read()
        return error.code, json.loads(raw) if raw.startswith(b"{") else raw.decode()


def test_route_for_files_refuses_what_the_page_would_not_send(library: Library) -> None:
    assert send(library, "PUT", "name=a.txt", b"A\n\nb.", Origin="http://evil.invalid")[0] == 403
    assert send(library, "PUT", "name=a.txt", b"A\n\nb.", Host="evil.invalid")[0] == 421
    assert send(library, "GET", "token=../../etc/passwd")[0] == 405
    assert send(library, "POST", "token=../../etc/passwd&name=x.txt")[0] == 422
    assert "problem" in send(library, "PUT", "name=" + "%2e%2e%2f" * 20, b"A\n\nb.")[1]
    assert send(library, "PUT", "name=x.txt", b"", **{"Content-Length": str(60_000_000)})[0] == 413
    status, said = send(library, "PUT", "name=..%2F..%2Fescape.html", b"A port\n\nA port opened.")
    assert (status, said["name"]) == (200, "escape.html")
    assert send(library, "POST", f"token={said['token']}&drop=1") == (200, {"state": "dropped"})
    assert send(library, "POST", f"token={said['token']}&name=escape.html")[0] == 422
    waiting = [
        p for p in (library.index / "incoming").rglob("*") if p.is_file() and p.name != ".lock"
    ]
    assert waiting == []


# --- the list -------------------------------------------------------------------------------


def test_list_is_sorted_by_its_heads_searched_and_opens_articles(page: Any) -> None:
    articles_tab(page)
    page.get_by_role("button", name="Title").click()
    page.locator('#list th[aria-sort="ascending"]', has_text="Title").wait_for()
    titles = page.locator("#list tbody .title").all_inner_texts()
    assert titles == sorted(titles, key=str.casefold)
    assert page.evaluate("document.activeElement.dataset.key") == "title"
    page.keyboard.press("Enter")
    page.locator('#list th[aria-sort="descending"]', has_text="Title").wait_for()
    assert page.locator("#list tbody .title").all_inner_texts() == titles[::-1]
    page.locator("#search input").fill("dredged port.txt")
    page.wait_for_function("document.querySelectorAll('#list tbody tr').length === 1")
    page.locator("#list a.open").click()
    page.locator("#source .article").wait_for()
    assert "port.txt" in page.locator("#source .byline").inner_text()
    page.locator("#search input").fill("no such article")
    page.get_by_text("No article matches.").wait_for()


def test_file_that_cannot_be_read_stands_in_the_list_with_its_reason(
    library: Library, page: Any
) -> None:
    bad = library.own / "scan.pdf"
    bad.write_bytes(PICTURE)
    try:
        articles_tab(page)
        page.locator("#list tr.new", has_text="scan.pdf").wait_for()
        page.get_by_role("tab", name="Index").click()
        page.get_by_role("button", name="Rebuild", exact=True).click()
        page.locator("#log .failures", has_text="scan.pdf").wait_for(timeout=BUILD_MILLISECONDS)
        assert "a picture, not text" in page.locator("#log").inner_text()
        articles_tab(page)
        failed = page.locator("#list tr.failed", has_text="scan.pdf")
        failed.wait_for()
        assert "Cannot be read: a picture, not text" in failed.inner_text()
    finally:
        bad.unlink()


def test_line_of_a_file_is_not_removed_by_itself(library: Library, page: Any) -> None:
    records = [
        {"id": f"n{n}", "title": f"Wire note {n}", "text": f"{n} ships came, she said."}
        for n in (1, 2)
    ]
    articles_tab(page)
    upload(page, ("wire.jsonl", "\n".join(map(json.dumps, records))))
    item(page, "wire.jsonl", "added")
    until_indexed(page, "wire.jsonl#n2")
    page.get_by_role("button", name="Remove Wire note 1").click()
    page.locator("#said .problem").wait_for()
    assert "A line cannot be removed by itself" in page.locator("#said").inner_text()
    assert (library.own / "wire.jsonl").exists()
    page.get_by_role("button", name="Remove the whole file").click()
    row(page, "wire.jsonl").first.wait_for(state="detached", timeout=BUILD_MILLISECONDS)
    assert not (library.own / "wire.jsonl").exists()


# --- the build ------------------------------------------------------------------------------


def test_build_goes_on_during_an_answer_is_seen_in_a_new_tab_and_can_be_cancelled(
    library: Library, page: Any
) -> None:
    many = library.own / "many"
    many.mkdir()
    for number in range(60):
        lines = (f"Line {n} of letter {number} weighs {n * number} grams." for n in range(80))
        (many / f"{number}.txt").write_text(f"Letter {number}\n\n" + "\n\n".join(lines))
    try:
        page.get_by_role("tab", name="Index").click()
        page.get_by_role("button", name="Rebuild", exact=True).click()
        page.locator("#progress .stages").wait_for()
        page.get_by_role("tab", name="Ask").click()
        answer = ask(page, "How deep is the port of Ansel dredged?")
        assert "eleven metres" in answer.inner_text()
        assert page.locator("#notice .progress").count() == 1
        page.context.close()  # a closed tab does not end it
        other = library.site.open()
        other.get_by_role("tab", name="Index").click()
        other.locator("#progress .now", has_text="Embed").wait_for(timeout=BUILD_MILLISECONDS)
        other.wait_for_function(
            "/chunks.s/.test(document.querySelector('#progress').innerText)",
            timeout=BUILD_MILLISECONDS,
        )
        other.get_by_role("button", name="Cancel").click()
        other.locator("#log .problem").wait_for()
        assert "Cancelled; the index is as it was." in other.locator("#log").inner_text()
        assert "60 new" in other.locator("#status").inner_text()
        other.reload()
        other.get_by_role("tab", name="Index").click()
        other.locator("#log .problem", has_text="Cancelled").wait_for()
        other.context.close()
    finally:
        shutil.rmtree(many)


# --- the look -------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_window_and_large_text_never_scroll_sideways(library: Library, scheme: str) -> None:
    page = library.site.open(
        viewport={"width": 390, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.wait_for_selector("#question textarea:enabled")
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        articles_tab(page)
        head = page.locator("#list tbody tr").first
        assert head.evaluate("row => getComputedStyle(row).display") == "flex"  # rows, no table
        for tab in ("Articles", "Index"):
            page.get_by_role("tab", name=tab).click()
            page.evaluate(
                "document.querySelectorAll('#removed details').forEach((d) => d.open = true)"
            )
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            wide = page.evaluate(
                """() => [...document.querySelectorAll("#articles *, #index *")].filter((e) => {
                    const box = e.getBoundingClientRect();
                    return e.checkVisibility() && box.width && box.right > 391
                        && getComputedStyle(e).position !== "absolute";
                }).map((e) => e.outerHTML.slice(0, 120))"""
            )
            assert wide == []
    page.context.close()
