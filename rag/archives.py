"""A zip's bytes → its members, and a member's XML → its tree, both within limits.

A member is unpacked only when it is read, so pictures and films within cost nothing. XML is parsed
without entities of its own and without reaching for other files.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from rag.decoding import describe
from rag.errors import ArticleUnreadable

UNPACKED_BYTES = 100 * 2**20
"""How much is unpacked of one archive in all."""
XML_BYTES = 20 * 2**20
"""How large one XML member may be; of the tightest markup the tree takes 35 times that."""
MEMBERS = 20_000
"""How many members an archive may have."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError,
)  # fmt: skip
"""What zipfile raises on damaged files."""


class Archive:
    """A zip in memory. ``names`` are its members; reading counts towards ``UNPACKED_BYTES``.

    Raises ArticleUnreadable where it is damaged or has too many members.
    """

    def __init__(self, raw: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except _DAMAGE as error:
            raise ArticleUnreadable(f"damaged zip file: {describe(error)}") from error
        self.names = frozenset(self._zip.namelist())
        self._unpacked_bytes = 0
        if (count := len(self._zip.infolist())) > MEMBERS:
            raise ArticleUnreadable(f"too many files in it: {count:,}, the limit is {MEMBERS:,}")

    def check_size(self, names: Iterable[str]) -> None:
        """Raises ArticleUnreadable where these members together unpack to more than the limit."""
        _check_size(sum(self._zip.getinfo(name).file_size for name in names), UNPACKED_BYTES)

    def read(self, name: str, *, limit_bytes: int = UNPACKED_BYTES) -> bytes:
        """A member's name → its bytes.

        Raises ArticleUnreadable where there is none of that name, it is damaged or locked with a
        password, and where it, or all that was read so far, is larger than the limit.
        """
        if name not in self.names:
            raise ArticleUnreadable(f"damaged: its part {name!r} is missing")
        info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise ArticleUnreadable("encrypted zip file: remove its password")
        if info.compress_type not in _METHODS:  # no bound can be set on what the others unpack to
            raise ArticleUnreadable("packed in a way that Word and EPUB files never are")
        # zipfile never gives more than the size stated here, whatever is packed.
        self._unpacked_bytes += info.file_size
        _check_size(info.file_size, limit_bytes)
        _check_size(self._unpacked_bytes, UNPACKED_BYTES)
        try:
            return self._zip.read(info)
        except _DAMAGE as error:
            raise ArticleUnreadable(f"damaged zip file: {describe(error)}") from error

    def xml(self, name: str) -> Any:
        """A member's name → the root (lxml) of the XML in it.

        Raises ArticleUnreadable where it cannot be read (see ``read``) or is not XML.
        """
        from lxml import etree

        raw = self.read(name, limit_bytes=XML_BYTES)
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            return etree.fromstring(raw, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise ArticleUnreadable(f"damaged: {name}: {describe(error)}") from error


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise ArticleUnreadable(f"too large when unpacked: {size:,} bytes, the limit is {limit:,}")


def local_name(element: Any) -> str:
    """An element's name without its namespace; "" for what is no element, such as an entity."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """An element's attribute by its name in whatever namespace; "" where it has none."""
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""
