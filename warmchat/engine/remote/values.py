"""Values out of JSON that somebody else wrote: of the right type, or nothing."""

from __future__ import annotations

from typing import Any


def whole(value: object) -> int:
    """The value where it is a number above 0, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def text_of(value: object) -> str:
    """The value where it is text, else none."""
    return value if isinstance(value, str) else ""


def object_of(value: object) -> dict[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
