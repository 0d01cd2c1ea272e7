"""What a user can set: defaults < ``broadsheet.toml`` < environment < command line.

Only the chatbot and what stands above it reads settings; everything below takes plain arguments.
Nothing is read or made on import.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingInvalid

CONFIG_FILE = "broadsheet.toml"


class Settings(BaseSettings):
    """Each as an environment variable ``BROADSHEET_<NAME>`` or a line in ``broadsheet.toml``."""

    model_config = SettingsConfigDict(
        env_prefix="BROADSHEET_",
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
    chunk_tokens: int = Field(254, description="greatest length of a chunk, in tokens")
    chunk_overlap_tokens: int = Field(60, description="what neighbouring chunks share, in tokens")
    llm_model: str = Field("", description="language model that phrases answers; empty: none")
    llm_url: str = Field(
        "http://127.0.0.1:11434/v1",
        pattern=r"^https?://[^\s/]+",
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

    Raises SettingInvalid with the name, the value and what it may be.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            known = ", ".join(Settings.model_fields)
            raise SettingInvalid(
                f"Setting {name!r} does not exist; settings are {known}."
            ) from error
        value = "what it is" if name in ("llm_key", "password") else repr(problem["input"])
        raise SettingInvalid(f"Setting {name} cannot be {value}: {problem['msg']}.") from error
    except ValueError as error:
        raise SettingInvalid(f"{CONFIG_FILE} cannot be read: {error}") from error
