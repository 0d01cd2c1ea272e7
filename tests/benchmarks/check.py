"""Compares the ratios of new runs with the last recorded ones; exit status 1 names what got worse.

    python -m tests.benchmarks.check FILE [FILE …] [--recorded docs/performance.json] [--record]

Each FILE is what a benchmark wrote with ``--json``. Ratios alone are compared, of which less is
better, never times. A ratio may be larger than the recorded one by the share in TOLERANCES. One that
is recorded and not in the new run is named too, and so is a run with another workload than the
recorded one, which says nothing about it. ``--record`` compares nothing and puts the runs in the place
of the recorded ones; benchmarks of which there is no new run stay as they are.
"""

from __future__ import annotations

import argparse
import json
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parents[2] / "docs" / "performance.json"
TOLERANCES = {
    "*errors*": 0.0,
    "heavy packages*": 0.0,
    "memory*": 0.1,
    # Of seconds and less: single runs beside other work differed by half and more.
    "start by*": 0.5,
    "question by*": 0.5,
    "*one changed*": 0.5,
    "*p95*": 0.5,
    "*32 clients*": 0.35,
    "*": 0.25,
}
"""Pattern of a ratio's name → the share by which it may be larger than recorded; the first counts."""

Json = dict[str, Any]


def tolerance_of(name: str) -> float:
    """The share by which the ratio of that name may be larger than the recorded one."""
    return next(share for pattern, share in TOLERANCES.items() if fnmatch(name, pattern))


def complaints_of(new: Json, old: Json | None) -> list[str]:
    """A benchmark's new result and its recorded one → what is worse, missing or not comparable."""
    benchmark = new["about"]["benchmark"]
    if old is None:
        return [f"{benchmark}: nothing is recorded to compare with; record it with --record"]
    asked, done = old["about"]["workload"], new["about"]["workload"]
    if asked != done:
        return [f"{benchmark}: the workload is {done}, the recorded one {asked}; run that"]
    found = []
    for name, before in old["ratios"].items():
        now, most = new["ratios"].get(name), before * (1 + tolerance_of(name))
        if now is None:
            found.append(f"{benchmark}, {name}: {before:.3f} is recorded, the new run has none")
        elif not now <= most + 1e-9:  # one that is no number is worse too
            found.append(
                f"{benchmark}, {name}: {now:.3f}, recorded {before:.3f}, at most {most:.3f}"
            )
    return found


def read(path: Path) -> Json:
    """A benchmark's JSON. Raises SystemExit where it is none."""
    try:
        found = json.loads(path.read_text())
        _ = found["ratios"].items(), found["about"]["benchmark"], found["about"]["workload"]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise SystemExit(
            f"{path} is no benchmark's result ({type(error).__name__}: {error}); "
            "give what one wrote with --json."
        ) from error
    return dict(found)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--recorded", type=Path, default=RECORDED)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    new = [read(path) for path in options.files]
    recorded: Json = {}
    if options.recorded.exists():
        recorded = json.loads(options.recorded.read_text())
    if options.record:
        for each in new:
            recorded[each["about"]["benchmark"]] = {key: each[key] for key in ("ratios", "about")}
        options.recorded.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
        print(f"Recorded in {options.recorded}: {', '.join(e['about']['benchmark'] for e in new)}")
        return
    complaints = []
    for each in new:
        complaints += complaints_of(each, recorded.get(each["about"]["benchmark"]))
    compared = sum(len(each["ratios"]) for each in new)
    print("\n".join(complaints) or f"{compared} ratios, none worse than recorded.")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
