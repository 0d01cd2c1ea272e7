"""Every wrong setting is one line that names it, its value and what to do, with exit status 2,
through the command line as a process.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from rag.chatbot import Chatbot
from rag.errors import SettingInvalid
from rag.settings import CONFIG_FILE, Settings, load_settings
from tests.conftest import BRIDGE, ROOT

STATUS, BUILD, ASK = ("status",), ("build", "articles"), ("ask", "Who closed the iron bridge?")
SERVE = ("serve", "--no-open")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working folder with an article, an empty file ``file`` and a line of words ``words``."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bridge.txt").write_text(BRIDGE)
    (tmp_path / "file").write_text("")
    (tmp_path / "words").write_text("two words\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\0")
    return tmp_path


def refused(
    place: Path, words: tuple[str, ...], env: dict[str, str] | None = None, toml: str | bytes = ""
) -> str:
    """The one line that the command ends with, its status being 2."""
    if toml:
        raw = toml if isinstance(toml, bytes) else toml.encode()
        (place / CONFIG_FILE).write_bytes(raw)
    before = sorted(place.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "rag", *words],
        cwd=place, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "COLUMNS": "500", "PYTHONPATH": str(ROOT), **(env or {})},
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("Error: ")
    made = [path for path in place.rglob("*") if path not in before]
    assert all(path.is_relative_to(place / "index") for path in made)
    return lines[0].removeprefix("Error: ")


WRONG: list[tuple[tuple[str, ...], str, str, list[str]]] = [
    # command, setting, its value in the environment, what is to be said
    (BUILD[:1], "articles", "nowhere", ["'nowhere'", "Name an existing folder"]),
    (BUILD[:1], "articles", "file", ["'file'", "Name an existing folder"]),
    (STATUS, "index", "file", ["index", "'file'", "it is a file; name a folder"]),
    (STATUS, "index", "file/index", ["index", "'file/index'", "name a folder"]),
    (STATUS, "index", "x" * 300, ["index", "file name too long", "name a folder"]),
    (BUILD, "model", "nowhere/model", ["'nowhere/model'", "give a folder, or set `model_download`"]),
    (BUILD, "model", "a\tb", ["model", r"'a\tb'", "leave them out"]),
    (BUILD, "model_download", "perhaps", ["model_download", "'perhaps'", "a valid boolean"]),
    (STATUS, "reranker", "a\x1bb", ["reranker", r"'a\x1bb'", "leave them out"]),
    (STATUS, "chunk_tokens", "many", ["chunk_tokens", "'many'", "a valid integer"]),
    (STATUS, "chunk_tokens", "15", ["chunk_tokens", "'15'", "greater than or equal to 16"]),
    (BUILD, "chunk_tokens", "255", ["255", "254", "lower `chunk_tokens`"]),
    (STATUS, "chunk_overlap_tokens", "-1", ["chunk_overlap_tokens", "'-1'", "equal to 0"]),
    (STATUS, "chunk_overlap_tokens", "254", ["chunk_overlap_tokens", "254", "lower it"]),
    (STATUS, "milvus_uri", "127.0.0.1:19530", ["milvus_uri", "'127.0.0.1:19530'", "http://127.0.0.1"]),
    (STATUS, "milvus_uri", "ftp://a.example", ["milvus_uri", "'ftp://a.example'", "ends in .db"]),
    (STATUS, "milvus_uri", "http://a:b@c.example", ["milvus_uri", "milvus_token is for these"]),
    (STATUS, "milvus_token", "two words", ["milvus_token", "give the key alone"]),
    (STATUS, "milvus_token_file", "nowhere", ["milvus_token_file", "'nowhere'", "no such file"]),
    (STATUS, "llm_model", "a\nb", ["llm_model", r"'a\nb'", "leave them out"]),
    (STATUS, "llm_url", "localhost:11434", ["llm_url", "'localhost:11434'", "http://127.0.0.1:11434"]),
    (STATUS, "llm_url", "ftp://a.example", ["llm_url", "'ftp://a.example'", "http://127.0.0.1"]),
    (STATUS, "llm_url", "http://a.example:x/", ["llm_url", "http://127.0.0.1"]),
    (STATUS, "llm_url", "http://", ["llm_url", "'http://'", "http://127.0.0.1"]),
    (STATUS, "llm_key", "sk-secret words", ["llm_key", "give the key alone"]),
    (STATUS, "llm_key_file", "nowhere", ["llm_key_file", "'nowhere'", "no such file", "name a text"]),
    (STATUS, "llm_key_file", "articles", ["llm_key_file", "'articles'", "it is no file"]),
    (STATUS, "llm_key_file", "file", ["llm_key_file", "'file'", "it is empty"]),
    (STATUS, "llm_key_file", "words", ["llm_key_file", "'words'", "it holds what is no key"]),
    (STATUS, "llm_key_file", "bytes", ["llm_key_file", "'bytes'", "it is no text"]),
    (STATUS, "llm_deadline_seconds", "0", ["llm_deadline_seconds", "'0'", "greater than 0"]),
    (STATUS, "llm_deadline_seconds", "nan", ["llm_deadline_seconds", "'nan'", "3600"]),
    (STATUS, "llm_deadline_seconds", "soon", ["llm_deadline_seconds", "'soon'", "a valid number"]),
    (SERVE, "host", "192.0.2.1", ["host", "'192.0.2.1'"]),
    (STATUS, "port", "http", ["port", "'http'", "a valid integer"]),
    (STATUS, "port", "0", ["port", "'0'", "greater than or equal to 1"]),
    (STATUS, "port", "65536", ["port", "'65536'", "65535"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "name", "value", "said"), WRONG, ids=lambda value: str(value)[:30]
)
def test_a_wrong_setting_is_named_in_one_line_with_what_to_do(
    place: Path, words: tuple[str, ...], name: str, value: str, said: list[str]
) -> None:
    line = refused(place, words, {f"BROADSHEET_{name.upper()}": value})
    for each in said:
        assert each in line
    assert "sk-secret" not in line


def test_every_setting_has_a_wrong_value_above() -> None:
    """``user``, ``password`` and what belongs to them are tested with the server."""
    tested = {name for _, name, _, _ in WRONG}
    of_server = {"hosts", "user", "password", "password_file", "certificate", "certificate_key"}
    assert set(Settings.model_fields) - tested <= of_server


TOML: list[tuple[str | bytes, list[str]]] = [
    ("port = = 1\n", ["broadsheet.toml cannot be read", "line 1"]),
    ("port = 1\nport = 2\n", ["broadsheet.toml cannot be read"]),
    (b"\xff\xfe" + "port = 1\n".encode("utf-16-le"), ["broadsheet.toml cannot be read"]),
    ("x = " + "[" * 100_000, ["broadsheet.toml cannot be read"]),
    ("prot = 1\n", ["'prot' (in broadsheet.toml) does not exist", "did you mean port?", "articles"]),
    ("[server]\nport = 1\n", ["'server'", "does not exist"]),
    ("[port]\nx = 1\n", ["port", "a valid integer"]),
    ("articles = ['a', 'b']\n", ["articles", "in broadsheet.toml", "path"]),
    ("llm_key = 12345678\n", ["llm_key", "what it is", "string"]),
    ('index = "a\\u0000b"\n', ["index", "null", "name a folder"]),
    ("chunk_tokens = 20\n", ["chunk_overlap_tokens", "60", "chunk_tokens, 20", "lower it"]),
]  # fmt: skip


@pytest.mark.parametrize(("toml", "said"), TOML, ids=[str(said[0])[:30] for _, said in TOML])
def test_a_wrong_file_of_settings_is_named_in_one_line(
    place: Path, toml: str | bytes, said: list[str]
) -> None:
    line = refused(place, STATUS, toml=toml)
    for each in said:
        assert each in line
    assert "12345678" not in line


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("BROADSHEET_PROT", "did you mean BROADSHEET_PORT?"),
        ("BROADSHEET_LLM_KEYFILE", "did you mean BROADSHEET_LLM_KEY_FILE?"),
        ("BROADSHEET_WEATHER", "BROADSHEET_WEATHER in the environment is no setting; unset it"),
    ],
)
def test_a_variable_that_is_no_setting_is_refused_with_the_nearest(
    place: Path, variable: str, said: str
) -> None:
    assert said in refused(place, STATUS, {variable: "sesame"})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("build", "nowhere"), ["'nowhere'", "Name an existing folder"]),
        (("status", "--index", "file"), ["index (on the command line)", "'file'", "name a folder"]),
        (("serve", "--articles", "nowhere", "--no-open"), ["'nowhere'", "Name an existing folder"]),
    ],
)
def test_a_wrong_folder_on_the_command_line_is_named_in_one_line(
    place: Path, words: tuple[str, ...], said: list[str]
) -> None:
    line = refused(place, words)
    for each in said:
        assert each in line


def test_a_port_in_use_is_named_in_one_line(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = refused(place, SERVE, {"BROADSHEET_PORT": port})
    assert line == f"Port {port} is in use; give another with --port."


def test_a_reranker_that_is_nowhere_is_named_in_one_line(place: Path, news: Chatbot) -> None:
    words = (*ASK, "--index", str(news.settings.index.resolve()))
    line = refused(place, words, {"BROADSHEET_RERANKER": "nowhere"})
    assert "'nowhere' is neither a folder nor on this machine" in line


def test_a_user_and_password_of_an_address_are_not_shown() -> None:
    with pytest.raises(SettingInvalid) as raised:
        load_settings(llm_url="http://me:hidden@a.example:99999/")
    assert "me" not in str(raised.value).split("'")[1]
    assert "hidden" not in f"{raised.value} {raised.value.__cause__}"


# --- anything at all -------------------------------------------------------------------------

NAMES = st.sampled_from(sorted(Settings.model_fields))
VALUES = (
    st.integers()
    | st.floats()
    | st.booleans()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(["http://[", "http://a:b", "http://a\tb", "//", "~nobody", "~", "1e9", "nan"])
)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def loads_or_refuses() -> None:
    try:
        loaded = load_settings()
    except SettingInvalid as error:
        assert str(error)
        assert "\n" not in str(error)
        return
    assert 0 <= loaded.chunk_overlap_tokens < loaded.chunk_tokens
    assert 1 <= loaded.port <= 65535
    for value in (loaded.model, loaded.reranker, loaded.llm_model, loaded.llm_url):
        assert value.isprintable()
    assert isinstance(loaded.llm_key, SecretStr)


ANY = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@ANY
@given(st.text(max_size=60) | st.lists(st.sampled_from(
    ["[", "]", "port", "=", "\n", '"', "'''", "#", "{", "}", ".", ",", "1", "1e5", "\\u0000", "inf",
     "1979-05-27", "\r", "\ufeff", "index", "true", "[[", "]]", "model"]), max_size=30).map("".join))  # fmt: skip
def test_any_file_of_settings_is_read_or_refused_in_one_line(bare: Path, toml: str) -> None:
    (bare / CONFIG_FILE).write_bytes(toml.encode("utf-8", "surrogatepass"))
    loads_or_refuses()


@ANY
@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_any_values_in_the_file_are_read_or_refused(bare: Path, values: dict[str, object]) -> None:
    lines = (f"{name} = {json.dumps(value)}" for name, value in values.items())
    text = "\n".join(lines).replace("NaN", "nan").replace("Infinity", "inf")
    (bare / CONFIG_FILE).write_text(text, encoding="utf-8")
    loads_or_refuses()


@ANY
@given(st.dictionaries(NAMES, VALUES.map(str), max_size=3))
def test_any_values_in_the_environment_are_read_or_refused(
    bare: Path, values: dict[str, str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(f"BROADSHEET_{name.upper()}", value.replace("\0", ""))
        loads_or_refuses()
