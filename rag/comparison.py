"""A folder and what is indexed of it → what differs, by content.

A file is known by its bytes' sha256, never by its time. ``compare`` only looks; ``read_changed``
also reads what is new or changed as articles. Nothing here writes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.articles import list_files, read_article, read_bytes
from rag.errors import ArticleUnreadable
from rag.records import Article, Changes, Failure, Progress


@dataclass(slots=True)
class Reading:
    """What a folder holds, compared with the index. ``articles`` are those that are new or
    changed; ``present`` the ids that stay or come; ``kept`` those whose file cannot be read now
    and whose indexed text stays; the counts are of files.
    """

    articles: list[Article] = field(default_factory=list)
    present: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    renamed: int = 0
    unchanged: int = 0

    def keep(self, failure: Failure, ids: Iterable[str]) -> None:
        """Reports a failure; the indexed texts of these articles stay."""
        self.failures.append(failure)
        self.kept.update(ids)
        self.present.update(ids)


def read_changed(
    folder: Path,
    indexed: Mapping[str, str],
    *,
    everything: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Reading:
    """A folder and the index's article id → sha256 → what is to be indexed.

    ``everything`` reads unchanged files too. A file that cannot be read is a failure, not an
    error. Raises FolderUnreadable.
    """
    files, failures = list_files(folder)
    ids = {file.id for file in files}
    # The bytes of articles whose file is gone: met again under another name, it was renamed.
    gone = {sha256 for article_id, sha256 in indexed.items() if article_id not in ids}
    found = Reading()
    for failure in failures:
        below = _below(indexed, [failure])
        found.keep(replace(failure, kept=bool(below)), below)
    for done, file in enumerate(files):
        on_progress(Progress("reading", done, len(files)))
        sha256 = ""
        try:
            raw = read_bytes(file)
            sha256 = hashlib.sha256(raw).hexdigest()
            unchanged = indexed.get(file.id) == sha256
            if everything or not unchanged:
                found.articles.append(read_article(file.id, raw))
        except ArticleUnreadable as error:
            kept = {file.id} & indexed.keys()
            found.keep(Failure(file.id, str(error), bool(kept), sha256), kept)
            continue
        found.present.add(file.id)
        if unchanged:
            found.unchanged += 1
        elif file.id in indexed:
            found.changed += 1
        elif sha256 in gone:
            found.renamed += 1
        else:
            found.new += 1
    on_progress(Progress("reading", len(files), len(files)))
    return found


def compare(folder: Path, indexed: Mapping[str, str], failures: Sequence[Failure]) -> Changes:
    """A folder, the index's article id → sha256, and the files that failed when it was built →
    what a build would find new, changed and deleted. Raises FolderUnreadable.
    """
    files, unlisted = list_files(folder)
    known = dict(indexed) | {f.path: f.sha256 for f in failures}
    new, changed = [], []
    for file in files:
        try:
            sha256 = hashlib.sha256(read_bytes(file)).hexdigest()
        except ArticleUnreadable:
            sha256 = ""
        if file.id not in known:
            new.append(file.id)
        elif sha256 != known[file.id]:
            changed.append(file.id)
    hidden = _below(indexed, unlisted)
    deleted = sorted(indexed.keys() - {f.id for f in files} - hidden)
    return Changes(tuple(new), tuple(changed), tuple(deleted))


def _below(ids: Iterable[str], failures: Iterable[Failure]) -> set[str]:
    """The ids of what could not be listed: a folder that cannot be has not lost its articles."""
    places = [f.path for f in failures]
    return {i for i in ids if any(i == p or i.startswith(f"{p}/") for p in places)}
