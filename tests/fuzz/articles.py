"""Bytes → an article by one of the readers, as a coverage-guided run: see ``runner``.

The first byte chooses the format, so that a mutation stays in it: the bytes as they are under a
name of each suffix, or as the inside of a Word file, an EPUB or a page of a PDF, where a mutation
of the whole file would be stopped by a checksum.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.runner import Target, main

SUFFIXES = (".txt", ".md", ".html", ".pdf", ".docx", ".epub", ".rtf", ".eml", "")
INSIDES = ("line", "lines", "Word", "EPUB", "PDF page")
KINDS = (*SUFFIXES, *INSIDES)


def target() -> Target:
    """Imports the readers; called where that is watched."""
    from tests.fuzz.properties import check_article, check_lines
    from tests.reading import placed_pdf
    from tests.test_docx_articles import REPORT, changed
    from tests.test_epub_articles import BOOK

    folder = Path(tempfile.mkdtemp(prefix="broadsheet-fuzz-"))

    def run(data: bytes) -> None:
        kind, raw = KINDS[data[0] % len(KINDS)] if data else "", data[1:]
        if kind == "line":
            check_article("a.jsonl#1", raw, path="a.jsonl")
        elif kind == "lines":
            check_lines(folder, raw)
        elif kind == "Word":
            check_article("a.docx", changed(REPORT, "word/document.xml", lambda _: raw))
        elif kind == "EPUB":
            check_article("a.epub", changed(BOOK, "OEBPS/text/chapter 1.xhtml", lambda _: raw))
        elif kind == "PDF page":
            check_article("a.pdf", placed_pdf([raw.decode("cp1252", "ignore")]))
        else:
            check_article(f"a{kind}", raw)

    return run


def seeds() -> Iterator[bytes]:
    """A small file for each kind, made by the tests."""
    from tests.conftest import SAMPLES
    from tests.reading import NEWSPAPER, page
    from tests.test_articles import SCRAPED
    from tests.test_docx_articles import REPORT
    from tests.test_epub_articles import BOOK, PROSE, chapter, paragraphs
    from tests.test_mail_articles import WHOLE_BYTES
    from tests.test_rtf_articles import REPORT as RTF

    def of(kind: str, raw: bytes) -> bytes:
        return bytes([KINDS.index(kind)]) + raw

    import io
    import zipfile

    document = zipfile.ZipFile(io.BytesIO(REPORT)).read("word/document.xml")
    records = (
        b'{"id": 7, "title": "One", "text": "First."}\n{"url": "https://a.b/c", "body": "x"}\n'
    )
    yield from (of(".html", page().encode()), of(".pdf", NEWSPAPER), of(".docx", REPORT))
    yield from (of(".epub", BOOK), of(".eml", WHOLE_BYTES), of(".rtf", RTF))
    yield from (of("Word", document), of("line", records.split(b"\n")[0]), of("lines", records))
    yield of("lines", b'[{"text": "One."}, {"text": "Two."}]')
    yield of("EPUB", chapter(f"<h1>Library stays open</h1>{paragraphs(*PROSE)}").encode())
    yield of("PDF page", b"BT /F1 11 Tf 50 700 Td (The bridge closes) Tj ET")
    for kind in (".txt", ".md", ""):
        yield of(kind, SCRAPED.encode())
        yield of(kind, b"---\ntitle: A title\ndate: 2024-05-03\n---\n\n# Head\n\nSome *text* here.")
    yield of(".txt", "Сводка\n\nМэр сказал.".encode("cp1251"))
    yield of(".txt", "Mill burns\n\nIt burned.".encode("utf-16"))
    for path in sorted(SAMPLES.rglob("*"))[:20]:
        if path.is_file() and path.suffix in SUFFIXES and path.stat().st_size < 20_000:
            yield of(path.suffix, path.read_bytes())


if __name__ == "__main__":
    main("tests.fuzz.articles", target, seeds)
