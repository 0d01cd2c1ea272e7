"""New and changed articles and the store → the pairs of articles that are copies of each other.

A new article is compared with those that share enough bands with it, never with all. What is a
copy of what depends on the texts alone: the same articles give the same pairs in whatever order,
and over however many builds, they came.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field

from rag.copies import are_copies, bands, signature
from rag.records import Article
from rag.store import Store

FEWEST_BANDS = 2
"""Articles that have nothing in common share a band by chance (0.17 others an article among 609,
so 28 among 100,000); with three, a tenth of the copies trimmed by 60 % and edited were not seen."""


@dataclass(slots=True)
class FoundCopies:
    """What is to be stored: (band, article id), and pairs of ids."""

    bands: list[tuple[bytes, str]] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)


def find_copies(
    store: Store,
    articles: Sequence[Article],
    replaced: Set[str],
    *,
    on_progress: Callable[[int], None] = lambda done: None,
) -> FoundCopies:
    """Compares new articles with each other and with the stored ones that are not ``replaced``."""
    found = FoundCopies()
    texts = {article.id: article.text for article in articles}
    seen: dict[bytes, list[str]] = defaultdict(list)
    for done, article in enumerate(articles):
        own = bands(signature(article.text))
        shared = Counter(other for band in own for other in seen[band])
        others = [other for other, count in shared.items() if count >= FEWEST_BANDS]
        if own:
            others += [i for i in store.articles_with_bands(own, FEWEST_BANDS) if i not in replaced]
        for other in sorted(others):
            text = texts[other] if other in texts else store.article(other).text
            if are_copies(article.text, text):
                found.pairs.append((article.id, other))
        for band in own:
            seen[band].append(article.id)
            found.bands.append((band, article.id))
        on_progress(done + 1)
    return found
