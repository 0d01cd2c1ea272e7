"""What is installed satisfies the bounds, and each bound says why it stands there."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.audit import (
    EXTRAS,
    PYPROJECT,
    Installed,
    closure,
    find_installed,
    problems,
    stated_requirements,
)

TEXT = PYPROJECT.read_text()
PROJECT = tomllib.loads(TEXT)["project"]
ALL_EXTRAS = tuple(PROJECT["optional-dependencies"])


def test_what_is_installed_is_not_below_its_bounds_no_prerelease_and_free_to_use() -> None:
    requirements = stated_requirements(PROJECT, EXTRAS)
    found = closure(requirements, find_installed)
    assert len(found) > 60
    assert {"starlette", "h11", "pillow", "python-multipart", "httpx"} <= set(found)
    assert problems(requirements, found) == []


def test_each_requirement_has_a_bound_and_its_reason_beside_it() -> None:
    for requirement in stated_requirements(PROJECT, ALL_EXTRAS):
        assert re.match(r">=|==", str(requirement.specifier)), requirement
        stated = re.escape(f'"{requirement}"')
        assert re.search(rf"{stated}\]?,?\s+# \S.{{4,}}", TEXT), requirement


@pytest.mark.parametrize(
    "name", ["starlette", "h11", "python-multipart", "pillow", "transformers", "lxml", "urllib3"]
)
def test_what_had_holes_is_held_above_them(name: str) -> None:
    line = next(line for line in TEXT.splitlines() if f'"{name}>=' in line)
    assert "CVE-" in line


def a(version: str = "2.0", licence: str = "MIT", requires: tuple[str, ...] = ()) -> Installed:
    return Installed("thing", version, licence, requires)


def problems_of(requirement: str, *others: Installed) -> list[str]:
    there = {each.name: each for each in others}
    requirements = [Requirement(requirement)]
    return problems(requirements, closure(requirements, there.get))


@pytest.mark.parametrize(
    ("installed", "said"),
    [
        (a("1.9"), "thing 1.9 is not >=2.0"),
        (a("3.0rc1"), "thing 3.0rc1 is a pre-release"),
        (a(licence="GPL-3.0-only"), "thing 2.0: licence 'GPL-3.0-only'"),
        (a(licence="MIT AND AGPL-3.0-only"), "thing 2.0: licence 'MIT AND AGPL-3.0-only'"),
        (a(licence=""), "thing 2.0: licence 'not stated'"),
        (a(requires=("other>=1",)), "other is not installed"),
    ],
)
def test_what_is_wrong_is_named(installed: Installed, said: str) -> None:
    assert problems_of("thing>=2.0", installed) == [said]


@pytest.mark.parametrize(
    "licence", ["MPL-1.1 OR GPL-2.0-only", "GPL-2.0-only OR MIT", "BSD License"]
)
def test_of_licences_to_choose_from_one_has_to_be_free(licence: str) -> None:
    assert problems_of("thing>=2.0", a(licence=licence)) == []


def test_what_only_another_system_or_an_extra_needs_is_left_out() -> None:
    needs = ("win; sys_platform == 'win32'", "more; extra == 'all'")
    assert problems_of("thing>=2.0", a(requires=needs)) == []
    assert problems_of("thing[all]>=2.0", a(requires=needs)) == ["more is not installed"]
