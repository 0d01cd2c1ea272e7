"""Measures how well near-identical articles are told from others, and what it costs.

    python -m tests.eval.measure_copies FOLDER [--half odd|even|all] [--words N] [--count N] [--seed N]
                                        [--bands N]

Puts the folder's articles, every kind of edit of each, templated reports and articles that share a
long paragraph into one collection, and finds its copies as a build does: signature, bands,
candidates, verification. Prints recall by kind of edit, and wrongly joined pairs by kind.

The thresholds in ``rag/copies.py`` were chosen on the articles whose name has an even hash; the
others are the default here. Pairs of the folder's own articles that are joined are listed, to be
looked at: a real folder holds real reprints, so they are counted apart.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random

from rag.articles import read_article
from rag.copies import are_copies, bands, signature
from rag.copy_search import FEWEST_BANDS
from rag.errors import ArticleUnreadable
from rag.folders import list_files
from tests.eval.edits import EDITS, lead, update_story
from tests.eval.templated import SHARED_PARAGRAPHS, TEMPLATES, report, with_shared

ORIGINAL = "original"
_REPORTS = 40  # of each template
_SHARING = 30  # articles that share each paragraph
_LEAD_WORDS = 150  # of an article that shares a paragraph of some 120 words
_STORIES = 40  # running stories
_VERSIONS = 4  # of each, after the first
_NEAREST = 500  # pairs of different articles about the same
_LISTED = 20  # pairs of the folder's own

Pair = tuple[str, str]


@dataclass(frozen=True)
class Item:
    """A text of the collection: the article that it was made from, or its own id, and how."""

    origin: str
    kind: str
    text: str


def read_folder(folder: Path, half: str, count: int | None, words: int | None) -> dict[str, str]:
    """A folder → article id → text, of the half asked for."""
    texts = {}
    for file in list_files(folder)[0]:
        parity = hashlib.sha256(file.id.encode()).digest()[0] % 2
        if half != "all" and parity != (half == "odd"):
            continue
        try:
            text = read_article(file.id, file.path.read_bytes()).text
        except ArticleUnreadable as error:
            print(f"{file.id}: {error}", file=sys.stderr)
            continue
        texts[file.id] = lead(text, words) if words else text
    return dict(list(texts.items())[:count])


def collect(texts: dict[str, str], seed: int) -> dict[str, Item]:
    """Articles → the whole collection: id → item."""
    items: dict[str, Item] = {}
    for origin, text in texts.items():
        items[origin] = Item(origin, ORIGINAL, text)
        for kind, edit in EDITS.items():
            made = edit(text, Random(f"{seed} {origin} {kind}"))
            items[f"{origin}#{kind}"] = Item(origin, kind, made)
    for origin in list(texts)[:_STORIES]:
        text = texts[origin]
        for version in range(1, _VERSIONS + 1):
            text = update_story(text, Random(f"{seed} {origin} version {version}"))
            kind = f"version {version} of a running story"
            items[f"{origin}#{kind}"] = Item(origin, kind, text)
    for kind in TEMPLATES:
        for number in range(_REPORTS):
            name = f"{kind} {number}"
            items[name] = Item(name, kind, report(kind, Random(f"{seed} {name}")))
    for kind in SHARED_PARAGRAPHS:
        for origin in list(texts)[:_SHARING]:
            random = Random(f"{seed} {origin} {kind}")
            text = with_shared(lead(texts[origin], _LEAD_WORDS), kind, random)
            items[f"{origin}#{kind}"] = Item(origin, kind, text)
    return items


def find_copies(texts: dict[str, str], fewest: int) -> tuple[set[Pair], set[Pair]]:
    """Texts by id → the pairs that share ``fewest`` bands, and those of them that are copies."""
    holders: dict[bytes, list[str]] = defaultdict(list)
    for name in sorted(texts):
        for band in bands(signature(texts[name])):
            holders[band].append(name)
    shared = Counter(pair for names in holders.values() for pair in combinations(names, 2))
    candidates = {pair for pair, count in shared.items() if count >= fewest}
    return candidates, {
        (one, other) for one, other in sorted(candidates) if are_copies(texts[one], texts[other])
    }


def nearest(texts: dict[str, str]) -> set[Pair]:
    """Articles → the pairs of them most alike in their words: as a rule the same event."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    names = sorted(texts)
    matrix = TfidfVectorizer(sublinear_tf=True).fit_transform([texts[name] for name in names])
    cosines = (matrix @ matrix.T).toarray()
    pairs = sorted(combinations(range(len(names)), 2), key=lambda pair: -cosines[pair])
    return {(names[one], names[other]) for one, other in pairs[:_NEAREST]}


def print_recall(items: dict[str, Item], candidates: set[Pair], joined: set[Pair]) -> int:
    """Prints a line for each kind of edit. Returns how many of the edits' pairs were found."""
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for name, item in items.items():
        if item.kind in EDITS or item.kind.startswith("version"):
            pairs[item.kind].append((item.origin, name))
    print(f"{'edit':36}{'pairs':>7}{'candidates':>12}{'recall':>9}")
    for kind, all_pairs in pairs.items():
        shares = [sum(pair in found for pair in all_pairs) for found in (candidates, joined)]
        one, other = (share / len(all_pairs) for share in shares)
        print(f"{kind:36}{len(all_pairs):7}{one:12.3f}{other:9.3f}")
    edits = [pair for kind in EDITS for pair in pairs[kind]]
    return sum(pair in joined for pair in edits)


def print_wrong(items: dict[str, Item], joined: set[Pair], own: set[Pair], found: int) -> None:
    """Prints wrongly joined pairs by kind, and the precision. ``own`` are the folder's pairs, and
    what follows from them counts neither way; ``found`` are the pairs of an article and its edit.
    """
    kinds = Counter(item.kind for item in items.values())
    texts = {name: item.text for name, item in items.items() if item.kind == ORIGINAL}
    near = nearest(texts)
    wrong: Counter[str] = Counter()
    right = follow = 0
    for one, other in joined:
        first, second = items[one], items[other]
        if first.origin == second.origin:
            right += 1
        elif tuple(sorted((first.origin, second.origin))) in own:
            follow += 1
        elif ORIGINAL in (first.kind, second.kind):
            wrong["article and edit of another"] += 1
        else:
            wrong[first.kind if first.kind == second.kind else "edits of different articles"] += 1
    print(f"\n{'different articles':36}{'pairs':>7}{'joined':>9}")
    for kind in (*TEMPLATES, *SHARED_PARAGRAPHS):
        print(f"{kind:36}{kinds[kind] * (kinds[kind] - 1) // 2:7}{wrong[kind]:9}")
    print(f"{'same event or subject (nearest)':36}{len(near):7}{len(near & own):9}")
    print(f"{'any two of the folder':36}{len(texts) * (len(texts) - 1) // 2:7}{len(own):9}")
    crossed = wrong["article and edit of another"]
    print(
        f"{'article and edit of another':36}{len(texts) * (len(texts) - 1) * len(EDITS):7}{crossed:9}"
    )
    errors = wrong.total()
    listed = crossed + sum(wrong[kind] for kind in (*TEMPLATES, *SHARED_PARAGRAPHS))
    print(
        f"\nprecision {found / (found + listed):.4f}: {found} pairs of article and edit, {listed} "
        f"wrong ones of the kinds above ({found / (found + listed + len(own)):.4f} if the folder's "
        f"own are wrong)\nprecision {right / (right + errors):.4f} over all joined pairs, of edits "
        f"with each other too: {right} right, {errors} wrong; {follow} follow from the folder's own"
    )


def print_cost(texts: dict[str, str], candidate_count: int) -> None:
    """Prints what the folder's own articles cost."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import datasketch"], check=True)
    imported = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import numpy"], check=True)
    base = time.perf_counter() - imported
    print(f"\nimport of datasketch {imported - started - base:.2f} s beyond numpy's")
    sizes = []
    started = time.perf_counter()
    for text in texts.values():
        made = signature(text + " ")  # another text than before, so that nothing is remembered
        sizes.append(len(made) + sum(map(len, bands(made))))
    seconds = time.perf_counter() - started
    words = sum(len(text.split()) for text in texts.values()) / len(texts)
    print(
        f"{1000 * seconds / len(texts):.2f} ms an article of {words:.0f} words for its signature, "
        f"{max(sizes)} bytes of signature and bands, "
        f"{2 * candidate_count / len(texts):.2f} candidates an article"
    )


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=["odd", "even", "all"], default="odd")
    parser.add_argument("--words", type=int, help="only the first words of each article")
    parser.add_argument("--count", type=int, help="at most so many articles")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bands", type=int, default=FEWEST_BANDS, help="shared by candidates")
    options = parser.parse_args()
    texts = read_folder(options.folder, options.half, options.count, options.words)
    print(f"{len(texts)} articles of {options.folder}, half: {options.half}, seed {options.seed}")
    candidates, own = find_copies(texts, options.bands)
    print(f"{len(candidates)} candidate pairs among them, {len(own)} joined:")
    for one, other in sorted(own)[:_LISTED]:
        print(f"  {one} = {other}")
    print_cost(texts, len(candidates))
    items = collect(texts, options.seed)
    started = time.perf_counter()
    candidates, joined = find_copies(
        {name: item.text for name, item in items.items()}, options.bands
    )
    seconds = time.perf_counter() - started
    print(
        f"\n{len(items)} texts in all, {len(candidates)} candidate pairs, {len(joined)} joined, "
        f"{seconds:.0f} s\n"
    )
    found = print_recall(items, candidates, joined)
    print_wrong(items, joined, own, found)


if __name__ == "__main__":
    main()
