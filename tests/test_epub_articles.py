"""An EPUB gives the text of its chapters in reading order, and what its package states."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.articles import read_article
from rag.epub_articles import read_epub
from rag.errors import ArticleUnreadable
from tests.reading import PROSE, body, read

CONTAINER = """<?xml version="1.0"?><container version="1.0"
xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>"""
STATED = """<dc:title>Library stays open</dc:title><dc:creator>Ada Finch</dc:creator>
<dc:publisher>Tarn Gazette</dc:publisher><dc:language>en-GB</dc:language>"""


def chapter(markup: str) -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head><title>File title</title><style>p {{}}</style></head><body>{markup}</body></html>"""


def epub(
    *chapters: str,
    stated: str = STATED,
    version: str = "3.0",
    extra: Mapping[str, str] | None = None,
    items: str = "",
    first: str = "",
) -> bytes:
    """Chapters' bodies and the package's metadata → an EPUB."""
    named = {f"text/chapter {number}.xhtml": each for number, each in enumerate(chapters, 1)}
    manifest = "".join(
        f'<item id="c{at}" href="text/chapter%20{at}.xhtml" media-type="application/xhtml+xml"/>'
        for at in range(1, len(chapters) + 1)
    )
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(1, len(chapters) + 1))
    package = f"""<package version="{version}" xmlns="http://www.idpf.org/2007/opf"
    xmlns:opf="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <metadata>{stated}</metadata><manifest>{items}{manifest}</manifest>
    <spine>{first}{spine}</spine></package>"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/package.opf", package)
        for name, markup in named.items():
            archive.writestr(f"OEBPS/{name}", chapter(markup))
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


BOOK = epub(f"<h1>Library stays open</h1>{paragraphs(*PROSE[:2])}", paragraphs(*PROSE[2:]))


@pytest.mark.parametrize("name", ["a.epub", "a.txt", "a.zip"])
def test_an_epub_gives_its_chapters_and_what_its_package_states(name: str) -> None:
    article = read(name, BOOK)
    assert (article.title, article.title_from) == ("Library stays open", "document properties")
    assert (article.source, article.source_from) == ("Tarn Gazette", "document properties")
    assert (article.authors, article.authors_from) == (("Ada Finch",), "document properties")
    assert (article.language, article.language_from) == ("en", "document properties")
    assert body(article) == PROSE


def test_all_text_of_a_chapter_counts_but_contents_and_page_numbers() -> None:
    markup = f"""<nav epub:type="toc"><ol><li>Chapter one</li></ol></nav>
    <section epub:type="toc"><p>Contents</p></section>
    <p>The council <span epub:type="pagebreak" title="2">2</span>voted.</p>
    <aside><p>In a box.</p></aside><figure><figcaption>The reading room.</figcaption></figure>
    <p hidden="hidden">Hidden.</p><p style="display:none">Hidden too.</p><script>no()</script>
    <table><tr><th>Town</th><th>Votes</th></tr><tr><td>Ostwick</td><td>1,204</td></tr></table>
    <p>One<br/>two<a id="x"/> <b>three</b>.</p><div>Loose {PROSE[0]}</div><title/><p>Last.</p>"""
    assert read_epub(epub(markup))[0] == [
        "The council voted.", "In a box.", "The reading room.", "Town | Votes", "Ostwick | 1,204",
        "One", "two three.", f"Loose {PROSE[0]}", "Last.",
    ]  # fmt: skip


def test_chapters_are_read_in_the_order_of_the_spine_and_the_contents_not() -> None:
    nav = '<item id="n" properties="nav" href="nav.xhtml" media-type="application/xhtml+xml"/>'
    last = '<item id="z" href="z.xhtml" media-type="application/xhtml+xml"/>'
    picture = '<item id="p" href="p.png" media-type="image/png"/>'
    raw = epub(
        "<p>Second.</p>",
        items=nav + last + picture,
        first='<itemref idref="n"/><itemref idref="p"/><itemref idref="z"/><itemref idref="none"/>',
        extra={
            "OEBPS/nav.xhtml": chapter("<p>Contents</p>"),
            "OEBPS/z.xhtml": chapter("<p>First.</p>"),
        },
    )
    assert read_epub(raw)[0] == ["First.", "Second."]


@pytest.mark.parametrize(
    ("version", "stated", "published"),
    [
        ("2.0", '<dc:date opf:event="publication">2024-05-03</dc:date>', date(2024, 5, 3)),
        ("2.0", '<dc:date opf:event="creation">2024-05-03</dc:date>', None),
        ("2.0", "<dc:date>2024-05-03</dc:date>", None),
        ("3.0", "<dc:date>2024-05-03</dc:date>", date(2024, 5, 3)),
        ("3.0", "<dc:date>2024</dc:date>", None),
        ("3.0", "<dc:date>0101-01-01T00:00:00+00:00</dc:date>", None),
        (
            "3.0",
            "<dc:date>2024-05-03T08:00:00Z</dc:date>"
            '<meta property="dcterms:modified">2024-05-03T08:00:00Z</meta>',
            None,
        ),
        (
            "3.0",
            "<dc:date>2024-05-03</dc:date>"
            '<meta property="dcterms:modified">2025-01-06T08:00:00Z</meta>',
            date(2024, 5, 3),
        ),
    ],
)
def test_the_date_counts_where_it_is_not_the_files(
    version: str, stated: str, published: date | None
) -> None:
    _, known = read_epub(epub("<p>Text.</p>", stated=stated, version=version))
    assert known.published == published


@pytest.mark.parametrize(
    ("stated", "source", "authors"),
    [
        ("<dc:creator>Finch, Ada</dc:creator>", "", ("Ada Finch",)),
        ("<dc:creator>Ada Finch</dc:creator><dc:creator>Ben Lowe</dc:creator>", "",
         ("Ada Finch", "Ben Lowe")),
        ('<dc:creator opf:role="trl">Ada Finch</dc:creator>', "", ()),
        ('<dc:creator opf:role="aut">Ada Finch</dc:creator>', "", ("Ada Finch",)),
        ('<dc:creator id="x">Ada Finch</dc:creator><meta refines="#x" property="role">ill</meta>',
         "", ()),
        ("<dc:creator>Tarn Gazette</dc:creator>", "Tarn Gazette", ()),
        ("<dc:creator>calibre</dc:creator><dc:publisher>calibre</dc:publisher>", "", ()),
        ("<dc:creator>Unknown</dc:creator>", "", ()),
    ],
)  # fmt: skip
def test_creators_are_authors_or_the_source(
    stated: str, source: str, authors: tuple[str, ...]
) -> None:
    _, known = read_epub(epub("<p>Text.</p>", stated=stated))
    assert (known.source, known.authors) == (source, authors)


def test_a_title_that_a_program_put_there_is_none() -> None:
    stated = "<dc:title>Untitled document</dc:title>"
    assert read_epub(epub("<p>Text.</p>", stated=stated))[1].title == ""


def encryption(algorithm: str, name: str) -> dict[str, str]:
    return {
        "META-INF/encryption.xml": f"""<encryption
        xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
        xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>
        <enc:EncryptionMethod Algorithm="{algorithm}"/><enc:CipherData>
        <enc:CipherReference URI="{name}"/></enc:CipherData></enc:EncryptedData></encryption>"""
    }


def test_a_protected_epub_says_so_and_scrambled_fonts_are_nothing() -> None:
    aes = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
    locked = epub("<p>Text.</p>", extra=encryption(aes, "OEBPS/text/chapter%201.xhtml"))
    with pytest.raises(ArticleUnreadable, match="encrypted EPUB: it is protected"):
        read_article("a.epub", locked)
    for algorithm, name in (
        ("http://www.idpf.org/2008/embedding", "OEBPS/fonts/a.otf"),
        (aes, "OEBPS/images/cover.jpg"),
    ):
        raw = epub(f"<p>{PROSE[0]}</p>", extra=encryption(algorithm, name))
        assert read_epub(raw)[0] == [PROSE[0]]


def test_an_epub_that_lacks_its_chapters_says_so() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if "chapter" not in info.filename:
                new.writestr(info.filename, old.read(info))
    with pytest.raises(ArticleUnreadable, match="none of its chapters is in it"):
        read_article("a.epub", out.getvalue())


def test_what_unpacks_to_too_much_is_refused_with_the_limit() -> None:
    large = "<p>Some words here.</p>" * (2**20 * 21 // 23)
    raw = epub(*[large] * 6)
    assert len(raw) < 2**20
    with pytest.raises(ArticleUnreadable, match=r"too large when unpacked.*limit is 104,857,600"):
        read_article("a.epub", raw)


def test_entities_of_html_are_read_and_others_are_not() -> None:
    markup = chapter("<p>Caf&eacute;&nbsp;&amp; bar &secret; end.</p>").replace(
        "<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
    )
    item = '<item id="x" href="x.xhtml" media-type="application/xhtml+xml"/>'
    raw = epub(items=item, first='<itemref idref="x"/>', extra={"OEBPS/x.xhtml": markup})
    text = " ".join(read_epub(raw)[0])
    assert text.endswith("Café & bar &secret; end.")
    assert "root:" not in text


def test_a_chapter_in_another_encoding_is_decoded_as_it_says() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename.endswith("1.xhtml"):
                text = chapter("<p>Москва стоит.</p>").replace("utf-8", "windows-1251")
                content = text.encode("cp1251")
            new.writestr(info.filename, content)
    assert read_epub(out.getvalue())[0][0] == "Москва стоит."


def check(raw: bytes) -> None:
    try:
        assert read_article("a.epub", raw).text
    except ArticleUnreadable as error:
        assert str(error)


@given(st.integers(0, len(BOOK)), st.integers(0, len(BOOK) - 1), st.integers(0, 255))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_epub_is_an_article_or_unreadable(end: int, at: int, byte: int) -> None:
    check(BOOK[:end])
    check(BOOK[:at] + bytes([byte]) + BOOK[at + 1 :])


MARKUP = st.sampled_from(
    ["<p>", "</p>", "<div/>", "<nav>", "<br/>", "<td>", "<a id='x'/>", "<!--", "-->", "<![CDATA[",
     "]]>", "&nbsp;", "&x;", "<p epub:type='toc'>", "<p hidden=''>", "<html>", "</body>", "\0"]
)  # fmt: skip


@given(st.lists(MARKUP | st.text(max_size=10), max_size=30).map("".join))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_chapter_is_an_article_or_unreadable(markup: str) -> None:
    check(epub(markup.encode("utf-8", "ignore").decode()))
