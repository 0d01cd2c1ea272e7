"""Which articles have copies, as they are looked up for every hit: in memory, once a generation."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Self


class CopyTable:
    """Articles that read the same share a key; pairs of keys are of texts that are copies."""

    def __init__(
        self,
        key_of: dict[str, bytes],
        articles_of: dict[bytes, list[str]],
        others: dict[bytes, list[bytes]],
        sha256: str,
    ) -> None:
        self._key_of = key_of
        self._articles_of = articles_of
        self._others = others
        self.sha256 = sha256
        """Over all that it was made from."""

    @classmethod
    def from_rows(
        cls, keys: Iterable[tuple[str, bytes]], pairs: Iterable[tuple[bytes, bytes]]
    ) -> Self:
        """(article id, key of its text), by id, and (key, key of a copy), sorted → the table."""
        digest = hashlib.sha256()
        others: dict[bytes, list[bytes]] = defaultdict(list)
        for key, other in pairs:
            digest.update(key + other)
            others[key].append(other)
        articles_of: dict[bytes, list[str]] = defaultdict(list)
        for article_id, key in keys:
            digest.update(article_id.encode("utf-8", "surrogatepass") + b"\0" + key)
            articles_of[key].append(article_id)
        # An article without copies, as most are, takes no place.
        alone = [key for key, ids in articles_of.items() if len(ids) == 1 and key not in others]
        for key in alone:
            del articles_of[key]
        key_of = {article_id: key for key, ids in articles_of.items() for article_id in ids}
        return cls(key_of, dict(articles_of), dict(others), digest.hexdigest())

    def copies_of(self, article_id: str) -> tuple[str, ...]:
        """The ids of the articles that are copies of it, sorted. Copies of its copies are not
        among them: a round-up holds stories that have nothing in common.
        """
        key = self._key_of.get(article_id)
        if key is None:
            return ()
        keys = (key, *self._others.get(key, ()))
        found = {i for each in keys for i in self._articles_of.get(each, ())}
        return tuple(sorted(found - {article_id}))
