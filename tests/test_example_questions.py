from __future__ import annotations

import pytest

from rag.example_questions import example_questions
from tests.test_page import article


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The plant in Orrin Bay will cost 815 million crowns.", "How much will the plant in Orrin Bay cost?"),
        ("The Bureau makes 12 recommendations.", "How many recommendations does the Bureau make?"),
        ("The tall Cobbler Light was built in 1887.", "When was the tall Cobbler Light built?"),
        ("The old ferry bridge was closed because its girders had cracks.", "Why was the old ferry bridge closed?"),
    ],
)  # fmt: skip
def test_sentence_is_turned_into_its_question(sentence: str, question: str) -> None:
    made = list(example_questions(article(f"A title\n\n{sentence}", title="A title")))
    assert [example.question for example in made] == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "It will cost 815 million crowns.",
        "They were found on Monday.",
        "The light was built in 1887.",
        "Since Monday was given up because of rain.",
    ],
)
def test_sentence_that_does_not_say_of_what_it_speaks_makes_no_question(sentence: str) -> None:
    assert list(example_questions(article(f"A title\n\n{sentence}", title="A title"))) == []
