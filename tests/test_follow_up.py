"""Turns of invented conversations, each with the question expected to be searched for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from rag.chatbot import Chatbot
from rag.errors import EmptyQuestion
from rag.follow_up import follow_up_model, rewrite, stand_alone
from rag.follow_up_candidates import Said
from rag.query import MAX_QUESTION_CHARACTERS
from rag.records import Answer, AnswerSentence, BuildReport, Filters, Turn, from_json, to_json
from rag.term_classifier import term_classifier
from tests.eval.train_follow_ups import MODEL_FILE

# Each turn: what is typed, the answer it gets, and the question expected; "" where it is the same.
CONVERSATIONS: dict[str, list[tuple[str, str, str]]] = {
    "a person of an answer": [
        ("Who is the mayor of Ostwick?", "Rosa Lint is the mayor of Ostwick.", ""),
        ("How old is she?", "", "How old is Rosa Lint?"),
        ("Where did she study?", "", "Where did Rosa Lint study?"),
        ("What is the weather in Lenn?", "", ""),
    ],
    "another country": [
        ("What did Japan say about the missile test?", "", ""),
        ("and what did South Korea say?", "", "What did South Korea say about the missile test?"),
        ("And China?", "", "What did China say about the missile test?"),
        ("When was that?", "", "When did China say that about the missile test?"),
        ("why?", "", "Why did China say that about the missile test?"),
    ],
    "why": [
        ("When did the council close the reading room?", "", ""),
        ("Why?", "", "Why did the council close the reading room?"),
    ],
    "its": [
        ("What does the Orrin council plan?", "", ""),
        ("What is its budget?", "", "What is the Orrin council's budget?"),
        ("Who leads it?", "", "Who leads the Orrin council?"),
        ("How many owls nest in the signal box?", "", ""),
    ],
    "the company": [
        ("Why did Harrow & Pike close the quarry?", "", ""),
        ("When was the company founded?", "", "When was the company Harrow & Pike founded?"),
        ("How many people worked there?", "", "How many people worked at the company Harrow & Pike?"),
        ("Who won the Nobel Prize in 2023?", "", ""),
    ],
    "they": [
        ("Who bought the narrow trains?", "The museum of Orrin has bought them.", ""),
        ("How much did they cost?", "", "How much did the narrow trains cost?"),
        ("What will happen to them?", "", "What will happen to the narrow trains?"),
    ],
    "an event": [
        ("What caused the blackout in Spain?", "", ""),
        ("How long did it last?", "", "How long did the blackout last?"),
        ("What did the European Commission propose on AI?", "", ""),
    ],
    "a year and a country": [
        ("Did Norway ban deep-sea mining?", "", ""),
        ("When?", "", "When did Norway ban deep-sea mining?"),
        ("What about Sweden?", "", "When did Sweden ban deep-sea mining?"),
        ("and in 2024?", "", "When did Sweden ban deep-sea mining in 2024?"),
    ],
    "her": [
        ("Who is Emma Brandt?", "Emma Brandt is the director of the port authority.", ""),
        ("What did she say about the fees?", "", "What did Emma Brandt say about the fees?"),
        ("Did the skippers agree with her?", "", "Did the skippers agree with Emma Brandt?"),
    ],
    "an accident, then inflation": [
        ("How many people died in the ferry accident?", "", ""),
        ("Where did it happen?", "", "Where did the ferry accident happen?"),
        ("Who is to blame?", "", "Who is to blame in the ferry accident?"),
        ("What is the inflation rate in Turkey?", "", ""),
        ("How has it changed since May?", "", "How has the inflation rate changed since May?"),
    ],
    "a keeper": [
        ("What happened to the lighthouse on Cobbler Rock?", "", ""),
        ("Who was its keeper?", "Osric Venn was its keeper.", "Who was the lighthouse's keeper?"),
        ("Why did he leave?", "", "Why did Osric Venn leave?"),
        ("What do farmers grow in Lenn?", "", ""),
    ],
    "a noun that wants an of": [
        ("What are the causes of the grain shortage?", "", ""),
        ("And the consequences?", "", "And the consequences of the grain shortage?"),
        ("What is the government doing about it?", "",
         "What is the government doing about the grain shortage?"),
    ],
    "a new topic that is then meant": [
        ("Which countries signed the grain deal?", "", ""),
        ("Why did Russia leave it?", "", "Why did Russia leave the grain deal?"),
        ("Tell me about the stadium plan in Ostwick.", "", ""),
        ("How much will it cost?", "", "How much will the stadium plan cost?"),
        ("Who opposes the plan?", "", "Who opposes the stadium plan?"),
    ],
    "risks": [
        ("What is the tidal power plant?", "", ""),
        ("Who approved it?", "", "Who approved the tidal power plant?"),
        ("What are the risks?", "", "What are the risks of the tidal power plant?"),
        ("Thanks. How did Ostwick Rovers play on Sunday?", "", ""),
    ],
    "another minister": [
        ("What did President Duarte say about taxes?", "", ""),
        ("What did he promise to farmers?", "", "What did President Duarte promise to farmers?"),
        ("And the finance minister?", "", "What did the finance minister promise to farmers?"),
    ],
    "an election": [
        ("Who won the election in Norvania?", "Ada Holm won the election in Norvania.", ""),
        ("When was it held?", "", "When was the election held?"),
        ("What did she promise?", "", "What did Ada Holm promise?"),
        ("How many seats does her party have?", "", "How many seats does Ada Holm's party have?"),
        ("How high is the unemployment rate in Brisland?", "", ""),
    ],
    "a strike": [
        ("What is the strike at the cannery about?", "", ""),
        ("How long has it lasted?", "", "How long has the strike lasted?"),
        ("What does the manager say?", "", "What does the manager say about the strike?"),
        ("When does the ferry leave for Orrin?", "", ""),
    ],
    "figures of two years": [
        ("How much did the company lose in 2023?", "", ""),
        ("And in 2024?", "", "How much did the company lose in 2024?"),
        ("why?", "", "Why did the company lose that in 2024?"),
    ],
    "a final, then a court": [
        ("Which clubs are in the final?", "", ""),
        ("Where is it played?", "", "Where is the final played?"),
        ("Did the court ban the new pesticide?", "", ""),
        ("When did it decide?", "", "When did the court decide?"),
    ],
    "a successor": [
        ("Did the minister resign?", "", ""),
        ("Why?", "", "Why did the minister resign?"),
        ("Who is the successor?", "", "Who is the successor of the minister?"),
    ],
    "an earthquake, then a novel": [
        ("Tell me about the earthquake in Tarnmouth.", "", ""),
        ("How strong was it?", "", "How strong was the earthquake?"),
        ("What about Lenn?", "", "What about Lenn regarding the earthquake?"),
        ("Who wrote the novel Salt Road?", "Mira Falk wrote the novel Salt Road.", ""),
        ("What else did she write?", "", "What else did Mira Falk write?"),
    ],
    "bodies in capitals": [
        ("What did NASA find on Mars?", "", ""),
        ("When did they announce it?", "", "When did NASA announce it?"),
        ("What does ESA plan?", "", ""),
    ],
    "a tunnel": [
        ("Is the tunnel open?", "", ""),
        ("Since when?", "", "Since when is the tunnel open?"),
        ("How long is it?", "", "How long is the tunnel?"),
        ("What did it cost?", "", "What did the tunnel cost?"),
    ],
    "two speakers": [
        ("What did Peter Marsh say about the budget?", "", ""),
        ("And Ida Kroll?", "", "What did Ida Kroll say about the budget?"),
        ("What did she propose instead?", "", "What did Ida Kroll propose instead?"),
    ],
    "suspects": [
        ("Who are the two suspects?", "The suspects are Jon Bell and Tim Orr.", ""),
        ("When were they arrested?", "", "When were the two suspects arrested?"),
        ("What are they accused of?", "", "What are the two suspects accused of?"),
    ],
    "nobody rather than a man": [
        ("Who runs the port?", "The port is run by Peter Marsh.", ""),
        ("What did she say?", "", ""),
        ("What did he say about the fees?", "", "What did Peter Marsh say about the fees?"),
    ],
    "a woman among men": [
        ("What did Ida Kroll say about the budget?", "Tom Bell and Ida Kroll agreed.", ""),
        ("What did Jon Orr say about the budget?", "", ""),
        ("When did she say it?", "", "When did Ida Kroll say it?"),
    ],
    "a pronoun of the answer tells": [
        ("Who leads the two clubs?", "Kerel Aan said he would stay. Sunniva Oss said she will go.",
         ""),
        ("Why will she go?", "", "Why will Sunniva Oss go?"),
    ],
    "two pronouns": [
        ("Which countries signed the grain deal?", "", ""),
        ("When did they sign it?", "", "When did the countries sign the grain deal?"),
    ],
    "a woman and a thing": [
        ("Why did Rosa Lint close the reading room?", "", ""),
        ("When did she close it?", "", "When did Rosa Lint close the reading room?"),
    ],
    "what a council decides about": [
        ("What did the Orrin council decide about the tidal plant?", "", ""),
        ("What will it cost?", "", "What will the tidal plant cost?"),
        ("When will it be built?", "", "When will the tidal plant be built?"),
    ],
    "a council, then a cup final": [
        ("What does the Orrin council plan?", "", ""),
        ("What is its budget?", "", "What is the Orrin council's budget?"),
        ("Who leads it?", "", "Who leads the Orrin council?"),
        ("How many members does it have?", "", "How many members does the Orrin council have?"),
        ("Who plays in the cup final?", "", ""),
    ],
    "another language": [
        ("Wann wurde die Brücke gebaut?", "", ""),
        ("Und warum?", "", ""),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_each_turn_becomes_the_question_that_is_meant(name: str) -> None:
    history: list[Said] = []
    for typed, answered, expected in CONVERSATIONS[name]:
        searched_for = rewrite(typed, history, term_classifier())
        assert searched_for == (expected or typed)
        history.append(Said(typed, searched_for, answered))


def turn(question: str, *sentences: str) -> Turn:
    answer = Answer(
        question, question, Filters(), "answered" if sentences else "not_found",
        tuple(AnswerSentence(text, ()) for text in sentences), (), (), (), None, 0.5,
        "extractive", 1,
    )  # fmt: skip
    return Turn(question, question, Filters(), answer)


def test_names_of_the_answer_s_sentences_are_meant_too() -> None:
    earlier = turn("Who runs the port?", "The port is run by Emma Brandt.", "It has 40 berths.")
    assert stand_alone("How old is she?", [earlier]) == "How old is Emma Brandt?"


def test_without_earlier_turns_a_question_stays_as_it_is_typed() -> None:
    assert stand_alone("How old is she?", []) == "How old is she?"


@pytest.mark.parametrize("typed", ["", "   ", "?", "…", "\x00\x1b[31m"])
def test_a_turn_without_a_word_takes_nothing_over(typed: str) -> None:
    assert not any(c.isalnum() for c in stand_alone(typed, [turn("What does Orrin plan?")]))


@pytest.mark.parametrize("other", ["What?", None, {"question": "What?"}, Said("What?", "What?")])
def test_a_history_of_anything_but_turns_is_refused(other: object) -> None:
    with pytest.raises(TypeError, match=r"history holds a .*turns only"):
        stand_alone("Why?", [turn("What?"), cast(Turn, other)])


def test_what_is_carried_never_makes_a_question_too_long() -> None:
    earlier = turn("What does the Orrin council plan?")
    for length in range(MAX_QUESTION_CHARACTERS - 40, MAX_QUESTION_CHARACTERS + 1):
        typed = "What does it " + "x" * (length - 14) + "?"
        assert len(typed) == length
        made = stand_alone(typed, [earlier])
        assert len(made) <= MAX_QUESTION_CHARACTERS
    assert made == typed
    assert "Orrin council" in stand_alone("What does it cost?", [earlier])


def test_a_long_conversation_of_long_turns_is_read_at_once() -> None:
    words = " ".join(f"Word{n} of the place{n} and" for n in range(80))[:1900]
    long = turn(f"What did {words} say?", *(f"{words} {n}." for n in range(40)))
    started = time.process_time()
    stand_alone("What did they say about it?", [long] * 50)
    assert time.process_time() - started < 10  # takes 0.2 s


def test_the_same_conversation_gives_the_same_question() -> None:
    history = [turn("Who is Ada Holm?", "Ada Holm leads Norvania."), turn("Why is she there?")]
    again = [from_json(Turn, to_json(t)) for t in history]
    assert stand_alone("Where is it?", history) == stand_alone("Where is it?", again)


@pytest.mark.parametrize("with_terms", [True, False])
def test_the_shipped_weights_are_those_of_the_file(with_terms: bool) -> None:
    model = follow_up_model(with_terms=with_terms)
    name = "with terms" if with_terms else "without terms"
    assert model.weights == json.loads(MODEL_FILE.read_text())[name]
    assert model.score({"told": 2.0, "unknown": 9.0}) == pytest.approx(2 * model.weights["told"])
    assert any(name.startswith("terms: ") for name in model.weights) == with_terms


def test_an_answer_says_what_was_typed_and_what_was_searched_for(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot
) -> None:
    build_index(folder)
    first = chatbot.ask("How much will the repair of the iron bridge cost?")
    assert first.question == first.searched_for
    history = [Turn(first.question, first.searched_for, first.filters, first)]
    second = chatbot.ask("When was it closed?", history=history)
    assert second.question == "When was it closed?"
    assert second.searched_for == "When was the iron bridge closed?"
    assert second.hits == chatbot.ask("When was the iron bridge closed?").hits
    with pytest.raises(EmptyQuestion):
        chatbot.ask(" ", history=history)
