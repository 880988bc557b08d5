"""A path as somebody typed it."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmchat.domain.errors import PathError
from warmchat.domain.paths import typed_path


def test_the_home_is_put_out_and_nothing_need_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/absent")
    assert typed_path("~/x") == Path("/absent/x")
    assert typed_path("~nobody-here/x") == Path("~nobody-here/x")
    assert typed_path("a/../b") == Path("a/../b")
    assert typed_path("\udc80") == Path("\udc80"), "a byte that is no UTF-8 can stand in a name"


@pytest.mark.parametrize("text", ["x" * 300, "汉" * 100, "a\x00b", "\ud800", "\x1b[31m" + "x" * 300, "a/" * 3000])
def test_what_no_file_can_be_called(text: str) -> None:
    with pytest.raises(PathError, match="No file can be called") as raised:
        typed_path(text)
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 200
