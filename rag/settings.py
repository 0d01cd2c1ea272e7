"""What a user can set: defaults < ``broadsheet.toml`` < environment < command line.

Only the chatbot and what stands above it reads settings; everything below takes plain arguments.
Nothing is read or made on import.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
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
    host: str = Field("127.0.0.1", description="address that the page is served on")
    port: int = Field(7860, ge=1, le=65535, description="port that the page is served on")

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
        raise SettingInvalid(
            f"Setting {name} cannot be {problem['input']!r}: {problem['msg']}."
        ) from error
    except ValueError as error:
        raise SettingInvalid(f"{CONFIG_FILE} cannot be read: {error}") from error
