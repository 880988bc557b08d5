"""A guard over the whole test run: whatever is asked of the network beyond this machine is refused and remembered.

It sees what goes through Python's own sockets in this process; `tests.attacks.no_network` sees native code and
children.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

BEYOND: list[str] = []
_NAMES = frozenset({"localhost", "", "0.0.0.0", "::"})
_CALLS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0,
          "socket.gethostbyname": 0, "socket.gethostbyaddr": 0, "socket.getnameinfo": 0}  # fmt: skip


def watch() -> None:
    """Begin; there is no end, for such a hook cannot be taken away."""
    sys.addaudithook(_look)


def is_here(host: object) -> bool:
    """Whether the host is this machine."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else host
    if name is None:
        return True
    if not isinstance(name, str):
        return False
    try:
        return name in _NAMES or ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return name.endswith(".localhost")


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    place = _CALLS.get(event)
    if place is None:
        return
    asked = arguments[place]
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getnameinfo"):
        if not isinstance(asked, tuple):  # a path, of a socket of this machine, or a connected one
            return
        asked = asked[0]
    if not is_here(asked):
        BEYOND.append(f"{event} {asked!r}")
        raise PermissionError(f"a test went beyond this machine: {event} {asked!r}")
