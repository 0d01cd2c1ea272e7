from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asking import BUILD_MILLISECONDS
from serving import CHROMIUM, REPOSITORY, Site, browser, server

HOSTILE_NAME = "![x](javascript:hacked=1) <img src=x onerror=hacked=1> [a](x) $a$.txt"
HOSTILE = """![x](http://evil.invalid/title.png) <img src=x onerror="window.hacked=1"> Quimby clocks

Zorblatt Quimby said <script>window.hacked=1</script> that the lighthouse clocks of Mundelay \
<img src=x onerror="window.hacked=1"> run backwards, ![y](http://evil.invalid/body.png) and that \
<a href="javascript:window.hacked=1">nobody</a> [listens](javascript:window.hacked=1) to \
$\\frac{1}{2}$ {{constructor.constructor('window.hacked=1')()}} ${window.hacked=1} him.

<iframe src="http://evil.invalid/frame"></iframe> The mayor of Mundelay, Perpetua Voss, answered \
that the clocks of the lighthouse were repaired by Quimby himself in March.
"""


@dataclass(frozen=True)
class Served:
    """A server over the sample articles and a hostile one, and what its notices were at first."""

    address: str
    articles: Path
    index: Path
    notices: tuple[str, ...]


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server and one index for all that only reads: a test that changes a file puts it back."""
    needs_chromium()
    folder = tmp_path_factory.mktemp("site")
    articles = folder / "articles"
    shutil.copytree(REPOSITORY / "articles", articles)
    (articles / HOSTILE_NAME).write_text(HOSTILE)
    with server(articles, folder / "index") as address:
        with browser() as running:
            notices = _first_notices(Site(address, articles, running, folder / "index").open())
        yield Served(address, articles, folder / "index", tuple(notices))


def needs_chromium() -> None:
    """Skips the test where there is no browser."""
    pytest.importorskip("playwright")
    if not CHROMIUM.exists():
        pytest.skip(f"needs Debian's chromium at {CHROMIUM}")


def _first_notices(page: Any) -> list[str]:
    """What the page says while the index is built for the first time."""
    notices: list[str] = []
    page.wait_for_selector("#notice .progress")
    while not page.locator("#question textarea").is_enabled():
        notices.append(" ".join(page.locator("#notice").inner_text().split()))
        page.wait_for_timeout(150)
        assert len(notices) * 150 < BUILD_MILLISECONDS, notices[-1]
    return notices


@pytest.fixture(scope="module")
def site(samples: Served) -> Iterator[Site]:
    """The page of that server in a browser of this module's own."""
    with browser() as running:
        yield Site(
            samples.address, samples.articles, running, samples.index, notices=list(samples.notices)
        )


@pytest.fixture
def page(site: Site) -> Iterator[Any]:
    page = site.open()
    page.wait_for_selector("#question textarea:enabled")
    yield page
    page.context.close()
    assert site.foreign() == []
    assert site.complaints == []
