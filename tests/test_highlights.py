"""The words of a sentence that answer, shown bold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.highlights import highlights
from rag.lexical import terms

CASES = [
    ("Who steered the ferry?", "Second officer Pim Ohara steered the ferry.", ["Pim Ohara"]),
    ("Who steered the ferry?", "The ferry was steered by Pim Ohara, said Reyes.", ["Pim Ohara"]),
    ("Who was the mayor?", "Mayor Alma Petrak met Rosa Lint of the Post.", ["Alma Petrak"]),
    ("Which company owned it?", "In May Plover Lines owned it; Coast Radio did not.", ["Plover Lines"]),
    ("Who won?", "Rosa Lint and Pim Ohara won.", ["Rosa Lint", "Pim Ohara"]),
    ("When did the bridge close?", "The bridge closed on 3 May 2024.", ["3 May 2024"]),
    ("When did the bridge close?", "Built in 1931 by the council, it was sold; the bridge closed in 1990.", ["1990"]),
    ("In what year did it open?", "It opened on a Friday in 1931.", ["1931"]),
    ("How many passengers were rescued?", "All 228 passengers were rescued in 3 hours.", ["228"]),
    ("How much did the plant cost?", "The plant cost $175 million and took 40 workers.", ["$175 million"]),
    ("How far is the light seen?", "The light is seen for 18 nautical miles (33 km).", ["18 nautical miles"]),
    ("Where did the ferry run aground?", "The ferry ran aground near Cobbler Rock.", ["Cobbler Rock"]),
    ("What did Reyes say?", "“We were very lucky,” Reyes said.", ["“We were very lucky,”"]),
]  # fmt: skip

# Questions that ask for none of these, and sentences with several that fit, or none for certain.
UNCLEAR = [
    ("How did the council vote?", "On 3 May the Lenn Council voted by 11 to 3."),
    ("Why did they strike?", "They struck because pay was low."),
    ("Who is Rosa Lint?", "Rosa Lint is the keeper of Cobbler Light."),
    ("Who was there?", "Rosa Lint met Pim Ohara near the house of Alma Petrak."),
    ("Who steered?", "Workers steered."),
    ("When did it close?", "It opened in 1931 or 1932."),
    ("Where is the town?", "The council of Lenn and that of Ostwick met."),
    ("When in 1990 did it close?", "It closed in 1990."),
    ("Which body refused it?", "The Lenn body refused it."),
    ("What did Reyes say?", "She called it “luck”."),
    ("Wann schloss die Brücke?", "Die Brücke schloss 1990."),
    ("", "It closed in 1990."),
    ("When?", ""),
]


@pytest.mark.parametrize(("question", "sentence", "words"), CASES)
def test_the_words_that_answer_are_highlighted(
    question: str, sentence: str, words: list[str]
) -> None:
    assert [sentence[start:end] for start, end in highlights(question, sentence)] == words


@pytest.mark.parametrize(("question", "sentence"), UNCLEAR)
def test_nothing_is_highlighted_where_it_is_unclear(question: str, sentence: str) -> None:
    assert highlights(question, sentence) == ()


PIECES = ["Rosa", "Lint", "in", "1990", "on 3 May", "by", "12", "km", "“so it is”", "the", "said",
          "mayor", ",", "$5", "million", "and", "Lenn", "(", "who", "when", "how many"]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join) | st.text(max_size=40)


@given(texts, texts)
def test_highlights_are_short_apart_and_none_of_the_questions_words(
    question: str, sentence: str
) -> None:
    spans = highlights(question, sentence)
    assert len(spans) <= 2
    end = 0
    for start, stop in spans:
        assert end <= start < stop <= len(sentence)
        words = set(terms(sentence[start:stop]))
        assert words - set(terms(question))
        if sentence[start] != "“":
            assert not words <= set(terms(question))
        end = stop
