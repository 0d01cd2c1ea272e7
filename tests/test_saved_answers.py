"""A saved answer comes back as it was; anything else is refused with the field named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import AnswerUnreadable
from rag.exports import json_of
from rag.records import (
    Answer,
    AnswerSentence,
    Chunk,
    Citation,
    Filters,
    Hit,
    Missing,
    Turn,
    Understood,
    UnderstoodPeriod,
    to_json,
)
from rag.saved_answers import LONGEST_BYTES, MOST_CITATIONS, read_turns, turn_of

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
published = st.none() | st.dates() | st.datetimes(timezones=zones)
days = st.none() | st.dates()
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
texts = st.lists(text, max_size=2).map(tuple)
places = st.integers(0, 10**6)
finite = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    count = draw(st.integers(0, 3))
    citations = []
    for number in range(1, count + 1):
        quote, start = draw(text.filter(bool)), draw(places)
        citations.append(
            Citation(
                number,
                draw(text),
                draw(text),
                draw(text),
                draw(published),
                start,
                start + len(quote),
                quote,
                draw(st.sampled_from(["", "0" * 64, "c0ffee" + "9" * 58])),
            )
        )
    sentences = []
    for _ in range(draw(st.integers(0, 3))):
        words = draw(text)
        spans = [(0, len(words))] if words and draw(st.booleans()) else []
        numbers = draw(st.lists(st.integers(1, count), max_size=3)) if count else []
        verdict = draw(st.sampled_from(["verbatim", "supported", "unsupported"]))
        sentences.append(AnswerSentence(words, tuple(numbers), tuple(spans), verdict))
    filters = Filters(draw(texts), draw(days), draw(days))
    hits = tuple(
        Hit(
            Chunk(draw(text), draw(places), draw(places), draw(places)), draw(finite),
            draw(st.none() | places), draw(st.none() | places), draw(st.none() | finite),
            draw(st.none() | finite), draw(texts), draw(texts),
        )
        for _ in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    return Answer(
        question=draw(text),
        searched_for=draw(text),
        filters=filters,
        status=draw(st.sampled_from(["answered", "not_found"])),
        sentences=tuple(sentences),
        citations=tuple(citations),
        hits=hits,
        missing=tuple(draw(st.lists(st.builds(Missing, text, places), max_size=2))),
        as_of=draw(published),
        confidence=draw(st.floats(0, 1)),
        method=draw(st.sampled_from(["extractive", "language model"])),
        generation=draw(places),
        understood=Understood(
            draw(texts),
            tuple(draw(st.lists(st.builds(UnderstoodPeriod, text, days, days), max_size=2))),
            draw(texts),
            draw(texts),
            draw(st.booleans()),
            draw(texts),
        ),
    )


turns = st.builds(Turn, text, text, st.builds(Filters, texts, days, days), answers())


@given(answers())
def test_an_answer_comes_back_as_its_turn(answer: Answer) -> None:
    (turn,) = read_turns(to_json(answer, indent=2).encode(), "answer.json")
    assert turn == turn_of(answer)
    assert turn.answer == answer


@given(st.lists(turns, max_size=3))
def test_a_conversation_comes_back_without_loss(asked: list[Turn]) -> None:
    assert read_turns(json_of(asked).encode(), "talk.json") == tuple(asked)


@pytest.mark.parametrize(
    "when", [None, date(2024, 3, 2), datetime(2024, 3, 2, tzinfo=UTC), datetime(2024, 3, 2, 9, 5, 7, 12, tzinfo=UTC)]
)  # fmt: skip
def test_a_day_stays_a_day_and_midnight_a_moment(when: date | None) -> None:
    (turn,) = read_turns(to_json(answer(when)).encode(), "a.json")
    again = turn.answer.citations[0].published
    assert (again, type(again)) == (when, type(when))


def answer(when: date | None = None) -> Answer:
    return Answer(
        "What?", "What?", Filters(), "answered", (AnswerSentence("It rains.", (1,), ((3, 8),)),),
        (Citation(1, "a.txt", "Rain", "The Lenn Post", when, 4, 13, "It rains.", "a" * 64),), (), (),
        when, 0.9, "extractive", 3,
    )  # fmt: skip


Change = Callable[[dict[str, Any]], object]


def set_citation(**values: object) -> Change:
    return lambda content: content["citations"][0].update(values)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop("generation"), "generation: the field is missing"),
        (lambda c: c.update(mood="good"), "mood: no field of that name is known here"),
        (set_citation(mood="good"), r"citations\[0\].mood: no field of that name"),
        (lambda c: c.update({"a\x1b[2J\u202e": 1}), r"a\\x1b\[2J\\u202e: no field"),
        (lambda c: c.update(citations={}), "citations: "),
        (lambda c: c.update(citations=[[]]), r"citations\[0\]: "),
        (lambda c: c.update(confidence="high"), "confidence: "),
        (lambda c: c.update(status="perhaps"), "status: "),
        (set_citation(number="1"), r"citations\[0\].number: "),
        (set_citation(number=True), r"citations\[0\].number: "),
        (set_citation(number=0), r"citations\[0\].number: 0 is below 1"),
        (set_citation(quote=None), r"citations\[0\].quote: "),
        (set_citation(quote="short"), r"citations\[0\].quote: not as long as its place"),
        (set_citation(published="yesterday"), r"citations\[0\].published: "),
        (set_citation(start=-9, end=0), r"citations\[0\].start, citations\[0\].end: no place"),
        (set_citation(start=4, end=4, quote=""), r"citations\[0\].start, .*no place"),
        (set_citation(start=10**30, end=10**30 + 9), r"citations\[0\].start, .*no place"),
        (set_citation(start=4.5), r"citations\[0\].start: "),
        (set_citation(sha256="../../etc"), r"citations\[0\].sha256: not 64"),
        (set_citation(article_id="a" * 9000), r"citations\[0\].article_id: longer than"),
        (set_citation(article_id=["a.txt"]), r"citations\[0\].article_id: "),
        (lambda c: c["citations"].append(c["citations"][0]), r"citations\[1\].number: 1 is"),
        (lambda c: c["sentences"][0].update(citation_numbers=[2]), r"sentences\[0\].citation_numbers"),
        (lambda c: c["sentences"][0].update(highlights=[[3, 99]]), r"sentences\[0\].highlights"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_with_the_field_named(change: Change, said: str) -> None:
    content = json.loads(to_json(answer()))
    change(content)
    with pytest.raises(AnswerUnreadable, match=f"^odd.json, {said}"):
        read_turns(json.dumps(content).encode(), "odd.json")
    whole = {"question": "What?", "searched_for": "What?", "filters": content["filters"]}
    turn = {**whole, "answer": content}
    with pytest.raises(AnswerUnreadable, match=r"^talk.json, turns\[0\].answer."):
        read_turns(json.dumps({"turns": [turn]}).encode(), "talk.json")


@pytest.mark.parametrize(
    "raw",
    [b"", b"   ", b"{", b"null", b"7", b'"answer"', b"[]", b"{}", b'{"turns": 3}', b'{"turns": [3]}',
     b"\xff\xfe{\x00}\x00", b"\x00" * 50, b"[" * 200_000, b'{"citations":' * 100_000,
     b'{"turns": [' + b'{"answer": ' * 50_000, b'{"citations": "\xed\xa0\x80"}', b"%PDF-1.7"],
    ids=lambda raw: repr(raw[:12]),
)  # fmt: skip
def test_what_is_no_json_of_an_answer_is_refused(raw: bytes) -> None:
    with pytest.raises(AnswerUnreadable, match=r"^odd.json.*broadsheet ask --json"):
        read_turns(raw, "odd.json")


def test_what_is_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(AnswerUnreadable, match="larger than 20 MiB"):
        read_turns(b"[" * (LONGEST_BYTES + 1), "odd.json")
    cited = json.loads(to_json(answer()))
    cited["citations"] = [
        {**cited["citations"][0], "number": number} for number in range(1, MOST_CITATIONS + 2)
    ]
    with pytest.raises(AnswerUnreadable, match="more than 5,000 citations"):
        read_turns(json.dumps(cited).encode(), "odd.json")


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_turns(b"\xef\xbb\xbf" + to_json(answer()).encode(), "a.json")[0].answer == answer()
