"""A turn and the earlier ones → for each earlier word the chance that the turn means it.

The packaged embedding model reads the turn, the earlier questions and the last answer as one text
(QuReTeC, arXiv 2004.14652), with low-rank adapters in its upper layers (LoRA, arXiv 2106.09685)
and a head that says it of each token. Adapters and head stand in
``static/term_adapters.safetensors``, fitted by ``tests/eval/train_term_classifier.py``; whichever
model embeds the articles, this one is the packaged one. What is made of the chances is not known
here (see ``follow_up_signals``).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from rag.follow_up_candidates import Said
from rag.follow_up_need import GRAMMAR, content_words
from rag.model_files import fitted_encoder
from rag.question_tokens import read_tokens

ADAPTERS = Path(__file__).parent / "static" / "term_adapters.safetensors"
MAX_TOKENS = 256
ANSWER_WORDS = 60
"""Of the last answer so many words are read."""

KINDS = 6
TURN, LAST, BEFORE_LAST, OLDER, FIRST, ANSWER = range(KINDS)
"""What a token belongs to; a vector for each is added where the adapters begin."""

SCALE = 2.0
"""By which an adapter's change of a layer is multiplied, as it was when it was fitted."""

ADAPTED = (
    "attention.self.query", "attention.self.key", "attention.self.value",
    "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the model reads: token ids and kinds, (n,) each, and the earlier words of content that
    the turn has not, lower-cased, with the place of the first token of each.
    """

    ids: list[int]
    kinds: list[int]
    words: list[str]
    places: list[int]


def encode(turn: str, history: Sequence[Said], pieces: Callable[[str], list[int]]) -> Encoded:
    """A turn and the earlier ones, the oldest first → what the model reads: the turn, the earlier
    questions as typed from the last backwards, the last answer. ``pieces`` gives a word's token
    ids; those of the marks are BERT's.
    """
    found = Encoded([_MARK_BEGIN], [TURN], [], [])
    has = content_words(turn)
    for text, kind in _parts(turn, history):
        for number, token in enumerate(read_tokens(text)):
            ids = pieces(text[token.start : token.end])
            beyond = len(found.ids) + len(ids) >= MAX_TOKENS
            if beyond or (kind == ANSWER and number >= ANSWER_WORDS):
                break
            named = token.kind != "stop" and token.lower not in GRAMMAR and token.lower != "'s"
            if kind != TURN and named and token.lower not in has:
                found.words.append(token.lower)
                found.places.append(len(found.ids))
            found.ids.extend(ids)
            found.kinds.extend([kind] * len(ids))
        found.ids.append(_MARK_END)
        found.kinds.append(kind)
        if len(found.ids) >= MAX_TOKENS - 2:
            break
    return found


_MARK_BEGIN, _MARK_END = 101, 102  # [CLS] and [SEP]


def _parts(turn: str, history: Sequence[Said]) -> list[tuple[str, int]]:
    parts = [(turn, TURN)]
    for distance, said in enumerate(reversed(history), start=1):
        kind = {1: LAST, 2: BEFORE_LAST}.get(distance, FIRST if distance == len(history) else OLDER)
        parts.append((said.question, kind))
    if history and history[-1].answer:
        parts.append((history[-1].answer, ANSWER))
    return parts


class TermClassifier:
    """The fitted classifier; loads the model with the first turn."""

    def __init__(self, adapters: Path = ADAPTERS) -> None:
        self._adapters = adapters
        self._lock = threading.Lock()
        self._pieces: dict[str, list[int]] = {}

    def __call__(self, turn: str, history: Sequence[Said]) -> dict[str, float]:
        """Each earlier word of content, lower-cased, that the turn has not → the highest chance,
        0 to 1, that any of its mentions gets.

        Raises ModelUnsuitable where the adapters were fitted to another model.
        """
        with self._lock:
            encoded = encode(turn, history, self._pieces_of)
            if not encoded.words:
                return {}
            log_odds = self._log_odds(encoded)
        chances: dict[str, float] = {}
        for word, place in zip(encoded.words, encoded.places, strict=True):
            chance = 1 / (1 + math.exp(-max(-40.0, min(40.0, log_odds[place]))))
            chances[word] = max(chance, chances.get(word, 0.0))
        return chances

    def _pieces_of(self, word: str) -> list[int]:
        found = self._pieces.get(word)
        if found is None:
            if len(self._pieces) > 50_000:
                self._pieces.clear()
            tokenizer = self._loaded[0]
            found = tokenizer(word, add_special_tokens=False, verbose=False)["input_ids"]
            self._pieces[word] = found = found or [tokenizer.unk_token_id]
        return found

    def _log_odds(self, encoded: Encoded) -> list[float]:
        import torch

        _, model, parts, first = self._loaded
        with torch.inference_mode():
            x = model.embeddings(input_ids=torch.tensor([encoded.ids]))
            for number, layer in enumerate(model.encoder.layer):
                if number == first:
                    x = x + parts["kinds"][torch.tensor([encoded.kinds])].to(x.dtype)
                x = layer(x)
                x = x[0] if isinstance(x, tuple) else x
            scores = x.float() @ parts["head.weight"][0] + parts["head.bias"]
        return [float(score) for score in scores[0]]

    @cached_property
    def _loaded(self) -> tuple[Any, Any, dict[str, Any], int]:
        """The tokenizer, the model with the adapters in its weights, the head's and the kinds'
        vectors, and the number of the layer at which the adapters begin.
        """
        found = fitted_encoder(self._adapters)
        first = int(found.facts["first_layer"])
        for number, layer in enumerate(found.encoder.encoder.layer):
            if number >= first:
                _adapt(layer, number, found.tensors)
        return found.tokenizer, found.encoder.to(found.dtype), found.tensors, first


def _adapt(layer: Any, number: int, parts: dict[str, Any]) -> None:
    """Adds the adapters' change to a layer's weights: W + B A · SCALE."""
    for name in ADAPTED:
        weight = layer.get_submodule(name).weight.data
        change = parts[f"{number}.{name}.b"] @ parts[f"{number}.{name}.a"]
        weight += change * SCALE


@cache
def term_classifier() -> TermClassifier:
    """The classifier that comes with the package."""
    return TermClassifier()
