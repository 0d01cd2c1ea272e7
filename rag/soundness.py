"""A store → what in it is not what was written, by name. Reads all of it and changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rag.chunk_words import ChunkWords
from rag.contents import read_checked_contents
from rag.copies import bands, signature, text_key
from rag.errors import IndexDamaged
from rag.local_engine import ELSEWHERE
from rag.rows import ARTICLE_COLUMNS, CHUNK_COLUMNS, row_hash, text_hash
from rag.store import Store
from rag.word_table import WordTable

_ARTICLES = f"SELECT {', '.join(ARTICLE_COLUMNS)}, row_hash FROM articles"
_CHUNKS = (
    f"SELECT {', '.join(CHUNK_COLUMNS)}, row_hash, "
    "(SELECT substr(text, start + 1, end - start) FROM articles WHERE id = article_id), "
    "(SELECT length(text) FROM articles WHERE id = article_id) FROM chunks"
)
_VECTORS = "SELECT key, vector, row_hash FROM vectors"


@dataclass(frozen=True, slots=True)
class Damage:
    """``names`` say each thing that is damaged; ``articles`` are the ids of those whose row is,
    ``vectors`` the keys. ``manifest`` tells whether that cannot be believed.
    """

    names: tuple[str, ...] = ()
    articles: frozenset[str] = frozenset()
    vectors: frozenset[bytes] = frozenset()
    manifest: bool = False


def find_damage(store: Store) -> Damage:
    """Checks each row against its hash, each chunk against its text, and the lists as a whole.

    Raises IndexDamaged where SQLite cannot read the file.
    """
    with store.reading_any_bytes():
        return _find_damage(store)


def _find_damage(store: Store) -> Damage:
    names: list[str] = []
    manifest: Mapping[str, str] = {}
    try:
        manifest = store.manifest()
    except IndexDamaged:
        names.append("the manifest")
    without_manifest = bool(names)
    articles = frozenset(_unsound_articles(store))
    names += [f"article {article_id!r}" for article_id in sorted(articles)]
    names += _unsound_chunks(store, articles)
    names += ChunkWords(store).unsound()
    vectors = frozenset(_unsound_vectors(store))
    names += [f"vector {key.hex()[:16]}" for key in sorted(vectors)]
    if manifest.get("generation") and not names:
        names += _unsound_lists(store, manifest)
        names += _unsound_bands(store)
        if manifest.get(ELSEWHERE):
            names += WordTable(store).unsound()
    return Damage(tuple(names), articles, vectors, without_manifest)


def _unsound_articles(store: Store) -> Iterator[str]:
    for *values, stored_hash in store.rows(_ARTICLES):
        if row_hash(*values) != stored_hash:
            yield str(values[0])


def _unsound_chunks(store: Store, articles: frozenset[str]) -> list[str]:
    """The chunks of sound articles that are none."""
    found = []
    for *values, stored_hash, text, length in store.rows(_CHUNKS):
        number, article_id, _, start, end, _, of_text = values
        if row_hash(*values) != stored_hash or text is None:
            found.append(f"chunk {number} of article {article_id!r}")
        elif article_id not in articles and (
            not 0 <= start < end <= length or text_hash(text) != of_text
        ):
            found.append(f"the text of chunk {number} of article {article_id!r}")
    return found


def _unsound_vectors(store: Store) -> Iterator[bytes]:
    for key, vector, stored_hash in store.rows(_VECTORS):
        if row_hash(key, vector) != stored_hash:
            yield key


def _unsound_lists(store: Store, manifest: Mapping[str, str]) -> list[str]:
    found = []
    try:
        contents = read_checked_contents(store, manifest.get("contents_sha256"))
    except IndexDamaged:
        found.append("the list of articles, chunks or copies")
    else:
        keys = store.rows("SELECT vector_key FROM chunks WHERE vector_key <> x''")
        lacking = {key for (key,) in keys} - {
            key for (key,) in store.rows("SELECT key FROM vectors")
        }
        found += [f"the vector {key.hex()[:16]} is missing" for key in sorted(lacking)]
        ids = set(contents.chunks.article_ids)
        if found_ids := {i for (i,) in store.rows("SELECT article_id FROM text_keys")} - ids:
            found.append(f"copies of articles that are not there, {min(found_ids)!r} first")
    try:
        store.failures()
    except IndexDamaged:
        found.append("the list of files that failed")
    return found


def _unsound_bands(store: Store) -> Iterator[str]:
    """Texts whose key or bands, by which copies are found, are not those of the text."""
    known: dict[bytes, set[bytes]] = defaultdict(set)
    for band, key in store.rows("SELECT band, text_key FROM bands"):
        known[key].add(band)
    keys = dict(store.text_keys())
    checked: set[bytes] = set()
    for article in store.articles():
        key = text_key(article.text)
        if key != keys.get(article.id, b""):
            yield f"what article {article.id!r} is compared by"
        elif key and key not in checked:
            checked.add(key)
            if known[key] != set(bands(signature(article.text))):
                yield f"what article {article.id!r} is compared by"
    if known.keys() - checked:
        yield "bands of texts that are not there"
