"""Fits the low-rank changes and heads of ``rag/comprehension.py``.

    python -m tests.eval.train_reading --passages FILE --model FOLDER --out FOLDER [--jobs N]

``--passages`` is what ``answer_rows`` keeps of the cases' texts (.json.gz), ``--model`` the packaged
model's folder. Fits a network without each fold, one without each family of sets, and one to
everything, ``--jobs`` at a time; writes what each of the first two says of the cases it has not
seen (``readings.npz``, see ``train_answer_model``) and the last as ``reading_model.safetensors``. Ten
minutes on a graphics card, a night on two cores. Needs torch, transformers and safetensors alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import log_softmax

from rag.comprehension import Passage, Sequenced, sequenced
from rag.model_files import files_sha256
from tests.eval.reading_net import Batch, ReadingNet

FOLDS = 5
FAMILIES = ("squad", "nq", "clapnq", "multihop")
QUESTIONS_A_STEP = 32
NEGATIVES = 3
"""Texts without the answer that a question is shown with in an epoch, beside at most three with it."""
WARM_UP = 0.06
SEED = 2026


@dataclass
class Text:
    """A text that a question is read with: its sequence, which sentences answer, and the tokens with
    which a reference answer begins and ends in these."""

    sequence: Sequenced
    right: list[bool]
    starts: list[int]
    ends: list[int]
    spans_known: bool


@dataclass
class Asked:
    """A question with its texts. ``group`` is what must not be split between training and test."""

    family: str
    group: str
    gold: list[Text] = field(default_factory=list)
    others: list[Text] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """How a network is fitted, and to what: all but a fold, a family, or nothing ("")."""

    name: str
    fold: int = -1
    family: str = ""
    rank: int = 16
    rate: float = 1e-3
    epochs: int = 3


def squeezed(text: str) -> str:
    """Without white space, in small letters."""
    return re.sub(r"\s", "", text).lower()


def fold_of(groups: Sequence[str]) -> dict[str, int]:
    """Each group's fold."""
    names = sorted(set(groups))
    numbers = np.random.default_rng(SEED).integers(0, FOLDS, len(names)).tolist()
    return dict(zip(names, numbers, strict=True))


# --- what is read -----------------------------------------------------------------------------


def passage_of(data: Any, part: Any) -> Passage:
    """A text of a case as the product reads it."""
    head, text = data["texts"][part["c"]]
    return Passage(head, text, tuple((start, end) for start, end, *_ in part["s"]))


def questions_of(data: Any, tokenizer: Any) -> list[Asked]:
    """The cases and further questions → each question once, with all its texts."""
    parts: dict[tuple[str, str], dict[int, Any]] = defaultdict(dict)
    about: dict[tuple[str, str], Any] = {}
    for case in [*data["extra"], *data["rows"]]:
        key = (case["cell"].split("-")[0], case["q"])
        if key not in about or (case["answered"] and not about[key]["answered"]):
            about[key] = case
        for part in case["p"]:
            known = parts[key].get(part["c"])
            if known is None or len(part["s"]) > len(known["s"]) or part["gold"]:
                parts[key][part["c"]] = part
    found = []
    for key, case in about.items():
        asked = Asked(key[0], case["group"])
        chosen = list(parts[key].values())
        sequences = sequenced(tokenizer, case["q"], [passage_of(data, part) for part in chosen])
        for part, sequence in zip(chosen, sequences, strict=True):
            text = _text(data, case, part, sequence)
            if text is not None:
                (asked.gold if any(text.right) else asked.others).append(text)
        if asked.gold or asked.others:
            found.append(asked)
    return found


def _text(data: Any, case: Any, part: Any, sequence: Sequenced) -> Text | None:
    """None where it may answer without being known to."""
    text = data["texts"][part["c"]][1]
    named = case["type"] in ("", "inference_query")
    answers = [a for a in case["answers"] if named and len(a) < 80]
    holding = [any(squeezed(a) in squeezed(text[s:e]) for a in answers) for s, e, *_ in part["s"]]
    right = [bool(flags[2]) for flags in part["s"]]
    if case["type"] == "inference_query" and part["gold"] and any(right):
        right = [one or other for one, other in zip(right, holding, strict=True)]
    if not any(right) and (any(holding) or (part["gold"] and case["answered"])):
        return None
    kept = {n for n in sequence.sentences if n >= 0}
    right = [is_right and number in kept for number, is_right in enumerate(right)]
    starts, ends = _token_places(text, answers, right, sequence)
    return Text(sequence, right, starts, ends, bool(starts) or not any(right))


def _token_places(
    text: str, answers: Sequence[str], right: Sequence[bool], sequence: Sequenced
) -> tuple[list[int], list[int]]:
    starts, ends = set(), set()
    for answer in answers:
        pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, answer.split())) + r"(?!\w)"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            inside = [
                i for i, (start, end) in enumerate(sequence.places)
                if end and start < match.end() and end > match.start()
                and sequence.sentences[i] >= 0 and right[sequence.sentences[i]]
            ]  # fmt: skip
            if inside:
                starts.add(inside[0])
                ends.add(inside[-1])
    return sorted(starts), sorted(ends)


# --- fitting ----------------------------------------------------------------------------------


def batch_of(sequences: Sequence[Sequenced], device: str) -> Batch:
    """Sequences → one batch, padded to the longest."""
    width = max(len(s.ids) for s in sequences)
    values = np.zeros((4, len(sequences), width), dtype=np.int64)
    values[3] = -1
    for row, each in enumerate(sequences):
        size = len(each.ids)
        values[0, row, :size] = each.ids
        values[1, row, :size] = each.types
        values[2, row, :size] = 1
        values[3, row, :size] = each.sentences
    count = max(1, int(values[3].max()) + 1)
    ids, types, mask, sentence = torch.from_numpy(values).to(device)
    return Batch(ids, types, mask, sentence, count)


def _steps(asked: Sequence[Asked], rng: random.Random) -> list[list[list[Text]]]:
    """An epoch: steps of questions with some of their texts each; those of like length together."""
    chosen = []
    for question in asked:
        texts = rng.sample(question.gold, min(3, len(question.gold)))
        texts += rng.sample(question.others, min(NEGATIVES, len(question.others)))
        chosen += [texts] * (2 if question.family in ("clapnq", "multihop") else 1)
    rng.shuffle(chosen)
    steps = []
    for at in range(0, len(chosen), QUESTIONS_A_STEP * 16):
        some = chosen[at : at + QUESTIONS_A_STEP * 16]
        some.sort(key=lambda texts: max(len(t.sequence.ids) for t in texts))
        steps += [some[i : i + QUESTIONS_A_STEP] for i in range(0, len(some), QUESTIONS_A_STEP)]
    rng.shuffle(steps)
    return steps


def _loss(net: ReadingNet, questions: Sequence[Sequence[Text]], device: str) -> torch.Tensor:
    texts = [text for of_one in questions for text in of_one]
    batch = batch_of([text.sequence for text in texts], device)
    labels = np.zeros((len(texts), batch.count), dtype=bool)
    marks = np.zeros((2, len(texts), batch.ids.shape[1]), dtype=bool)
    # Each question's texts in a row; the last text of all is followed by one that says nothing.
    table = np.full((len(questions), max(map(len, questions))), len(texts))
    at = 0
    for number, of_one in enumerate(questions):
        table[number, : len(of_one)] = range(at, at + len(of_one))
        at += len(of_one)
    for row, text in enumerate(texts):
        labels[row, : min(len(text.right), batch.count)] = text.right[: batch.count]
        for which, places in enumerate((text.starts, text.ends)):
            marks[which, row, places or [0]] = True
    right, is_end = torch.from_numpy(labels).to(device), torch.from_numpy(marks).to(device)
    known = torch.tensor([text.spans_known for text in texts]).to(device)
    rows = torch.from_numpy(table).to(device)
    with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
        scores, none, ends = net(batch)
    answered = right.any(1)
    of_text = log_softmax(torch.cat([none[:, None], scores], 1), 1)
    within = torch.where(answered, _any(of_text[:, 1:], right), of_text[:, 0])
    text_token = batch.sentence >= 0
    text_token[:, 0] = True
    of_ends = log_softmax(ends.masked_fill(~text_token[..., None], -1e9), 1).permute(2, 0, 1)
    spans = _any(of_ends, is_end).mean(0)
    spans = (spans * known).sum() / known.sum().clamp(min=1)
    # Of all the texts of a question together, as the product compares them.
    odds = scores - none[:, None]
    nothing = odds.new_full((1,), -1e9)
    all_of = torch.cat([torch.logsumexp(odds, 1), nothing])[rows]
    right_of = torch.cat([_any(odds, right), nothing])[rows]
    total = torch.logsumexp(torch.cat([all_of, all_of.new_zeros(len(rows), 1)], 1), 1)
    found = torch.logsumexp(right_of, 1)
    any_right = torch.cat([answered, answered.new_zeros(1)])[rows].any(1)
    across = torch.where(any_right, found, torch.zeros_like(found)) - total
    return -(within.mean() + 0.5 * spans + across.mean())


def _any(logs: torch.Tensor, flags: torch.Tensor) -> torch.Tensor:
    """The logarithm of the probability of any of those flagged, over the last dimension."""
    return torch.logsumexp(logs.masked_fill(~flags, -1e9), -1)


def fit(
    plan: Plan, asked: Sequence[Asked], folder: Path, device: str, limit: int = 0
) -> ReadingNet:
    """A network that saw what the plan lets it see; ``limit`` steps at most, to try it."""
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    net = ReadingNet(folder, plan.rank).to(device)
    net.train()
    parameters = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, plan.rate, weight_decay=0.01, fused=device == "cuda")
    steps = [step for _ in range(plan.epochs) for step in _steps(asked, rng)][: limit or None]
    warm = max(1, int(WARM_UP * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, max(0.0, (len(steps) - n) / (len(steps) - warm)))
    )
    began = time.time()
    for number, step in enumerate(steps, 1):
        loss = _loss(net, step, device)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        if number % 200 == 0 or number == len(steps):
            print(f"{plan.name}: step {number} of {len(steps)}, loss {float(loss.detach()):.3f}, "
                  f"{time.time() - began:.0f} s", flush=True)  # fmt: skip
    net.eval()
    return net


# --- what the network says ----------------------------------------------------------------------


@torch.inference_mode()
def readings(net: ReadingNet, data: Any, cases: Sequence[Any], tokenizer: Any, device: str) -> Any:
    """For each case an array of shape (sentences, 4): the log odds against "none of the text", those
    of its best span against none, and that span's half-open place in the sentence's text.
    """
    found = []
    work = []
    for case in cases:
        size = 1 + max((i for part in case["p"] for i in part["i"]), default=-1)
        result = np.zeros((size, 4), dtype=np.float32)
        found.append(result)
        parts = case["p"]
        sequences = sequenced(tokenizer, case["q"], [passage_of(data, part) for part in parts])
        work += [(result, part, seq) for part, seq in zip(parts, sequences, strict=True)]
    order = sorted(range(len(work)), key=lambda i: len(work[i][2].ids))
    for at in range(0, len(order), 128):
        some = [work[i] for i in order[at : at + 128]]
        batch = batch_of([sequence for _, _, sequence in some], device)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            scores, none, ends = (t.float().cpu().numpy() for t in net(batch))
        for row, (result, part, sequence) in enumerate(some):
            of_sentence = np.array(sequence.sentences)
            for number, place in enumerate(part["i"]):
                tokens = np.flatnonzero(of_sentence == number)
                if len(tokens):
                    first, last, score = best_span(ends[row], tokens)
                    begin = part["s"][number][0]
                    result[place] = (
                        scores[row, number] - none[row], score,
                        sequence.places[first][0] - begin, sequence.places[last][1] - begin,
                    )  # fmt: skip
                else:
                    result[place] = (-30, -30, 0, 0)
    return found


def best_span(ends: Any, tokens: Any, longest: int = 24) -> tuple[int, int, float]:
    """The likeliest first and last token among these, and their score against the first token of
    the sequence, which stands for none."""
    starts = ends[tokens, 0][:, None] + ends[tokens, 1][None, :]
    apart = tokens[None, :] - tokens[:, None]
    starts = np.where((apart >= 0) & (apart < longest), starts, -np.inf)
    first, last = np.unravel_index(starts.argmax(), starts.shape)
    score = float(starts[first, last] - ends[0].sum())
    return int(tokens[first]), int(tokens[last]), score


def report(name: str, cases: Sequence[Any], found: Sequence[Any]) -> None:
    """How often the likeliest sentence holds a reference answer, and how well the odds tell cases
    that are answered from those that are not, by kind of case."""
    cells = defaultdict(list)
    for case, result in zip(cases, found, strict=True):
        if not len(result):
            continue
        flags = {i: s for part in case["p"] for i, s in zip(part["i"], part["s"], strict=True)}
        best = int(result[:, 0].argmax())
        ranks = (bool(flags[best][3]), bool(flags[best][4]))
        cells[case["cell"]].append((case["answered"], ranks, float(result[:, 0].max()),
                                    float(result[:, 1].max())))  # fmt: skip
    for cell, rows in sorted(cells.items()):
        yes = [r for r in rows if r[0]]
        no = [r for r in rows if not r[0]]
        line = f"{name}: {cell:<14}{len(rows):>5}"
        if yes:
            line += f"  first {np.mean([r[1][0] for r in yes]):.3f}"
            line += f" answer {np.mean([r[1][1] for r in yes]):.3f}"
        if yes and no:
            for column in (2, 3):
                line += f"  AUROC {_auroc([r[column] for r in yes], [r[column] for r in no]):.3f}"
            cut = np.quantile([r[2] for r in yes], 0.05)
            line += f"  at 5 % {np.mean([r[2] < cut for r in no]):.3f}"
        print(line, flush=True)


def _auroc(yes: Sequence[float], no: Sequence[float]) -> float:
    ranks = np.argsort(np.argsort(np.array([*no, *yes]))) + 1
    return float((ranks[len(no) :].sum() - len(yes) * (len(yes) + 1) / 2) / (len(yes) * len(no)))


# --- the command --------------------------------------------------------------------------------


class _RememberingTokenizer:
    """A tokenizer that takes each text apart once."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, tuple[list[int], list[tuple[int, int]]]] = {}
        self.cls_token_id, self.sep_token_id = tokenizer.cls_token_id, tokenizer.sep_token_id

    def __call__(self, texts: Sequence[str], **options: Any) -> dict[str, Any]:
        new = list({text: None for text in texts if text not in self._known})
        if new:
            found = self._tokenizer(new, **options)
            pairs = zip(found["input_ids"], found["offset_mapping"], strict=True)
            self._known.update(zip(new, pairs, strict=True))
        known = [self._known[text] for text in texts]
        return {"input_ids": [i for i, _ in known], "offset_mapping": [p for _, p in known]}


_READ: dict[str, Any] = {}
"""What all jobs read, made once and inherited by their processes."""


def work(plan: Plan, options: argparse.Namespace) -> tuple[Plan, list[int], list[Any]]:
    """Fits the plan's network; what it says of the cases that it has not seen, by their number."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data, tokenizer, asked, folds = (_READ[n] for n in ("data", "tokenizer", "asked", "folds"))
    seen = [a for a in asked if folds[a.group] != plan.fold and a.family != plan.family]
    print(f"{plan.name}: {len(seen)} of {len(asked)} questions", flush=True)
    net = fit(plan, seen, options.model, device, options.steps)
    numbers = [
        i for i, case in enumerate(data["rows"])
        if folds[case["group"]] == plan.fold or case["cell"].split("-")[0] == plan.family
    ]  # fmt: skip
    cases = [data["rows"][i] for i in numbers]
    found = readings(net, data, cases, tokenizer, device)
    report(plan.name, cases, found)
    if plan.name == "all":
        from safetensors.torch import save_file

        about = {"rank": str(plan.rank), "model_sha256": files_sha256(options.model)}
        tensors = {n: t.to("cpu", torch.float16).contiguous() for n, t in net.fitted().items()}
        save_file(tensors, options.out / "reading_model.safetensors", about)
    return plan, numbers, found


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("passages", "model", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--steps", type=int, default=0, help="at most so many, to try it")
    parser.add_argument("--plan", default="{}", help="rank, rate and epochs, as JSON")
    options = parser.parse_args()
    given = json.loads(options.plan)
    plans = [Plan("all", **given)]
    plans += [Plan(f"fold {number}", number, **given) for number in range(FOLDS)]
    plans += [Plan(f"without {name}", family=name, **given) for name in FAMILIES]
    from transformers import AutoTokenizer

    data = json.loads(gzip.decompress(options.passages.read_bytes()))
    tokenizer = _RememberingTokenizer(AutoTokenizer.from_pretrained(str(options.model)))
    folds = fold_of([case["group"] for case in [*data["rows"], *data["extra"]]])
    _READ.update(data=data, tokenizer=tokenizer, folds=folds, asked=questions_of(data, tokenizer))
    print(f"{len(_READ['asked'])} questions read", flush=True)
    kept: dict[str, Any] = {"folds": np.array([folds[case["group"]] for case in data["rows"]])}
    # Forked before any of them touches the graphics card: what was read is theirs without a copy.
    with ProcessPoolExecutor(options.jobs, get_context("fork")) as pool:
        for plan, numbers, found in pool.map(work, plans, [options] * len(plans)):
            kind = "left_out" if plan.family else "out_of_fold"
            for number, result in zip(numbers, found, strict=True):
                kept[f"{kind}-{number}"] = result.astype(np.float16)
            np.savez_compressed(options.out / "readings.npz", **kept)


if __name__ == "__main__":
    main()
