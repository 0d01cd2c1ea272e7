"""Questions files: what is taken, what is left out, what is refused and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.errors import QuestionsUnreadable
from rag.evaluation_questions import EvaluationQuestion, read_questions


def test_a_question_has_evidence_or_articles_or_both(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '\ufeff{"query": "A?", "evidence": ["One.", {"fact": "Two.", "url": "x"}], "id": 7}\n'
        "\n"
        '{"query": "B?", "articles": ["a.txt", "b/c.md", "a.txt"], "question_type": " why\\t so "}\r\n'
        '{"query": "C\u2028D?", "evidence": ["Three."], "articles": ["a.txt"]}'
    )
    found = read_questions(file)
    assert found.questions == (
        EvaluationQuestion(1, "A?", ("One.", "Two."), (), ""),
        EvaluationQuestion(3, "B?", (), ("a.txt", "b/c.md"), "why so"),
        EvaluationQuestion(4, "C\u2028D?", ("Three.",), ("a.txt",), ""),
    )
    assert found.unanswerable == ()


def test_questions_that_say_they_have_none_are_unanswerable(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"query": "A?", "evidence": []}\n{"query": "B?", "evidence": ["x"]}\n'
        '{"query": "C?", "evidence": [], "articles": ["a.txt"]}\n{"query": "D?", "articles": []}\n'
    )
    found = read_questions(file)
    assert [question.query for question in found.questions] == ["B?", "C?"]
    assert found.unanswerable == (
        EvaluationQuestion(1, "A?", (), (), ""),
        EvaluationQuestion(4, "D?", (), (), ""),
    )


GOOD = '{"query": "A?", "evidence": ["x"]}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no json", "no JSON"),
        ('{"query": "A?", "evidence": ["x"]', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('["A?"]', r"no object but \[\"A\?\"\]"),
        ("7", "no object but 7"),
        ("null", "no object but null"),
        ('{"question": "A?", "evidence": ["x"]}', '"query" is missing'),
        ('{"query": "", "evidence": ["x"]}', '"query" is empty'),
        ('{"query": " \\n", "evidence": ["x"]}', '"query" is empty'),
        ('{"query": "?!", "evidence": ["x"]}', "no word in it"),
        (json.dumps({"query": "a " * 1001, "evidence": ["x"]}), "shorten it"),
        ('{"query": 7, "evidence": ["x"]}', '"query" is no text but 7'),
        ('{"query": null, "evidence": ["x"]}', '"query" is no text but null'),
        ('{"query": "A \\ud800?", "evidence": ["x"]}', "surrogate"),
        ('{"query": "A?"}', 'neither "evidence" nor "articles"'),
        ('{"query": "A?", "answer": "B."}', 'neither "evidence" nor "articles"'),
        ('{"query": "A?", "evidence": "x"}', '"evidence" is no list but "x"'),
        ('{"query": "A?", "evidence": null}', '"evidence" is no list but null'),
        ('{"query": "A?", "evidence": {"fact": "x"}}', '"evidence" is no list'),
        ('{"query": "A?", "evidence": [7]}', "evidence is no text but 7"),
        ('{"query": "A?", "evidence": ["x", ""]}', "evidence is empty"),
        ('{"query": "A?", "evidence": [["x"]]}', "evidence is no text"),
        ('{"query": "A?", "evidence": [{"text": "x"}]}', 'has no "fact"'),
        ('{"query": "A?", "evidence": [{"fact": 7}]}', '"fact" is no text but 7'),
        ('{"query": "A?", "articles": "a.txt"}', '"articles" is no list'),
        ('{"query": "A?", "articles": [7]}', "article is no text but 7"),
        ('{"query": "A?", "articles": [""]}', "article is empty"),
        ('{"query": "A?", "evidence": ["x"], "question_type": 7}', '"question_type" is no text'),
        ('{"query": "A?", "evidence": ["x"], "question_type": null}', '"question_type" is no text'),
        ('{"query": "A?", "evidence": ["x"], "question_type": "\\ud800"}', "surrogate"),
        ('{"query": "A?", "evidence": ["x"], "question_type": "all"}', "row over all questions"),
        ('{"query": "A?", "evidence": ["x"], "question_type": " All"}', "row over all questions"),
        (
            b'{"query": "caf\xe9?", "evidence": ["x"]}',
            "byte 0xe9 at character 15 is no UTF-8; save",
        ),
        ("\u00e9\u00e9".encode() + b"\xff", "byte 0xff at character 3 is no UTF-8"),
    ],
)
def test_a_malformed_line_is_refused_with_its_number(
    tmp_path: Path, line: str | bytes, message: str
) -> None:
    file = tmp_path / "questions.jsonl"
    raw = line if isinstance(line, bytes) else line.encode()
    file.write_bytes(b"\n".join([GOOD.encode(), b"", raw, GOOD.encode(), b""]))
    with pytest.raises(QuestionsUnreadable, match=f"questions.jsonl, line 3: .*{message}"):
        read_questions(file)


def test_a_file_of_unanswerable_questions_is_taken_where_answers_are_judged(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"query": "A?", "evidence": []}')
    found = read_questions(file, for_answers=True)
    assert (found.questions, len(found.unanswerable)) == ((), 1)
    file.write_text("")
    with pytest.raises(QuestionsUnreadable, match=r"holds no question\."):
        read_questions(file, for_answers=True)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "no question with evidence or articles"),
        (b'{"query": "A?", "evidence": []}', "no question with evidence or articles"),
        (GOOD.encode("utf-16"), "line 1: byte 0xff at character 1 is no UTF-8"),
    ],
)
def test_a_file_without_questions_is_refused(tmp_path: Path, raw: bytes, message: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(raw)
    with pytest.raises(QuestionsUnreadable, match=message):
        read_questions(file)


def test_a_folder_or_nothing_in_the_files_place_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.jsonl"):
        with pytest.raises(QuestionsUnreadable, match="cannot be read"):
            read_questions(path)
