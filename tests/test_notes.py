"""Corrections and updates stay in the text, and are known for what they are."""

from __future__ import annotations

import pytest

from rag.boilerplate import sort_out
from rag.notes import note_spans
from tests.reading import PROSE

NOTES = [
    "Correction: An earlier version gave the wrong year for the flood.",
    "UPDATED, May 3 — The council has answered since.",
    "Editor's note: this piece first ran in spring.",
    "An earlier version of this article misspelt the mayor's name.",
    "This story has been updated with the result of the vote.",
    "Berichtigung: Das Hochwasser war 1904.",
    "Correction (May 3, 2024): The flood was in 1904.",
    "[Update, 10:30 a.m.: The mayor has answered.]",
    "**Clarification:** The mayor was asked twice.",
    "Editors' note: The headline was changed.",
    "This article was amended on 3 May 2024 to correct the year.",
    "The headline of this article was changed on Friday.",
    "(Corrects year in paragraph 3)",
    "(This May 3 story has been refiled to fix a typo)",
    "UPDATES with comment from mayor",
    "Updated 3:15 p.m. ET",
    "Anm. d. Red.: In einer früheren Version stand 1905.",
    "In einer früheren Version dieses Artikels hieß es, das sei 1905 gewesen.",
    "Hinweis: Dieser Artikel wurde am 3. Mai aktualisiert.",
    "Rectificatif : la crue date de 1904.",
    "Une version précédente de cet article indiquait 1905.",
    "Fe de errores: la crecida fue en 1904.",
    "Este artículo ha sido actualizado con el voto.",
    "Rettifica: la piena fu nel 1904.",
    "Correção: a cheia foi em 1904.",
    "In een eerdere versie van dit artikel stond 1905.",
    "Rättelse: Floden var 1904.",
    "Sprostowanie: powódź była w 1904 roku.",
    "Oprava: povodeň byla v roce 1904.",
    "Исправление: наводнение было в 1904 году.",
    "УТОЧНЕННЯ: повінь була 1904 року.",
    "Обновлено 3 мая: мэр ответил.",
    "訂正：洪水は1904年でした。",
    "更正：洪水发生在1904年。",
    "정정: 홍수는 1904년이었다.",
]


def test_correction_and_update_notes_are_found_in_their_text() -> None:
    text = "\n\n".join(["Flood returns", "The water rose.", *NOTES])
    assert [text[start:end] for start, end in note_spans(text)] == NOTES


@pytest.mark.parametrize("note", NOTES)
def test_a_note_is_text_wherever_it_stands(note: str) -> None:
    for lines in ([note, *PROSE], [*PROSE[:2], note, *PROSE[2:]], [*PROSE, note]):
        assert sort_out(lines)[0] == lines


@pytest.mark.parametrize(
    "line",
    [
        "Updated figures show that rents rose again.",
        "Corrections officers went home.",
        "An earlier flood drowned the mill.",
        "Update on the flood: all roads are closed.",
        "Updated for the year, the list has nine names.",
        "Correction of the record took years, she said.",
        "Oprava mostu začne v pondělí: řidiči pojedou jinudy.",
        "Updates are rare.",
        "(Adds to the cost, he said.) It was late.",
        "更新后的规定包括：每周开放五天。",
    ],
)
def test_a_sentence_that_begins_like_a_note_is_none(line: str) -> None:
    assert note_spans(line) == ()
