"""A folder is changed as people change folders, and each citation says what became of it."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from rag.articles import read_article
from rag.chunking import sentence_spans
from rag.citations import Citations
from rag.errors import FolderUnreadable
from rag.folders import list_files
from rag.pieces import Piece, pieces_of, read_piece
from rag.readers import Readers
from rag.records import Answer, Article, Chunk, Citation, Filters, Hit, Verification
from rag.verification import MOST_NEW, Indexed, verify_answers
from tests.conftest import BRIDGE, FERRY, ORCHARD
from tests.reading import page

COST = "The repair will cost 3.2 million crowns and take two years."


def indexed(folder: Path) -> list[Article]:
    """The folder's articles as a build reads them now."""
    pieces = [piece for file in list_files(folder)[0] for piece in pieces_of(file)]
    return [
        read_article(piece.id, read_piece(piece), path=piece.path)
        for piece in pieces
        if isinstance(piece, Piece)
    ]


def answer_from(
    articles: Iterable[Article], *quotes: str, article_id: str = "", copies: tuple[str, ...] = ()
) -> Answer:
    """An answer that cites those quotes, each in the first article that has it."""
    citations, hits = Citations(), []
    for quote in quotes:
        article = next(a for a in articles if quote in a.text and article_id in ("", a.id))
        start = article.text.index(quote)
        citations.number(article, (start, start + len(quote)))
        hits.append(Hit(Chunk(article.id, 0, 0, 1), 1.0, 1, 1, copies=copies))
    return Answer(
        "What?", "What?", Filters(), "answered", (), citations.all(), tuple(hits), (), None, 0.9,
        "extractive", 1,
    )  # fmt: skip


@cache
def readers() -> Readers:
    """One child for all tests; it ends with this process."""
    return Readers(1)


def verify_now(
    folder: Path, answers: Sequence[Answer], indexed: Indexed
) -> tuple[Verification, ...]:
    return verify_answers(folder, answers, indexed, readers=readers())


Verify = Callable[[], Verification]


@pytest.fixture
def bridge(folder: Path) -> Verify:
    """Verifies the citation of ``COST`` in bridge.txt, against the index as it was before."""
    articles = indexed(folder)
    answer = answer_from(articles, COST)
    return lambda: verify_now(folder, [answer], lambda: articles)[0]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_an_untouched_file_is_verified(bridge: Verify) -> None:
    found = bridge()
    assert (found.turn, found.verdict, found.article_id, found.note) == (
        1,
        "verified",
        "bridge.txt",
        "",
    )
    assert (found.start, found.end) == (found.citation.start, found.citation.end)


def test_an_edit_elsewhere_leaves_it_verified_and_says_so(bridge: Verify, folder: Path) -> None:
    edit(folder / "bridge.txt", "bitter but necessary", "bitter but needed")
    found = bridge()
    assert (found.verdict, found.note) == ("verified", "its file has changed elsewhere")


def test_line_ends_of_another_system_and_hard_wrapping_move_nothing(
    bridge: Verify, folder: Path
) -> None:
    (folder / "bridge.txt").write_bytes(BRIDGE.replace("\n", "\r\n").encode())
    assert bridge().verdict == "verified"
    wrapped = "\n\n".join(textwrap.fill(part, 72) for part in BRIDGE.split("\n\n"))
    assert wrapped != BRIDGE
    (folder / "bridge.txt").write_text(wrapped)
    assert bridge().verdict == "verified"


def test_a_sentence_that_was_moved_is_found_where_it_stands_now(
    bridge: Verify, folder: Path
) -> None:
    edit(folder / "bridge.txt", f" {COST}", "")
    with (folder / "bridge.txt").open("a") as file:
        file.write(f"\nIn the end it is about money. {COST}\n")
    found = bridge()
    assert (found.verdict, found.article_id) == ("moved", "bridge.txt")
    text = next(a.text for a in indexed(folder) if a.id == "bridge.txt")
    assert text[found.start : found.end] == COST
    assert found.start != found.citation.start


def test_other_white_space_counts_as_moved(bridge: Verify, folder: Path) -> None:
    edit(folder / "bridge.txt", "3.2 million crowns", "3.2\u00a0million  crowns")
    found = bridge()
    assert (found.verdict, found.note) == ("moved", "its white space differs")


def test_a_changed_figure_is_changed(bridge: Verify, folder: Path) -> None:
    edit(folder / "bridge.txt", "3.2 million", "3.3 million")
    found = bridge()
    assert (found.verdict, found.article_id, found.start) == ("changed", "", None)


def test_a_deleted_file_is_gone(bridge: Verify, folder: Path) -> None:
    (folder / "bridge.txt").unlink()
    found = bridge()
    assert (found.verdict, found.article_id, found.also_in, found.note) == ("gone", "", (), "")


@pytest.mark.parametrize("name", ["iron.txt", "older/news/bridge.txt", "Brücke 100 % #1.txt"])
def test_a_renamed_file_is_found_by_its_bytes(bridge: Verify, folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / "bridge.txt").rename(folder / name)
    found = bridge()
    assert (found.verdict, found.article_id) == ("moved", name)
    assert (found.start, found.end) == (found.citation.start, found.citation.end)


def test_a_renamed_file_with_another_in_its_place_is_found(bridge: Verify, folder: Path) -> None:
    (folder / "bridge.txt").rename(folder / "iron.txt")
    (folder / "bridge.txt").write_text(ORCHARD)
    assert (bridge().verdict, bridge().article_id) == ("moved", "iron.txt")


def test_a_file_renamed_and_edited_is_found_by_its_text(bridge: Verify, folder: Path) -> None:
    edit(folder / "bridge.txt", "14 of its 36", "15 of its 36")
    (folder / "bridge.txt").rename(folder / "iron.txt")
    assert (bridge().verdict, bridge().article_id) == ("moved", "iron.txt")


def test_a_renamed_and_edited_file_is_found_after_a_build_by_what_its_head_states(
    folder: Path,
) -> None:
    head = "\nSource: The Lenn Post\nPublished: 2024-05-06\n"
    (folder / "bridge.txt").write_text(BRIDGE.replace("\n", head, 1))
    answer = answer_from(indexed(folder), COST)
    edit(folder / "bridge.txt", "14 of its 36", "15 of its 36")
    (folder / "bridge.txt").rename(folder / "iron.txt")
    now = indexed(folder)
    (found,) = verify_now(folder, [answer], lambda: now)
    assert (found.verdict, found.article_id) == ("moved", "iron.txt")
    edit(folder / "iron.txt", "2024-05-06", "2024-05-07")
    now = indexed(folder)
    (found,) = verify_now(folder, [answer], lambda: now)
    assert (found.verdict, found.also_in) == ("gone", ("iron.txt",))


def test_an_article_that_merely_quotes_the_sentence_is_not_its_new_name(
    bridge: Verify, folder: Path
) -> None:
    (folder / "bridge.txt").unlink()
    (folder / "column.txt").write_text(f"What a bridge costs\n\n{FERRY}\n\n{ORCHARD}\n\n{COST}\n")
    found = bridge()
    assert (found.verdict, found.also_in) == ("gone", ("column.txt",))


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_copy_that_stood_beside_it_is_not_its_new_name(folder: Path, rebuilt: bool) -> None:
    (folder / "reprint.txt").write_text(BRIDGE)
    before = indexed(folder)
    answer = answer_from(before, COST, article_id="bridge.txt", copies=("reprint.txt",))
    (folder / "bridge.txt").unlink()
    now = indexed(folder) if rebuilt else before
    (found,) = verify_now(folder, [answer], lambda: now)
    assert (found.verdict, found.article_id, found.also_in) == ("gone", "", ("reprint.txt",))


def test_a_changed_article_names_where_the_quote_still_stands(folder: Path) -> None:
    (folder / "reprint.txt").write_text(BRIDGE)
    articles = indexed(folder)
    answer = answer_from(articles, COST, article_id="bridge.txt", copies=("reprint.txt",))
    edit(folder / "bridge.txt", "3.2 million", "3.3 million")
    (found,) = verify_now(folder, [answer], lambda: articles)
    assert (found.verdict, found.also_in) == ("changed", ("reprint.txt",))


# --- files of several articles, and other formats ----------------------------------------------


def lines(*texts: tuple[str, str]) -> str:
    return "".join(
        json.dumps({"id": name, "title": "News", "text": text}) + "\n" for name, text in texts
    )


def test_a_line_of_a_file_of_several_is_followed(tmp_path: Path) -> None:
    file = tmp_path / "wire.jsonl"
    first, second = ("a", f"{FERRY}"), ("b", f"{BRIDGE}")
    file.write_text(lines(first, second))
    articles = indexed(tmp_path)
    answer = answer_from(articles, COST)

    def found() -> Verification:
        return verify_now(tmp_path, [answer], lambda: articles)[0]

    assert (found().verdict, found().article_id) == ("verified", "wire.jsonl#b")
    file.write_text(lines(second, first))
    assert (found().verdict, found().note) == ("verified", "")
    file.write_text(lines(first, ("c", BRIDGE)))
    assert (found().verdict, found().article_id) == ("moved", "wire.jsonl#c")
    file.write_text(lines(first, ("b", BRIDGE.replace("3.2", "3.3"))))
    assert found().verdict == "changed"
    file.write_text(lines(first))
    assert found().verdict == "gone"
    file.write_text(lines(first, second))
    file.rename(tmp_path / "agency.jsonl")
    assert (found().verdict, found().article_id) == ("moved", "agency.jsonl#b")


def test_an_html_article_is_read_as_the_build_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "tarn.html"
    file.write_text(page())
    quote = (
        "Traffic will be diverted along the ring road and the mill lane while the piers are mended."
    )
    articles = indexed(tmp_path)
    answer = answer_from(articles, quote)

    def verdict() -> str:
        return verify_now(tmp_path, [answer], lambda: articles)[0].verdict

    assert verdict() == "verified"
    edit(file, "ring road and", "ring road\n   and")
    assert verdict() == "verified"
    edit(file, "ring road\n   and", "ring <b>road</b> and")
    assert verdict() == "verified"
    edit(file, "<p>Traffic", "<p>The mayor has agreed to all of it. Traffic")
    assert verdict() == "moved"
    edit(file, "mill lane", "mill road")
    assert verdict() == "changed"


# --- what goes wrong ---------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_gone_with_its_reason(bridge: Verify, folder: Path) -> None:
    (folder / "bridge.txt").write_bytes(b"\x7fELF" + bytes(4000))
    found = bridge()
    assert found.verdict == "gone"
    assert found.note.startswith("it cannot be read: ")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    answer = answer_from([next(iter(sample()))], COST)
    with pytest.raises(FolderUnreadable, match="nowhere"):
        verify_now(tmp_path / "nowhere", [answer], list)


def sample() -> list[Article]:
    return [read_article("bridge.txt", BRIDGE.encode())]


FORGED = (
    "../secret.txt", "link.txt", "linked/secret.txt", ".hidden.txt", "/etc/hostname", "", ".",
    "sub/../ferry.txt", "./ferry.txt", "ferry.txt/", "../secret.jsonl#a", "secret.jsonl#a#b",
    "a\0b", "#" * 5000, "x/" * 4000,
)  # fmt: skip


def test_a_forged_citation_opens_nothing_that_the_folder_does_not_list(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = folder.parent
    (outside / "secret.txt").write_text(BRIDGE)
    (outside / "secret.jsonl").write_text(lines(("a", BRIDGE)))
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    (folder / "linked").symlink_to(outside)
    (folder / ".hidden.txt").write_text(BRIDGE)
    (folder / "bridge.txt").unlink()
    opened, really_open = [], os.open

    def watched(path: object, *rest: object, **options: object) -> int:
        opened.append(os.fsdecode(path))  # type: ignore[arg-type]
        return really_open(path, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", watched)
    answer = answer_from(sample(), COST)
    cited = answer.citations[0]
    forged = tuple(replace(cited, number=n, article_id=name) for n, name in enumerate(FORGED, 1))
    found = verify_now(folder, [replace(answer, citations=forged)], list)
    assert {(each.verdict, each.article_id, each.also_in) for each in found} == {("gone", "", ())}
    below = {path for path in opened if path.startswith((str(outside), "/etc", "..", "./"))}
    assert below == {str(folder / "ferry.txt"), str(folder / "orchard.txt")}


def test_more_new_files_than_are_read_are_told(folder: Path) -> None:
    articles = indexed(folder)
    answer = answer_from(articles, COST)
    (folder / "bridge.txt").unlink()
    many = "".join(
        json.dumps({"id": str(n), "title": "News", "text": f"Item {n} of the day is short."}) + "\n"
        for n in range(MOST_NEW + 3)
    )
    (folder / "many.jsonl").write_text(many)
    (found,) = verify_now(folder, [answer], lambda: articles)
    assert (found.verdict, found.note) == (
        "gone", "3 new articles were not looked through: run `broadsheet build`",
    )  # fmt: skip


def test_each_file_is_read_once_however_many_citations_it_has(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = " ".join(f"Sentence number {n} stands in this report." for n in range(20))
    (folder / "long.txt").write_text(f"A long report\n\n{body}\n")
    articles = indexed(folder)
    article = next(a for a in articles if a.id == "long.txt")
    quotes = [
        article.text[a:b] for a, b in sentence_spans(article.text) if "number" in article.text[a:b]
    ]
    assert len(quotes) == 20
    answer = answer_from(articles, *quotes)
    reads, really_read = [], Readers.read
    monkeypatch.setattr(
        Readers, "read", lambda self, piece: (reads.append(piece.id), really_read(self, piece))[1]
    )
    found = verify_now(folder, [answer, answer], list)
    assert [each.verdict for each in found] == ["verified"] * 40
    assert [each.turn for each in found] == [1] * 20 + [2] * 20
    assert reads == ["long.txt"]


def test_without_citations_nothing_is_read(tmp_path: Path) -> None:
    answer = replace(answer_from(sample(), COST), citations=())
    assert verify_now(tmp_path / "nowhere", [answer], list) == ()


def test_a_later_turn_does_not_make_a_new_name_a_copy(folder: Path) -> None:
    first = answer_from(indexed(folder), COST)
    (folder / "bridge.txt").rename(folder / "iron.txt")
    now = indexed(folder)
    second = answer_from(now, COST)
    found = verify_now(folder, [first, second], lambda: now)
    assert [(each.verdict, each.article_id) for each in found] == [
        ("moved", "iron.txt"), ("verified", "iron.txt"),
    ]  # fmt: skip


def test_an_empty_quote_stands_nowhere(folder: Path) -> None:
    articles = indexed(folder)
    answer = answer_from(articles, COST)
    empty = replace(answer.citations[0], quote="", end=answer.citations[0].start)
    (found,) = verify_now(folder, [replace(answer, citations=(empty,))], lambda: articles)
    assert isinstance(found.citation, Citation)
    assert (found.verdict, found.also_in) == ("changed", ())
