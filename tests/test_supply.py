"""Dependencies: bounded, pinned, licensed, and told of; lock file, pyproject.toml and THIRD_PARTY.md say the same."""

from __future__ import annotations

import re

import pytest

from tests.supply import LICENCES, LOCK, ROOT, direct, installed_one, licence, needed, pinned, rows_of

PERMISSIVE = {"MIT", "MIT-CMU", "BSD", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Apache-2.0", "ISC", "Zlib", "CC0-1.0",
              "Apache-2.0 WITH LLVM-exception", "BSL-1.0", "PSF-2.0", "CNRI-Python", "Public domain",
              "PSF-based (matplotlib's own)"}  # fmt: skip
MPL = {"certifi", "tqdm", "hypothesis", "pathspec"}  # unchanged, and none of their files in ours
EXTRAS = sorted(direct())


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_is_required_is_bounded_and_pinned_within_its_bounds(extra: str) -> None:
    versions = pinned()
    for requirement in direct()[extra]:
        signs = {one.operator for one in requirement.specifier}
        assert signs & {"==", "~="} or {">=", "<"} <= signs, f"{requirement} has no bounds"
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert requirement.specifier.contains(versions[name]), f"{requirement}, and {versions[name]} is pinned"


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_comes_with_it_is_pinned_as_it_is_installed(extra: str) -> None:
    versions = pinned()
    for name in needed(extra):
        installed = installed_one(name)
        if installed is not None:  # an extra that is not here brings what nobody can look up here
            assert versions.get(name) == installed.version.partition("+")[0], name


def test_nothing_is_pinned_that_nothing_needs() -> None:
    wanted = set().union(*(needed(extra) for extra in EXTRAS))
    assert [name for name in pinned() if installed_one(name) is not None and name not in wanted] == []


def test_the_lock_file_names_no_place() -> None:
    lines = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line)] == []


def test_every_package_is_listed_with_its_licence() -> None:
    listed = rows_of(LICENCES.read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(pinned()), "run: python -m tests.supply"
    for name, told in listed.items():
        installed = installed_one(name)
        assert installed is None or licence(installed) == told, f"{name}: run python -m tests.supply"
        parts = set(re.split(r" (?:AND|OR) ", told)) - ({"MPL-2.0"} if name in MPL else set())
        assert parts <= PERMISSIVE, name


def test_every_model_that_ships_is_listed() -> None:
    text = LICENCES.read_text(encoding="utf-8")
    folders = {file.parent.relative_to(ROOT).as_posix() for file in (ROOT / "models").rglob("*") if file.is_file()}
    assert folders
    assert [folder for folder in folders if f"`{folder}/" not in text] == []
