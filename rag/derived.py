"""The files derived from the truth: one FAISS file and one tantivy folder for each generation.

Their hashes stand in the store's manifest. Where they are missing, damaged or of another
generation they are made again from the store, without embedding anything. Nothing here decides
when: readers remake in memory, only a build writes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.errors import IndexDamaged
from rag.lexical import LexicalIndex
from rag.records import Article, Chunk
from rag.rows import StoredChunk
from rag.store import Store
from rag.vectors import VectorIndex


def embedded_text(article: Article, chunk: Chunk) -> str:
    """What the model reads of a chunk."""
    return article.text[chunk.start : chunk.end]


def searched_text(article: Article, chunk: Chunk) -> str:
    """What the words of a chunk are: its own, and its article's title and source."""
    text = article.text[chunk.start : chunk.end]
    return f"{article.title}\n{article.source}\n{text}"


@dataclass(frozen=True, slots=True)
class Derived:
    """What is searched, of one generation."""

    generation: int
    vectors: VectorIndex
    lexical: LexicalIndex


def _vectors_path(folder: Path, generation: int) -> Path:
    return folder / f"vectors-{generation}.faiss"


def _lexical_path(folder: Path, generation: int) -> Path:
    return folder / f"lexical-{generation}"


def _folder_sha256(folder: Path) -> str:
    """Over names and bytes of a tantivy folder's files, its lock files left out."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if not path.name.endswith(".lock"):
            digest.update(path.name.encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _folder_bytes(folder: Path) -> int:
    files = [path for path in folder.iterdir() if not path.name.endswith(".lock")]
    if not all(path.is_file() for path in files):
        raise OSError("what is no file stands among them")  # a pipe would never end
    return sum(path.stat().st_size for path in files)


def load_derived(folder: Path, manifest: Mapping[str, str], vector_count: int) -> Derived | None:
    """The files of the manifest's generation, or None where they are not what it says."""
    generation = int(manifest["generation"])
    try:
        # The size first: a file that was swapped for a huge one is not read.
        path, lexical_folder = _vectors_path(folder, generation), _lexical_path(folder, generation)
        if (path.stat().st_size, _folder_bytes(lexical_folder)) != (
            int(manifest["vectors_bytes"]),
            int(manifest["lexical_bytes"]),
        ):
            return None
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != manifest["vectors_sha256"]:
            return None
        if _folder_sha256(lexical_folder) != manifest["lexical_sha256"]:
            return None
        vectors = VectorIndex.from_bytes(
            data, dimension=int(manifest["dimension"]), count=vector_count
        )
        lexical = LexicalIndex.open(lexical_folder)
    except (OSError, ValueError, IndexDamaged):
        return None
    return Derived(generation, vectors, lexical)


def vectors_from(store: Store, chunks: Sequence[StoredChunk], dimension: int) -> VectorIndex:
    """The stored vectors of the chunks that have one → their index. Raises IndexDamaged."""
    chunks = [chunk for chunk in chunks if chunk.vector_key]
    return VectorIndex.from_vectors(
        np.fromiter((c.id for c in chunks), dtype=np.int64, count=len(chunks)),
        store.vectors([c.vector_key for c in chunks], dimension),
    )


def texts_of(store: Store, chunks: Iterable[StoredChunk]) -> Iterator[tuple[int, str]]:
    """Chunks, those of an article in a row → (number, what their words are)."""
    article: Article | None = None
    for stored in chunks:
        if article is None or article.id != stored.chunk.article_id:
            article = store.article(stored.chunk.article_id)
        yield stored.id, searched_text(article, stored.chunk)


def derive_in_memory(store: Store, manifest: Mapping[str, str]) -> Derived:
    """The manifest's generation, made from the store without writing. Raises IndexDamaged."""
    chunks = list(store.chunks())
    return Derived(
        int(manifest["generation"]),
        vectors_from(store, chunks, int(manifest["dimension"])),
        LexicalIndex.from_texts(texts_of(store, chunks), None),
    )


def write_vectors(folder: Path, generation: int, index: VectorIndex) -> dict[str, str]:
    """Writes a generation's vectors; returns what the manifest is to say of the file."""
    data = index.to_bytes()
    path = _vectors_path(folder, generation)
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(folder)
    return {"vectors_sha256": hashlib.sha256(data).hexdigest(), "vectors_bytes": str(len(data))}


def write_lexical(
    folder: Path, generation: int, texts: Iterable[tuple[int, str]]
) -> dict[str, str]:
    """Writes a generation's words; returns what the manifest is to say of the folder."""
    path = _lexical_path(folder, generation)
    temporary = path.with_name(path.name + ".tmp")
    remove(temporary)
    temporary.mkdir()
    LexicalIndex.from_texts(texts, temporary)
    for file in temporary.iterdir():
        _sync(file)
    _sync(temporary)
    said = {
        "lexical_sha256": _folder_sha256(temporary),
        "lexical_bytes": str(_folder_bytes(temporary)),
    }
    remove(path)
    temporary.rename(path)
    _sync(folder)
    return said


def derived_names(folder: Path) -> set[str]:
    """The names of all derived files there, finished or not, of whatever generation."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return {name for name in names if name.partition("-")[0] in ("vectors", "lexical")}


def is_of_generation(name: str, generation: str) -> bool:
    """Whether a derived file is a finished one of that generation."""
    return name in (f"vectors-{generation}.faiss", f"lexical-{generation}")


def latest_generation(folder: Path) -> int:
    """The highest that a derived file is of; 0 where there is none."""
    numbers = (name.partition("-")[2].split(".")[0] for name in derived_names(folder))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def sweep(folder: Path, generation: int) -> None:
    """Removes derived files that no reader needs, all but this generation's and the one before,
    and what killed or failed builds left.
    """
    for name in derived_names(folder):
        path = folder / name
        number = name.partition("-")[2].split(".")[0]
        if path.name.endswith(".tmp") or (
            number.isdigit() and int(number) not in (generation, generation - 1)
        ):
            remove(path)


def remove(path: Path) -> None:
    """A file or a folder goes, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
