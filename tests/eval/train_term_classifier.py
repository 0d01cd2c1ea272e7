"""Fits the adapters of ``rag/term_classifier.py`` on invented follow-ups.

    python -m tests.eval.train_term_classifier [--rounds 3] [--out FILE]

Each round invents the follow-ups anew (``invented_follow_ups.py``), some 5,700, and goes once over
them. No conversation that follow-ups are measured on is seen. Low-rank adapters in the upper
layers, a vector for each kind of token, and a head are fitted; the packaged model stays as it is.
One core takes ten minutes. Fit the choice anew afterwards: ``tests.eval.train_follow_ups --write``.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import AutoModel, AutoTokenizer

from rag.embedding import Embedder
from rag.term_classifier import ADAPTED, ADAPTERS, KINDS, SCALE, Encoded, encode
from tests.eval.invented_follow_ups import Invented, Inventor

FIRST_LAYER = 3
RANK = 12
RATE = 1.5e-3
BATCH = 32

Example = tuple[Encoded, list[bool]]


class Adapted(nn.Module):
    """A linear layer plus a low-rank change of it: Wx + b + B(Ax) · SCALE."""

    def __init__(self, inner: nn.Linear) -> None:
        super().__init__()
        self.inner = inner.bfloat16()
        self.a = nn.Parameter(torch.randn(RANK, inner.in_features) / math.sqrt(inner.in_features))
        self.b = nn.Parameter(torch.zeros(inner.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.bfloat16()
        changed: torch.Tensor = self.inner(x) + (x @ self.a.T) @ self.b.T * SCALE
        return changed


class Terms(nn.Module):
    """The packaged model with adapters; gives log-odds for each token."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.bert = AutoModel.from_pretrained(str(folder)).float()
        for parameter in self.bert.parameters():
            parameter.requires_grad_(False)
        self.layers = self.bert.encoder.layer
        for layer in self.layers[FIRST_LAYER:]:
            for name in ADAPTED:
                layer.set_submodule(name, Adapted(layer.get_submodule(name)))
        size = self.bert.config.hidden_size
        self.kinds = nn.Parameter(torch.zeros(KINDS, size))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(size, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(self.head.bias, -1.5)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
        """Ids, mask and kinds of shape (texts, tokens) → log-odds of the same shape."""
        with torch.no_grad():
            x = self._through(self.bert.embeddings(input_ids=ids), mask, self.layers[:FIRST_LAYER])
        x = self._through(x + self.kinds[kinds], mask, self.layers[FIRST_LAYER:])
        scores: torch.Tensor = self.head(self.drop(x)).squeeze(-1)
        return scores

    def _through(self, x: torch.Tensor, mask: torch.Tensor, layers: Any) -> torch.Tensor:
        for layer in layers:
            x = layer(x, mask[:, None, None, :])
            x = x[0] if isinstance(x, tuple) else x
        return x

    def parts(self) -> dict[str, torch.Tensor]:
        """What was fitted, named as ``rag/term_classifier.py`` reads it, as float16."""
        found = {"kinds": self.kinds, "head.weight": self.head.weight, "head.bias": self.head.bias}
        for number, layer in enumerate(self.layers):
            if number >= FIRST_LAYER:
                for name in ADAPTED:
                    adapted = layer.get_submodule(name)
                    found |= {f"{number}.{name}.a": adapted.a, f"{number}.{name}.b": adapted.b}
        return {name: part.detach().half().contiguous() for name, part in found.items()}


def encode_all(found: Sequence[Invented], tokenizer: Any) -> list[Example]:
    """Follow-ups → what the model reads of each, and whether each word is wanted."""
    known: dict[str, list[int]] = {}

    def pieces(word: str) -> list[int]:
        if word not in known:
            ids = tokenizer(word, add_special_tokens=False)["input_ids"]
            known[word] = ids or [tokenizer.unk_token_id]
        return known[word]

    encoded = [encode(each.turn, each.history, pieces) for each in found]
    return [
        (e, [word in each.wanted for word in e.words])
        for e, each in zip(encoded, found, strict=True)
        if e.words
    ]


def batches(examples: Sequence[Example], chance: random.Random) -> Iterator[list[Example]]:
    """Examples → batches of about the same length, in any order."""
    order = list(examples)
    chance.shuffle(order)
    found = []
    for at in range(0, len(order), BATCH * 8):
        alike = sorted(order[at : at + BATCH * 8], key=lambda example: len(example[0].ids))
        found += [alike[i : i + BATCH] for i in range(0, len(alike), BATCH)]
    chance.shuffle(found)
    yield from found


def loss_of(model: Terms, batch: Sequence[Example]) -> torch.Tensor:
    """A batch → the mean cross-entropy over its words."""
    shape = (len(batch), max(len(encoded.ids) for encoded, _ in batch))
    ids, kinds = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    mask = torch.zeros(shape, dtype=torch.bool)
    wanted = torch.full(shape, -1.0)
    for row, (encoded, labels) in enumerate(batch):
        count = len(encoded.ids)
        ids[row, :count] = torch.tensor(encoded.ids)
        kinds[row, :count] = torch.tensor(encoded.kinds)
        mask[row, :count] = True
        wanted[row, encoded.places] = torch.tensor(labels, dtype=torch.float)
    with torch.autocast("cpu", torch.bfloat16):
        scores = model(ids, mask, kinds).float()
    kept = wanted >= 0
    return nn.functional.binary_cross_entropy_with_logits(scores[kept], wanted[kept])


def fit(rounds: int) -> Terms:
    """Fits for so many rounds, printing the mean loss of each."""
    torch.manual_seed(1)
    chance = random.Random(1)
    folder = Embedder().folder
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = Terms(folder)
    model.train()
    fitted = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(fitted, lr=RATE, weight_decay=0.01)
    step = 0
    for number in range(rounds):
        began, total = time.monotonic(), 0.0
        made = list(batches(encode_all(Inventor(number + 1).invent(), tokenizer), chance))
        steps = len(made) * rounds
        for batch in made:
            share = step / steps
            optimizer.param_groups[0]["lr"] = RATE * min(share / 0.1, max(0.02, 1 - share))
            loss = loss_of(model, batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(fitted, 1.0)
            optimizer.step()
            total, step = total + loss.item(), step + 1
        print(
            f"round {number + 1} of {rounds}: loss {total / len(made):.4f}, "
            f"{time.monotonic() - began:.0f} s",
            flush=True,
        )
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ADAPTERS)
    arguments = parser.parse_args()
    model = fit(arguments.rounds)
    metadata = {"model_sha256": Embedder().sha256, "first_layer": str(FIRST_LAYER)}
    save_file(model.parts(), str(arguments.out), metadata)
    arguments.out.chmod(0o644)  # the library leaves it to its owner alone


if __name__ == "__main__":
    main()
