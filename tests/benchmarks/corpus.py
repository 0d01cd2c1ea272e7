"""An index of any size, with the statistics of a real one: python -m tests.benchmarks.corpus

    python -m tests.benchmarks.corpus --like INDEX --chunks 1000000 --index DIR [--seed 1]

Embedding a million chunks takes hours, so their vectors are drawn, not computed: from a mixture
fitted to the vectors of a real index. A topic (k-means, one for about 120 chunks) has a mean; an
article lies around its topic's mean as real articles do around theirs, and a chunk around its
article as real chunks do: two normal distributions with the covariances found, the second and the
first alike for all topics. Words are drawn by their frequencies in the real chunks of the topic,
as they are written there, with their punctuation; as many words that no article has as a real
chunk brings new ones (the share of words met once, Good and Turing's estimate), from a
vocabulary whose frequencies follow Zipf's law. Articles have as many chunks as real ones, sources
as often as real ones, and days over ten years. The text means nothing: how fast and how much is
found can be measured with it, never whether it answers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from rag.chunk_words import ChunkWords
from rag.contents import read_contents
from rag.derived import texts_of, vectors_from, write_lexical, write_vectors
from rag.index import DATABASE, Index
from rag.lexical import terms
from rag.records import Article, Chunk
from rag.rows import StoredChunk, text_hash
from rag.store import Store

CHUNKS_A_TOPIC = 120
ARTICLES_AT_ONCE = 1_000
_TAIL_WORDS = 2_000_000
_DAYS = 3_650
_LAST_DAY = date(2026, 1, 1)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is known of a real index. ``means`` are the topics' means, ``weights`` how many of the
    articles are of each, ``of_article`` and ``of_chunk`` roots of the two covariances; ``words``
    are as written, ``word_cdfs`` for each topic the sums of their frequencies; ``new_share`` is the
    share of words that were met once; ``lengths`` are words in a chunk, ``chunk_counts`` chunks in
    an article.
    """

    means: Floats
    weights: npt.NDArray[np.float64]
    of_article: Floats
    of_chunk: Floats
    words: npt.NDArray[np.object_]
    word_cdfs: list[npt.NDArray[np.float64]]
    new_share: float
    lengths: npt.NDArray[np.int64]
    chunk_counts: npt.NDArray[np.int64]
    sources: list[str]


def statistics_of(folder: Path) -> tuple[Statistics, dict[str, str]]:
    """An index → its statistics, and its manifest."""
    with Index(folder).reading() as (store, manifest):
        chunks = [c for c in store.chunks() if c.vector_key]
        vectors = store.vectors([c.vector_key for c in chunks], int(manifest["dimension"]))
        texts = store.chunk_texts([c.id for c in chunks])
        sources = [source for _, _, source, _ in store.article_facts()]
    articles = [c.chunk.article_id for c in chunks]
    names, article_of = np.unique(articles, return_inverse=True)
    counts = np.bincount(article_of)
    centres = np.zeros((len(names), vectors.shape[1]), dtype=np.float64)
    np.add.at(centres, article_of, vectors)
    centres /= counts[:, None]
    topic_count = max(2, len(chunks) // CHUNKS_A_TOPIC)
    kmeans = faiss.Kmeans(vectors.shape[1], topic_count, niter=25, seed=1)
    kmeans.cp.min_points_per_centroid = 1  # few articles a topic are meant
    kmeans.train(centres.astype(np.float32))
    _, found = kmeans.index.search(centres.astype(np.float32), 1)
    topic_of = found[:, 0]
    means = np.stack([
        centres[topic_of == topic].mean(axis=0) if (topic_of == topic).any() else centres[0]
        for topic in range(topic_count)
    ])  # fmt: skip
    numbers: dict[str, int] = {}
    topic_words: list[list[int]] = [[] for _ in range(topic_count)]
    lengths = []
    for place, stored in enumerate(chunks):
        written = texts[stored.id].split()
        lengths.append(len(written))
        topic_words[topic_of[article_of[place]]].extend(
            numbers.setdefault(word, len(numbers)) for word in written
        )
    everywhere = np.bincount([n for words in topic_words for n in words], minlength=len(numbers))
    cdfs = []
    for words in topic_words:
        here = np.bincount(words, minlength=len(numbers)).astype(np.float64)
        shares = 0.7 * here / max(here.sum(), 1) + 0.3 * everywhere / everywhere.sum()
        cdfs.append(np.cumsum(shares / shares.sum()))
    of_topic = np.bincount(topic_of, minlength=topic_count)
    statistics = Statistics(
        means.astype(np.float32), of_topic / of_topic.sum(),
        _root(centres - means[topic_of]), _root(vectors - centres[article_of]),
        np.array(list(numbers), dtype=object), cdfs,
        float((everywhere == 1).sum() / everywhere.sum()),
        np.array(lengths), counts, sources,
    )  # fmt: skip
    return statistics, manifest


def _root(rows: npt.NDArray[Any]) -> Floats:
    """Rows around 0 → a matrix R with R·Rᵀ their covariance."""
    values, directions = np.linalg.eigh(rows.T @ rows / len(rows))
    return np.asarray(directions * np.sqrt(np.maximum(values, 0)), dtype=np.float32)


class Maker:
    """Articles, chunks and vectors without end, the same ones for the same seed."""

    def __init__(self, statistics: Statistics, seed: int) -> None:
        self._like = statistics
        self._random = np.random.default_rng(seed)
        shares = 1 / np.arange(10, _TAIL_WORDS + 10)
        self._tail = np.cumsum(shares / shares.sum())
        self._made = 0

    def vectors(self, topic: int, count: int) -> Floats:
        """float32 of shape (count, dim), of unit length: the chunks of one article."""
        like, dimension = self._like, self._like.means.shape[1]
        centre = like.means[topic] + like.of_article @ self._normal(dimension)
        rows = centre + self._normal((count, dimension)) @ like.of_chunk.T
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def article(self) -> tuple[Article, list[tuple[int, int]], Floats]:
        """An article, its chunks' spans, and their vectors."""
        like, random = self._like, self._random
        topic = int(random.choice(len(like.weights), p=like.weights))
        lengths = random.choice(like.lengths, size=int(random.choice(like.chunk_counts)))
        words = self._words(topic, int(lengths.sum()) + 8)
        title, at = " ".join(words[:8]), 8
        texts, spans, start = [], list[tuple[int, int]](), 0
        for length in lengths:
            text = " ".join(words[at : at + length]) or "x"
            spans.append((start, start + len(text)))
            texts.append(text)
            start, at = start + len(text) + 1, at + length
        self._made += 1
        source = like.sources[int(random.integers(len(like.sources)))]
        day = _LAST_DAY - timedelta(days=int(random.integers(_DAYS)))
        article = made_article(f"made/{self._made:07}.txt", title, " ".join(texts), source, day)
        return article, spans, self.vectors(topic, len(spans))

    def _words(self, topic: int, count: int) -> list[str]:
        like = self._like
        drawn = np.searchsorted(like.word_cdfs[topic], self._random.random(count))
        words: list[str] = like.words[np.minimum(drawn, len(like.words) - 1)].tolist()
        for place in np.flatnonzero(self._random.random(count) < like.new_share).tolist():
            words[place] = _new_word(int(np.searchsorted(self._tail, self._random.random())))
        return words

    def _normal(self, shape: int | tuple[int, int]) -> Floats:
        return self._random.standard_normal(shape, dtype=np.float32)


_SYLLABLES = [c + v + e for c in "bdfgklmnprstvz" for v in "aeiou" for e in ("", "n", "r")]


def _new_word(number: int) -> str:
    syllables = []
    while True:
        number, at = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[at])
        if not number and len(syllables) > 1:
            return "".join(syllables)


def made_article(article_id: str, title: str, text: str, source: str, day: date) -> Article:
    """A record as a reader would make it."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Article(
        article_id, article_id, title, "file", text, (), source, "file", (), "none", day, "file",
        "", "none", "en", "file", "utf-8", (), sha256, sha256,
    )  # fmt: skip


def fill(store: Store, maker: Maker, chunk_count: int) -> int:
    """Articles, chunks and vectors into an empty store, ``chunk_count`` chunks or a few more;
    returns how many.
    """
    made, words = 0, ChunkWords(store)
    while made < chunk_count:
        with store.transaction():
            for _ in range(ARTICLES_AT_ONCE):
                if made >= chunk_count:
                    break
                article, spans, vectors = maker.article()
                keys = [
                    hashlib.sha256(f"{article.id} {i}".encode()).digest() for i in range(len(spans))
                ]
                store.put_article(article)
                store.put_vectors(keys, vectors)
                store.put_chunks(
                    StoredChunk(
                        made + i + 1, Chunk(article.id, i, start, end), key,
                        text_hash(article.text[start:end]),
                    )
                    for i, ((start, end), key) in enumerate(zip(spans, keys, strict=True))
                )  # fmt: skip
                words.put(
                    (made + i + 1, " ".join(terms(article.text[start:end])))
                    for i, (start, end) in enumerate(spans)
                )
                made += len(spans)
    return made


def make_index(folder: Path, like: Path, chunk_count: int, seed: int) -> dict[str, float]:
    """Makes the index; returns the seconds that each step took."""
    seconds: dict[str, float] = {}
    statistics, manifest = statistics_of(like)
    folder.mkdir(parents=True)
    store = Store(folder / DATABASE, writable=True)
    for step in _steps(folder, store, Maker(statistics, seed), manifest, chunk_count):
        begun = time.perf_counter()
        name = step()
        seconds[name] = time.perf_counter() - begun
        print(f"{name}: {seconds[name]:.1f} s", flush=True)
    store.close()
    return seconds


def _steps(
    folder: Path, store: Store, maker: Maker, manifest: dict[str, str], chunk_count: int
) -> Iterator[Any]:
    said: dict[str, str] = {}

    def filled() -> str:
        said["next_chunk_id"] = str(fill(store, maker, chunk_count) + 1)
        return "articles, chunks and vectors into the database"

    def with_vectors() -> str:
        chunks = list(store.chunks())
        said.update(
            write_vectors(folder, 1, vectors_from(store, chunks, int(manifest["dimension"])))
        )
        return "vector index"

    def with_words() -> str:
        said.update(write_lexical(folder, 1, texts_of(store, store.chunks())))
        return "word index"

    def published() -> str:
        kept = ("dimension", "model", "model_sha256", "chunk_tokens", "overlap_tokens")
        with store.transaction():
            store.put_failures(())
            store.put_manifest(
                {name: manifest[name] for name in kept}
                | said
                | {
                    "generation": "1", "folder": str(folder), "passed_over": "[]",
                    "contents_sha256": read_contents(store).sha256,
                    "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                }
            )  # fmt: skip
        return "published"

    yield from (filled, with_vectors, with_words, published)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--like", type=Path, required=True, help="a real index")
    parser.add_argument("--chunks", type=int, required=True)
    parser.add_argument("--index", type=Path, required=True, help="a folder that is not there yet")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(json.dumps(make_index(options.index, options.like, options.chunks, options.seed)))


if __name__ == "__main__":
    main()
