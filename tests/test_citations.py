"""A citation is a place, numbered once, and can be checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.articles import read_article
from rag.citations import Citations, verify
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


def test_verification_tells_verified_moved_changed_and_gone_apart() -> None:
    citations = Citations()
    citations.number(ARTICLE, span_of("Engineers found cracks in 14 of its 36 girders."))
    (citation,) = citations.all()
    assert verify(citation, ARTICLE) == "verified"
    assert verify(citation, replace(ARTICLE, text="An update.\n\n" + ARTICLE.text)) == "moved"
    assert verify(citation, replace(ARTICLE, text=ARTICLE.text.replace("14", "15"))) == "changed"
    assert verify(citation, None) == "gone"
