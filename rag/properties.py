"""What a document's properties say → what of it tells about the article.

Programs fill in much of it by themselves: file names, templates, user names, the title of the
article that the file was copied from. A day in there is of the file and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.bylines import read_bylines
from rag.decoding import one_line
from rag.languages import language_code
from rag.metadata import Metadata
from rag.names import is_name, is_organisation, split_names, terms

TITLE_WORDS, TITLE_CHARACTERS = 3, 250
"""A title of fewer words, or of more characters, is no headline."""

_MACHINE_TITLE = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|tex|dvi|xlsx?|pptx?|rtf|odt|txt|html?|epub)$|^(?:microsoft|untitled|"
    r"slide|document|adobe|print|layout|doi:|https?:|unbenannt|sans titre|sin título)",
    re.IGNORECASE,
)
_MACHINE_NAMES = terms(
    """admin|administrator|apache poi|author|autor|benutzer|calibre|client|computer|desktop|
    google docs|guest|laptop|libreoffice|microsoft|microsoft account|microsoft office|
    microsoft office user|
    microsoft word|notebook|office user|openoffice|owner|pandoc|pc|python-docx|unknown|
    unknown author|usuario|usuario de windows|utilisateur|utilisateur windows|user|
    windows user|windows-benutzer|word|your name"""
)


def from_properties(
    lines: Sequence[str], *, title: str = "", authors: Iterable[str] = (), language: str = ""
) -> Metadata:
    """A document's title, authors and language as its properties have them → what to believe.

    ``lines`` are the article's. The title counts where it is shaped like a headline and at least
    half of its longer words stand in the text. Authors count where they are names of people, and
    the text has no byline of its own.
    """
    byline, _ = read_bylines(Metadata(), [line for line in lines if line][:12])
    named = () if byline.authors or byline.source else people(authors)
    return Metadata.stated(
        "document properties",
        title=_headline(one_line(title), lines),
        authors=named,
        language=language_code(language),
    )


def _headline(title: str, lines: Sequence[str]) -> str:
    if len(title.split()) < TITLE_WORDS or len(title) > TITLE_CHARACTERS:
        return ""
    if is_machine_title(title):
        return ""
    words = set(re.findall(r"\w{4,}", title.casefold()))
    text = "\n".join(lines).casefold()
    return title if 2 * sum(word in text for word in words) >= len(words) else ""


def people(names: Iterable[str]) -> tuple[str, ...]:
    """Names as properties have them → those that are first and last names of people."""
    single = [name for each in names for name in split_names(without_comma(one_line(each)))]
    return tuple(
        dict.fromkeys(
            name
            for name in single
            if 2 <= len(name.split()) <= 5
            and is_name(re.sub(r",.*", "", name))
            and not is_organisation(name)
            and not is_machine(name)
        )
    )


def without_comma(name: str) -> str:
    """A name as registers have it ("Finch, Ada") → as it is said; others stay as they are."""
    found = re.fullmatch(r"([^\s,]+), ([^\s,]+(?: [A-Z]\.?)?)", name)
    if found and is_name(found[1]) and is_name(found[2]):
        return f"{found[2]} {found[1]}"
    return name


def is_machine_title(title: str) -> bool:
    """Tells whether a title is a file's name or what a program gave a document without one."""
    return bool(_MACHINE_TITLE.search(title))


def is_machine(name: str) -> bool:
    """Tells whether a name is what programs put where a person's or publisher's should stand."""
    return name.strip().casefold() in _MACHINE_NAMES
