from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from warmchat.domain.errors import ExportError
from warmchat.storage.exports.files import write_file


def test_it_is_written_whole_for_its_owner_alone(in_folder: Path) -> None:
    write_file(Path("a.md"), ["é\n", "b\r\n"])
    assert Path("a.md").read_bytes() == "é\nb\r\n".encode()
    assert Path("a.md").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in in_folder.iterdir()] == ["a.md"], "no temporary file is left"


def test_a_file_that_is_there_is_replaced_only_when_asked(in_folder: Path) -> None:
    Path("a.md").write_text("mine")
    with pytest.raises(ExportError, match="exists") as raised:
        write_file(Path("a.md"), ["new"])
    assert "--force" in raised.value.hint
    assert Path("a.md").read_text() == "mine"
    write_file(Path("a.md"), ["new"], force=True)
    assert Path("a.md").read_text() == "new"
    assert [p.name for p in in_folder.iterdir()] == ["a.md"]


def test_a_file_that_comes_up_meanwhile_is_not_replaced(in_folder: Path) -> None:
    def pieces() -> Iterator[str]:
        Path("a.md").write_text("theirs")
        yield "new"

    with pytest.raises(ExportError, match="exists"):
        write_file(Path("a.md"), pieces())
    assert Path("a.md").read_text() == "theirs"
    assert [p.name for p in in_folder.iterdir()] == ["a.md"]


@pytest.mark.parametrize("force", [True, False])
def test_an_export_that_breaks_off_leaves_nothing(in_folder: Path, force: bool) -> None:
    def pieces() -> Iterator[str]:
        yield "some"
        raise OSError(28, "No space left on device")

    with pytest.raises(ExportError, match="No space left"):
        write_file(Path("a.md"), pieces(), force=force)
    assert list(in_folder.iterdir()) == []


def test_a_folder_and_a_missing_folder_are_said(in_folder: Path) -> None:
    with pytest.raises(ExportError, match="folder"):
        write_file(in_folder, ["x"], force=True)
    with pytest.raises(ExportError, match="cannot be written"):
        write_file(Path("nowhere/a.md"), ["x"])


def test_a_link_stays_a_link(in_folder: Path) -> None:
    Path("real.md").write_text("old")
    Path("link.md").symlink_to("real.md")
    write_file(Path("link.md"), ["new"], force=True)
    assert Path("link.md").is_symlink()
    assert Path("real.md").read_text() == "new"


def test_a_device_is_written_to_and_not_replaced(in_folder: Path) -> None:
    read, write = os.pipe()
    try:
        write_file(Path(f"/dev/fd/{write}"), ["through"], force=True)
        assert os.read(read, 100) == b"through"
    finally:
        os.close(read)
        os.close(write)
