"""Which sentences make an answer, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.articles import read_article
from rag.lexical import terms
from rag.query import read_question
from rag.records import Article
from rag.sentence_choice import Candidate, choose
from rag.sentence_signals import Sentence

QUESTION = "Who closed the iron bridge?"


def candidates(*chances_and_texts: tuple[float, str], of: str = "a.txt") -> list[Candidate]:
    """Sentences of one article, one after the other in a paragraph."""
    whole = " ".join(text for _, text in chances_and_texts)
    made: Article = replace(read_article(of, whole.encode()), text=whole)
    found, at, before = [], 0, None
    for chance, text in chances_and_texts:
        span = (at, at + len(text))
        found.append(Candidate(Sentence(made, span, before, 0, tuple(terms(text)), ()), chance))
        before, at = span, span[1] + 1
    return sorted(found, key=lambda c: -c.chance)


def texts(question: str, found: Sequence[Candidate], most: int = 4) -> list[str]:
    chosen = choose(read_question(question), found, most)
    return [c.sentence.article.text[c.span[0] : c.span[1]] for c in chosen]


def test_the_likeliest_comes_first_and_the_unlikely_not_at_all() -> None:
    found = candidates(
        (0.05, "Trams go instead."),
        (0.7, "Engineers found cracks in girders."),
        (0.8, "Mayor Petrak closed the bridge."),
    )
    assert texts(QUESTION, found) == [
        "Mayor Petrak closed the bridge.",
        "Engineers found cracks in girders.",
    ]


def test_what_another_sentence_says_is_not_said_again() -> None:
    found = candidates(
        (0.8, "Mayor Petrak closed the iron bridge on Monday."),
        (0.79, "On Monday the iron bridge was closed by Mayor Petrak."),
    )
    assert texts(QUESTION, found) == ["Mayor Petrak closed the iron bridge on Monday."]


def test_each_part_of_a_question_gets_a_sentence() -> None:
    question = "Who closed the iron bridge, and when did the salt works open?"
    found = candidates(
        (0.9, "Mayor Petrak closed the iron bridge."),
        (0.3, "The salt works opened in 1907."),
        (0.3, "Petrak likes the iron railings painted."),
    )
    assert texts(question, found) == [
        "Mayor Petrak closed the iron bridge.",
        "The salt works opened in 1907.",
    ]


@pytest.mark.parametrize("word", ["He", "But she", "It", "However, they", "These"])
def test_a_sentence_that_leans_on_the_one_before_brings_it(word: str) -> None:
    leaning = f"{word} closed the iron bridge at noon."
    found = candidates((0.1, "Jon Petrak is mayor of Ostwick."), (0.9, leaning))
    assert texts(QUESTION, found) == [f"Jon Petrak is mayor of Ostwick. {leaning}"]


def test_nothing_is_shown_twice_because_another_sentence_brings_it() -> None:
    petrak, he = "Jon Petrak is mayor of Ostwick.", "He closed it at noon."
    assert texts(QUESTION, candidates((0.9, petrak), (0.8, he))) == [petrak, he]
    assert texts(QUESTION, candidates((0.8, petrak), (0.9, he))) == [f"{petrak} {he}"]


@pytest.mark.parametrize("word", ["Petrak", "Heads of council", "Items", "The mayor"])
def test_a_sentence_that_stands_by_itself_stays_by_itself(word: str) -> None:
    alone = f"{word} closed the iron bridge at noon."
    assert texts(QUESTION, candidates((0.1, "Rain fell on Ostwick."), (0.9, alone))) == [alone]


@pytest.mark.parametrize(
    "quoted", ["“We close the iron bridge.”", '"We close the iron bridge."', "“No.”"]
)
def test_a_quotation_without_its_speaker_brings_the_sentence_before(quoted: str) -> None:
    found = candidates((0.1, "Mayor Petrak was plain."), (0.9, quoted))
    assert texts(QUESTION, found) == [f"Mayor Petrak was plain. {quoted}"]
    named = f"{quoted} Petrak said."
    assert texts(QUESTION, candidates((0.1, "Rain fell."), (0.9, named))) == [named]


def test_no_quotation_grows_longer_than_a_long_sentence() -> None:
    leaning = "He closed the iron bridge at noon."
    found = candidates((0.1, f"Jon Petrak {'very ' * 80}slowly came."), (0.9, leaning))
    assert texts(QUESTION, found) == [leaning]


def test_more_are_given_when_more_are_asked_for() -> None:
    words = ["herring landed", "slate sank", "timber burnt", "barley sprouted", "copper rose"]
    found = candidates(*((0.9 / (i + 1), f"Much {word}.") for i, word in enumerate(words)))
    assert len(texts(QUESTION, found)) == 1
    assert len(texts(QUESTION, found, most=5)) == 5


def test_sentences_with_other_figures_do_not_say_the_same() -> None:
    old = "The plant is to cost 640 million crowns."
    new = "The tidal power plant will cost 815 million crowns."
    found = candidates((0.8, old), (0.6, new), (0.5, "The plant costs million crowns."))
    assert texts("What will the tidal power plant cost?", found) == [old, new]


def test_a_headline_is_left_out_where_its_article_says_it() -> None:
    headline, sentence = "Bridge closed, mayor says", "Mayor Petrak closed the iron bridge."
    found = [
        replace(
            c, sentence=replace(c.sentence, article=replace(c.sentence.article, title=headline))
        )
        for c in candidates((0.8, sentence), (0.79, headline))
    ]
    assert texts(QUESTION, found) == [sentence]
    assert texts(QUESTION, [c for c in found if c.sentence.text == headline]) == [headline]
