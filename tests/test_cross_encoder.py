"""A cross-encoder: its scores, which models are refused, and what it changes in a search."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag.chatbot import Chatbot
from rag.cross_encoder import CrossEncoder
from rag.embedding import Embedder
from rag.errors import ModelUnavailable, ModelUnsuitable
from rag.model_files import load_options
from rag.records import BuildReport, Filters
from rag.retrieval import RERANKED_COUNT
from rag.settings import Settings
from tests.conftest import BRIDGE, FERRY, ORCHARD, share_models

QUESTION = "What will the repair of the iron bridge cost?"
TEXTS = re.findall(r'[A-Z"](?:[^.\n]|\.\d)+', "\n".join([BRIDGE, FERRY, ORCHARD]))


def save_model(folder: Path, *, label_count: int = 1, sign: int = 1) -> Path:
    """A BERT of one layer with weights drawn at random, always the same; ``sign`` −1 turns its
    scores around.
    """
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = sorted(set(re.findall(r"\w+|[^\w\s]", " ".join([QUESTION, *TEXTS]).lower())))
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary = list(dict.fromkeys([*marks, *words, *letters, *(f"##{c}" for c in letters)]))
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    torch.manual_seed(1)
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=128,
            num_labels=label_count,
            initializer_range=0.3,
        )
    )
    model.classifier.weight.data *= 5 * sign
    model.save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def change_json(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def log_odds(folder: Path, question: str, texts: list[str]) -> np.ndarray:
    """The model's outputs as transformers alone computes them, one pair at a time, in float32."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        return np.array(
            [
                model(**tokenizer(question, text, return_tensors="pt")).logits.item()
                for text in texts
            ]
        )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model with all scores turned around: 1 − score."""
    return save_model(tmp_path_factory.mktemp("models") / "turned", sign=-1)


@pytest.mark.parametrize("stated", [None, "Identity", "Sigmoid"])
def test_scores_are_the_sigmoid_of_the_models_output_whatever_its_configuration_states(
    tmp_path: Path, stated: str | None
) -> None:
    folder = save_model(tmp_path / "model")
    if stated:
        module = "linear" if stated == "Identity" else "activation"
        name = f"torch.nn.modules.{module}.{stated}"
        change_json(folder / "config.json", sentence_transformers={"activation_fn": name})
    scores = CrossEncoder(str(folder))(QUESTION, TEXTS)
    expected = 1 / (1 + np.exp(-log_odds(folder, QUESTION, TEXTS)))
    assert np.ptp(expected) > 0.5
    np.testing.assert_allclose(scores, expected, atol=0.05)  # bfloat16


def test_other_texts_have_other_scores(small: Path) -> None:
    texts = [f"{first} {second}" for first in TEXTS for second in TEXTS]
    scores = CrossEncoder(str(small))(QUESTION, texts)
    assert len(set(scores)) == len(set(texts))


def test_several_threads_load_the_model_once_and_get_the_scores_that_one_gets(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = []
    monkeypatch.setattr(  # notes that the model is loaded, and loads it
        "rag.cross_encoder.load_options",
        lambda download: (loads.append(download), load_options(download=download))[1],
    )
    encoder = CrossEncoder(str(small))
    texts = [TEXTS, TEXTS[:2], [" ".join(TEXTS)], TEXTS[::-1]]
    found: dict[int, list[float]] = {}

    def score(i: int) -> None:
        found[i] = encoder(QUESTION, texts[i % 4])

    threads = [threading.Thread(target=score, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [False]
    for i in range(8):
        assert found[i] == encoder(QUESTION, texts[i % 4])
    np.testing.assert_allclose(found[3][::-1], found[0], atol=1e-3)


def test_what_is_beyond_the_models_input_does_not_count(small: Path) -> None:
    encoder = CrossEncoder(str(small))
    long, longer = encoder(QUESTION, ["bridge " * 300, "bridge " * 300 + "ferry " * 50])
    assert long == pytest.approx(longer)
    (score,) = encoder("bridge " * 300, ["ferry " * 300])
    assert 0 < score < 1


def test_no_texts_need_no_model() -> None:
    assert CrossEncoder("nowhere/such-model")(QUESTION, []) == []


def test_making_a_cross_encoder_imports_neither_torch_nor_the_library() -> None:
    code = (
        "import sys; from rag.cross_encoder import CrossEncoder; CrossEncoder('x'); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_model_that_is_not_here_is_refused_by_name() -> None:
    with pytest.raises(ModelUnavailable, match=r"nowhere/such-model.*model_download"):
        CrossEncoder("nowhere/such-model").load()


def test_a_model_with_more_than_one_score_is_refused(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "entailment", label_count=2)
    with pytest.raises(ModelUnsuitable, match=r"entailment.*has 2 scores.*`reranker`"):
        CrossEncoder(str(folder))(QUESTION, TEXTS)


def test_an_embedding_model_is_refused_rather_than_given_a_score_by_chance(
    embedder: Embedder,
) -> None:
    with pytest.raises(ModelUnsuitable, match=r"no cross-encoder \(BertModel\)"):
        CrossEncoder(str(embedder.folder)).load()


def test_a_folder_with_pickled_weights_alone_is_refused(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = save_model(tmp_path / "pickled")
    weights = folder / "model.safetensors"
    torch.save(load_file(weights), folder / "pytorch_model.bin")
    weights.unlink()
    with pytest.raises(ModelUnavailable, match=r"pickled holds no \.safetensors weights"):
        CrossEncoder(str(folder)).load()


def test_code_that_comes_with_a_model_is_not_run(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "own-code")
    trace = tmp_path / "trace"
    (folder / "own.py").write_text(f"open({str(trace)!r}, 'w')\nclass C: pass\nclass M: pass\n")
    auto = {"AutoConfig": "own.C", "AutoModelForSequenceClassification": "own.M"}
    change_json(folder / "config.json", model_type="own", auto_map=auto)
    with pytest.raises(ModelUnsuitable, match=r"own-code.*cannot be loaded"):
        CrossEncoder(str(folder)).load()
    assert not trace.exists()


def test_a_score_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = save_model(tmp_path / "broken")
    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"] += float("inf")
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelUnsuitable, match=r"broken.*not finite"):
        CrossEncoder(str(folder))(QUESTION, TEXTS)


@pytest.fixture
def with_reranker(tmp_path: Path, embedder: Embedder) -> Callable[[Path], Chatbot]:
    def make(model: Path) -> Chatbot:
        made = Chatbot(Settings(index=tmp_path / "index", reranker=str(model)))
        share_models(made, embedder)
        return made

    return make


@pytest.fixture
def build_with_both(
    folder: Path,
    build_index: Callable[..., BuildReport],
    with_reranker: Callable[[Path], Chatbot],
    small: Path,
    turned: Path,
) -> Callable[[], list[tuple[Path, Chatbot]]]:
    """Builds the index of ``folder`` as it then is → each of the two models, and a chatbot over
    the index that has it as its reranker.
    """

    def make() -> list[tuple[Path, Chatbot]]:
        build_index(folder)
        return [(model, with_reranker(model)) for model in (small, turned)]

    return make


def test_hits_stand_in_the_order_of_the_cross_encoder_with_its_scores(
    build_with_both: Callable[[], list[tuple[Path, Chatbot]]],
) -> None:
    orders = []
    for model, chatbot in build_with_both():
        hits = chatbot.search(QUESTION).hits
        texts = [
            chatbot.article(h.chunk.article_id).text[h.chunk.start : h.chunk.end] for h in hits
        ]
        expected = CrossEncoder(str(model))(QUESTION, texts)
        assert [h.score for h in hits] == pytest.approx(expected, abs=1e-3)
        assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
        assert all(h.reasons[-1] == f"re-ordered by {model.name}" for h in hits)
        orders.append([h.chunk for h in hits])
    assert len(orders[0]) == 3
    assert orders[0] == orders[1][::-1]


def test_hits_beyond_the_first_thirty_stay_below_them(
    folder: Path, build_with_both: Callable[[], list[tuple[Path, Chatbot]]]
) -> None:
    for i in range(40):
        news = f"In village {i} the repair of the iron bridge will cost {i * 37} crowns a year."
        (folder / f"village-{i}.txt").write_text(f"Village {i} repairs its iron bridge\n\n{news}\n")
    first = []
    for model, chatbot in build_with_both():
        hits = chatbot.search(QUESTION, 43).hits
        marked = [f"re-ordered by {model.name}" in h.reasons for h in hits]
        assert len(hits) > RERANKED_COUNT
        assert marked == [i < RERANKED_COUNT for i in range(len(hits))]
        assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
        first.append([h.chunk for h in hits])
    assert set(first[0][:30]) == set(first[1][:30])
    assert first[0][30:] == first[1][30:]


def test_undated_articles_stay_last_where_days_restrict(
    folder: Path, build_with_both: Callable[[], list[tuple[Path, Chatbot]]]
) -> None:
    for name, text in (("ferry", FERRY), ("orchard", ORCHARD)):
        (folder / f"{name}.txt").write_text(f"Published: 3 May 2024\n\n{text}")
    filters = Filters(first_day=date(2024, 5, 1))
    for _, chatbot in build_with_both():
        hits = chatbot.search(QUESTION, filters=filters).hits
        assert [h.chunk.article_id for h in hits][2:] == ["bridge.txt"]


def test_loading_the_chatbot_loads_the_cross_encoder(
    with_reranker: Callable[[Path], Chatbot], small: Path
) -> None:
    chatbot = with_reranker(small)
    chatbot.load()
    assert chatbot._reranker is not None
    assert "_model" in vars(chatbot._reranker)
    with pytest.raises(ModelUnavailable, match="neither a folder nor on this machine"):
        with_reranker(Path("nowhere/such-model")).load()
