"""What is installed, compared with what pyproject.toml asks for: ``python -m tests.audit``.

Every distribution that the package needs, with its extras ``llm`` and ``mcp``: not below its bound,
no pre-release, under a licence that may be passed on. Needs no network. Known holes are looked up
by ``--online``, which runs ``pip-audit`` over the same list, where that is installed and the network
is there.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
EXTRAS = ("llm", "mcp")
LICENCES = (
    "0BSD", "Apache", "BSD", "BSL-1.0", "CC0", "CNRI-Python", "HPND", "ISC", "LGPL", "MIT",
    "MPL", "Mozilla Public License", "PSF", "Python Software Foundation", "Unlicense", "Zlib",
)  # fmt: skip
"""How a licence begins that lets the package be used and passed on as it is."""
READ_BY_HAND = {
    "scipy": "BSD-3-Clause, its text in place of a name",
    "pypdfium2": "BSD-3-Clause and Apache-2.0; PDFium's own are of the same kinds",
}
_FIRST_WORDS = re.compile(rf"\(*(?:The )?(?:{'|'.join(LICENCES)})", re.IGNORECASE)


@dataclass(frozen=True)
class Installed:
    """A distribution as it is installed, with what it requires in turn."""

    name: str
    version: str
    licence: str
    requires: tuple[str, ...] = ()


Find = Callable[[str], Installed | None]


def find_installed(name: str) -> Installed | None:
    """A distribution's name → it; None where it is not installed."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    kinds = found.metadata.get_all("Classifier") or []
    named = [kind.rpartition("::")[2].strip() for kind in kinds if kind.startswith("License ::")]
    licence = found.metadata.get("License-Expression") or (
        " OR ".join(named) or (found.metadata.get("License") or "").split("\n")[0]
    )
    return Installed(found.name, found.version, licence, tuple(found.requires or ()))


def stated_requirements(project: Mapping[str, object], extras: Iterable[str]) -> list[Requirement]:
    """The ``project`` table of a pyproject.toml → what it asks for, with these extras."""
    texts = list(project["dependencies"])  # type: ignore[call-overload]
    for extra in extras:
        texts += project["optional-dependencies"][extra]  # type: ignore[index]
    return [Requirement(text) for text in texts]


def closure(requirements: Iterable[Requirement], find: Find) -> dict[str, Installed | None]:
    """Requirements → all that they need in turn, by name; None for what is not installed."""
    found: dict[str, Installed | None] = {}
    waiting = [(requirement, ("",)) for requirement in requirements]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, extras = waiting.pop()
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in done:
            continue
        done.add(key)
        found[name] = found.get(name) or find(name)
        if each := found[name]:
            wanted = ("", *requirement.extras)
            waiting += [(Requirement(text), wanted) for text in each.requires]
    return found


def problems(
    requirements: Iterable[Requirement], found: Mapping[str, Installed | None]
) -> list[str]:
    """What is wrong with what is installed, a line each; none where nothing is."""
    wrong = []
    for requirement in requirements:
        each = found.get(canonicalize_name(requirement.name))
        if each and not requirement.specifier.contains(each.version, prereleases=True):
            wrong.append(f"{each.name} {each.version} is not {requirement.specifier}")
    for name, each in sorted(found.items()):
        if each is None:
            wrong.append(f"{name} is not installed")
            continue
        if Version(each.version).is_prerelease:
            wrong.append(f"{each.name} {each.version} is a pre-release")
        if name not in READ_BY_HAND and not _is_allowed(each.licence):
            wrong.append(f"{each.name} {each.version}: licence {each.licence or 'not stated'!r}")
    return wrong


def _is_allowed(licence: str) -> bool:
    """Of licences to choose from one has to be allowed, of those that hold together each."""
    choices = re.split(r"\s+OR\s+", licence)
    return any(
        all(_FIRST_WORDS.match(part.strip()) for part in re.split(r"\s+AND\s+", choice))
        for choice in choices
    )


def main() -> None:
    """Prints what is installed and what is wrong with it; exit status 1 where something is."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit")
    parser.add_argument("--online", action="store_true", help="Also look up known holes.")
    given = parser.parse_args()
    requirements = stated_requirements(tomllib.loads(PYPROJECT.read_text())["project"], EXTRAS)
    found = closure(requirements, find_installed)
    for name, each in sorted(found.items()):
        if each:
            print(f"{each.name:32} {each.version:20} {READ_BY_HAND.get(name, each.licence)[:60]}")
    wrong = problems(requirements, found)
    for line in wrong:
        print(f"WRONG: {line}")
    print(f"{len(found)} distributions, {len(wrong)} problems.")
    sys.exit(bool(wrong) | (_look_up(found) if given.online else 0))


def _look_up(found: Mapping[str, Installed | None]) -> int:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for each in found.values():
            if each:
                file.write(f"{each.name}=={Version(each.version).public}\n")
        file.flush()
        command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "-r", file.name]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    main()
