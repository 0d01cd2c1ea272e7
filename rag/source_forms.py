"""A source's value → the ways to write it: short forms, domains, initials, parts of a byline.

Rules for any list of sources, and no list of publishers. A form's shape says how sure it
is; whether a question means it, ``source_cues`` judges.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from rag.names import is_agency, is_organisation, terms

MAX_FORM_LETTERS = 80
"""Longer names are known by their whole value only to ``named``; a source can be a whole post."""
MAX_SPELT = 5  # words of a name that is spelt out: "British Broadcasting Corporation"
# What papers call themselves behind the place they are of: "Gazette", of "The Velmouth Gazette".
_TITLES = terms(
    """advertiser|advocate|argus|banner|beacon|bee|bulletin|chronicle|courier|dispatch|echo|
    enquirer|examiner|express|gazette|globe|guardian|herald|independent|inquirer|journal|kurier|
    ledger|mail|mercury|messenger|mirror|monitor|observer|pilot|post|record|recorder|reflector|
    register|review|sentinel|spectator|standard|star|statesman|sun|telegraph|times|transcript|
    tribune"""
)
# Words that publishers take as names, and that stand in questions as themselves. Not complete: a
# capitalised word that is not here still needs a cue where its capital tells nothing.
_COMMON = _TITLES | terms(
    """advance|age|athletic|atlantic|bild|billboard|block|business|call|capital|cell|citizen|
    city|commentary|commerce|conversation|cosmos|crisis|cut|daily|day|defender|democrat|dawn|
    diplomat|dissent|earth|economics|economist|economy|elle|englishman|enterprise|era|evening|
    finance|financial|focus|food|foreign|fortune|forum|forward|free|future|globes|health|hill|
    hindu|history|home|information|insider|intercept|interview|investor|item|lancet|leader|life|
    line|live|local|london|market|markets|metro|mint|moon|morning|music|nation|national|nature|
    new|news|newsday|onion|outlook|patriot|people|policy|politics|polygon|president|press|print|
    progress|quartz|quint|radio|reader|reason|region|republic|republican|ringer|rivals|roar|root|
    salon|science|scientist|scotsman|signal|slate|space|spectrum|spiegel|sport|sports|stat|state|
    stern|stranger|street|style|sunday|system|tablet|technology|tennessean|time|today|top|town|
    travel|truth|tv|union|university|us|variety|verge|vice|village|voice|vogue|week|weekly|welt|
    west|wire|wired|witness|women|world|yes|zeit"""
)
SMALL = terms("a|and|de|des|du|for|in|of|on|s|the|und")
_SECTIONS = terms(
    """breaking|entertainment|headlines|health|home|latest|news|opinion|politics|rss|science|sport|
    sports|tech|technology|top|stories|world"""
)
# "BBC" for "BBC News", and "Globes" for "Globes English": words that say only which part it is.
_DIVISIONS = terms("""africa|arabic|business|news|online|radio|service|sport|sports|tv|world""")
EDITIONS = terms("""digital|edition|english|magazine|media|newspaper|online|uk|us|usa|website""")
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_MARKS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(
    rf"(?:[A-Z]\.){{2,}}|[{_UNSPACED}]|&|[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}])*"
)
_TOP_LEVEL = r"(?:\.(?:ac|co|com|edu|gov|net|org))?\.(?:com|info|net|news|org|[a-z]{2})"
DOMAIN = re.compile(
    rf"(?:https?://)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*?){_TOP_LEVEL}(?:/\S*)?", re.I
)
DOMAIN_END = re.compile(_TOP_LEVEL + r"(?![\w-])")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


class Word(NamedTuple):
    """A word of a name or a question, with its place in it."""

    key: str  # without case and diacritics
    raw: str
    start: int
    end: int


Kind = Literal["name", "initials", "prefix", "ending"]
_Shape = Literal["coined", "capitals", "plain", "common", "phrase", "common phrase"]


@dataclass(slots=True)
class Form:
    """One way to write a name: its words, how sure it is, and the values it stands for.
    ``written`` are those values' parts with their punctuation, for names that need it to be told.
    """

    words: tuple[str, ...]
    kind: Kind
    shape: _Shape
    sources: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)


def read_words(text: str) -> list[Word]:
    """A text → its words; each character is one in scripts that put no spaces between words."""
    return [
        Word(_key(found[0]), found[0], found.start(), found.end()) for found in _WORD.finditer(text)
    ]


def _key(word: str) -> str:
    return "and" if word == "&" else _folded(word).replace(".", "")


def _folded(text: str) -> str:
    """A text without case and diacritics; its length can change."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(character for character in plain if not unicodedata.combining(character))


def joined(words: Sequence[Word]) -> str:
    """Words → their letters in a row, by which names are compared."""
    return "".join(word.key for word in words)


def plain(text: str) -> str:
    """A name → as written but for case, diacritics, spaces and the kind of dash."""
    return " ".join(re.sub(r"[‐‑–—]", "-", _folded(text)).split())


def is_abbreviation(key: str, form: Form) -> bool:
    """Tells whether a form is an abbreviation that a question can spell out."""
    sure = form.shape in ("coined", "capitals") or is_agency(key)
    return form.kind == "name" and form.words == (key,) and 2 <= len(key) <= MAX_SPELT and sure


def has_the(words: Sequence[Word]) -> bool:
    """Tells whether a name begins with an article."""
    return len(words) > 1 and words[0].key == "the"


def written_as(form: Form, part: Sequence[Word]) -> bool:
    """Tells whether words are divided as the form's are ("for tune" is no Fortune), or by
    capitals at least: "Tech Crunch", "SkySports".
    """
    if len(part) == len(form.words) and all(
        word.key == key for word, key in zip(part, form.words, strict=True)
    ):
        return True
    return form.kind == "name" and all(not word.raw[0].islower() for word in part)


def shape_of(words: Sequence[Word]) -> _Shape:
    """How far a name can be taken for words: "coined" (TechCrunch, CNBC) never, "common" always;
    "capitals" (ESPN) and "plain" (Engadget) go by how the question writes them.
    """
    content = [word for word in words if word.key not in SMALL] or list(words)
    if len(content) > 1 and not re.match(f"[{_UNSPACED}]", content[0].raw):
        return "common phrase" if all(w.key in _COMMON for w in content) else "phrase"
    word = content[0]
    if word.key in _COMMON:
        return "common"
    caseless = word.raw.lower() == word.raw.upper()
    cameled = re.search(r"[a-z][A-Z]|\d", word.raw)
    no_vowel = len(word.key) > 2 and not re.search(r"[aeiouy]", word.key) and word.key.isascii()
    if caseless or cameled or no_vowel:
        return "coined"
    return "capitals" if word.raw.isupper() else "plain"


def parts_of(source: str, whole: frozenset[str]) -> list[str]:
    """A source's value → itself and, of a composite ("Entorno and AFP"), the publishers in it."""

    def known(part: str) -> bool:
        words = read_words(part)
        abbreviation = len(words) == 1 and part.isupper() and len(part) > 2
        return is_agency(part) or abbreviation or joined(words) in whole

    def organisation(part: str) -> bool:
        return known(part) or (len(part.split()) > 1 and is_organisation(part))

    parts = [source]
    for strong in re.split(r",? (?:by way of|via|courtesy of) |\s*;\s*", source):
        commas = [
            part.strip() for part in re.split(r",\s+|(?<!\d)/(?!\d)|\s\|\s|\s[-–—]\s", strong)
        ]
        kept = [part for i, part in enumerate(commas) if i == 0 or organisation(part)]
        parts += kept if len(kept) > 1 or strong != source else []
        for part in kept:
            sides = re.split(r" (?:and|&|\+|und|et|y|e) ", part)
            if len(sides) > 1 and (any(map(known, sides)) or all(map(organisation, sides))):
                parts += sides
    return [part for part in dict.fromkeys(part.strip(" ,.") for part in parts) if part]


def short_forms(part: str) -> list[tuple[Kind, list[Word], bool]]:
    """A name → the ways to write it: kind, words, and whether it is a domain's label."""
    found: list[tuple[Kind, list[Word], bool]] = [("name", read_words(part), False)]
    if domain := DOMAIN.fullmatch(part):
        label = domain[1].split(".")[-1]
        return [*found, ("name", read_words(label), _folded(label) not in _COMMON)]
    words = _brand(part)
    bracketed = re.search(r"\(([A-Z]{2,6})\)$", part)
    if bracketed and (is_agency(bracketed[1]) or bracketed[1].lower() in initials_of(words)):
        found.append(("name", read_words(bracketed[1]), False))
    bare = words[1:] if has_the(words) else words
    found += [("name", words, False), ("name", bare, False)]
    while len(bare) > 1 and bare[-1].key in EDITIONS:
        bare = bare[:-1]
        found.append(("name", bare, False))
    if len(bare) < 2:
        return found
    if len(bare[0].key) > 2 and bare[0].raw.isupper() and bare[0].key not in ("usa", "the"):
        divided = all(word.key in _DIVISIONS for word in bare[1:])
        found.append(("prefix" if divided else "initials", bare[:1], False))
    short = {*initials_of(words), *initials_of(bare)}
    found += [("initials", [Word(key, key.upper(), 0, 0)], False) for key in sorted(short)]
    for count in range(2, len(bare)):  # "NY Times", "nytimes.com"
        initials = "".join(word.raw[0] for word in bare[:count])
        if initials.isupper():
            place = Word(_folded(initials), initials, 0, 0)
            found.append(("name", [place, *bare[count:]], False))
    return found


def _brand(part: str) -> list[Word]:
    """A name's words without its section, slogan or bracket: "The Tarn Gazette (UK) - Sport"."""
    pieces = re.split(r"\s[|–—»·•-]\s|:\s|\s::\s", re.sub(r"\s*\([^()]*\)$", "", part))
    # "News | The Tarn Gazette": the page's section stands first.
    section_first = len(pieces) > 1 and set(_folded(pieces[0]).split()) <= _SECTIONS
    return read_words(pieces[-1 if section_first else 0])


def endings(part: str) -> list[tuple[str, list[Word]]]:
    """A paper's name → the ends of it that people call it by, each with the whole name's letters:
    "Gazette" and "Evening Gazette", of "Velmouth Evening Gazette". None of "The Post and Courier",
    which is called by both, and of "The Sunday Times", which is no "Times".
    """
    words = _brand(part)
    bare = words[1:] if has_the(words) else words
    while len(bare) > 1 and bare[-1].key in EDITIONS:
        bare = bare[:-1]
    found: list[tuple[str, list[Word]]] = []
    if bare and bare[-1].key in _TITLES:
        for first in range(len(bare) - 1, 0, -1):
            if bare[first].key not in _COMMON or bare[first - 1].key in SMALL | {"sunday"}:
                break
            found.append((joined(bare), bare[first:]))
    return found


def initials_of(words: Sequence[Word]) -> set[str]:
    """A name's initials, with and without its small words: {"ptoi", "pti"}."""
    every = "".join(word.key[:1] for word in words)
    main = "".join(word.key[:1] for word in words if word.key not in SMALL)
    return {initials for initials in (every, main) if len(initials) > 1 and initials.isalpha()}
