"""What is stated about an article → one record, with where each value stands.

Values are taken only where the article states them; nothing is guessed but the language. No date
is better than a wrong one. The modules that read lines and markup fill the record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rag.records import FoundIn, Published

TITLE_CHARACTERS = 300
"""What a title stated at greater length is cut to."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an article says about itself; empty where it does not. ``*_from`` say where. ``remarks``
    are its reader's: what of it could not be read.
    """

    title: str = ""
    title_from: FoundIn = ""
    source: str = ""
    source_from: FoundIn = ""
    authors: tuple[str, ...] = ()
    authors_from: FoundIn = ""
    published: Published = None
    published_from: FoundIn = ""
    url: str = ""
    url_from: FoundIn = ""
    language: str = ""
    language_from: FoundIn = ""
    remarks: tuple[str, ...] = ()

    def or_else(self, other: Metadata) -> Metadata:
        """What is known here, and from ``other`` what is lacking."""
        lacking = {}
        for name in ("title", "source", "authors", "published", "url", "language"):
            if not getattr(self, name):
                for each in (name, f"{name}_from"):
                    lacking[each] = getattr(other, each)
        return replace(self, **lacking, remarks=self.remarks + other.remarks)

    @classmethod
    def stated(
        cls,
        place: FoundIn,
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
            authors_from=place if authors else "",
            published=published,
            published_from=place if published else "",
            url=url if is_url(url) else "",
            url_from=place if is_url(url) else "",
            language=language,
            language_from=place if language else "",
        )


def is_url(text: str) -> bool:
    """Tells whether a text is a web address (http or https, with a host)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in text
