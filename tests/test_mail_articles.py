"""An e-mail gives the article that was sent in it, with what its headers state."""

from __future__ import annotations

import base64
import time
from datetime import UTC, date, datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.articles import read_article
from rag.errors import ArticleUnreadable
from rag.mail_articles import read_mail
from rag.mail_headers import is_mail
from tests.reading import BODY, PROSE, body, read

TEXT = "\n\n".join(PROSE) + "\n"
HTML = f"<html><body>{''.join(f'<p>{each}</p>' for each in PROSE)}</body></html>"


def message(text: str = TEXT, **headers: str) -> EmailMessage:
    made = EmailMessage()
    stated = {
        "From": "Tarn Gazette <news@gazette.example>",
        "To": "readers@list.example",
        "Subject": "Library stays open until the spring",
        "Date": "Fri, 03 May 2024 10:15:00 +0200",
        "Message-ID": "<1@gazette.example>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in stated.items():
        made[name] = value
    made.set_content(text)
    return made


def plain(headers: str, text: str = BODY) -> bytes:
    return f"{headers}\n\n{text}\n".encode()


def lines_of(made: EmailMessage) -> list[str]:
    return read_mail(made.as_bytes())[0]


@pytest.mark.parametrize("name", ["a.eml", "a.txt", "a.html", "a.md"])
def test_an_email_gives_its_text_and_what_its_headers_state(name: str) -> None:
    article = read(name, message().as_bytes())
    assert (article.title, article.title_from) == (
        "Library stays open until the spring",
        "e-mail header",
    )
    assert (article.source, article.source_from) == ("Tarn Gazette", "e-mail header")
    assert article.published == datetime(2024, 5, 3, 10, 15, tzinfo=timezone(timedelta(hours=2)))
    assert article.published_from == "e-mail header"
    assert article.authors == ()
    assert body(article) == PROSE


@pytest.mark.parametrize(
    ("sender", "source", "authors"),
    [
        ("Ada Finch <ada.finch@gazette.example>", "", ("Ada Finch",)),
        ("Ada Finch <redqueen@post.example>", "", ("Ada Finch",)),
        ('"Finch, Ada" <afinch@gazette.example>', "", ("Ada Finch",)),
        ("=?utf-8?q?Zo=C3=AB_Br=C3=BBl=C3=A9?= <zoe@post.example>", "", ("Zoë Brûlé",)),
        ("Ada Finch via Tarn List <list@tarn.example>", "Tarn List", ("Ada Finch",)),
        ("Ada Finch from Tarn Letter <tarn@letters.example>", "Tarn Letter", ("Ada Finch",)),
        ('"Ada Finch (Tarn Gazette)" <ada@gazette.example>', "Tarn Gazette", ("Ada Finch",)),
        ('"Ada Finch, Tarn Gazette" <ada@gazette.example>', "Tarn Gazette", ("Ada Finch",)),
        ("Letters from Home <ada@home.example>", "Letters from Home", ()),
        ("Ostwick Town Council <press@ostwick.example>", "Ostwick Town Council", ()),
        ("Open Rights <action@openrights.example>", "Open Rights", ()),
        ("Lodden Line <presse@lodden.example>", "Lodden Line", ()),
        ("Tarn Gazette <ada@gazette.example>", "Tarn Gazette", ()),
        ("press@ostwick.example", "", ()),
        ('"press@ostwick.example" <press@ostwick.example>', "", ()),
        ("", "", ()),
    ],
)
def test_the_sender_is_an_author_or_the_source(
    sender: str, source: str, authors: tuple[str, ...]
) -> None:
    raw = plain(f"From: {sender}\nSubject: Library stays open\nMIME-Version: 1.0")
    _, known = read_mail(raw)
    assert (known.source, known.authors) == (source, authors)


def test_a_mailing_list_is_the_source_of_what_a_person_sends_to_it() -> None:
    made = message(
        From="Ada Finch <ada@finch.example>", List_Id="Tarn Valley News <news.tarn.example>"
    )
    made.replace_header("Subject", "[tarn-news] Library stays open")
    _, known = read_mail(made.as_bytes())
    assert (known.source, known.authors) == ("Tarn Valley News", ("Ada Finch",))
    assert known.title == "Library stays open"


@pytest.mark.parametrize(
    ("stated", "published"),
    [
        ("Fri, 03 May 2024 10:15:00 GMT", datetime(2024, 5, 3, 10, 15, tzinfo=UTC)),
        ("3 May 2024 10:15:00 -0000", datetime(2024, 5, 3, 10, 15, tzinfo=UTC)),
        ("Fri, 03 May 2024 10:15:00 +0000 (UTC)", datetime(2024, 5, 3, 10, 15, tzinfo=UTC)),
        ("Fri, 03 May 2024 10:15", date(2024, 5, 3)),
        ("yesterday", None),
        ("03/04/2024", None),
        ("Fri, 31 Feb 2024 10:15:00 GMT", None),
    ],
)
def test_the_date_is_the_headers_or_none(stated: str, published: object) -> None:
    _, known = read_mail(plain(f"From: a@b.example\nSubject: X\nDate: {stated}"))
    assert known.published == published


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: AW: Library stays open", "Library stays open"),
        ("=?iso-8859-1?Q?B=FCcherei_bleibt?= =?utf-8?B?IG9mZmVu?=", "Bücherei bleibt offen"),
        ("Library stays\n open", "Library stays open"),
        ("Bücherei bleibt offen", "Bücherei bleibt offen"),
        ("=?x-none?Q?Library?=", "Library"),
        ("Report: library stays open", "Report: library stays open"),
    ],
)
def test_the_subject_is_the_title(subject: str, title: str) -> None:
    _, known = read_mail(plain(f"From: a@b.example\nSubject: {subject}\nMIME-Version: 1.0"))
    assert known.title == title


# --- bodies ----------------------------------------------------------------------------------


def test_of_two_renderings_the_plain_one_is_read() -> None:
    made = message()
    made.add_alternative(HTML.replace("eight", "nine"), subtype="html")
    assert lines_of(made) == PROSE


def test_plain_text_that_only_points_to_the_html_is_passed_over() -> None:
    made = message("Your program cannot show this newsletter: https://gazette.example/view")
    made.add_alternative(HTML, subtype="html")
    assert lines_of(made) == PROSE


def test_an_html_email_laid_out_in_tables_gives_its_paragraphs() -> None:
    rows = "".join(f"<tr><td><table><tr><td>{each}</td></tr></table></td></tr>" for each in PROSE)
    made = message()
    made.set_content(f"<html><body><table>{rows}</table></body></html>", subtype="html")
    made["X-Test"] = "1"
    assert lines_of(made) == PROSE


def test_attachments_are_not_read_but_named() -> None:
    made = message()
    made.add_attachment("Secret minutes of the council.", filename="minutes.txt")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="plan.pdf")
    inner = message("An attached e-mail.")
    made.add_attachment(inner)
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    lines, known = read_mail(made.as_bytes())
    assert lines == PROSE
    assert known.remarks == (
        "attachments: minutes.txt, plan.pdf, e-mail 'Library stays open until the spring'",
    )


def test_of_an_attached_email_the_name_is_told_and_not_what_is_attached_to_it() -> None:
    made = message()
    inner = message("An attached e-mail.", Subject="Minutes")
    inner.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="plan.pdf")
    made.add_attachment(inner, filename="minutes.eml")
    lines, known = read_mail(made.as_bytes())
    assert lines == PROSE
    assert known.remarks == ("attachments: minutes.eml",)


@pytest.mark.parametrize("own", ["\n", "\n-- \nBen Lowe\nTarn Gazette\n"])
def test_an_email_that_only_carries_another_gives_that(own: str) -> None:
    outer = message(own, Subject="Fwd: Library", From="Ben Lowe <ben@home.example>")
    outer.add_attachment(message())
    article = read("a.eml", outer.as_bytes())
    assert body(article) == PROSE
    assert (article.title, article.source) == (
        "Library stays open until the spring",
        "Tarn Gazette",
    )
    assert article.published == datetime(2024, 5, 3, 10, 15, tzinfo=timezone(timedelta(hours=2)))
    assert article.remarks == ()


def test_an_email_that_carries_two_is_no_article() -> None:
    outer = message("\n")
    outer.add_attachment(message())
    outer.add_attachment(message())
    with pytest.raises(ArticleUnreadable, match=r"no text in the e-mail itself.*rfc822"):
        read_article("a.eml", outer.as_bytes())


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "quoted-printable", "base64"])
def test_every_transfer_encoding_is_read(encoding: str) -> None:
    text = "The café stays open." if encoding != "7bit" else "The cafe stays open."
    made = message()
    made.set_content(text, cte=encoding)
    assert lines_of(made) == [text]


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("iso-8859-1", "Das Café bleibt offen.".encode()),  # says one thing and is another
        ("utf-8", "Das Café bleibt offen.".encode("cp1252")),
        ("x-unknown", "Das Café bleibt offen.".encode()),
        ("iso-8859-1", "Das Café bleibt offen.".encode("cp1252")),
        ("us-ascii", "Das Café bleibt offen.".encode()),
    ],
)
def test_a_wrong_charset_does_no_harm(charset: str, raw: bytes) -> None:
    head = f"From: a@b.example\nSubject: X\nContent-Type: text/plain; charset={charset}\n"
    lines, _ = read_mail(f"{head}Content-Transfer-Encoding: 8bit\n\n".encode() + raw)
    assert lines == ["Das Café bleibt offen."]


def test_japanese_mail_is_decoded_by_its_charset() -> None:
    head = "From: a@b.example\nSubject: X\nContent-Type: text/plain; charset=iso-2022-jp\n\n"
    lines, _ = read_mail(head.encode() + "図書館は春まで開館する。".encode("iso-2022-jp"))
    assert lines == ["図書館は春まで開館する。"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("name", ["a.eml", "a.txt"])
def test_an_email_saved_in_utf_16_is_one_all_the_same(name: str, encoding: str) -> None:
    made = message("Das Café bleibt bis zum Frühling offen, sagt der Rat.\n")
    made.replace_header("Content-Transfer-Encoding", "8bit")
    text = made.as_bytes().decode().split("\n\n")[0]
    article = read(name, f"{text}\n\nDas Café bleibt offen, sagt der Rat.\n".encode(encoding))
    assert article.source == "Tarn Gazette"
    assert body(article) == ["Das Café bleibt offen, sagt der Rat."]


def test_flowed_text_is_joined() -> None:
    made = message("The council voted \neight to one \nto keep it.\n\nThe mayor left.\n")
    made.replace_header("Content-Type", 'text/plain; charset="utf-8"; format="flowed"')
    assert lines_of(made) == ["The council voted eight to one to keep it.", "The mayor left."]


def test_long_counting_links_are_left_out() -> None:
    link = f"https://click.example/{'a1B2' * 30}"
    made = message(f"{PROSE[0]}\n\nThe list [{link}] is long.\n\n{link}\n")
    made.replace_header("Subject", "X")
    assert lines_of(made) == [PROSE[0], "The list is long."]


# --- signatures, replies, forwarded ----------------------------------------------------------


def test_a_signature_is_no_text() -> None:
    made = message(f"{TEXT}\n-- \nAda Finch\nPress office\n+44 20 7946 0000\n")
    assert lines_of(made) == PROSE


def test_dashes_high_above_the_end_are_no_signature() -> None:
    text = "\n\n".join(["First part of the letter.", "-- ", *PROSE * 8])
    assert len(lines_of(message(text))) == 2 + 8 * len(PROSE)


def test_the_foot_of_a_mailing_list_is_no_text() -> None:
    foot = f"{'_' * 47}\nTarn mailing list\nhttps://tarn.example/listinfo/tarn\n"
    assert lines_of(message(f"{TEXT}\n{foot}")) == PROSE


QUOTED = "> The council meets on Thursday.\n> Will you be there?\n"


@pytest.mark.parametrize(
    "attribution",
    [
        "On Fri, 3 May 2024 at 09:00, Cora Vale <cora@vale.example> wrote:",
        "On Fri, 3 May 2024 at 09:00, Cora Vale\n<cora@vale.example> wrote:",
        "Am 03.05.2024 um 09:00 schrieb Cora Vale:",
        "Le ven. 3 mai 2024 à 09:00, Cora Vale a écrit :",
    ],
)
def test_what_a_reply_quotes_is_no_text(attribution: str) -> None:
    made = message(f"{TEXT}\n{attribution}\n\n{QUOTED}")
    made.replace_header("Subject", "Re: Library")
    assert lines_of(made) == PROSE
    made.replace_header("Subject", "Library stays open")
    assert lines_of(made) == PROSE


def test_a_newsletter_may_mark_its_items_with_arrows() -> None:
    made = message("Today:\n> The library stays.\n> The school is mended.\n")
    assert lines_of(made) == ["Today:", "The library stays.", "The school is mended."]


@pytest.mark.parametrize(
    "line", ["-----Original Message-----", "_" * 32, "-----Ursprüngliche Nachricht-----"]
)
def test_what_stands_below_an_outlook_reply_is_no_text(line: str) -> None:
    below = "From: Cora Vale\nSent: Friday, May 3, 2024 9:00 AM\nTo: x\nSubject: Library\n\nOld."
    made = message(f"{TEXT}\n{line}\n{below}\n", In_Reply_To="<0@x.example>")
    made.replace_header("Subject", "RE: Library stays open")
    assert lines_of(made) == PROSE


def test_a_quotation_in_an_html_reply_is_no_text() -> None:
    quote = '<div class="gmail_quote gmail_quote_container"><div>On Friday Cora wrote:</div>'
    made = message(In_Reply_To="<0@x.example>")
    html = HTML.replace("</body>", f"{quote}<blockquote>Old.</blockquote></div></body>")
    made.set_content(html, subtype="html")
    assert lines_of(made) == PROSE


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ("---------- Forwarded message ---------", ("From", "Date", "Subject", "To")),
        ("Begin forwarded message:\n", ("From", "Subject", "Date", "To")),
        ("-----Original Message-----", ("From", "Sent", "To", "Subject")),
        ("-----Ursprüngliche Nachricht-----", ("Von", "Gesendet", "An", "Betreff")),
    ],
)
def test_of_a_forwarded_email_the_article_is_what_was_forwarded(
    line: str, labels: tuple[str, ...]
) -> None:
    values = {"F": "Tarn Gazette <news@gazette.example>", "V": "Tarn Gazette <n@gazette.example>",
              "D": "Thu, 2 May 2024 08:00:00 +0000", "G": "2 May 2024 08:00:00 +0000",
              "T": "cora@vale.example", "A": "cora@vale.example", "B": "Library stays open"}  # fmt: skip
    head = "".join(
        f"{label}: {values['D'] if label == 'Sent' else values.get(label[0], values['B'])}\n"
        for label in labels
    )
    made = message(f"Have you seen this?\n\n{line}\n{head}\n{TEXT}")
    made.replace_header("Subject", "Fwd: Library")
    made.replace_header("From", "Cora Vale <cora@vale.example>")
    lines, known = read_mail(made.as_bytes())
    assert lines == PROSE
    assert known.published == datetime(2024, 5, 2, 8, tzinfo=UTC)
    assert (known.title, known.source, known.authors) == (
        "Library stays open",
        "Tarn Gazette",
        (),
    )


# --- other things in the form of an e-mail ---------------------------------------------------


def test_a_web_page_saved_as_one_file_has_the_pages_own_facts() -> None:
    made = EmailMessage()
    made["From"] = "<Saved by Blink>"
    made["Snapshot-Content-Location"] = "https://gazette.example/2024/05/03/library"
    made["Subject"] = "Library stays open | Gazette"
    made["Date"] = "Mon, 06 Jan 2025 10:00:00 -0000"
    made["MIME-Version"] = "1.0"
    head = "<head><title>Library stays open</title></head>"
    made.set_content(HTML.replace("<body>", f"{head}<body>"), subtype="html")
    made.replace_header("Content-Type", 'text/html; charset="utf-8"')
    article = read("a.txt", made.as_bytes())
    assert article.title == "Library stays open"
    assert (article.published, article.published_from) == (date(2024, 5, 3), "url")
    assert (article.source, article.authors) == ("", ())


ENCRYPTED_PARTS = (
    "multipart/encrypted; boundary=x; protocol=application/pgp-encrypted",
    "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
)


@pytest.mark.parametrize("kind", ENCRYPTED_PARTS)
def test_an_encrypted_email_says_what_to_do(kind: str) -> None:
    text = "--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--x--"
    raw = plain(f"From: a@b.example\nSubject: X\nContent-Type: {kind}", text)
    with pytest.raises(ArticleUnreadable, match="encrypted e-mail: save it after"):
        read_article("a.eml", raw)


def test_an_email_encrypted_in_its_text_says_so_too() -> None:
    text = "-----BEGIN PGP MESSAGE-----\n\nhIwDY32hYGCE8MkB\n-----END PGP MESSAGE-----"
    with pytest.raises(ArticleUnreadable, match="encrypted e-mail"):
        read_article("a.eml", plain("From: a@b.example\nSubject: X", text))


def test_a_signed_text_is_read_without_its_armour() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe council voted.\n- -- Dash.\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n-----END PGP SIGNATURE-----"
    )
    lines, _ = read_mail(plain("From: a@b.example\nSubject: X", text))
    assert lines == ["The council voted.", "-- Dash."]


def test_an_email_of_attachments_only_is_no_article() -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "a@b.example", "X"
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="plan.pdf")
    with pytest.raises(ArticleUnreadable, match=r"no text in the e-mail itself, only.*pdf"):
        read_article("a.eml", made.as_bytes())


def test_a_mailbox_of_several_emails_is_refused_rather_than_half_read() -> None:
    one = b"From ada@gazette.example Fri May  3 10:15:00 2024\n" + message().as_bytes() + b"\n"
    assert read("a.eml", one).source == "Tarn Gazette"
    with pytest.raises(ArticleUnreadable, match="a mailbox of several e-mails"):
        read_article("a.eml", one + one)


# --- what is an e-mail -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        "From: Ada Finch\n\nThe council voted.",
        "From: the archive\nSubject: libraries\n\nThe council voted.",
        "Subject: Library\nDate: 3 May 2024\n\nThe council voted.",
        "Library stays open\nFrom: a@b.example\nTo: c\nSubject: x\nDate: y\n\nText.",
        "Message-ID: <1@x.example>\n\nThe council voted.",
        "From: here to there, a journey\nby Ada Finch\nMessage-ID: <1@x>\n\nText.",
        "From the archive: how the library was saved\n\nText.",
        "Title: Library\nSource: Tarn Gazette\nPublished: 2024-05-03\n\nText.",
        "---\ntitle: x\n---\nText.",
        "",
    ],
)
def test_an_article_is_not_taken_for_an_email(head: str) -> None:
    assert not is_mail(head, named=False)


@pytest.mark.parametrize(
    "head",
    [
        "From: Ada Finch\nTo: Cora Vale\nSubject: x\nDate: y\n\nText.",
        "From:\tAda Finch\nSent:\tFriday\nTo:\tCora Vale\nSubject:\tx\n\nText.",
        "Subject: x\nMIME-Version: 1.0\n\nText.",
        "Received: by x\n\twith y\nFrom: z\n\nText.",
        "From a@b.example Fri May  3 10:15:00 2024\nSubject: x\nMessage-ID: y\n\nText.",
    ],
)
def test_an_email_is_known_by_its_headers(head: str) -> None:
    assert is_mail(head, named=False)
    assert is_mail(head.replace("\n", "\r\n"), named=False)


def test_text_in_a_file_named_eml_is_text() -> None:
    article = read("a.eml", f"Library stays open until the spring\n\n{BODY}")
    assert (article.title, article.title_from, article.encoding) == (
        "Library stays open until the spring",
        "first line",
        "utf-8",
    )


# --- anything at all -------------------------------------------------------------------------

WHOLE = message()
WHOLE.add_alternative(HTML, subtype="html")
WHOLE.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="plan.pdf")
WHOLE_BYTES = WHOLE.as_bytes()


def check(raw: bytes) -> None:
    try:
        assert read_article("a.eml", raw).text
    except ArticleUnreadable as error:
        assert str(error)


@given(st.integers(0, len(WHOLE_BYTES)), st.integers(0, len(WHOLE_BYTES) - 1), st.integers(0, 255))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_email_is_an_article_or_unreadable(end: int, at: int, byte: int) -> None:
    check(WHOLE_BYTES[:end])
    check(WHOLE_BYTES[:at] + bytes([byte]) + WHOLE_BYTES[at + 1 :])


PIECES = st.sampled_from(
    ["From: ", "Subject: ", "Date: ", "=?utf-8?q?", "?=", "Content-Type: ", "multipart/mixed; ",
     "boundary=x", "\n--x\n", "\n--x--\n", "text/html", "charset=utf-7", "base64\n", "\n\n", "> ",
     "-- \n", "Content-Transfer-Encoding: ", "List-Id: <", "\r", "\0", ";", '"', "(", "message/rfc822"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=10), max_size=40).map("".join))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_headers_are_an_article_or_unreadable(text: str) -> None:
    check(b"From: a@b.example\n" + text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "raw",
    [
        b"From: " + b"(" * 2**18 + b"\nSubject: x\n\nText.",
        b"From: x\nSubject: " + b"=?utf-8?q?a?= " * 2**15 + b"\n\nText.",
        b"From: x\nContent-Type: text/plain; " + b'a="b"; ' * 2**15 + b"\n\nText.",
        b"From: x\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nText.\n" * 2**14,
        b"From: x\nSubject: y\n\n" + b"> quoted\nText.\n" * 2**15,
        b"From: x\nSubject: y\n\n" + b"<" * 2**18 + b"https://a" * 2**10,
        b"From: x\nSubject: y\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(b"Some words. " * 2**17),
    ],
)
def test_an_email_made_to_be_slow_is_read_in_time(raw: bytes) -> None:
    start = time.perf_counter()
    check(raw)
    assert time.perf_counter() - start < 20
