"""Paragraphs of an article → its title, and the body below it.

The title is a headline where one stands at the top, else the opening words. Bylines and dates
between the two are read and taken out on the way, by ``bylines``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from rag.bylines import is_top_line, read_agency_mark, read_bylines, read_dateline
from rag.lines import is_sentence, letters, same_letters, word_count
from rag.metadata import TITLE_CHARACTERS, Metadata
from rag.names import terms

OPENING_CHARACTERS = 80

_SECTIONS = terms(
    """analysis|arts|asia|africa|americas|books|breaking|breaking news|business|climate|comment|
    companies|crime|culture|economy|editorial|education|elections|energy|entertainment|
    environment|europe|exclusive|feature|features|finance|food|football|health|home|interview|
    investigation|latest|latest news|law|life|lifestyle|local|local news|markets|middle east|
    money|national|nation|news|obituaries|opinion|opinions|politics|press release|religion|
    science|security|society|sport|sports|story|style|technology|tech|top stories|travel|uk|us|
    u.s.|video|war|weather|world|world news"""
)


def read_top(lines: Sequence[str], known: Metadata) -> tuple[Metadata, list[str]]:
    """Paragraphs of an article → title, byline, date and dateline, and the body's paragraphs.

    ``known`` is what header lines or markup have said already; it is kept, and gaps in it are
    filled. The title is not among the paragraphs returned; where there is no headline the title
    is the opening words, and every paragraph is body.
    """
    body = [line for line in lines if line]
    if known.title:
        body = _without_title(body, known.title)
    else:
        known, body = _read_title(known, body)
    known, body = read_bylines(known, body)
    for line in body[:4]:
        known = known.or_else(read_dateline(line))
    agency, body = read_agency_mark(body)
    known = known.or_else(agency)
    if not known.title and body:
        opening = next((line for line in body if word_count(line) > 3), body[0])
        known = replace(known, title=opening_words(opening), title_from="opening words")
    return without_site_name(known), body


_SITE_NAME = re.compile(r"(.*\S)(?:\s+[|–—·-]\s+|\s*\|\s*)([^|]{2,60})")


def without_site_name(known: Metadata) -> Metadata:
    """What is known → the same, the title without the source's name at its end ("… | Gazette").

    Only of a first line, and only where a source or address stated elsewhere shows the end to be
    the site's name: " - live" and a quoted speaker are the headline's own.
    """
    found = _SITE_NAME.fullmatch(known.title) if known.title_from == "first line" else None
    if not found or word_count(found[1]) < 3:
        return known
    host = (urlsplit(known.url).hostname or "").removeprefix("www.")
    names = {letters(name) for name in (known.source, host, host.rsplit(".", 1)[0])} - {""}
    ending = letters(found[2])
    if not {ending, ending.removeprefix("the")} & {*names, *(n.removeprefix("the") for n in names)}:
        return known
    return replace(known, title=found[1])


def _without_title(body: list[str], title: str) -> list[str]:
    """The paragraphs below the title's own line, where it stands among the first few."""
    longest = 3 * len(title) + 20  # spares whole paragraphs the comparison letter by letter
    for at, line in enumerate(body[:4]):
        if len(line) <= longest and same_letters(line, title):
            above = [each for each in body[:at] if not _is_label(each)]
            return above + body[at + 1 :]
    return body


def _read_title(known: Metadata, body: list[str]) -> tuple[Metadata, list[str]]:
    at = 0
    while at < 2 and at + 1 < len(body) and _is_label(body[at]) and _is_headline(body[at + 1]):
        at += 1
    if at >= len(body):
        return known, body
    line = body[at]
    below = body[at + 1 : at + 2]
    # A full sentence is a headline after all where a byline or date line stands below it.
    shaped = bool(below) and is_top_line(below[0])
    if not (_is_headline(line) or (shaped and len(line) <= 200 and not _is_label(line))):
        if _is_section(line) and below:
            return _read_title(known, body[at + 1 :])
        if not (_is_label(line) and below and any(map(str.isalpha, line))):
            return known, body
        if re.match(r"[-•*·–—]\s|\d+[.)]\s|https?://", line) or not is_sentence(below[0]):
            return known, body
    return replace(known, title=line[:TITLE_CHARACTERS], title_from="first line"), body[at + 1 :]


def _is_headline(line: str) -> bool:
    return (
        word_count(line) >= 3
        and len(line) <= 200
        and not is_sentence(line)
        and not re.match(r"[-•*·–—]\s|\d+[.)]\s|https?://|www\.", line)
        and any(letter.isalpha() for letter in line)
        and not is_top_line(line)
    )


def _is_label(line: str) -> bool:
    return _is_section(line) or (word_count(line) <= 2 and not is_sentence(line))


def _is_section(line: str) -> bool:
    return line.strip(" :|").casefold() in _SECTIONS


def opening_words(text: str) -> str:
    """A paragraph → its first words, at most 80 characters with the "…" that ends them."""
    text = " ".join(text.split())
    if len(text) <= OPENING_CHARACTERS:
        return text
    cut = text[:OPENING_CHARACTERS]  # one character is the "…"
    head = cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]
    return head.rstrip(" ,;:.–—-") + "…"
