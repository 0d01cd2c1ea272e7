"""Each file of an index is cut, flipped, zeroed, extended, deleted: never a different answer.

    python -m tests.reliability.damage [--count N] [--seed N]

After each damage the index is opened anew: it says what it said before, because what was damaged is
derived and was made again, or it refuses, naming the file or the row. Then `--repair` gives back what
it said. Prints counts as JSON; exit status 1 where anything else happened.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.build import build
from rag.errors import IndexDamaged, IndexMissing, IndexOfOtherFormat
from rag.new_chunks import ChunkSettings
from tests.reliability.faults import write_articles
from tests.reliability.states import Models, damage_of, state

Damage = Callable[[Path, random.Random], None]


def truncate(path: Path, chance: random.Random) -> None:
    """Cut off at any length."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(chance.randrange(size) if size else 0)


def flip(path: Path, chance: random.Random) -> None:
    """One bit."""
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def flip_in_use(path: Path, chance: random.Random) -> None:
    """One bit of a byte that is not zero: more of a database's pages are empty than not."""
    data = bytearray(path.read_bytes())
    places = [place for place, byte in enumerate(data) if byte]
    data[chance.choice(places)] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def zero(path: Path, chance: random.Random) -> None:
    """A stretch of up to 512 bytes."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    data[at : at + 512] = bytes(len(data[at : at + 512]))
    path.write_bytes(data)


def extend(path: Path, chance: random.Random) -> None:
    """Bytes at the end."""
    with path.open("ab") as file:
        file.write(chance.randbytes(chance.randrange(1, 5000)))


def delete(path: Path, chance: random.Random) -> None:
    """The file goes."""
    path.unlink()


def change_letter(path: Path, chance: random.Random) -> None:
    """One letter of an article, inside a page: SQLite's own check does not see it."""
    data = path.read_bytes()
    words = [b"crowns", b"ferry", b"minus four", b"lifeboats", b"61", b"cracks", b"quarter"]
    word = chance.choice([word for word in words if word in data])
    places = [at for at in range(len(data)) if data.startswith(word, at)]
    at = chance.choice(places) + chance.randrange(len(word))
    changed = bytearray(data)
    changed[at] = changed[at] % 26 + 97
    path.write_bytes(changed)


KINDS: dict[str, Damage] = {
    "truncate": truncate,
    "flip": flip,
    "flip in use": flip_in_use,
    "zero": zero,
    "extend": extend,
    "delete": delete,
}


def nearly(found: list[Any], before: list[Any]) -> bool:
    """Whether both are the same but for numbers that differ by at most 0.002: a vector that was
    damaged is embedded again, by itself, and what else is in a batch moves a bfloat16 vector's last
    digits, by which no hit and no sentence may change.
    """
    number = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
    texts, others = str(found), str(before)
    if number.split(texts) != number.split(others):
        return False
    pairs = zip(number.findall(texts), number.findall(others), strict=True)
    return all(abs(float(one) - float(other)) <= 0.002 for one, other in pairs)


def write_more_articles(folder: Path) -> None:
    """The articles of before, and a reprint of one."""
    write_articles(folder, new=False)
    ferry = (folder / "ferry.txt").read_text()
    (folder / "reprint.txt").write_text(ferry.replace("shipping line", "line"))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 no more")


class Trial:
    """One index, damaged many times."""

    def __init__(self, place: Path, models: Models, seed: int) -> None:
        self.articles, self.index, self.sound = (
            place / "articles", place / "index", place / "sound",
        )  # fmt: skip
        self.models = models
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        write_more_articles(self.articles)
        build(self.sound, self.articles, models.embedder, ChunkSettings())
        self.before = state(models, self.sound, answers=True)
        self.files = sorted(
            path.relative_to(self.sound)
            for path in self.sound.rglob("*")
            if path.is_file() and path.name != "last-build.json" and path.stat().st_size
        )

    def run(self, count: int) -> None:
        """Half of all in the database, half in the other files, each in turn."""
        others = [file for file in self.files if file.name != "broadsheet.db"]
        for number in range(count):
            database = number % 2 == 0
            file = Path("broadsheet.db") if database else others[number // 2 % len(others)]
            kinds = {**KINDS, "a letter": change_letter} if database else KINDS
            kind = list(kinds)[number // 2 % len(kinds)]
            self.one(file, kind, kinds[kind])

    def one(self, file: Path, kind: str, damage: Damage) -> None:
        """Damages a file, looks, and repairs."""
        shutil.rmtree(self.index, ignore_errors=True)
        shutil.copytree(self.sound, self.index)
        damage(self.index / file, self.chance)
        what = f"{kind} of {file}"
        self.counts["damages"] += 1
        self.look(what)
        try:
            build(self.index, self.articles, self.models.embedder, ChunkSettings(), repair=True)
            found = self.state()
            if not nearly(found, self.before):
                self.wrong.append(f"{what}: repaired to something else")
            elif left := damage_of(self.index):
                self.wrong.append(f"{what}: still damaged: {left}")
            else:
                kind = "to the last digit" if found == self.before else "but for last digits"
                self.counts[f"repaired {kind}"] += 1
        except Exception as error:
            self.wrong.append(f"{what}: repair: {type(error).__name__}: {error}")

    def look(self, what: str) -> None:
        try:
            found = self.state()
        except IndexMissing:
            self.counts["refused: no index"] += 1
        except (IndexDamaged, IndexOfOtherFormat) as error:
            self.counts[f"refused: {type(error).__name__}"] += 1
            if not any(word in str(error) for word in ("broadsheet.db", "article", "vector")):
                self.wrong.append(f"{what}: {error}")
        except Exception as error:
            self.wrong.append(f"{what}: {type(error).__name__}: {error}")
        else:
            self.counts["answered as before"] += found == self.before
            if found != self.before:
                self.wrong.append(f"{what}: a different answer")

    def state(self) -> Any:
        """What the index says now."""
        return state(self.models, self.index, answers=True)


def run(count: int, seed: int = 1) -> dict[str, Any]:
    """Runs it; returns its counts."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-damage-") as place:
        trial = Trial(Path(place), Models(), seed)
        trial.run(count)
    return {**trial.counts, "wrong": trial.wrong}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = run(given.count, given.seed)
    print(json.dumps(found, indent=1))
    sys.exit(bool(found["wrong"]))


if __name__ == "__main__":
    main()
