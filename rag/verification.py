"""Answers and the folder as it is now → what became of each citation's quote.

Each file is read once, however many citations it has, by the reader that built the index. What is
not in its file any more is looked for by content: bytes of the same hash under another name, then
an article that is the same but for edits. An article that stood beside the cited one when it was
cited is a copy, not its new name. Only files that the folder lists are opened, so a forged citation
opens nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from rag.chunking import Span
from rag.citations import place_of
from rag.copies import are_copies
from rag.errors import ArticleUnreadable
from rag.folders import list_files
from rag.pieces import Piece, holds_lines, pieces_of
from rag.readers import Readers
from rag.records import (
    Answer,
    Article,
    Citation,
    Failure,
    Published,
    Verdict,
    Verification,
)

MOST_NEW = 200
"""How many articles that the index does not have are read in search of a renamed one."""

Indexed = Callable[[], Iterable[Article]]
"""All articles as they are indexed; called at most once, and only if a quote is missing."""

Known = Callable[[str], Article | None]
"""An article's id → the article as it is indexed; None where it is not."""


def verify_answers(
    folder: Path,
    answers: Sequence[Answer],
    indexed: Indexed,
    *,
    readers: Readers | None = None,
    known: Known = lambda article_id: None,
) -> tuple[Verification, ...]:
    """Answers → what became of each of their citations, in order.

    ``readers`` that are open already spare the start of a process; ``known`` spares it where a file
    has the very bytes that an article was read from. Raises FolderUnreadable.
    """
    looks = [
        _Look(turn, citation, _beside(answer))
        for turn, answer in enumerate(answers, 1)
        for citation in answer.citations
    ]
    if not looks:
        return ()
    with Readers() if readers is None else nullcontext(readers) as reading:
        files = _Files(folder, reading, known)
        for look in looks:
            look.see(files.article(look.citation.article_id))
        if missing := [look for look in looks if look.place is None]:
            _Search(files, missing, indexed).run()
    return tuple(look.verification(files) for look in looks)


def _beside(answer: Answer) -> set[str]:
    """The articles that the folder is known to have had when the answer was given."""
    ids = {citation.article_id for citation in answer.citations}
    for hit in answer.hits:
        ids.update((hit.chunk.article_id, *hit.copies))
    return ids


@dataclass(slots=True)
class _Look:
    """A citation, and what is known of it so far. ``beside`` are ids of articles that stood beside
    the cited one, ``old`` is the article as it is indexed, ``namesakes`` are ids of articles with
    its title, source and date.
    """

    turn: int
    citation: Citation
    beside: set[str]
    article: Article | None = None
    place: Span | None = None
    old: Article | None = None
    also_in: set[str] = field(default_factory=set)
    namesakes: list[str] = field(default_factory=list)
    note: str = ""

    def see(self, article: Article | None) -> bool:
        """Takes an article for the cited one if its quote stands there; says whether it does."""
        place = None if article is None else place_of(self.citation, article)
        if place is not None:
            self.article, self.place = article, place
        return place is not None

    def verification(self, files: _Files) -> Verification:
        """What there is to say in the end."""
        cited = self.citation
        also_in = tuple(sorted(self.also_in - {cited.article_id}))
        if self.article is None or self.place is None:
            if files.article(cited.article_id) is not None:
                return Verification(self.turn, cited, "changed", also_in=also_in)
            note = files.problems.get(cited.article_id, self.note)
            return Verification(self.turn, cited, "gone", also_in=also_in, note=note)
        article, (start, end) = self.article, self.place
        at_its_place = (article.id, start, end) == (cited.article_id, cited.start, cited.end)
        note = ""
        if article.text[start:end] != cited.quote:
            note = "its white space differs"
        elif at_its_place and article.sha256 != cited.sha256:
            note = "its file has changed elsewhere"
        verdict: Verdict = "verified" if at_its_place else "moved"
        also_in = tuple(other for other in also_in if other != article.id)
        return Verification(self.turn, cited, verdict, article.id, start, end, also_in, note)


class _Files:
    """The folder's files as they are now, each listed and read at most once."""

    def __init__(self, folder: Path, readers: Readers, known: Known) -> None:
        self._files = {file.id: file for file in list_files(folder)[0]}
        self._readers = readers
        self._known = known
        self._pieces: dict[str, dict[str, Piece]] = {}
        self._articles: dict[str, Article | None] = {}
        self.problems: dict[str, str] = {}

    def article(self, article_id: str) -> Article | None:
        """The article as it is read now; None, and a problem if it is there, where it cannot."""
        if article_id not in self._articles:
            piece = self.piece(article_id)
            self._articles[article_id] = None if piece is None else self._read(piece)
        return self._articles[article_id]

    def _read(self, piece: Piece) -> Article | None:
        known = self._known(piece.id)
        if known is not None and known.sha256 == piece.sha256:
            return known
        try:
            return self._readers.read(piece)
        except ArticleUnreadable as error:
            self.problems[piece.id] = f"it cannot be read: {error}"
            return None

    def piece(self, article_id: str) -> Piece | None:
        """Where the article of that id stands: a record of a file, or a file."""
        for at, letter in enumerate(article_id):
            if letter == "#" and holds_lines(article_id[:at]):
                found = self._pieces_of(article_id[:at]).get(article_id)
                if found is not None:
                    return found
        return self._pieces_of(article_id).get(article_id)

    def pieces(self) -> Iterator[Piece]:
        """All that the folder holds."""
        for path in self._files:
            yield from self._pieces_of(path).values()

    def _pieces_of(self, path: str) -> dict[str, Piece]:
        if path not in self._pieces:
            found: dict[str, Piece] = {}
            for piece in pieces_of(self._files[path]) if path in self._files else ():
                if isinstance(piece, Failure):
                    self.problems[piece.path] = f"it cannot be read: {piece.reason}"
                else:
                    found[piece.id] = piece
            self._pieces[path] = found
        return self._pieces[path]


class _Search:
    """Looks through the folder for the quotes that are not where they were."""

    def __init__(self, files: _Files, looks: Sequence[_Look], indexed: Indexed) -> None:
        self._files = files
        self._looks = looks
        self._indexed = indexed
        self._pieces = {piece.id: piece for piece in files.pieces()}
        self._by_bytes: dict[str, list[str]] = defaultdict(list)
        for piece in self._pieces.values():
            self._by_bytes[piece.sha256].append(piece.id)

    def run(self) -> None:
        """Finds what was renamed, and where else the quotes stand."""
        known = self._read_index()
        new = [piece.id for piece in self._pieces.values() if known.get(piece.id) != piece.sha256]
        for look in self._looks:
            if look.old is not None:  # whatever is indexed with it stood beside it
                look.beside |= known.keys()
            if not self._find_bytes(look) and look.citation.article_id not in self._pieces:
                self._find_article(look, new)

    def _read_index(self) -> dict[str, str]:
        """Article id → sha256; notes for each quote which articles have it in the index, of those
        that are as they were when they were indexed.
        """
        known = {}
        for article in self._indexed():
            known[article.id] = article.sha256
            piece = self._pieces.get(article.id)
            as_indexed = piece is not None and piece.sha256 == article.sha256
            for look in self._looks:
                if look.citation.article_id == article.id:
                    look.old = article
                quote = look.citation.quote
                if as_indexed and quote in article.text and place_of(look.citation, article):
                    look.also_in.add(article.id)
                    if _header(article) == _header(look.citation):
                        look.namesakes.append(article.id)
        return known

    def _find_bytes(self, look: _Look) -> bool:
        """Looks for the same bytes under a name that is new."""
        names = self._by_bytes.get(look.citation.sha256, [])
        return any(look.see(self._files.article(name)) for name in names if name not in look.beside)

    def _find_article(self, look: _Look, new: Sequence[str]) -> None:
        """Looks for the same article, edited, under a name that is new: near-identical to the
        indexed text or, where that has gone, with the same title, source and date.
        """
        if len(new) > MOST_NEW:
            look.note = (
                f"{len(new) - MOST_NEW:,} new articles were not looked through: "
                "run `broadsheet build`"
            )
        for name in dict.fromkeys((*look.namesakes, *new[:MOST_NEW])):
            article = self._files.article(name)
            if article is None or place_of(look.citation, article) is None:
                continue
            look.also_in.add(name)
            if look.article is None and name not in look.beside and _is_same(look, article):
                look.see(article)


def _is_same(look: _Look, article: Article) -> bool:
    if look.old is not None:
        return are_copies(look.old.text, article.text)
    return _header(article) == _header(look.citation)


def _header(of: Article | Citation) -> tuple[str, str, Published]:
    return of.title, of.source, of.published
