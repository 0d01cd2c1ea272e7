"""Markdown is read as its reader sees it, without markup and images."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from rag.markdown import without_images
from tests.reading import body, read


def test_front_matter_is_read_and_markup_is_not_in_the_text() -> None:
    article = read(
        "a.md",
        """---
title: "Talks: day two"
publisher: The Tarn Gazette
authors: [Ada Finch, Ben Lowe]
date: 2024-05-03T10:15:00+02:00
url: https://example.org/talks
language: en-GB
---
# Talks: day two

![A bridge [in fog](x) at dawn](/img/a_(1).jpg)

The **ministers** met [again](https://example.org/x_(y) "t") on *Friday*[^1] at the `old` mill,
where 3 * 4 * 5 snake_case_names hang. <!-- not shown -->

> "It was good," one said.

* one
* two

## What next?

[^1]: A footnote.
""",
    )
    assert article.title == "Talks: day two"
    assert article.title_from == article.source_from == article.published_from == "front matter"
    assert article.source == "The Tarn Gazette"
    assert article.authors == ("Ada Finch", "Ben Lowe")
    assert article.published == datetime(2024, 5, 3, 10, 15, tzinfo=timezone(timedelta(hours=2)))
    assert (article.url, article.language) == ("https://example.org/talks", "en")
    assert body(article) == [
        "The ministers met again on Friday at the old mill, where 3 * 4 * 5 snake_case_names hang.",
        '"It was good," one said.',
        "- one",
        "- two",
        "What next?",
        "A footnote.",
    ]


def test_footnotes_stand_below_the_text_with_their_further_lines() -> None:
    text = """# Talks go on

The ministers met again.[^1]

[^1]: At the *old* mill,
    which burned down in 1904.

    It was rebuilt.
[^note]: The second day.

They left on Friday.[^note]

[mill]: https://example.org/mill
"""
    assert body(read("a.md", text)) == [
        "The ministers met again.",
        "They left on Friday.",
        "At the old mill, which burned down in 1904.",
        "It was rebuilt.",
        "The second day.",
    ]


def test_the_first_heading_is_the_title() -> None:
    article = read("a.md", "# Talks go on\n\nThe ministers met again.\n\n# Later\n\nThey left.\n")
    assert (article.title, body(article)[1]) == ("Talks go on", "Later")


def test_an_image_amid_a_line_leaves_the_words_around_it() -> None:
    assert without_images("The mayor ![a [b] c](x(1).jpg) spoke.") == "The mayor spoke."
    assert without_images("Wow![1] It rained [hard](x).") == "Wow![1] It rained [hard](x)."
