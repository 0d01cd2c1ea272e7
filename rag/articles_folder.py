"""The folder an index is of, to be changed: files are checked, added, removed and restored.

What the index then holds is the next build's doing. Of a file with an article on each line only
the whole file can be removed.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.errors import ArticleUnknown, FileNotTaken, IndexMissing
from rag.file_check import check_file
from rag.folder_changes import (
    IfTaken,
    add_file,
    compare_name,
    make_folder,
    remove_file,
    removed_files,
    restore_file,
)
from rag.folders import check_folder, is_sample, list_files
from rag.incoming import Incoming
from rag.index import Index
from rag.pieces import holds_lines
from rag.readers import Readers
from rag.records import CheckedFile, RemovedFile
from rag.wording import counted

OWN_FOLDER = "my-articles"
"""Offered, beside the index, instead of changing the sample articles."""

_CHECKED_AT_ONCE = 2
_IDLE_SECONDS = 30.0
"""After so long the checking child processes end; each holds some 150 MB."""


@dataclass(frozen=True, slots=True)
class AddedFile:
    """What became of a file that was to be added: its ``path`` in the folder where it is there."""

    state: Literal["added", "same", "taken"]
    path: str


class ArticlesFolder:
    """The folder of the index in a folder. Safe to use from several threads."""

    def __init__(self, index: Index, default: Path) -> None:
        self._index = index
        self._default = default
        self._lock = threading.Lock()
        self._reading_lock = threading.Lock()
        self._checking = 0
        self._readers: Readers | None = None
        self._checks = threading.BoundedSemaphore(_CHECKED_AT_ONCE)
        self._closing: threading.Timer | None = None
        self.incoming = Incoming(index.folder)

    @property
    def path(self) -> Path:
        """The folder the index was built from, or is to be built from."""
        try:
            return Path(self._index.status(with_changes=False).folder)
        except IndexMissing:
            return self._default.resolve()

    @property
    def own(self) -> Path:
        """A folder of the user's own, to be had instead of the sample articles."""
        return self._index.folder.resolve().parent / OWN_FOLDER

    def is_sample(self) -> bool:
        """Whether these are the sample articles that come with Broadsheet."""
        return is_sample(self.path)

    def is_empty(self) -> bool:
        """Whether no article file is there any more. Raises FolderUnreadable."""
        return not list_files(self.path)[0]

    def check(self, file: Path, name: str) -> CheckedFile:
        """A file and its name → what it holds; nothing is added."""
        with self._checks:
            readers = self._reading()
            try:
                return check_file(file, name, readers)
            finally:
                self._close_later()

    def add(
        self, file: Path, name: str, *, into_own: bool = False, if_taken: IfTaken = "refuse"
    ) -> AddedFile:
        """A file as an article file of the folder, or of the user's own, which is made; where its
        name is taken nothing is overwritten unless ``if_taken`` says so.

        Raises FileNotTaken, FolderUnreadable, DiskFull.
        """
        with self._lock:
            folder = self.own if into_own else self.path
            if into_own:
                make_folder(folder)
            state = compare_name(check_folder(folder), file, name)
            if state == "same" or (state == "taken" and if_taken == "refuse"):
                return AddedFile(state, name)
            kept_in = self._index.folder
            return AddedFile("added", add_file(folder, file, name, kept_in, if_taken=if_taken))

    def remove(self, article_id: str) -> RemovedFile:
        """Takes an article's file out of the folder; it can be restored.

        Raises FileNotTaken where the article is one of several in its file, or its file is a
        link; FileGone, FolderUnreadable, DiskFull.
        """
        path = self.file_of(article_id)
        titles = self._titles_in(path)
        if path != article_id:
            raise FileNotTaken(
                f"This article is a line of {path}, which holds "
                f"{counted(max(len(titles), 1), 'article')}. A line cannot be removed by itself: "
                "take it out of the file in an editor and rebuild, or remove the whole file."
            )
        title = titles[0] if len(titles) == 1 else counted(len(titles), "article")
        with self._lock:
            return remove_file(self.path, path, title if titles else "", self._index.folder)

    def file_of(self, article_id: str) -> str:
        """An article → the file it is in: itself, or that of which it is a line."""
        try:
            with self._index.snapshot() as snapshot:
                return snapshot.article(article_id).path
        except (ArticleUnknown, IndexMissing):
            places = (at for at, letter in enumerate(article_id) if letter == "#")
            inside = (article_id[:at] for at in places if holds_lines(article_id[:at]))
            return next(inside, article_id)

    def restore(self, token: str, *, if_taken: IfTaken = "refuse") -> str:
        """Puts a removed file back → its path. Raises FileGone, FileExists, FolderUnreadable."""
        with self._lock:
            return restore_file(self._index.folder, token, if_taken=if_taken)

    def removed(self) -> Sequence[RemovedFile]:
        """What was removed from this folder, the newest first."""
        folder = str(self.path)
        return [file for file in removed_files(self._index.folder) if file.folder == folder]

    def close(self) -> None:
        """Ends what checks files, and deletes what waits."""
        with self._reading_lock:
            self._checking = 0
        self._end_readers()
        self.incoming.close()

    def _titles_in(self, path: str) -> list[str]:
        try:
            with self._index.snapshot() as snapshot:
                summaries = snapshot.article_summaries()
        except IndexMissing:
            return []
        lines = f"{path}#" if holds_lines(path) else None
        return [
            summary.title
            for summary in summaries
            if summary.id == path or (lines and summary.id.startswith(lines))
        ]

    def _reading(self) -> Readers:
        with self._reading_lock:
            self._checking += 1
            if self._closing is not None:
                self._closing.cancel()
            if self._readers is None:
                self._readers = Readers(_CHECKED_AT_ONCE)
            return self._readers

    def _close_later(self) -> None:
        with self._reading_lock:
            self._checking -= 1
            if not self._checking:
                self._closing = threading.Timer(_IDLE_SECONDS, self._end_readers)
                self._closing.daemon = True
                self._closing.start()

    def _end_readers(self) -> None:
        with self._reading_lock:
            if self._checking:
                return
            if self._closing is not None:
                self._closing.cancel()
            readers, self._readers = self._readers, None
        if readers is not None:
            readers.close()
