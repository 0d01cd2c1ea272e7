"""A model folder that is not what the index was built with, or is incomplete, or brings code of its
own, is refused by name; nothing in it is run and no index is changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.errors import IndexOfOtherModel, ModelUnavailable, ModelUnsuitable
from rag.settings import Settings
from tests.conftest import BRIDGE, ROOT
from tests.test_cross_encoder import change_json, save_model

QUESTION = "Who closed the iron bridge?"
TEXT = ["The town council closed the iron bridge."]


def small_model(folder: Path, *, seed: int = 1, dimension: int = 32) -> Path:
    """A BERT of one layer with weights drawn at random, for sentence-transformers."""
    import torch
    from transformers import BertConfig, BertModel

    save_model(folder)
    torch.manual_seed(seed)
    words = len((folder / "vocab.txt").read_text().split("\n"))
    model = BertModel(
        BertConfig(
            vocab_size=words, hidden_size=dimension, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=64, max_position_embeddings=300, initializer_range=0.3,
        )
    )  # fmt: skip
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def built(tmp_path: Path) -> Chatbot:
    """A chatbot over an article, its index built with a small model in ``tmp_path / "model"``."""
    small_model(tmp_path / "model")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bridge.txt").write_text(BRIDGE)
    chatbot = chatbot_with(tmp_path)
    chatbot.build(tmp_path / "articles")
    assert chatbot.search(QUESTION).hits
    return chatbot


def chatbot_with(place: Path, model: str = "model") -> Chatbot:
    return Chatbot(
        Settings(
            index=place / "index", model=str(place / model), chunk_tokens=40, chunk_overlap_tokens=8
        )
    )


@pytest.mark.parametrize("dimension", [32, 16])
def test_other_weights_than_the_index_was_built_with_are_refused_with_both_named(
    built: Chatbot, tmp_path: Path, dimension: int
) -> None:
    small_model(tmp_path / "other", seed=2, dimension=dimension)
    (tmp_path / "model").rename(tmp_path / "kept")
    (tmp_path / "other").rename(tmp_path / "model")  # the same name, other numbers
    before = built._embedder.sha256
    now = chatbot_with(tmp_path)
    assert now._embedder.sha256 != before
    with pytest.raises(IndexOfOtherModel) as raised:
        now.ask(QUESTION)
    for named in (before[:8], now._embedder.sha256[:8], "broadsheet build --full", "model"):
        assert named in str(raised.value)
    with pytest.raises(IndexOfOtherModel) as raised:
        now.build()
    assert before in str(raised.value)
    assert now._embedder.sha256 in str(raised.value)
    (tmp_path / "model").rename(tmp_path / "other")
    (tmp_path / "kept").rename(tmp_path / "model")
    assert chatbot_with(tmp_path).search(QUESTION).hits  # the index is as it was


def test_one_changed_byte_of_the_weights_is_another_model(built: Chatbot, tmp_path: Path) -> None:
    weights = tmp_path / "model" / "model.safetensors"
    raw = bytearray(weights.read_bytes())
    raw[-5] ^= 1
    weights.write_bytes(raw)
    with pytest.raises(IndexOfOtherModel):
        chatbot_with(tmp_path).ask(QUESTION)


def remove(*names: str) -> object:
    def change(folder: Path) -> None:
        for name in names:
            (folder / name).unlink(missing_ok=True)

    return change


def pickle_only(folder: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def pickled_part(folder: Path) -> None:
    import torch

    (folder / "2_Dense").mkdir()
    torch.save({"linear.weight": torch.zeros(2, 2)}, folder / "2_Dense" / "pytorch_model.bin")


def truncate(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


def forged_header(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes((2**62).to_bytes(8, "little") + b"{}")


def broken_config(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def own_config_class(folder: Path) -> None:
    auto = {"AutoConfig": "own.C", "AutoModel": "own.M"}
    change_json(folder / "config.json", model_type="own", auto_map=auto)


def foreign_module(folder: Path) -> None:
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "", "type": "own.M"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))


def foreign_installed_module(folder: Path) -> None:
    modules = [{"idx": 0, "name": "0", "path": "", "type": "subprocess.Popen"}]
    (folder / "modules.json").write_text(json.dumps(modules))


FAULTS = [
    (remove("tokenizer.json", "tokenizer_config.json", "vocab.txt"), ModelUnavailable, "no tokenizer"),
    (remove("tokenizer.json", "vocab.txt"), ModelUnavailable, "no tokenizer"),
    (remove("model.safetensors"), ModelUnavailable, r"no \.safetensors weights"),
    (remove("config.json"), ModelUnsuitable, "cannot be loaded"),
    (pickle_only, ModelUnavailable, r"no \.safetensors weights"),
    (pickled_part, ModelUnavailable, r"2_Dense/pytorch_model\.bin, which is pickled"),
    (truncate, ModelUnsuitable, "cannot be loaded"),
    (forged_header, ModelUnsuitable, "cannot be loaded"),
    (broken_config, ModelUnsuitable, "cannot be loaded"),
    (own_config_class, ModelUnsuitable, "cannot be loaded"),
    (foreign_module, ModelUnsuitable, "cannot be loaded.*own.M"),
    (foreign_installed_module, ModelUnsuitable, "cannot be loaded.*subprocess.Popen"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "error", "said"), FAULTS)
def test_a_faulty_model_folder_is_refused_by_name_and_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: object, error: type, said: str
) -> None:
    folder = small_model(tmp_path / "faulty")
    trace = tmp_path / "trace"
    (folder / "own.py").write_text(f"open({str(trace)!r}, 'w')\nclass C: pass\nclass M: pass\n")
    monkeypatch.chdir(folder)  # where Python would look for own.py, too
    fault(folder)  # type: ignore[operator]
    with pytest.raises(error, match=said) as raised:
        Embedder(str(folder)).embed(TEXT)
    assert "faulty" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not trace.exists()


def test_the_command_refuses_a_faulty_model_in_one_line_with_status_2(tmp_path: Path) -> None:
    truncate(small_model(tmp_path / "faulty"))
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bridge.txt").write_text(BRIDGE)
    done = subprocess.run(
        [sys.executable, "-m", "rag", "build", "articles"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "BROADSHEET_MODEL": "faulty", "COLUMNS": "500"},
    )  # fmt: skip
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Error: Model 'faulty' cannot be loaded")
