"""A path as somebody typed it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from warmchat.domain.errors import PathError
from warmchat.domain.text import one_line


def typed_path(text: str | os.PathLike[str]) -> Path:
    """The path with ``~`` put out; of a user who is not there it stays, as in a shell. There may be nothing there.

    Raises:
        PathError: no file can have this name: it is too long, or holds what no name can.
    """
    path = os.path.expanduser(text)  # noqa: PTH111  pathlib raises where there is no such user
    try:
        os.lstat(path)
    except ValueError as error:  # NUL; half a character
        raise _no_name(path) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise _no_name(path) from error
    return Path(path)


def _no_name(path: str) -> PathError:
    return PathError(f"No file can be called {one_line(path, 60) or 'so'}", "a name has at most 255 bytes, and no NUL")
