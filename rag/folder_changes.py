"""Files of the articles folder: added, removed into the index's keeping, restored.

A file appears whole or not at all, never over another, and what is replaced is kept as what is
removed is. Every folder on the way is opened by itself and no link is followed, so nothing outside
the articles folder is ever touched. What stands in the files is not looked at here.
"""

from __future__ import annotations

import errno
import filecmp
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rag.errors import DiskFull, FileExists, FileGone, FileNotTaken
from rag.file_names import is_read, numbered_names, parts_of, safe_name
from rag.folders import check_folder
from rag.records import RemovedFile, from_json, to_json

IfTaken = Literal["refuse", "keep both", "replace"]
"""What to do where a name is taken."""

REMOVED = "removed"
"""The folder beside the index's other files that keeps what was removed."""

_RECORD = "removed.json"  # its suffix is none of an article file, so no name meets it
_TOKEN = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
_PART = ".broadsheet-part-"  # hidden, so that no build takes half a file for an article
_STALE_SECONDS = 3600
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def add_file(
    folder: Path, file: Path, name: str, kept_in: Path, *, if_taken: IfTaken = "refuse"
) -> str:
    """A copy of ``file`` as an article file of the folder → the name it has there.

    ``kept_in`` is the index's folder, which keeps a file that is replaced. Raises FileExists,
    FileNameUnusable, FileNotTaken, FolderUnreadable, DiskFull.
    """
    name = safe_name(name)
    if not is_read(name):
        raise FileNotTaken(f"Files named {Path(name).suffix or 'without a suffix'} are not read.")
    with _told(folder), _opened(folder, ()) as place:
        _sweep_parts(place)
        with _copied(file, place) as part:
            if _give_name(part, name, place):
                return name
            if if_taken == "replace":
                _check_regular(place, name)
                _keep(folder, (), name, "", kept_in, move=False)
                os.replace(part, name, src_dir_fd=place, dst_dir_fd=place)
                os.fsync(place)
                return name
            for other in numbered_names(name) if if_taken == "keep both" else ():
                if _give_name(part, other, place):
                    return other
    raise FileExists(f"{name!r} is there already; keep both or replace it.")


def remove_file(folder: Path, path: str, title: str, kept_in: Path) -> RemovedFile:
    """Moves a file out of the folder into ``removed`` below ``kept_in``, the index's folder.

    Raises FileGone, FileNameUnusable, FileNotTaken (a link), FolderUnreadable, DiskFull.
    """
    *folders, name = parts_of(path)
    with _told(folder), _opened(folder, folders) as place:
        _check_regular(place, name)
        return _keep(folder, folders, name, title, kept_in, move=True)


def restore_file(kept_in: Path, token: str, *, if_taken: IfTaken = "refuse") -> str:
    """Puts a removed file back where it stood → its path there.

    Raises FileGone, FileExists, FileNameUnusable, FolderUnreadable, DiskFull.
    """
    record = _record_of(kept_in / REMOVED, token)
    if record is None:
        raise FileGone("This file is not among the removed ones any more.")
    folder = Path(record.folder)
    *folders, name = parts_of(record.path)
    kept = kept_in / REMOVED / token / name
    with _told(folder), _opened(folder, folders, make=True) as place:
        names = [name, *(numbered_names(name) if if_taken == "keep both" else ())]
        with _copied(kept, place) as part:
            found = next((each for each in names if _give_name(part, each, place)), None)
    if found is None:
        raise FileExists(f"{record.path!r} is there already; keep both, or remove that one first.")
    shutil.rmtree(kept.parent, ignore_errors=True)
    return "/".join([*folders, found])


def make_folder(folder: Path) -> None:
    """Makes a folder unless it is there. Raises FileNotTaken, DiskFull."""
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)


def compare_name(folder: Path, file: Path, name: str) -> Literal["free", "same", "taken"]:
    """Whether a name is free in the folder, taken by a file with the same bytes, or by another."""
    path = folder / safe_name(name)
    if not os.path.lexists(path):
        return "free"
    is_same = path.is_file() and not path.is_symlink() and filecmp.cmp(file, path, shallow=False)
    return "same" if is_same else "taken"


def removed_files(kept_in: Path) -> list[RemovedFile]:
    """What was removed and can be restored, the newest first."""
    place = kept_in / REMOVED
    names = sorted((each.name for each in place.iterdir()), reverse=True) if place.is_dir() else []
    found = (_record_of(place, name) for name in names)
    return [record for record in found if record is not None]


# --- what is kept ---------------------------------------------------------------------------


def _record_of(place: Path, token: str) -> RemovedFile | None:
    """The record of a removed file, None where a name is no such file's or it is not whole."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        record = from_json(RemovedFile, (place / token / _RECORD).read_bytes())
        is_whole = (place / token / parts_of(record.path)[-1]).is_file()
    except (OSError, ValueError, FileNotTaken):
        return None
    return record if is_whole and record.token == token else None


def _keep(
    folder: Path, folders: Sequence[str], name: str, title: str, kept_in: Path, *, move: bool
) -> RemovedFile:
    """Moves or copies a file of the folder into the keeping; its record is written first."""
    now = datetime.now(UTC)
    token = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    place = kept_in / REMOVED / token
    place.mkdir(parents=True)
    try:
        with _opened(folder, folders) as source, _opened(place, ()) as target:
            size = os.stat(name, dir_fd=source, follow_symlinks=False).st_size
            record = RemovedFile(
                token=token, path="/".join([*folders, name]), folder=str(check_folder(folder)),
                title=title, byte_count=size, removed_at=now,
            )  # fmt: skip
            _write(place / _RECORD, to_json(record).encode())
            _move(name, source, target, move=move)
            os.fsync(target)
            if move:
                os.fsync(source)
    except BaseException:
        if not (place / name).exists():  # else it is the only copy
            shutil.rmtree(place, ignore_errors=True)
        raise
    return record


def _move(name: str, source: int, target: int, *, move: bool) -> None:
    try:
        if move:
            os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)
        else:
            os.link(name, name, src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)
        return
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
    # Another file system, or one without hard links: copied, and only then taken away.
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=source)
    with os.fdopen(handle, "rb") as raw:
        new = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=target)
        try:
            with os.fdopen(new, "wb") as out:
                shutil.copyfileobj(raw, out)
                out.flush()
                os.fsync(out.fileno())
            if move:
                os.unlink(name, dir_fd=source)
        except BaseException:
            os.unlink(name, dir_fd=target)
            raise


def _write(path: Path, raw: bytes) -> None:
    with path.open("xb") as out:
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())


# --- places and names -----------------------------------------------------------------------


@contextmanager
def _opened(folder: Path, inner: Sequence[str], *, make: bool = False) -> Iterator[int]:
    """A folder, or one below it, opened part by part without following a link."""
    handle = os.open(check_folder(folder), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in inner:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=handle)
            below = os.open(part, _OPEN_FOLDER, dir_fd=handle)
            os.close(handle)
            handle = below
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _copied(file: Path, place: int) -> Iterator[str]:
    """A copy of a file in a folder under a hidden name, which goes unless it was given another."""
    part = f"{_PART}{secrets.token_hex(8)}"
    try:
        source = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(source, "rb") as raw:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=place)
            with os.fdopen(handle, "wb") as out:
                shutil.copyfileobj(raw, out)
                out.flush()
                os.fsync(out.fileno())
        yield part
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part, dir_fd=place)


def _give_name(part: str, name: str, place: int) -> bool:
    """Gives a file its name where that is free; returns whether it was. Never overwrites."""
    try:
        os.link(part, name, src_dir_fd=place, dst_dir_fd=place, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        # No hard links here: the name is taken with an empty file, which is then replaced.
        try:
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=place))
        except FileExistsError:
            return False
        os.replace(part, name, src_dir_fd=place, dst_dir_fd=place)
    os.fsync(place)
    return True


def _check_regular(place: int, name: str) -> None:
    """Raises FileNotTaken for a link and all else that is no plain file, FileNotFoundError."""
    mode = os.stat(name, dir_fd=place, follow_symlinks=False).st_mode
    if not stat.S_ISREG(mode):
        what = "a link to a file elsewhere" if stat.S_ISLNK(mode) else "no plain file"
        raise FileNotTaken(f"{name!r} is {what}; take it out of the folder by hand.")


def _sweep_parts(place: int) -> None:
    """Unlinks what adding left behind when it was killed; a younger one may be in the making."""
    for name in os.listdir(place):
        if name.startswith(_PART):
            with suppress(OSError):
                age = time.time() - os.stat(name, dir_fd=place, follow_symlinks=False).st_mtime
                if age > _STALE_SECONDS:
                    os.unlink(name, dir_fd=place)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What the system refuses → the errors above, saying where."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileGone(f"{error.filename or 'The file'!s} is not there any more.") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk that holds {folder} or the index is full; nothing was changed. "
                "Free some space and try again."
            ) from error
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise FileNotTaken(
                f"A folder on the way in {folder} is a link, which is not followed."
            ) from error
        raise FileNotTaken(
            f"The files in {folder} cannot be changed: {error.strerror or error}. "
            "Mend the folder's rights, or change them by hand."
        ) from error
