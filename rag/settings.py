"""What a user can set: defaults < ``broadsheet.toml`` < environment < command line.

Only the chatbot and what stands above it reads settings; everything below takes plain arguments.
Nothing is read or made on import.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingInvalid
from rag.setting_checks import (
    address,
    engine_place,
    no_folder_to_be,
    no_key,
    no_key_file,
    unknown_variable,
    wrong_setting,
)

CONFIG_FILE = "broadsheet.toml"
PREFIX = "BROADSHEET_"


class Settings(BaseSettings):
    """Each as an environment variable ``BROADSHEET_<NAME>`` or a line in ``broadsheet.toml``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        toml_file=CONFIG_FILE,
        extra="forbid",
        frozen=True,
        protected_namespaces=(),
        hide_input_in_errors=True,  # a key may be what is wrong
    )

    articles: Path = Field(Path("articles"), description="folder of articles")
    index: Path = Field(Path("index"), description="folder of the index")
    model: str = Field(
        "", description="sentence-transformers model: a folder or a name; empty: all-MiniLM-L6-v2"
    )
    model_download: bool = Field(False, description="fetch the model by its name from the hub")
    reranker: str = Field(
        "",
        description="cross-encoder that re-orders the best hits: a folder or a name; empty: none",
    )
    chunk_tokens: int = Field(254, ge=16, description="greatest length of a chunk, in tokens")
    chunk_overlap_tokens: int = Field(
        60, ge=0, description="what neighbouring chunks share, in tokens"
    )
    milvus_uri: str = Field(
        "", description="Milvus that the index is searched in; empty: in its own files"
    )
    milvus_token: SecretStr = Field(
        SecretStr(""), description="Milvus's token or user:password, where it wants one"
    )
    milvus_token_file: Path | None = Field(None, description="text file that holds it alone")
    llm_model: str = Field("", description="language model that phrases answers; empty: none")
    llm_url: str = Field(
        "http://127.0.0.1:11434/v1",
        description="its OpenAI-compatible endpoint, up to /v1",
    )
    llm_key: SecretStr = Field(SecretStr(""), description="the endpoint's key, where it wants one")
    llm_key_file: Path | None = Field(None, description="text file that holds the key alone")
    llm_deadline_seconds: float = Field(
        60, gt=0, le=3600, description="time for a whole answer; then it is extractive"
    )
    host: str = Field("127.0.0.1", min_length=1, description="address that the page is served on")
    port: int = Field(7860, ge=1, le=65535, description="port that the page is served on")
    hosts: str = Field(
        "", description="further names under which the page is reached, with commas between"
    )
    user: str = Field("", description="who is let in to the page, with the password")
    password: SecretStr = Field(SecretStr(""), description="the user's password")
    password_file: Path | None = Field(None, description="text file that holds the password alone")
    certificate: Path | None = Field(None, description="PEM file, to serve the page over https")
    certificate_key: Path | None = Field(
        None, description="PEM file of the certificate's key, where it is not in the same file"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any, info: ValidationInfo) -> Any:
        """An empty variable in the place of a file that need not be is none, not the folder "."."""
        optional = cls.model_fields[info.field_name or ""].annotation == Path | None
        return None if optional and value == "" else value

    _is_address = field_validator("llm_url")(address)
    _is_place = field_validator("milvus_uri")(engine_place)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order of the module's first line, the strongest first."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**given: Any) -> Settings:
    """What was given on the command line (None: not given) → the settings in force.

    Raises SettingInvalid with the name, the value, where it stands and what it may be.
    """
    names = tuple(Settings.model_fields)
    if problem := unknown_variable(os.environ, PREFIX, names):
        raise SettingInvalid(problem)
    typed = {name: value for name, value in given.items() if value is not None}
    try:
        settings = Settings(**typed)
    except ValidationError as error:
        problem = wrong_setting(error, place_of(typed, os.environ), names, secrets=_secrets())
        raise SettingInvalid(problem) from error
    except (OSError, RecursionError, ValueError) as error:
        raise SettingInvalid(f"{CONFIG_FILE} cannot be read: {error}; mend it.") from error
    for name, problem in _unusable(settings):
        place = place_of(typed, os.environ)(name)
        raise SettingInvalid(f"Setting {name} ({place}) {problem}.")
    return settings


def place_of(typed: Collection[str], environment: Iterable[str]) -> Callable[[str], str]:
    """Tells of a setting's name where its value was found, in words."""
    variables = {name.upper() for name in environment}

    def place(name: str) -> str:
        variable = PREFIX + name.upper()
        if name in typed:
            return "on the command line"
        return f"in {variable}" if variable in variables else f"in {CONFIG_FILE}"

    return place


def _secrets() -> frozenset[str]:
    fields = Settings.model_fields.items()
    return frozenset(name for name, field in fields if field.annotation is SecretStr)


def _unusable(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is of the right type and cannot be used: the setting's name, and what is wrong."""
    if settings.chunk_overlap_tokens >= settings.chunk_tokens:
        yield (
            "chunk_overlap_tokens",
            (
                f"cannot be {settings.chunk_overlap_tokens}: it is not below chunk_tokens, "
                f"{settings.chunk_tokens}; lower it"
            ),
        )
    if problem := no_folder_to_be(settings.index):
        yield "index", f"cannot be {str(settings.index)!r}: {problem}"
    for name in ("model", "reranker", "llm_model"):
        if not (value := getattr(settings, name)).isprintable():
            yield name, f"cannot be {value!r}: it has characters that no name has; leave them out"
    for key, file in (("llm_key", "llm_key_file"), ("milvus_token", "milvus_token_file")):
        if problem := no_key(getattr(settings, key).get_secret_value()):
            yield key, problem
        path = getattr(settings, file)
        if path is not None and (problem := no_key_file(path)):
            yield file, f"cannot be {str(path)!r}: {problem}"
