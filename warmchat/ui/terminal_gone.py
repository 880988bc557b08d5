"""Whether the terminal is still there.

A closed window sends SIGHUP, which ends the program; to one without a controlling terminal (`setsid`, some containers)
nothing comes, and Textual would read the end of its input for ever.
"""

from __future__ import annotations

import os
import select
import sys

LOOK_S = 2.0  # seconds between two looks; one costs some microseconds


def open_terminal() -> int | None:
    """The file descriptor that keys are read from; None where that is no terminal, or where it cannot be watched."""
    if not hasattr(select, "poll") or sys.__stdin__ is None:
        return None
    try:
        descriptor = sys.__stdin__.fileno()
    except (OSError, ValueError):
        return None
    return descriptor if os.isatty(descriptor) else None


def is_gone(descriptor: int) -> bool:
    """Whether the other end of a terminal has been closed."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))
