"""Exports show every text letter by letter, keep what a check needs, and load nothing."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.errors import ExportRefused
from rag.exports import KINDS, html_of, json_of, markdown_of, text_writer
from rag.records import (
    Answer,
    AnswerSentence,
    Chunk,
    Citation,
    Filters,
    Hit,
    Missing,
    Turn,
)
from rag.saved_answers import read_turns, turn_of

CITATIONS = (
    Citation(1, "wire/bridge.txt", "Council closes the iron bridge", "The Lenn Post",
             date(2024, 5, 6), 120, 179, "The repair will cost 3.2 million crowns and take two years.", "a1" * 32),
    Citation(2, "fees_may.html", "", "", datetime(2024, 5, 7, 9, 30, tzinfo=UTC), 7, 12, "Boats", "b2" * 32),
)  # fmt: skip
ANSWER = Answer(
    "What will it cost?", "What will the bridge cost?", Filters(("The Lenn Post",), date(2024, 1, 1), None),
    "answered",
    (AnswerSentence(CITATIONS[0].quote, (1,), ((21, 39),)),
     AnswerSentence("Boats pay", (2, 1), verdict="unsupported")),
    CITATIONS, (), (), date(2024, 5, 7), 0.9, "extractive", 3,
)  # fmt: skip
NOT_FOUND = Answer(
    "Where is Ruritania?", "Where is Ruritania?", Filters(), "not_found", (), (),
    (Hit(Chunk("a_b.txt", 0, 0, 1), 1.0, 1, 1), Hit(Chunk("a_b.txt", 1, 1, 2), 0.5, 2, 2),
     Hit(Chunk("c.txt", 0, 0, 1), 0.4, 3, 3)),
    (Missing("Ruritania", 0),), None, 0.1, "extractive", 3,
)  # fmt: skip
TURNS = (
    Turn("and the cost?", "What will the bridge cost?", ANSWER.filters, ANSWER),
    turn_of(NOT_FOUND),
)


def rendered(markdown: str, preset: str = "commonmark") -> lxml.html.HtmlElement:
    """Markdown as a reader's program shows it, HTML in it let through."""
    renderer = MarkdownIt(preset, {"html": True}).enable(["table", "strikethrough"])
    return lxml.html.fromstring(f"<div>{renderer.render(markdown)}</div>")


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize(
    "text_of", [lambda t: rendered(markdown_of(t)), lambda t: lxml.html.fromstring(html_of(t))]
)
def test_why_a_sentence_is_unsupported_and_what_else_is_to_be_known_is_kept(
    text_of: object,
) -> None:
    marked = replace(ANSWER.sentences[1], reason="not found in the sources: “*4*”")
    answer = replace(ANSWER, sentences=(marked,), notice="Slow <i>today</i>.")
    shown = words(text_of([turn_of(answer)]))  # type: ignore[operator]
    assert "Boats pay (not found in the sources: “*4*”)" in shown
    assert "Slow <i>today</i>." in shown


@pytest.mark.parametrize(
    "text_of", [lambda t: rendered(markdown_of(t)), lambda t: lxml.html.fromstring(html_of(t))]
)
def test_all_that_a_check_needs_is_kept(text_of: object) -> None:
    shown = words(text_of(TURNS))  # type: ignore[operator]
    for kept in (
        "and the cost?", "Searched for: What will the bridge cost?", "from The Lenn Post, published since",
        "[1] ", CITATIONS[0].quote, "Council closes the iron bridge", "The Lenn Post", "6 May 2024",
        "wire/bridge.txt, characters 120–179", "a1" * 32, "7 May 2024, 09:30 UTC", "source unknown",
        "fees_may.html", "b2" * 32, "(not found in the sources)", "From 2 articles (The Lenn Post), 6 to 7 May 2024",
        "Where is Ruritania?", "The articles do not answer this.", "“Ruritania”", "a_b.txt", "c.txt",
    ):  # fmt: skip
        assert kept in shown, kept
    assert shown.count("a_b.txt") == 1


def test_markdown_numbers_are_the_answers_own() -> None:
    gaps = replace(
        ANSWER, citations=(replace(CITATIONS[1], number=7),),
        sentences=(AnswerSentence("Boats pay.", (7,)),),
    )  # fmt: skip
    shown = rendered(markdown_of([turn_of(gaps)]))
    assert "Boats pay. [7]" in words(shown)
    assert words(shown.xpath("//li")[0]).startswith("[7] fees_may.html · source unknown")
    assert words(shown.xpath("//blockquote")[0]) == "Boats"


def test_html_numbers_lead_to_the_quotes_of_their_turn() -> None:
    page = lxml.html.fromstring(html_of([*TURNS, TURNS[0]]))
    ids = [element.get("id") for element in page.xpath("//*[@id]")]
    assert len(ids) == len(set(ids))
    links = page.xpath("//sup/a")
    assert [link.text for link in links] == ["[1]", "[2]", "[1]"] * 2
    for link in links:
        (item,) = page.xpath(f"//li[@id='{link.get('href')[1:]}']")
        assert item.get("value") == link.text.strip("[]")
    assert page.xpath("string(//li[@id='citation-3-1']/blockquote)") == CITATIONS[0].quote
    assert page.xpath("string(//strong)") == "3.2 million crowns"
    assert page.xpath("string(//s)") == "Boats pay"
    assert page.xpath("//time/@datetime")[:2] == ["2024-05-06", "2024-05-07"]


def test_html_needs_nothing_but_itself() -> None:
    text = html_of(TURNS)
    page = lxml.html.fromstring(text)
    assert not page.xpath("//script | //img | //link | //iframe | //*[@src] | //*[@style]")
    assert {href[:1] for href in page.xpath("//@href")} == {"#"}
    assert "url(" not in text
    assert "@import" not in text
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    digest = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    (policy,) = page.xpath("//meta[@http-equiv]/@content")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"
    assert "prefers-color-scheme: dark" in style[1]


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![logo](http://evil.example/a.png)",
    "[click](javascript:alert(1))", "</style></blockquote></li><h1>", "<!-- ", "&lt;b&gt; &amp; &#60;",
    "http://evil.example/a www.evil.example a@evil.example", "`code` ```", "# Head", "- item", "+ item",
    "1. item", "12) item", "> quote", "---", "===", "***", "* * *", "a | b\n--|--\n1 | 2", "~~gone~~ ~one~",
    "$x^2$ $$y$$", "[ref]: http://evil.example", "[^1]: note", "**bold** _it_ __b__ snake_case", "\\# \\",
    "\" onmouseover=\"alert(1)", "' x='", "<http://evil.example>", "a  \nb\n\n    code\n\tcode", ":smile: :::",
    "<s>", "]]>", "{{ x }} {% y %}", "\u202eevil\u202c", "@everyone #1", "–", "!", "<", "&", "\\", "*", "_",
]  # fmt: skip


def everywhere(hostile: str) -> Turn:
    """A turn that has that text wherever a text can stand."""
    said = hostile + "."
    cited = Citation(1, said, said, said, None, 0, len(said), said, "a" * 64)
    sentence = AnswerSentence(said, (1,), ((0, max(len(said) // 2, 1)),))
    filters = Filters((said,))
    answer = replace(
        ANSWER, question=said, searched_for=said + "?", filters=filters, sentences=(sentence,),
        citations=(cited,),
    )  # fmt: skip
    return Turn(said, said + "?", filters, answer)


MARKDOWN_ELEMENTS = {"div", "h1", "h2", "p", "ul", "li", "blockquote", "em", "strong"}


def check_markdown(hostile: str) -> None:
    turn = everywhere(hostile)
    shown = rendered(markdown_of([turn, turn]))
    assert {element.tag for element in shown.iter()} <= MARKDOWN_ELEMENTS
    expected = plain(hostile + ".")
    assert plain(shown.xpath("string(//blockquote)")) == expected
    assert plain(shown.xpath("string(//h2)")) == plain(f"1. {hostile}.")
    assert len(shown.xpath("//blockquote")) == len(shown.xpath("//li")) == 2
    assert len(shown.xpath("//h2")) == 2


def plain(text: str) -> str:
    """Text as a renderer shows it: white space as single spaces, no control characters."""
    return " ".join(re.sub("[\x00-\x08\x0e-\x1f\x7f\ufffd\x85]", " ", text).split())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markdown_shows_markup_as_text(hostile: str) -> None:
    check_markdown(hostile)


@given(st.text(st.sampled_from("ab1 .)(<>[]!*_`#+-=~|\\&;:/$@'\"\n\t{}^") | st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=40))  # fmt: skip
@settings(deadline=None)  # beside other work an example can take long
def test_markdown_shows_any_text(text: str) -> None:
    check_markdown(text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_html_shows_markup_as_text(hostile: str) -> None:
    turn = everywhere(hostile)
    safe = lxml.html.fromstring(html_of([everywhere("x")] * 2))
    page = lxml.html.fromstring(html_of([turn, turn]))
    assert [e.tag for e in page.iter()] == [e.tag for e in safe.iter()]
    assert [sorted(e.keys()) for e in page.iter()] == [sorted(e.keys()) for e in safe.iter()]
    assert page.xpath("string(//blockquote)") == hostile + "."
    assert page.xpath("string(//h2)") == hostile + "."


def test_characters_that_no_page_may_hold_are_replaced() -> None:
    turn = everywhere("a\x00b\x1bc\ud800d")
    assert "a\ufffdb\ufffdc\ufffdd" in html_of([turn])
    assert "a\ufffdb\ufffdc\ufffdd" in markdown_of([turn])


def test_json_is_read_back_and_the_same_turns_give_the_same_text() -> None:
    assert read_turns(json_of(TURNS).encode(), "talk.json") == TURNS
    for text_of in KINDS.values():
        assert text_of(TURNS) == text_of(list(TURNS))
        assert text_of(TURNS).endswith("\n")
        assert text_of([])


@pytest.mark.parametrize("name", ["out", "out.txt", "out.pdf", ".md", "md", "out.md.bak", ""])
def test_a_name_of_no_known_kind_is_refused(name: str) -> None:
    with pytest.raises(ExportRefused, match=r"\.md, \.html or \.json"):
        text_writer(name)


def test_the_suffix_decides_in_any_case() -> None:
    assert text_writer("Out.HTML") is html_of
    assert text_writer("a.b.md") is markdown_of
