"""The house stands as docs/architecture.md draws it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from rag.settings import Settings
from tests.conftest import ROOT

GRAPH = grimp.build_graph("rag", include_external_packages=True)

# One outside package, one room; by the start of the module's name.
ROOMS = {
    "gradio": ("rag.page", "rag.server"),
    "faiss": ("rag.vectors",),
    "tantivy": ("rag.lexical",),
    "sqlite3": ("rag.database", "rag.sqlite_errors"),
    "langchain_text_splitters": ("rag.chunking",),
    "sentencex": ("rag.chunking",),
    "sentence_transformers": ("rag.embedding", "rag.cross_encoder"),
    "torch": ("rag.model_files", "rag.comprehension", "rag.term_classifier"),
    "transformers": ("rag.model_files",),
    "safetensors": ("rag.model_files",),
    "huggingface_hub": ("rag.model_files",),
    "openai": ("rag.llm",),
    "mcp": ("rag.mcp_server",),
    "pymilvus": ("rag.milvus",),
    "grpc": ("rag.milvus",),
    "ir_measures": ("rag.measures",),
    "trafilatura": ("rag.html_articles",),
    "pypdfium2": ("rag.pdf_pages",),
    "datasketch": ("rag.copies",),
    "py3langid": ("rag.languages",),
    "babel": ("rag.languages",),
    "charset_normalizer": ("rag.decoding",),
    "yaml": ("rag.header_lines",),
    "typer": ("rag.cli",),
    "pydantic_settings": ("rag.settings",),
}
READS_SETTINGS = ("rag.chatbot", "rag.rebuild", "rag.page", "rag.server", "rag.cli")


@pytest.mark.parametrize("package", ROOMS)
def test_an_outside_package_is_imported_in_its_room_only(package: str) -> None:
    importers = GRAPH.find_modules_that_directly_import(package)
    assert importers
    assert {m for m in importers if not m.startswith(ROOMS[package])} == set()


def test_settings_are_read_from_the_chatbot_up() -> None:
    importers = GRAPH.find_modules_that_directly_import("rag.settings")
    assert {m for m in importers if not m.startswith(READS_SETTINGS)} == set()


def test_no_module_imports_from_a_floor_above() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_every_module_is_in_the_readme_and_the_architecture() -> None:
    readme = (ROOT / "README.md").read_text()
    architecture = (ROOT / "docs" / "architecture.md").read_text()
    for path in (ROOT / "rag").glob("[!_]*.py"):
        assert f"`{path.name}`" in readme, path.name
        assert f"`{path.name}`" in architecture, path.name


def test_every_setting_and_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    for name in Settings.model_fields:
        assert f"`{name}`" in readme, name
    commands = re.findall(
        r'@app\.command\((?:"(\w+)")?\)\ndef (\w+)', (ROOT / "rag/cli.py").read_text()
    )
    assert len(commands) >= 7
    for name, function in commands:
        assert f"broadsheet {name or function}" in readme, name or function
