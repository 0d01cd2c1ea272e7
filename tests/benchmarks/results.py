"""A benchmark's ratios as JSON, in the one shape that ``check`` compares.

    {"ratios": {name: value}, "about": {"benchmark", "date", "workload", "machine"}, …}

Of every ratio less is better, and both of its sides were measured in the same run, in turn, so that
whatever else the machine does slows both. What else a benchmark found stands beside these two.
"""

from __future__ import annotations

import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

Figures = dict[str, Any]


def machine() -> Figures:
    """What figures depend on beside the code."""
    processor = Path("/proc/cpuinfo")
    text = processor.read_text() if processor.exists() else ""
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return {
        "processor": name[1] if name else "unknown",
        "bfloat16": "avx512_bf16" in text or "amx_bf16" in text,
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def result(
    benchmark: str,
    ratios: dict[str, float],
    workload: Figures,
    at_start: Figures,
    **found: Any,
) -> Figures:
    """``workload`` is what has to be the same for two runs to be compared; ``at_start`` is what
    ``machine`` gave before the run.
    """
    about = {
        "benchmark": benchmark,
        "date": date.today().isoformat(),
        "workload": workload,
        "machine": at_start | {"load_average_at_end": round(os.getloadavg()[0], 2)},
    }
    rounded = {name: round(value, 4) for name, value in ratios.items()}
    return {"ratios": rounded, "about": about, **found}


def write(path: Path | None, found: Figures) -> None:
    """Writes it, where a path is given."""
    if path is not None:
        path.write_text(json.dumps(found, indent=1) + "\n")


def setting(found: Figures) -> str:
    """One line for the head of a table: day, machine and load."""
    about, machine = found["about"], found["about"]["machine"]
    fast = "with" if machine["bfloat16"] else "without"
    return (
        f"{about['date']}, {machine['cores']} cores of {machine['processor']} ({fast} bfloat16), "
        f"load {machine['load_average']} at the start, {machine['load_average_at_end']} at the end"
    )
