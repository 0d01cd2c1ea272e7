"""Indexed articles → example questions about them, which the chatbot answers."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chatbot import Chatbot
from rag.page_html import escaped


class Examples:
    """Example questions of an index, made behind; those of the newest generation are kept."""

    def __init__(self, chatbot: Chatbot) -> None:
        self._chatbot = chatbot

    def prepare(self, generation: int) -> None:
        """Begins to make them, where nobody has."""

    def questions(self, generation: int) -> tuple[str, ...] | None:
        """Those of a generation; None while they are being made."""
        return (
            "How many people were on board the Grey Heron?",
            "How far can the Cobbler Light be seen?",
        )


def examples_html(questions: Sequence[str]) -> str:
    """The example questions as buttons; nothing where there are none."""
    if not questions:
        return ""
    rows = "".join(
        f'<li><button class="example" id="example-{number}">{escaped(question)}</button></li>'
        for number, question in enumerate(questions, 1)
    )
    return f"<h2>For example</h2><ul>{rows}</ul>"
