"""Lines left out below an article → the source that they name.

Credits ("Source: …"), "first published by …", a writer's bio, a site's welcome, a copyright line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from rag.lines import same_letters
from rag.metadata import Metadata, is_url
from rag.names import is_organisation

_CREDIT = re.compile(
    # "Fountain" is what machine translation makes of "Fuente".
    r"\(?(?:sources?|via|fountain|fuente|quelle|fonte|źródło|источник|джерело|kaynak|bron|källa|"
    r"kilde)\s*[:：]\s*([^\n]{2,60}?)\)?[.]?$",
    re.IGNORECASE,
)
_FIRST_PUBLISHED = re.compile(
    r"\b(?:originally|first) (?:appeared|published|posted|ran) (?:on|in|by|at) "
    r"((?:[Tt]he )?[A-Z][\w.&'’-]*(?: [A-Z&][\w.&'’-]*){0,4})"
)
_WORKS_FOR = re.compile(
    r"\b(?:journalist|writer|reporter|editor|author|correspondent|contributor|blogger|columnist)"
    r"\b[^.]{0,40}? (?:for|at|with) (?:the )?([A-Z][\w&'’-]*(?: [A-Z&][\w&'’-]*){0,4})"
)
_WELCOME = re.compile(r"Welcome to ((?:the )?[\w.&'’-]+(?: [A-Z][\w.&'’-]*){0,4}),", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[\s©]*(?:\d{4}(?:\s?[-–]\s?\d{4})?)?,?\s*(?:by )?"
    r"([A-Z][\w.&'’-]*(?: [A-Z&][\w.&'’-]*){0,4}?)\.?(?:\s*[.,|–-]?\s*all rights reserved.*)?$",
    re.IGNORECASE,
)


def is_credit(line: str) -> bool:
    """Tells whether a line names the source and nothing else ("Source: …")."""
    return _credited(line) != ""


def _credited(line: str) -> str:
    found = _CREDIT.match(line)
    name = found[1].strip(" *_") if found else ""
    if is_url(name):
        return (urlsplit(name).hostname or "").removeprefix("www.")
    words = name.split()
    named = words and (len(words) == 1 or words[0][0].isupper() or is_organisation(name))
    return name if named and len(words) <= 6 and not re.search(r"[.!?]\s", name) else ""


def read_credits(lines: Sequence[str]) -> Metadata:
    """The lines left out below an article → its source, as a credit or the site itself names it.

    A site that shows another's article through its own writer is named after it, "by way of";
    agencies' names are left as they are.
    """
    credit = next((name for line in lines if (name := _credited(line))), "")
    if not credit:
        credit = _first(_FIRST_PUBLISHED, lines)
    writer_of = _first(_WORKS_FOR, lines)
    if credit and writer_of and not same_letters(credit, writer_of):
        credit = f"{credit}, by way of {writer_of}"
    source = credit or writer_of or _first(_WELCOME, lines) or _first(_COPYRIGHT, lines)
    return Metadata.stated("credit line", source=source)


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> str:
    found = next((match for line in lines if (match := pattern.search(line))), None)
    return found[1].strip(" .") if found else ""
