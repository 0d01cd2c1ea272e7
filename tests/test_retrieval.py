"""Two lists become one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.records import BuildReport
from rag.retrieval import mix


def test_mixed_score_is_the_weighted_sum_of_both_lists_between_their_100th_and_first() -> None:
    dense = [(i, 1.0 - i / 200) for i in range(100)]  # 1.000 … 0.505
    lexical = [(99, 12.0), (0, 6.0)]
    mixed = mix(dense, lexical, dense_share=0.5)
    assert mixed[0] == pytest.approx(0.5 * 1 + 0.5 * 6 / 12)
    assert mixed[99] == pytest.approx(0.5 * 0 + 0.5 * 1)
    assert mixed[50] == pytest.approx(0.5 * (0.75 - 0.505) / 0.495)


def test_equal_scores_and_empty_lists_are_no_trouble() -> None:
    assert mix([], []) == {}
    assert mix([(1, 0.5), (2, 0.5)], [], dense_share=0.5) == {1: 0.5, 2: 0.5}
    assert mix([(1, -0.2)], []) == {1: 0.5}


def test_hits_carry_their_ranks_and_reasons(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot
) -> None:
    build_index(folder)
    first, *rest = chatbot.search("How many girders of the iron bridge are cracked?")
    assert first.chunk.article_id == "bridge.txt"
    assert (first.dense_rank, first.lexical_rank, first.score) == (1, 1, 1.0)
    assert any("girders" in reason and "bridge" in reason for reason in first.reasons)
    assert [h.score for h in rest] == sorted((h.score for h in rest), reverse=True)
    assert len({h.chunk for h in [first, *rest]}) == 1 + len(rest)


def test_a_word_of_the_title_finds_the_body(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot
) -> None:
    body = "\n\n".join(
        " ".join(f"Row {row}, tree {i} bears fruit well again." for i in range(30)) for row in range(5)
    )  # fmt: skip
    (folder / "zephyr.txt").write_text(f"Zephyrine plums come back to the valley\n\n{body}")
    build_index(folder)
    hits = chatbot.search("zephyrine")
    assert [h.chunk.article_id for h in hits if h.lexical_rank] == ["zephyr.txt"] * len(
        [h for h in hits if h.lexical_rank]
    )
    assert sum(h.lexical_rank is not None for h in hits) > 3
