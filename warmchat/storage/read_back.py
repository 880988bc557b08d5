"""Values that come out of a database: a file from elsewhere may hold anything under the names that we know.

SQLite's own checks see to what is written here, and can be switched off by whoever writes a file there.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
P = ParamSpec("P")
Check = Callable[[Any], bool]


class DamagedRowError(Exception):
    """A row holds something else than such a row can hold; the text says what."""


def checked(value: T) -> T:
    """The dataclass, if each of its fields holds what its annotation says. Dataclasses inside it check themselves.

    Raises:
        DamagedRowError: names the field.
    """
    kind: Any = type(value)
    for name, fits in _checks(kind):
        if not fits(getattr(value, name)):
            raise DamagedRowError(f"{type(value).__name__.lower()}.{name}")
    return value


def reads_row(function: Callable[P, T]) -> Callable[P, T]:
    """For a function from rows to a dataclass: whatever fails in it fails for what the row holds, and is said so."""

    @wraps(function)
    def reading(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return checked(function(*args, **kwargs))
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
            raise DamagedRowError(f"{function.__name__.removesuffix('_of')}: {type(error).__name__}") from error

    return reading


@cache
def _checks(kind: Any) -> tuple[tuple[str, Check], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, _check(hints[field.name])) for field in dataclasses.fields(kind))


def _check(hint: Any) -> Check:  # noqa: PLR0911  one line for each sort of annotation
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in inner
    if origin in (Union, types.UnionType):
        any_of = [_check(one) for one in inner]
        return lambda value: any(fits(value) for fits in any_of)
    if origin is tuple:
        items = _check(inner[0])
        if inner[-1] is not Ellipsis:
            return lambda value: isinstance(value, tuple) and len(value) == len(inner)
        return lambda value: isinstance(value, tuple) and all(items(item) for item in value)
    if origin is Sequence:  # scores: each was checked as it was read, and is an object only while it is looked at
        return lambda value: isinstance(value, Sequence) and not isinstance(value, str)
    if origin in (dict, Mapping):
        items = _check(inner[1])
        return lambda value: isinstance(value, dict) and all(isinstance(k, str) and items(v) for k, v in value.items())
    if hint is Any:
        return lambda _value: True
    if hint is float:
        return lambda value: isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    if hint is type(None):
        return lambda value: value is None
    return lambda value: isinstance(value, hint)
