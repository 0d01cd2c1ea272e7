from __future__ import annotations

import html
import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.page_answer import answer_html, question_html
from rag.page_article import article_html, paragraph_spans
from rag.page_ask import Desk
from rag.page_conversation import (
    LONGEST_CONVERSATION,
    Conversation,
    Exchange,
    Wish,
    messages,
    read_conversation,
    save,
)
from rag.page_html import article_link, escaped, file_name
from rag.page_lists import front_page_html
from rag.page_reader import Reader, cited_article_html
from rag.page_wishes import Wanted
from rag.records import (
    Answer,
    AnswerSentence,
    AnswerUpdate,
    Article,
    ArticleSummary,
    Chunk,
    Citation,
    Filters,
    Hit,
    Missing,
    Turn,
)
from rag.settings import Settings

HOSTILE = (
    "<script>x()</script> <img src=x onerror=x()> ![i](http://evil.invalid/i.png) "
    "[a](javascript:x()) $\\frac{1}{2}$ `code` **bold** _it_ {{value}} ${value} &lt; www.a.b"
)
OWN_TAGS = {"div", "p", "span", "a", "ul", "li", "article", "section", "h2", "mark"}
TEXT = (
    "A boat was found\n\nThe boat is old. It has 31 ingots.\n\n"
    "Nobody knows\nwho built it. The boat is old."
)


def article(text: str = TEXT, title: str = "A boat was found", **changes: object) -> Article:
    plain = Article(
        id="wire/boat.txt", path="wire/boat.txt", title=title, title_from="first line", text=text,
        notes=(), source="Plover", source_from="header line", authors=("N. Vašek",),
        authors_from="header line", published=date(2026, 4, 10), published_from="header line",
        url="", url_from="", language="en", language_from="text",
        encoding="utf-8", remarks=(), sha256="0" * 64, text_sha256="1" * 64,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def citation(number: int, quote: str, source: Article) -> Citation:
    start = source.text.index(quote)
    return Citation(
        number, source.id, source.title, source.source, source.published,
        start, start + len(quote), quote, source.sha256,
    )  # fmt: skip


def answer(source: Article, *quotes: str) -> Answer:
    cited = tuple(citation(n, quote, source) for n, quote in enumerate(quotes, 1))
    return Answer(
        question="How old?", searched_for="How old?", filters=Filters(),
        status="answered" if cited else "not_found",
        sentences=tuple(AnswerSentence(c.quote, (c.number,)) for c in cited),
        citations=cited,
        hits=(Hit(Chunk(source.id, 0, 0, 40), 0.9, 1, 1), Hit(Chunk(source.id, 1, 40, 60), 0.8, 2, 2)),
        missing=() if cited else (Missing("zeppelin", 0),),
        as_of=source.published, confidence=0.9, method="extractive", generation=1,
    )  # fmt: skip


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def marked(markup: str, kind: str) -> list[str]:
    return [text_of(m) for m in re.findall(rf'<mark class="{kind}">(.*?)</mark>', markup, re.S)]


def test_an_unsupported_sentence_is_struck_through_with_its_reason_and_cites_nothing() -> None:
    plain = answer(article(), "The boat is old.")
    wrong = AnswerSentence(
        "It has 32 <b>ingots</b>.", (), verdict="unsupported",
        reason='not found in the sources: “32” "x"',
    )  # fmt: skip
    shown = answer_html(
        replace(plain, sentences=(*plain.sentences, wrong), notice="Slow <i>today</i>."), 1
    )
    struck = re.findall(r"<s>(.*?)</s>", shown)
    assert [text_of(s) for s in struck] == ["It has 32 <b>ingots</b>."]
    title = re.search(r'class="sentence unsupported" title="([^"]*)"', shown)
    assert title is not None
    assert html.unescape(title[1]) == 'not found in the sources: “32” "x"'
    assert "(not found in the sources: “32”" in text_of(shown)
    assert "Slow <i>today</i>." in text_of(shown)
    assert shown.count('href="#c-1-1"') == 3  # the sentence that is supported, and its source


# --- escaping -------------------------------------------------------------------------------


@given(st.text())
def test_escaped_text_holds_no_character_that_html_or_markdown_reads(text: str) -> None:
    assert re.fullmatch(r"(?:[A-Za-z0-9 ,;&#]|[^\x00-\x7f])*", escaped(text))
    assert "&" not in re.sub(r"&#\d+;", "", escaped(text))


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_escaped_text_reads_as_the_text(text: str) -> None:
    assert html.unescape(escaped(text)) == text


def test_characters_that_no_page_may_hold_become_the_replacement_character() -> None:
    assert escaped("a\x00b\x1bc\ud800d") == "a\ufffdb\ufffdc\ufffdd"


def test_file_name_shows_characters_that_turn_the_line_around() -> None:
    assert html.unescape(file_name("a\u202egpj.exe")) == r"a\u202egpj.exe"


@pytest.mark.parametrize("place", ["title", "source", "text", "id", "question"])
def test_hostile_text_never_becomes_markup(place: str) -> None:
    source = article()
    if place == "text":
        source = article(text=f"{TEXT} {HOSTILE}")
    elif place != "question":
        source = replace(source, **{place: HOSTILE})
    shown = answer(source, "The boat is old.")
    pages = [
        answer_html(shown, 1),
        answer_html(answer(source), 1, titles=[source.title] * 2, passages=[HOSTILE] * 2),
        article_html(source, [(0, len(source.text), "cited")]),
        question_html(HOSTILE),
        front_page_html([summary(source)]),
    ]
    for page in pages:
        tags = set(re.findall(r"<\s*/?\s*([a-z0-9]+)", page))
        assert tags <= {
            "div",
            "p",
            "span",
            "a",
            "ul",
            "li",
            "strong",
            "article",
            "h2",
            "mark",
            "section",
            "button",
            "details",
            "summary",
            "ol",
            "br",
        }
        assert all(href.startswith("#") for href in re.findall(r'href="([^"]*)"', page))
        assert not re.search(r"\bon\w+=|javascript:|http:|\$|`|\*|\{", page)


# --- the answer -----------------------------------------------------------------------------


def test_each_sentence_is_followed_by_its_numbers_with_the_quote() -> None:
    page = answer_html(answer(article(), "It has 31 ingots.", "The boat is old."), 7)
    assert 'href="#c-7-1">[1]' in page
    assert 'id="quote-7-1">It has 31 ingots&#46;</span>' in page
    assert "It has 31 ingots.\u2060[1]" in text_of(page).replace("  ", " ")
    assert text_of(page).index("[1]") < text_of(page).index("The boat is old.")
    assert "From 1 article" in text_of(page)


def test_what_was_searched_for_is_shown_where_it_is_not_what_was_typed() -> None:
    found = answer(article(), "It has 31 ingots.")
    for shown in (found, replace(found, status="not_found")):
        assert "Searched for" not in text_of(answer_html(shown, 1))
        page = answer_html(replace(shown, searched_for="How old is <b>the</b> boat?"), 1)
        assert "Searched for: How old is <b>the</b> boat?" in text_of(page.replace("&#60;", "&lt;"))
        assert "<b>" not in page


def test_sources_name_each_article_once_with_all_its_numbers() -> None:
    page = answer_html(answer(article(), "It has 31 ingots.", "The boat is old."), 1)
    sources = page[page.index('<ul class="sources">') : page.index('<div class="under">')]
    assert sources.count("<li>") == 1
    seen = re.sub(r'<span class="quote".*?</span>', "", sources)
    assert text_of(seen) == "[1][2] A boat was found Plover · 10 April 2026 · wire/boat.txt"


def test_sentence_shows_its_highlights_and_ignores_impossible_ones() -> None:
    found = answer(article(), "The boat is old.")
    sentence = replace(found.sentences[0], highlights=((4, 8), (5, 6), (3, 99)))
    page = answer_html(replace(found, sentences=(sentence,)), 1)
    assert re.findall(r"<strong>(.*?)</strong>", page) == ["boat"]
    assert "The boat is old." in text_of(page)


def test_not_found_says_what_is_missing_and_names_the_nearest_as_nearest() -> None:
    page = answer_html(answer(article()), 3, titles=["A boat was found"] * 2)
    page = page[: page.index('<div class="under">')]
    words = text_of(page)
    assert words.startswith("The articles do not answer this. No article mentions “zeppelin”.")
    assert words.index("Nearest passages, which do not answer:") < words.index("A boat was found")
    assert re.findall(r'href="([^"]*)"', page) == ["#h-3-1"]


def test_nearest_passages_are_shown_with_how_they_begin() -> None:
    hostile = "<b>It</b> has *31* ingots …"
    page = answer_html(answer(article()), 1, titles=["A boat was found"], passages=[hostile])
    assert hostile in text_of(page)
    assert "<b>" not in page


def test_filters_in_force_are_chips_under_the_answer_and_where_nothing_was_found() -> None:
    may = Filters(("<b>Plover", "HPA"), date(2026, 5, 1), date(2026, 5, 31))
    for shown in (answer(article(), "The boat is old."), answer(article())):
        page = answer_html(replace(shown, filters=may), 1)
        assert re.findall(r'class="chip">(.*?)<', page) == [
            "&#60;b&#62;Plover", "HPA", "published 1 to 31 May 2026",
        ]  # fmt: skip
        assert re.findall(r'id="drop-([^"]*)"', page) == ["1-1", "1-2", "1-days"]
        assert "chip" not in answer_html(shown, 1)


def test_nearest_articles_say_in_how_many_others_they_also_stand() -> None:
    found = answer(article())
    hits = (replace(found.hits[0], copies=("b.txt", "c.txt")), *found.hits[1:])
    page = answer_html(replace(found, hits=hits), 1, titles=["A boat was found"])
    page = page[: page.index('<div class="under">')]
    assert text_of(page).endswith("wire/boat.txt · also in 2 other articles")
    assert "also in" not in answer_html(found, 1, titles=["A boat was found"])


# --- the article ----------------------------------------------------------------------------


def test_cited_sentence_is_marked_exactly() -> None:
    source = article()
    cited = citation(1, "It has 31 ingots.", source)
    page = cited_article_html(source, cited, [cited])
    assert marked(page, "cited") == [source.text[cited.start : cited.end]]
    assert marked(page, "also") == []


def test_second_of_two_equal_sentences_is_the_one_marked() -> None:
    source = article()
    start = source.text.rindex("The boat is old.")
    cited = replace(citation(1, "The boat is old.", source), start=start, end=start + 16)
    page = cited_article_html(source, cited, [cited])
    assert text_of(page[: page.index("<mark")]).endswith("who built it. ")


def test_other_citations_of_the_answer_are_marked_lighter() -> None:
    source = article()
    first, second = (
        citation(1, "It has 31 ingots.", source),
        citation(2, "The boat is old.", source),
    )
    page = cited_article_html(source, first, [first, second])
    assert marked(page, "cited") == ["It has 31 ingots."]
    assert marked(page, "also") == ["The boat is old."]


def test_headline_can_be_marked_and_stands_once() -> None:
    source = article()
    cited = citation(1, source.title, source)
    page = cited_article_html(source, cited, [cited])
    assert marked(page, "cited") == [source.title]
    assert text_of(page).count(source.title) == 1


def test_sentence_that_has_moved_is_marked_where_it_stands_now() -> None:
    cited = citation(1, "It has 31 ingots.", article())
    moved = article(text=f"A boat was found\n\nNew first paragraph.\n\n{TEXT[18:]}")
    assert marked(cited_article_html(moved, cited, [cited]), "cited") == ["It has 31 ingots."]


def test_sentence_that_is_gone_is_not_marked_and_the_reader_is_told() -> None:
    cited = citation(1, "It has 31 ingots.", article())
    page = cited_article_html(article(text="A boat was found\n\nNothing."), cited, [cited])
    assert "<mark" not in page
    assert "The article has changed since" in text_of(page)


def test_article_says_where_its_date_was_found() -> None:
    words = text_of(article_html(article()))
    assert "10 April 2026 from the header line" in words
    assert "wire/boat.txt" in words


@given(st.text("ab \n\t.\r"), st.integers(0, 5))
def test_paragraphs_hold_every_letter_once_and_in_order(text: str, start: int) -> None:
    spans = paragraph_spans(text, start)
    assert all(a < b and text[a:b] == text[a:b].strip() for a, b in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    kept = "".join(text[a:b] for a, b in spans)
    assert "".join(kept.split()) == "".join(text[start:].split())


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=4))
def test_marks_never_change_the_text(places: list[tuple[int, int]]) -> None:
    marks = [(min(p), max(p), "cited") for p in places]
    assert text_of(article_html(article(), marks)) == text_of(article_html(article()))


# --- lists ----------------------------------------------------------------------------------


def summary(of: Article, **changes: object) -> ArticleSummary:
    plain = ArticleSummary(of.id, of.title, of.source, of.published, of.published_from, "en", 1234)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_correction_notes_are_set_apart_and_what_could_not_be_read_is_said() -> None:
    text = f"{TEXT}\n\nCorrection: the boat has 32 ingots."
    start = text.index("Correction")
    shown = article_html(article(text, notes=((start, len(text)),), remarks=("page 2: scanned",)))
    assert shown.count('<p class="correction">') == 1
    assert '<p class="correction">Correction' in shown
    assert "Not all of it could be read: page 2: scanned" in text_of(shown)


# --- conversations --------------------------------------------------------------------------


def test_conversation_comes_back_from_the_browser_as_it_was() -> None:
    conversation = Conversation(
        (
            Exchange("How old?", answer(article(), "The boat is old.")),
            Exchange("?", None, problem="No word in it."),
            Exchange("Zeppelin?", answer(article()), titles=("A boat was found",) * 2),
            Exchange("Why?", None, wish=Wish("Why is it old?", Filters(("Plover",)), 8)),
        )
    )
    assert read_conversation(save(conversation)) == conversation
    assert [m["role"] for m in messages(conversation)] == ["user", "assistant"] * 4


@pytest.mark.parametrize(
    "saved", [None, 7, "", "{", "[]", '{"exchanges": 1}', "x" * (LONGEST_CONVERSATION + 1)]
)
def test_what_is_no_conversation_counts_as_an_empty_one(saved: object) -> None:
    assert read_conversation(saved) == Conversation()


class OneArticle:
    """Stands in for the chatbot: knows one article, answers with one sentence of it."""

    settings = Settings()

    def ask_streaming(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        most: int = 0,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[AnswerUpdate]:
        self.heard = [turn.question for turn in history]
        self.asked = (question, filters, most)
        if question == "fail":
            raise RuntimeError("not a condition anyone foresaw")
        yield AnswerUpdate("searching")
        whole = answer(article(), "The boat is old.")
        if question == "slowly":
            yield AnswerUpdate("checking", replace(whole, notice="Still writing."))
            time.sleep(0.5)
        yield AnswerUpdate("done", whole)

    def article(self, article_id: str) -> Article:
        from rag.errors import ArticleUnknown

        if article_id != "wire/boat.txt":
            raise ArticleUnknown(f"No article {article_id!r}.")
        return article()


def desk() -> Desk:
    made = Desk(OneArticle())  # type: ignore[arg-type]
    made.loaded.set()
    return made


def reader() -> Reader:
    return Reader(OneArticle())  # type: ignore[arg-type]


def test_a_question_is_asked_with_the_turns_that_were_answered() -> None:
    chatbot = OneArticle()
    asked = Desk(chatbot)  # type: ignore[arg-type]
    asked.loaded.set()
    saved = ""
    for question, before in (("How old?", []), ("fail", ["How old?"]), ("Why?", ["How old?"])):
        saved = save(asked.ask(saved, question))
        assert chatbot.heard == before


def test_an_answer_that_grows_is_one_exchange() -> None:
    steps = list(desk().steps(save(desk().ask("", "How old?")), Wanted("slowly")))
    assert {len(step.conversation.exchanges) for step in steps} == {2}
    shown = [text_of(messages(s.conversation, s.waiting)[-1]["content"]) for s in steps]
    assert any("Still writing" in page for page in shown[:-1])
    assert "Still writing" not in shown[-1]
    assert ["Retry" in page for page in shown] == [False] * (len(shown) - 1) + [True]


def test_citation_of_a_turn_opens_its_article() -> None:
    saved = save(desk().ask("", "How old?"))
    bar, page = reader().open(saved, "#c-1-1")
    assert marked(page, "cited") == ["The boat is old."]
    assert "Citation 1 of 1" in text_of(bar)
    bar, page = reader().open("", article_link("wire/boat.txt"))
    assert "<h2" in page
    assert text_of(bar) == "Back"
    near = marked(reader().open(saved, "#h-1-2")[1], "near")
    assert "".join(near).split() == TEXT[40:60].replace(".\n\n", ".").split()


@pytest.mark.parametrize(
    "place",
    [None, 3, [], "", "#", "#c-1-2", "#c-2-1", "#c-0-1", "#c-١-1", "#c-1-1\n", "#x-1-1", "#c-" + "9" * 99,
     "#a-", "#a-../../etc/passwd", "#a-%00", "#a-%ff", "#h-1-9", "#n-1-1", "#a-" + "x" * 100_000],
)  # fmt: skip
def test_place_that_is_none_gives_a_quiet_message(place: object) -> None:
    saved = save(desk().ask("", "How old?"))
    bar, page = reader().open(saved, place)
    assert text_of(bar) == "Back"
    assert page.startswith('<div class="problem"')
    assert reader().verify(saved, place) == ""
    assert len(page) < 500


def test_unforeseen_error_is_a_plain_message_and_the_conversation_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first = desk().ask("", "fail")
    assert first.exchanges[0].answer is None
    assert "not a condition anyone foresaw" not in messages(first)[1]["content"]
    assert "not a condition anyone foresaw" in caplog.text
    assert len(desk().ask(save(first), "How old?").exchanges) == 2
