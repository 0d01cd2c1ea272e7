"""Settings: which wins, and what a wrong one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingInvalid
from rag.new_chunks import ChunkSettings
from rag.rebuild import _environment
from rag.settings import load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_command_line_beats_environment_beats_file_beats_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().port == 7860
    (tmp_path / "broadsheet.toml").write_text("port = 7001\nchunk_tokens = 100\n")
    assert load_settings(port=None).port == 7001
    monkeypatch.setenv("BROADSHEET_PORT", "7002")
    assert load_settings().port == 7002
    assert load_settings(port=7003).port == 7003
    assert load_settings().chunk_tokens == 100


def test_chunks_are_cut_by_default_as_a_build_without_settings_cuts_them() -> None:
    default = load_settings()
    assert ChunkSettings(default.chunk_tokens, default.chunk_overlap_tokens) == ChunkSettings()
    assert (default.chunk_tokens, default.chunk_overlap_tokens) == (254, 60)


def test_an_unknown_setting_is_named_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text("chunksize = 100\n")
    with pytest.raises(
        SettingInvalid, match=r"'chunksize' \(in broadsheet.toml\) does not exist.*chunk_tokens"
    ):
        load_settings()


def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_PORT", "http")
    with pytest.raises(SettingInvalid, match="port cannot be 'http'"):
        load_settings()
    with pytest.raises(SettingInvalid, match="port cannot be 70000"):
        load_settings(port=70000)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.toml").write_text("port = = 1\n")
    with pytest.raises(SettingInvalid, match=r"broadsheet\.toml"):
        load_settings()


def test_a_key_is_shown_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BROADSHEET_LLM_KEY", "sk-topsecret")
    settings = load_settings()
    assert settings.llm_key.get_secret_value() == "sk-topsecret"
    assert "topsecret" not in f"{settings!r} {settings} {settings.model_dump_json()} {caplog.text}"
    monkeypatch.delenv("BROADSHEET_LLM_KEY")
    (tmp_path / "broadsheet.toml").write_text("llm_key = 12345678\n")
    with pytest.raises(SettingInvalid, match="llm_key") as raised:
        load_settings()
    assert "12345678" not in f"{raised.value} {raised.value.__cause__}"


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(SettingInvalid, match="llm_url cannot be 'localhost:11434'"):
        load_settings(llm_url="localhost:11434")


def test_an_empty_variable_in_the_place_of_a_file_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_LLM_KEY_FILE", "")
    assert load_settings().llm_key_file is None


def test_what_a_build_of_the_page_is_given_are_the_settings_in_force(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = load_settings(port=7003, chunk_tokens=100)
    for name, value in _environment(settings).items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings
