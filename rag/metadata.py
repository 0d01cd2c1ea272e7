"""What is stated about an article → one record, with where each value stands.

Values are taken only where the article states them; nothing is guessed but the language. No date
is better than a wrong one. The modules that read lines and markup fill the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from rag.records import Published, PublishedFrom

TITLE_CHARACTERS = 300
"""What a title stated at greater length is cut to."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an article says about itself; empty where it does not. ``*_from`` say where."""

    title: str = ""
    title_from: str = ""
    source: str = ""
    source_from: str = ""
    authors: tuple[str, ...] = ()
    published: Published = None
    published_from: PublishedFrom = ""
    url: str = ""
    language: str = ""

    def or_else(self, other: Metadata) -> Metadata:
        """What is known here, and from ``other`` what is lacking."""
        titled = self if self.title else other
        sourced = self if self.source else other
        dated = self if self.published else other
        return Metadata(
            title=titled.title,
            title_from=titled.title_from,
            source=sourced.source,
            source_from=sourced.source_from,
            authors=self.authors or other.authors,
            published=dated.published,
            published_from=dated.published_from,
            url=self.url or other.url,
            language=self.language or other.language,
        )

    @classmethod
    def stated(
        cls,
        place: PublishedFrom,
        *,
        title: str = "",
        source: str = "",
        authors: tuple[str, ...] = (),
        published: Published = None,
        url: str = "",
        language: str = "",
    ) -> Metadata:
        """What one place states; a value that is not there was not found there either."""
        return cls(
            title=title[:TITLE_CHARACTERS],
            title_from=place if title else "",
            source=source,
            source_from=place if source else "",
            authors=authors,
            published=published,
            published_from=place if published else "",
            url=url if is_url(url) else "",
            language=language,
        )


def is_url(text: str) -> bool:
    """Tells whether a text is a web address (http or https, with a host)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in text
