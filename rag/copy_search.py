"""Staged articles and the store → which of them are copies of which others.

Texts are compared, not articles: those that read the same share a key, and a pair of keys is a fact
about two texts that holds whatever articles have them. A new text is compared with those that share
enough bands with it, never with all. So the same articles have the same copies in whatever order,
and over however many builds, they came; only where more than a hundred different texts are alike
does it depend on the order which hundred are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rag.copies import are_copies, bands, signature, text_key
from rag.staging import Staging
from rag.store import Store

FEWEST_BANDS = 2
"""Articles that have nothing in common share a band by chance (0.17 others an article among 609,
so 28 among 100,000); with three, a tenth of the copies trimmed by 60 % and edited were not seen."""

MOST_CANDIDATES = 100
"""Ten thousand reports of one template would make fifty million pairs, of which none is a copy."""


def find_copies(
    store: Store,
    staging: Staging,
    *,
    everything: bool,
    on_progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Compares the texts of staged articles with each other and, unless ``everything`` is new, with
    those in the store; what is found is staged with them.
    """
    for done, (article, _) in enumerate(staging.articles(), 1):
        key = text_key(article.text)
        if key:
            known = staging.has_text_key(key) or (not everything and store.known_text_keys([key]))
            staging.put_text_key(article.id, key)
            if not known:
                own = bands(signature(article.text))
                for other, text in _likely(store, staging, own, everything=everything):
                    if are_copies(article.text, text):
                        staging.put_pair(key, other)
                staging.put_bands(key, own)
        on_progress(done)


def _likely(
    store: Store, staging: Staging, own: list[bytes], *, everything: bool
) -> Iterator[tuple[bytes, str]]:
    """Bands of a new text → (key, text) of those that share the most of them."""
    here = staging.text_keys_with_bands(own, FEWEST_BANDS, MOST_CANDIDATES)
    there = {} if everything else store.text_keys_with_bands(own, FEWEST_BANDS, MOST_CANDIDATES)
    shared = here | there
    for _, other in sorted((-count, other) for other, count in shared.items())[:MOST_CANDIDATES]:
        yield other, (staging if other in here else store).text_of_key(other)
