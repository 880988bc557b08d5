"""The goals of `warmchat bench`, on demand and on a quiet machine: pytest tests/benchmarks/test_goals.py."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from warmchat.cli.bench import GOALS


@pytest.fixture(scope="module")
def measured() -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "warmchat", "bench", "--json"], capture_output=True, text=True,
                          timeout=1500, check=True)  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(1600)
@pytest.mark.parametrize("name", GOALS)
def test_goal(measured: dict[str, float], name: str) -> None:
    way, goal = GOALS[name]
    assert (measured[name] >= goal) if way == ">=" else (measured[name] <= goal), f"{name} is {measured[name]}"


@pytest.mark.timeout(1600)
def test_turn_50_reads_only_what_is_new(measured: dict[str, float]) -> None:
    assert measured["evaluated_tokens_turn50"] == measured["new_tokens_turn50"]
