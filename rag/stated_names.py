"""A sentence → the names in it that some texts do not have, however they are inflected.

A name is a word with a capital letter, or with letters and figures ("G20"). Nationalities count as
their country, an acronym as the name with these initials, "U.S." as "US". Titles of people, days
and months are no names. Nothing here knows who or what a name is of.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.content_words import content
from rag.lexical import terms

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’&.][^\W_]+)*")
_SMALL = "of and for the on in to de la del da di van von der den al el bin ibn"
_JOINING = frozenset(_SMALL.split())
_TITLES_AND_DAYS = """
a an the i i'm i'd i've i'll he she it we you they his her its their our my your this that
these those there here who what which when where why how and or but nor so yet if as at by for
from in into of off on onto out over to under up with without not no yes all some any both each
one two three four five six seven eight nine ten eleven twelve first second third
hundred thousand million billion trillion
mr mrs ms miss mx dr prof professor sir dame lord lady saint st rev reverend father sister
brother king queen prince princess duke duchess president vice prime minister chancellor
secretary senator sen representative rep congressman congresswoman governor gov mayor
councillor councilor judge justice attorney general chief captain capt colonel col major
sergeant sgt lieutenant lt admiral officer detective inspector director chairman chairwoman
chair chairperson ceo cfo coo cto founder co-founder head coach manager spokesman spokeswoman
spokesperson ambassador pope cardinal bishop archbishop rabbi imam sheikh jr sr ii iii iv
january february march april may june july august september october november december
jan feb mar apr jun jul aug sept sep oct nov dec
monday tuesday wednesday thursday friday saturday sunday
"""
_NO_NAMES = frozenset(_TITLES_AND_DAYS.split())
_LONG = 7  # letters; no such name stands by chance across two words
_TWO_INITIALS = ("United States", "United Kingdom", "United Nations", "European Union")
# Forms of one name that share too few letters. The first is the one the others count as.
_OTHER_FORMS = {
    form: forms.split()[0]
    for forms in (
        "us usa america american americans", "uk britain british briton britons", "france french",
        "netherlands dutch holland", "spain spanish spaniard spaniards", "greece greek greeks",
        "denmark danish dane danes", "sweden swedish swede swedes", "switzerland swiss",
        "finland finnish finn finns", "ireland irish", "scotland scottish scots",
        "wales welsh", "poland polish pole poles", "turkey turkish turk turks türkiye",
        "china chinese", "norway norwegian norwegians", "thailand thai", "england english",
        "philippines philippine filipino filipinos", "lebanon lebanese", "peru peruvian",
        "belgium belgian belgians", "portugal portuguese", "cyprus cypriot", "iraq iraqi iraqis",
        "afghanistan afghan afghans", "europe european europeans", "kyiv kiev", "iran iranian",
        "cuba cuban", "eu european-union", "japan japanese", "wales welsh", "israel israeli",
        "kurdistan kurdish kurd kurds", "czechia czech czechs", "slovakia slovak slovaks",
        "serbia serb serbs serbian", "croatia croat croats croatian", "bosnia bosniak bosnian",
    )
    for form in forms.split()
}  # fmt: skip
_ENDINGS_OF_NAMES = (
    "s es n ns an ans ian ians ean ese ish i is ic e a y o ey um en us al uese ist ism"
)
_ENDINGS = frozenset(("", *_ENDINGS_OF_NAMES.split()))

_PLAIN_ENDING = re.compile(
    r"(?:[^aiosu']s|[aeiou]ns|[aeiou]rs|ing|ed|ly|[ts]ions?|ments?|ness|ity|ities|[ae]nces?|ous|ive|"
    r"able|ible|ical|ful|less|ism|ists?|ally|ward|ship|hood|al|tic|ology|ure|ants?|ents?)$"
)


@dataclass(frozen=True, slots=True)
class NameWord:
    """A word of a sentence that is written as a name. ``opens`` where it would have a capital
    letter anyhow; ``run`` are the words of the whole name, of which it is the one at ``place``.
    """

    text: str
    opens: bool
    run: tuple[str, ...]
    place: int


def name_words(sentence: str) -> list[NameWord]:
    """A sentence → its words that are written as names, in order."""
    found = []
    for run in _runs(sentence):
        words = tuple(_bare(match.group()) for match in run)
        for place, (match, word) in enumerate(zip(run, words, strict=True)):
            if _is_name(word) and not _is_explained(sentence, match, word):
                opens = _opens(sentence, match.start())
                found.append(NameWord(word, opens, words, place))
    return found


class KnownNames:
    """The words of some texts, to look names up in."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._initials: set[str] = set()
        self._acronyms: set[str] = set()
        self._terms: set[str] = set()
        self._squeezed = ""
        self._beginning: defaultdict[str, set[str]] = defaultdict(set)
        for text in texts:
            self._terms |= set(terms(text))
            self._squeezed += re.sub(r"[\W_]+", "", _folded(text))
            for match in _WORD.finditer(text):
                self._add(match.group())
            for run in _runs(text):
                names = tuple(_bare(m.group()) for m in run)
                for start in range(len(names)):
                    for end in range(start + 2, min(len(names), start + 9) + 1):
                        self._initials |= _initials(names[start:end])

    def _add(self, word: str) -> None:
        for part in (word, *re.split(r"['’&.]", word)):
            bare = _bare(part)
            if bare.isupper():
                self._acronyms.add(bare.lower())
            # "US" is a name, "us" is none.
            key = "us" if bare == "US" else "" if bare.lower() == "us" else _folded(bare)
            self._words.add(_OTHER_FORMS.get(key, key))
            if _written_as_name(bare or "-"):
                self._beginning[key[:4]].add(key)

    def __contains__(self, word: str) -> bool:
        """Whether the texts have the name's word, inflected as may be, or its initials."""
        folded = _folded(word)
        key = _OTHER_FORMS.get(folded, folded)
        if word.isupper() and len(word) > 1 and key == folded and not content(word):
            return key in self._acronyms or key in self._initials
        if key in self._words or (word.isupper() and word.lower() in self._initials):
            return True
        plural = word[:-1] if word.endswith("s") and word[:-1].isupper() else ""
        if plural and plural in self:  # "EVs"
            return True
        if word != "US" and self._terms.issuperset(terms(word)):
            return True
        if len(key) >= _LONG and key in self._squeezed:  # "South East" for "Southeast"
            return True
        return any(_same(key, known) for known in self._beginning.get(key[:4], ()))

    def has_initials(self, name: NameWord) -> bool:
        """Whether the texts have the name, or a part with this word, by its initials: "IMF"."""
        for start in range(name.place + 1):
            for end in range(name.place + 1, len(name.run) + 1):
                words = name.run[start:end]
                # Two initials are shared by too many names.
                least = 2 if " ".join(words) in _TWO_INITIALS else 3
                if any(len(i) >= least and i in self._acronyms for i in _initials(words)):
                    return True
        return False


def unknown_names(sentence: str, known: KnownNames) -> list[str]:
    """The names of a sentence that are not known, as written."""
    return [
        name.text
        for name in name_words(sentence)
        if not (name.opens and _is_plain_word(name))
        and name.text not in known
        and not known.has_initials(name)
    ]


def _runs(text: str) -> list[list[re.Match[str]]]:
    """The words that are written as names, those side by side together."""
    runs: list[list[re.Match[str]]] = []
    open_run: list[re.Match[str]] = []  # with small words that may join it to the next
    for match in _WORD.finditer(text):
        if open_run and re.search(r"[^\s-]", text[open_run[-1].end() : match.start()]):
            open_run = []
        if _written_as_name(match.group()):
            if open_run:
                runs[-1] += [*open_run[len(runs[-1]) :], match]
            else:
                runs.append([match])
            open_run = list(runs[-1])
        elif open_run and match.group() in _JOINING:
            open_run.append(match)
        else:
            open_run = []
    return runs


def _written_as_name(word: str) -> bool:
    if word[0].isdigit():
        return bool(re.fullmatch(r"\d+[A-Z][A-Z]*", word))
    return any(c.isupper() for c in word)


def _is_name(word: str) -> bool:
    if not word or not _written_as_name(word):
        return False
    if word.isupper() and len(word) > 1 and not content(word):
        return True  # the WHO
    return word.lower() not in _NO_NAMES


def _opens(sentence: str, at: int) -> bool:
    """Whether a word begins a sentence, a quotation or what follows a colon."""
    before = sentence[:at].rstrip(" \t\n")
    return not before or before[-1] in "\"“”«:.!?(–—-‘'"


def _bare(word: str) -> str:
    """Without the apostrophe's ending and the points of an acronym."""
    word = re.sub(r"['’]s?$|['’]s$", "", word)
    return word.replace(".", "") if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]?", word) else word


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _same(one: str, other: str) -> bool:
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    # Letters that both words have may belong to either's ending: "Ukrain-e", "Ukrain-ian".
    return any(
        one[length:] in _ENDINGS and other[length:] in _ENDINGS
        for length in range(max(4, shared - 2), shared + 1)
    )


def _initials(words: Sequence[str]) -> set[str]:
    """The initials of the words, with and without small ones."""
    kept = (words, [word for word in words if word not in _JOINING])
    return {"".join(word[0] for word in some).lower() for some in kept}


def _is_explained(sentence: str, match: re.Match[str], word: str) -> bool:
    """Whether it is an acronym in brackets after the words that it is short for."""
    before = sentence[: match.start()]
    if not before.endswith("(") or not word.isupper():
        return False
    words = re.findall(r"[^\W_]+", before)
    return "".join(w[0] for w in words[-len(word) :]).lower() == word.lower()


def _is_plain_word(name: NameWord) -> bool:
    """Whether a sentence's first word is no name: a small word, or one with an ending of nouns."""
    alone = (len(name.run) == 1 or name.run[1] in _JOINING) and name.text[1:].islower()
    return not content(name.text) or (alone and bool(_PLAIN_ENDING.search(name.text)))
