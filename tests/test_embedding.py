"""The packaged model: its weights, its vectors, its limits."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.embedding import Embedder
from rag.errors import ModelUnavailable


def test_packaged_weights_are_the_published_ones(embedder: Embedder) -> None:
    weights = (embedder.folder / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )


def test_vectors_are_of_unit_length_in_the_order_given(embedder: Embedder) -> None:
    texts = ["The bridge is closed.", "x", "A much longer text about ferries and tides. " * 12] * 40
    vectors = embedder.embed(texts)
    assert vectors.shape == (120, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors[:3], vectors[3:6], atol=0.02)
    assert vectors[0] @ embedder.embed_questions(["Which bridge is shut?"])[0] > 0.6


def test_vectors_agree_with_the_library_in_float32(embedder: Embedder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [f"Sentence {i} about harbours, votes and the price of herring." for i in range(30)]
    expected = SentenceTransformer(str(embedder.folder), device="cpu").encode(
        texts, normalize_embeddings=True
    )
    cosines = (embedder.embed(texts) * expected).sum(axis=1)
    assert cosines.min() > 0.999


def test_the_model_reads_254_tokens_of_a_text(embedder: Embedder) -> None:
    assert embedder.max_tokens == 254
    assert embedder.count_tokens("one two three") == 3
    assert embedder.count_tokens("word " * 500) == 500


def test_a_model_that_is_not_here_is_refused_by_name() -> None:
    with pytest.raises(ModelUnavailable, match="nowhere/such-model"):
        _ = Embedder("nowhere/such-model").folder


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelUnavailable, match="safetensors"):
        _ = Embedder(str(tmp_path)).sha256


def test_a_model_folder_of_ones_own_is_used_with_its_prompts(
    tmp_path: Path, embedder: Embedder
) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(embedder.folder), device="cpu")
    model.prompts = {"query": "question: ", "document": "text: "}
    model.max_seq_length = 64
    model.save(str(tmp_path / "own"))
    own = Embedder(str(tmp_path / "own"))
    assert own.sha256 != embedder.sha256
    assert own.prompt == "text: "
    assert own.max_tokens == 64 - 2 - own.count_tokens("text: ")
    plain = embedder.embed(["text: The bridge is closed."])[0]
    assert own.embed(["The bridge is closed."])[0] @ plain > 0.999


@pytest.mark.parametrize(
    ("head", "languages"),
    [
        ("language: en", {"en"}),
        ("language:\n- en\n- de", {"en", "de"}),
        ('license: mit\nlanguage:\n  - no # Norwegian\n  - "zh"\ntags:\n- fr', {"no", "zh"}),
        ("language: [eng, pt-BR]\nlicense: mit", {"en", "pt"}),
        ("language:\n- multilingual\n- en", set()),
        ("language: code", set()),
        ("tags:\n- en\nmodel-index:\n- name: x\n  language: en", set()),
    ],
)
def test_the_languages_of_a_model_are_those_its_card_states(
    tmp_path: Path, head: str, languages: set[str]
) -> None:
    (tmp_path / "README.md").write_text(f"---\n{head}\n---\n\n# Model\n\nlanguage: fr\n")
    assert Embedder(str(tmp_path)).languages == languages


def test_a_model_without_a_card_states_no_language_and_the_default_model_is_english(
    tmp_path: Path,
) -> None:
    assert Embedder(str(tmp_path)).languages == frozenset()
    (tmp_path / "README.md").write_text("# Model\n\nlanguage: fr\n")
    assert Embedder(str(tmp_path)).languages == frozenset()
    assert Embedder().languages == {"en"}


def test_making_an_embedder_imports_neither_torch_nor_the_library() -> None:
    code = (
        "import sys; from rag.chatbot import Chatbot; from rag.settings import Settings; "
        "c = Chatbot(Settings()); c._embedder.sha256; c._embedder.languages; "
        "print(sorted({'torch', 'sentence_transformers', 'gradio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
