from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from serving import CHROMIUM, REPOSITORY, browser, server

BUILD_MILLISECONDS = 90_000

HOSTILE_NAME = "![x](javascript:hacked=1) <img src=x onerror=hacked=1> [a](x) $a$.txt"
HOSTILE = """![x](http://evil.invalid/title.png) <img src=x onerror="window.hacked=1"> Quimby clocks

Zorblatt Quimby said <script>window.hacked=1</script> that the lighthouse clocks of Mundelay \
<img src=x onerror="window.hacked=1"> run backwards, ![y](http://evil.invalid/body.png) and that \
<a href="javascript:window.hacked=1">nobody</a> [listens](javascript:window.hacked=1) to \
$\\frac{1}{2}$ {{constructor.constructor('window.hacked=1')()}} ${window.hacked=1} him.

<iframe src="http://evil.invalid/frame"></iframe> The mayor of Mundelay, Perpetua Voss, answered \
that the clocks of the lighthouse were repaired by Quimby himself in March.
"""


@dataclass
class Site:
    """The served page, and everything its browser asked for or complained about."""

    address: str
    articles: Path
    browser: Any
    index: Path
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def open(self, **options: Any) -> Any:
        wide = {"viewport": {"width": 1440, "height": 900}}
        context = self.browser.new_context(**(wide | options))
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        page.goto(self.address)
        return page

    def foreign(self) -> list[str]:
        own = (self.address, "data:", f"blob:{self.address}", "about:")
        return [url for url in self.requested if not url.startswith(own)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The page over a copy of the sample articles and a hostile one, its index built."""
    pytest.importorskip("playwright")
    if not CHROMIUM.exists():
        pytest.skip(f"needs Debian's chromium at {CHROMIUM}")
    folder = tmp_path_factory.mktemp("site")
    articles = folder / "articles"
    shutil.copytree(REPOSITORY / "articles", articles)
    (articles / HOSTILE_NAME).write_text(HOSTILE)
    with server(articles, folder / "index") as address, browser() as running:
        site = Site(address, articles, running, folder / "index")
        page = site.open()
        page.wait_for_selector("#notice .progress")
        while not page.locator("#question textarea").is_enabled():
            notice = page.locator("#notice").inner_text()
            site.notices.append(" ".join(notice.split()))
            page.wait_for_timeout(150)
            assert len(site.notices) * 150 < BUILD_MILLISECONDS, site.notices[-1]
        page.context.close()
        yield site


@pytest.fixture
def page(site: Site) -> Iterator[Any]:
    page = site.open()
    page.wait_for_selector("#question textarea:enabled")
    yield page
    page.context.close()
    assert site.foreign() == []
    assert site.complaints == []
