"""Rows of signals of several candidates each → a fitted network as ``rag.network`` computes it.

Fits by ListNet (Cao et al. 2007): a softmax over a question's candidates against those that are
right; with ``pointwise``, the log loss of each candidate by itself is added, so that a score is the
log odds of its candidate's being right. Knows no signal by name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

Array = npt.NDArray[np.float64]

LIMIT = 6.0
"""Signals are clipped to so many standard deviations."""
BATCH_QUESTIONS = 64
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-2
DROPOUT = 0.1


class Net(torch.nn.Module):
    """What ``rag.network.Network`` computes, to be fitted."""

    def __init__(self, inputs: int, hidden: int) -> None:
        super().__init__()
        self.first = torch.nn.Linear(inputs, hidden)
        self.second = torch.nn.Linear(hidden, hidden // 2)
        self.out = torch.nn.Linear(hidden // 2, 1)
        self.direct = torch.nn.Linear(inputs, 1)
        self.dropout = torch.nn.Dropout(DROPOUT)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of shape (…, signals) → (…)."""
        hidden = self.dropout(torch.nn.functional.silu(self.first(x)))
        hidden = self.dropout(torch.nn.functional.silu(self.second(hidden)))
        return (self.out(hidden) + self.direct(x)).squeeze(-1)


@dataclass(frozen=True)
class Fitted:
    """A network with what its signals are scaled by."""

    net: Net
    means: Array
    scales: Array

    def scores(self, signals: Array) -> Array:
        """Of shape (n, signals) → (n,)."""
        x = np.clip((signals - self.means) / self.scales, -LIMIT, LIMIT)
        with torch.inference_mode():
            found: Array = self.net(torch.tensor(x, dtype=torch.float32)).numpy().astype(float)
        return found


def fit_network(
    signals: Sequence[Array],
    right: Sequence[Array],
    weights: Sequence[float],
    *,
    hidden: int,
    epochs: int,
    pointwise: float = 0.0,
) -> Fitted:
    """One array of shape (candidates, signals) and one of 0 and 1 of shape (candidates,), and a
    weight, for each question. Without ``pointwise`` each has to have a right candidate.
    """
    rows = np.concatenate(signals)
    means, scales = rows.mean(0), rows.std(0) + 1e-6
    width = max(len(each) for each in signals)
    x = torch.zeros(len(signals), width, rows.shape[1])
    target = torch.zeros(len(signals), width)
    absent = torch.ones(len(signals), width, dtype=torch.bool)
    for i, (each, labels) in enumerate(zip(signals, right, strict=True)):
        x[i, : len(each)] = torch.tensor(np.clip((each - means) / scales, -LIMIT, LIMIT))
        target[i, : len(each)] = torch.tensor(labels)
        absent[i, : len(each)] = False
    weight = torch.tensor(weights, dtype=torch.float32)
    torch.manual_seed(2026)
    net = Net(rows.shape[1], hidden)
    optimizer = torch.optim.AdamW(net.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = epochs * (len(signals) // BATCH_QUESTIONS)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps + 1)
    for _ in range(epochs):
        for chosen in torch.randperm(len(signals)).split(BATCH_QUESTIONS):
            if len(chosen) < BATCH_QUESTIONS:
                continue
            scores = net(x[chosen]).masked_fill(absent[chosen], -1e9)
            losses = _losses(scores, target[chosen], absent[chosen], pointwise)
            loss = (losses * weight[chosen]).sum() / weight[chosen].sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    net.eval()
    return Fitted(net, means, scales)


def _losses(
    scores: torch.Tensor, target: torch.Tensor, absent: torch.Tensor, pointwise: float
) -> torch.Tensor:
    count = target.sum(1, keepdim=True)
    shares = target / count.clamp(min=1)
    losses = -(shares * torch.log_softmax(scores, 1)).sum(1)
    if pointwise:
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            scores.clamp(min=-30), target, reduction="none"
        )
        losses = losses + pointwise * each.masked_fill(absent, 0).sum(1)
    return losses


def as_json(model: Fitted, names: Sequence[str]) -> str:
    """The network as ``rag.network`` reads it, a line for each row of numbers."""

    def row(values: Array) -> str:
        return json.dumps([float(f"{value:.6g}") for value in values])

    def layer(linear: torch.nn.Linear) -> str:
        weights = linear.weight.detach().numpy().T
        rows = ",\n".join(row(each) for each in weights)
        return f'{{"weights": [\n{rows}],\n"biases": {row(linear.bias.detach().numpy())}}}'

    layers = ",\n".join(
        f'"{name}": {layer(getattr(model.net, name))}'
        for name in ("first", "second", "out", "direct")
    )
    return (
        f'{{"signals": {json.dumps(list(names))},\n"means": {row(model.means)},\n'
        f'"scales": {row(model.scales)},\n"limit": {LIMIT},\n{layers}}}\n'
    )
