"""Reads real news pages and compares what was read with what is expected of them.

    python -m tests.eval.read_html_news DATA_FOLDER [--misses]

DATA_FOLDER holds a folder per country with pages (``Publisher_2024_05_31.html``) and for each
publisher a ``Publisher.json`` of expected values, as the tests of flairNLP/fundus do. That file has
an entry per version of the publisher's parser; a page's own is the one whose words stand in it.

Compared are, after NFC, with one kind of quotation mark, dash and space:

- titles, letter for letter, case included; a title's kicker belongs to it where it is expected;
- days: the expected moment's calendar day in the zone it is written in, with our day, or with our
  moment's day as written or in the expected zone; pages without an expected date are not counted;
- authors, as sets without regard to case. "Authors right" are pages with exactly the expected set,
  agencies and publishers ("dpa") included, which a reader that names people only cannot reach;
  "people right" are those with exactly the expected names of two words or more that are no
  agency's or publisher's as ``rag.names`` tells and not the source that was read. Names found and
  expected are counted besides, over all pages;
- the body, which is everything expected below the headline: summary, subheadings, paragraphs.
  Tokens are runs of letters and digits in one case, and single characters of Chinese, Japanese and
  Thai. Precision and recall are of the tokens as multisets, F1 is their harmonic mean, each of them
  per page and then averaged;
- expected paragraphs: one of at least five tokens is lost where fewer than half of its runs of
  three tokens stand in what was found.

trafilatura is its own ``extract`` of the same bytes with nothing set. Rates are pages per second of
processor time in one process, the better of two rounds each.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rag.articles import read_article
from rag.names import is_organisation
from rag.records import Article, Published

_TOKEN = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
_ONE_KIND = str.maketrans({**dict.fromkeys("„“”«»‟″", '"'), **dict.fromkeys("‚‘’‹›′`´", "'"),
                           **dict.fromkeys("‐‑–—−", "-"), "\u00ad": ""})  # fmt: skip


@dataclass
class Page:
    """A page with what is expected of it."""

    name: str
    raw: bytes
    expected: dict[str, Any]

    def paragraphs(self) -> list[str]:
        """The expected body, paragraph by paragraph."""
        body = self.expected.get("body") or {"summary": [], "sections": []}
        sections = [each for s in body["sections"] for each in (*s["headline"], *s["paragraphs"])]
        return [*body["summary"], *sections]


@dataclass
class Score:
    """What one reader made of the bodies of all pages."""

    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    f1: list[float] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)

    def add(self, page: Page, found: str) -> None:
        """Counts a page's body as found."""
        want, have = tokens(" ".join(page.paragraphs())), tokens(found)
        common = (Counter(want) & Counter(have)).total()
        precision, recall = common / max(1, len(have)), common / max(1, len(want))
        self.precision.append(precision)
        self.recall.append(recall)
        self.f1.append(2 * precision * recall / (precision + recall) if common else 0.0)
        runs = set(zip(have, have[1:], have[2:], strict=False))
        for paragraph in page.paragraphs():
            words = tokens(paragraph)
            own = list(zip(words, words[1:], words[2:], strict=False))
            if len(words) >= 5 and 2 * sum(run in runs for run in own) < len(own):
                self.lost.append((page.name, paragraph))


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    pages = list(read_pages(options.folder))
    import trafilatura

    ours, rate = timed(pages, lambda page: read_article(f"{page.name}.html", page.raw))
    theirs, their_rate = timed(pages, lambda page: trafilatura.extract(page.raw) or "")
    misses: list[str] = []
    score, their_score = Score(), Score()
    for page, article, text in zip(pages, ours, theirs, strict=True):
        score.add(page, body_of(article))
        their_score.add(page, text)
    print(f"{len(pages)} pages")
    for name, compare in COMPARED.items():
        results = [(page, compare(page, each)) for page, each in zip(pages, ours, strict=True)]
        counted = [right for _, right in results if right is not None]
        print(
            f"{f'{name} right':16} {sum(counted)} of {len(counted)} ({sum(counted) / len(counted):.1%})"
        )
        for (page, right), article in zip(results, ours, strict=True):
            if right is False:
                misses += [f"{name}: {page.name}", *shown(name, page, article)]
    print_names(pages, ours)
    print(f"{'body':12} {'F1':>7} {'precision':>10} {'recall':>7} {'lost':>5} {'pages/s':>8}")
    for name, each, speed in (("ours", score, rate), ("trafilatura", their_score, their_rate)):
        means = [sum(values) / len(values) for values in (each.f1, each.precision, each.recall)]
        print(
            f"{name:12} {means[0]:7.2%} {means[1]:10.2%} {means[2]:7.2%} {len(each.lost):5} {speed:8.1f}"
        )
    if options.misses:
        misses += [f"lost by us: {name}\n   {text}" for name, text in score.lost]
        misses += [f"lost by trafilatura: {name}\n   {text}" for name, text in their_score.lost]
        for page, one, other in zip(pages, score.f1, their_score.f1, strict=True):
            if one < other - 0.001:
                misses.append(f"body below trafilatura's: {page.name}\n   {one:.3f} {other:.3f}")
        print("", *misses, sep="\n")


def read_pages(folder: Path) -> Iterator[Page]:
    """The pages below a folder, each with the entry of expected values that is its own."""
    for path in sorted(folder.glob("*/*.html")):
        raw = path.read_bytes()
        entries = json.loads((path.parent / f"{path.stem.split('_')[0]}.json").read_text())
        words = set(tokens(html.unescape(raw.decode("utf-8", "replace"))))
        pages = [Page(path.stem, raw, entry) for entry in entries.values()]
        yield max(pages, key=lambda page: share(words, page))


def share(words: set[str], page: Page) -> float:
    """The share of a page's expected words that are among these words."""
    want = set(tokens(" ".join([page.expected.get("title") or "", *page.paragraphs()])))
    return len(want & words) / max(1, len(want))


def timed(pages: list[Page], read: Callable[[Page], Any]) -> tuple[list[Any], float]:
    """What a reader makes of all pages, and how many it reads in a second of processor time."""
    results: list[Any] = []
    best = float("inf")
    read(pages[0])  # its imports are not counted
    for _ in range(2):
        started = time.process_time()
        results = [read(page) for page in pages]
        best = min(best, time.process_time() - started)
    return results, len(pages) / best


def body_of(article: Article) -> str:
    """An article's text below its headline."""
    headline, _, rest = article.text.partition("\n\n")
    return rest if headline == article.title else article.text


def plain(text: str) -> str:
    """A text in one spelling: NFC, single spaces, one kind of quotation marks and dashes."""
    text = unicodedata.normalize("NFC", text).translate(_ONE_KIND)
    return " ".join(text.split())


def tokens(text: str) -> list[str]:
    """A text → its tokens in one case."""
    return _TOKEN.findall(plain(text).casefold())


def title_right(page: Page, article: Article) -> bool | None:
    """Whether the title is the expected one; None where none is expected."""
    title = page.expected.get("title")
    return plain(title) == plain(article.title) if title else None


def day_right(page: Page, article: Article) -> bool | None:
    """Whether the day of publishing is the expected one; None where none is expected."""
    written = page.expected.get("publishing_date")
    if not written:
        return None
    moment = datetime.fromisoformat(written)
    found: Published = article.published
    if isinstance(found, datetime) and found.tzinfo and moment.tzinfo:
        here = found.astimezone(moment.tzinfo).date()
        return moment.date() in (here, found.date())
    return found is not None and found.isoformat()[:10] == written[:10]


def names_of(page: Page, article: Article) -> tuple[set[str], set[str]]:
    """The expected names and the found ones, in one spelling and case."""
    expected = page.expected.get("authors") or []
    return {plain(n).casefold() for n in expected}, {plain(n).casefold() for n in article.authors}


def authors_right(page: Page, article: Article) -> bool | None:
    """Whether exactly the expected authors were found."""
    expected, found = names_of(page, article)
    return expected == found


def people_right(page: Page, article: Article) -> bool | None:
    """Whether exactly the people among the expected authors were found."""
    expected, found = names_of(page, article)
    source = plain(article.source).casefold()
    houses = {n for n in expected if " " not in n or is_organisation(n) or n == source}
    return expected - houses == found


def print_names(pages: list[Page], articles: list[Article]) -> None:
    """Prints how many names were expected, found, and both."""
    pairs = [names_of(page, article) for page, article in zip(pages, articles, strict=True)]
    expected, found = (sum(len(pair[at]) for pair in pairs) for at in (0, 1))
    both = sum(len(one & other) for one, other in pairs)
    print(f"names            {both} of {expected} expected found, {found - both} others named")


def shown(name: str, page: Page, article: Article) -> list[str]:
    """A miss: what was expected and what was found."""
    authors = ("authors", list(article.authors), article.authors_from)
    key, *values = {
        "titles": ("title", article.title, article.title_from),
        "days": ("publishing_date", article.published, article.published_from),
    }.get(name, authors)
    return [f"   expected {page.expected.get(key)!s}", f"   found    {values[0]!s} ({values[1]})"]


COMPARED: dict[str, Callable[[Page, Article], bool | None]] = {
    "titles": title_right,
    "days": day_right,
    "authors": authors_right,
    "people": people_right,
}


if __name__ == "__main__":
    main()
