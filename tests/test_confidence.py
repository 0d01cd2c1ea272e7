"""The fitted models: what ships, and that it computes what it was fitted as."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from rag.answer_signals import ANSWER_SIGNALS
from rag.confidence import Logistic, answer_model
from rag.sentence_model import probabilities, sentence_model
from rag.sentence_signals import SENTENCE_SIGNALS


def test_logistic_model_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(80, 3))
    y = (x @ [1.0, -2.0, 0.5] + rng.normal(size=80) > 0).astype(float)
    reference = LogisticRegression().fit((x - 1.0) / 2.0, y)
    model = Logistic(
        ("a", "b", "c"), tuple(reference.coef_[0]), (1.0,) * 3, (2.0,) * 3, reference.intercept_[0]
    )
    expected = reference.predict_proba((x - 1.0) / 2.0)[:, 1]
    np.testing.assert_allclose([model.probability(row) for row in x], expected, atol=1e-9)
    with pytest.raises(ValueError, match="zip"):
        model.probability([1.0])


def test_the_shipped_models_were_fitted_to_today_s_signals() -> None:
    model = answer_model()
    sentence_model().check(SENTENCE_SIGNALS)
    model.answer.check(ANSWER_SIGNALS)
    assert 0 < model.threshold < 1
    with pytest.raises(AssertionError, match="train it again"):
        model.answer.check((*ANSWER_SIGNALS, "another"))


def test_log_odds_become_probabilities() -> None:
    found = probabilities(np.array([0.0, np.log(3), -np.log(3), 1e6, -1e6]))
    assert found.tolist() == pytest.approx([0.5, 0.75, 0.25, 1.0, 0.0])
