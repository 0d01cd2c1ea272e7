"""All slow checks of docs/security.md, one after the other.

    python -m tests.reliability [--only NAME …] [--json FILE]

Each is a command of its own, with options of its own, and prints its counts as JSON. Some hours;
exit status 1 where one of them failed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

COMMANDS = {
    "kills": ["tests.reliability.kills", "--count", "100"],
    "faults": ["tests.reliability.faults"],
    "damage": ["tests.reliability.damage", "--count", "1000"],
    "forged": ["tests.reliability.forged"],
    "load": ["tests.reliability.load"],
    "flood": ["tests.reliability.flood"],
    "pace": ["tests.reliability.pace"],
    "articles": ["tests.fuzz.articles", "--seconds", "300"],
    "questions": ["tests.fuzz.questions", "--seconds", "300"],
    "audit": ["tests.audit"],
}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=list(COMMANDS))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    failed, results = [], {}
    for name in given.only:
        started = time.monotonic()
        command = [sys.executable, "-m", *COMMANDS[name]]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        seconds = round(time.monotonic() - started)
        results[name] = {
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": seconds,
            "status": done.returncode,
            "said": done.stdout,
        }
        print(f"--- {name}: {'failed' if done.returncode else 'passed'}, {seconds} s")
        print(done.stdout, flush=True)
        failed += [name] * bool(done.returncode)
        if given.json is not None:
            given.json.write_text(json.dumps(results, indent=1))
    print(f"failed: {', '.join(failed) or 'none'}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
