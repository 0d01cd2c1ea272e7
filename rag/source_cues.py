"""A question and the place of a name in it → whether it is a publisher's name there, and whether
the question speaks of it as the one that reports.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from rag.names import is_agency
from rag.source_cue_words import (
    ABOUT,
    APOSTROPHES,
    ARTICLE_KINDS,
    ARTICLES,
    BEFORE,
    BEHIND_UNSPACED,
    BETWEEN,
    CALENDAR,
    CHANGES,
    CLOSED,
    DONE,
    GRAMMAR,
    HANGS_ON,
    JOINERS,
    NOUNS,
    OUTLETS,
    QUOTES,
    VERBS,
)
from rag.source_forms import DOMAIN_END, EDITIONS, SMALL, Form, Word

_Cue = Literal["", "name", "source"]
_MAX_LIST = 6  # names in a row ("by A, B, C and D") through which a cue is followed


class Reading:
    """A question, word by word, with the places that names of sources may stand at."""

    def __init__(self, question: str, words: Sequence[Word], named: set[int]) -> None:
        self.question, self.words, self.named = question, words, named
        grammar = [
            word.raw[0].isupper()
            for i, word in enumerate(words[1:], 1)
            if word.key in GRAMMAR and word.key not in CALENDAR and i not in named
        ]
        self.titled = 2 * sum(grammar) > len(grammar)
        self.lower = not any(w.raw[0].isupper() for w in words[1:])

    def gap(self, i: int) -> str:
        """What stands between word ``i`` - 1 and word ``i``."""
        start = self.words[i - 1].end if i > 0 else 0
        return self.question[start : self.words[i].start if i < len(self.words) else None]

    def key(self, i: int) -> str:
        """Word ``i`` without case and diacritics, or "" outside the question."""
        return self.words[i].key if 0 <= i < len(self.words) else ""

    def begins(self, i: int) -> bool:
        """Tells whether a sentence begins with word ``i``."""
        return i == 0 or bool(re.search(r"[.!?:;…。？！]", self.gap(i)))

    def is_name(self, i: int) -> bool:
        """Tells whether word ``i`` looks like a word of some name."""
        word = self.words[i] if 0 <= i < len(self.words) else None
        if word is None or not (i in self.named or word.raw[0].isupper()):
            return False
        return word.key not in (CLOSED if self.titled or self.begins(i) else GRAMMAR)

    def domain_end(self, behind: int) -> int:
        """Where the domain ends that the name before word ``behind`` is the label of, or 0."""
        end = DOMAIN_END.match(self.question, self.words[behind - 1].end)
        return end.end() if end else 0

    def behind_domain(self, behind: int) -> int:
        """The first word behind a name and what its domain adds to it."""
        end = self.domain_end(behind)
        while end and behind < len(self.words) and self.words[behind].start < end:
            behind += 1
        return behind

    def holds(self, form: Form, first: int, behind: int, cue: str) -> bool:
        """Tells whether the words are the form's name here, and not words or another's name."""
        written = self.words[first:behind]
        content = [w for w in written if w.key not in SMALL] or written
        capital = all(not w.raw[0].islower() for w in content)
        if form.kind == "ending":
            return capital and bool(cue) and self._ends(first, behind)
        tight = cue == "source" and self.lower and form.shape not in ("common", "common phrase")
        if self.domain_end(behind) and len(written) == 1:
            return True
        if form.kind == "initials":
            shown = written[0].raw.isupper() and len(written) == 1 and form.shape != "common"
            return shown and (
                cue == "source" or (len(written[0].key) > 2 and is_agency(written[0].raw))
            )
        if form.kind == "prefix":
            shown = written[0].raw.isupper() or (capital and cue == "source")
            return shown or form.shape == "coined" or tight
        if form.shape == "coined":
            return True
        if form.shape == "capitals":
            shown = written[-1].raw.isupper() and len(form.words[-1]) > 2
            return shown or bool(cue and (capital or tight))
        if not self.alone(first, behind):
            return False
        if form.shape == "phrase":
            return True
        mid = not self.begins(first) and not self.titled
        if form.shape == "plain":
            known = len(form.words[0]) > 4 and is_agency(form.words[0])
            return bool(cue or mid) if capital else tight or known
        article = written[0].key == "the" and written[0].raw[0] == "T"
        closed = form.shape == "common phrase" or self.closed(behind)
        certain = bool(cue) or (mid and (article or form.shape == "common phrase"))
        return capital and closed and certain

    def alone(self, first: int, behind: int) -> bool:
        """Tells whether no longer name runs on around the words: "Hindustan" Times, Time Warner."""
        before = first > 0 and bool(re.fullmatch(r"[\s-]+", self.gap(first)))
        if before and self.gap(first)[0] == "-":
            return False
        titles = self.key(first - 1) in ("saturday", "sunday") and self.key(first) != "the"
        if before and (titles or self.is_name(first - 1)) and self.key(first - 1) != "s":
            return False
        if behind >= len(self.words) or not re.fullmatch(r"[\s-]+", self.gap(behind)):
            return True
        if self.key(behind) == "of":
            return not self.is_name(behind + 1)
        runs_on = self.is_name(behind) and self.key(behind) not in EDITIONS
        return "-" not in self.gap(behind) and (not runs_on or behind in self.named)

    def _ends(self, first: int, behind: int) -> bool:
        """Tells whether the words are the end of a paper's name that stands for it alone: "the
        Gazette", and not of another's: "the Mail on Sunday", "Hull's Mail".
        """
        if self.key(first - 1) not in ("the", "from", "to", "by", "in", "per"):
            return False
        sunday = self.key(behind) == "on" and self.key(behind + 1) == "sunday"
        runs_on = behind in self.named and not self.gap(behind).strip("- ")
        return self.alone(first, behind) and self.closed(behind) and not (sunday or runs_on)

    def closed(self, behind: int) -> bool:
        """Tells whether the words end as a name does: nothing follows that they could describe."""
        if behind >= len(self.words) or not re.fullmatch(r"[\s-]+", self.gap(behind)):
            return True
        key = self.key(behind)
        year = len(key) == 4 and key.isdigit() and key[:2] in ("19", "20")
        if key == "of":  # "accused by The Age of hiding", not "the age of steam"
            return self.key(behind + 1).endswith("ing")
        return key in CLOSED or key in EDITIONS or year or behind in self.named

    def cue(self, first: int, behind: int) -> _Cue:
        """Tells what marks the words as a publisher: that it reports something, or at least that
        they are one's name ("Time magazine").
        """
        behind = self.behind_domain(behind)
        bracketed = self.gap(first).endswith("(") and self.gap(behind).startswith(")")
        if bracketed or BEHIND_UNSPACED.match(self.question, self.words[behind - 1].end):
            return "source"
        after = self._cue_after(first, behind)
        return after if after == "source" else self._cue_before(first, behind) or after

    def _cue_before(self, first: int, behind: int) -> _Cue:
        kind: _Cue = ""
        i, listed = first - 1, False
        if i < 0:  # "TechCrunch: who …?"
            return "source" if self.gap(behind).strip(QUOTES)[:1] in (":", "—", "|") else ""
        for _ in range(_MAX_LIST):
            while self.key(i) in ARTICLES and not self.begins(i + 1):
                i -= 1
            if self.key(i) in OUTLETS and not self.gap(i + 1).strip(QUOTES + " "):
                if self.key(i) in ("source", "sources"):
                    return "source"
                kind, i = "name", i - 1
                continue
            if i >= 0 and self._reports_before(i, behind):
                return "source"
            i = self._item_before(i, behind, listed)
            listed = True
            if i < 0:
                break
        return kind

    def _item_before(self, i: int, behind: int, listed: bool) -> int:
        """From the joiner of a list to the word before its previous item, or -1. Commas join
        only where more of the list stands behind, or where an "and" was passed.
        """
        if self.key(i) not in JOINERS:
            goes_on = "," in self.gap(behind) or self.key(behind) in ("and", "or")
            if "," not in self.gap(i + 1) or not (listed or goes_on):
                return -1
        while self.key(i) in JOINERS:
            i -= 1
        start = i
        while start - i < 8 and (self.is_name(i) or i in self.named or self.key(i) == "s"):
            i -= 1
        return i if i < start else -1

    def _reports_before(self, i: int, behind: int) -> bool:
        """Tells whether the words up to ``i`` say that what follows reports."""
        key, before = self.key(i), self.key(i - 1)
        if re.search(r"[.?!;)]", self.gap(i + 1)):
            return False
        if key in BEFORE or (i == 0 and key in ("compare", "contrast")):
            return True
        if key in ("of", "to") and before in HANGS_ON[key]:
            return True
        if key in ("from", "in", "to") and self.gap(i + 1)[-1] in QUOTES:
            return True
        if key in ("called", "named", "like", "including", "as"):
            return bool({before, self.key(i - 2)} & OUTLETS)
        if key in ("from", "in", "on", "per") and self.begins(i):
            return "," in self.gap(behind) or ":" in self.gap(behind)
        return key in ("by", "in", "from", "at", "with", "on") and self._reports_through(i)

    def _reports_through(self, i: int) -> bool:
        """Tells whether the preposition at ``i`` hangs on a report: "described by", "article …
        by"; and not "acquired by".
        """
        key, j = self.key(i), i - 1
        while self.key(j) in BETWEEN or (self.key(j) == "on" and key == "by"):
            j -= 1
        if self.key(j) in HANGS_ON[key]:
            return True
        if key == "on":
            return self.key(j) == "reported" and self.key(j - 1) == "as"
        if key not in ("by", "from") or (key == "by" and DONE.search(self.key(j))):
            return False
        # "described by A as …, by B as … and by C as …"
        parallel = self.key(i - 1) == "and" or "," in self.gap(i)
        near = [self.key(k) for k in range(max(0, i - (60 if parallel else 12)), i)]
        told = key == "by" and any(word in VERBS and word.endswith("ed") for word in near)
        return told or not NOUNS.isdisjoint(near)

    def _cue_after(self, first: int, behind: int) -> _Cue:
        i = behind
        for _ in range(_MAX_LIST):
            possessive = self.key(i) == "s" and self.gap(i)[-1:] in APOSTROPHES
            i += possessive
            if re.search(r"[.?!:;()]", self.gap(i)):
                return ""
            if noun := self._noun_after(i):
                return noun
            speaker = self._person_after(i) if possessive else i
            if self._verb_after(speaker) and not self._is_object(first):
                return "source"
            i = self._item_after(i)
            if i < 0:
                return ""
        return ""

    def _noun_after(self, i: int) -> _Cue:
        if self.gap(i).strip(QUOTES + " ") not in ("", "-"):
            return ""
        j = i
        while j < i + 6 and (self.key(j) in ARTICLE_KINDS or self.key(j).isdigit()):
            j += 1
        if self.key(j) in NOUNS:
            return "source"
        return "name" if self.key(j) in OUTLETS else ""

    def _person_after(self, i: int) -> int:
        """From the word behind a possessive to the word behind the person of it: "The
        Independent's Simon Calder says".
        """
        start = i
        while i < start + 3 and self.is_name(i) and not self.gap(i).strip():
            i += 1
        return i

    def _verb_after(self, i: int) -> bool:
        if "," in self.gap(i):
            return False
        while self.key(i) in BETWEEN or self.key(i) in ("that", "which"):
            i += 1
            i += self.key(i) == "to"  # "failed to report", "was first to report"
        near = {self.key(k) for k in range(i + 1, i + 9)}
        return self.key(i) in VERBS or (self.key(i) in CHANGES and not NOUNS.isdisjoint(near))

    def _is_object(self, first: int) -> bool:
        """Tells whether a preposition stands before the name, so that what follows it is not said
        of it alone: "the article on The Epoch Times reports".
        """
        i = first - 1
        while self.key(i) in ("the", "both", "either"):
            i -= 1
        return self.key(i) in ABOUT and not self.gap(i + 1).count(",")

    def _item_after(self, i: int) -> int:
        """From the word behind a name to the word behind the next item of its list, or -1."""
        if self.key(i) not in JOINERS and "," not in self.gap(i):
            return -1
        while self.key(i) in JOINERS or self.key(i) in ARTICLES or self.key(i) in ("in", "from"):
            i += 1
        start = i
        while i < start + 8 and (self.is_name(i) or i in self.named):
            i += 1
        return i if i > start else -1
