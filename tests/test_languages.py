"""A text's language is told from its small words."""

from __future__ import annotations

import pytest

from rag.languages import guess_language
from tests.reading import BODY


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (BODY + " It is the first of the votes that the town had asked for.", "en"),
        ("Der Rat hat mit acht zu einer Stimme für die Bücherei gestimmt, die nicht auf dem "
         "Markt, sondern an der Brücke steht und von den Bürgern sehr geliebt wird.", "de"),
        ("Tarn 3, Ellis 2", ""),
    ],
)  # fmt: skip
def test_the_language_is_told_from_its_small_words(text: str, language: str) -> None:
    assert guess_language(text) == language
