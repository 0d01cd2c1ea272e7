"""What tests share: the packaged model, loaded once, and small folders of articles."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from rag.build import build
from rag.chatbot import Chatbot
from rag.comprehension import ReadingModel
from rag.embedding import Embedder
from rag.new_chunks import ChunkSettings
from rag.records import BuildReport
from rag.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "articles"
SHARED = ROOT.parent / "shared"

_ALONE = tuple(
    f"tests/{name}"
    for name in (
        "e2e/", "test_flood", "test_hostile_requests", "test_llm", "test_mcp_server", "test_page_api",
        "test_password", "test_readers", "test_rebuild", "test_reliability", "test_server",
    )
)  # fmt: skip
"""What drives servers and browsers, and has times to keep: with ``-n 2`` never two at once."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``-n 2`` a file's tests stay together, and so do those of all ``_ALONE``."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "alone" if file.startswith(_ALONE) else str(file)

    return Scheduling(config, log)


FERRY = """The night ferry to Ostwick ran aground on Tuesday

The night ferry to Ostwick ran aground on a sandbank shortly after two in the morning. All 61 \
passengers were brought ashore by lifeboats, the coastguard said. "Nobody was in danger at any \
moment," said Captain Alma Reyes.

The shipping line will pay for the hotel rooms. The ferry is to be pulled free with the next \
spring tide.
"""
BRIDGE = """Council closes the iron bridge for two years

The town council of Ostwick closed the iron bridge on Monday. Engineers found cracks in 14 of \
its 36 girders. The repair will cost 3.2 million crowns and take two years.

Mayor Jon Petrak called the closure a bitter but necessary step.
"""
ORCHARD = """Late frost costs growers half of the cherry harvest

Growers in the Lenn valley expect to lose half of this year's cherry harvest to the late frost. \
Temperatures fell to minus four degrees on the night of 21 April, the weather service said.

The growers' association asks the province for an emergency fund of 800,000 crowns.
"""


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The packaged model."""
    return Embedder()


_READING_MODEL = ReadingModel()


def share_models(chatbot: Chatbot, embedder: Embedder) -> None:
    """Gives it the models that are loaded already: seconds for each chatbot that is asked."""
    chatbot._embedder = embedder
    chatbot._reading_model = _READING_MODEL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferry.txt").write_text(FERRY)
    (folder / "bridge.txt").write_text(BRIDGE)
    (folder / "orchard.txt").write_text(ORCHARD)
    return folder


@pytest.fixture
def build_index(tmp_path: Path, embedder: Embedder) -> Callable[..., BuildReport]:
    """``build_index(folder, **options)`` builds ``tmp_path / "index"``."""

    def run(articles: Path | None = None, **options: object) -> BuildReport:
        settings = options.pop("chunk_settings", ChunkSettings())
        return build(tmp_path / "index", articles, embedder, settings, **options)  # type: ignore[arg-type]

    return run


@pytest.fixture
def chatbot(tmp_path: Path, embedder: Embedder) -> Chatbot:
    """A chatbot over ``tmp_path / "index"``, with the model that is loaded already."""
    made = Chatbot(Settings(index=tmp_path / "index", articles=tmp_path / "articles"))
    share_models(made, embedder)
    return made


@pytest.fixture(scope="session")
def news(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Chatbot:
    """A chatbot over the articles of ``tests.news``; they are not to be changed."""
    from tests.news import chatbot_over, write_articles

    place = tmp_path_factory.mktemp("news")
    write_articles(place / "articles")
    return chatbot_over(place, embedder)


@dataclass(frozen=True)
class Served:
    """`broadsheet serve --mcp` over a copy of the sample articles, as a process, index built."""

    address: str
    articles: Path
    index: Path

    def log(self) -> str:
        """What it has said on its terminal."""
        port = self.address.rpartition(":")[2]
        return (self.index.parent / f"server-{port}.log").read_text()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for the tests of the endpoints and the tools. A test may add articles."""
    from tests.e2e.serving import server

    place = tmp_path_factory.mktemp("served")
    shutil.copytree(SAMPLES, place / "articles")
    with server(place / "articles", place / "index", "--mcp") as address:
        deadline = time.monotonic() + 120
        while not Chatbot(Settings(index=place / "index")).has_index():
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield Served(address, place / "articles", place / "index")
