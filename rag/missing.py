"""A question that was not answered → what of it the articles have and what not.

Terms are phrases of the question that stand together in articles ("Rosa Lint", "grain deal"), else
single words, each with the count of articles that have it and the newest of them. A word is absent
only where no title, source name or text has it in any inflection, case or spelling of its
diacritics. Words of the sources and days that the question names are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from rag.chunk_table import UNDATED
from rag.foreign_words import foreign_grammar, without_question_words
from rag.index import Snapshot
from rag.lexical import terms
from rag.query import Question, WordPlace, word_places
from rag.records import Missing
from rag.word_forms import ending_terms, irregular_terms

_ABSENT_COUNT = 6
_PRESENT_COUNT = 3
_COUNTED_CHUNKS = 50_000  # beyond, an article count is "more than"
_LONGEST_PHRASE = 5  # words; of names
_LEAST_LETTERS = 5  # of a word that another is suggested for
# What every question about news may have besides its grammar.
_UNHELPFUL = frozenset(
    terms(
        "latest newest recent recently current currently today now new news information info "
        "detail details fact facts thing things anything something people person kind type "
        "sort name year day date time week month way number amount percentage reason cause "
        "know find show list give please happen old far long big high tall source sources "
        "author paper different summary summarise summarize update updates want wants wanted "
        "need needs use used start end "
    )
)


def missing(snapshot: Snapshot, question: Question) -> tuple[Missing, ...]:
    """The terms of the question that no article has, then the rarest of the others.

    Words that more than half of the articles have are left out where there are more than three
    articles: they say nothing.
    """
    found: dict[str, Missing] = {}
    for run in _runs(snapshot, question):
        for term in _counted(snapshot, run):
            found.setdefault(term.term.casefold(), term)
    absent = [term for term in found.values() if not term.article_count]
    common = max(3, len(snapshot.table.article_ids) // 2)
    present = [term for term in found.values() if 0 < term.article_count <= common]
    present.sort(key=lambda term: term.article_count)
    names = set(question.names)
    absent.sort(key=lambda term: not names & set(terms(term.term)))
    return tuple(absent[:_ABSENT_COUNT] + present[:_PRESENT_COUNT])


def absent_names(snapshot: Snapshot, question: Question) -> tuple[str, ...]:
    """The names of a question, as written, that no article has, however they are spelled."""
    return tuple(
        question.words[name]
        for name in question.names
        if not snapshot.lexical.has_similar(name)
        and not any(map(snapshot.lexical.chunk_count_with, ending_terms(question.words[name])))
    )


def _runs(snapshot: Snapshot, question: Question) -> Iterator[list[WordPlace]]:
    """The words that say what is asked about, in runs between which other words or marks stand."""
    text = question.text
    named = [(m.start, m.end) for m in snapshot.source_names.mentions(text)]
    named += [(period.start, period.end) for period in question.periods]
    places = word_places(text)
    english = sum(not place.terms for place in places)
    foreign = foreign_grammar([place.word for place in places], english)
    run: list[WordPlace] = []
    for place in places:
        skipped = (
            not place.terms
            or place.word.casefold() in foreign
            or any(start <= place.start < end for start, end in named)
            or (_UNHELPFUL.issuperset(place.terms) and place.word[0].islower())
        )
        joined = run and text[run[-1].end : place.start] in (" ", "-", "‑", ". ", "’", "'")
        if run and (skipped or not joined):
            yield run
            run = []
        if not skipped:
            run.append(place)
    if run:
        yield run


def _counted(snapshot: Snapshot, run: Sequence[WordPlace]) -> Iterator[Missing]:
    """A run of words → its longest phrases that stand together in articles, and what is left.

    Names may be long. Other phrases have two words, "grain deal", or three that stand together in
    two articles: "tidal power plant", and not "grain deal collapsed".
    """
    at = 0
    while at < len(run):
        names = 0
        while at + names < len(run) and run[at + names].word[0].isupper():
            names += 1
        longest = min(max(names, 3), _LONGEST_PHRASE, len(run) - at)
        for count in range(longest, 1, -1):
            words = run[at : at + count]
            numbers = _chunks_with_phrase(snapshot, words)
            phrase = _term(snapshot, " ".join(place.word for place in words), numbers)
            if phrase.article_count >= (2 if count > max(names, 2) else 1):
                yield phrase
                at += count
                break
        else:
            yield from _single(snapshot, run[at])
            at += 1


def _chunks_with_phrase(snapshot: Snapshot, words: Sequence[WordPlace]) -> list[int]:
    phrase = [term for place in words for term in place.terms]
    found = snapshot.lexical.search(phrase[:1], _COUNTED_CHUNKS, phrases=[phrase])
    return [number for number, _ in found]


def _single(snapshot: Snapshot, place: WordPlace) -> Iterator[Missing]:
    """A word by itself; one of a script that parts no words without the words that ask."""
    pieces = without_question_words(place.word) if not place.word.isascii() else [place.word]
    for piece in pieces:
        of_piece = terms(piece)
        numbers = _chunks_with_any(snapshot, (*of_piece, *irregular_terms(piece)))
        numbers = numbers or _chunks_with_any(snapshot, ending_terms(piece))
        if numbers:
            yield _term(snapshot, piece, numbers)
        elif of_piece:
            yield Missing(piece, 0, suggestion=_suggestion(snapshot, piece))


def _chunks_with_any(snapshot: Snapshot, wanted: Sequence[str]) -> list[int]:
    return [number for number, _ in snapshot.lexical.search(wanted, _COUNTED_CHUNKS)]


def _term(snapshot: Snapshot, term: str, numbers: Sequence[int]) -> Missing:
    """Numbers of chunks → how many articles they are of, and the newest day of those."""
    table = snapshot.table
    if not numbers:
        return Missing(term, 0)
    rows = table.places(np.array(sorted(numbers), dtype=np.int64))
    count = len(np.unique(table.articles[rows]))
    newest = int(table.days[rows].max())
    return Missing(
        term,
        count,
        None if newest == UNDATED else date.fromordinal(newest),
        more=len(numbers) == _COUNTED_CHUNKS,
    )


def _suggestion(snapshot: Snapshot, word: str) -> str:
    """The only word of the articles that differs from one by a letter, as it is written there."""
    if len(word) < _LEAST_LETTERS or len(of_word := terms(word)) != 1:
        return ""
    similar = snapshot.lexical.similar_terms(of_word[0])
    if len(similar) != 1:
        return ""
    (number, _), *_ = snapshot.lexical.search(similar, 1)
    chunk = snapshot.chunks([number])[number]
    article = snapshot.article(chunk.article_id)
    text = f"{article.title} {article.source} {article.text[chunk.start : chunk.end]}"
    return next((p.word for p in word_places(text) if similar[0] in p.terms), "")
