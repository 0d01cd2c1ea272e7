"""Grammar of other languages in a question."""

from __future__ import annotations

import pytest

from rag.foreign_words import foreign_grammar, without_question_words


@pytest.mark.parametrize(
    ("question", "english_count", "grammar"),
    [
        ("Wann war der Bürgermeister in Orrin", 1, {"wann", "war", "der", "in"}),
        ("Qui est le maire", 0, {"qui", "est", "le"}),
        ("Did many people die in Orrin", 3, set()),  # "die" is a word of English too
        ("When did the son come", 3, set()),
    ],
)
def test_words_are_grammar_of_the_language_that_has_most_of_them(
    question: str, english_count: int, grammar: set[str]
) -> None:
    assert foreign_grammar(question.split(), english_count) == grammar


def test_words_that_ask_are_cut_out_of_a_run_without_spaces() -> None:
    assert without_question_words("老桥什么时候关闭") == ["老桥", "关闭"]
    assert without_question_words("鲸鱼在哪里") == ["鲸鱼"]
    assert without_question_words("Ostwickはどこですか") == ["Ostwick"]
    assert without_question_words("мост") == ["мост"]
