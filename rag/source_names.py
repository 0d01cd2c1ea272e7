"""A question → the publishers it names, out of those the index has, however it shortens them.

Rules for any list of sources, and no list of publishers: what stands before a bar, dash or colon,
domains, initials, the parts of a composite byline, a paper's title without its place ("Gazette").
A name that is a word as well ("Time", "The Age") counts only where the question writes it as a name
and speaks of it as a publisher; one that is set aside ("other than Time") does not count. Does not
find publishers that the index has not, and does not undo inflection («Коммерсанта»).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.errors import UnknownSource
from rag.names import is_agency
from rag.source_cue_words import AND_ASIDE, LIST_GOES_ON, SET_ASIDE
from rag.source_cues import Reading
from rag.source_forms import (
    DOMAIN,
    DOMAIN_END,
    MAX_FORM_LETTERS,
    MAX_SPELT,
    SMALL,
    Form,
    Kind,
    Word,
    endings,
    has_the,
    initials_of,
    is_abbreviation,
    joined,
    parts_of,
    plain,
    read_words,
    shape_of,
    short_forms,
    written_as,
)

_AGENCY_WORD = re.compile(
    r"agen[ctz]|broadcast|herald|journal|news|nachricht|post|presse?|stampa|times|zeitung"
)
# What may stand inside a name although the source has it not, or has something else there.
_SOFT_GAP = re.compile(r"\s*[-‐‑]?\s?|['’ʼ.]|\s?&\s?")
_MAX_SET_ASIDE = 120  # characters before a name in which to look for "other than"


@dataclass(frozen=True, slots=True)
class SourceMention:
    """A publisher's name in a question. ``sources`` are the index's values it may mean, sorted;
    ``start`` and ``end`` its half-open span in characters, without quotation marks;
    ``as_source`` tells that the question speaks of it as the one that reports.
    """

    sources: tuple[str, ...]
    start: int
    end: int
    as_source: bool


class SourceNames:
    """The index's sources with their short forms; made once for a generation of the index."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._sources = tuple(sorted({source for source in sources if source.strip()}))
        self._forms: dict[str, list[Form]] = {}
        self._by_letters: dict[str, list[str]] = {}
        for source in self._sources:
            self._by_letters.setdefault(joined(read_words(source)) or source, []).append(source)
        whole = frozenset(self._by_letters)
        ends: list[tuple[str, str, list[Word]]] = []
        for source in self._sources:
            for part in parts_of(source, whole):
                for kind, words, domain in short_forms(part):
                    self._add(source, part, kind, words, domain)
                ends += [(source, name, words) for name, words in endings(part)]
        self._add_endings(ends)
        # Only a question's word that begins a name is looked at further.
        self._beginnings = {key[:count] for key in self._forms for count in (3, 6, 9)}
        self._longest = max(map(len, self._forms), default=0)
        self._abbreviations: dict[str, dict[str, list[Form]]] = {}
        for key, forms in self._forms.items():
            short = [form for form in forms if is_abbreviation(key, form)]
            if short:
                self._abbreviations.setdefault(key[0], {})[key] = short
                self._longest = max(self._longest, MAX_FORM_LETTERS)

    def _add(self, source: str, part: str, kind: Kind, words: Sequence[Word], domain: bool) -> None:
        keys, key = tuple(word.key for word in words), joined(words)
        if not key or len(key) > MAX_FORM_LETTERS or (len(key) == 1 and key.isascii()):
            return
        forms = self._forms.setdefault(key, [])
        form = next((form for form in forms if (form.words, form.kind) == (keys, kind)), None)
        if form is None:
            form = Form(keys, kind, "coined" if domain else shape_of(words))
            forms.append(form)
        form.sources.add(source)
        form.written.add(plain(part))

    def _add_endings(self, ends: Iterable[tuple[str, str, list[Word]]]) -> None:
        """Add "Gazette" for "The Velmouth Gazette" where none but that paper is called or ends so;
        ``ends`` hold a source, the letters of the paper's name in it, and the name's end.
        """
        by_letters: dict[str, list[tuple[str, str, list[Word]]]] = {}
        for end in ends:
            by_letters.setdefault(joined(end[2]), []).append(end)
        for key, alike in by_letters.items():
            shortest = min((name for _, name, _ in alike), key=len)
            # "Ana Roe, The Velmouth Gazette" is that paper as well.
            if key not in self._forms and all(name.endswith(shortest) for _, name, _ in alike):
                for source, _, words in alike:
                    self._add(source, source, "ending", words, False)

    def mentions(self, question: str) -> tuple[SourceMention, ...]:
        """The sources that a question names, in order of place, none overlapping another."""
        words = read_words(question)
        candidates = self._candidates(question, words)
        named = {
            i
            for first, behind, forms in candidates
            if any(form.kind != "ending" for form in forms)
            for i in range(first, behind)
        }
        reading = Reading(question, words, named)
        found: list[SourceMention] = []
        aside = 0  # where the last name ends that the question sets aside
        for first, behind, forms in candidates:
            cue = reading.cue(first, behind)
            held = [form for form in forms if reading.holds(form, first, behind, cue)]
            if not held:
                continue
            sources = {source for form in held for source in form.sources}
            first += words[first].raw in ("the", "THE") and behind - first > 1
            start, end = words[first].start, reading.domain_end(behind) or words[behind - 1].end
            if _is_set_aside(question, start, end, aside):
                aside = end
            else:
                found.append(SourceMention(tuple(sorted(sources)), start, end, cue == "source"))
        return tuple(found)

    def _candidates(
        self, question: str, words: Sequence[Word]
    ) -> list[tuple[int, int, list[Form]]]:
        """The longest names that begin at each word, as word spans, before they are judged."""
        found: list[tuple[int, int, list[Form]]] = []
        first = 0
        while first < len(words):
            behind, forms = self._longest_at(question, words, first)
            if forms:
                found.append((first, behind, forms))
            first = behind if forms else first + 1
        return found

    def _longest_at(
        self, question: str, words: Sequence[Word], first: int
    ) -> tuple[int, list[Form]]:
        behind, best, key, soft = first, list[Form](), "", True
        spells = words[first].key[:1] in self._abbreviations
        # The label of "theverge.com" is one word, whatever the name's words are.
        labelled = bool(DOMAIN_END.match(question, words[first].end))
        for last in range(first, len(words)):
            key += words[last].key
            begins = len(key) < 3 or key[: min(9, len(key) // 3 * 3)] in self._beginnings
            spells = spells and last - first < MAX_SPELT
            if len(key) > self._longest or not (begins or spells):
                break
            if last > first:
                gap = question[words[last - 1].end : words[last].start]
                soft = soft and bool(_SOFT_GAP.fullmatch(gap))
            part = words[first : last + 1]
            named = [
                form
                for form in self._forms.get(key, ())
                if (labelled and last == first) or written_as(form, part)
            ]
            if named and not soft:
                written = plain(question[part[0].start : part[-1].end])
                named = [form for form in named if written in form.written]
            if spells and soft:
                named += self._spelt_out(part)
            if named:
                behind, best = last + 1, named
        return behind, best

    def _spelt_out(self, part: Sequence[Word]) -> list[Form]:
        """Forms for "Agence France-Presse" where the index has "AFP"."""
        if len(part) < 2 or not any(_AGENCY_WORD.search(word.key) for word in part):
            return []
        if not all(word.raw[0].isupper() or word.key in SMALL for word in part) and not is_agency(
            " ".join(word.raw for word in part)
        ):
            return []
        spelt = tuple(word.key for word in part)
        return [
            Form(spelt, "name", "phrase", form.sources)
            for initials in initials_of(part)
            for form in self._abbreviations.get(initials[0], {}).get(initials, ())
        ]

    def named(self, name: str) -> tuple[str, ...]:
        """What a reader typed as a filter → the sources it means, sorted: the one written exactly
        so, else those that differ in case, accents and punctuation only, else by short form.

        Raises UnknownSource, naming the nearest ones, where there is none.
        """
        if name in self._sources:
            return (name,)
        words = read_words(name)
        domain = DOMAIN.fullmatch(name.strip())
        if same := self._by_letters.get(joined(words)):
            return tuple(same)
        for typed in (words, read_words(domain[1]) if domain else []):
            forms = (*self._forms.get(joined(typed), ()), *self._spelt_out(typed))
            forms = forms or tuple(self._forms.get(joined(typed[1:] if has_the(typed) else []), ()))
            if forms:
                return tuple(sorted({source for form in forms for source in form.sources}))
        ending = " ".join(plain(word.raw) for word in words) if words else ""
        having = [s for s in self._sources if ending and _ends_with(s, ending)]
        if len(having) == 1:  # "Gazette" where there is one
            return (having[0],)
        raise UnknownSource(self._unknown(name))

    def _unknown(self, name: str) -> str:
        if not name.strip():
            return (
                f"The name of the source is empty; give one that the index has (it has "
                f"{len(self._sources):,}; `broadsheet status` lists them), or leave it out."
            )
        typed = joined(read_words(name))
        near: list[str] = []
        for key in difflib.get_close_matches(
            typed[:MAX_FORM_LETTERS], self._forms, n=6, cutoff=0.6
        ):
            near += sorted({source for form in self._forms[key] for source in form.sources})
        names = " · ".join(dict.fromkeys(source[:MAX_FORM_LETTERS] for source in near[:3]))
        count = len(self._sources)
        advice = f"the nearest of its {count:,} are: {names}" if names else f"it has {count:,}"
        shown = " ".join(name[:MAX_FORM_LETTERS].split())
        return f'The index has no source "{shown}"; {advice}. `broadsheet status` lists them.'


def _is_set_aside(question: str, start: int, end: int, aside: int) -> bool:
    """Tells whether a name is one that the question does not want, as in "sources other than the
    BBC", or stands in a list with the one that ends at ``aside``.
    """
    if found := SET_ASIDE.search(question, max(0, start - _MAX_SET_ASIDE), start):
        return found["wanted"] is None
    between = question[aside:start]
    if not aside or not AND_ASIDE.fullmatch(between):
        return False
    # "Besides Time, the BBC reported": a comma joins only where the list goes on.
    return bool(re.search(r"\b(?:and|n?or)\b", between) or LIST_GOES_ON.match(question, end))


def _ends_with(source: str, ending: str) -> bool:
    whole = " ".join(plain(word.raw) for word in read_words(source))
    return whole.endswith(f" {ending}")
