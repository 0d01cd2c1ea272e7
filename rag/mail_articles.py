"""An e-mail → its article's paragraphs and what its headers state.

Made for newsletters and press releases. Signatures and what a reply quotes are left out; of a
forwarded e-mail the article is what was forwarded, with the headers that stand above it there.
Attachments are not read, except the one e-mail in an e-mail that says nothing itself.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import Message
from email.policy import compat32
from typing import Any

from rag.decoding import clean, decode, one_line
from rag.errors import ArticleUnreadable
from rag.header_lines import read_header
from rag.html_articles import read_html
from rag.lines import letters
from rag.mail_headers import from_headers, is_reply, read_headers, split_at_headers
from rag.metadata import Metadata
from rag.wrapping import join_wrapped

SIGNATURE_LINES = 25
"""A signature is no longer; where more follows, the "--" parted something else."""
FORWARDS = 5
"""So many e-mails may stand within each other."""
_ATTRIBUTION = re.compile(
    r"(?:on|am|le|el|il|op|em|den|dnia|w dniu)\b.{5,200}\b(?:wrote|schrieb.{0,80}|a écrit|escribió|"
    r"ha scritto|schreef.{0,80}|escreveu|skrev.{0,80}|napisał\(?a?\)?)\s*:",
    re.IGNORECASE | re.DOTALL,
)
_LIST_FOOTER = re.compile(r"mailing list|unsubscribe|listinfo|abmelden|désabonner", re.IGNORECASE)
_PGP_SIGNED = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]+: .*\n)*\n(.*?)"
    r"-----BEGIN PGP SIGNATURE-----",
    re.DOTALL,
)
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_MBOX = re.compile(rb"\n\r?\nFrom \S+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d ")
# A link that counts its clicks: in brackets behind what it leads to, or alone on its line.
_LONG_LINK = re.compile(r"\s*[<(\[]\s*https?://[^\s<>]{60,}\s*[>)\]]|^\s*https?://\S{60,}$", re.M)


def _of_class(name: str) -> str:
    return f"//*[contains(concat(' ', @class, ' '), ' {name} ')]"


_SIGNATURES = " | ".join(map(_of_class, ("gmail_signature", "moz-signature")))
_QUOTES = " | ".join(
    (
        "//blockquote[@type='cite']",
        "//*[@id='divRplyFwdMsg']",
        "//*[@id='divRplyFwdMsg']/following-sibling::*",
        *map(_of_class, ("gmail_quote", "moz-cite-prefix", "yahoo_quoted")),
    )
)


def read_mail(raw: bytes) -> tuple[list[str], Metadata]:
    """An e-mail's bytes → the paragraphs of its article, and what its headers state.

    Raises ArticleUnreadable where it is encrypted, or has no text but only attachments.
    """
    wide = b"\0" in raw[:64]
    if wide:  # UTF-16, which no e-mail is sent in but an editor can save one in
        raw = decode(raw)[0].encode()
    raw = _first_of_box(raw.lstrip(b"\xef\xbb\xbf\r\n\t "))
    message = _forwarded(email.message_from_bytes(raw, policy=compat32), wide=wide)
    if message.get_content_type() in _ENCRYPTED:
        raise ArticleUnreadable("encrypted e-mail: save it after your mail program has opened it")
    headers = read_headers(message)
    reply = is_reply(headers)
    kind, text = _body(message, wide=wide)
    marked_up = Metadata()
    if kind == "html":
        lines, marked_up = _html_lines(text, reply=reply)
    else:
        lines = _plain_lines(clean(text), reply=reply)
    inner, above, below = split_at_headers(lines)
    if reply and any(map(str.isalnum, "".join(above))):
        inner, below = {}, above
    known = from_headers(inner or headers)
    header, lines = read_header(below)
    known = known.or_else(header).or_else(marked_up)
    paragraphs = [line for line in lines if line] if kind == "html" else join_wrapped(lines)
    return paragraphs, replace(known, remarks=_remarks(message))


def _forwarded(message: Message[Any, Any], *, wide: bool) -> Message[Any, Any]:
    """An e-mail → the one attached to it, if there is nothing else in it; else itself."""
    for _ in range(FORWARDS):
        attached = [part for part in _parts(message) if _is_attached(part)]
        if len(attached) != 1 or not _is_mail(attached[0]):
            break
        plain, html = (
            "\n".join(_texts(message, f"text/{kind}", wide=wide, whole=True))
            for kind in ("plain", "html")
        )
        own = [*_plain_lines(clean(plain), reply=False), _words(html)]
        if (inner := _inner(attached[0])) is None or any(map(str.isalnum, "".join(own))):
            break
        message = inner
    return message


def _inner(part: Message[Any, Any]) -> Message[Any, Any] | None:
    """A part that is an e-mail → that e-mail."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    return inner if isinstance(inner, Message) else None


def _parts(message: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    """The parts of an e-mail, without itself and without those of an e-mail attached to it."""
    waiting = [message]
    while waiting:
        if (part := waiting.pop()) is not message:
            yield part
        inner = part.get_payload()
        if isinstance(inner, list) and (part is message or not _is_mail(part)):
            waiting += [each for each in reversed(inner) if isinstance(each, Message)]


def _remarks(message: Message[Any, Any]) -> tuple[str, ...]:
    """What of an e-mail is not read, by the names of its files and the subjects of its e-mails."""
    names = [_name_of(part) for part in _parts(message) if _is_attached(part)]
    return (f"attachments: {', '.join(names[:5])[:200]}",) if names else ()


def _name_of(part: Message[Any, Any]) -> str:
    subject = read_headers(inner).get("subject", "")[:80] if (inner := _inner(part)) else ""
    return one_line(str(part.get_filename() or "")) or f"e-mail {subject!r}"


def _is_mail(part: Message[Any, Any]) -> bool:
    return part.get_content_type() in ("message/rfc822", "message/global")


def _is_attached(part: Message[Any, Any]) -> bool:
    is_shown = part.get_content_maintype() in ("image", "multipart")
    return _is_mail(part) or (bool(part.get_filename()) and not is_shown)


def _first_of_box(raw: bytes) -> bytes:
    """An e-mail's bytes without the start of the next one, as mailboxes have it behind.

    Raises ArticleUnreadable where there is a whole next one.
    """
    first, *others = _MBOX.split(raw, maxsplit=1)
    if others and re.search(rb"^(?:From|Subject):", others[0], re.IGNORECASE | re.MULTILINE):
        raise ArticleUnreadable("a mailbox of several e-mails: save each as .eml")
    return first


def _body(message: Message[Any, Any], *, wide: bool) -> tuple[str, str]:
    """An e-mail → ("plain" or "html", its text).

    Plain text is what its sender wrote without layout; where it is less than half of what the
    HTML says ("Your program cannot show this newsletter") the HTML is taken.
    """
    plain = "\n\n".join(_texts(message, "text/plain", wide=wide, whole=True))
    html = "\n".join(_texts(message, "text/html", wide=wide, whole=True))
    if "-----BEGIN PGP MESSAGE-----" in plain[:2000]:
        raise ArticleUnreadable("encrypted e-mail: save it after your mail program has opened it")
    if not plain.strip() and not html.strip():
        kinds = sorted({part.get_content_type() for part in message.walk()})
        raise ArticleUnreadable(f"no text in the e-mail itself, only {', '.join(kinds)[:100]}")
    words = re.sub(r"https?://\S+", "", plain)
    if html.strip() and 2 * len(letters(words)) < len(letters(_words(html))):
        return "html", html
    return "plain", plain


def _texts(part: Message[Any, Any], kind: str, *, wide: bool, whole: bool = False) -> list[str]:
    """The texts of one kind in a part of an e-mail, without attachments and attached e-mails.

    ``whole``: the part is the e-mail itself, which a file name makes no attachment.
    """
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        return [
            text
            for each in part.get_payload()
            if isinstance(each, Message)
            for text in _texts(each, kind, wide=wide)
        ]
    attached = part.get_content_disposition() == "attachment" or _is_attached(part)
    if part.get_content_type() != kind or (attached and not whole):
        return []
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    encoded = str(part.get("content-transfer-encoding", "")).strip().lower()
    charset = part.get_content_charset() or ""
    if wide and encoded not in ("base64", "quoted-printable"):
        charset = "utf-8"
    text = _decoded(raw, charset, markup=kind == "text/html")
    if part.get_param("format") == "flowed":
        text = _unflowed(text, gap="" if part.get_param("delsp") == "yes" else " ")
    return [text]


def _decoded(raw: bytes, charset: str, *, markup: bool) -> str:
    """Bytes in a charset that may be wrong or unknown → text."""
    charset = charset.lower()
    if not charset.startswith(("iso-2022", "hz", "utf-7", "utf-16", "utf-32")):
        try:
            return raw.decode()  # what is UTF-8 by its bytes is nothing else, whatever it is called
        except UnicodeDecodeError:
            pass
    # Mail programs read what is declared as ISO 8859-1 as Windows-1252, and so do browsers.
    charset = {"iso-8859-1": "cp1252", "us-ascii": "", "ascii": "", "utf-8": ""}.get(
        charset, charset
    )
    try:
        return raw.decode(charset)
    except (LookupError, ValueError):
        return decode(raw, markup=markup)[0]


def _unflowed(text: str, *, gap: str) -> str:
    """RFC 3676: a line that ends with a space runs on, and a space before "From" is taken off."""
    parts: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.removeprefix(" ")
        if line.endswith(" ") and line != "-- ":
            parts += [line[:-1], gap]
        else:
            parts += [line, "\n"]
    return "".join(parts)


def _words(html: str) -> str:
    """All text of an HTML part, roughly: to compare lengths."""
    html = re.sub(r"(?is)<(style|script|head|title)\b.*?</\1\s*>", " ", html)
    return re.sub(r"<[^<>]*>|&#?\w+;|https?://\S+", " ", html)


def _html_lines(html: str, *, reply: bool) -> tuple[list[str], Metadata]:
    import lxml.html

    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree: Any = lxml.html.document_fromstring(clean(html).encode(), parser=parser)
    for element in tree.xpath(f"{_SIGNATURES} | {_QUOTES}" if reply else _SIGNATURES):
        if element.getparent() is not None:
            element.drop_tree()
    for table in tree.xpath("//table[.//table or .//tr[count(td[normalize-space()]) = 1]]"):
        # It only puts things in their places: its cells are no row of values.
        for element in table.xpath("self::* | tbody | tr | tbody/tr | tr/td | tbody/tr/td"):
            element.tag = "div"
    return read_html(lxml.html.tostring(tree, encoding="unicode"))


def _plain_lines(text: str, *, reply: bool) -> list[str]:
    """An e-mail's plain text → its lines without signature, and without quotes in a reply."""
    if signed := _PGP_SIGNED.search(text):
        text = re.sub(r"^- ", "", signed[1], flags=re.MULTILINE)
    lines = _without_signature(_LONG_LINK.sub("", text).rstrip().split("\n"))
    own, is_answer = _without_quotes(lines)
    if (reply or is_answer) and any(map(str.isalnum, "".join(own))):
        lines = own
    return [re.sub(r"^(?:> ?)+", "", line).rstrip() for line in lines]


def _without_signature(lines: Sequence[str]) -> list[str]:
    for at in range(max(0, len(lines) - SIGNATURE_LINES), len(lines)):
        rest = "\n".join(lines[at:])
        is_footer = re.fullmatch(r"[_=-]{20,}\s*", lines[at]) and _LIST_FOOTER.search(rest)
        if at and (lines[at] in ("--", "-- ") or is_footer):
            return list(lines[:at])
    return list(lines)


def _without_quotes(lines: Sequence[str]) -> tuple[list[str], bool]:
    """The lines without those quoted and the "On … wrote:" above them, and whether that is there.

    Without it a ">" can as well mark the items of a list.
    """
    kept: list[str] = []
    is_answer = False
    for at, line in enumerate(lines):
        if not _is_quote(line):
            kept.append(line)
            continue
        if at and not _is_quote(lines[at - 1]):
            while kept and not kept[-1].strip():
                kept.pop()
            for count in range(1, min(3, len(kept)) + 1):
                if _ATTRIBUTION.fullmatch("\n".join(kept[-count:]).strip()):
                    del kept[-count:]
                    is_answer = True
                    break
            kept.append("")
    return kept, is_answer


def _is_quote(line: str) -> bool:
    return line.startswith(">") and not line.startswith(">From ")
