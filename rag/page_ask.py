"""Questions in, the conversation with their answers out, as they grow; each can be stopped.

Nothing here imports gradio: ``page_ask_tab`` wires it to what is on the screen.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from rag.chatbot import Chatbot
from rag.errors import BroadsheetError
from rag.page_answer import MOST_SENTENCES, STAGES
from rag.page_conversation import (
    KEPT_EXCHANGES,
    Conversation,
    Exchange,
    Waiting,
    Wish,
    read_conversation,
    turns,
)
from rag.page_wishes import Wanted
from rag.records import Answer, AnswerUpdate, Turn
from rag.sentence_choice import MAX_SENTENCES
from rag.wording import excerpt

UNEXPECTED = "Something went wrong that should not; the terminal says what. Try again."
INTERRUPTED = "This question was not answered: the page was closed or loaded anew meanwhile."
STOPPED = "Stopped before there was an answer."
STOPPED_EARLY = "Stopped before the language model had finished."

LOADING, SEARCHING, READING, WRITING = STAGES
_STAGE_OF = {
    "searching": SEARCHING, "reading": READING, "answering": WRITING, "checking": WRITING,
}  # fmt: skip
_LONGEST_SHOWN = 500  # characters of a question that was refused
_TICK_SECONDS = 0.1  # how soon a stop is noticed, and how often an answer that grows is shown
_SILENT_SECONDS = 1.0  # how soon a closed tab frees its place

_LOG = logging.getLogger(__name__)


class Run:
    """The question that a browser tab has in progress: one at most, and it can be stopped.

    A copy is a new one: Gradio copies a state's first value for each tab.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stop: threading.Event | None = None

    def __deepcopy__(self, memo: object) -> Run:
        return Run()

    def begin(self) -> threading.Event | None:
        """What tells the question that it is stopped; None where another is in progress."""
        with self._lock:
            if self._stop is not None:
                return None
            self._stop = threading.Event()
            return self._stop

    def holds(self, stop: threading.Event) -> bool:
        """Whether that question is still the one in progress."""
        return self._stop is stop

    def end(self, stop: threading.Event) -> None:
        """That question has ended; another may come."""
        with self._lock:
            if self._stop is stop:
                self._stop = None

    def stop(self) -> None:
        """Stops the question in progress, if there is one; its answer so far is shown."""
        with self._lock:
            if self._stop is not None:
                self._stop.set()

    def leave(self) -> None:
        """The same, but nobody wants to see any of it."""
        self.stop()
        with self._lock:
            self._stop = None


@dataclass(frozen=True, slots=True)
class Step:
    """How far a question is: the conversation to show, and ``kept``, which the browser is to keep
    should the page be closed now. ``waiting`` is None once the turn is answered.
    """

    conversation: Conversation
    kept: Conversation
    waiting: Waiting | None = None


class Desk:
    """Answers questions. Safe to use from several threads."""

    def __init__(self, chatbot: Chatbot) -> None:
        self._chatbot = chatbot
        self.loaded = threading.Event()
        """Set once the model is loaded, or once it is known that it cannot be."""

    def refused(self, saved: object, wanted: Wanted, problem: str) -> Conversation:
        """A saved conversation with a question that is not asked, and why."""
        conversation = read_conversation(saved)
        turn = wanted.turn or len(conversation.exchanges) + 1
        exchange = Exchange(wanted.question[:_LONGEST_SHOWN], None, problem, wish=wanted.wish)
        return conversation.with_exchange(turn, exchange)

    def ask(self, saved: object, question: str, wish: Wish | None = None) -> Conversation:
        """A saved conversation and a new question → the conversation with its answer."""
        *_, last = self.steps(saved, Wanted(question, wish=wish or Wish()))
        return last.conversation

    def steps(
        self, saved: object, wanted: Wanted, stop: threading.Event | None = None
    ) -> Iterator[Step]:
        """The same as it comes, for a turn that is asked again too: that one is replaced where it
        stands, unless there is no new answer. Ends soon after ``stop`` is set. The same step comes
        again while nothing happens, for only then can it be noticed that its reader has left.
        """
        stop = stop or threading.Event()
        conversation = read_conversation(saved)
        if wanted.turn is None:
            conversation = Conversation(conversation.exchanges[-(KEPT_EXCHANGES - 1) :])
        turn = wanted.turn or len(conversation.exchanges) + 1
        old = conversation.exchange(turn)
        history = turns(conversation.exchanges[: turn - 1])
        asked = Exchange(wanted.question[:_LONGEST_SHOWN], None, INTERRUPTED, wish=wanted.wish)
        kept = conversation if old else conversation.with_exchange(turn, asked)
        stages = self._stages()
        shown = asked
        try:
            last = self._waiting(conversation, kept, asked, turn, stages, stages[0])
            yield last
            done = False
            for update in self._updates(wanted, history, stop):
                if update is None:
                    yield last
                    continue
                if update.answer is not None:
                    shown = replace(asked, answer=update.answer, problem="")
                done = update.stage == "done"
                if not done:
                    stage = _STAGE_OF[update.stage]
                    last = self._waiting(conversation, kept, shown, turn, stages, stage)
                    yield last
            if shown.answer is not None:
                shown = self._with_titles(shown, shown.answer)
            if not done:
                shown = _stopped(shown)
        except BroadsheetError as error:
            shown = replace(asked, problem=str(error))
        except Exception:
            _LOG.exception("A question could not be answered")
            shown = replace(asked, problem=UNEXPECTED)
        finally:
            stop.set()  # whoever closed this generator waits for no answer
        if old is not None and old.answer is not None and shown.answer is None:
            shown = old if shown.problem == STOPPED else replace(old, problem=shown.problem)
        whole = conversation.with_exchange(turn, shown)
        yield Step(whole, whole)

    def _stages(self) -> tuple[str, ...]:
        loading = () if self.loaded.is_set() else (LOADING,)
        writing = (WRITING,) if self._chatbot.settings.llm_model else ()
        return (*loading, SEARCHING, READING, *writing)

    def _waiting(
        self,
        conversation: Conversation,
        kept: Conversation,
        shown: Exchange,
        turn: int,
        stages: tuple[str, ...],
        stage: str,
    ) -> Step:
        return Step(conversation.with_exchange(turn, shown), kept, Waiting(turn, stages, stage))

    def _updates(
        self, wanted: Wanted, history: Sequence[Turn], stop: threading.Event
    ) -> Iterator[AnswerUpdate | None]:
        """What the chatbot says of a question, until it is stopped; at most ten times a second
        while the answer grows, for each time the whole conversation is shown again. None once a
        second while it says nothing.
        """
        said = time.monotonic()
        while not self.loaded.wait(_TICK_SECONDS):
            if stop.is_set():
                return
            if time.monotonic() - said > _SILENT_SECONDS:
                yield None
                said = time.monotonic()
        wish = wanted.wish
        most = min(wish.most, MOST_SENTENCES) if wish.most > 0 else MAX_SENTENCES

        def ask() -> Iterator[AnswerUpdate]:
            return self._chatbot.ask_streaming(
                wish.searched_for or wanted.question,
                history=() if wish.searched_for else history,
                filters=wish.filters,
                most=most,
                stopped=stop.is_set,
            )

        for update in _in_a_thread(ask, stop):
            if update is None:
                yield None
                continue
            answer = update.answer
            if answer is not None and wish.searched_for:
                answer = replace(answer, question=" ".join(wanted.question.split()))
            yield replace(update, answer=answer)

    def _with_titles(self, exchange: Exchange, answer: Answer) -> Exchange:
        """With the titles of the hits' articles, and how the hits begin where they are shown."""
        articles = {
            name: self._chatbot.article(name)
            for name in dict.fromkeys(hit.chunk.article_id for hit in answer.hits)
        }
        passages: tuple[str, ...] = ()
        if answer.status == "not_found":
            passages = tuple(
                excerpt(articles[hit.chunk.article_id], hit.chunk) for hit in answer.hits
            )
        titles = tuple(articles[hit.chunk.article_id].title for hit in answer.hits)
        return replace(exchange, titles=titles, passages=passages)


def _stopped(shown: Exchange) -> Exchange:
    if shown.answer is None:
        return replace(shown, problem=STOPPED)
    return replace(shown, answer=replace(shown.answer, notice=STOPPED_EARLY))


def _in_a_thread(
    ask: Callable[[], Iterator[AnswerUpdate]], stop: threading.Event
) -> Iterator[AnswerUpdate | None]:
    """The same updates, made in a thread of their own, so that a stop need not wait for the next
    of them, and None once a second without any. What came while the last one was shown is passed
    over but for the newest.
    """
    arrived: SimpleQueue[AnswerUpdate | Exception] = SimpleQueue()

    def work() -> None:
        try:
            with closing(ask()) as updates:  # type: ignore[type-var]
                for update in updates:
                    arrived.put(update)
                    if stop.is_set():
                        break
        except Exception as error:
            arrived.put(error)

    threading.Thread(target=work, name="question", daemon=True).start()
    said = time.monotonic()
    while not stop.is_set():
        try:
            item = arrived.get(timeout=_TICK_SECONDS)
        except Empty:
            if time.monotonic() - said > _SILENT_SECONDS:
                yield None
                said = time.monotonic()
            continue
        while not arrived.empty():
            item = arrived.get()
        if stop.is_set():
            return  # what a model that was left in the middle had written is not its answer
        if isinstance(item, Exception):
            raise item
        yield item
        said = time.monotonic()
        if item.stage == "done":
            return
        if item.answer is not None:
            stop.wait(_TICK_SECONDS)
