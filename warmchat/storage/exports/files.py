"""Writing an export to a file: whole or not at all, for its owner alone, and never over another file unasked."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from warmchat.domain.errors import ExportError
from warmchat.domain.text import one_line


def write_file(path: Path, pieces: Iterable[str], *, force: bool = False) -> None:
    """Write the pieces, UTF-8, mode 0600, under a temporary name that becomes `path` when all of it is on disk.

    A pipe or a device is written to as it is.

    Raises:
        ExportError: the file exists and `force` is not set; it is a folder; it, or what is called so,
            cannot be written.
    """
    try:
        if path.is_dir():
            raise ExportError(f"{one_line(str(path))} is a folder", "name a file in it")
        if path.exists() and not path.is_file():
            _write_through(path, pieces)
            return
        path = path.resolve()  # a link stays one: its target is what is replaced
        if path.exists() and not force:
            raise _exists(path)
    except (OSError, ValueError) as error:  # ValueError: NUL, or half a character in the name
        raise _failed(path, error) from error
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        _write_new(temporary, pieces)
        _take_place(temporary, path, force)
    except (OSError, ValueError) as error:
        raise _failed(path, error) from error
    finally:
        with contextlib.suppress(OSError, ValueError):
            temporary.unlink()


def _write_new(path: Path, pieces: Iterable[str]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123  a descriptor, not a path
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _take_place(temporary: Path, path: Path, force: bool) -> None:
    if force:
        temporary.replace(path)
        return
    try:
        path.hardlink_to(temporary)  # unlike a rename it fails where a file has come up meanwhile
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError:  # a file system without hard links
        temporary.replace(path)


def _write_through(path: Path, pieces: Iterable[str]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        raise _failed(path, error) from error


def _exists(path: Path) -> ExportError:
    return ExportError(f"{one_line(str(path))} exists", "add --force to replace it, or name another file")


def _failed(path: Path, error: OSError | ValueError) -> ExportError:
    why = (error.strerror if isinstance(error, OSError) else None) or one_line(str(error))
    return ExportError(f"{one_line(str(path))} cannot be written: {why}", "name another file, or make room")
