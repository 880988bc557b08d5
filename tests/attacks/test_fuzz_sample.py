"""A short sample of the fuzzer, the same cases every time; ``python -m tests.attacks.fuzz`` goes on for longer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.attacks.fuzz.case import own_home, random_of, try_case
from tests.attacks.fuzz.models import leave_seat
from tests.attacks.fuzz.targets import TARGETS

CASES = {"settings": 10, "model in the engine": 4, "model past our checks": 4, "adapter in the engine": 6}


@pytest.mark.parametrize("name", list(TARGETS))
def test_a_sample(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path.cwd())  # and back to where it stood, whatever is done below
    before = dict(os.environ)
    own_home(tmp_path / "home")
    try:
        for number in range(CASES.get(name, 15)):
            folder = tmp_path / "cases" / str(number)
            folder.mkdir(parents=True)
            outcome = try_case(TARGETS[name], TARGETS[name].make(random_of(TARGETS[name], "sample", number), folder))
            assert outcome.kind != "finding", f"case {number}: {outcome.sign}\n{outcome.told}"
    finally:
        leave_seat()
        os.environ.clear()
        os.environ.update(before)
