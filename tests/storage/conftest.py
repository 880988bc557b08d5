from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from warmchat.storage.log import SessionLog


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a log is to be; the folder is not there yet."""
    return tmp_path / "data" / "log.db"


@pytest.fixture
def log(file: Path) -> Iterator[SessionLog]:
    with SessionLog.open(file) as opened:
        yield opened
