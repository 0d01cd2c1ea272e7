"""What the tests of the article reader share: how they read, and pages and PDFs to read."""

from __future__ import annotations

from rag.articles import read_article
from rag.records import Article


def read(name: str, content: str | bytes) -> Article:
    return read_article(name, content if isinstance(content, bytes) else content.encode())


def body(article: Article) -> list[str]:
    """The paragraphs below the headline."""
    return article.text.split("\n\n")[1:]


BODY = "The council voted eight to one on Thursday to keep the library open until the spring."
HEADLINE = "Library stays open until the spring"


PROSE = [
    "The council voted eight to one on Thursday to keep the library open until the spring.",
    '"This is a good day for readers," said the librarian, who has worked there for years.',
    "The library was founded in 1904 and holds some forty thousand books, most of them given.",
    "The mayor, who had asked for the vote, said that she would look for money elsewhere.",
]


PARAGRAPHS = [
    "The bridge over the Tarn closes on Monday for six weeks, the council said in the town hall.",
    "Traffic will be diverted along the ring road and the mill lane while the piers are mended.",
    "“We know that it is a nuisance,” said the head of roads, who had asked for the repairs twice.",
]
JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "WebPage", "datePublished": "2020-01-01"}, {"@type": ["NewsArticle"],
"headline": "Bridge &amp; road close", "datePublished": "2024-05-03T10:15:00+02:00",
"author": [{"@type": "Person", "name": "Ada Finch"}, {"name": "Ben Lowe"}],
"publisher": {"@type": "Organization", "name": "Tarn Gazette"}}]}</script>"""


def page(head: str = "", extra: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return f"""<!DOCTYPE html><html lang="en-GB"><head>
<title>Bridge &amp; road close | Gazette</title>{head}</head>
<body><nav><a href="/">Home</a><a href="/news">News</a></nav><main><article>
<h1>Bridge &amp; road close</h1>{extra}{text}</article></main>
<footer>Copyright 2021 Tarn Gazette. 4 June 2022</footer></body></html>"""


def pdf(pages: list[list[tuple[int, str]]]) -> bytes:
    """Lines with their letter sizes, page by page → a PDF."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for lines in pages:
        y, drawn = 800, []
        for size, line in lines:
            y -= size + 4
            escaped = line.replace("(", "\\(").replace(")", "\\)")
            drawn.append(f"BT /F1 {size} Tf 50 {y} Td ({escaped}) Tj ET")
        stream = "\n".join(drawn)
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 842] /Resources << /Font << /F1 3 0 R "
            f">> >> /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size "
    return out + f"{end}{len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()


NEWSPAPER = pdf(
    [
        [
            (9, "Tarn Gazette"),
            (24, "Bridge over the Tarn"),
            (24, "closes for six weeks"),
            (11, "By Ada Finch | May 3, 2024"),
            (11, "The county council said on Friday that the old bridge over the river will"),
            (11, "be closed from Monday for repairs to its piers, which engineers had inspec-"),
            (11, "ted last month and found to be cracked all the way from the bed to the top"),
            (9, "1"),
        ],
        [
            (9, "Tarn Gazette"),
            (11, "of the arch."),
            (11, "Traffic will be diverted along the ring road and the mill lane while men are"),
            (11, "at work on the piers."),
            (9, "2"),
        ],
    ]
)


Placed = tuple[float, float, float, str]
"""A text with its place: points from the left, points from the top, size of its letters."""


def column(left: float, top: float, lines: str, size: float = 10) -> list[Placed]:
    """Lines below each other; those that begin with a space are indented by 12 points."""
    return [
        (left + 12 * line.startswith(" "), top + 1.2 * size * at, size, line.strip())
        for at, line in enumerate(lines.strip("\n").split("\n"))
    ]


def placed_pdf(pages: list[list[Placed] | str], *, rotate: int = 0) -> bytes:
    """Texts with their places, page by page → a PDF; a page can also be given as its operators.

    Pages are 600 points wide and 800 high. Octal escapes (``\\001``) in a text are of Windows-1252,
    but 1 and 2 are the ligatures fi and fl. ``rotate``: the page is turned by so many degrees to
    the right when it is shown, and the text on it written so that it is read upright. Operators
    can also use fonts that tell how bold they are: F2, bold, and F3, not.
    """
    sideways = {0: "1 0 0 1 {x} {y}", 90: "0 1 -1 0 {z} {x}"}[rotate]
    box = "0 0 600 800" if not rotate else "0 0 800 600"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /BaseEncoding "
        b"/WinAnsiEncoding /Differences [1 /fi /fl] >> >>",
        *(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /FontDescriptor << /Type "
            f"/FontDescriptor /FontName /{name} /Flags 32 /ItalicAngle 0 /Ascent 718 /Descent -207 "
            f"/CapHeight 718 /StemV {stem} /FontBBox [-166 -225 1000 931] >> >>".encode()
            for name, stem in (("Helvetica-Bold", 140), ("Helvetica", 88))
        ),
    ]
    kids = []
    for page in pages:
        stream = page if isinstance(page, str) else "\n".join(
            f"BT /F1 {size} Tf {sideways.format(x=x, y=800 - y, z=y)} Tm ({text}) Tj ET"
            for x, y, size, text in page
        )  # fmt: skip
        content = stream.encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Rotate {rotate} /Resources << /Font "
            f"<< /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> /Contents {len(objects)} 0 R >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, count = len(out), len(objects) + 1
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + (
            f"xref\n0 {count}\n0000000000 65535 f \n{table}"
            f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        ).encode()
    )


PICTURE_PAGE = "q 600 0 0 800 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID P\nEI Q"
"""The operators of a page that is a picture: what a scanner makes."""


LETTER_WIDTH = 6.0
"""Points from letter to letter in ``letters_pdf``."""


def letters_pdf(words: list[tuple[float, float, str]], *, backwards: bool = False) -> bytes:
    """Words of any script as they are seen, with the places of their left ends → a PDF of a page.

    Letters are 10 points large and 6 wide, and are told by the font's ToUnicode table.
    ``backwards``: words that are not ASCII are drawn from their right ends to their left ones.
    """
    signs = sorted({letter for _, _, word in words for letter in word})
    codes = {sign: f"<{33 + at:02x}>" for at, sign in enumerate(signs)}
    names = "\n".join(f"{codes[sign]} <{ord(sign):04x}>" for sign in signs)
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Named def "
        "/CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange "
        f"{len(signs)} beginbfchar\n{names}\nendbfchar endcmap end end"
    )
    lines = []
    for left, y, word in words:
        shown = [codes[letter] for letter in word]
        if backwards and not word.isascii():
            # 1200 thousandths of a letter's size: back over it, and over the next.
            left += LETTER_WIDTH * (len(word) - 1)
            shown = [f"{code} 1200" for code in reversed(shown)]
        lines.append(f"BT /F1 10 Tf {left} {800 - y} Td [{' '.join(shown)}] TJ ET")
    drawn = "\n".join(lines)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 6 0 R >>",
        f"<< /Length {len(table)} >>\nstream\n{table}\nendstream",
    ]
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}trailer\n<< /Size "
    end += f"{len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return (out + end).encode()
