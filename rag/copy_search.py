"""New and changed articles and the store → which of them are copies of which others.

Texts are compared, not articles: those that read the same share a key, and a pair of keys is a fact
about two texts that holds whatever articles have them. A new text is compared with those that share
enough bands with it, never with all. So the same articles have the same copies in whatever order,
and over however many builds, they came; only where more than a hundred different texts are alike
does it depend on the order which hundred are looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rag.copies import are_copies, bands, signature, text_key
from rag.records import Article
from rag.store import Store

FEWEST_BANDS = 2
"""Articles that have nothing in common share a band by chance (0.17 others an article among 609,
so 28 among 100,000); with three, a tenth of the copies trimmed by 60 % and edited were not seen."""

MOST_CANDIDATES = 100
"""Ten thousand reports of one template would make fifty million pairs, of which none is a copy."""


@dataclass(slots=True)
class FoundCopies:
    """What is to be stored: (article id, key of its text), (band, key), and pairs of keys."""

    keys: list[tuple[str, bytes]] = field(default_factory=list)
    bands: list[tuple[bytes, bytes]] = field(default_factory=list)
    pairs: list[tuple[bytes, bytes]] = field(default_factory=list)


def find_copies(
    store: Store,
    articles: Sequence[Article],
    *,
    everything: bool,
    on_progress: Callable[[int], None] = lambda done: None,
) -> FoundCopies:
    """Compares the texts of new articles with each other and, unless ``everything`` is new, with
    those in the store.
    """
    found = FoundCopies()
    texts: dict[bytes, str] = {}
    seen: dict[bytes, list[bytes]] = defaultdict(list)
    for done, article in enumerate(articles, 1):
        key = text_key(article.text)
        if key:
            found.keys.append((article.id, key))
        if key and key not in texts and (everything or not store.known_text_keys([key])):
            own = bands(signature(article.text))
            shared = Counter(other for band in own for other in seen[band])
            if not everything:
                shared.update(store.text_keys_with_bands(own, FEWEST_BANDS, MOST_CANDIDATES))
            likely = [(-count, other) for other, count in shared.items() if count >= FEWEST_BANDS]
            for _, other in sorted(likely)[:MOST_CANDIDATES]:
                text = texts[other] if other in texts else store.text_of_key(other)
                if are_copies(article.text, text):
                    found.pairs.append((key, other))
            for band in own:
                seen[band].append(key)
                found.bands.append((band, key))
            texts[key] = article.text
        on_progress(done)
    return found
