"""A page's own article is found in its JSON-LD, however that is put together."""

from __future__ import annotations

import json

import lxml.html
import pytest

from rag.json_ld import article_object, site_names, text_of

OWN = '{"@type": "NewsArticle", "headline": "Mill to reopen", "datePublished": "2024-03-01"}'
OTHER = '{"@type": "NewsArticle", "headline": "Mill closed", "datePublished": "2019-07-07"}'


def found(*scripts: str, titles: tuple[str, ...] = (), urls: tuple[str, ...] = ()) -> dict:
    tags = "".join(f'<script type="application/ld+json">{each}</script>' for each in scripts)
    return article_object(lxml.html.document_fromstring(f"<head>{tags}</head>"), titles, urls)


@pytest.mark.parametrize(
    "script",
    [
        OWN,
        f"[{OWN}]",
        f'{{"@graph": [{{"@type": "WebSite"}}, {OWN}]}}',
        f'{{"@type": "WebPage", "mainEntity": {OWN}}}',
        f"<!-- {OWN} -->",
        f"//<![CDATA[\n{OWN}\n//]]>",
        f'{{"@type": "Organization"}}\n{OWN};',
        OWN.replace("}", ",}"),
        OWN.replace('"', "&quot;"),
        OWN.replace("reopen", "reopen\n"),  # a line end within a string,
    ],
)
def test_an_article_is_found_in_any_wrapping(script: str) -> None:
    article = found(script)
    assert text_of(article["headline"]) == "Mill to reopen"
    assert article["datePublished"] == "2024-03-01"


@pytest.mark.parametrize(
    "script", ["", "{", '{"@type": "NewsArticle", "headline": "Mill', "[" * 9999]
)
def test_a_broken_script_says_nothing_and_another_is_read(script: str) -> None:
    assert found(script) == {}
    assert found(script, OWN)["headline"] == "Mill to reopen"


def test_of_several_articles_it_is_the_one_at_the_pages_address() -> None:
    at_page = {**json.loads(OTHER), "url": "http://www.tarn.example/mill/?from=feed#top"}
    article = found(OWN, json.dumps(at_page), urls=("https://tarn.example/mill",))
    assert article["headline"] == "Mill closed"


def test_of_several_articles_it_is_the_one_with_the_pages_title() -> None:
    assert found(OTHER, OWN, titles=("Mill to re-open",))["headline"] == "Mill to reopen"


def test_of_several_articles_none_is_taken_where_none_is_the_pages() -> None:
    assert found(OTHER, OWN, titles=("Harvest fair",), urls=("https://tarn.example/",)) == {}


def test_a_reference_is_filled_in_with_the_object_it_names() -> None:
    graph = [
        {**json.loads(OWN), "author": {"@id": "#ada"}},
        {"@type": "Person", "@id": "#ada", "name": "Ada Finch"},
    ]
    assert text_of(found(json.dumps({"@graph": graph}))["author"]) == "Ada Finch"


@pytest.mark.parametrize("turned", [False, True])
def test_a_reference_does_not_hide_the_object_it_names(turned: bool) -> None:
    objects = [
        {"@type": "Organization", "@id": "#o", "name": "Harwick Courier"},
        {"@type": "Person", "@id": "#p", "name": "Anna Bell"},
        {**json.loads(OWN), "publisher": {"@id": "#o"}, "author": {"@id": "#p"}},
    ]
    article = found(json.dumps(objects[::-1] if turned else objects))
    assert text_of(article["publisher"]) == "Harwick Courier"
    assert text_of(article["author"]) == "Anna Bell"


def test_the_pages_own_object_states_its_date_where_no_article_is_stated() -> None:
    page = {"@type": "WebPage", "name": "Mills", "datePublished": "2024-03-01"}
    assert found(json.dumps(page)) == {"datePublished": "2024-03-01"}
    assert found(json.dumps([page, page])) == {}
    own = {**page, "url": "https://tarn.example/mill", "datePublished": "2024-03-02"}
    at_page = found(json.dumps([page, own]), urls=("https://tarn.example/mill",))
    assert at_page == {"datePublished": "2024-03-02"}
    assert found(json.dumps([page, json.loads(OWN)]))["headline"] == "Mill to reopen"


def test_organisations_and_websites_are_names_of_sites() -> None:
    graph = [{"@type": "WebSite", "name": "Courier"}, {"@type": "Person", "name": "Anna Bell"},
             {"@type": "NewsMediaOrganization", "name": "Harwick Press"}]  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(graph)}</script>'
    tree = lxml.html.document_fromstring(f"<head>{script}</head>")
    assert site_names(tree) == ["Courier", "Harwick Press"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Bread &amp;amp; salt", "Bread & salt"),
        ("The <em>Heron</em> sails", "The Heron sails"),
        ([{"name": "Ada"}, {"name": "Ben"}], "Ada"),
        ({"name": ["Ada", "Ben"]}, "Ada"),
        ({"@value": "Ada"}, "Ada"),
        ({"url": "x"}, ""),
        (None, ""),
        (7, ""),
    ],
)
def test_a_value_is_read_as_one_line(value: object, text: str) -> None:
    assert text_of(value) == text
