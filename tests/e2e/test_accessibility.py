"""axe-core finds nothing serious on any tab, in light and in dark."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from asking import ask, open_citation
from serving import Site

pytestmark = pytest.mark.e2e

AXE = "axe-core@4.14.1"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
"""Of axe.min.js in that package: what is run in the browser is what was looked at."""

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "broadsheet-tests"
PATIENCE_SECONDS = 120


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script: fetched once with npm, kept in the user's cache, injected from disk."""
    kept = CACHE / AXE / "axe.min.js"
    if not kept.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"needs npm to fetch {AXE}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [npm, "pack", AXE, "--silent", "--pack-destination", str(kept.parent)],
            cwd=kept.parent, check=True, timeout=PATIENCE_SECONDS, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        (archive,) = kept.parent.glob("*.tgz")
        with tarfile.open(archive) as package:
            script = package.extractfile("package/axe.min.js")
            assert script is not None
            kept.write_bytes(script.read())
        archive.unlink()
    script_bytes = kept.read_bytes()
    assert hashlib.sha256(script_bytes).hexdigest() == AXE_SHA256
    return script_bytes.decode()


def problems(page: Any, axe: str) -> list[str]:
    """What axe finds serious or critical: rule, how bad, where."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:160]} "
        f"{node['failureSummary'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_tab(site: Site, axe: str, scheme: str) -> None:
    page = site.open(color_scheme=scheme, bypass_csp=False)
    page.wait_for_selector("#question textarea:enabled")
    page.locator("#examples .example").first.wait_for(timeout=60_000)
    assert problems(page, axe) == []
    answer = ask(page, "What caused the ferry to run aground, according to the inquiry?")
    ask(page, "Who won the chess olympiad in Patagonia in 2031?")
    answer.locator(".hits summary").click()
    open_citation(page, answer.locator(".sentences a.cite").first)
    page.locator("#badge .badge").wait_for()
    page.mouse.move(0, 0)
    answer.locator(".sentences a.cite").first.hover()
    page.locator("#card").wait_for()
    page.get_by_text("Sources and dates").click()
    page.locator("#filters label", has_text="HPA").click()
    assert problems(page, axe) == []
    page.keyboard.press("Escape")
    page.locator("#help").click()
    assert problems(page, axe) == []
    page.keyboard.press("Escape")
    for tab in ("Articles", "Index"):
        page.get_by_role("tab", name=tab).click()
        page.locator("#list a, #status dl").first.wait_for(state="attached")
        page.wait_for_timeout(300)
        assert problems(page, axe) == [], tab
    page.context.close()
