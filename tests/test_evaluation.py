"""The measures, against cases worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.errors import QuestionsUnreadable
from rag.evaluation import evaluate, read_questions, score
from rag.records import BuildReport


def test_average_precision_counts_each_evidence_where_it_is_first_found() -> None:
    texts = ["nothing", "has fact one", "again fact one", "fact\ntwo and fact  three"]
    hits10, hits4, precision, reciprocal, every = score(
        texts, ["fact one", "fact two", "fact three", "fact four"]
    )
    assert (hits10, hits4, every) == (1, 1, 0)
    assert precision == pytest.approx((1 / 2 + 2 / 4) / 4)
    assert reciprocal == pytest.approx(1 / 2)


def test_only_the_first_ten_count() -> None:
    assert score(["x"] * 10 + ["fact"], ["fact"]) == (0, 0, 0, 0, 0)
    assert score(["x"] * 9 + ["fact"], ["fact"]) == (1, 0, 0.1, 0.1, 1)


def test_questions_are_measured_by_kind(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"query": "What will the bridge cost?", "question_type": "cost", "evidence": '
        '["The repair will cost 3.2 million crowns and take two years."]}\n\n'
        '{"query": "Who wins?", "question_type": "cost", "evidence": [{"fact": "Nobody knows."}]}\n'
        '{"query": "Left out, it has none.", "evidence": []}\n'
    )
    every, cost = evaluate(chatbot, read_questions(file))
    assert (every.kind, every.count, every.hits_at_10, every.mrr_at_10) == ("all", 2, 0.5, 0.5)
    assert cost.kind == "cost"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"query": "A?", "evidence": ["x"]}\nno json', "line 2"),
        ('{"question": "A?", "evidence": ["x"]}', "line 1.*query"),
        ('{"query": "A?", "evidence": [7]}', "line 1"),
        ('["A?"]', "line 1"),
        ("", "no question with evidence"),
    ],
)
def test_a_malformed_file_is_refused_with_the_line(
    tmp_path: Path, content: str, message: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(content)
    with pytest.raises(QuestionsUnreadable, match=message):
        read_questions(file)
