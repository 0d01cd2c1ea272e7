"""A language's name as written, or a text itself → the language's two-letter code."""

from __future__ import annotations

import re

_LANGUAGES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es", "italian": "it", "portuguese": "pt", "dutch": "nl",
    "russian": "ru", "ukrainian": "uk", "polish": "pl", "czech": "cs", "chinese": "zh",
    "japanese": "ja", "korean": "ko", "arabic": "ar", "turkish": "tr",
}  # fmt: skip


def language_code(text: str) -> str:
    """A language as written ("en-US", "English") → its two-letter code, or ""."""
    word = text.strip().casefold()
    found = re.fullmatch(r"([a-z]{2})(?:[-_][a-z0-9]+)*", word)
    return found[1] if found else _LANGUAGES.get(word, "")


_FREQUENT_WORDS = {
    "en": "the of and to in that is was for it with as on by at from",
    "de": "der die und das ist nicht mit von den des auf für dem sich ein eine",
    "fr": "le la les et des est dans une que pour qui sur pas au du ce",
    "es": "el los las que una por con para del se es como más su al y",
    "it": "il che di è una per non con del della sono gli alla nel più si",
    "pt": "o os que uma não com para do da em um é se mais ao dos",
    "nl": "de het een en van dat niet met voor zijn op te aan ook naar bij",
    "pl": "się nie na że jest do to jak po przez oraz dla tym ale był od",
    "cs": "se na že je to jako pro podle ale by byl po však které jsou než",
    "ru": "и в не на что с он по как это из за от для его к",
    "uk": "і в не на що з та до за від про як для його є",
}
_FREQUENT = {code: frozenset(words.split()) for code, words in _FREQUENT_WORDS.items()}


def guess_language(text: str) -> str:
    """A text → the code of the language whose small words it is full of, or "" where unclear."""
    words = re.findall(r"[^\W\d_]+", text[:4000].casefold())
    counts = {code: sum(word in few for word in words) for code, few in _FREQUENT.items()}
    first, second = sorted(counts.values(), reverse=True)[:2]
    if first < 5 or first < 0.1 * len(words) or first < 1.3 * second:
        return ""
    return max(counts, key=lambda code: counts[code])
