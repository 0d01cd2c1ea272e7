"""A PDF gives headline, byline and whole paragraphs, or says why it cannot."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader, PdfWriter

from rag.articles import read_article
from rag.errors import ArticleUnreadable
from tests.reading import NEWSPAPER, body, pdf, read


@pytest.mark.parametrize("name", ["a.pdf", "a.txt"])
def test_a_pdf_gives_headline_byline_and_whole_paragraphs(name: str) -> None:
    article = read(name, NEWSPAPER)
    assert article.title == "Bridge over the Tarn closes for six weeks"
    assert article.authors == ("Ada Finch",)
    assert article.published == date(2024, 5, 3)
    assert body(article) == [
        "The county council said on Friday that the old bridge over the river will be closed from "
        "Monday for repairs to its piers, which engineers had inspected last month and found to be "
        "cracked all the way from the bed to the top of the arch.",
        "Traffic will be diverted along the ring road and the mill lane while men are at work on "
        "the piers.",
    ]


def test_a_pdf_with_a_password_says_what_to_do() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(NEWSPAPER)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(ArticleUnreadable, match="encrypted PDF: remove its password"):
        read_article("a.pdf", out.getvalue())


def test_a_pdf_without_text_is_called_scanned() -> None:
    with pytest.raises(ArticleUnreadable, match="scanned PDF: no text"):
        read_article("a.pdf", pdf([[]]))


def test_the_day_a_pdf_was_made_is_not_its_date() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([[(11, "The council met again.")]]))))
    writer.add_metadata({"/CreationDate": "D:20200101000000Z", "/Title": "Council meets once more"})
    out = io.BytesIO()
    writer.write(out)
    article = read_article("a.pdf", out.getvalue())
    assert article.published is None
    assert (article.title, article.title_from) == ("Council meets once more", "pdf metadata")
