"""A Word file gives what its reader sees of the article, and no more."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.articles import read_article
from rag.docx_articles import read_docx
from rag.errors import ArticleUnreadable
from tests.reading import BODY, PROSE, body, read

WORD = nsdecls("w")


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def lines_of(document: Document) -> list[str]:
    return read_docx(saved(document))[0]


def add_xml(document: Document, xml: str) -> None:
    """Adds a paragraph or table written as XML at the end of the text."""
    element = parse_xml(xml)
    document.element.body.insert(len(document.element.body) - 1, element)


def changed(raw: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same zip with one member changed, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        members = {info.filename: old.read(info) for info in old.infolist()}
        members[name] = change(members.get(name, b""))
        for member, content in members.items():
            new.writestr(member, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def a_report() -> Document:
    document = docx.Document()
    document.add_paragraph("Library stays open until the spring", style="Title")
    document.add_paragraph("By Ada Finch | May 3, 2024")
    for paragraph in PROSE:
        document.add_paragraph(paragraph)
    return document


@pytest.mark.parametrize("name", ["a.docx", "a.txt", "a.html"])
def test_a_word_file_gives_headline_byline_and_paragraphs(name: str) -> None:
    article = read(name, saved(a_report()))
    assert (article.title, article.title_from) == (
        "Library stays open until the spring",
        "page heading",
    )
    assert article.authors == ("Ada Finch",)
    assert str(article.published) == "2024-05-03"
    assert article.encoding == "docx"
    assert body(article) == PROSE


def test_a_headline_over_two_lines_or_paragraphs_is_one() -> None:
    document = docx.Document()
    document.add_paragraph("Tarn Gazette")
    document.add_paragraph("Library stays open\nuntil the spring,", style="Title")
    document.add_paragraph("council decides", style="Title")
    document.add_paragraph(BODY)
    assert read("a.docx", saved(document)).title == (
        "Library stays open until the spring, council decides"
    )


def test_the_days_of_the_file_are_not_the_articles() -> None:
    document = docx.Document()
    document.add_paragraph(BODY)
    document.core_properties.created = datetime(2020, 1, 1, tzinfo=UTC)
    document.core_properties.modified = datetime(2020, 1, 2, tzinfo=UTC)
    assert read("a.docx", saved(document)).published is None


@pytest.mark.parametrize(
    ("stated", "title", "place"),
    [
        ("Library open until spring", "Library open until spring", "document properties"),
        ("Ferry runs aground off Ostwick", "The council", "opening words"),
        ("library_final2.docx", "The council", "opening words"),
        ("Library", "The council", "opening words"),
    ],
)
def test_the_properties_title_counts_where_the_text_bears_it_out(
    stated: str, title: str, place: str
) -> None:
    document = docx.Document()
    document.add_paragraph(BODY)
    document.core_properties.title = stated
    article = read("a.docx", saved(document))
    assert article.title.startswith(title)
    assert article.title_from == place


@pytest.mark.parametrize(
    ("stated", "authors"),
    [
        ("Cora Vale", ("Cora Vale",)),
        ("Cora Vale; Ben Lowe", ("Cora Vale", "Ben Lowe")),
        ("Vale, Cora", ("Cora Vale",)),
        ("Microsoft Office User", ()),
        ("python-docx", ()),
        ("cvale", ()),
        ("Press Office", ()),
    ],
)
def test_the_properties_author_counts_where_it_is_a_persons_name(
    stated: str, authors: tuple[str, ...]
) -> None:
    document = docx.Document()
    document.add_paragraph(BODY)
    document.core_properties.author = stated
    article = read("a.docx", saved(document))
    assert article.authors == authors
    assert article.authors_from == ("document properties" if authors else "")


def test_a_byline_goes_before_the_properties_author() -> None:
    document = a_report()
    document.core_properties.author = "Cora Vale"
    article = read("a.docx", saved(document))
    assert (article.authors, article.authors_from) == (("Ada Finch",), "byline")


def test_a_table_is_read_where_it_stands_row_by_row() -> None:
    document = docx.Document()
    document.add_paragraph("Before the table.")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Town", "Votes", "Ostwick", "1,204"], strict=True):
        cell.text = text
    document.add_paragraph("After the table.")
    assert lines_of(document) == [
        "Before the table.", "Town | Votes", "Ostwick | 1,204", "After the table.",
    ]  # fmt: skip


def test_a_table_that_only_lays_out_the_page_gives_its_paragraphs() -> None:
    document = docx.Document()
    cells = document.add_table(rows=1, cols=2)._cells
    cells[0].text = PROSE[0]
    cells[0].add_paragraph(PROSE[1])
    cells[1].text = PROSE[2]
    inner = cells[1].add_table(rows=1, cols=1)
    inner._cells[0].text = PROSE[3]
    assert lines_of(document) == PROSE


PASTED = """The county council said on Friday that the old bridge over the
river will be closed from Monday for repairs to its piers, which
engineers had inspected last month and found to be cracked from the
bed to the top of the arch."""


def test_text_pasted_line_by_line_is_joined() -> None:
    document = docx.Document()
    for line in [*PASTED.split("\n"), "", *PASTED.split("\n")]:
        document.add_paragraph(line)
    assert lines_of(document) == [PASTED.replace("\n", " ")] * 2


def test_lines_broken_within_a_paragraph_are_joined_where_they_are_full() -> None:
    document = docx.Document()
    document.add_paragraph(PASTED)
    document.add_paragraph("Town Hall\n4 Mill Lane\nOstwick")
    assert lines_of(document) == [
        PASTED.replace("\n", " "), "Town Hall", "4 Mill Lane", "Ostwick",
    ]  # fmt: skip


def test_items_of_lists_are_marked_and_headings_are_not() -> None:
    document = docx.Document()
    document.add_paragraph("What was decided", style="Heading 2")
    document.add_paragraph("The library stays.", style="List Bullet")
    document.add_paragraph("The school is mended.", style="List Number")
    assert lines_of(document) == [
        "What was decided", "- The library stays.", "- The school is mended.",
    ]  # fmt: skip


def test_heads_and_feet_of_pages_are_no_text() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Tarn Gazette, page head"
    document.sections[0].footer.paragraphs[0].text = "Page foot"
    document.add_paragraph(BODY)
    assert lines_of(document) == [BODY]


def test_insertions_are_read_and_deletions_are_not() -> None:
    document = docx.Document()
    add_xml(
        document,
        f"""<w:p {WORD}><w:r><w:t xml:space="preserve">The council voted </w:t></w:r>
        <w:del w:id="1" w:author="x"><w:r><w:delText>seven</w:delText></w:r></w:del>
        <w:ins w:id="2" w:author="x"><w:r><w:t>eight</w:t></w:r></w:ins>
        <w:r><w:t xml:space="preserve"> to one.</w:t></w:r>
        <w:moveFrom w:id="3"><w:r><w:t> Moved away.</w:t></w:r></w:moveFrom>
        <w:moveTo w:id="4"><w:r><w:t xml:space="preserve"> Moved here.</w:t></w:r></w:moveTo></w:p>""",
    )
    assert lines_of(document) == ["The council voted eight to one. Moved here."]


def test_a_paragraph_whose_end_was_deleted_runs_on() -> None:
    document = docx.Document()
    add_xml(
        document,
        f"""<w:p {WORD}><w:pPr><w:rPr><w:del w:id="1" w:author="x"/></w:rPr></w:pPr>
        <w:r><w:t xml:space="preserve">The council </w:t></w:r></w:p>""",
    )
    document.add_paragraph("voted.")
    assert lines_of(document) == ["The council voted."]


def test_hidden_text_is_not_read_by_whatever_it_is_hidden() -> None:
    document = docx.Document()
    secret = document.styles.add_style("Secret", WD_STYLE_TYPE.CHARACTER)
    secret.font.hidden = True
    deeper = document.styles.add_style("Deeper", WD_STYLE_TYPE.CHARACTER)
    deeper.base_style = secret
    paragraph = document.add_paragraph("Seen. ")
    paragraph.add_run("Hidden itself.").font.hidden = True
    paragraph.add_run("Hidden by its style.", style="Secret")
    paragraph.add_run("Hidden by the style below.", style="Deeper")
    shown = paragraph.add_run("Shown after all.", style="Secret")
    shown.font.hidden = False
    whole = document.styles.add_style("Whole", WD_STYLE_TYPE.PARAGRAPH)
    whole.font.hidden = True
    document.add_paragraph("Hidden paragraph.", style="Whole")
    assert lines_of(document) == ["Seen. Shown after all."]


def test_fields_and_links_show_what_they_show() -> None:
    document = docx.Document()
    add_xml(
        document,
        f"""<w:p {WORD}><w:r><w:fldChar w:fldCharType="begin"/></w:r>
        <w:r><w:instrText> HYPERLINK "https://example.org" </w:instrText></w:r>
        <w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>The list</w:t></w:r>
        <w:r><w:fldChar w:fldCharType="end"/></w:r>
        <w:hyperlink w:anchor="x"><w:r><w:t xml:space="preserve"> is long</w:t></w:r></w:hyperlink>
        <w:r><w:tab/><w:t>too</w:t><w:noBreakHyphen/><w:t>long</w:t><w:softHyphen/></w:r></w:p>""",
    )
    assert lines_of(document) == ["The list is long too-long"]


BOX = """<w:p {ns} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:t>Beside the box.</w:t></w:r><w:r>
<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx><w:txbxContent>
<w:p><w:r><w:t>In the box.</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp></w:drawing>
</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>
<w:p><w:r><w:t>In the box.</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>
</mc:Fallback></mc:AlternateContent></w:r></w:p>"""


def test_a_text_box_is_read_once_below_its_paragraph() -> None:
    document = docx.Document()
    add_xml(document, BOX.replace("{ns}", WORD))
    document.add_paragraph("Below.")
    assert lines_of(document) == ["Beside the box.", "In the box.", "Below."]


def test_empty_controls_and_contents_are_not_read() -> None:
    document = docx.Document()
    document.styles.add_style("TOC 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Chapter one\t1", style="TOC 1")
    add_xml(
        document,
        f"""<w:sdt {WORD}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>
        </w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Contents</w:t></w:r></w:p>
        </w:sdtContent></w:sdt>""",
    )
    add_xml(
        document,
        f"""<w:sdt {WORD}><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r>
        <w:t>Click to enter text.</w:t></w:r></w:p></w:sdtContent></w:sdt>""",
    )
    add_xml(
        document,
        f"""<w:sdt {WORD}><w:sdtContent><w:p><w:r><w:t>Entered.</w:t></w:r></w:p></w:sdtContent>
        </w:sdt>""",
    )
    assert lines_of(document) == ["Entered."]


def with_footnote() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph("The council voted")
    run = Run(OxmlElement("w:r"), Paragraph(paragraph._p, document))
    reference = OxmlElement("w:footnoteReference")
    reference.set(qn("w:id"), "2")
    run._r.append(reference)
    paragraph._p.append(run._r)
    paragraph.add_run(" eight to one.")
    document.add_paragraph("The mayor left.")
    raw = changed(
        saved(document),
        "word/footnotes.xml",
        lambda _: f"""<w:footnotes {WORD}>
        <w:footnote w:id="0" w:type="separator"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
        <w:footnote w:id="1"><w:p><w:r><w:t>Nobody refers to this.</w:t></w:r></w:p></w:footnote>
        <w:footnote w:id="2"><w:p><w:r><w:footnoteRef/><w:t> In open vote.</w:t></w:r></w:p>
        </w:footnote></w:footnotes>""".encode(),
    )
    relation = (
        b'<Relationship Id="rIdNotes" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/footnotes" Target="footnotes.xml"/></Relationships>'
    )
    return changed(
        raw,
        "word/_rels/document.xml.rels",
        lambda old: old.replace(b"</Relationships>", relation),
    )


def test_footnotes_stand_below_the_text() -> None:
    assert read_docx(with_footnote())[0] == [
        "The council voted eight to one.", "The mayor left.", "In open vote.",
    ]  # fmt: skip


# --- files that are none, or are made to do harm ---------------------------------------------


def with_entities(entities: str) -> bytes:
    """The report, with the last of these entities in its headline."""
    last = re.findall(r"<!ENTITY (\w+)", entities)[-1]

    def poisoned(old: bytes) -> bytes:
        text = old.decode().partition("?>")[2].strip()
        return f"<!DOCTYPE x [{entities}]>{text.replace('stays', f'stays &{last};', 1)}".encode()

    return changed(saved(a_report()), "word/document.xml", poisoned)


def test_entities_that_grow_are_refused_at_once() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    start = time.perf_counter()
    with pytest.raises(ArticleUnreadable, match=r"damaged: word/document.xml: .*amplification"):
        read_article("a.docx", with_entities(f'<!ENTITY l0 "ha ha">{laughs}'))
    assert time.perf_counter() - start < 5


def test_a_file_outside_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the password is swordfish")
    raw = with_entities(f'<!ENTITY f SYSTEM "{(tmp_path / "secret.txt").as_uri()}">')
    article = read("a.docx", raw)
    assert "swordfish" not in article.text
    assert article.text.endswith(PROSE[-1])


def test_what_unpacks_to_too_much_is_refused_with_the_limit() -> None:
    raw = changed(saved(a_report()), "word/document.xml", lambda old: old + b" " * 21 * 2**20)
    assert len(raw) < 200_000
    with pytest.raises(ArticleUnreadable, match=r"too large when unpacked.*limit is 20,971,520"):
        read_article("a.docx", raw)


def test_too_many_members_are_refused_with_the_limit() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(20_001):
            archive.writestr(str(number), b"")
    with pytest.raises(
        ArticleUnreadable, match=r"too many files in it: 20,001, the limit is 20,000"
    ):
        read_article("a.docx", out.getvalue())


def test_a_large_picture_within_is_no_reason_to_refuse() -> None:
    raw = changed(saved(a_report()), "word/media/image1.bmp", lambda _: b"\0" * 110 * 2**20)
    assert read("a.docx", raw).text.endswith(PROSE[-1])


@pytest.mark.parametrize("size", [100, 5000])
def test_a_word_file_that_breaks_off_is_called_damaged(size: int) -> None:
    with pytest.raises(ArticleUnreadable) as caught:
        read_article("a.docx", saved(a_report())[:size])
    assert str(caught.value) == "a damaged Word, EPUB or zip file"


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b"\x7fELF\x02\x01" + bytes(50),
        b"SQLite format 3\0" + bytes(50),
        b"OggS\0" + bytes(50),
        b"\0\0\0\x18ftypmp42" + bytes(50),
    ],
)
def test_nobody_is_told_to_save_a_picture_or_a_film_as_text(raw: bytes) -> None:
    with pytest.raises(ArticleUnreadable) as caught:
        read_article("a.txt", raw)
    assert str(caught.value).endswith("not text")


def test_text_named_pdf_is_text_and_what_is_neither_is_refused() -> None:
    article = read_article("a.pdf", b"Mill burns\n\nThe old mill burned down on Sunday.")
    assert (article.title, article.encoding) == ("Mill burns", "utf-8")
    with pytest.raises(ArticleUnreadable, match=r"not a PDF though named \.pdf"):
        read_article("a.pdf", bytes(range(256)) * 20)


FRAGMENT = "<p>The old mill burned down.</p>\n\n<p>It stood\nfor <b>ninety</b> years.</p>"


@pytest.mark.parametrize("markup", [FRAGMENT, f"<div>{FRAGMENT}</div>", f"<h1>Mill</h1>{FRAGMENT}"])
def test_text_between_tags_throughout_is_read_without_them(markup: str) -> None:
    text = read_article("a.txt", markup.encode()).text
    assert text.endswith("The old mill burned down.\n\nIt stood for ninety years.")
    assert "<" not in text


def test_text_with_a_tag_here_and_there_is_text() -> None:
    text = "<p>Mill</p>\n\nWrite <p> above each paragraph and </p> below it, said the teacher."
    assert "Write <p> above" in read_article("a.txt", text.encode()).text


def test_a_word_file_without_text_is_no_article() -> None:
    with pytest.raises(ArticleUnreadable, match="no text in it"):
        read_article("a.docx", saved(docx.Document()))


REPORT = saved(a_report())
PARTS = ("word/document.xml", "word/styles.xml", "docProps/core.xml", "_rels/.rels",
         "word/_rels/document.xml.rels", "[Content_Types].xml")  # fmt: skip


def check(raw: bytes) -> None:
    try:
        assert read_article("a.docx", raw).text
    except ArticleUnreadable as error:
        assert str(error)


@given(st.integers(0, len(REPORT)), st.integers(0, len(REPORT) - 1), st.integers(0, 255))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_word_file_is_an_article_or_unreadable(end: int, at: int, byte: int) -> None:
    check(REPORT[:end])
    check(REPORT[:at] + bytes([byte]) + REPORT[at + 1 :])


@given(st.sampled_from(PARTS), st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_part_is_an_article_or_unreadable(name: str, data: st.DataObject) -> None:
    def damaged(old: bytes) -> bytes:
        start = data.draw(st.integers(0, len(old)))
        end = data.draw(st.integers(start, min(len(old), start + 300)))
        return old[:start] + data.draw(st.binary(max_size=20)) + old[end:]

    check(changed(REPORT, name, damaged))
