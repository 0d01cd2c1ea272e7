from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import date

import pytest

from rag.errors import FilterInvalid
from rag.page_ask import STOPPED, Desk, Run
from rag.page_conversation import Conversation, Exchange, Wish, read_conversation, save
from rag.page_filters import matching_line, read_filters
from rag.page_tools import export_json
from rag.page_wishes import Wanted, read_wanted
from rag.records import Filters, Understood
from rag.saved_answers import read_turns
from tests.test_page import OneArticle, answer, article, summary

MAY = Filters(("HPA", "Plover"), date(2026, 5, 1), date(2026, 5, 31))


def conversation() -> Conversation:
    found = replace(
        answer(article(), "The boat is old."), filters=MAY, understood=Understood(("Radio Orrin",))
    )
    return Conversation((Exchange("How old?", found),))


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (["ask", "Why?"], Wanted("Why?")),
        (["again-1"], Wanted("How old?", 1)),
        (["edit-1", "How new?"], Wanted("How new?", 1)),
        (["search-1", "boat age"], Wanted("How old?", 1, Wish("boat age"))),
        (["more-1"], Wanted("How old?", 1, Wish(most=8))),
        (["drop-1-1"], Wanted("How old?", 1, Wish(filters=replace(MAY, sources=("Plover",))))),
        (["drop-1-sources"], Wanted("How old?", 1, Wish(filters=replace(MAY, sources=())))),
        (["drop-1-days"], Wanted("How old?", 1, Wish(filters=Filters(MAY.sources)))),
        (["only-1"], Wanted("How old?", 1, Wish(filters=Filters(("Radio Orrin",))))),
    ],
)
def test_button_says_how_its_turn_is_asked_again(sent: list[str], wanted: Wanted) -> None:
    assert read_wanted(conversation(), json.dumps(sent)) == wanted


@pytest.mark.parametrize(
    "sent",
    [None, 7, "", "{", "[]", "{}", '["ask"]', '["ask", " "]', '["again-2"]', '["again-0"]',
     '["again-1-1 "]', '["edit-1", ""]', '["open-1"]', '[["again-1"]]', '["again-1", 3]',
     '["again-' + "9" * 99 + '"]'],
)  # fmt: skip
def test_what_no_button_sends_asks_nothing(sent: object) -> None:
    assert read_wanted(conversation(), sent) is None


def test_turn_asked_again_in_vain_keeps_its_answer_and_says_why() -> None:
    chatbot = OneArticle()
    desk = Desk(chatbot)  # type: ignore[arg-type]
    desk.loaded.set()
    saved = save(desk.ask("", "How old?"))
    *_, last = desk.steps(saved, Wanted("fail", 1))
    (exchange,) = last.conversation.exchanges
    assert exchange.answer == read_conversation(saved).exchanges[0].answer
    assert "went wrong" in exchange.problem


def test_wish_reaches_the_chatbot_and_the_question_stays_as_typed() -> None:
    chatbot = OneArticle()
    desk = Desk(chatbot)  # type: ignore[arg-type]
    desk.loaded.set()
    last = desk.ask("", "How old?", Wish("boat age", MAY, 99))
    assert chatbot.asked == ("boat age", MAY, 12)
    assert last.exchanges[0].answer is not None
    assert last.exchanges[0].answer.question == "How old?"


def test_question_stopped_while_the_model_loads_says_so_and_can_be_asked_again() -> None:
    desk, run = Desk(OneArticle()), Run()  # type: ignore[arg-type]
    stop = run.begin()
    assert stop is not None
    assert run.begin() is None
    steps = desk.steps("", Wanted("How old?"), stop)
    first = next(steps)
    assert first.waiting is not None
    assert first.kept.exchanges[0].question == "How old?"
    run.stop()
    *_, last = steps
    assert last.conversation.exchanges[0].problem == STOPPED
    run.end(stop)
    assert run.begin() is not None
    assert copy.deepcopy(run).begin() is not None


def test_chosen_filters_are_read_and_checked() -> None:
    said = {"sources": ["HPA", "Plover"], "from": "2026-05-01", "until": "2026-05-31"}
    assert read_filters(json.dumps(said)) == MAY
    for nothing in ("", "{", "[]", '{"sources": []}', '{"sources": [1, ""], "from": ""}', None):
        assert read_filters(nothing) is None
    for wrong in ({"from": "May"}, {"from": "2026-06-01", "until": "2026-05-31"}):
        with pytest.raises(FilterInvalid):
            read_filters(json.dumps(wrong))


def test_matching_line_counts_what_the_filters_leave() -> None:
    articles = [
        summary(article(), id=str(number), source=source, published=published)
        for number, (source, published) in enumerate(
            (("HPA", date(2026, 5, 2)), ("HPA", None), ("Plover", date(2025, 5, 2)))
        )
    ]
    assert matching_line(articles, None) == "All 3 articles"
    assert matching_line(articles, Filters(("HPA",))) == "2 of 3 articles"
    assert matching_line(articles, MAY) == "1 of 3 articles, and 1 undated after them"


def test_export_is_a_file_of_the_kind_that_was_asked_for() -> None:
    file = json.loads(export_json(conversation(), "export-json", date(2026, 5, 1)))
    assert file["name"] == "broadsheet-2026-05-01.json"
    assert [t.question for t in read_turns(file["text"].encode(), "x")] == ["How old?"]
    for kind in ("export-exe", "", None, ["export-md"]):
        assert export_json(conversation(), kind, date(2026, 5, 1)) == ""
