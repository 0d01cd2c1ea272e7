"""The conditions Broadsheet reports, as one tree.

    BroadsheetError
    ├── UsageError              the request itself cannot be met as it was made
    │   ├── EmptyQuestion
    │   ├── QuestionTooLong
    │   ├── ChunkSettingInvalid
    │   ├── SettingInvalid
    │   ├── ArgumentInvalid         of a program's call: a wrong type, or out of its bounds
    │   ├── QuestionsUnreadable     a file of questions for the evaluation
    │   ├── AnswerUnreadable        a file that is no saved answer or conversation
    │   ├── ExportRefused           a file to be written is there already, or of no known kind
    │   ├── UnknownSource           a filter names a publisher that the index has not
    │   ├── FilterInvalid           a filter's days are no days, or end before they begin
    │   └── FolderSwitchRefused     another folder than the index was built from
    ├── ArticlesError           the folder or a file in it
    │   ├── FolderUnreadable
    │   ├── FolderEmpty
    │   ├── ArticleUnreadable       one file; a build reports it and goes on
    │   │   └── ArticleUnreadableNow    … and tries again the next time
    │   ├── ArticleUnknown          no article of that id in the index
    │   └── FileNotTaken            a file that cannot be added, removed or restored
    │       ├── FileNameUnusable
    │       ├── FileExists              its name is taken; nothing was overwritten
    │       ├── FileGone                nothing is there to be removed or restored
    │       └── TooManyFiles            more, or larger ones, than are taken at once
    ├── IndexProblem             the index
    │   ├── IndexMissing
    │   ├── IndexLocked             another build is running
    │   ├── IndexUnwritable         its folder cannot be made or written
    │   ├── IndexDamaged            a row or file is not what its hash says
    │   ├── IndexOfOtherFormat
    │   └── IndexOfOtherModel       built with another model, dimension or chunking
    ├── ModelError
    │   ├── ModelUnavailable
    │   ├── ModelUnsuitable         no token limit, wrong dimension, not finite, not one score
    │   └── LanguageModelFailed     an endpoint that gave no answer, in time and in form
    ├── EngineError             a search engine beside the index
    │   ├── EngineUnreachable       not there, or gone in the middle
    │   ├── EngineUnsuitable        of an old version, or it refuses what is asked
    │   └── CollectionUnsuitable    what it holds is missing, incomplete, or of another index
    ├── DiskFull
    └── DiskFailed              the disk that holds the index cannot be read or written

Every message says what, which value, and what to do next. Catch ``BroadsheetError`` to catch
all of them; the class name is the condition.
"""

from __future__ import annotations


class BroadsheetError(Exception):
    """Anything Broadsheet reports to its user."""


class UsageError(BroadsheetError):
    """The request itself cannot be met as it was made; the command line exits with 2."""


class EmptyQuestion(UsageError):
    """The question has no word in it."""


class QuestionTooLong(UsageError):
    """The question is longer than what is read of a question."""


class ChunkSettingInvalid(UsageError):
    """Chunk size or overlap do not fit each other or the model."""


class SettingInvalid(UsageError):
    """A setting has a value it cannot have, or a name no setting has."""


class ArgumentInvalid(UsageError):
    """An argument of a program's call is of the wrong type or out of its bounds."""


class QuestionsUnreadable(UsageError):
    """A file of questions for the evaluation is not one."""


class AnswerUnreadable(UsageError):
    """A file is no saved answer or conversation; the message names the field."""


class ExportRefused(UsageError):
    """A file cannot be written: it is there already, or its suffix names no kind of export."""


class UnknownSource(UsageError):
    """The index has no source of that name; the message names the nearest ones."""


class FilterInvalid(UsageError):
    """A filter's days are no days, or end before they begin."""


class FolderSwitchRefused(UsageError):
    """The index was built from another folder, and nobody asked to switch."""


class ArticlesError(BroadsheetError):
    """The folder of articles, or a file in it."""


class FolderUnreadable(ArticlesError):
    """The folder does not exist or cannot be listed."""


class FolderEmpty(ArticlesError):
    """The folder holds no article, so the index it would replace is kept."""


class ArticleUnreadable(ArticlesError):
    """One file could not be read as an article; its message is the reason."""


class ArticleUnreadableNow(ArticleUnreadable):
    """The same bytes may be read another time: the file went or changed, or reading was stopped."""


class ArticleUnknown(ArticlesError):
    """No article of that id is in the index."""


class FileNotTaken(ArticlesError):
    """A file of the folder cannot be added, removed or restored; the folder is as it was."""


class FileNameUnusable(FileNotTaken):
    """A name that no article file can have."""


class FileExists(FileNotTaken):
    """The name is taken by another file, which was not overwritten."""


class FileGone(FileNotTaken):
    """Nothing of that name is there to be removed, added or restored."""


class TooManyFiles(FileNotTaken):
    """More files, or larger ones, than are taken at once."""


class IndexProblem(BroadsheetError):
    """The index."""


class IndexMissing(IndexProblem):
    """There is no index yet."""


class IndexLocked(IndexProblem):
    """Another build holds the index."""


class IndexUnwritable(IndexProblem):
    """The index's folder cannot be made or written."""


class IndexDamaged(IndexProblem):
    """A row or a file is not what its hash says."""


class IndexOfOtherFormat(IndexProblem):
    """The index was written by another version of Broadsheet."""


class IndexOfOtherModel(IndexProblem):
    """The index was built with another model, dimension or chunking."""


class ModelError(BroadsheetError):
    """The embedding model."""


class ModelUnavailable(ModelError):
    """The model's files are not there."""


class ModelUnsuitable(ModelError):
    """The model cannot serve: no token limit, another dimension, or numbers that are not finite."""


class LanguageModelFailed(ModelError):
    """A language model's endpoint gave no answer, in time and in form."""


class EngineError(BroadsheetError):
    """The search engine that an index is searched by, where that is not in its own files."""


class EngineUnreachable(EngineError):
    """The engine is not there, or went away in the middle."""


class EngineUnsuitable(EngineError):
    """The engine is of an old version, or refuses what is asked of it."""


class CollectionUnsuitable(EngineError):
    """What the engine holds is missing, incomplete, or of another index, model or engine."""


class DiskFull(BroadsheetError):
    """The disk that holds the index is full."""


class DiskFailed(BroadsheetError):
    """The disk that holds the index reported a fault."""
