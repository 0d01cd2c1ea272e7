"""The one facade: ask, search, open an article, build. Page, command line, API and evaluation
use only this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from rag.articles_folder import ArticlesFolder
from rag.build import build, check_switch
from rag.build_log import logged, read_build_log
from rag.comprehension import ReadingModel
from rag.cross_encoder import CrossEncoder
from rag.doctor import examine
from rag.embedding import Embedder, Vectors
from rag.engine import Engine
from rag.errors import ArticleUnknown, BroadsheetError, IndexOfOtherModel
from rag.extractive import HIT_COUNT, answer
from rag.folders import check_folder
from rag.follow_up import stand_alone
from rag.generated import generate, numbered_chunks
from rag.index import Index, Snapshot
from rag.llm import LanguageModel
from rag.local_engine import LocalEngine
from rag.milvus import Milvus
from rag.milvus_engine import MilvusEngine
from rag.new_chunks import ChunkSettings
from rag.query import Question, clean, read_question
from rag.records import (
    Answer,
    AnswerUpdate,
    Article,
    ArticleSummary,
    BuildLog,
    BuildReport,
    Check,
    Filters,
    Progress,
    SearchResult,
    Status,
    Turn,
    Verification,
)
from rag.remedies import build_command
from rag.retrieval import retrieve
from rag.sentence_choice import MAX_SENTENCES
from rag.setting_aside import known_folder
from rag.settings import Settings
from rag.verification import verify_answers


class Chatbot:
    """Answers questions over one index. Safe to use from several threads.

    Loads the embedding model with the first question, or with ``load``.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._engine = _engine(settings)
        self._index = Index(settings.index, self._engine)
        self.folder = ArticlesFolder(self._index, settings.articles)
        """The folder's files: to be checked, added, removed and restored."""
        self._embedder = Embedder(settings.model, download=settings.model_download)
        self._reading_model = ReadingModel()
        self._reranker = None
        if settings.reranker:
            self._reranker = CrossEncoder(settings.reranker, download=settings.model_download)
        self._language_model = None
        if settings.llm_model:
            self._language_model = LanguageModel(
                settings.llm_url,
                settings.llm_model,
                settings.llm_deadline_seconds,
                settings.llm_key,
                settings.llm_key_file,
            )

    @property
    def model(self) -> str:
        """The embedding model's name."""
        return self._embedder.name

    def load(self) -> None:
        """Loads the models now rather than with the first question: for embedding, for reading and,
        where one is set, the reranker. Raises ModelUnavailable, ModelUnsuitable.
        """
        self._embedder.load()
        self._reading_model.load()
        if self._reranker is not None:
            self._reranker.load()

    def is_new(self) -> bool:
        """Whether no build has made anything here yet, so that the settings' folder is the one to
        be built from. Never raises: an index that cannot be read is not new.
        """
        if known_folder(self.settings.index) is not None:
            return False
        try:
            return not self.has_index()
        except BroadsheetError:
            return False

    def has_index(self) -> bool:
        """Whether there is anything to ask yet."""
        return self._index.exists()

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        today: date | None = None,
        most: int = MAX_SENTENCES,
    ) -> Answer:
        """A question → its answer of at most ``most`` sentences, which may be ``not_found``.

        ``history`` are the conversation's earlier turns, the oldest first: what the question needs
        of them is put in, and the answer's ``searched_for`` is the question so made. ``filters``
        given, even empty, take the place of what the question says; ``today`` is what
        "last week" refers to, by default the machine's day. Raises EmptyQuestion,
        QuestionTooLong, UnknownSource, IndexMissing, IndexOfOtherModel; TypeError where ``history``
        holds anything but turns.
        """
        *_, last = self.ask_streaming(
            question, history=history, filters=filters, today=today, most=most
        )
        assert last.answer is not None
        return last.answer

    def ask_streaming(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        today: date | None = None,
        most: int = MAX_SENTENCES,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[AnswerUpdate]:
        """The same as it comes: what is being done, then, where a language model is set, each
        sentence once it is checked; the whole answer last. A question that the articles do not
        answer is not put to the language model, which is left in the middle once ``stopped``.
        """
        yield AnswerUpdate("searching")
        searched_for = stand_alone(question, history) if history else question
        with self._index.snapshot() as snapshot:
            asked, found = self._search(snapshot, searched_for, HIT_COUNT, filters, today)
            yield AnswerUpdate("reading")
            result = answer(snapshot, asked, found, self._reading_model.read, most=most)
            if history:
                result = replace(result, question=clean(question))
            model = self._language_model if result.status == "answered" else None
            chunks = numbered_chunks(snapshot, result.hits) if model else ()
        # The snapshot is given back: it would keep an old index alive while the model writes.
        if model is not None:
            yield AnswerUpdate("answering")
            for growing in generate(result, chunks, model, stopped):
                result = growing
                yield AnswerUpdate("checking", growing)
        yield AnswerUpdate("done", result)

    def search(
        self,
        question: str,
        count: int = HIT_COUNT,
        *,
        filters: Filters | None = None,
        today: date | None = None,
    ) -> SearchResult:
        """A question → its best chunks. Takes and raises what ``ask`` does."""
        with self._index.snapshot() as snapshot:
            return self._search(snapshot, question, count, filters, today)[1]

    def _search(
        self,
        snapshot: Snapshot,
        question: str,
        count: int,
        filters: Filters | None,
        today: date | None,
    ) -> tuple[Question, SearchResult]:
        asked = read_question(
            question, sources=snapshot.source_names, today=today, newest=snapshot.table.newest
        )
        vectors = self._embed_question(snapshot, asked)
        found = retrieve(snapshot, asked, vectors, count, filters=filters, reranker=self._reranker)
        return asked, found

    def article(self, article_id: str) -> Article:
        """The article as indexed. Raises ArticleUnknown, IndexMissing."""
        with self._index.snapshot() as snapshot:
            return snapshot.article(article_id)

    def copies_of(self, article_id: str) -> tuple[str, ...]:
        """The ids of the articles that are copies of it, sorted. Raises IndexMissing."""
        with self._index.snapshot() as snapshot:
            return snapshot.copies_of(article_id)

    def articles(self) -> list[ArticleSummary]:
        """All articles without their texts, by id. Raises IndexMissing."""
        with self._index.snapshot() as snapshot:
            return snapshot.article_summaries()

    def status(self, *, with_changes: bool = True) -> Status:
        """What the index holds and, unless that is not wanted (it reads every file), how its
        folder differs from it. Raises IndexMissing.
        """
        return self._index.status(with_changes=with_changes)

    def check_switch(self, folder: Path) -> bool:
        """Whether the index is to be rebuilt from that folder, being of another.

        Raises FolderSwitchRefused where that has to be asked for, FolderUnreadable, IndexMissing.
        """
        known = Path(self.status(with_changes=False).folder)
        check_switch(self.settings.index, known, check_folder(folder))
        return known != folder.resolve()

    def verify(self, answers: Sequence[Answer], *, quick: bool = False) -> tuple[Verification, ...]:
        """Reads the cited files again and says what became of each answer's citations, in order.

        ``quick`` takes the indexed text of an article whose file has the very bytes it was read
        from: no process has to be started. Raises IndexMissing, FolderUnreadable.
        """
        folder = Path(self._index.status(with_changes=False).folder)
        if quick:
            return verify_answers(folder, answers, self._indexed, known=self._known)
        return verify_answers(folder, answers, self._indexed)

    def _known(self, article_id: str) -> Article | None:
        try:
            return self.article(article_id)
        except ArticleUnknown:
            return None

    def _indexed(self) -> Iterator[Article]:
        with self._index.snapshot() as snapshot:
            yield from snapshot.articles()

    def build(
        self,
        folder: Path | None = None,
        *,
        full: bool = False,
        repair: bool = False,
        switch_folder: bool = False,
        allow_empty: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> BuildReport:
        """Makes the index match its folder; see ``build.build``, also for what it raises."""
        settings = self.settings
        return logged(
            settings.index,
            lambda: build(
                settings.index,
                folder,
                self._embedder,
                ChunkSettings(settings.chunk_tokens, settings.chunk_overlap_tokens),
                engine=self._engine,
                full=full,
                repair=repair,
                switch_folder=switch_folder,
                allow_empty=allow_empty,
                on_progress=on_progress,
            ),
        )

    def examine(self) -> Iterator[Check]:
        """What is right and what is wrong with the index, its folder, the models and the disk, one
        after the other as it is looked at.
        """
        settings = self.settings
        return examine(
            self._index,
            settings.articles,
            self._embedder,
            self._reading_model,
            ChunkSettings(settings.chunk_tokens, settings.chunk_overlap_tokens),
        )

    def build_log(self) -> BuildLog | None:
        """How the last build ended, whoever started it; None where none is known."""
        return read_build_log(self.settings.index)

    def _embed_question(self, snapshot: Snapshot, question: Question) -> Vectors:
        built_with = snapshot.manifest["model_sha256"]
        if built_with != self._embedder.sha256:
            raise IndexOfOtherModel(
                f"The index in {self.settings.index} was built with model "
                f"{snapshot.manifest['model']} ({built_with[:8]}), now it is "
                f"{self._embedder.name} ({self._embedder.sha256[:8]}); "
                f"run `{build_command(self.settings.index, '--full')}`, or set the model back."
            )
        return self._embedder.embed_questions([question.text, *(p.text for p in question.parts)])


def _engine(settings: Settings) -> Engine:
    if not settings.milvus_uri:
        return LocalEngine(settings.index)
    return MilvusEngine(
        Milvus(settings.milvus_uri, settings.milvus_token, settings.milvus_token_file)
    )
