"""Asks MultiHop-RAG's inference questions → how often the reference answer stands in what is shown.

    python -m tests.eval.measure_answers --index DIR --rows FILE

Out of fold: each question is answered by the networks that ``train_answer_model`` fits without its
fold, to the rows that it keeps with ``--rows``. Prints also the lengths of the sentences shown, how
many quotes stand at their place, and how many questions were refused.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import rag.extractive
from rag.chatbot import Chatbot
from rag.confidence import AnswerModel
from rag.network import network_from
from rag.records import Answer
from rag.sentence_signals import SENTENCE_SIGNALS
from rag.settings import load_settings
from tests.eval.answer_rows import ASKED_ON, Row, folds_of, load, with_readings
from tests.eval.cases import multihop_queries, squeezed
from tests.eval.networks import as_json
from tests.eval.train_answer_model import (
    fit_answers,
    fit_sentences,
    out_of_fold,
    threshold,
)


@contextmanager
def models(rows: list[Row], folds: list[int], fold: int, limit: float) -> Iterator[None]:
    """The product's models exchanged for those that saw nothing of a fold."""
    columns = list(range(len(SENTENCE_SIGNALS)))
    training = [row for row, of in zip(rows, folds, strict=True) if of != fold]
    fitted = fit_sentences(training, columns)
    network = network_from(json.loads(as_json(fitted, SENTENCE_SIGNALS)))
    logistic = fit_answers(training, [fitted.scores(row.signals) for row in training])
    before = rag.extractive.sentence_model, rag.extractive.answer_model
    rag.extractive.sentence_model = lambda: network  # type: ignore[assignment]
    rag.extractive.answer_model = lambda: AnswerModel(logistic, limit)  # type: ignore[assignment]
    try:
        yield
    finally:
        rag.extractive.sentence_model, rag.extractive.answer_model = before


def main() -> None:
    """Runs the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--readings", type=Path, required=True)
    options = parser.parse_args()
    rows = with_readings(load(options.rows), options.readings, "out_of_fold")
    folds = folds_of(options.readings)
    fold_of = {row.question: fold for row, fold in zip(rows, folds, strict=True)}
    chatbot = Chatbot(load_settings(index=options.index))
    asked = [
        q for q in multihop_queries()
        if q["question_type"] == "inference_query" and q["query"] in fold_of
    ]  # fmt: skip
    found: list[tuple[str, Answer]] = []
    columns = list(range(len(SENTENCE_SIGNALS)))
    limit = threshold(rows, out_of_fold(rows, folds, columns).probabilities)
    for fold in sorted(set(folds)):
        with models(rows, folds, fold, limit):
            for query in asked:
                if fold_of[query["query"]] == fold:
                    answer = chatbot.ask(str(query["query"]), today=ASKED_ON)
                    found.append((str(query["answer"]), answer))
    report(chatbot, found)


def report(chatbot: Chatbot, found: list[tuple[str, Answer]]) -> None:
    """Prints the figures."""
    shown = [
        any(squeezed(reference).lower() in squeezed(s.text).lower() for s in answer.sentences)
        for reference, answer in found
    ]
    first = [
        bool(answer.sentences)
        and squeezed(reference).lower() in squeezed(answer.sentences[0].text).lower()
        for reference, answer in found
    ]
    lengths = [len(s.text) for _, answer in found for s in answer.sentences]
    citations = [c for _, answer in found for c in answer.citations]
    exact = sum(chatbot.article(c.article_id).text[c.start : c.end] == c.quote for c in citations)
    refused = sum(answer.status == "not_found" for _, answer in found)
    counts = [len(answer.sentences) for _, answer in found if answer.sentences]
    print(f"{len(found)} questions, {refused} refused; {np.mean(counts):.2f} sentences an answer")
    print(
        f"reference answer in the first sentence {np.mean(first):.3f}, shown {np.mean(shown):.3f}"
    )
    print(f"characters of a sentence: median {np.median(lengths):.0f}, ", end="")
    print(f"p95 {np.percentile(lengths, 95):.0f}, longest {max(lengths)}")
    print(f"{exact} of {len(citations)} quotes stand at their place")


if __name__ == "__main__":
    main()
