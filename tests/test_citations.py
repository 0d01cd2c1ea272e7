"""A citation is a place, numbered once, and can be checked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles import read_article
from rag.citations import Citations, place_of
from rag.records import Article, Citation
from tests.conftest import BRIDGE

ARTICLE = read_article("bridge.txt", BRIDGE.encode())


def span_of(text: str) -> tuple[int, int]:
    start = ARTICLE.text.index(text)
    return start, start + len(text)


def test_numbers_follow_use_and_a_place_has_one() -> None:
    citations = Citations()
    cracks = span_of("Engineers found cracks in 14 of its 36 girders.")
    cost = span_of("The repair will cost 3.2 million crowns and take two years.")
    assert [citations.number(ARTICLE, s) for s in (cost, cracks, cost)] == [1, 2, 1]
    for citation in citations.all():
        assert ARTICLE.text[citation.start : citation.end] == citation.quote
    assert next(c.quote for c in citations.all()).startswith("The repair")


@pytest.mark.parametrize("span", [(-1, 4), (5, 5), (0, 10**6)])
def test_a_place_outside_the_article_is_never_cited(span: tuple[int, int]) -> None:
    with pytest.raises(AssertionError):
        Citations().number(ARTICLE, span)


def cited(quote: str, article: Article = ARTICLE) -> Citation:
    citations = Citations()
    start = article.text.index(quote)
    citations.number(article, (start, start + len(quote)))
    return citations.all()[0]


def edited(text: str) -> Article:
    return replace(ARTICLE, text=text, sha256="0" * 64)


CRACKS = "Engineers found cracks in 14 of its 36 girders."


def test_a_quote_is_found_at_its_place_or_where_it_stands_now() -> None:
    citation = cited(CRACKS)
    assert place_of(citation, ARTICLE) == (citation.start, citation.end)
    longer = edited("An update.\n\n" + ARTICLE.text)
    assert place_of(citation, longer) == (citation.start + 12, citation.end + 12)
    assert place_of(citation, edited(ARTICLE.text.replace("14", "15"))) is None
    assert place_of(citation, edited("")) is None


@pytest.mark.parametrize(
    ("start", "expected"), [(0, 140), (139, 140), (219, 140), (221, 300), (290, 300), (9_999, 300)]
)
def test_of_several_places_the_nearest_is_taken(start: int, expected: int) -> None:
    citation = replace(cited(CRACKS), start=start, end=start + len(CRACKS))
    text = (" " * 140 + CRACKS).ljust(300) + CRACKS
    assert place_of(citation, edited(text)) == (expected, expected + len(CRACKS))


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("The repair costs 3", "Report. The repair costs 35 crowns."),
        ("The repair costs 3", "Report. The repair costs 3.5 crowns."),
        ("The repair costs 3.", "Report. The repair costs 3.5 crowns."),
        ("2 million were paid.", "Report. 3.2 million were paid."),
        ("Mayor Jon", "Report. Mayor Jonas was there."),
    ],
)
def test_a_quote_that_goes_on_as_a_figure_or_a_word_does_not_stand(quote: str, text: str) -> None:
    citation = Citation(1, "a.txt", "T", "S", None, 8, 8 + len(quote), quote, "1" * 64)
    assert place_of(citation, edited(text)) is None
    assert place_of(citation, edited(f"Report. {quote} And more.")) == (8, 8 + len(quote))


def test_white_space_may_differ_but_no_letter() -> None:
    citation = cited(CRACKS)
    spaced = ARTICLE.text.replace("found cracks in", "found\u00a0  cracks\tin")
    place = place_of(citation, edited(spaced))
    assert place is not None
    assert spaced[slice(*place)] == CRACKS.replace("found cracks in", "found\u00a0  cracks\tin")
    assert place_of(citation, edited(spaced.replace("14", "1 4"))) is None


words = st.sampled_from(["ferry", "Ost", "3", "3.2", "年", "a", "—", '"', "x." * 9])


@given(st.lists(words, min_size=1, max_size=12), st.data())
def test_what_was_cited_is_found_again_wherever_it_goes(
    parts: list[str], data: st.DataObject
) -> None:
    text = " ".join(parts)
    first = data.draw(st.integers(0, len(parts) - 1))
    last = data.draw(st.integers(first + 1, len(parts)))
    start = len(" ".join(parts[:first])) + (first > 0)
    quote = " ".join(parts[first:last])
    article = replace(ARTICLE, text=text)
    citation = cited_at(article, start, start + len(quote))
    assert place_of(citation, article) == (start, start + len(quote))
    before = data.draw(st.sampled_from(["", "New. ", "Something new.\n\n"]))
    place = place_of(citation, edited(before + text + "\n\nMore."))
    assert place is not None
    assert (before + text)[slice(*place)] == quote
    respaced = " \n ".join(parts)
    place = place_of(citation, edited(respaced))
    assert place is not None
    assert respaced[slice(*place)].split() == quote.split()


def cited_at(article: Article, start: int, end: int) -> Citation:
    citations = Citations()
    citations.number(article, (start, end))
    return citations.all()[0]
