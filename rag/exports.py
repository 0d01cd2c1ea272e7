"""Turns → a file's text: Markdown for notes, HTML to print or send, JSON to read back and verify.

Nothing is left out of the JSON; the other two keep what a reader needs to check an answer:
question, sentences, numbers, quotes, titles, sources, dates, file names, places and hashes. Nothing
here reads or writes files; the same turns give the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from rag.errors import ExportRefused
from rag.export_html import html_of
from rag.export_markdown import markdown_of
from rag.records import Conversation, Turn, to_json


def json_of(turns: Sequence[Turn]) -> str:
    """Turns → JSON, which ``saved_answers.read_turns`` reads back without loss."""
    return to_json(Conversation(tuple(turns)), indent=2) + "\n"


KINDS: Mapping[str, Callable[[Sequence[Turn]], str]] = {
    ".md": markdown_of,
    ".html": html_of,
    ".json": json_of,
}
"""Suffix → what writes files of that kind."""


def text_writer(name: str) -> Callable[[Sequence[Turn]], str]:
    """A file's name → what turns into its text, by the suffix. Raises ExportRefused."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in KINDS:
        *others, last = KINDS
        raise ExportRefused(
            f"{name} cannot be exported to: its name has to end in {', '.join(others)} or {last}."
        )
    return KINDS[suffix]
