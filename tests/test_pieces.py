"""Files come apart into the articles they hold, each known by its own bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

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


def test_each_line_is_a_piece_named_by_its_id_or_its_number(tmp_path: Path) -> None:
    lines = ('{"id": "a-1", "text": "x"}', "", '{"text": "y"}', '{"GUID": 12, "text": "z"}')
    for end in (b"\n", b"\r\n"):
        pieces = lines_of(tmp_path / "w.jsonl", *lines, end=end)
        assert [p.id for p in pieces if isinstance(p, Piece)] == [
            "w.jsonl#a-1", "w.jsonl#3", "w.jsonl#12"
        ]  # fmt: skip
        for piece in pieces:
            assert isinstance(piece, Piece)
            assert piece.path == "w.jsonl"
            raw = read_piece(piece)
            assert hashlib.sha256(raw).hexdigest() == piece.sha256
            assert raw.decode().strip() in lines


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
    pieces = lines_of(tmp_path / "w.ndjson", "no json", deep, "[1]", b"\xff\xfe", '{"id": true}')
    assert [p.id for p in pieces if isinstance(p, Piece)] == [f"w.ndjson#{n}" for n in range(1, 6)]


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
    assert read_piece(third) == b'{"id": "last", "text": "y"}\n'


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
