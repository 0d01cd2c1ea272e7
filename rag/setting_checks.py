"""A wrong setting → what is wrong with it, in one line with what to do.

Knows no setting by its name but for what is common to several: an address, a key, a folder.
"""

from __future__ import annotations

import difflib
import re
import stat
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError


def unknown_variable(environment: Iterable[str], prefix: str, names: Sequence[str]) -> str:
    """What is wrong where a variable of the prefix names no setting: a slip that was passed over
    in silence would leave the setting at what it was. Empty where nothing is.
    """
    for variable in sorted(environment):
        name = variable.upper().removeprefix(prefix).lower()
        if variable.upper().startswith(prefix) and name not in names:
            return (
                f"{variable} in the environment is no setting{_nearest(name, names, prefix)}; "
                f"unset it. {_all_settings(names)}"
            )
    return ""


def wrong_setting(
    error: ValidationError,
    place_of: Callable[[str], str],
    names: Sequence[str],
    *,
    secrets: Collection[str],
) -> str:
    """The first problem that pydantic found, in words; values of ``secrets`` are not shown."""
    problem = error.errors()[0]
    name = ".".join(str(part) for part in problem["loc"])
    place = place_of(name)
    if problem["type"] == "extra_forbidden":
        return f"Setting {name!r} ({place}) does not exist{_nearest(name, names)}. " + (
            _all_settings(names)
        )
    value = "what it is" if name in secrets else _shown(problem["input"])
    message = problem["msg"].removeprefix("Value error, ").replace("Input should", "it should")
    return f"Setting {name} cannot be {value} ({place}): {message}; change it there."


def address(value: str) -> str:
    """Itself, where it is an address of the web. Raises ValueError with what is wrong."""
    wanted = "it should be an address such as http://127.0.0.1:11434/v1"
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(f"{wanted} ({error})") from error
    if not usable or not value.isprintable() or " " in value:
        raise ValueError(wanted)
    return value


def engine_place(value: str) -> str:
    """Itself, where it is empty, an address, or a file of Milvus Lite's. Raises ValueError with
    what is wrong.
    """
    if not value:
        return value
    wanted = "it should be an address such as http://127.0.0.1:19530, or a file that ends in .db"
    if "://" not in value:
        if value.endswith(".db") and value.isprintable():
            return value
        raise ValueError(wanted)
    try:
        usable = address(value)
    except ValueError as error:
        raise ValueError(wanted) from error
    if "@" in urlsplit(usable).netloc:
        raise ValueError("it should hold no user and password; milvus_token is for these")
    return usable


def no_folder_to_be(path: Path) -> str:
    """Why no folder can be made or used there; empty where one may."""
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            return ""
        return "it is a file; name a folder"
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        return f"{_why(error)}; name a folder that can be made"


def no_key(key: str) -> str:
    """Why it is no key; empty where it may be one, or there is none."""
    key = key.strip()
    if key.isascii() and key.isprintable() and " " not in key:
        return ""
    return "has characters that no key has; give the key alone"


def no_key_file(path: Path) -> str:
    """Why the file holds no key; empty where it may."""
    wanted = "name a text file with nothing but the key"
    try:
        path = path.expanduser()
        if not path.is_file():
            return f"{'it is no file' if path.exists() else 'there is no such file'}; {wanted}"
        with path.open(encoding="utf-8") as file:
            key = file.read(10_000)
    except UnicodeDecodeError:
        return f"it is no text; {wanted}"
    except (OSError, RuntimeError, ValueError) as error:
        return f"{_why(error)}; {wanted}"
    if not key.strip():
        return f"it is empty; {wanted}"
    return f"it holds what is no key; {wanted}" if no_key(key) else ""


def _why(error: BaseException) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error) or type(error).__name__).lower()


def _nearest(name: str, names: Sequence[str], prefix: str = "") -> str:
    found = difflib.get_close_matches(name, names, 1)
    shown = (prefix + found[0]).upper() if found and prefix else "".join(found)
    return f" (did you mean {shown}?)" if found else ""


def _all_settings(names: Sequence[str]) -> str:
    return f"Settings are {', '.join(names)}."


def _shown(value: object) -> str:
    text = re.sub(r"(?<=//)[^/@]*(?=@)", "…", repr(value))  # an address may hold a password
    return text if len(text) <= 100 else text[:100] + "…"
