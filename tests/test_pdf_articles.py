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
    LETTER_WIDTH,
    NEWSPAPER,
    PICTURE_PAGE,
    Placed,
    body,
    column,
    letters_pdf,
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


ARABIC = ["قال", "المجلس", "إن", "المسبح", "(المغلق", "منذ", "2019)", "سيفتح", "بكلفة", "3.5"]
HEBREW = ["הבריכה", "(שנסגרה", "בשנת", "2019)", "תיפתח", "במאי", "כתב", "Tarn", "Gazette", "אתמול."]


def line_from_the_right(words: list[str]) -> list[tuple[float, float, str]]:
    """Words in the order of reading → their places on a line, and how they are seen there."""
    placed = []
    latin = " ".join(word for word in words if word.isascii() and word.isalpha())
    text = " ".join(words).replace(latin, latin.replace(" ", "_"))
    right = 560.0
    for word in text.split(" "):
        if word == "2019)":
            seen = "(2019"  # the bracket that closes is on the left, and turned
        elif word.isascii():
            seen = word.replace("_", " ")
        else:
            seen = word[::-1].replace("(", ")")
        right -= LETTER_WIDTH * len(seen)
        placed.append((right, 100.0, seen))
        right -= LETTER_WIDTH
    return placed


@pytest.mark.parametrize("backwards", [False, True], ids=["from the left", "from the right"])
@pytest.mark.parametrize("words", [ARABIC, HEBREW], ids=["Arabic", "Hebrew"])
def test_lines_that_are_read_from_the_right_are_in_the_order_of_reading(
    words: list[str], backwards: bool
) -> None:
    raw = letters_pdf(line_from_the_right(words), backwards=backwards)
    assert read_pdf(raw)[0] == [" ".join(words)]


def test_a_hebrew_name_in_an_english_line_stays_in_its_place() -> None:
    seen = "The inn " + "הבריכה החדשה"[::-1] + " opens in May."
    assert read_pdf(letters_pdf([(50, 100, seen)]))[0] == ["The inn הבריכה החדשה opens in May."]


TEXT = """
The council said on Thursday that the baths, closed since the flood of last year,
will open on the first of June after repairs that cost more than anyone thought.
"""
TEXT_READ = " ".join(TEXT.strip().split("\n"))


@pytest.mark.parametrize("apart", [14.4, 26], ids=["below each other", "set apart"])
def test_a_byline_and_a_date_above_the_text_are_not_part_of_it(apart: float) -> None:
    top = [
        (50.0, 60.0, 24.0, "Swimming baths reopen in May"),
        (50.0, 100.0, 12.0, "By Anna Bell"),
        (50.0, 100.0 + apart, 12.0, "14 May 2024"),
    ]
    after = column(50, 208, "Bathers may come for free in the first week.", 12)
    raw = placed_pdf([[*top, *column(50, 100 + apart + 26, TEXT, 12), *after]])
    article = read("a.pdf", raw)
    assert article.authors == ("Anna Bell",)
    assert article.published == date(2024, 5, 14)
    assert body(article) == [TEXT_READ, "Bathers may come for free in the first week."]


def test_a_standfirst_set_apart_is_a_paragraph_of_its_own() -> None:
    standfirst = "Repairs cost twice what had been planned, but the first week in the baths"
    texts = [
        (50.0, 60.0, 24.0, "Swimming baths reopen in May"),
        *column(50, 100, standfirst, 12),
        *column(50, 126, TEXT, 12),
    ]
    assert read_pdf(placed_pdf([texts]))[0] == [standfirst, TEXT_READ]


def test_a_bold_standfirst_just_above_the_text_is_a_paragraph_of_its_own() -> None:
    lines = [
        ("F2", "Repairs cost twice what had been planned, but anyone who comes to the baths"),
        ("F2", "of Tarnmouth in the first week may swim for free, said the council, and will"),
        ("F3", "The council said on Thursday that the baths, closed since the flood of last year,"),
        ("F3", "will open on the first of June after repairs that cost more than anyone thought."),
    ]
    page = "\n".join(
        f"BT /{font} 12 Tf 50 {700 - 14 * at} Td ({line}) Tj ET"
        for at, (font, line) in enumerate(lines)
    )
    texts = [line for _, line in lines]
    assert read_pdf(placed_pdf([page]))[0] == [" ".join(texts[:2]), " ".join(texts[2:])]


def test_lines_with_white_between_them_still_make_one_paragraph() -> None:
    lines = [
        "The council said on Thursday that the baths of",
        "Tarnmouth will open on the first of June and of",
        "Harwick a week later, which no one had expected.",
    ]
    texts: list[Placed] = [(50.0, 100.0 + 26 * at, 12.0, line) for at, line in enumerate(lines)]
    assert read_pdf(placed_pdf([texts]))[0] == [" ".join(lines)]


PRINTED: dict[str, tuple[list[Placed], list[Placed]]] = {
    "Chromium": (
        [(24, 20, 8, "11/21/26, 10:35 PM"), (250, 20, 8, "Baths reopen in May | Tarn Gazette")],
        [(24, 785, 8, "https://tarn.example/news/baths.html?from=front"), (560, 785, 8, "1/1")],
    ),
    "German Chromium": (
        [(24, 20, 8, "21.11.26, 22:35"), (250, 20, 8, "Baths reopen in May")],
        [(24, 785, 8, "file:///home/me/baths.html"), (560, 785, 8, "1/1")],
    ),
    "Firefox": (
        [(24, 20, 8, "Baths reopen in May"), (400, 20, 8, "https://tarn.example/baths")],
        [(24, 785, 8, "1 of 1"), (480, 785, 8, "21/11/2026, 22:35")],
    ),
}


@pytest.mark.parametrize("browser", PRINTED)
def test_what_a_browser_prints_at_the_edges_of_a_page_is_left_out(browser: str) -> None:
    head, foot = PRINTED[browser]
    headline: list[Placed] = [(50, 60, 24, "Baths reopen in May")]
    raw = placed_pdf([[*head, *headline, *column(50, 100, TEXT, 12), *foot]])
    paragraphs, known = read_pdf(written(raw, Title="Baths reopen in May | Tarn Gazette"))
    assert known.title == "Baths reopen in May"
    assert paragraphs == [TEXT_READ]


def test_a_date_at_the_top_of_a_page_that_no_browser_printed_is_text() -> None:
    texts: list[Placed] = [(50, 20, 8, "21.11.26, 22:35 Tarn Gazette"), *column(50, 100, TEXT, 12)]
    assert read_pdf(placed_pdf([texts]))[0] == ["21.11.26, 22:35 Tarn Gazette", TEXT_READ]


def test_the_headline_that_is_seen_counts_where_the_stated_title_names_the_site_too() -> None:
    headline: list[Placed] = [(50, 60, 24, "Baths reopen in May"), (50, 84, 9, "Tarn Gazette")]
    raw = placed_pdf([[*headline, *column(50, 120, TEXT, 12)]])
    assert read_pdf(written(raw, Title="Baths reopen in May - Tarn Gazette"))[1].title == (
        "Baths reopen in May"
    )


def story_lines(word: str) -> list[str]:
    return [f"and the {word} no {at} of it" for at in range(17)] + [f"and no other {word} there."]


def story(top: float, word: str) -> list[Placed]:
    """Three columns of lines that go on."""
    lines = story_lines(word)
    return [
        each
        for number, left in enumerate((40, 220, 400))
        for each in column(left, top, "\n".join(lines[6 * number : 6 * number + 6]))
    ]


@pytest.mark.parametrize("headline", ["", "Two ferries"], ids=["none", "over one column"])
def test_two_stories_in_columns_one_below_the_other_are_read_one_after_the_other(
    headline: str,
) -> None:
    texts = [*story(100, "bridge"), *story(220, "ferry")]
    if headline:
        texts.append((40.0, 200.0, 11.7, headline))
    paragraphs, _ = read_pdf(placed_pdf([texts]))
    stories = [" ".join(story_lines("bridge")), headline, " ".join(story_lines("ferry"))]
    assert paragraphs == [part for part in stories if part]


def test_white_that_runs_across_two_columns_by_chance_does_not_part_them() -> None:
    texts = [
        each
        for left, words in ((50, ("one", "two", "six")), (310, ("ten", "red", "sea")))
        for at, word in enumerate(words)
        for each in column(left, 100 + 60 * at, f"The {word} men of\nthe {word} boats\nmet again.")
    ]
    paragraphs, _ = read_pdf(placed_pdf([texts]))
    words = ("one", "two", "six", "ten", "red", "sea")
    assert paragraphs == [f"The {word} men of the {word} boats met again." for word in words]


def test_a_table_below_two_columns_is_read_after_both() -> None:
    rows = [("Ward", "Votes"), ("Harbour", "1,204"), ("Mill Hill", "998")]
    table: list[Placed] = [
        (50.0 + 120 * across, 230.0 + 14 * down, 10.0, cell)
        for down, row in enumerate(rows)
        for across, cell in enumerate(row)
    ]
    texts = [*HEADLINE, *column(50, 100, LEFT), *column(310, 100, RIGHT), *table]
    paragraphs, _ = read_pdf(placed_pdf([texts]))
    assert paragraphs == [*COLUMNS, "Ward Votes", "Harbour 1,204", "Mill Hill 998"]


def test_real_pdfs_of_other_readers_are_read_or_reported() -> None:
    files = sorted(ODD_FILES.glob("*.pdf"))
    if not files:
        pytest.skip("../shared/data/odd_files is not beside this repository")
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
        pytest.skip("../shared/data/odd_files is not beside this repository")
    text = "\n".join(read_pdf(file.read_bytes())[0])
    numbers = [text.index(f"\n{heading} ") for heading in ("1", "2", "3", "3.1")]
    assert numbers == sorted(numbers)
