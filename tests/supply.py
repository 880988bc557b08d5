"""What the program depends on, from its own metadata and that of what is installed; writes the table of licences.

``python -m tests.supply`` brings `THIRD_PARTY.md` up to date, in an environment that holds all extras.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK, LICENCES = ROOT / "requirements.lock", ROOT / "THIRD_PARTY.md"
START, END = "<!-- packages: python -m tests.supply -->\n", "<!-- /packages -->"

TOOLS = frozenset({"pip", "setuptools"})  # of every environment; some packages name them
# Where a package's metadata holds the text of its licence, or nothing that names it.
_NAMED = {"click-default-group": "Public domain", "contourpy": "BSD-3-Clause", "cycler": "BSD-3-Clause",
          "kiwisolver": "BSD-3-Clause", "matplotlib": "PSF-based (matplotlib's own)", "py-spy": "MIT",
          "scipy": "BSD-3-Clause"}  # fmt: skip
_CLASSIFIERS = {"MIT License": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0",
                "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "ISC License (ISCL)": "ISC"}  # fmt: skip
_SPELLED = {"3-Clause BSD License": "BSD-3-Clause", "Apache 2.0 License": "Apache-2.0",
            "Apache License, Version 2.0": "Apache-2.0"}  # fmt: skip


def project() -> dict[str, Any]:
    """The table ``project`` of pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)["project"]
    return found


def direct() -> dict[str, list[Requirement]]:
    """The requirements that pyproject.toml names, by extra; "" are those that every installation has."""
    told = project()
    parts = {"": told["dependencies"], **told["optional-dependencies"]}
    return {extra: [Requirement(text) for text in texts] for extra, texts in parts.items()}


def pinned() -> dict[str, str]:
    """Name -> version of the lock file."""
    lines = [line.strip() for line in LOCK.read_text(encoding="utf-8").splitlines()]
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def needed(extra: str) -> set[str]:
    """Names of all that an extra brings, what brings it in turn included, as far as it is installed."""
    found: set[str] = set()
    waiting = list(direct()[extra])
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        installed = installed_one(name)
        new = name not in found or bool(requirement.extras)
        found.add(name)
        if installed is None or not new:
            continue
        for text in installed.requires or []:
            more = Requirement(text)
            for wanted in {"", *requirement.extras}:
                if more.marker is None or more.marker.evaluate({"extra": wanted}):
                    if canonicalize_name(more.name) not in found:
                        waiting.append(more)
                    break
    return found - TOOLS


def installed_one(name: str) -> Distribution | None:
    """What is installed under this name."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def licence(installed: Distribution) -> str:
    """The licence as an SPDX expression where the package names one, else in its own few words."""
    told = installed.metadata
    name = canonicalize_name(told["Name"])
    if name in _NAMED:
        return _NAMED[name]
    classified = [c.rsplit(" :: ", 1)[-1] for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    known = [_CLASSIFIERS[c] for c in classified if c in _CLASSIFIERS]
    own = [told[field] for field in ("License-Expression", "License") if field in told]
    if "License-Expression" in told or not known:
        words = own[0].split("\n")[0] if own else "not told"
        return _SPELLED.get(words, words)
    return " OR ".join(known)


def table() -> str:
    """A row for each package of the lock file."""
    by_extra = {extra: needed(extra) for extra in direct()}
    rows = ["| package | licence | comes with |", "|---|---|---|"]
    for name in sorted(pinned()):
        installed = installed_one(name)
        assert installed is not None, f"{name} is not installed: install every extra first"
        extras = [extra for extra, names in by_extra.items() if name in names]
        comes_with = "every installation" if "" in extras else ", ".join(extras)
        rows.append(f"| {name} | {licence(installed)} | {comes_with} |")
    return "\n".join(rows) + "\n"


def rows_of(text: str) -> dict[str, str]:
    """Name -> licence of the table in the file."""
    part = text.split(START)[1].split(END, maxsplit=1)[0]
    found = re.findall(r"^\| ([\w.-]+) \| (.+?) \| .+ \|$", part, re.M)
    return dict(found[1:])  # the first is the head


def updated(text: str) -> str:
    """The file with the table as it is now."""
    before, rest = text.split(START)
    return before + START + table() + END + rest.split(END, 1)[1]


if __name__ == "__main__":
    LICENCES.write_text(updated(LICENCES.read_text(encoding="utf-8")), encoding="utf-8")
