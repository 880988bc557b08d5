"""Copying text out of the program, and saying by which way it went."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def clipboard_commands() -> list[list[str]]:
    """Programs of this machine that set a clipboard the user can reach, best first."""
    commands: list[list[str]] = []
    if sys.platform == "darwin":
        commands.append(["pbcopy"])
    if os.environ.get("WAYLAND_DISPLAY"):
        commands.append(["wl-copy"])
    if os.environ.get("DISPLAY"):
        commands += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    if os.environ.get("WSL_DISTRO_NAME"):
        commands.append(["clip.exe"])
    return [command for command in commands if shutil.which(command[0])]


def copy_with_program(text: str) -> str:
    """Hand the text to the first program that takes it. Returns its name, or "" where none did. Blocks."""
    for command in clipboard_commands():
        try:
            # xclip stays behind as a server of the selection: it must not hold our pipes.
            done = subprocess.run(
                command, input=text.encode("utf-8", "replace"), timeout=3, check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return command[0]
    return ""
