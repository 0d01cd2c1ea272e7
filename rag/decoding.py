"""Bytes → text, with its encoding and without the characters that nobody sees.

It decides how bytes are spelt, and refuses those that spell no text; what the text is, and in
which format, is for others.
"""

from __future__ import annotations

import logging
import re
import unicodedata

from rag.errors import ArticleUnreadable
from rag.languages import guess_language

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE)
GUESS_BYTES = 200_000
"""How much of a file the guess of its encoding reads; it is slow, and this is plenty."""


def decode(raw: bytes, *, markup: bool = False) -> tuple[str, str]:
    """Bytes → their text and the encoding, with how it was found where it was not plain UTF-8.

    Raises ArticleUnreadable where the bytes are not text.
    """
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return _replaced(raw, name)
    # What a file was filled up with at its end; no text in UTF-16 has two in a row.
    if raw.endswith(b"\0\0") and 0 not in (filled := raw.rstrip(b"\0")):
        raw = filled
    if (wide := _wide_encoding(raw)) is not None:
        return _replaced(raw, wide, " (no byte-order mark)")
    if raw.count(0) > max(2, len(raw) // 100):
        raise ArticleUnreadable("binary data, not text")
    if _ISO_2022_JP.search(raw) and raw.isascii():
        return _replaced(raw, "iso2022_jp")
    try:
        return raw.decode(), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(raw[:4096]) if markup else None
    if declared and (found := _declared(raw, declared[1].decode().lower())):
        return found
    text = raw.decode("utf-8", "replace")
    bad = len(re.findall(rb"[\x80-\xff]", raw)) - len(
        text.replace("\ufffd", "").encode().translate(None, bytes(range(128)))
    )
    good = sum(letter > "\x7f" and letter != "\ufffd" for letter in text)
    # Bytes of other encodings seldom are a character of UTF-8 (in Chinese ones 1 of 12).
    if good >= bad:
        return text, _utf_8(bad)
    if regional := _regional(raw):
        return regional
    if good == 0 and bad <= 3 and not _western(raw):
        return text, _utf_8(bad)
    return _guess(raw, text)


def _utf_8(bad: int) -> str:
    return f"utf-8 ({bad} {'byte' if bad == 1 else 'bytes'} replaced)"


def _replaced(raw: bytes, name: str, note: str = "") -> tuple[str, str]:
    text = raw.decode(name, "replace")
    _check_textual(text)
    bad = text.count("\ufffd")
    note = note or (f" ({bad} {'character' if bad == 1 else 'characters'} replaced)" if bad else "")
    return text, name.removesuffix("-sig") + note


def _wide_encoding(raw: bytes) -> str | None:
    """UTF-16 without its mark shows as a NUL in every other byte of Latin text, and of the spaces
    and line ends of any text.
    """
    sample = raw[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    if not (even or odd) or len(raw) % 2 or _is_utf_8(sample):
        return None
    decoded = {name: sample.decode(name, "replace") for name in ("utf-16-le", "utf-16-be")}
    name = max(decoded, key=lambda name: sum(map(decoded[name].count, " \n,.、。，")))
    seen = sum(letter.isalpha() or letter in " \n,.、。，" for letter in decoded[name])
    return name if seen > 0.9 * len(decoded[name]) else None


def _is_utf_8(raw: bytes) -> bool:
    """Whether nearly all is UTF-8 without control characters, as UTF-16 with a NUL never is."""
    text = raw.decode("utf-8", "ignore")
    seen = sum(len(letter.encode()) for letter in text if letter.isprintable() or letter in "\n\t")
    return seen > 0.9 * len(raw)


def _declared(raw: bytes, name: str) -> tuple[str, str] | None:
    # Browsers read a page declared as ISO 8859-1 as Windows-1252, and so do its authors.
    name = "cp1252" if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii") else name
    try:
        if name in ("utf-8", "utf8"):
            return None
        text = raw.decode(name, "replace")
    except (LookupError, ValueError):
        return None
    return text, f"{name} (declared)"


# JIS goes by escape sequences of plain ASCII: "ESC $ B" begins two-byte characters.
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")

# Languages in Latin letters → those beyond Windows-1252's, or like them in their place, and the
# code pages of one byte per character in which they were written.
_CENTRAL, _TURKISH, _BALTIC = ("cp1250", "iso8859_2"), ("cp1254",), ("cp1257",)
_CODE_PAGES = {
    "cs": ("áčďéěíňóřšťúůýž", _CENTRAL),
    "sk": ("áäčďéíĺľňóôŕšťúýž", _CENTRAL),
    "pl": ("ąćęłńóśźż", _CENTRAL),
    "hu": ("áéíóöőúüű", _CENTRAL),
    "ro": ("ăâîşţ", _CENTRAL),
    "sq": ("ëç", _CENTRAL),
    **dict.fromkeys(("bs", "hr", "sl"), ("čćđšž", _CENTRAL)),
    **dict.fromkeys(("az", "tr"), ("çğıİöşüâîû", _TURKISH)),
    "lt": ("ąčęėįšųūž", _BALTIC),
    "lv": ("āčēģīķļņšūž", _BALTIC),
    "et": ("äõöüšž", _BALTIC),
}


def _regional(raw: bytes) -> tuple[str, str] | None:
    """Text of a Latin script in a code page of its own, told by the language: most of its letters
    are ASCII, so that it is told although the others are wrong.
    """
    high = re.findall(rb"[\x80-\xff]", raw)
    if len(high) > 0.3 * len(raw):
        return None
    found = _CODE_PAGES.get(guess_language(raw.decode("cp1252", "ignore")))
    if not found:
        return None
    own, pages = set(found[0] + found[0].upper()), found[1]
    texts = [(raw.decode(page, "replace"), page) for page in pages]
    text, page = max(texts, key=lambda pair: sum(letter in own for letter in pair[0]))
    # Of the rest, quotation marks and names from elsewhere: a tenth, and one.
    strange = len(high) - sum(letter in own or letter in "–—‘’‚“”„…\u00a0«»" for letter in text)
    return (text, f"{page} (guessed)") if strange <= 1 + 0.1 * len(high) else None


# Nobody saves articles in these any more, and they are mistaken for the Windows code pages.
_EXTINCT = ("mac_cyrillic", "mac_greek", "mac_iceland", "mac_latin2", "mac_roman", "mac_turkish")


def _western(raw: bytes) -> bool:
    """Whether the bytes beyond ASCII are such as Windows-1252 puts in and between words."""
    high = re.findall(rb"[\x80-\xff]", raw)
    placed = re.findall(
        rb"[A-Za-z][\xc0-\xd6\xd8-\xf6\xf8-\xff]+(?=[A-Za-z \r\n.,])"
        rb"|[\x80\x85\x91-\x97\xa0\xa3\xa9\xab\xb0\xbb]",
        raw,
    )
    return sum(map(len, placed)) >= len(high)


def _guess(raw: bytes, as_utf8: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    high = sum(byte > 127 for byte in raw)
    letters = sum(chr(byte).isalpha() for byte in raw if byte < 128)
    if _western(raw) and high < 0.2 * letters and not set(raw) & set(b"\x81\x8d\x8f\x90\x9d"):
        return raw.decode("cp1252"), "cp1252 (guessed)"
    logging.getLogger("charset_normalizer").setLevel(logging.CRITICAL)
    best = from_bytes(raw[:GUESS_BYTES], cp_exclusion=list(_EXTINCT)).best()
    if best is None:
        _check_textual(as_utf8)
        return as_utf8, f"utf-8 ({as_utf8.count(chr(0xFFFD))} characters replaced)"
    text = raw.decode(best.encoding, "replace")
    _check_textual(text)
    return text, f"{best.encoding} (guessed)"


def _check_textual(text: str) -> None:
    """Raises ArticleUnreadable where a tenth of the characters are none that text has."""
    sample = text[:100_000]
    odd = sum(
        letter == "\ufffd" or (unicodedata.category(letter) in ("Cc", "Cn", "Co", "Cs"))
        for letter in sample
        if letter not in "\t\n\r\f\v"
    )
    if odd > len(sample) // 10:
        raise ArticleUnreadable("binary data, not text")


# Zero-width, direction and other control characters that are not seen: they would part words
# that look whole, and can turn a line around. The joiners U+200C and U+200D go beside Latin
# letters only: Persian, the Indian scripts and emoji are spelt with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
    "|(?<=[\x20-\u024f])[\u200c\u200d]+|[\u200c\u200d]+(?=[\x20-\u024f])"
)
# What a terminal takes as an order: colours, the cursor's place, its window's title.
_TERMINAL_ORDERS = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]{0,40}[ -/]*[@-~]"
    "|\x1b[\\]PX^_][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\\\)"
    "|\x1b[ -/]+[0-~]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def clean(text: str) -> str:
    """A text → in NFC, with ``\\n`` line ends, plain spaces, no unseen characters and no orders to
    a terminal.
    """
    if "\x1b" in text or "\x9b" in text:
        text = _TERMINAL_ORDERS.sub("", text)
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text))


def one_line(text: str) -> str:
    """A text → the same clean and on one line, a single space between its words."""
    return " ".join(clean(text).split())


def describe(error: Exception) -> str:
    """A parser's exception → its class and a line of what it says, which can be raw bytes."""
    return f"{type(error).__name__}: {one_line(str(error))[:120]}"
