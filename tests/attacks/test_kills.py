"""A short sample of `python -m tests.attacks.kill`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks import looks
from tests.attacks.kill import Attack, told

pytestmark = pytest.mark.model


def test_nothing_is_lost_in_a_handful_of_kills(tmp_path: Path, starter: Path) -> None:
    attack = Attack(tmp_path / "data", tmp_path, seed=5, kinds=("scripted", "real"))
    for number in range(4):
        attack.run(number)
    assert not attack.tally.found, told(attack.tally)
    assert attack.tally.looked["database opens, integrity_check ok"] == 4
    assert attack.tally.looked["next start offers to go on"] > 0


def test_the_looks_find_what_is_wrong(tmp_path: Path) -> None:
    attack = Attack(tmp_path / "data", tmp_path, seed=5, kinds=("scripted",))
    attack.run(0)
    file = tmp_path / "data" / "log.db"
    assert looks.faults(tmp_path / "data") == []
    content = bytearray(file.read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)
    file.write_bytes(content)
    for part in ("log.db-wal", "log.db-shm"):
        (tmp_path / "data" / part).unlink(missing_ok=True)
    assert looks.faults(tmp_path / "data")
