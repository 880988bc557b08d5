"""Fixtures that every room's tests may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import loopback
from warmchat.shipped import starter_model

loopback.watch()


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """No test reaches beyond this machine, also where the program swallows that it was refused."""
    loopback.BEYOND.clear()
    yield
    assert loopback.BEYOND == []


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's own files, whatever the machine holds."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home" / name.lower()))
    for name in ("WARMCHAT_MODEL", "WARMCHAT_DATA_DIR", "HF_HOME", "HF_HUB_CACHE", "OLLAMA_MODELS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def starter() -> Path:
    """The real starter model; the extra `starter` is part of the test environment, so its absence is a failure."""
    path = starter_model()
    assert path is not None, "install the extra 'starter'"
    return path


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
