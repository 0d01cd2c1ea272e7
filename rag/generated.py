"""Hits and an extractive answer → an answer phrased by a language model, every sentence checked.

Each sentence is shown once it has been checked against the chunks it cites: with the exact places
that support it, or marked as unsupported with the reason. Where the model fails, in whatever way,
the extractive answer stands, with one notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rag.as_of import newest
from rag.chunking import Span, sentence_spans
from rag.citations import Citations
from rag.draft import DraftSentence, read_draft, says_no_answer
from rag.errors import LanguageModelFailed
from rag.index import Snapshot
from rag.lines import has_stop
from rag.llm import LanguageModel
from rag.prompt import NumberedChunk, chat_messages
from rag.records import Answer, AnswerSentence, Article, Hit
from rag.support import NO_CITATION, Statement, find_support

MAX_SENTENCES = 8
"""What is written beyond is not read. One to five are asked for."""

LONGEST_SENTENCE = 1_000
"""In characters; a longer one is cut and not checked, which would take minutes for 100,000."""

_TOO_LONG = "it is longer than a sentence"
_ENDS = re.compile(r"[.!?\n\]]")  # only then can a sentence have been completed
_READ_AGAIN = 1.01
"""All is read again once it is so much longer: 100,000 line ends are not read as often."""
UNFINISHED = "The language model is still writing; each sentence is checked as it comes."
_INSTEAD = "{} The answer is made of the articles' own sentences instead."
_NOTHING = "The language model found no answer in what it was given."
_NONE_SUPPORTED = "No sentence of the language model was supported by the articles."


def numbered_chunks(snapshot: Snapshot, hits: Sequence[Hit]) -> tuple[NumberedChunk, ...]:
    """Hits → their chunks, numbered from 1 in this order."""
    return tuple(
        NumberedChunk(
            number, snapshot.article(hit.chunk.article_id), (hit.chunk.start, hit.chunk.end)
        )
        for number, hit in enumerate(hits, 1)
    )


def generate(
    extractive: Answer,
    chunks: Sequence[NumberedChunk],
    model: LanguageModel,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Answer]:
    """An answer without a language model, and the chunks it was made from → the answer that the
    model phrases: as it grows, one sentence more each time, and whole with the last.

    The last is ``extractive`` with a notice where the model fails, says that the chunks do not
    answer, or writes nothing that they support. Nothing more comes once ``stopped`` says so.
    """
    checker = _Checker(chunks)
    text, shown, cut, read_at = "", 0, False, 0
    pieces = model.write(chat_messages(extractive.searched_for, chunks), stopped)
    try:
        for piece in pieces:
            if stopped():
                return
            text, cut = text + piece.text, cut or piece.cut
            if len(text) < read_at or not _ENDS.search(piece.text) or says_no_answer(text):
                continue
            read_at = int(_READ_AGAIN * len(text))
            complete = read_draft(text)[:-1]
            if shown < len(complete):
                shown = len(complete)
                growing = checker.answer(extractive, complete)
                if growing.citations:
                    yield replace(growing, notice=UNFINISHED)
            if shown >= MAX_SENTENCES:
                break
        if stopped():
            return
        sentences = read_draft(text)
        if cut and sentences and not has_stop(sentences[-1].text):
            sentences.pop()
        if not sentences:
            raise model.failed("answered nothing")
    except LanguageModelFailed as error:
        yield _instead(extractive, error)
        return
    finally:
        pieces.close()
    if says_no_answer(text):
        yield _instead(extractive, _NOTHING)
        return
    answer = checker.answer(extractive, sentences)
    if all(sentence.verdict == "unsupported" for sentence in answer.sentences):
        answer = _instead(extractive, _NONE_SUPPORTED)
    yield answer


def _instead(extractive: Answer, reason: object) -> Answer:
    notices = (_INSTEAD.format(reason), extractive.notice)
    return replace(extractive, notice=" ".join(filter(None, notices)))


class _Checker:
    """Checks sentences against the chunks that they cite; each once, however often it is asked."""

    def __init__(self, chunks: Sequence[NumberedChunk]) -> None:
        self._places = {chunk.number: _sentences(chunk) for chunk in chunks}
        self._checked: dict[DraftSentence, tuple[list[tuple[Article, Span]], str]] = {}

    def answer(self, extractive: Answer, sentences: Sequence[DraftSentence]) -> Answer:
        citations = Citations()
        once = dict.fromkeys(sentences[:MAX_SENTENCES])  # small models repeat themselves
        made = tuple(self._sentence(sentence, citations) for sentence in once)
        return replace(
            extractive,
            notice="",  # of the sentences that are shown no more
            sentences=made,
            citations=citations.all(),
            as_of=newest(citations.all()),
            method="language model",
        )

    def _sentence(self, sentence: DraftSentence, citations: Citations) -> AnswerSentence:
        if len(sentence.text) > LONGEST_SENTENCE:
            text = sentence.text[:LONGEST_SENTENCE].rstrip() + "…"
            return AnswerSentence(text, (), verdict="unsupported", reason=_TOO_LONG)
        if sentence not in self._checked:
            self._checked[sentence] = self._check(sentence)
        places, reason = self._checked[sentence]
        if reason:
            return AnswerSentence(sentence.text, (), verdict="unsupported", reason=reason)
        numbers = tuple(citations.number(article, span) for article, span in places)
        quotes = [article.text[start:end] for article, (start, end) in places]
        return AnswerSentence(
            sentence.text, numbers, verdict="verbatim" if sentence.text in quotes else "supported"
        )

    def _check(self, sentence: DraftSentence) -> tuple[list[tuple[Article, Span]], str]:
        known = [number for number in sentence.numbers if number in self._places]
        places = list(dict.fromkeys(place for n in known for place in self._places[n]))
        if not places:
            return [], NO_CITATION
        found = find_support(sentence.text, [_statement(*place) for place in places])
        return [places[place] for place in found.places], found.reason


def _sentences(chunk: NumberedChunk) -> list[tuple[Article, Span]]:
    """The places of a chunk's sentences."""
    start, end = chunk.span
    spans: Iterable[Span] = sentence_spans(chunk.article.text)
    return [(chunk.article, (a, b)) for a, b in spans if start <= a and b <= end]


def _statement(article: Article, span: Span) -> Statement:
    about = (article.title, article.source)
    return Statement(article.text[span[0] : span[1]], about, article.published)
