"""Files come apart into the articles they hold, each known by its own bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from rag.errors import ArticleUnreadable
from rag.folders import ArticleFile
from rag.pieces import Piece, pieces_of, read_piece
from rag.records import Failure


def lines_of(path: Path, *lines: str | bytes, end: bytes = b"\n") -> list[Piece | Failure]:
    raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
    path.write_bytes(end.join(raw))
    return list(pieces_of(ArticleFile(path.name, path)))


def test_a_file_is_one_piece_with_the_hash_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\ntwo")
    (piece,) = pieces_of(ArticleFile("sub/a.txt", tmp_path / "a.txt"))
    assert isinstance(piece, Piece)
    assert (piece.id, piece.path) == ("sub/a.txt", "sub/a.txt")
    assert piece.sha256 == hashlib.sha256(b"one\ntwo").hexdigest()
    assert read_piece(piece) == b"one\ntwo"


def names_of(path: Path, *lines: str | bytes) -> list[str]:
    pieces = lines_of(path, *lines)
    return [p.id.partition("#")[2] for p in pieces if isinstance(p, Piece)]


def hash_of(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()[:12]


def test_each_line_is_a_piece_named_by_its_id_address_or_hash(tmp_path: Path) -> None:
    address = "https://example.org/mill"
    lines = (
        '{"id": "a-1", "text": "x", "url": "https://example.org/a"}',
        "",
        '{"text": "y"}',
        '{"GUID": 12, "text": "z"}',
        f'{{"text": "mill", "url": "{address}"}}',
    )
    for end in (b"\n", b"\r\n"):
        pieces = lines_of(tmp_path / "w.jsonl", *lines, end=end)
        assert [p.id for p in pieces if isinstance(p, Piece)] == [
            "w.jsonl#a-1", f"w.jsonl#{hash_of(lines[2])}", "w.jsonl#12", f"w.jsonl#{address}"
        ]  # fmt: skip
        for piece in pieces:
            assert isinstance(piece, Piece)
            assert piece.path == "w.jsonl"
            raw = read_piece(piece)
            assert hashlib.sha256(raw).hexdigest() == piece.sha256
            assert raw.decode() in lines


def test_an_address_that_several_lines_have_names_none_of_them(tmp_path: Path) -> None:
    lines = [f'{{"url": "https://example.org/news", "text": "{n}"}}' for n in range(3)]
    assert names_of(tmp_path / "w.jsonl", *lines) == [hash_of(line) for line in lines]


def test_two_equal_lines_are_two_pieces(tmp_path: Path) -> None:
    line = '{"text": "x"}'
    name = hash_of(line)
    assert names_of(tmp_path / "w.jsonl", line, line) == [name, f"{name} (2)"]


def test_an_id_is_never_mistaken_for_the_place_of_another_line(tmp_path: Path) -> None:
    one = '{"text": "x"}'
    lines = (one, '{"id": 1, "text": "y"}', '{"id": "line 4", "text": "z"}', "no json")
    assert names_of(tmp_path / "w.jsonl", *lines) == [hash_of(one), "1", "line 4", "line 4 (2)"]


def test_removing_or_adding_a_line_renames_and_changes_no_other(tmp_path: Path) -> None:
    lines = [f'{{"text": "{n}"}}' for n in range(5)]
    path = tmp_path / "w.jsonl"
    all_of_them = lines_of(path, *lines)
    first, *others = [(p.id, p.sha256) for p in all_of_them if isinstance(p, Piece)]
    without_first = [(p.id, p.sha256) for p in lines_of(path, *lines[1:]) if isinstance(p, Piece)]
    assert without_first == others
    assert first not in others
    longer = [(p.id, p.sha256) for p in lines_of(path, *lines, "{}") if isinstance(p, Piece)]
    assert longer[:-1] == [first, *others]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('{"id": "k3", "text": "The mill', "k3"),
        ('{"title": "A \\"b\\"", "id": 7, "text": "The "mill" burned."}', "7"),
        ('{"url": "https://example.org/mill", "text": "The mill', "https://example.org/mill"),
        ('{"source": {"id": "gazette"}, "text": "The mill', "line 2"),
        ('{"text": "The mill burned", "id": 7', "line 2"),
        ('{"id": "other", "text": "The mill', "line 2"),
    ],
)
def test_a_broken_line_goes_by_the_name_that_can_be_told(
    tmp_path: Path, line: str, name: str
) -> None:
    _, piece = lines_of(tmp_path / "w.jsonl", '{"id": "other", "text": "x"}', line)
    assert isinstance(piece, Piece)
    assert piece.id == f"w.jsonl#{name}"
    assert piece.nameless == (name == "line 2")


RECORDS = [{"id": "a", "text": 'The "old" } mill ] burned.'}, {"id": "b", "tags": [{"x": 1}]}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RECORDS, indent=2),
        json.dumps(RECORDS),
        "\n [\n" + ",\n".join(map(json.dumps, RECORDS)) + "\n]\n",
        "\n".join(json.dumps(record, indent=1) for record in RECORDS),
    ],
)
def test_records_in_a_list_or_over_several_lines_are_pieces(tmp_path: Path, text: str) -> None:
    pieces = lines_of(tmp_path / "w.jsonl", text)
    assert [p.id for p in pieces if isinstance(p, Piece)] == ["w.jsonl#a", "w.jsonl#b"]
    assert [json.loads(read_piece(p)) for p in pieces if isinstance(p, Piece)] == RECORDS


@pytest.mark.parametrize(
    "text", [json.dumps(RECORDS, indent=2)[:-40], '[\n {"a": ' + '\\"' * 100_000, "{\n" + "}}" * 9]
)
def test_a_list_that_breaks_off_is_one_failure(tmp_path: Path, text: str) -> None:
    (failure,) = lines_of(tmp_path / "w.jsonl", text)
    assert isinstance(failure, Failure)
    assert failure.path == "w.jsonl"
    assert "write one on each line" in failure.reason


def test_lists_on_lines_are_no_list_of_records(tmp_path: Path) -> None:
    lines = ('[{"id": 1}]', '[{"id": 2}]')
    assert names_of(tmp_path / "w.jsonl", *lines) == [hash_of(line) for line in lines]
    lines = ("[1]", '{"id": 2, "in": {"id": 3}}')
    assert names_of(tmp_path / "w.jsonl", *lines) == [hash_of("[1]"), "2"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_read_by_its_mark(tmp_path: Path, encoding: str) -> None:
    # U+0A0A, U+0A00 and U+010A have a byte like a line end's.
    lines = ['{"id": 1, "text": "Mül\u0a0a\u0a00\u010a"}', '{"text": "y"}', '{"id": 3}']
    for end in ("\n", "\r\n"):
        raw = ("\ufeff" + end.join(lines) + end).encode(encoding)
        pieces = lines_of(tmp_path / "w.jsonl", raw)
        assert [read_piece(p).decode() for p in pieces if isinstance(p, Piece)] == lines
        assert [p.id for p in pieces if isinstance(p, Piece)] == [
            "w.jsonl#1", f"w.jsonl#{hash_of(lines[1])}", "w.jsonl#3"
        ]  # fmt: skip
        for piece in pieces:
            assert isinstance(piece, Piece)
            assert hashlib.sha256(read_piece(piece)).hexdigest() == piece.sha256


def test_a_changed_line_changes_no_other_piece(tmp_path: Path) -> None:
    path = tmp_path / "w.jsonl"
    first = lines_of(path, '{"id": 1, "text": "x"}', '{"id": 2, "text": "y"}', "")
    second = lines_of(path, '{"id": 1, "text": "longer"}', '{"id": 2, "text": "y"}', "")
    hashes = [[p.sha256 for p in pieces] for pieces in (first, second)]
    assert hashes[0][0] != hashes[1][0]
    assert hashes[0][1] == hashes[1][1]


def test_two_lines_with_one_id_keep_the_first_and_report_the_second(tmp_path: Path) -> None:
    one, two = lines_of(tmp_path / "w.jsonl", '{"id": 1, "text": "x"}', '{"id": "1", "text": "y"}')
    assert isinstance(one, Piece)
    assert isinstance(two, Failure)
    assert two.path == "w.jsonl#line 2"
    assert "line 1" in two.reason


def test_a_line_that_is_no_json_is_a_piece_by_its_number(tmp_path: Path) -> None:
    deep = "[" * 100_000
    names = names_of(tmp_path / "w.ndjson", "no json", deep, "[1]", b"\xff\xfe", '{"id": true}')
    assert names == ["line 1", "line 2", hash_of("[1]"), "line 4", hash_of('{"id": true}')]


def test_a_line_beyond_the_limit_is_reported_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "w.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "x"}\n')
        file.truncate(60 * 2**20)  # NULs, which cost no disk
        file.seek(0, 2)
        file.write(b'\n{"id": "last", "text": "y"}\n')
    first, second, third = pieces_of(ArticleFile("w.jsonl", path))
    assert isinstance(second, Failure)
    assert "too large" in second.reason
    assert isinstance(first, Piece)
    assert isinstance(third, Piece)
    assert third.id == "w.jsonl#last"
    assert read_piece(third) == b'{"id": "last", "text": "y"}'


def test_a_file_that_cannot_be_read_is_one_failure(tmp_path: Path) -> None:
    for name in ("none.txt", "none.jsonl"):
        (failure,) = pieces_of(ArticleFile(name, tmp_path / name))
        assert isinstance(failure, Failure)
        assert (failure.path, failure.sha256) == (name, "")
        assert "vanished" in failure.reason


def test_a_piece_whose_file_has_gone_is_unreadable(tmp_path: Path) -> None:
    (piece,) = lines_of(tmp_path / "w.jsonl", '{"text": "x"}')
    (tmp_path / "w.jsonl").unlink()
    assert isinstance(piece, Piece)
    try:
        read_piece(piece)
    except ArticleUnreadable as error:
        assert "vanished" in str(error)
    else:
        raise AssertionError("a file that is not there was read")
