"""The paper's name with what it holds, and its newest articles → HTML; all of it escaped."""

from __future__ import annotations

from collections.abc import Sequence

from rag.article_rows import Row, View, ordered
from rag.page_html import article_link, escaped, file_name, one_line
from rag.records import ArticleSummary, Status
from rag.wording import counted, day, source_name

FRONT_PAGE_ARTICLES = 7


def masthead_html(status: Status | None) -> str:
    """The name of the paper, and what it holds."""
    holds = "No index yet"
    if status is not None:
        holds = counted(status.article_count, "article")
        named = [name for name, _ in status.sources if name]
        if named:
            holds += f" from {counted(len(named), 'source')}"
    return (
        '<header class="masthead"><p>Every sentence stands in an article</p>'
        f"<h1>Broadsheet</h1><p>{escaped(holds)}</p></header>"
    )


def front_page_html(articles: Sequence[ArticleSummary]) -> str:
    """The newest articles, for the place where an opened article will stand."""
    dated = ordered([Row(article, "indexed") for article in articles], View("date"))
    newest = [row.article for row in dated[:FRONT_PAGE_ARTICLES]]
    if not newest:
        return ""
    rows = "".join(
        f'<li><a class="open" href="{article_link(article.id)}">'
        f'<span class="title">{one_line(article.title) or file_name(article.id)}</span> '
        f'<span class="meta"><span>{one_line(source_name(article.source))}</span> &#183; '
        f"<span>{escaped(day(article.published))}</span></span></a></li>"
        for article in newest
    )
    return f'<section class="front"><h2>The newest articles</h2><ul>{rows}</ul></section>'
