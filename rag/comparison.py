"""A folder and what is indexed of it → what differs, by content.

A piece is known by its bytes' sha256, never by its file's time. ``compare`` only looks;
``read_changed`` also reads what is new or changed as articles. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.errors import ArticleUnreadable
from rag.folders import list_files
from rag.pieces import Piece, pieces_of
from rag.readers import Readers
from rag.records import Article, Changes, Failure, Progress


@dataclass(slots=True)
class Reading:
    """What a folder holds, compared with the index. ``articles`` are those that are new or
    changed; ``present`` the ids that stay or come; ``kept`` those whose file cannot be read now
    and whose indexed text stays; ``passed_over`` are (suffix, count) of files that are not looked
    into; the counts are of articles.
    """

    articles: list[Article] = field(default_factory=list)
    present: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    passed_over: tuple[tuple[str, int], ...] = ()
    new: int = 0
    changed: int = 0
    renamed: int = 0
    unchanged: int = 0

    def count(self, piece: Piece, indexed: Mapping[str, str], gone: set[str]) -> None:
        """Counts an article that was read as unchanged, changed, renamed or new."""
        if indexed.get(piece.id) == piece.sha256:
            self.unchanged += 1
        elif piece.id in indexed:
            self.changed += 1
        elif piece.sha256 in gone:
            self.renamed += 1
        else:
            self.new += 1

    def keep(self, failure: Failure, ids: Iterable[str]) -> None:
        """Reports a failure; the indexed texts of these articles stay."""
        self.failures.append(failure)
        self.kept.update(ids)
        self.present.update(ids)


def read_changed(
    folder: Path,
    indexed: Mapping[str, str],
    failed: Sequence[Failure] = (),
    *,
    everything: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Reading:
    """A folder, the index's article id → sha256, and what failed when it was built → what is to
    be indexed.

    ``everything`` reads unchanged articles too, and again those that failed; else the same bytes
    are taken to fail as they did. An article that cannot be read is a failure, not an error.
    Raises FolderUnreadable.
    """
    pieces, failures, passed_over = _listed(folder)
    ids = {piece.id for piece in pieces}
    # The bytes of articles that are gone: met again under another name, they were renamed.
    gone = {sha256 for article_id, sha256 in indexed.items() if article_id not in ids}
    known_failures = {} if everything else {f.path: f for f in failed if f.sha256}
    found = Reading(passed_over=tuple(passed_over.items()))
    for failure in failures:
        below = _below(indexed, [failure])
        found.keep(replace(failure, kept=bool(below)), below)
    unread: list[Piece] = []
    for piece in pieces:
        before = known_failures.get(piece.id)
        if before is not None and before.sha256 == piece.sha256:
            kept = {piece.id} & indexed.keys()
            found.keep(replace(before, kept=bool(kept)), kept)
        elif everything or indexed.get(piece.id) != piece.sha256:
            unread.append(piece)
        else:
            found.present.add(piece.id)
            found.unchanged += 1
    on_progress(Progress("reading", 0, len(unread)))
    for done, (piece, result) in enumerate(_read(unread), 1):
        if isinstance(result, ArticleUnreadable):
            kept = {piece.id} & indexed.keys()
            found.keep(Failure(piece.id, str(result), bool(kept), piece.sha256), kept)
        else:
            found.articles.append(result)
            found.present.add(piece.id)
            found.count(piece, indexed, gone)
        on_progress(Progress("reading", done, len(unread)))
    return found


def _read(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Article | ArticleUnreadable]]:
    """Pieces → each with its article, or why it cannot be read, in order."""
    if not pieces:
        return
    with Readers() as readers:
        yield from zip(pieces, readers.read_all(pieces), strict=True)


def compare(folder: Path, indexed: Mapping[str, str], failures: Sequence[Failure]) -> Changes:
    """A folder, the index's article id → sha256, and what failed when it was built → what a
    build would find new, changed and deleted. Raises FolderUnreadable.
    """
    pieces, unlisted, _ = _listed(folder)
    known = dict(indexed) | {f.path: f.sha256 for f in failures}
    new = [piece.id for piece in pieces if piece.id not in known]
    changed = [piece.id for piece in pieces if known.get(piece.id, piece.sha256) != piece.sha256]
    unread = {f.path for f in unlisted}
    new += sorted(unread - known.keys())
    changed += sorted(path for path in unread & known.keys() if known[path])
    deleted = sorted(indexed.keys() - {p.id for p in pieces} - _below(indexed, unlisted))
    return Changes(tuple(new), tuple(changed), tuple(deleted))


def _listed(folder: Path) -> tuple[list[Piece], list[Failure], dict[str, int]]:
    """A folder → its pieces, by file and place, what in it could not be taken, and suffix → how
    many files were passed over for it.
    """
    files, failures, passed_over = list_files(folder)
    pieces = []
    for file in files:
        for each in pieces_of(file):
            if isinstance(each, Failure):
                failures.append(each)
            else:
                pieces.append(each)
    return pieces, failures, passed_over


def _below(ids: Iterable[str], failures: Iterable[Failure]) -> set[str]:
    """The ids of what could not be listed: a folder or a file of several articles that cannot be
    read has not lost them.
    """
    places = {f.path for f in failures}
    if not places:
        return set()
    return {i for i in ids if not places.isdisjoint(_places(i))}


def _places(article_id: str) -> Iterator[str]:
    """An id → itself, and every folder and file that it may be in."""
    yield article_id
    for at, letter in enumerate(article_id):
        if letter in "/#":
            yield article_id[:at]
