"""The app with hostile texts on a real terminal: a process of its own, and what it sent to be looked at.

``python -m tests.attacks.sinks.whole_app hostile|plain`` is that process; `sent` starts it and gives the bytes.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from typing import cast

from textual.pilot import Pilot

from tests.attacks.hostile import CLASSES

PATIENCE_S = 120.0
# What Textual itself sends: colours and moves (CSI), modes, the shape of the pointer (OSC 22).
OURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\]22;[a-z-]*\x07|\x1b[78]|\x1b\(B")
DRAWS = re.compile(r"\x1b\[[0-9;]*[mH]")  # colours, and where the next words stand


def deeds(text: str) -> set[str]:
    """The sequences in what was sent that do more than draw: modes, questions, the pointer's shape."""
    return {found for found in OURS.findall(text) if not DRAWS.fullmatch(found)}


def said(kind: str) -> str:
    """All small classes in one text, or plain words."""
    if kind == "plain":
        return "plain words\n" * 20
    return "\n".join(text[:200] for name in CLASSES for text in CLASSES[name] if name not in ("nested", "huge"))


def sent(kind: str) -> str:
    """What the terminal was sent from the start of the app to its end."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.attacks.sinks.whole_app", kind],
        stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    data = bytearray()
    with suppress(OSError):  # the other side is closed
        while piece := os.read(master, 65_536):
            data += piece
    os.close(master)
    assert process.wait(PATIENCE_S) == 0, data[-2000:]
    return data.decode("utf-8", "replace")


def _run(kind: str) -> None:
    """Say something hostile, look at the answers side by side, be told something, and leave."""
    import asyncio

    from tests.attacks.sinks.screens import HostileDetector, HostileWorld
    from tests.ui.world import until

    text = said(kind)
    world = HostileWorld(text)

    async def play(anybody: Pilot[object]) -> None:
        app, pilot = world.app, cast("Pilot[None]", anybody)
        await world.ready(pilot)
        world.session._checker._detector = HostileDetector(text)
        await pilot.press("f2")
        await world.say(pilot, text)
        await pilot.press("f4")
        await until(pilot, lambda: app.screen is not app.chat)
        app.tell(text, text)
        await asyncio.sleep(0.5)
        await pilot.press("escape")
        app.copy_to_clipboard(text)
        await asyncio.sleep(0.5)
        app.exit()

    world.app.run(auto_pilot=play)


if __name__ == "__main__":
    _run(sys.argv[1])
