"""Every parser of outside input, given anything: only the documented errors are raised, what comes
out has no character that no text has, places lie inside, and what is made to be slow is not.

``python -m tests.fuzz.articles`` and ``python -m tests.fuzz.questions`` look for longer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.articles import read_article
from rag.chunking import MAX_SENTENCE_CHARACTERS, sentence_spans
from rag.errors import (
    AnswerUnreadable,
    ArticleUnreadable,
    FileNameUnusable,
    QuestionsUnreadable,
)
from rag.evaluation_questions import read_questions
from rag.file_names import safe_name
from rag.page_conversation import KEPT_EXCHANGES, Conversation, Exchange, messages, save
from rag.records import to_json
from rag.saved_answers import read_turns
from tests.fuzz import articles as article_fuzzing
from tests.fuzz import questions as question_fuzzing
from tests.fuzz.properties import (
    UNFIT,
    check_article,
    check_conversation,
    check_draft,
    check_follow_up,
    check_lines,
    check_name,
    check_question,
)
from tests.test_saved_answers import answer, answers

ANY = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
LETTERS = st.text(st.characters(codec=None), max_size=30)  # half surrogate pairs too


def pieces(*words: str) -> st.SearchStrategy[str]:
    """Texts of these words in any order, with anything between."""
    return st.lists(st.sampled_from(words) | LETTERS, max_size=30).map("".join)


# --- questions -------------------------------------------------------------------------------

ASKED = pieces(
    *[
        "Who",
        "What did ",
        ", and ",
        "; ",
        "? ",
        '"',
        "“",
        "”",
        "«",
        "Time",
        "The Age",
        "BBC News",
        "not ",
        "other than ",
        "since ",
        "between ",
        "3",
        "May ",
        "2023",
        "last week",
        "published on ",
        "Monday",
        "yesterday",
        "Petrak",
        "she ",
        "it ",
        "they ",
        "there",
        "’s ",
        "'s ",
        "\u200d",
        "\u202e",
        "\x1b[31m",
        "朝日新聞",
        "Коммерсантъ",
        "1.000,5",
        "-",
        "\n",
    ]
)


@ANY
@given(ASKED)
def test_any_question_is_read_or_refused(text: str) -> None:
    check_question(text)


@ANY
@given(ASKED, ASKED, ASKED)
def test_any_follow_up_is_one_line_or_refused(turn: str, asked: str, answered: str) -> None:
    check_follow_up(turn, asked, answered)


@ANY
@given(
    pieces(
        "[1]", "[", "]", "(2)", "【3†x】", "[1-999]", "[4; 5", "<think>", "</think>", "**", "`", "- ",
        "1. ", "\n", ". ", "“", "NO ANSWER", "\x1b[31m", "\u202e",
    )
)  # fmt: skip
def test_whatever_a_language_model_writes_is_read(text: str) -> None:
    check_draft(text)


@ANY
@given(
    pieces(
        "/",
        "\\",
        "..",
        ".",
        " ",
        "\0",
        "\u202e",
        ".txt",
        ".tar",
        "a",
        "é",
        "e\u0301",
        "\ufffd" * 90,
    )
)
def test_any_name_of_an_upload_stays_in_its_folder(name: str) -> None:
    check_name(name)


# --- files -----------------------------------------------------------------------------------


@ANY
@given(
    pieces('{"id": 1, ', '"text": "a"}', "\n", "\r\n", "[", "]", "{", "}", ",", '"', "\\", "\\ud800",
           "\\u0000", '{"id": "x", "text": "One."}', '{"url": "https://a.b/c", "body": "Two."}', "\ufeff", "null")
)  # fmt: skip
def test_any_file_of_lines_is_pieces_that_lie_in_it(tmp_path: Path, text: str) -> None:
    check_lines(tmp_path, text.encode("utf-8", "surrogatepass"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=8,
)
NAMES = ("query", "evidence", "articles", "question_type", "fact")
ROW = st.fixed_dictionaries(
    {}, optional={name: JSON | st.sampled_from(["Who?", ["a"], [], "all"]) for name in NAMES}
)


@ANY
@given(st.lists(JSON.map(json.dumps) | ROW.map(json.dumps) | LETTERS, max_size=4).map("\n".join))
def test_any_questions_file_is_read_or_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        found = read_questions(path, for_answers=True)
    except QuestionsUnreadable as error:
        assert "\n" not in str(error)
        str(error).encode()
        return
    for question in (*found.questions, *found.unanswerable):
        assert 1 <= question.line <= text.count("\n") + text.count("\r") + 1
        for each in (question.query, *question.evidence, *question.articles, question.kind):
            each.encode()


@ANY
@given(answers(), st.data())
def test_any_damaged_answer_is_read_or_refused_with_the_field(
    answer: object, data: st.DataObject
) -> None:
    raw = to_json(answer).encode()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    new = data.draw(
        st.sampled_from([b"", b"null", b"-1", b'"x"', b"1e400", b"[", b"\xff", b'"\\ud800"'])
    )
    check_saved(raw[:start] + new + raw[end:])


@ANY
@given(JSON.map(json.dumps) | LETTERS)
def test_any_json_is_a_saved_answer_or_refused(text: str) -> None:
    check_saved(text.encode("utf-8", "surrogatepass"))
    check_saved(f'{{"turns": [{text}]}}'.encode("utf-8", "surrogatepass"))


def check_saved(raw: bytes) -> None:
    try:
        turns = read_turns(raw, "a.json")
    except AnswerUnreadable as error:
        assert not UNFIT.search(str(error)), repr(str(error))
        assert "\n" not in str(error)
        return
    for turn in turns:
        for citation in turn.answer.citations:
            assert 0 <= citation.start < citation.end
            assert citation.end - citation.start == len(citation.quote)


# --- the conversation that the browser kept --------------------------------------------------


@ANY
@given(JSON | JSON.map(json.dumps) | LETTERS | st.binary(max_size=20))
def test_anything_in_place_of_a_conversation_is_an_empty_one(saved: object) -> None:
    check_conversation(saved)


@ANY
@given(st.lists(answers(), max_size=2), st.data())
def test_any_damaged_conversation_is_read_or_an_empty_one_and_can_be_shown(
    given_answers: list[object], data: st.DataObject
) -> None:
    exchanges = tuple(Exchange("Who?", each) for each in given_answers)  # type: ignore[arg-type]
    saved = save(Conversation(exchanges))
    check_conversation(saved)
    at = data.draw(st.integers(0, len(saved)))
    new = data.draw(st.sampled_from(["", "null", "-1", '"x"', "[", "9" * 400, "\\ud800"]))
    damaged = saved[:at] + new + saved[at + len(new) :]
    check_conversation(damaged)


# --- seeds of the long runs ------------------------------------------------------------------


@pytest.mark.parametrize("run", [article_fuzzing, question_fuzzing], ids=["articles", "questions"])
def test_the_seeds_of_the_long_runs_pass_and_reach_every_kind(run: object) -> None:
    target = run.target()  # type: ignore[attr-defined]
    kinds = set()
    for seed in run.seeds():  # type: ignore[attr-defined]
        kinds.add(seed[0])
        target(seed)
    assert len(kinds) >= len(run.KINDS) - 1  # type: ignore[attr-defined]


# --- what the long runs found ----------------------------------------------------------------


def test_the_reason_why_an_email_is_unreadable_has_no_control_characters() -> None:
    types = b"multipart/mixed; boundary=x\n\n--x\nContent-Type: image/p\x07ng\x1b[31m\n\nx\n--x--\n"
    check_article("a.eml", b"From: a@b.example\nSubject: x\nContent-Type: " + types)
    with pytest.raises(ArticleUnreadable, match="only"):
        read_article("a.eml", b"From: a@b.example\nSubject: x\nContent-Type: " + types)


def test_a_name_of_which_only_signs_are_left_when_it_is_cut_is_refused() -> None:
    with pytest.raises(FileNameUnusable):
        safe_name("\ufffd" * 300 + "a.txt")


def test_a_mark_that_search_takes_into_a_word_divides_none_in_the_parts_of_a_question() -> None:
    check_question(
        "How tall is the old bri\u0483dge of Ostwick, and who keeps the new ferry of Lenn?"
    )


def test_half_a_letter_in_what_a_language_model_writes_is_left_out() -> None:
    check_draft("It closed \ud800on Monday [1].")


def test_a_line_of_quotation_marks_that_never_close_is_divided_in_time() -> None:
    started = time.perf_counter()
    text = "“" * 1_000_000
    spans = sentence_spans(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert not sentence_spans(" " * 1_000_000)
    assert time.perf_counter() - started < 60


@ANY
@given(
    st.lists(st.sampled_from(["“", "a", " ", ". ", "x" * 700, "\n", "? ”"]), max_size=60).map(
        "".join
    )
)
def test_sentences_of_very_long_lines_hold_every_letter_once_and_in_order(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(0 < b - a <= MAX_SENTENCE_CHARACTERS for a, b in spans)


# --- made to be slow -------------------------------------------------------------------------

LONG = 200_000
REPEATED = [
    " ", "a", "a ", "A ", "?", "and ", ", and ", '"', "“", "(", "[1", "[1] ", "**", "<think>", "- ",
    "1. ", "3 May ", "between ", "since ", "Time ", "The ", "she ", "it ", "'s ", "\u0301", "\u200d",
    "\x1b[", "e\u0301", "\n", "{", '{"a":', "\\", "../", ".", "not ", "of ", "2024-", "1,", "א",
]  # fmt: skip


def saved_check(text: str) -> None:
    check_saved(text.encode())
    check_saved(b'{"turns":' + text.encode())


@pytest.mark.parametrize(
    "check",
    [check_question, check_draft, check_name, check_conversation, saved_check],
    ids=lambda check: check.__name__,
)
def test_a_text_of_one_repeated_pattern_is_read_in_time(check: Callable[[str], object]) -> None:
    for pattern in REPEATED:
        started = time.perf_counter()
        check(pattern * (LONG // len(pattern)))
        check(pattern * (2_000 // len(pattern)))  # as long as a question may be
        assert time.perf_counter() - started < 10, pattern


@pytest.mark.parametrize("pattern", REPEATED)
def test_a_follow_up_of_one_repeated_pattern_is_read_in_time(pattern: str) -> None:
    started = time.perf_counter()
    text = pattern * (1_900 // len(pattern))
    check_follow_up(f"she {text}", text, text * 2)
    assert time.perf_counter() - started < 10


def test_a_conversation_as_long_as_one_may_be_is_shown_in_time() -> None:
    started = time.perf_counter()
    conversation = Conversation((Exchange("Who?", answer()),) * KEPT_EXCHANGES)
    assert len(messages(conversation)) == 2 * KEPT_EXCHANGES
    assert time.perf_counter() - started < 10
