"""Mutations of a file that was good, and values that programs stumble over."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from random import Random
from typing import Any

from tests.attacks.hostile import CLASSES

NUMBERS = (
    0,
    1,
    -1,
    127,
    128,
    255,
    256,
    32767,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**53,
    2**63 - 1,
    2**63,
    2**64 - 1,
    2**64,
    -(2**31),
    -(2**63),
    -(2**63) - 1,
    10**18,
    10**400,
    int("F" * 6000, 16),
)
_LARGEST = "the largest number"
FLOATS = (0.5, -0.0, 1e308, -1e308, 5e-324, float("inf"), float("-inf"), float("nan"))
_SHORT = [text for name, texts in CLASSES.items() for text in texts if len(text) < 400]
_LONG = [text for texts in CLASSES.values() for text in texts if len(text) >= 400]


def hostile_text(rng: Random) -> str:
    """One hostile string; seldom a long one."""
    return rng.choice(_LONG) if rng.random() < 0.05 else rng.choice(_SHORT)


def hostile_value(rng: Random, depth: int = 0) -> object:
    """A value as JSON knows them: of any type, nested a little, seldom deeply."""
    kind = rng.randrange(9 if depth < 3 else 6)
    if kind <= 1:
        return hostile_text(rng)
    if kind == 2:
        return rng.choice(NUMBERS)
    if kind == 3:
        return rng.choice(FLOATS)
    if kind == 4:
        return rng.choice((None, True, False))
    if kind == 5:
        return rng.choice(("", "2026-01-01", "2026-13-45T99:99:99Z", "yes", "oracle", "shown", [], {}))
    if kind == 6:
        return [hostile_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if kind == 7:
        return {hostile_text(rng): hostile_value(rng, depth + 1) for _ in range(rng.randrange(3))}
    deep: object = hostile_value(rng, 3)
    for _ in range(rng.choice((5, 50, 200))):
        deep = [deep] if rng.random() < 0.5 else {"a": deep}
    return deep


def changed_json(rng: Random, value: Any) -> Any:
    """The value with one to three of its parts replaced, taken out, or given what stands elsewhere in it."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = list(_places(value))
        if not places:
            return hostile_value(rng)
        holder, key = rng.choice(places)
        deed = rng.randrange(4)
        if deed <= 1:
            holder[key] = hostile_value(rng)
        elif deed == 2:
            del holder[key]
        else:
            other, other_key = rng.choice(places)
            holder[key] = deepcopy(other[other_key])
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys: Iterable[Any] = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def json_text(value: Any) -> str:
    """JSON, with numbers that Python itself would not spell."""
    return json.dumps(_spelled(value)).replace(f'"{_LARGEST}"', "9" * 6000)


def _spelled(value: Any, depth: int = 0) -> Any:
    if depth > 300:  # deeper than any reader goes, and all that the writer can
        return None
    if isinstance(value, dict):
        return {key: _spelled(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_spelled(item, depth + 1) for item in value]
    return _LARGEST if isinstance(value, int) and value.bit_length() > 10_000 else value


def mutated(rng: Random, data: bytes, words: Sequence[bytes] = (), *, within: int = 0, in_place: bool = False) -> bytes:
    """The bytes with one to eight changes; most of them in the first `within` bytes where that is given.

    Args:
        in_place: no byte moves, so that more of what stands behind the change is still understood.
    """
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        end = min(within, len(out)) if within and rng.random() < 0.9 else len(out)
        at = rng.randrange(end) if end else 0
        deed = rng.choice((0, 1, 4, 8)) if in_place else rng.randrange(9)
        if deed == 0 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif deed == 1 and out:
            out[at % len(out)] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif deed == 2:
            del out[at : at + rng.choice((1, 2, 8, 64, 1024))]
        elif deed == 3:
            out[at:at] = out[at : at + rng.choice((1, 8, 64))] * rng.choice((1, 2, 50))
        elif deed == 4:
            width = rng.choice((1, 2, 4, 8))
            out[at : at + width] = struct.pack("<Q", rng.choice(NUMBERS[:20]) % 2**64)[:width]
        elif deed == 5:
            out[at:at] = hostile_text(rng).encode("utf-8", "surrogatepass")
        elif deed == 6 and words:
            word = rng.choice(words)
            out[at : at + rng.choice((0, len(word)))] = word
        elif deed == 7:
            del out[at:]
        else:
            source = rng.randrange(len(out)) if out else 0
            out[at : at + 8] = out[source : source + 8]
    return bytes(out)
