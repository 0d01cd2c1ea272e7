"""An RTF file → its article's paragraphs and what its properties state.

Read here rather than by a library: those there are show hidden and deleted text, lose text boxes,
or put the addresses of links into the sentences. Headers and footers of pages, hidden text,
deletions, comments, pictures and field codes are not read; footnotes stand below the text. The
days on which a file was made and changed say nothing about its article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from rag.decoding import one_line
from rag.header_lines import read_header
from rag.metadata import Metadata
from rag.pasted import join_pasted
from rag.properties import from_properties

# Groups whose text is not the article's, beside all that are marked with \* as of no need.
_UNREAD = frozenset((
    "annotation", "atnauthor", "atnid", "bkmkend", "bkmkstart", "buptim", "colortbl", "comment",
    "company", "creatim", "do", "doccomm", "fldinst", "fonttbl", "footer", "footerf", "footerl",
    "footerr", "header", "headerf", "headerl", "headerr", "hlinkbase", "info", "keywords",
    "manager", "nonshppict", "objdata", "operator", "pict", "pnseclvl", "printim", "private",
    "revtim", "rxe", "shprslt", "sn", "sp", "stylesheet", "subject", "sv", "tc", "txe", "xe",
))  # fmt: skip
_NEEDED = frozenset(("shpinst", "ud"))
"""Groups that are read although marked as of no need."""
_CHARACTERS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "column": "\n", "row": "\n",
    "nestrow": "\n", "cell": "\x1f", "nestcell": "\x1f", "tab": "\t", "emdash": "—",
    "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ", "bullet": "•", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200d", "zwnj": "\u200c",
}  # fmt: skip
_SYMBOLS = {"~": " ", "_": "-", "\n": "\n", "\r": "\n", "{": "{", "}": "}", "\\": "\\"}
_CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Windows' numbers for the character sets of fonts; 0 and 1 are the file's own."""
_SYMBOL_CHARSET = 2
_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n\0]+)|"
    r"[\r\n\0]+",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _State:
    """What holds until the group ends. ``target`` names the text that is written to, "" none."""

    target: str = "body"
    font: int = -1
    skip_count: int = 1
    hidden: bool = False
    deleted: bool = False


@dataclass(slots=True)
class _Texts:
    """What is gathered. ``box`` waits until the paragraph ends that it is anchored in."""

    parts: dict[str, list[str]] = field(
        default_factory=lambda: {name: [] for name in ("body", "box", "notes", "title", "author")}
    )
    code_page: str = "cp1252"
    charsets: dict[int, int] = field(default_factory=dict)
    default_font: int = 0
    waiting: bytearray = field(default_factory=bytearray)
    skip: int = 0
    """How many more characters only repeat the last one for older programs."""


def read_rtf(raw: bytes) -> tuple[list[str], Metadata]:
    """An RTF file's bytes → the paragraphs of its article, and what it states of itself."""
    texts = _texts_of(raw.decode("latin-1"))
    body, notes, title, author = (
        "".join(texts.parts[name]).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for name in ("body", "notes", "title", "author")
    )
    header, lines = read_header([_row(line) for line in f"{body}\n\n{notes}".split("\n")])
    known = header.or_else(from_properties(lines, title=title, authors=author.split(";")))
    return join_pasted(lines), known


def _row(line: str) -> str:
    """A line, or the cells of a table's row → one line of text."""
    # Fonts of symbols draw bullets with characters that no other font has.
    line = re.sub("[\ue000-\uf8ff]", " ", line)
    return " | ".join(filter(None, map(one_line, line.split("\x1f"))))


def _texts_of(text: str) -> _Texts:
    """RTF, a character for each byte → its texts."""
    texts = _Texts()
    state = _State()
    outer: list[_State] = []
    marked = False  # whether the group's name follows, which need not be known
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        word, number, code, symbol, brace, plain = found.groups()
        if brace == "{":
            _flush(texts, state)
            outer.append(state)
        elif brace == "}":
            _flush(texts, state)
            if state.target == "box" and outer and outer[-1].target != "box":
                texts.parts["box"].append("\n")
            if not outer:
                break  # what follows the file's own group is of no program's making
            state = outer.pop()
            if len(outer) == 0:
                break
        elif word == "bin":
            at += max(0, int(number or 0))
        elif word:
            state = _control(texts, state, word, number, marked=marked)
        elif symbol == "*":
            marked = True
            continue
        elif symbol is not None:
            _write(texts, state, _SYMBOLS.get(symbol, ""))
        elif code or plain:
            _characters(texts, state, bytes([int(code, 16)]) if code else plain.encode("latin-1"))
        texts.skip = 0 if brace else texts.skip
        marked = False
    _flush(texts, state)
    texts.parts["body"] += ["\n", *texts.parts["box"]]
    return texts


def _control(
    texts: _Texts, state: _State, word: str, number: str | None, *, marked: bool
) -> _State:
    """A control word → the state after it; what it stands for is written."""
    value = int(number) if number else 0
    if texts.skip and word != "u":
        texts.skip -= 1
        return state
    if word == "u":
        _write(texts, state, chr(value % 0x10000))
        texts.skip = state.skip_count
        return state
    if word in _CHARACTERS:
        _write(texts, state, _CHARACTERS[word])
        if word == "par" and state.target == "body":
            texts.parts["body"] += texts.parts["box"]
            texts.parts["box"].clear()
        return state
    _flush(texts, state)
    changed = _destination(texts, state, word, marked=marked)
    if changed is not None:
        return changed
    on = number != "0"
    if word == "f":
        return replace(state, font=value)
    if word == "uc":
        return replace(state, skip_count=min(max(value, 0), 100))
    if word == "v":
        return replace(state, hidden=on)
    if word == "deleted":
        return replace(state, deleted=on)
    if word == "plain":
        return replace(state, hidden=False, deleted=False, font=-1)
    if word == "fcharset":
        texts.charsets[state.font] = value
    elif word == "deff":
        texts.default_font = value
    elif word == "ansicpg":
        texts.code_page = f"cp{value}"
    elif word in _CODE_PAGES:
        texts.code_page = _CODE_PAGES[word]
    return state


def _destination(texts: _Texts, state: _State, word: str, *, marked: bool) -> _State | None:
    """A control word that opens a text of its own → the state in it; None for any other word."""
    if word == "footnote":
        target = "notes" if state.target else ""
        texts.parts["notes"].append("\n")
    elif word == "shptxt":
        target = "box" if state.target else ""
        texts.parts["box"].append("\n")
    elif word in ("title", "author"):
        target = word
    elif word in ("listtext", "pntext"):
        _write(texts, state, "- ")
        target = ""
    elif word in _UNREAD or (marked and word not in _NEEDED):
        target = ""
    else:
        return None
    return replace(state, target=target)


def _characters(texts: _Texts, state: _State, raw: bytes) -> None:
    """Bytes of text, which wait for the rest of a character of several bytes."""
    skipped = min(texts.skip, len(raw))
    texts.skip -= skipped
    texts.waiting += raw[skipped:]


def _write(texts: _Texts, state: _State, text: str) -> None:
    _flush(texts, state)
    if state.target and not state.hidden and not state.deleted:
        texts.parts[state.target].append(text)


def _flush(texts: _Texts, state: _State) -> None:
    """Writes what was waiting, by the character set of the font."""
    if not texts.waiting:
        return
    raw = bytes(texts.waiting)
    texts.waiting.clear()
    if not state.target or state.hidden or state.deleted:
        return
    font = state.font if state.font >= 0 else texts.default_font
    charset = texts.charsets.get(font, 0)
    if charset == _SYMBOL_CHARSET and not raw.isascii():
        raw = re.sub(rb"[\x80-\xff]", b" ", raw)
    try:
        text = raw.decode(_CHARSETS.get(charset, texts.code_page), "replace")
    except LookupError:  # a code page that nobody has
        text = raw.decode("cp1252", "replace")
    texts.parts[state.target].append(text)
