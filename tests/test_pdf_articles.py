"""A PDF gives headline, byline and whole paragraphs in reading order, or says why it cannot."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from rag.articles import read_article
from rag.errors import ArticleUnreadable
from rag.pdf_articles import read_pdf
from tests.reading import (
    NEWSPAPER,
    PICTURE_PAGE,
    Placed,
    body,
    column,
    pdf,
    placed_pdf,
    read,
)

ODD_FILES = Path(__file__).parents[2] / "shared" / "data" / "odd_files"

HEADLINE: list[Placed] = [(50, 60, 24, "Bridge over the Tarn closes for six weeks")]
LEFT = """
The county council said on Friday that the
old bridge over the river will be closed from
Monday for repairs to its piers.
 Engineers had inspected them last month
and found cracks from the bed to the top of
the arch, which nobody had seen in the forty
years since the bridge was last cleaned by
"""
RIGHT = """
Tarnmouth divers. The work will take until
the middle of June.
 Traffic will be diverted along the ring road
and the mill lane while men are at work, and
the bus to the harbour will stop at the inn.
"""
COLUMNS = [
    "The county council said on Friday that the old bridge over the river will be closed from "
    "Monday for repairs to its piers.",
    "Engineers had inspected them last month and found cracks from the bed to the top of the "
    "arch, which nobody had seen in the forty years since the bridge was last cleaned by "
    "Tarnmouth divers. The work will take until the middle of June.",
    "Traffic will be diverted along the ring road and the mill lane while men are at work, and "
    "the bus to the harbour will stop at the inn.",
]


def written(
    raw: bytes, *, password: str | None = None, algorithm: str = "", **stated: str
) -> bytes:
    """The PDF with document properties, encrypted where there is an algorithm."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw)))
    writer.add_metadata({f"/{name}": value for name, value in stated.items()})
    if algorithm:
        writer.encrypt(password or "", "owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["a.pdf", "a.txt"])
def test_a_pdf_gives_headline_byline_and_whole_paragraphs(name: str) -> None:
    article = read(name, NEWSPAPER)
    assert article.title == "Bridge over the Tarn closes for six weeks"
    assert article.authors == ("Ada Finch",)
    assert article.published == date(2024, 5, 3)
    assert body(article) == [
        "The county council said on Friday that the old bridge over the river will be closed from "
        "Monday for repairs to its piers, which engineers had inspected last month and found to be "
        "cracked all the way from the bed to the top of the arch.",
        "Traffic will be diverted along the ring road and the mill lane while men are at work on "
        "the piers.",
    ]


@pytest.mark.parametrize("by_row", [False, True], ids=["column by column", "row by row"])
def test_two_columns_below_a_headline_are_read_one_after_the_other(by_row: bool) -> None:
    texts = [*column(50, 100, LEFT), *column(310, 100, RIGHT)]
    if by_row:
        texts.sort(key=lambda each: each[1])
    paragraphs, known = read_pdf(placed_pdf([HEADLINE + texts]))
    assert known.title == "Bridge over the Tarn closes for six weeks"
    assert paragraphs == COLUMNS


def test_three_columns_go_on_below_a_caption_and_across_a_page() -> None:
    first = column(
        40,
        100,
        """
The old bridge over the
river will be closed from
Monday for repairs. Divers
saw cracks in its piers last
month and called for haste,
but the council had to find
""",
    )
    caption = column(220, 200, "The bridge on Thursday: from\nMonday nobody may cross it.", 8)
    second = column(
        220,
        230,
        """
the money first, which took
until the last week of April.
 The mayor said that she
had not slept since. “It is
""",
    )
    third = column(
        400,
        100,
        """
a hundred years old, and I
do not want to be the one
under whom it falls,” she
said at a meeting in the
town hall, to which some
""",
    )
    over = column(40, 60, "sixty people had come.\n Work begins at six.")
    paragraphs, _ = read_pdf(placed_pdf([HEADLINE + first + caption + second + third, over]))
    assert paragraphs == [
        "The old bridge over the river will be closed from Monday for repairs. Divers saw cracks "
        "in its piers last month and called for haste, but the council had to find the money "
        "first, which took until the last week of April.",
        "The bridge on Thursday: from Monday nobody may cross it.",
        "The mayor said that she had not slept since. “It is a hundred years old, and I do not "
        "want to be the one under whom it falls,” she said at a meeting in the town hall, to "
        "which some sixty people had come.",
        "Work begins at six.",
    ]


def test_a_headline_over_two_of_three_columns_leaves_the_first_alone() -> None:
    aside = "The ferry sails again\nfrom Sunday, the line\nsaid in the harbour."
    texts = [
        *column(40, 60, aside),
        (200.0, 64.0, 20.0, "Bridge closes for six weeks"),
        *column(200, 90, "The old bridge will\nbe closed from Monday\nfor repairs, which is"),
        *column(380, 90, "later than the council\nhad wanted and sooner\nthan the inn feared."),
    ]
    paragraphs, known = read_pdf(placed_pdf([texts]))
    assert known.title == "Bridge closes for six weeks"
    assert paragraphs == [
        "The ferry sails again from Sunday, the line said in the harbour.",
        "The old bridge will be closed from Monday for repairs, which is later than the council "
        "had wanted and sooner than the inn feared.",
    ]


def test_a_footnote_does_not_divide_the_paragraph_above_it() -> None:
    notes = column(50, 300, "1 Measured on Thursday, after the flood had gone\ndown by a foot.", 7)
    texts = [*column(50, 100, LEFT), *notes, *column(310, 100, RIGHT.replace("Tarnmouth", "local"))]
    paragraphs, _ = read_pdf(placed_pdf([HEADLINE + texts]))
    assert paragraphs == [
        COLUMNS[0],
        COLUMNS[1].replace("Tarnmouth", "local"),
        "1 Measured on Thursday, after the flood had gone down by a foot.",
        COLUMNS[2],
    ]


def numbered_pages(heads: list[list[Placed]]) -> list[list[Placed] | str]:
    lines = """
The council met in room {n} and heard what the divers had
to say about the piers. It took them {n} hours, and no one
left the room before they had ended with pier {n}.
"""
    return [
        head + column(50, 100 + 5 * n, lines.format(n=n)) for n, head in enumerate(heads, start=2)
    ]


@pytest.mark.parametrize(
    "heads",
    [
        [[(50.0, 40.0, 9.0, "Tarn Gazette"), (300.0, 780.0, 9.0, str(n))] for n in (2, 3, 4)],
        [
            [(50.0, 40.0, 9.0, "2 Tarn Gazette")],
            [(400.0, 40.0, 9.0, "Friday 3 May 2024 | 3")],
            [(50.0, 40.0, 9.0, "4 Tarn Gazette")],
            [(400.0, 40.0, 9.0, "Friday 3 May 2024 | 5")],
        ],
        [[(50.0, 40.0, 9.0, f"{name} {n}")] for n, name in enumerate(("News", "Sport", "Arts"), 2)],
        [
            [(50.0, 780.0, 8.0, "tarn.example/bridge"), (500.0, 780.0, 8.0, f"{n}/3")]
            for n in (1, 2)
        ],
    ],
    ids=["name and number", "left and right pages", "sections", "feet"],
)
def test_running_heads_and_feet_are_left_out(heads: list[list[Placed]]) -> None:
    paragraphs, _ = read_pdf(placed_pdf(numbered_pages(heads)))
    assert paragraphs == [
        f"The council met in room {n} and heard what the divers had to say about the piers. It "
        f"took them {n} hours, and no one left the room before they had ended with pier {n}."
        for n in range(2, 2 + len(heads))
    ]


def test_a_line_that_returns_elsewhere_on_the_pages_is_text() -> None:
    refrain = "The river rose again."
    pages: list[list[Placed] | str] = [
        column(50, 100, f"In {month} it rained for twenty days and nights.\n {refrain}")
        for month in ("April", "May")
    ]
    pages[1] = [(x, y + 60, size, text) for x, y, size, text in pages[1]]  # type: ignore[misc]
    paragraphs, _ = read_pdf(placed_pdf(pages))
    assert paragraphs.count(refrain) == 2


def test_a_table_is_read_row_by_row() -> None:
    cells = [("Ward", "Votes", "Share"), ("Harbour", "1,204", "41 %"), ("Mill Hill", "998", "34 %")]
    table: list[Placed] = [
        (50.0 + 120 * across, 300.0 + 14 * down, 10.0, cell)
        for across in range(3)
        for down, cell in enumerate(row[across] for row in cells)
    ]
    paragraphs, _ = read_pdf(placed_pdf([[*HEADLINE, *column(50, 100, LEFT), *table]]))
    assert paragraphs[-3:] == ["Ward Votes Share", "Harbour 1,204 41 %", "Mill Hill 998 34 %"]


def test_words_divided_at_line_ends_are_joined_and_compounds_keep_their_hyphen() -> None:
    lines = """
The well-known bridge was inspec-
ted by twenty-
five divers, a well-
known state-of-the-
art firm, and an Anglo-
American one.
"""
    paragraphs, _ = read_pdf(placed_pdf([column(50, 100, lines)]))
    assert paragraphs == [
        "The well-known bridge was inspected by twenty-five divers, a well-known state-of-the-art "
        "firm, and an Anglo-American one."
    ]


def test_ligatures_are_read_as_their_letters() -> None:
    lines = "The \\001rst \\002oor of the of\\001ce was \\002ooded on Friday."
    paragraphs, _ = read_pdf(placed_pdf([column(50, 100, lines)]))
    assert paragraphs == ["The first floor of the office was flooded on Friday."]


def test_a_large_first_letter_is_part_of_its_word() -> None:
    texts = [
        (50.0, 124.0, 34.0, "T"),
        *column(
            74, 100, "he old bridge over the river will be\nclosed from Monday for repairs to its"
        ),
        *column(50, 124, "piers, which divers had found to be\ncracked from the bed to the top."),
    ]
    paragraphs, _ = read_pdf(placed_pdf([texts]))
    assert paragraphs == [
        "The old bridge over the river will be closed from Monday for repairs to its piers, which "
        "divers had found to be cracked from the bed to the top."
    ]


def test_a_rotated_page_is_read_as_it_is_seen() -> None:
    texts = [*HEADLINE, *column(50, 100, LEFT), *column(310, 100, RIGHT)]
    paragraphs, known = read_pdf(placed_pdf([texts], rotate=90))
    assert known.title == "Bridge over the Tarn closes for six weeks"
    assert paragraphs == COLUMNS


def test_a_stamp_written_along_the_margin_is_not_text() -> None:
    page = "BT /F1 20 Tf 0 1 -1 0 30 300 Tm (Archive copy of 3 May 2024) Tj ET\n" + "\n".join(
        f"BT /F1 {size} Tf {x} {800 - y} Td ({text}) Tj ET"
        for x, y, size, text in [*HEADLINE, *column(50, 100, LEFT), *column(310, 100, RIGHT)]
    )
    assert read_pdf(placed_pdf([page]))[0] == COLUMNS


ALGORITHMS = ["RC4-40", "RC4-128", "AES-128", "AES-256"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_pdf_with_a_password_says_what_to_do(algorithm: str) -> None:
    locked = written(NEWSPAPER, password="secret", algorithm=algorithm)
    with pytest.raises(ArticleUnreadable, match="encrypted PDF: remove its password"):
        read_article("a.pdf", locked)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_encrypted_pdf_that_anyone_may_open_is_read(algorithm: str) -> None:
    assert read_pdf(written(NEWSPAPER, algorithm=algorithm)) == read_pdf(NEWSPAPER)


def test_a_pdf_of_pictures_is_called_scanned_and_an_empty_one_is_not() -> None:
    with pytest.raises(ArticleUnreadable, match="scanned: no text in it; run it through"):
        read_article("a.pdf", placed_pdf([PICTURE_PAGE]))
    with pytest.raises(ArticleUnreadable, match="empty PDF: nothing on its pages"):
        read_article("a.pdf", pdf([[]]))


def test_pages_without_text_are_remarked_on_and_the_others_read() -> None:
    pages: list[list[Placed] | str] = [
        HEADLINE + column(50, 100, LEFT.rsplit("\n ", 1)[0]), PICTURE_PAGE, [], PICTURE_PAGE
    ]  # fmt: skip
    paragraphs, known = read_pdf(placed_pdf(pages))
    assert paragraphs == COLUMNS[:1]
    assert known.remarks == ("pages 2, 4: scanned, no text",)
    assert read_pdf(NEWSPAPER)[1].remarks == ()


def test_a_damaged_pdf_is_called_damaged() -> None:
    with pytest.raises(ArticleUnreadable, match="damaged PDF"):
        read_article("a.pdf", b"%PDF-1.7\nnothing but this line")


def test_the_day_a_pdf_was_made_is_not_its_date() -> None:
    raw = pdf([[(11, "The council met again.")]])
    made = written(raw, CreationDate="D:20200101000000Z", Title="Council meets once more")
    article = read_article("a.pdf", made)
    assert article.published is None
    assert (article.title, article.title_from) == ("Council meets once more", "document properties")


def test_a_title_left_over_from_another_document_does_not_hide_the_headline() -> None:
    raw = placed_pdf([HEADLINE + column(50, 100, LEFT)])
    known = read_pdf(written(raw, Title="Template for the Saturday supplement"))[1]
    assert known.title == "Bridge over the Tarn closes for six weeks"


@pytest.mark.parametrize(
    ("stated", "authors"),
    [
        ("Ada Finch", ("Ada Finch",)),
        ("Ada Finch and Ben Lowe", ("Ada Finch", "Ben Lowe")),
        ("afinch", ()),
        ("Windows User", ()),
        ("Tarn Gazette", ()),
        ("Finch, Ada", ("Ada Finch",)),
        ("", ()),
    ],
)
def test_the_stated_author_counts_where_it_is_a_persons_full_name(
    stated: str, authors: tuple[str, ...]
) -> None:
    known = read_pdf(written(placed_pdf([HEADLINE + column(50, 100, LEFT)]), Author=stated))[1]
    assert known.authors == authors
    assert known.authors_from == ("document properties" if authors else "")


def test_a_byline_counts_more_than_the_author_a_document_states() -> None:
    assert read("a.pdf", written(NEWSPAPER, Author="Carla Vance")).authors == ("Ada Finch",)


def test_real_pdfs_of_other_readers_are_read_or_reported() -> None:
    files = sorted(ODD_FILES.glob("*.pdf"))
    if not files:
        pytest.skip("needs shared/data/odd_files beside the project")
    outcomes = {}
    for file in files:
        try:
            outcomes[file.name] = "read" if read_pdf(file.read_bytes())[0] else "nothing"
        except ArticleUnreadable as error:
            outcomes[file.name] = str(error).split(":")[0]
    assert set(outcomes.values()) <= {"read", "encrypted PDF", "scanned", "empty PDF"}
    locked = {name for name, outcome in outcomes.items() if outcome == "encrypted PDF"}
    assert {name for name in outcomes if "password" in name or "aes" in name} == locked


def test_real_columns_are_read_one_after_the_other() -> None:
    file = ODD_FILES / "unstructured__multi-column-2p.pdf"
    if not file.exists():
        pytest.skip("needs shared/data/odd_files beside the project")
    text = "\n".join(read_pdf(file.read_bytes())[0])
    numbers = [text.index(f"\n{heading} ") for heading in ("1", "2", "3", "3.1")]
    assert numbers == sorted(numbers)
