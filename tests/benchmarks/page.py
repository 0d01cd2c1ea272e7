"""Times the page in Chromium: from a click on a citation to the marked sentence in view, and the
longest task of its main thread while answers come.

    python -m tests.benchmarks.page --index DIR --question TEXT [--question TEXT …] [--times 20]

Serves the index, asks the questions as one conversation, then opens citations in turn. On a busy
machine the numbers say little; the load is printed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from asking import ask
from serving import browser, server

OPENED = """async link => {
    const start = performance.now();
    const seen = () => {
        const mark = document.querySelector("#source mark.cited")?.getBoundingClientRect();
        const panel = document.querySelector("#reader").getBoundingClientRect();
        return mark && mark.top >= panel.top && mark.bottom <= panel.bottom;
    };
    link.click();
    while (performance.now() - start < 10_000 && !seen()) {
        await new Promise(requestAnimationFrame);
    }
    return performance.now() - start;
}"""
LONG_TASKS = """() => new PerformanceObserver(list => {
    window.longest = Math.max(window.longest ?? 0, ...list.getEntries().map(e => e.duration));
}).observe({ type: "longtask" })"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--question", action="append", required=True)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    with server(None, options.index.resolve()) as address, browser() as running:
        page = running.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        page.wait_for_selector("#question textarea:enabled")
        page.evaluate(LONG_TASKS)
        for question in options.question:
            ask(page, question)
        times = sorted(opened(page, options.times))
        print(
            f"load {os.getloadavg()[0]:.1f}; click to marked sentence: median "
            f"{statistics.median(times):.0f} ms, worst {times[-1]:.0f} ms of {len(times)}; "
            f"longest task {page.evaluate('window.longest ?? 0'):.0f} ms"
        )


def opened(page: Any, times: int) -> list[float]:
    """Milliseconds of each opening, from no article at all."""
    links = page.locator("#chat .sentences a.cite")
    found = []
    for number in range(times):
        page.evaluate("document.querySelector('#front a.open').click()")
        page.locator("#source mark").first.wait_for(state="detached")
        page.wait_for_timeout(200)
        link = links.nth(number % links.count()).element_handle()
        found.append(float(page.evaluate(OPENED, link)))
    return found


if __name__ == "__main__":
    main()
