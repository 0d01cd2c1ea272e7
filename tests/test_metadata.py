"""What one place states is kept together with where it stands."""

from __future__ import annotations

from datetime import date

from rag.metadata import Metadata, is_url


def test_a_value_that_is_not_stated_stands_nowhere() -> None:
    known = Metadata.stated("meta tag", title="", published=date(2024, 5, 3), url="/a")
    assert (known.title_from, known.source_from) == ("", "")
    assert (known.published_from, known.url) == ("meta tag", "")


def test_what_is_lacking_comes_with_its_place_and_what_is_known_stays() -> None:
    first = Metadata.stated("front matter", title="Talks", authors=("Ada Finch",))
    second = Metadata.stated("header line", title="Other", source="Gazette", authors=("Ben Lowe",))
    both = first.or_else(second)
    assert (both.title, both.title_from) == ("Talks", "front matter")
    assert (both.source, both.source_from) == ("Gazette", "header line")
    assert both.authors == ("Ada Finch",)
    assert both.published is None
    assert both.published_from == ""


def test_an_address_is_of_the_web_and_has_a_host() -> None:
    assert is_url("https://example.org/a")
    for text in ("", "example.org", "https://", "javascript:alert(1)", "http://[", "http://a b"):
        assert not is_url(text), text
