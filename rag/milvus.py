"""Rows of numbers → a collection in Milvus, and the nearest of them, by pymilvus.

A row is a chunk's number, its vector, the weights of its words, its source and its day. Every call
has a time to answer in; what goes wrong is said in our own words, without token or user. Nothing
here knows what the numbers stand for.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
from pydantic import SecretStr

from rag.errors import CollectionUnsuitable, EngineUnreachable, EngineUnsuitable

if TYPE_CHECKING:
    from pymilvus import MilvusClient

MOST_FOUND = 16_384
"""So many rows of a search Milvus gives at most."""
ROWS_AT_ONCE = 1_000
_SEARCH_SECONDS, _WRITE_SECONDS = 15.0, 120.0
_LEAST = {"": (2, 5), "milvus_lite": (3, 2)}  # sparse vectors by inner product, several in a row
_SAID = "broadsheet"  # the property by which a collection is known
_GONE = {2, 4, 14}  # pymilvus's and gRPC's codes for what cannot be reached or takes too long
_UNEXPECTED = 1  # pymilvus's code for this too, among others
_NOT_LOADED = 101
_SHOWN = 200
_CONNECTION = re.compile(r"connect|timeout|timed out|deadline|unavailable|closed|reset", re.I)

T = TypeVar("T")
Found = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """A chunk as an engine is given it. ``vector`` None: it is found by its words alone."""

    id: int
    vector: npt.NDArray[np.float32] | None
    words: Mapping[int, float]
    source: str
    day: int


@dataclass(frozen=True)
class Milvus:
    """A Milvus at an address, or Milvus Lite in a file. Nothing is asked of it before a call.

    ``token`` is ``user:password`` or a key; it is read from the file where it is not given.
    """

    uri: str
    token: SecretStr = field(default=SecretStr(""), repr=False)
    token_file: Path | None = None

    @property
    def place(self) -> str:
        """The address without what is secret in it."""
        parts = urlsplit(self.uri)
        if parts.scheme not in ("http", "https", "tcp", "unix"):
            return self.uri
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"

    @cached_property
    def client(self) -> MilvusClient:
        """The connection. Raises EngineUnreachable, EngineUnsuitable."""
        if self._is_file and not Path(self.uri).exists():
            raise EngineUnreachable(
                f"There is no Milvus at {self.uri}; look at milvus_uri, or run `broadsheet build` "
                "to make it."
            )
        return self._connected()

    def connect(self) -> None:
        """Connects, and makes the file of a Milvus Lite where there is none yet.

        Raises EngineUnreachable, EngineUnsuitable.
        """
        if self._is_file and not Path(self.uri).absolute().parent.is_dir():
            raise EngineUnreachable(
                f"There is no folder {Path(self.uri).absolute().parent} for a Milvus; look at "
                "milvus_uri."
            )
        if "client" not in self.__dict__:
            self.__dict__["client"] = self._connected()
        self._tried(self.client.get_server_version)

    @property
    def _is_file(self) -> bool:
        return "://" not in self.uri

    def _connected(self) -> MilvusClient:
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # else it writes on the terminal by itself
        try:
            from pymilvus import MilvusClient
        except ImportError:
            raise EngineUnsuitable(
                "Milvus needs the package pymilvus: pip install -e '.[milvus]'."
            ) from None
        for name in ("pymilvus", "milvus_lite"):
            # They log each error with its traceback, and the request with it; ours are said once.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        made = self._tried(
            lambda: MilvusClient(
                self.uri, token=self._read_token(), timeout=_SEARCH_SECONDS, dedicated=True
            )
        )
        self._check_version(self._tried(made.get_server_version))
        return made

    def _read_token(self) -> str:
        token = self.token.get_secret_value().strip()
        if token or self.token_file is None:
            return token
        try:
            return self.token_file.expanduser().read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise EngineUnsuitable(
                f"The token for Milvus cannot be read from {self.token_file}; set "
                "milvus_token_file to a text file with nothing but the token."
            ) from None

    def _check_version(self, version: str) -> None:
        name, _, numbers = version.rpartition("-") if "lite" in version else ("", "", version)
        found = re.match(r"v?(\d+)\.(\d+)", numbers)
        least = _LEAST.get(name)
        if found is None or least is None or (int(found[1]), int(found[2])) < least:
            wanted = ".".join(map(str, least or _LEAST[""]))
            raise EngineUnsuitable(
                f"Milvus at {self.place} is of version {version[:_SHOWN]!r}; "
                f"Broadsheet needs {wanted} or newer. Update it."
            )

    def _tried(self, work: Callable[[], T]) -> T:
        """What the call gives; pymilvus's errors → ours."""
        import grpc
        from pymilvus.exceptions import MilvusException

        try:
            return work()
        except MilvusException as error:
            said = str(error.message)[:_SHOWN].strip()
            code = error.code.value[0] if isinstance(error.code, grpc.StatusCode) else error.code
            if self._is_file and "Open local milvus failed" in said:
                raise EngineUnreachable(
                    f"The Milvus at {self.uri} cannot be opened; another process may have it open, "
                    "which one alone can at a time. Try again when that has ended, or use "
                    "`milvus-lite server`."
                ) from None
            if code in _GONE or (code == _UNEXPECTED and _CONNECTION.search(said)):
                raise self._gone(said) from None
            if "does not exist" in said or "not found" in said:
                raise CollectionUnsuitable(
                    f"Milvus at {self.place} has no such collection: {said}"
                ) from None
            raise EngineUnsuitable(
                f"Milvus at {self.place} refuses ({said}); look at its address, at milvus_token "
                "and at its log."
            ) from None
        except grpc.RpcError as error:
            raise self._gone(type(error).__name__) from None
        except OSError as error:  # Milvus Lite's file
            raise self._gone(str(error)[:_SHOWN]) from None

    def _gone(self, said: str) -> EngineUnreachable:
        """The error for what does not answer. The next call connects anew: a connection that broke
        waits for minutes before it tries again.
        """
        client = self.__dict__.pop("client", None)
        if client is not None:
            with suppress(Exception):  # whatever it is, it is of a connection that is given up
                client.close()
        why = "" if "Fail connecting" in said else f" ({said})"
        return EngineUnreachable(
            f"Milvus at {self.place} does not answer{why}; nothing was changed. Start it, or look "
            "at milvus_uri, and try again."
        )

    def _loaded(self, name: str, work: Callable[[], T]) -> T:
        """What the call gives, of a collection that is loaded first where it is not: a Milvus that
        was started again may have it on its disks alone.
        """
        from pymilvus.exceptions import MilvusException

        def loading() -> T:
            try:
                return work()
            except MilvusException as error:
                if error.code != _NOT_LOADED:
                    raise
                self.client.load_collection(name, timeout=_WRITE_SECONDS)
                return work()

        return self._tried(loading)

    # --- collections -----------------------------------------------------------------------

    def create(self, name: str, identity: str, dimension: int) -> None:
        """Makes an empty collection that says what it is."""
        from pymilvus import DataType

        client = self.client
        schema = client.create_schema(auto_id=False, description=identity)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        schema.add_field("embedded", DataType.BOOL)
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field("source", DataType.INT64)
        schema.add_field("day", DataType.INT64)
        indexes = client.prepare_index_params()
        indexes.add_index("vector", index_type="AUTOINDEX", metric_type="IP")
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        self._tried(
            lambda: client.create_collection(
                name,
                schema=schema,
                index_params=indexes,
                consistency_level="Strong",  # a search sees what was written before it
                properties={_SAID: identity},
                timeout=_WRITE_SECONDS,
            )
        )

    def identity(self, name: str) -> str | None:
        """What a collection says that it is; None where there is none of the name."""
        client = self.client
        if not self._tried(lambda: client.has_collection(name, timeout=_SEARCH_SECONDS)):
            return None
        said = self._tried(lambda: client.describe_collection(name, timeout=_SEARCH_SECONDS))
        return str(said.get("properties", {}).get(_SAID) or said.get("description", ""))

    def drop(self, name: str) -> None:
        """A collection goes, if it is there."""
        client = self.client
        self._tried(lambda: client.drop_collection(name, timeout=_WRITE_SECONDS))

    # --- rows -------------------------------------------------------------------------------

    def insert(self, name: str, rows: Sequence[Row], dimension: int) -> None:
        """Adds rows, at most ``ROWS_AT_ONCE``."""
        client, nothing = self.client, np.zeros(dimension, dtype=np.float32)
        data = [
            {
                "id": row.id,
                "vector": nothing if row.vector is None else row.vector,
                "embedded": row.vector is not None,
                "words": dict(row.words),
                "source": source_number(row.source),
                "day": row.day,
            }
            for row in rows
        ]
        self._tried(lambda: client.insert(name, data, timeout=_WRITE_SECONDS))

    def flush(self, name: str) -> None:
        """What was inserted is written down and gets its index: until then every search goes
        through it row by row.
        """
        client = self.client
        self._tried(lambda: client.flush(name, timeout=_WRITE_SECONDS))

    def delete(self, name: str, condition: str) -> None:
        """The rows that a condition is true of leave."""
        client = self.client
        self._loaded(name, lambda: client.delete(name, filter=condition, timeout=_WRITE_SECONDS))

    def count(self, name: str, condition: str) -> int:
        """How many rows a condition is true of."""
        client = self.client
        found = self._loaded(
            name,
            lambda: client.query(
                name, filter=condition, output_fields=["count(*)"], timeout=_WRITE_SECONDS
            ),
        )
        return int(found[0]["count(*)"])

    def days(self, name: str, condition: str) -> dict[int, int]:
        """Number → day of the rows that a condition is true of; not for many."""
        client = self.client
        found = self._loaded(
            name,
            lambda: client.query(
                name, filter=condition, output_fields=["id", "day"], timeout=_SEARCH_SECONDS
            ),
        )
        return {int(row["id"]): int(row["day"]) for row in found}

    def rows(self, name: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Numbers → the rows there are, field by field."""
        client = self.client
        found = self._loaded(
            name,
            lambda: client.query(name, ids=list(ids), output_fields=["*"], timeout=_SEARCH_SECONDS),
        )
        return {int(row["id"]): dict(row) for row in found}

    def nearest_vectors(
        self, name: str, vectors: npt.NDArray[np.float32], count: int, condition: str
    ) -> list[Found]:
        """float32 of shape (n, dim) → for each at most ``count`` (number, inner product)."""
        return self._search(name, "vector", list(vectors), count, condition)

    def nearest_words(
        self, name: str, weights: Mapping[int, float], count: int, condition: str
    ) -> Found:
        """Weights by dimension → at most ``count`` (number, inner product) that share one."""
        return self._search(name, "words", [dict(weights)], count, condition)[0]

    def _search(
        self, name: str, column: str, data: list[Any], count: int, condition: str
    ) -> list[Found]:
        client = self.client
        found = self._loaded(
            name,
            lambda: client.search(
                name, data, anns_field=column, limit=min(count, MOST_FOUND), filter=condition,
                output_fields=["id"], timeout=_SEARCH_SECONDS,
            )
        )  # fmt: skip
        return [[(int(hit["id"]), float(hit["distance"])) for hit in hits] for hits in found]


def source_number(source: str) -> int:
    """A source's name → the number that stands for it: names of any letters, in no one's quotes."""
    digest = hashlib.blake2b(source.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def one_of(column: str, numbers: Iterable[int]) -> str:
    """The condition that a column has one of these numbers."""
    return f"{column} in [{', '.join(map(str, numbers))}]"
