"""A question → what kind of thing it asks for: a name, a time, a number, a place, a reason, words
that somebody said, what something is.

By its question word and the noun beside it ("which company", "in what year", "what was the price
of"), in English; a question of another form or language asks for "other". Where that kind of thing
stands in a sentence is for ``expected_answers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rag.asked_nouns import Kind, noun_meaning
from rag.chunking import Span
from rag.lexical import terms


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for. ``unit`` says it more closely where the words do: "year" or "day"
    of a time; "money", "percent", "duration", "length", "age" … of a number, "count" where things
    are counted, whose words' terms are then in ``counted``. ``words`` are all the question's terms.
    """

    kind: Kind
    unit: str
    counted: frozenset[str]
    words: frozenset[str]


def asked_kind(question: str) -> Kind:
    """A question's text → the kind of thing that it asks for."""
    return read_asked(question).kind


@dataclass(frozen=True, slots=True)
class Expected:
    """A half-open span of a sentence. ``certain`` where its form alone says that it is of the kind:
    "in 1920" is a time, "after the flood" may be. ``unit`` as in ``Asked``, or "".
    """

    start: int
    end: int
    certain: bool
    unit: str = ""

    @property
    def span(self) -> Span:
        """(start, end)."""
        return self.start, self.end


def overlaps(span: Span, found: Iterable[Expected]) -> bool:
    """Whether a half-open span shares a character with one of those found."""
    return any(span[0] < e.end and e.start < span[1] for e in found)


@lru_cache(maxsize=256)
def read_asked(question: str) -> Asked:
    """A question's text → what it asks for."""
    kind, unit, counted = _reading(question)
    return Asked(kind, unit, frozenset(terms(counted)), frozenset(terms(question)))


_ASKING = re.compile(
    r"(?<![\w'’-])(who|whom|whose|when|where|why|how|what|which)(?:['’](?:s|re|d|ll))?(?![\w-])",
    re.IGNORECASE,
)
_AUXILIARY = (
    r"(?:is|are|was|were|am|be|been|do|does|did|has|have|had|can|could|will|would|shall|should|may|"
    r"might|must)(?:n['’]t)?"
)
_AUXILIARIES = re.compile(rf"{_AUXILIARY}$", re.IGNORECASE)
_ENDS_NOUN = re.compile(
    rf"(?:{_AUXILIARY}|of|in|on|at|by|for|from|to|with|that|who|which|as|between|during|against|"
    r"about|under|over|into|after|before|said|says|the|a|an|makes?|made|drove|drives?|gave|gives?|"
    r"took|takes?|led|leads?|raises?|won|wins?|lost|loses?|beat|hit|kept|keeps?|left|leaves?|got|"
    r"gets?|became|becomes?|held|holds?|brought|brings?|caused?|causes|helps?|needs?|uses?|sent|"
    r"saw|sees?|met|meets?|ran|began|begins?|fell|grew|came|comes?|went|goes)$",
    re.IGNORECASE,
)
_ADVERBIAL = re.compile(
    r"(?:and|but|or|so|in|on|at|after|before|during|according|when|while|as|since|if|considering|"
    r"between|from|for|of|to|by|under|with|despite|following|given|based|until|besides|about|"
    r"aside|apart|through|against|over|within|per|around|into)\b",
    re.IGNORECASE,
)
_ASKS_BEFORE = re.compile(
    r"(?:^|[.?!:;—–-]|\b(?:and|but|or|in|on|at|to|for|from|by|with|of|about|is|was|are|were|than|"
    r"tell me|know|through|until|since|under|against|over|during|within|into|than|around|then|"
    r"after|before|near|as)|[\"“‘'(])\s*$",
    re.IGNORECASE,
)


def _reading(question: str) -> tuple[Kind, str, str]:
    """The kind, the unit and the words of what is counted, by the first question word that asks and
    does not join clauses; where all look as if they joined, by the first.
    """
    found = list(_ASKING.finditer(question))
    readings = [(m, _by_word(m[1].casefold(), question, m)) for m in found]
    for match, reading in readings:
        if _asks(question, match):
            return reading
    if not readings or _AUXILIARIES.match(question.split()[0]):  # "Did X, which is Y, do Z?"
        return "other", "", ""
    return readings[0][1]


def _asks(question: str, match: re.Match[str]) -> bool:
    """Whether a question word asks: "when did …", and not "the day when …", ", who resigned,"."""
    word, before = match[1].casefold(), question[: match.start()]
    rest = question[match.end() :].split()
    if word in ("what", "how", "why"):
        return True
    if word in ("when", "where"):
        follows = rest[1] if len(rest) > 1 and rest[0] in ("else", "exactly") else "".join(rest[:1])
        short = len(rest) == 0 or follows.casefold() in ("in", "on")
        contracted = match.end() - match.start() > len(word)
        return short or contracted or bool(_AUXILIARIES.match(follows.strip("?.,")))
    if before.rstrip().endswith(","):
        return bool(_ADVERBIAL.match(before.strip()))
    return bool(_ASKS_BEFORE.search(before))


def _by_word(word: str, question: str, match: re.Match[str]) -> tuple[Kind, str, str]:
    rest = question[match.end() :].strip()
    if match[0].endswith("s") and word != "whose":  # "what's", "who's"
        rest = f"is {rest}"
    if word in ("who", "whom", "whose"):
        return ("definition" if _WHO_IS_NAME.fullmatch(rest) else "person or body"), "", ""
    if word == "when":
        return "time", "", ""
    if word == "where":
        return "place", "", ""
    if word == "why":
        return "reason", "", ""
    if word == "how":
        return _by_how(rest)
    return _by_noun(word, rest)


_CAPITAL_WORD = r"(?!(?i:the|a|an)\b)[^\W\d_a-z][\w.’'-]*"
_WHO_IS_NAME = re.compile(
    rf"(?:is|was|are|were)\s+{_CAPITAL_WORD}(?<!['’]s)(?:\s+(?:de|van|von|al|bin|der|la|of|"
    rf"{_CAPITAL_WORD})(?<!['’]s))*\s*[?.!]*"
)
_HOW_MEASURES = {
    "long": "duration or length", "old": "age", "far": "length", "tall": "length",
    "high": "length", "wide": "length", "deep": "length", "thick": "length", "big": "",
    "large": "", "heavy": "weight", "fast": "speed", "hot": "temperature", "cold": "temperature",
    "close": "length", "often": "frequency", "frequently": "frequency", "soon": "duration",
    "quickly": "duration or speed", "late": "", "early": "", "small": "", "low": "",
}  # fmt: skip
_MONEY_VERB = re.compile(
    r"\b(?:costs?|pay|pays|paid|spend|spent|spends|invest\w*|raised?|earn\w*|donat\w*|fined?|worth|"
    r"owed?|owes|money|price|sold?|sell|bought|buy|charged?|won|charges?|salary|funding)\b",
    re.IGNORECASE,
)


def _by_how(rest: str) -> tuple[Kind, str, str]:
    words = re.findall(r"[\w’'%-]+", rest)
    first = words[0].casefold() if words else ""
    if first in ("many", "few"):
        return "number", "count", " ".join(_noun_phrase(words[1:]))
    if first == "much":
        if len(words) > 1 and words[1].casefold() == "time":
            return "number", "duration", ""
        money = _MONEY_VERB.search(rest)
        return "number", "money" if money else "", ""
    if first == "long" and len(words) > 1 and words[1].casefold() == "ago":
        return "time", "", ""
    if first in _HOW_MEASURES:
        return "number", _HOW_MEASURES[first], ""
    return ("reason", "", "") if first == "come" else ("other", "", "")


def _noun_phrase(words: list[str]) -> list[str]:
    """The words up to a verb that helps another or a preposition, five at most."""
    phrase: list[str] = []
    for word in words[:5]:
        if _ENDS_NOUN.match(word):
            break
        phrase.append(word)
    return phrase


_SAID = (
    r"(?:say|tell|comment|remark|call|describe|argue|warn|claim|announce|write|tweet|reply|respond|"
    r"promise|admit|deny|declare|ask|complain|insist|predict|suggest|recommend|explain)"
)
_WHAT_SAID = re.compile(
    rf"(?:did|does|has|had|have|do)\s+(?:\S+\s+){{1,8}}?(?:{_SAID}s?|said|told|called|described|"
    r"announced|written|promised|claimed)\b(?!\s+(?:that|it|he|she|they|to)\b)"
    r"|(?:is|was|were)\s[^,]{3,60}\b(?:comments?|remarks?|reply|quote)\s(?:on|about|to|when)\b",
    re.IGNORECASE,
)
_NAME_OF = re.compile(
    r"(?:is|was|are|were|['’]s)?\s*(?:the\s+|their\s+|his\s+|her\s+)?(?:full\s+|real\s+|first\s+)?"
    r"(?:names?|identity|title)\s+(?:of|for)\s+(?:the\s+|an?\s+)?",
    re.IGNORECASE,
)
_IS_THE = re.compile(
    r"(?:is|was|are|were|['’]s|will\s+be|has\s+been|had\s+been)\s+(?:the\s+|its\s+|their\s+|his\s+"
    r"|her\s+|[\w.’'-]+(?:\s[\w.’'-]+)?['’]s?\s+)",
    re.IGNORECASE,
)
_WHICH_OF = re.compile(
    r"(?:one\s+)?of\s+(?:the|these|those|its|their)\s+(?:following\s+|two\s+|three\s+)?"
    r"|(?:one|other|two|three|four|five|is|are)\s+",
    re.IGNORECASE,
)
_KIND_OF = re.compile(r"(?:other\s+)?(?:kind|type|sort|form|piece|set)s?\s+of\b", re.IGNORECASE)
_DEFINES = re.compile(
    r"(?:is|are|was|were|['’]s)\s+(?:an?\s+|the\s+(?=(?-i:[^\W\d_a-z])))?"
    rf"(?!(?:[\w-]+\s+)*?{_ENDS_NOUN.pattern[:-1]}\b)(?:[\w-]+\s+){{0,2}}[\w-]+(?<!called)(?<!named)\s*[?.!]*"
    r"|(?:does|do|did)\s.{1,60}\b(?:mean|stand\s+for|refer\s+to)\s*[?.!]*"
    r"|(?:is|are)\s+(?:the\s+)?(?:meaning|definition)s?\s+of\b.*",
    re.IGNORECASE,
)


def _by_noun(word: str, rest: str) -> tuple[Kind, str, str]:
    """What and which: by the noun beside it, or the one after "is the" and "is the name of"."""
    if _KIND_OF.match(rest):
        return "other", "", ""
    name_of = _NAME_OF.match(rest)
    if name_of:
        return _by_head(rest[name_of.end() :]) or ("other", "", "")
    if word == "which" and (of := _WHICH_OF.match(rest)):
        rest = rest[of.end() :]
    if re.match(
        r"(?:actually\s+)?(?:caused|causes|prompted|led\s+to|triggered)\b", rest, re.IGNORECASE
    ):
        return "reason", "", ""
    if word == "what" and _WHAT_SAID.match(rest):
        return "quotation", "", ""
    inner = _IS_THE.match(rest)
    found = _by_head(rest[inner.end() :], closed=True) if inner else _by_head(rest)
    if found and not (inner and found[0] == "person or body"):
        return found
    if word == "what" and _DEFINES.fullmatch(rest):
        return "definition", "", ""
    return found or ("other", "", "")


def _by_head(rest: str, *, closed: bool = False) -> tuple[Kind, str, str] | None:
    """By the last of the known nouns that begin a text ("city council"), after at most four words
    that may describe it ("major Chinese city"). ``closed`` where nothing but the end, a preposition
    or a clause may follow it: "what was the price of", and not "what was the price reduced by".
    """
    all_words = re.findall(r"[\w’'-]+", rest)
    words = [w.casefold() for w in _noun_phrase(all_words)]
    found: tuple[Kind, str, str] | None = None
    last = 0
    for place, word in enumerate(words):
        reading = noun_meaning(word)
        if reading is None and (found or (place and word.endswith("ed"))):
            break
        owned = re.search(r"['’]s?$", word)
        found = None if owned else reading or found
        if found and found[0] in ("time", "number") and place == 0:
            last = 0
            break
        last = place if reading else last
    follows = all_words[last + 1].casefold() if len(all_words) > last + 1 else ""
    return found if not closed or not follows or _FOLLOWS_NOUN.fullmatch(follows) else None


_FOLLOWS_NOUN = re.compile(
    r"of|for|in|at|on|to|that|who|which|whose|between|per|during|from|with|since|after|before|where|"
    r"when|according|and"
)
