"""A question and texts → how well each text answers it, by a sentence-transformers cross-encoder.

The model reads the question and a text together, which costs a pass for each pair: it is for the
best few, and nothing here chooses them. torch and sentence_transformers are loaded with the first
texts, not when a ``CrossEncoder`` is made.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import ModelUnsuitable
from rag.model_files import deciding_files, load_options, model_folder

BATCH_SIZE = 32


class CrossEncoder:
    """A cross-encoder with one score. ``name`` is a folder or a model name. Safe to use from
    several threads, which take turns.
    """

    def __init__(self, name: str, *, download: bool = False) -> None:
        self.name = name
        self._download = download
        self._lock = threading.Lock()

    def load(self) -> None:
        """Loads the model now rather than with the first texts.

        Raises ModelUnavailable where its files are not on this machine and ``download`` is off,
        ModelUnsuitable where it is no cross-encoder or has not exactly one score.
        """
        with self._lock:
            _ = self._model

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        """A question and texts → their scores in 0…1, higher is better, in the order given. What
        is beyond the model's input does not count.

        The same question and texts give the same scores; what else is in a batch may move a
        score's last digits. Raises what ``load`` does, ModelUnsuitable also where a score is not
        finite.
        """
        if not texts:
            return []
        # One at a time: a tokenizer's cut and padding are set with each batch, which fails while
        # another thread has it at work; torch takes all cores for one batch anyway.
        with self._lock:
            log_odds: npt.NDArray[np.float64] = self._model.predict(
                [(question, text) for text in texts],
                batch_size=BATCH_SIZE,
                show_progress_bar=False,
            ).astype(np.float64)
        if not np.isfinite(log_odds).all():
            raise ModelUnsuitable(f"Model {self.name!r} gave scores that are not finite.")
        return [float(score) for score in 1 / (1 + np.exp(-np.clip(log_odds, -40, 40)))]

    @cached_property
    def _model(self) -> Any:
        folder = model_folder(self.name, download=self._download)
        deciding_files(folder)  # the weights and the tokenizer are there
        options = load_options(download=self._download)
        from sentence_transformers import CrossEncoder as Model

        try:
            # Models differ in whether the library takes the sigmoid of their scores, as their
            # configuration says. Here none does, so that it is taken exactly once, in __call__.
            model = Model(str(folder), activation_fn=lambda scores: scores, **options)
        except Exception as error:
            raise ModelUnsuitable(
                f"Model {self.name!r} cannot be loaded as a cross-encoder: {error}"
            ) from error
        model.eval()
        self._check(model)
        for module in model.modules():
            if getattr(module, "out_features", None) == 1:
                # A bfloat16 score has two or three digits, and many texts would tie.
                module.float()
                module.register_forward_pre_hook(lambda _, inputs: (inputs[0].float(),))
        return model

    def _check(self, model: Any) -> None:
        # Without this an embedding model would be taken, its missing score filled with chance.
        architectures = model.config.architectures or []
        if getattr(model[0], "transformer_task", "") == "sequence-classification" and not any(
            name.endswith("ForSequenceClassification") for name in architectures
        ):
            raise ModelUnsuitable(
                f"Model {self.name!r} is no cross-encoder ({', '.join(architectures)}): it was "
                "not trained to score pairs of texts; set `reranker` to one that was."
            )
        if model.num_labels != 1:
            raise ModelUnsuitable(
                f"Model {self.name!r} has {model.num_labels} scores for a pair of texts, and which "
                "of them says that the text answers is not known; set `reranker` to a "
                "cross-encoder with one."
            )
        if not model.max_seq_length:
            raise ModelUnsuitable(f"Model {self.name!r} states no greatest input length.")
