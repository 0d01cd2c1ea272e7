"""A question and texts, read together → how likely each sentence of each text answers it.

Question and text go through the packaged embedding model as one sequence, so that every word of
one looks at every word of the other (machine reading comprehension; Devlin et al. 2019, section
4.2), with low-rank changes to its weights (LoRA, Hu et al. 2021, section 4.1) that were fitted by
``tests/eval/train_reading.py`` and stand in ``static/reading_model.safetensors``. Nothing here
searches or chooses.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rag.model_files import fitted_encoder

WEIGHTS = Path(__file__).parent / "static" / "reading_model.safetensors"
LONGEST_QUESTION = 96
LONGEST_HEAD = 40
LONGEST_TEXT = 360
"""In tokens; what is beyond is not read. All together fit the model's 512 places."""
LONGEST_SPAN = 24
"""In tokens, of words that answer."""
ALPHA_BY_RANK = 2.0
"""What the low-rank changes are multiplied by: alpha / rank."""
_ENCODER = "bert."
_BATCH = 4

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with what stands above it (source and title), and the half-open places of its
    sentences in it.
    """

    head: str
    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Sequenced:
    """A question and a passage as one sequence of tokens. ``sentences`` has the number of the
    sentence that each token is of, −1 where it is of none; ``places`` the half-open place in the
    passage's text of each token, (0, 0) where it is not of it.
    """

    ids: list[int]
    types: list[int]
    sentences: list[int]
    places: list[Span]


def sequenced(tokenizer: Any, question: str, passages: Sequence[Passage]) -> list[Sequenced]:
    """[CLS] question [SEP] head [SEP] text [SEP], for each passage."""
    if not passages:
        return []
    texts = [question, *(p.head for p in passages), *(p.text for p in passages)]
    found = tokenizer(
        texts, add_special_tokens=False, return_offsets_mapping=True, return_attention_mask=False,
        return_token_type_ids=False, verbose=False,
    )  # fmt: skip
    ids, places = found["input_ids"], found["offset_mapping"]
    first, between = tokenizer.cls_token_id, tokenizer.sep_token_id
    count = len(passages)
    result = []
    for number, passage in enumerate(passages):
        at = 1 + count + number
        before = [first, *ids[0][:LONGEST_QUESTION], between]
        head = [*ids[1 + number][:LONGEST_HEAD], between]
        body, spans = ids[at][:LONGEST_TEXT], places[at][:LONGEST_TEXT]
        lead = len(before) + len(head)
        result.append(
            Sequenced(
                [*before, *head, *body, between],
                [0] * len(before) + [1] * (len(head) + len(body) + 1),
                [-1] * lead + [_sentence_at(passage.spans, place) for place in spans] + [-1],
                [(0, 0)] * lead + [(start, end) for start, end in spans] + [(0, 0)],
            )
        )
    return result


def _sentence_at(spans: Sequence[Span], place: Span) -> int:
    for number, (start, end) in enumerate(spans):
        if start <= place[0] and place[1] <= end:
            return number
    return -1


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """What was made of a sentence. ``odds`` are log odds that it answers against "nothing in this
    text does"; ``span_odds`` those of its likeliest words, which stand at the half-open ``span`` of
    the sentence.
    """

    odds: float
    span_odds: float
    span: Span


UNREAD = SentenceReading(-30.0, -30.0, (0, 0))
"""Of a sentence beyond the model's input."""


class ReadingModel:
    """The packaged embedding model as a reader, whichever model embeds the articles; loaded when it
    first reads. Safe to use from several threads.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        # The tokenizer keeps its settings of the last call, so that one thread at a time uses it.
        self._lock = threading.Lock()

    def load(self) -> None:
        """Loads the model now rather than with the first question. Raises ModelUnsuitable."""
        with self._lock:
            _ = self._parts

    def read(self, question: str, passages: Sequence[Passage]) -> list[list[SentenceReading]]:
        """For each passage what was made of each of its sentences. Raises ModelUnsuitable where the
        weights were fitted to another model than the packaged one.
        """
        import torch

        with self._lock:
            tokenizer, encoder, heads = self._parts
            sequences = sequenced(tokenizer, question, passages)
            found: list[list[SentenceReading]] = [[] for _ in passages]
            order = sorted(range(len(sequences)), key=lambda i: (len(sequences[i].ids), i))
            with torch.inference_mode():
                for at in range(0, len(order), _BATCH):
                    some = order[at : at + _BATCH]
                    states = _states(encoder, [sequences[i] for i in some])
                    for place, state in zip(some, states, strict=True):
                        each, spans = sequences[place], passages[place].spans
                        found[place] = _sentences(heads, state[: len(each.ids)], each, spans)
        return found

    @cached_property
    def _parts(self) -> tuple[Any, Any, dict[str, Any]]:
        """The tokenizer, the encoder with the changes added to its weights, and the heads."""
        found = fitted_encoder(self._weights)
        encoder, fitted = found.encoder, found.tensors
        weights = encoder.state_dict()
        for name, tensor in fitted.items():
            inner = name.removeprefix(_ENCODER)
            if name.endswith(".a"):
                added = fitted[f"{name[:-2]}.b"] @ tensor
                weights[f"{inner[:-2]}.weight"] += ALPHA_BY_RANK * added
            elif inner in weights:
                weights[inner].copy_(tensor)
        encoder.to(found.dtype)
        return (
            found.tokenizer,
            encoder,
            {n: t for n, t in fitted.items() if not n.startswith(_ENCODER)},
        )


def _states(encoder: Any, sequences: Sequence[Sequenced]) -> Any:
    """Sequences → the encoder's last states, float32 of shape (sequences, tokens, width)."""
    import torch

    width = max(len(each.ids) for each in sequences)
    ids, types, mask = (torch.zeros(len(sequences), width, dtype=torch.long) for _ in range(3))
    for row, each in enumerate(sequences):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        types[row, : len(each.ids)] = torch.tensor(each.types)
        mask[row, : len(each.ids)] = 1
    found = encoder(input_ids=ids, token_type_ids=types, attention_mask=mask)
    return found.last_hidden_state.float()


def _sentences(
    heads: dict[str, Any], states: Any, sequence: Sequenced, spans: Sequence[Span]
) -> list[SentenceReading]:
    """A sequence's states, of shape (tokens, width) → what they say of each sentence.

    Each token is weighed by how much it matters in its sentence; the weighted and the plain mean of
    a sentence's tokens, with its highest scores as the begin and the end of an answer, give its
    score by one hidden layer.
    """
    import torch

    def linear(name: str, values: Any) -> Any:
        return values @ heads[f"{name}.weight"].T + heads[f"{name}.bias"]

    ends, weights = linear("ends", states), linear("pool", states)[:, 0]
    none = linear("none", states[0])[0]
    of_sentence = torch.tensor(sequence.sentences)
    found = []
    for number, (begin, _) in enumerate(spans):
        tokens = torch.nonzero(of_sentence == number)[:, 0]
        if not len(tokens):
            found.append(UNREAD)
            continue
        inside = states[tokens]
        shares = torch.softmax(weights[tokens], 0)
        features = torch.cat([shares @ inside, inside.mean(0), ends[tokens].amax(0)])
        score = linear("score", torch.tanh(linear("hidden", features)))[0]
        first, last, span_score = _best_span(ends, tokens)
        span = (sequence.places[first][0] - begin, sequence.places[last][1] - begin)
        found.append(SentenceReading(float(score - none), span_score, span))
    return found


def _best_span(ends: Any, tokens: Any) -> tuple[int, int, float]:
    """The likeliest first and last token among these, and their score against that of the first
    token of all, which stands for none.
    """
    import torch

    scores = ends[tokens, 0][:, None] + ends[tokens, 1][None, :]
    apart = tokens[None, :] - tokens[:, None]
    scores = scores.masked_fill((apart < 0) | (apart >= LONGEST_SPAN), -torch.inf)
    first, last = divmod(int(scores.argmax()), len(tokens))
    return int(tokens[first]), int(tokens[last]), float(scores[first, last] - ends[0].sum())
