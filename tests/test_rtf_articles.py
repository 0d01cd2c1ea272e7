"""An RTF file gives what its reader sees of the article, and no more."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.articles import read_article
from rag.errors import ArticleUnreadable
from rag.rtf_articles import read_rtf
from tests.reading import BODY, PROSE, body, read


def rtf(text: str, head: str = r"\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}}") -> bytes:
    return (r"{\rtf1" + head + "\n" + text + "}").encode("latin-1")


def lines_of(text: str, **head: str) -> list[str]:
    return read_rtf(rtf(text, **head))[0]


REPORT = rtf(
    r"{\stylesheet{\s1 Heading 1;}}{\info{\title Library stays open until spring}"
    r"{\author Cora Vale}{\creatim\yr2020\mo1\dy2}{\company Tarn Gazette}}"
    r"{\header Tarn Gazette, page {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}"
    r"\pard\b Library stays open until the spring\b0\par By Ben Lowe | May 3, 2024\par "
    + r"\par ".join(PROSE)
)


@pytest.mark.parametrize("name", ["a.rtf", "a.txt", "a.doc"])
def test_an_rtf_file_gives_headline_byline_and_paragraphs(name: str) -> None:
    article = read(name, REPORT)
    assert (article.title, article.title_from) == (
        "Library stays open until spring",
        "document properties",
    )
    assert (article.authors, article.authors_from) == (("Ben Lowe",), "byline")
    assert (str(article.published), article.published_from) == ("2024-05-03", "byline")
    assert article.text.endswith("\n\n".join(PROSE))
    assert "Gazette" not in article.text


def test_the_properties_author_counts_where_there_is_no_byline() -> None:
    article = read("a.rtf", rtf(r"{\info{\author Cora Vale}{\creatim\yr2020\mo1\dy2}}" + BODY))
    assert (article.authors, article.authors_from) == (("Cora Vale",), "document properties")
    assert article.published is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"caf\'e9", "café"),
        (r"caf\u233?", "café"),
        (r"caf\u233\'65", "café"),
        (r"{\uc0 caf\u233}s", "cafés"),
        (r"{\uc2 caf\u233 ab}s", "cafés"),
        (r"\u-10179?\u-8704? and on", "😀 and on"),
        (r"\u24515?\u26628?", "心栄"),
        (r"a\emdash b \ldblquote c\rdblquote  d\rquote s", "a—b “c” d’s"),
        (r"a\~b\-c\_d \{e\} \\f", "a bc-d {e} \\f"),
        ("split by\n a line end", "split by a line end"),
    ],
)
def test_characters_are_what_they_are_written_for(text: str, shown: str) -> None:
    assert lines_of(text) == [shown]


@pytest.mark.parametrize(
    ("head", "raw", "shown"),
    [
        (r"\ansi\ansicpg1251", r"\'cc\'ee\'f1\'ea\'e2\'e0", "Москва"),
        (r"\ansi\deff0{\fonttbl{\f0\fcharset204 Arial;}}", r"\'cc\'ee\'f1\'ea\'e2\'e0", "Москва"),
        (r"\ansi{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset238 B;}}", r"{\f1 \'e8}\'e8", "čè"),
        (r"\ansi{\fonttbl{\f0\fcharset128 A;}}", r"\f0\'93\'fa\'96{\'7b}", "日本"),
        (r"\ansi{\fonttbl{\f0\fcharset128 A;}}", r"\f0\'83A", "ア"),
        (r"\ansi{\fonttbl{\f2\fcharset2 Symbol;}}", r"{\f2\'b7} item", "item"),
        (r"\mac", r"caf\'8e", "café"),
        (r"\ansi\ansicpg99999", r"caf\'e9", "café"),
        (r"\ansi\ansicpg1252", "caf\xe9", "café"),
    ],
)
def test_bytes_are_read_by_the_font_and_the_code_page(head: str, raw: str, shown: str) -> None:
    raw = raw.replace(r"{\'7b}", r"\'7b")
    assert lines_of(raw, head=head) == [shown]


@pytest.mark.parametrize(
    "unseen",
    [
        r"{\v hidden}", r"\v hidden\v0 ", r"{\deleted gone}", r"\deleted gone\deleted0 ",
        r"{\*\annotation{\*\atnid x}a comment}", r"{\footerr page foot}", r"{\headerl page head}",
        r"{\pict\pngblip 89504e470d0a1a0a}", r"{\*\shppict{\pict 0102}}", r"{\pict\bin5 }}}}}}",
        r"{\*\unknown thing}", r"{\object{\*\objdata 0102}}", r"{\xe index}", r"{\*\bkmkstart x}",
        r"{\shp{\*\shpinst{\sp{\sn name}{\sv value}}}{\shprslt again}}",
        r'{\field{\*\fldinst HYPERLINK "https://example.org"}{\fldrslt }}',
    ],
)  # fmt: skip
def test_what_is_not_shown_is_not_read(unseen: str) -> None:
    assert lines_of(f"The council {unseen}voted.") == ["The council voted."]


def test_a_link_shows_its_words_and_not_its_address() -> None:
    link = r'{\field{\*\fldinst{HYPERLINK "https://example.org"}}{\fldrslt{\ul the list}}}'
    assert lines_of(f"It is on {link}.") == ["It is on the list."]


def test_insertions_are_text() -> None:
    assert lines_of(r"The council {\revised voted} twice.") == ["The council voted twice."]


def test_a_table_is_read_row_by_row() -> None:
    table = (
        r"\trowd\cellx1000\cellx2000\intbl Town\cell Votes\cell\row"
        r"\trowd\cellx1000\cellx2000\intbl Ostwick\cell 1,204\cell\row\pard "
    )
    assert lines_of(rf"Before.\par {table}After.") == [
        "Before.", "Town | Votes", "Ostwick | 1,204", "After.",
    ]  # fmt: skip


def test_items_of_lists_are_marked() -> None:
    item = r"{\listtext\f2\'b7\tab}The library stays.\par{\pntext 2.\tab}The school too.\par "
    assert lines_of(item) == ["- The library stays.", "- The school too."]


def test_a_text_box_stands_below_its_paragraph_and_footnotes_below_the_text() -> None:
    box = r"{\shp{\*\shpinst\shpleft1{\sp{\sn x}{\sv 1}}{\shptxt In the box.\par}}{\shprslt x}}"
    note = r"{\super\chftn{\footnote\chftn  In open vote.}}"
    assert lines_of(rf"The council{box} voted{note} eight to one.\par The mayor left.\par ") == [
        "The council voted eight to one.", "In the box.", "The mayor left.", "In open vote.",
    ]  # fmt: skip


def test_text_pasted_line_by_line_is_joined() -> None:
    lines = [
        "The county council said on Friday that the old bridge over the",
        "river will be closed from Monday for repairs to its piers, which",
        "engineers had inspected last month and found to be cracked from the",
        "bed to the top of the arch.",
    ]
    assert lines_of(r"\par ".join([*lines, "", *lines])) == [" ".join(lines)] * 2
    assert lines_of(r"\par ".join(PROSE)) == PROSE


def test_nothing_behind_the_end_is_read() -> None:
    assert read_rtf(rtf("Text.") + b"behind")[0] == ["Text."]


@pytest.mark.parametrize(
    "raw",
    [
        b"{\\rtf1" + b"{" * 2**20,
        b"{\\rtf1 " + b"{\\b x}" * 2**18,
        b"{\\rtf1 " + b"\\par " * 2**19,
        b"{\\rtf1 " + b"\\'e9" * 2**19,
        b"{\\rtf1 " + b"\\u233 ?" * 2**18,
        b"{\\rtf1{\\fonttbl" + b"{\\f1 A;}" * 2**17,
        b"{\\rtf1\\bin2147483647 x",
        b"{\\rtf1\\bin-5 x",
    ],
)
def test_a_file_made_to_be_slow_is_read_in_time(raw: bytes) -> None:
    start = time.perf_counter()
    check(raw)
    assert time.perf_counter() - start < 20


def check(raw: bytes) -> None:
    try:
        article = read_article("a.rtf", raw)
    except ArticleUnreadable as error:
        assert str(error)
        return
    assert article.text.encode().decode() == article.text


@given(st.integers(0, len(REPORT)), st.integers(0, len(REPORT) - 1), st.integers(0, 255))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_damaged_rtf_file_is_an_article_or_unreadable(end: int, at: int, byte: int) -> None:
    check(REPORT[:end])
    check(REPORT[:at] + bytes([byte]) + REPORT[at + 1 :])


WORDS = st.sampled_from(
    ["{", "}", r"\par ", r"\u-10179?", r"\uc9 ", r"\'", r"\'e9", r"\bin3 ", r"\*", r"{\*\x", r"\f1",
     r"\fonttbl", r"\fcharset128 ", r"\ansicpg-1 ", r"\v ", r"{\footnote ", r"{\shptxt ", r"\cell ",
     r"{\title ", "\\", "é"]
)  # fmt: skip


@given(st.lists(WORDS | st.text(max_size=8), max_size=40).map("".join))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_rtf_is_an_article_or_unreadable(text: str) -> None:
    check(b"{\\rtf1 " + text.encode("utf-8", "surrogatepass"))


def test_headline_without_properties_is_the_first_line() -> None:
    article = read("a.rtf", rtf(r"Library stays open until the spring\par " + BODY))
    assert (article.title, article.title_from) == (
        "Library stays open until the spring",
        "first line",
    )
    assert body(article) == [BODY]
