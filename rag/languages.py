"""A language's name as written, or a text itself → the language's code, and the code's name.

Codes are those of ISO 639, of two letters where there is one, without region and script. The
close standards of Norwegian and the regional forms of Arabic and Chinese count as one language.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Forms of a language that are read and searched alike → its code.
_FORMS = {
    "nb": "no", "nn": "no", "fil": "tl", "sh": "sr", "cmn": "zh", "wuu": "zh", "yue": "zh",
    "arb": "ar", "ary": "ar", "arz": "ar", "ext": "es", "sdh": "ku", "ckb": "ku", "kmr": "ku",
    "uzs": "uz", "ltg": "lv", "hbo": "he", "iw": "he", "in": "id", "mo": "ro", "ji": "yi",
    "kik": "ki", "fuv": "ff", "gug": "gn", "gom": "kok",
}  # fmt: skip
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "root"})
# Names in use that Unicode's lists have under another.
_OTHER_NAMES = {
    "farsi": "fa", "mandarin": "zh", "castilian": "es", "slovene": "sl", "bahasa indonesia": "id",
    "bahasa melayu": "ms", "srpskohrvatski": "sr", "norsk bokmål": "no", "bokmål": "no",
    "tagalog": "tl", "日本": "ja", "汉语": "zh", "漢語": "zh", "українською": "uk",
}  # fmt: skip


def language_code(text: str) -> str:
    """A language as written ("en-US", "eng", "English", "Español") → its code, or ""."""
    word = re.sub(r"\s*\(.*|[;,].*", "", text.strip().casefold())
    tag = re.fullmatch(r"([a-z]{2,3})(?:[-_.@][a-z0-9-]+)*", word)
    if tag:
        return _code_of(tag[1])
    if not word or len(word) > 40:
        return ""
    return _english_names().get(word) or _OTHER_NAMES.get(word) or _own_names().get(word, "")


@cache
def _code_of(code: str) -> str:
    """A code of ISO 639, of its parts 1, 2 or 3 → the code used here; "" where it is none."""
    from babel import Locale
    from babel.core import get_global

    if code in _FORMS or code in _NO_LANGUAGE:
        return _FORMS.get(code, "")
    alias = str(get_global("language_aliases").get(code, code)).split("_")[0]
    code = _FORMS.get(alias, alias)
    return code if code in Locale("en").languages else ""


@cache
def _english_names() -> dict[str, str]:
    """Languages' English names in small letters → their codes."""
    from babel import Locale

    found: dict[str, str] = {}
    for tag, name in sorted(Locale("en").languages.items(), key=lambda item: len(item[0])):
        code = _code_of(tag.split("_")[0])
        if code:
            found.setdefault(name.casefold(), code)
    return found


@cache
def _own_names() -> dict[str, str]:
    """Languages' names in themselves ("deutsch", "українська") → their codes."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    found: dict[str, str] = {}
    for tag in sorted(locale_identifiers()):
        code = _code_of(tag)
        if code and "_" not in tag:
            found.setdefault((Locale(tag).languages.get(tag) or "").casefold(), code)
    return found


@cache
def language_name(code: str) -> str:
    """A language's code → its English name ("uk" → "Ukrainian"); the code where it has none."""
    from babel import Locale

    return str(Locale("en").languages.get(code, code))


PIECE_CHARACTERS, LINE_CHARACTERS = 200, 80
"""How much of a text is judged at once, and how short lines are that go together."""
CERTAIN_SHARE = 0.65
"""How much of what was looked at must be of one language. Two languages in equal parts have 0.5
each. Of first halves of sentences (40 characters, in 55 languages) none was misnamed with it."""
OVERRULING_SHARE, OVERRULING_LETTERS = 0.9, 100
"""From which share on, of how many letters, a text is believed against what is stated of it."""

# Languages so close that a text in one is often taken for another: together they are certain,
# and whatever is stated among them holds.
_CLOSE = {"bs": "hr", "sr": "hr", "ms": "id", "pcm": "en"}


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE
    from py3langid.langid import LanguageIdentifier as Identifier

    return Identifier.from_model_file(MODEL_FILE, norm_probs=True)


def guess_language(text: str) -> str:
    """A text → the code of the language that it is plainly in, or ""."""
    code, share, _ = _language_in(text)
    return code if share >= CERTAIN_SHARE else ""


def language_of(text: str, stated: str) -> tuple[str, bool]:
    """A text and the code stated of it → the code that holds, and whether the text told it.

    What is stated holds unless a text of some length is plainly in another language: pages have
    their template's language, not their article's. "" where neither says.
    """
    code, share, letters = _language_in(text)
    if not code:  # plainly in none, as code and figures are
        return stated, False
    if not stated:
        return (code, True) if share >= CERTAIN_SHARE else ("", False)
    plain = share >= OVERRULING_SHARE and letters >= OVERRULING_LETTERS
    if plain and _CLOSE.get(code, code) != _CLOSE.get(stated, stated):
        return code, True
    return stated, False


def _language_in(text: str) -> tuple[str, float, int]:
    """A text → (the code of its main language, the share of it and its close ones in 0…1, how many
    letters were looked at).
    """
    shares: defaultdict[str, float] = defaultdict(float)
    total, seen = 0.0, 0
    for piece in _pieces(text):
        for part in _scripts(piece):
            letters = sum(map(str.isalpha, part))
            if not letters:
                continue
            code, probability = _language_of_piece(part)
            # Names and figures, of which no language is probable, tell nothing against the prose.
            shares[code] += letters * probability * probability
            total += letters * probability
            seen += letters
    if not total:
        return "", 0.0, seen
    best = max(shares, key=lambda code: shares[code])
    share = sum(each for code, each in shares.items() if _family(code) == _family(best)) / total
    return ("" if best in _NO_LANGUAGE else best), share, seen


def _language_of_piece(piece: str) -> tuple[str, float]:
    """The most probable language of a piece of text, and the probability of it or a close one."""
    found: defaultdict[str, float] = defaultdict(float)
    families: defaultdict[str, float] = defaultdict(float)
    for label, probability in _identifier().rank(piece)[:8]:
        code = _FORMS.get(label, label)
        found[code] += probability
        families[_family(code)] += probability
    family = max(families, key=lambda code: families[code])
    members = [code for code in found if _family(code) == family]
    return max(members, key=lambda code: found[code]), families[family]


def _family(code: str) -> str:
    return _CLOSE.get(code, code)


def _pieces(text: str) -> list[str]:
    """At most six pieces of a text: two neighbours from its start, its middle and its end, so
    that two languages in turns are both seen. A long line is not put together with another.
    """
    pieces: list[str] = []
    short = ""
    for line in text.split("\n"):
        if len(line) < LINE_CHARACTERS:
            short = f"{short}\n{line}"
            if len(short) < LINE_CHARACTERS:
                continue
            line = ""
        pieces.append(short)
        short = ""
        count = -(-len(line) // PIECE_CHARACTERS)
        size = -(-len(line) // max(1, count))
        pieces += [line[at * size : (at + 1) * size] for at in range(count)]
    pieces = [piece for piece in (*pieces, short) if piece.strip()]
    middle = len(pieces) // 2 - 1
    return pieces if len(pieces) <= 6 else [*pieces[:2], *pieces[middle : middle + 2], *pieces[-2:]]


def _scripts(piece: str) -> list[str]:
    """A piece → its words in Latin letters, and those in others: a language's own letters would
    tell more than any number of words in the other's.
    """
    if piece.isascii():
        return [piece]
    latin: list[str] = []
    other: list[str] = []
    for word in piece.split():
        strange = sum(
            letter > "\u024f" and not "\u1e00" <= letter <= "\u1eff"
            for letter in word
            if letter.isalpha()
        )
        (other if 2 * strange > sum(map(str.isalpha, word)) else latin).append(word)
    return [" ".join(words) for words in (latin, other) if words]
