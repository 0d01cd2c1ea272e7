"""The network of ``rag/comprehension.py``, to be fitted: the packaged encoder with low-rank changes.

Every linear layer W of the encoder becomes W + (alpha / rank) · B · A (LoRA, Hu et al. 2021, section
4.1); only A, B, the two token type vectors and the heads are fitted, so that what is shipped is a
hundredth of the encoder. Needs torch and transformers alone, not the rest of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from rag.comprehension import ALPHA_BY_RANK

HEAD = 128
LINEARS = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense")


class LowRank(nn.Module):
    """A linear layer that stays, and what is added to it."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.linear = linear
        self.a = nn.Parameter(torch.empty(rank, linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))
        nn.init.normal_(self.a, std=1 / rank)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of shape (…, in) → (…, out)."""
        return self.linear(x) + ALPHA_BY_RANK * ((self.dropout(x) @ self.a.T) @ self.b.T)


@dataclass
class Batch:
    """Sequences side by side. ``ids``, ``types``, ``mask`` and ``sentence`` are of shape (sequences,
    tokens); ``sentence`` is the number of the sentence a token is of, −1 of none. ``count`` is the
    greatest number of sentences in a sequence."""

    ids: torch.Tensor
    types: torch.Tensor
    mask: torch.Tensor
    sentence: torch.Tensor
    count: int


class ReadingNet(nn.Module):
    """Question and text as one sequence → a score for each sentence, for "none of them", and for
    each token as the first and the last of an answer.
    """

    def __init__(self, folder: Path, rank: int) -> None:
        super().__init__()
        from transformers import AutoModel

        self.bert: Any = AutoModel.from_pretrained(
            str(folder), attn_implementation="sdpa", add_pooling_layer=False
        ).float()
        for parameter in self.bert.parameters():
            parameter.requires_grad = False
        for name, module in list(self.bert.named_modules()):
            if isinstance(module, nn.Linear) and name.endswith(LINEARS):
                parent, _, last = name.rpartition(".")
                setattr(self.bert.get_submodule(parent), last, LowRank(module, rank))
        self.bert.embeddings.token_type_embeddings.weight.requires_grad = True
        width = self.bert.config.hidden_size
        self.pool = nn.Linear(width, 1)
        self.ends = nn.Linear(width, 2)
        self.hidden = nn.Linear(2 * width + 2, HEAD)
        self.score = nn.Linear(HEAD, 1)
        self.none = nn.Linear(width, 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """→ scores (sequences, sentences), −1e9 where there is none; of "none" (sequences,); of
        ends (sequences, tokens, 2).
        """
        states = self.bert(
            input_ids=batch.ids, token_type_ids=batch.types, attention_mask=batch.mask
        ).last_hidden_state.float()
        inside = batch.sentence[:, None, :] == torch.arange(
            batch.count, device=batch.ids.device
        ).view(1, -1, 1)
        ends = self.ends(states)
        share = self.pool(states)[..., 0][:, None, :].masked_fill(~inside, -1e9).softmax(-1)
        share = share * inside
        even = inside / inside.sum(-1, keepdim=True).clamp(min=1)
        best = ends.transpose(1, 2)[:, :, None, :].masked_fill(~inside[:, None], -1e4).amax(-1)
        features = torch.cat([share @ states, even @ states, best.permute(0, 2, 1)], -1)
        scores = self.score(self.dropout(torch.tanh(self.hidden(features))))[..., 0]
        scores = scores.masked_fill(~inside.any(-1), -1e9)
        return scores, self.none(states[:, 0])[..., 0], ends

    def fitted(self) -> dict[str, torch.Tensor]:
        """What is fitted, by name."""
        return {n: p.detach() for n, p in self.named_parameters() if p.requires_grad}
