"""The wire, once with a server that others wrote: transformers' own, with a tiny random model.

What such a model writes means nothing; that it arrives, and that an answer stands whatever it is,
is what counts here.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.errors import LanguageModelFailed
from rag.llm import LanguageModel
from rag.settings import Settings
from tests.conftest import share_models

START_SECONDS = 240  # torch and transformers are imported, on a busy machine

TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)


def make_model(folder: Path) -> None:
    """A Llama of two layers with random weights, over single bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(["<s>", "</s>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(vocabulary), hidden_size=16, intermediate_size=32, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=32_768,
        bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    model.generation_config.max_new_tokens = 40
    model.save_pretrained(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageModel]:
    """The tiny model, served until the tests are over."""
    folder = tmp_path_factory.mktemp("tiny-model")
    make_model(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    command = Path(sys.executable).parent / "transformers"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [command, "serve", str(folder), "--host", "127.0.0.1", "--port", str(port),
             "--device", "cpu", "--dtype", "float32"],
            stdout=out, stderr=subprocess.STDOUT,
            env=os.environ | {"HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
    try:
        wait_for(process, port, log)
        yield LanguageModel(f"http://127.0.0.1:{port}/v1", str(folder), 120)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError(f"The server did not start: {log.read_text(errors='replace')[-3000:]}")


def test_a_real_server_streams_to_us(model: LanguageModel) -> None:
    pieces = list(model.write([{"role": "user", "content": "Who closed the bridge?"}]))
    assert "".join(piece.text for piece in pieces)
    assert len(pieces) > 1


def test_a_real_server_names_a_model_that_it_does_not_have(model: LanguageModel) -> None:
    other = LanguageModel(model.url, "nobody/has-this", 60)
    with pytest.raises(LanguageModelFailed, match="status"):
        list(other.write([{"role": "user", "content": "Who?"}]))


def test_the_answer_stands_whatever_a_real_model_writes(
    model: LanguageModel, news: Chatbot, embedder: Embedder
) -> None:
    settings = Settings(
        index=news.settings.index, llm_model=model.model, llm_url=model.url,
        llm_deadline_seconds=model.deadline_seconds,
    )  # fmt: skip
    chatbot = Chatbot(settings)
    share_models(chatbot, embedder)
    question = "How much will the repair of the iron bridge cost?"
    answer = chatbot.ask(question)
    assert answer.sentences == news.ask(question).sentences
    assert answer.notice.startswith(("No sentence of the language model", "The language model at"))
