"""An index → example questions that it answers, each made from an article's own words.

The chatbot is asked each candidate: what it answers from the very sentence that the question was
made of is kept. So a question that is badly made, or asks for what other articles know better,
leaves by itself. That takes some seconds, so it happens behind, once for each generation.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.example_questions import Example, Kind, example_questions, specificity
from rag.page_html import escaped
from rag.records import Answer, ArticleSummary
from rag.wording import iso_day

SHOWN_COUNT = 6
_ARTICLE_COUNT = 60  # are looked through; half are the newest, half from all over the rest
_ASKED_COUNT = 36  # candidates at most; some seconds of one core
_PAUSE_SECONDS = 0.05  # after each: whoever asks meanwhile comes first
_LEAST_CONFIDENCE = 0.5  # of an answer that cites the sentence the question was made of
_SURE_CONFIDENCE = 0.75  # of one that cites another sentence of that article
_LEAST_SPECIFIC = 4
_SPECIFIC_ENOUGH = 6
_KINDS: tuple[Kind, ...] = (
    "how much", "how many", "why", "when", "said", "where", "who", "age", "role",
)  # fmt: skip
_MOST_OF_A_KIND = 2

_LOG = logging.getLogger(__name__)


class Examples:
    """Example questions of an index. Safe to use from several threads."""

    def __init__(self, chatbot: Chatbot) -> None:
        self._chatbot = chatbot
        self._lock = threading.Lock()
        self._begun = 0
        self._made: tuple[int, tuple[str, ...]] = (0, ())

    def prepare(self, generation: int) -> None:
        """Begins to make those of a generation, where nobody has. The model has to be loaded."""
        with self._lock:
            if self._begun == generation:
                return
            self._begun = generation
        threading.Thread(
            target=self._make, args=(generation,), name="examples", daemon=True
        ).start()

    def questions(self, generation: int) -> tuple[str, ...] | None:
        """Those of a generation; None while they are being made."""
        made, questions = self._made
        return questions if made == generation else None

    def _make(self, generation: int) -> None:
        questions: tuple[str, ...] = ()
        try:
            questions = find_examples(self._chatbot)
        except BroadsheetError:  # whoever asks is told
            pass
        except Exception:
            _LOG.exception("Example questions could not be made")
        self._made = generation, questions


def find_examples(chatbot: Chatbot, count: int = SHOWN_COUNT) -> tuple[str, ...]:
    """At most that many questions that the index answers, of different kinds and articles."""
    chosen: list[Example] = []
    kinds: Counter[Kind] = Counter()
    for example in _candidates(chatbot):
        if len(chosen) == count:
            break
        known = any(_alike(example, other) for other in chosen)
        if known or kinds[example.kind] == _MOST_OF_A_KIND:
            continue
        if _is_answered(chatbot.ask(example.question), example):
            chosen.append(example)
            kinds[example.kind] += 1
        time.sleep(_PAUSE_SECONDS)
    return tuple(example.question for example in chosen)


def _candidates(chatbot: Chatbot) -> list[Example]:
    """What is worth asking, the kinds taking turns: what costs what before who is who."""
    by_kind: dict[Kind, list[Example]] = {kind: [] for kind in _KINDS}
    asked: set[str] = set()
    for summary in _spread(chatbot.articles()):
        for example in example_questions(chatbot.article(summary.id)):
            plain = example.kind not in ("role", "age", "why")
            if plain and specificity(example.question) < _LEAST_SPECIFIC:
                continue
            if example.question not in asked:
                asked.add(example.question)
                by_kind[example.kind].append(example)
    for found in by_kind.values():
        found.sort(key=lambda e: -min(specificity(e.question), _SPECIFIC_ENOUGH))
    return list(_in_turn(list(by_kind.values())))[:_ASKED_COUNT]


def _in_turn(lists: Sequence[Sequence[Example]]) -> Iterator[Example]:
    for place in range(max(map(len, lists), default=0)):
        yield from (each[place] for each in lists if place < len(each))


def _spread(articles: Sequence[ArticleSummary]) -> list[ArticleSummary]:
    """The newest articles, and as many from all over the rest."""
    ordered = sorted(articles, key=lambda a: (iso_day(a.published), a.id), reverse=True)
    newest, rest = ordered[: _ARTICLE_COUNT // 2], ordered[_ARTICLE_COUNT // 2 :]
    step = max(1, len(rest) // (_ARTICLE_COUNT // 2))
    return newest + rest[::step][: _ARTICLE_COUNT // 2]


def _alike(one: Example, other: Example) -> bool:
    """Whether two questions are about the same article, or much the same in words."""
    words = [set(re.findall(r"\w{5,}", e.question.lower())) for e in (one, other)]
    return one.article_id == other.article_id or len(words[0] & words[1]) > 1


def _is_answered(answer: Answer, example: Example) -> bool:
    """Whether the answer cites the sentence that the question was made of, or is sure and begins
    with another of the same article.
    """
    if answer.status != "answered" or answer.confidence < _LEAST_CONFIDENCE:
        return False
    first = answer.citations[0]
    if answer.confidence >= _SURE_CONFIDENCE and first.article_id == example.article_id:
        return True
    return any(
        c.article_id == example.article_id and c.start < example.span[1] and example.span[0] < c.end
        for c in answer.citations
    )


def examples_html(questions: Sequence[str]) -> str:
    """The example questions as buttons; nothing where there are none."""
    if not questions:
        return ""
    rows = "".join(
        f'<li><button class="example" id="example-{number}">{escaped(question)}</button></li>'
        for number, question in enumerate(questions, 1)
    )
    return f"<h2>For example</h2><ul>{rows}</ul>"
