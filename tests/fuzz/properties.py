"""An input → what must hold for it, whatever it is; AssertionError or any other exception where it
does not. Used by the tests with hypothesis and by the coverage-guided runs.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from rag.articles import read_article
from rag.draft import read_draft, says_no_answer
from rag.errors import ArticleUnreadable, EmptyQuestion, FileNameUnusable, QuestionTooLong
from rag.file_names import LONGEST_NAME_BYTES, numbered_names, safe_name
from rag.folders import ArticleFile
from rag.follow_up import rewrite
from rag.follow_up_candidates import Said
from rag.follow_up_need import read_need
from rag.page_conversation import Conversation, read_conversation, save
from rag.pieces import Piece, pieces_of, read_piece
from rag.query import (
    MAX_QUESTION_CHARACTERS,
    Question,
    clean,
    read_question,
    separate_questions,
)
from rag.records import Article, from_json, to_json
from rag.source_names import SourceNames

TODAY = date(2024, 7, 10)
SOURCES = SourceNames(
    ["The Lenn Post", "Coast Radio", "BBC News", "Ostwick Gazette", "Time", "Коммерсантъ",
     "Reuters | World", "朝日新聞", "The Age - Sport", "a.example.com"]
)  # fmt: skip

UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Characters that no text has here: control characters, half a surrogate pair, orders to turn a
line around."""


def check_article(name: str, raw: bytes, *, path: str = "") -> None:
    """An article, or ArticleUnreadable with a reason of one line."""
    try:
        article = read_article(name, raw, path=path)
    except ArticleUnreadable as error:
        assert str(error).strip()
        assert "\n" not in str(error), str(error)
        assert not UNFIT.search(str(error)), repr(str(error))
        return
    _check_fields(article)
    assert from_json(Article, to_json(article)) == article


def _check_fields(article: Article) -> None:
    assert article.text.strip()
    assert article.title
    assert not UNFIT.search(article.text), UNFIT.search(article.text)
    of_line = (article.title, article.source, article.url, article.language, article.encoding)
    for line in (*of_line, *article.authors, *article.remarks):
        assert not UNFIT.search(line), repr(line)
        assert "\n" not in line, repr(line)
    end = 0
    for first, last in article.notes:
        assert end <= first < last <= len(article.text)
        end = last


def check_lines(folder: Path, raw: bytes) -> None:
    """A file of several articles: its pieces lie in it one after the other, each with a name of
    its own, and each is an article or unreadable.
    """
    path = folder / "lines.jsonl"
    path.write_bytes(raw)
    names: set[str] = set()
    end = 0
    for piece in pieces_of(ArticleFile("lines.jsonl", path)):
        if not isinstance(piece, Piece):
            assert piece.reason
            continue
        assert piece.length is not None
        assert end <= piece.start < piece.start + piece.length <= len(raw)
        end = piece.start + piece.length
        assert piece.id not in names
        names.add(piece.id)
        piece.id.encode()
        check_article(piece.id, read_piece(piece), path=piece.path)


def check_question(text: str) -> None:
    """A question, or EmptyQuestion or QuestionTooLong; what it is divided into is of its words."""
    try:
        question = read_question(text, sources=SOURCES, today=TODAY, newest=TODAY)
    except (EmptyQuestion, QuestionTooLong) as error:
        assert str(error)
        return
    _check_question(question)
    assert len(question.parts) != 1
    for part in separate_questions(question):
        assert part.text
        assert set(part.words) <= set(question.words)
    again = read_question(question.text, sources=SOURCES, today=TODAY, newest=TODAY)
    assert again == question  # what was searched for can be asked
    need = read_need(question.text)
    for slot in need.slots:
        assert 0 <= slot.start < slot.end <= len(question.text)


def _check_question(question: Question) -> None:
    assert question.terms
    assert not UNFIT.search(question.text)
    assert "\n" not in question.text
    assert set(question.words) <= set(question.terms)
    assert set(question.names) <= set(question.words)
    assert all(phrase in question.text for phrase in question.quoted)
    for period in question.periods:
        assert 0 <= period.start < period.end <= len(question.text)
    for part in question.parts:
        assert part.text in question.text
        assert set(part.words) <= set(question.terms)


def check_draft(text: str) -> None:
    """What a language model wrote: sentences of one line, with numbers that a mark can have."""
    says_no_answer(text)
    for sentence in read_draft(text):
        assert sentence.text.strip() == sentence.text != ""
        assert not UNFIT.search(sentence.text)
        assert "\n" not in sentence.text
        assert all(0 <= number <= 999 for number in sentence.numbers)
        assert len(set(sentence.numbers)) == len(sentence.numbers)


def check_conversation(saved: object) -> None:
    """What the browser kept: a conversation, which is kept and read again as it is."""
    conversation = read_conversation(saved)
    if conversation != Conversation():
        assert read_conversation(save(conversation)) == conversation


def check_name(given: str) -> None:
    """An upload's name: one that stays in its folder and shows as it is, or FileNameUnusable."""
    try:
        name = safe_name(given)
    except FileNameUnusable as error:
        assert str(error)
        return
    assert not name.startswith(".")
    assert not re.search(r"[/\\]", name)
    assert name.isprintable()
    assert len(next(numbered_names(name)).encode()) <= LONGEST_NAME_BYTES
    assert safe_name(name) == name


def check_follow_up(turn: str, asked: str, answered: str) -> None:
    """A turn after another: a question of one line that can be asked, or EmptyQuestion or
    QuestionTooLong.
    """
    try:
        found = rewrite(turn, [Said(clean(asked), clean(asked), clean(answered))])
        read_question(found)
    except (EmptyQuestion, QuestionTooLong):
        return
    assert "\n" not in found
    assert not UNFIT.search(found)
    assert len(found) <= max(MAX_QUESTION_CHARACTERS, len(turn))
