"""The measures, against cases worked out by hand and other implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
import pytrec_eval
from scipy import stats

from rag.measures import ARTICLE_MEASURES, EVIDENCE_MEASURES, article_figures, bootstrap, score


def test_average_precision_counts_each_evidence_where_it_is_first_found() -> None:
    texts = ["nothing", "has fact one", "again fact one", "fact\ntwo and fact  three"]
    found = score(texts, ["fact one", "fact two", "fact three", "fact four"])
    assert tuple(found) == EVIDENCE_MEASURES
    assert found == {
        "Hits@10": 1, "Hits@4": 1, "MAP@10": pytest.approx((1 / 2 + 2 / 4) / 4),
        "MRR@10": 1 / 2, "all evidence@10": 0,
    }  # fmt: skip


def test_only_the_first_ten_count() -> None:
    assert tuple(score(["x"] * 10 + ["fact"], ["fact"]).values()) == (0, 0, 0, 0, 0)
    assert tuple(score(["x"] * 9 + ["fact"], ["fact"]).values()) == (1, 0, 0.1, 0.1, 1)
    assert tuple(score(["x"] * 4 + ["fact"], ["fact"]).values()) == (1, 0, 0.2, 0.2, 1)
    assert tuple(score([], ["fact"]).values()) == (0, 0, 0, 0, 0)


def test_average_precision_is_at_most_one_for_more_than_ten_sentences() -> None:
    evidence = [f"sentence {letter}." for letter in "abcdefghijklmn"]
    assert score([" ".join(evidence)], evidence)["MAP@10"] == pytest.approx(1.0)


def test_article_measures_are_what_a_calculation_by_hand_gives() -> None:
    # Relevant a and b; a is second, b fourth of the ranking.
    found = article_figures(
        {"1": {"a": 1, "b": 1}}, {"1": {"x": 1.0, "a": 0.9, "y": 0.8, "b": 0.7}}
    )
    gain = 1 / math.log2(3) + 1 / math.log2(5)
    ideal = 1 + 1 / math.log2(3)
    assert tuple(found["1"]) == ARTICLE_MEASURES
    assert found["1"] == pytest.approx({"nDCG@10": gain / ideal, "RR@10": 0.5, "R@10": 1})


def test_article_measures_are_those_of_trec_eval() -> None:
    rng = np.random.default_rng(4)
    names = [f"a{n}" for n in range(40)]
    relevant = {
        str(q): dict.fromkeys(rng.choice(names, rng.integers(1, 6), replace=False).tolist(), 1)
        for q in range(200)
    }
    run = {
        str(q): {
            name: 1 / rank
            for rank, name in enumerate(rng.choice(names, 10, replace=False).tolist(), 1)
        }
        for q in range(200)
    }
    judge = pytrec_eval.RelevanceEvaluator(relevant, {"ndcg_cut.10", "recip_rank", "recall.10"})
    expected = judge.evaluate(run)
    found = article_figures(relevant, run)
    assert any(0 < figures["nDCG@10"] < 1 for figures in found.values())
    for question, figures in found.items():
        theirs = expected[question]
        assert figures["nDCG@10"] == pytest.approx(theirs["ndcg_cut_10"])
        assert figures["RR@10"] == pytest.approx(theirs["recip_rank"])
        assert figures["R@10"] == pytest.approx(theirs["recall_10"])


def test_a_question_that_nothing_was_found_for_counts_as_zero() -> None:
    found = article_figures({"1": {"a": 1}, "2": {"b": 1}}, {"1": {"a": 1.0}, "2": {}})
    assert set(found["1"].values()) == {1.0}
    assert set(found["2"].values()) == {0.0}


def test_the_interval_is_that_of_scipys_percentile_bootstrap() -> None:
    rng = np.random.default_rng(7)
    values = np.column_stack([rng.integers(0, 2, 300), rng.beta(2, 1, 300)]).astype(float)
    for column, figure in zip(values.T, bootstrap(values), strict=True):
        expected = stats.bootstrap(
            (column,), np.mean, n_resamples=20_000, method="percentile", random_state=1
        ).confidence_interval
        width = expected.high - expected.low
        assert figure.mean == pytest.approx(column.mean())
        # 1,000 resamples place an end of the interval within a tenth of its width.
        assert figure.low == pytest.approx(expected.low, abs=width / 10)
        assert figure.high == pytest.approx(expected.high, abs=width / 10)


def test_the_interval_of_one_value_is_that_value_and_the_same_values_give_the_same() -> None:
    (figure,) = bootstrap(np.full((9, 1), 0.25))
    assert (figure.mean, figure.low, figure.high) == pytest.approx((0.25, 0.25, 0.25))
    values = np.random.default_rng(3).random((50, 2))
    assert bootstrap(values) == bootstrap(values)
