"""The user's own editor, from $VISUAL or $EDITOR, on a file or on a text."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from warmchat.domain.errors import WarmchatError


class EditorError(WarmchatError):
    """The editor is not there, or ended badly."""


def edit_file(file: Path) -> None:
    """Open the file in the editor and wait until that ends. Raises `EditorError`."""
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    found = next((path for name in ("nano", "vi", "notepad") if (path := shutil.which(name))), None)
    try:
        command = shlex.split(wanted) if wanted else [found] if found else []
        if not command:
            raise EditorError("There is no editor", f"set EDITOR, or edit {file} by other means")
        code = subprocess.run([*command, str(file)], check=False).returncode
    except (OSError, ValueError) as error:  # ValueError: quotes in $EDITOR that do not close
        raise EditorError(f"The editor {wanted!r} cannot be run: {error}", "set EDITOR to another one") from error
    if code != 0:
        raise EditorError(f"The editor ended with code {code}", f"the file is {file}")


def edit_text(text: str, suffix: str = ".md") -> str:
    """The text as it came back from the editor. It lies in a file that only its owner can read, for as long.

    Raises:
        EditorError: as `edit_file`, or what came back is no text.
    """
    descriptor, name = tempfile.mkstemp(prefix="warmchat-", suffix=suffix)
    file = Path(name)
    try:
        with open(descriptor, "w", encoding="utf-8") as opened:  # noqa: PTH123  a descriptor, not a path
            opened.write(text)
        edit_file(file)
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EditorError(f"What the editor wrote cannot be read: {error}", "save it as UTF-8") from error
    finally:
        file.unlink(missing_ok=True)
