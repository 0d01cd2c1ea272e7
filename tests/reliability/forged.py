"""Files of an index that claim huge sizes: each is refused, or made again, within a second and 100 MB.

    python -m tests.reliability.forged

The manifest is forged with them, so that no hash gives them away. Prints one line of JSON: how many
were tried, the longest time, and how far the memory grew.
"""

from __future__ import annotations

import hashlib
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.build import build
from rag.derived import load_derived
from rag.errors import BroadsheetError
from rag.index import Index
from rag.new_chunks import ChunkSettings
from tests.reliability.faults import write_articles
from tests.reliability.states import Models

HUGE = (2**31 - 1, 2**40, 2**62)


def forged_vectors(data: bytes) -> Iterator[bytes]:
    """The vector file with each of its first numbers, as four and as eight bytes, made huge."""
    for at in range(4, 100):
        for number in HUGE:
            for size in (4, 8):
                if number < 1 << (8 * size - 1) and at + size <= len(data):
                    yield data[:at] + number.to_bytes(size, "little") + data[at + size :]
    yield data[:55]


def run() -> dict[str, Any]:
    """Runs it in this process, whose memory is measured; returns what it came to."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-forged-") as place:
        articles, sound, index = (Path(place) / name for name in ("articles", "sound", "index"))
        write_articles(articles, new=False)
        build(sound, articles, Models().embedder, ChunkSettings())
        with Index(sound).reading() as (store, manifest):
            count = store.vector_count()
        data = (sound / "vectors-1.faiss").read_bytes()
        shutil.copytree(sound, index)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        longest, tried, refused = 0.0, 0, 0
        for forged in forged_vectors(data):
            (index / "vectors-1.faiss").write_bytes(forged)
            said = {"vectors_sha256": hashlib.sha256(forged).hexdigest()}
            said["vectors_bytes"] = str(len(forged))
            started = time.monotonic()
            refused += load_derived(index, {**manifest, **said}, count) is None
            longest = max(longest, time.monotonic() - started)
            tried += 1
        for name in ("vectors-1.faiss", "lexical-1/x.store", "broadsheet.db"):
            shutil.rmtree(index)
            shutil.copytree(sound, index)
            with (index / name).open("ab") as file:  # takes no room: a hole
                file.truncate(20 << 30)
            started = time.monotonic()
            try:
                with Index(index).snapshot() as snapshot:
                    snapshot.article("ferry.txt")
            except BroadsheetError:
                refused += 1
            longest = max(longest, time.monotonic() - started)
            tried += 1
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "forged": tried,
        "refused": refused,
        "longest seconds": round(longest, 2),
        "memory grown MB": round(grown / 1024),
    }


if __name__ == "__main__":
    found = run()
    print(json.dumps(found))
    sys.exit(found["memory grown MB"] > 100 or found["longest seconds"] > 1)
