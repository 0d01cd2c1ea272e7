"""What kind of thing a question asks for."""

from __future__ import annotations

import pytest

from rag.asked_kinds import asked_kind, read_asked
from rag.lexical import terms

KINDS = [
    ("Who steered the ferry?", "person or body"),
    ("Whom did the council blame?", "person or body"),
    ("Whose boat was it?", "person or body"),
    ("Which company owns the ferry?", "person or body"),
    ("What small island council refused?", "person or body"),
    ("In 2012, who won the cup?", "person or body"),
    ("When Petrak resigned, who took over?", "person or body"),
    ("Which of the two unions agreed?", "person or body"),
    ("What is the name of the mayor who resigned?", "person or body"),
    ("Who was the keeper of the light?", "person or body"),
    ("Who is Rosa Lint?", "definition"),
    ("Who is Rosa Lint's husband?", "person or body"),
    ("When did the bridge close?", "time"),
    ("In what year was the cannery built?", "time"),
    ("On which day is the vote?", "time"),
    ("What was the date of the hearing?", "time"),
    ("How long ago did it sink?", "time"),
    ("How many people were on board?", "number"),
    ("By how much did the cost rise?", "number"),
    ("How tall is the tower?", "number"),
    ("What percentage of voters agreed?", "number"),
    ("What's the price of a ticket?", "number"),
    ("Where does the ferry land?", "place"),
    ("In which city did they meet?", "place"),
    ("Which country took part?", "place"),
    ("Why did the packers strike?", "reason"),
    ("How come the bridge is closed?", "reason"),
    ("What caused the ferry to run aground?", "reason"),
    ("What is the reason for the delay?", "reason"),
    ("What did Mayor Petrak say about the bridge?", "quotation"),
    ("What did she call the closure?", "quotation"),
    ("What is a tidal dam?", "definition"),
    ("What does Obersee mean?", "definition"),
    ("How did the council vote?", "other"),
    ("What kind of boat was found?", "other"),
    ("What was the price reduced by?", "other"),
    ("Did the Post, which is a daily, report the strike?", "other"),
    ("Wann wurde die Brücke geschlossen?", "other"),
    ("", "other"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "kind"), KINDS)
def test_question_word_and_its_noun_say_what_is_asked_for(question: str, kind: str) -> None:
    assert asked_kind(question) == kind


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("In what year was it built?", "year"), ("In which century?", "century"),
        ("What percentage agreed?", "percent"), ("How old is the boat?", "age"),
        ("How much did the plant cost?", "money"), ("How far is it?", "length"),
        ("How often does it run?", "frequency"), ("When was it built?", ""),
    ],
)  # fmt: skip
def test_unit_is_read_where_the_question_names_one(question: str, unit: str) -> None:
    assert read_asked(question).unit == unit


def test_what_is_counted_is_the_noun_after_how_many() -> None:
    asked = read_asked("How many injured passengers were taken to hospital?")
    assert asked.unit == "count"
    assert asked.counted == set(terms("injured passengers"))
