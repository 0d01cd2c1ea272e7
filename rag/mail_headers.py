"""An e-mail's headers → what they state of the article in it, and whether a text begins with them.

The sender's name is an author where it is a person's, else the source. An address alone names
nobody: neither is made up from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from typing import Any

from rag.dates import parse_date
from rag.decoding import decode, one_line
from rag.lines import letters
from rag.metadata import Metadata, is_url
from rag.names import is_name, is_organisation

HEADER_CHARACTERS = 2_000
"""A longer value is nobody's subject or name, and slow to take apart."""
_WANTED = (
    "subject", "from", "date", "list-id", "organization", "in-reply-to", "references",
    "snapshot-content-location", "content-language",
)  # fmt: skip

_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}):(?:[ \t]|$)")
_BY_MACHINE = frozenset((
    "message-id", "mime-version", "received", "return-path", "delivered-to", "dkim-signature",
    "content-type", "content-transfer-encoding", "x-mailer", "x-received", "arc-seal",
))  # fmt: skip
_REPLY = re.compile(r"(?:re|aw|sv|antw|rép|odp|rif|antwort)(?:\[\d+\])?\s*:\s*", re.IGNORECASE)
_FORWARD = re.compile(r"(?:fwd?|wg|tr|rv|enc|doorst|i|vs)\s*:\s*", re.IGNORECASE)
_INNER = re.compile(
    r"(?:-{3,} ?)?(?:begin )?(?:forwarded message|weitergeleitete nachricht|message transféré|"
    r"anfang der weitergeleiteten nachricht|mensaje reenviado|messaggio inoltrato|"
    r"doorgestuurd bericht|original message|ursprüngliche nachricht|message d[’']origine|"
    r"mensaje original|messaggio originale|oorspronkelijk bericht)\b.{0,60}|_{20,}",
    re.IGNORECASE,
)
"""The line above the headers of an e-mail within an e-mail."""
_LABELS = {
    "from": "from", "von": "from", "de": "from", "da": "from", "van": "from",
    "date": "date", "sent": "date", "datum": "date", "gesendet": "date", "envoyé": "date",
    "enviado": "date", "fecha": "date", "data": "date", "verzonden": "date",
    "subject": "subject", "betreff": "subject", "objet": "subject", "asunto": "subject",
    "oggetto": "subject", "onderwerp": "subject",
    "to": "to", "an": "to", "à": "to", "para": "to", "a": "to", "aan": "to",
    "cc": "cc", "kopie": "cc", "reply-to": "", "antwort an": "",
}  # fmt: skip
_ROLES = re.compile(
    r"(?:press|presse|prensa|news|newsletter|info|noreply|donotreply|hello|contact|media|medien|"
    r"editor|editors|editorial|redaktion|office|support|team|alerts?|updates?|service|mail|admin|"
    r"marketing|list|bounces?|communications?|comms|pr)"
)


def is_mail(text: str, *, named: bool) -> bool:
    """Tells whether a text begins with an e-mail's headers.

    ``named``: it is in a file named .eml, so that a first line shaped like a header is enough.
    Otherwise the lines up to the first empty one must all be headers, among them one that only
    mail programs write, or sender, receiver, date and subject together: an article can begin with
    "From: …" too.
    """
    lines = text.lstrip("\n\r\t ").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].startswith("From ") and len(lines) > 1 and _NAME.match(lines[1]):
        lines = lines[1:]
    names: set[str] = set()
    for at, line in enumerate(lines):
        found = _NAME.match(line)
        if found:
            names.add(found[1].lower())
        elif not line.strip():
            break
        elif not at or line[0] not in " \t":
            return named and bool(names)
    if named:
        return bool(names)
    asked = {"from", "to", "subject"} <= names and not names.isdisjoint(("date", "sent"))
    return asked or not (names.isdisjoint(_BY_MACHINE) or names.isdisjoint(("from", "subject")))


def read_headers(message: Message[Any, Any]) -> dict[str, str]:
    """An e-mail → its headers that tell something about it, by name, in plain text."""
    headers: dict[str, str] = {}
    for name, value in message.raw_items():
        if name.lower() in _WANTED and len(str(value)) <= HEADER_CHARACTERS:
            headers.setdefault(name.lower(), str(value))
    names = ("from", "list-id")  # taken apart first: a name can hold an encoded comma
    return {name: value if name in names else _plain(value) for name, value in headers.items()}


def _plain(value: str) -> str:
    """A header's value → its text, encoded words decoded."""
    value = decode(value.encode("utf-8", "surrogateescape"))[0] if value else ""
    try:
        parts = decode_header(re.sub(r"\r?\n", "", value))
    except (HeaderParseError, ValueError):
        return one_line(value)
    texts: list[str] = []
    for part, charset in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        try:
            texts.append(part.decode(charset or "raw-unicode-escape", "replace"))
        except LookupError:
            texts.append(part.decode("utf-8", "replace"))
    return one_line("".join(texts))


def is_reply(headers: Mapping[str, str]) -> bool:
    """Tells whether an e-mail answers another, which it then may quote."""
    subject = headers.get("subject", "")
    answers = bool(headers.get("in-reply-to") or headers.get("references"))
    return bool(_REPLY.match(subject)) or (answers and not _FORWARD.match(subject))


def from_headers(headers: Mapping[str, str]) -> Metadata:
    """An e-mail's headers → title, source, authors, date, and the address of a saved page."""
    page = headers.get("snapshot-content-location", "")
    sender = headers.get("from", "")
    subject = _subject(headers)
    if page or re.match(r"\W*saved by ", sender, re.IGNORECASE):
        # A web page in a file, in the form of an e-mail: its date is of the day it was saved.
        return Metadata.stated("e-mail header", url=page if is_url(page) else "")
    source, authors = _sender(sender)
    list_name = _list_name(headers.get("list-id", ""))
    return Metadata.stated(
        "e-mail header",
        title=subject,
        source=source or list_name or headers.get("organization", ""),
        authors=authors,
        published=parse_date(headers.get("date", "")),
    )


def _subject(headers: Mapping[str, str]) -> str:
    subject = headers.get("subject", "")
    for _ in range(5):
        shorter = _FORWARD.sub("", _REPLY.sub("", subject, count=1), count=1)
        if "list-id" in headers:
            shorter = re.sub(r"^\[[^\[\]]{2,30}\]\s*", "", shorter)
        if shorter == subject:
            break
        subject = shorter
    return subject


def _list_name(value: str) -> str:
    """A List-Id ("Tarn Valley News <news.tarn.example>") → the list's name, "" without one."""
    name = _plain(value.rpartition("<")[0]).strip('" ')
    return name if re.search(r"[^\W\d_]{2}", name) and "@" not in name else ""


def _sender(value: str) -> tuple[str, tuple[str, ...]]:
    """The sender → (the source, the authors) that it names; one of them, or both, or none."""
    name, address = parseaddr(re.sub(r"\r?\n", "", value))
    name = _plain(name).strip("\"' ")
    if "@" in name or not re.search(r"[^\W\d_]{2}", name):
        return "", ()
    # "Ada Finch (Tarn Gazette)", "Ada Finch via Tarn List", "Ada Finch, Tarn Gazette".
    parted = re.fullmatch(
        r"(.+?)\s+(?:(?:via|at|from|von|von der)\s+(.+)|\((.+)\)|\|\s*(.+))", name
    )
    if parted and _is_person(parted[1], ""):
        return next(part for part in parted.groups()[1:] if part), (parted[1],)
    first, comma, second = name.partition(", ")
    if comma and is_name(first) and is_name(second):
        if is_organisation(second) or len(first.split()) > 1:
            return (second, (first,)) if _is_person(first, address) else (name, ())
        name = f"{second} {first}"  # "Finch, Ada", as directories have it
    return ("", (name,)) if _is_person(name, address) else (name, ())


def _is_person(name: str, address: str) -> bool:
    """Whether a name is a person's, judged with the address that it stands beside."""
    if not is_name(name) or not 2 <= len(name.split()) <= 4 or is_organisation(name):
        return False
    local, _, domain = address.casefold().partition("@")
    words = [letters(word) for word in name.split() if len(letters(word)) > 2]
    if any(word in letters(local) for word in words):
        return True
    role = any(_ROLES.fullmatch(part) for part in re.split(r"[^a-z]+", local))
    return not role and not any(word in letters(domain) for word in words)


def split_at_headers(lines: Sequence[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """An e-mail's lines → the headers of another that it holds, the lines above and those below.

    Without such headers all lines are below.
    """
    for at, line in enumerate(lines):
        if len(line) > 200 or not _INNER.fullmatch(line.strip(" \t*>")):
            continue
        headers: dict[str, str] = {}
        end = at + 1
        while end < min(at + 14, len(lines)):
            name, colon, value = lines[end].strip(" \t*>").partition(":")
            key = _LABELS.get(name.strip(" *").casefold()) if colon else None
            if key is None and headers:
                break  # an empty line, or the first of the text
            if key:
                headers.setdefault(key, one_line(value.strip(" *")))
            end += 1
        if "from" in headers and not {"subject", "date"}.isdisjoint(headers):
            return headers, list(lines[:at]), list(lines[end:])
    return {}, [], list(lines)
