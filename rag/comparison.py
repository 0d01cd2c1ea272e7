"""A folder and what is indexed of it → what differs, by content.

A piece is known by its bytes' sha256, never by its file's time. ``compare`` only looks; what
``find_changed`` finds can be read, article by article. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rag.errors import ArticleUnreadable, ArticleUnreadableNow
from rag.folders import list_files
from rag.pieces import Piece, holds_lines, pieces_of
from rag.readers import Readers
from rag.records import Article, Changes, Failure, Progress


@dataclass(slots=True)
class Reading:
    """What a folder holds, compared with the index: ``unread`` is what is new or changed. Once
    ``articles`` has read that, ``present`` are the ids that stay or come; ``kept`` those whose file
    cannot be read now and whose indexed text stays; and the counts are of articles.
    ``passed_over`` are (suffix, count) of files that are not looked into.
    """

    indexed: Mapping[str, str]
    lost: Mapping[str, set[str]]
    unread: list[Piece] = field(default_factory=list)
    present: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    passed_over: tuple[tuple[str, int], ...] = ()
    gone: frozenset[str] = frozenset()
    """The bytes of articles that are gone: met again under another name, they were renamed."""
    new: int = 0
    changed: int = 0
    renamed: int = 0
    unchanged: int = 0

    def articles(self, on_progress: Callable[[Progress], None]) -> Generator[Article]:
        """Reads what is new or changed, in the order in which it was listed, holding a few
        articles in memory. One that cannot be read is a failure, not an error.
        """
        total = len(self.unread)
        on_progress(Progress("reading", 0, total))
        for done, (piece, result) in enumerate(_read(self.unread), 1):
            if isinstance(result, ArticleUnreadable):
                # Without its hash the failure is not known the next time, and it is read again.
                sha256 = "" if isinstance(result, ArticleUnreadableNow) else piece.sha256
                self.fail(piece, Failure(piece.id, str(result), sha256=sha256))
            else:
                self.present.add(piece.id)
                self._count(piece)
                yield result
            on_progress(Progress("reading", done, total))

    def _count(self, piece: Piece) -> None:
        if self.indexed.get(piece.id) == piece.sha256:
            self.unchanged += 1
        elif piece.id in self.indexed:
            self.changed += 1
        elif piece.sha256 in self.gone:
            self.renamed += 1
        else:
            self.new += 1

    def fail(self, piece: Piece, failure: Failure) -> None:
        """Reports that a piece cannot be read; what is indexed of it stays."""
        if piece.nameless:
            self.keep(failure, self.lost.get(piece.path, set()))
        else:
            self.keep(failure, {piece.id} & self.indexed.keys())

    def keep(self, failure: Failure, ids: set[str]) -> None:
        """Reports a failure; the indexed texts of these articles stay."""
        self.failures.append(replace(failure, kept=bool(ids)))
        self.kept.update(ids)
        self.present.update(ids)


def find_changed(
    folder: Path,
    indexed: Mapping[str, str],
    failed: Sequence[Failure] = (),
    *,
    everything: bool = False,
) -> Reading:
    """A folder, the index's article id → sha256, and what failed when it was built → what is to
    be read.

    ``everything`` reads unchanged articles too, and again those that failed; else the same bytes
    are taken to fail as they did. Raises FolderUnreadable.
    """
    pieces, failures, passed_over = _listed(folder)
    ids = {piece.id for piece in pieces}
    lost = _lost(pieces, indexed, failed)
    below = _below(indexed, failures)
    stay = ids.union(*below.values(), *lost.values())
    gone = frozenset(sha256 for article_id, sha256 in indexed.items() if article_id not in stay)
    known_failures = {} if everything else {f.path: f for f in failed if f.sha256}
    found = Reading(indexed, lost, passed_over=tuple(passed_over.items()), gone=gone)
    for failure in failures:
        found.keep(failure, below[failure.path])
    for piece in pieces:
        before = known_failures.get(piece.id)
        if before is not None and before.sha256 == piece.sha256:
            found.fail(piece, before)
        elif everything or indexed.get(piece.id) != piece.sha256:
            found.unread.append(piece)
        else:
            found.present.add(piece.id)
            found.unchanged += 1
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
    stay = {p.id for p in pieces}.union(*_lost(pieces, indexed, failures).values())
    deleted = sorted(indexed.keys() - stay.union(*_below(indexed, unlisted).values()))
    return Changes(tuple(new), tuple(changed), tuple(deleted))


def _listed(folder: Path) -> tuple[list[Piece], list[Failure], dict[str, int]]:
    """A folder → its pieces, by file and place, what in it could not be taken, and suffix → how
    many files were passed over for it.
    """
    files, failures, passed_over = list_files(folder)
    pieces: dict[str, Piece] = {}
    for file in files:
        for each in pieces_of(file):
            if isinstance(each, Failure):
                failures.append(each)
            elif each.id in pieces:  # the file "a.jsonl#b" beside the line b of "a.jsonl"
                reason = f"its id is that of an article in {pieces[each.id].path}: rename one"
                failures.append(Failure(f"{each.id} ({each.path})", reason))
            else:
                pieces[each.id] = each
    return list(pieces.values()), failures, passed_over


def _lost(
    pieces: Sequence[Piece], indexed: Mapping[str, str], failed: Iterable[Failure]
) -> dict[str, set[str]]:
    """A file with a broken line that could be any → the articles of it that are not found now.

    Which of them the line was cannot be told, so all stay until it is mended or removed. A line
    that was broken in the last build as well, and kept nothing then, is none of them.
    """
    known = {f.sha256: f.kept for f in failed if f.sha256}
    lost: dict[str, set[str]] = {
        p.path: set() for p in pieces if p.nameless and known.get(p.sha256, True)
    }
    if lost:
        here, hashes = {p.id for p in pieces}, {p.sha256 for p in pieces}
        for article_id, sha256 in indexed.items():
            if article_id not in here and sha256 not in hashes:
                for place in lost.keys() & set(_places(article_id)):
                    lost[place].add(article_id)
    return lost


def _below(ids: Iterable[str], failures: Iterable[Failure]) -> dict[str, set[str]]:
    """What could not be listed → the ids in it: a folder or a file of several articles that cannot
    be read has not lost them.
    """
    below: dict[str, set[str]] = {failure.path: set() for failure in failures}
    for article_id in ids if below else ():
        for place in _places(article_id):
            if place in below:
                below[place].add(article_id)
    return below


def _places(article_id: str) -> Iterator[str]:
    """An id → itself, every folder that it is in, and the file of several articles."""
    yield article_id
    for at, letter in enumerate(article_id):
        if letter == "/" or (letter == "#" and holds_lines(article_id[:at])):
            yield article_id[:at]
