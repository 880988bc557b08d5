"""A sandbox for chat templates in which nothing grows or runs without bounds: a template is a program from a file.

Jinja's own sandbox keeps a template from Python's inside. This one also keeps every value below a million characters
and entries (each operation that makes one is weighed, shared parts as often as they are reached), and the time below a
second of processor, looked at in Python's own steps.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

MOST = 1_000_000  # characters and entries of one value; contents of messages are not in it, only their marks
MOST_WORK = 20_000_000  # of an operation whose result grows with the product of what it is given
MOST_NUMBER = 10_000  # as an argument: a width, an indentation, a count
MOST_BITS = 10_000
MOST_SECONDS = 1.0
_MULTIPLIES = {"replace", "join", "indent", "expandtabs", "translate", "format", "xmlattr", "wordwrap", "urlize"}
_WIDE = re.compile(r"\d{5}")


class TooMuchError(Exception):
    """A template asks for more than any honest one needs."""


class _TimeOver(BaseException):
    """Not an `Exception`: Jinja catches those where it tries things out."""


class Given(list[dict[str, str]]):
    """The messages, weighed once: honest templates ask for their number in every turn of a loop."""

    def __init__(self, messages: Iterable[dict[str, str]]) -> None:
        super().__init__(messages)
        self.weight = sum(weight_of(message) for message in self)


def weighed(value: Any) -> Any:
    """The value, if it is not too large; what would only be made while it is read is made now.

    Raises:
        TooMuchError: it is.
    """
    if isinstance(value, Iterator) and not isinstance(value, LoopContext):
        value = _made(value)
    weight_of(value)
    return value


def weight_of(value: Any) -> int:
    """Characters and entries in the value, parts that are shared as often as they are reached."""
    weight, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        weight += 1
        if isinstance(one, str | bytes):
            weight += len(one)
        elif isinstance(one, Given):
            weight += one.weight
        elif isinstance(one, int):
            weight += one.bit_length() // 8
        elif isinstance(one, dict):
            weight += len(one)
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple | set | frozenset):
            weight += len(one)
            waiting += one
        elif isinstance(one, Namespace):
            waiting.append(object.__getattribute__(one, "_Namespace__attrs"))
        if weight > MOST or len(waiting) > MOST:
            raise TooMuchError("a value in it grows beyond a million characters")
    return weight


def _made(values: Iterable[Any]) -> list[Any]:
    made, weight = [], 0
    for one in values:
        made.append(one)
        weight += weight_of(one)
        if weight > MOST:
            raise TooMuchError("a list in it grows beyond a million entries")
    return made


def _joined(parts: Iterable[Any]) -> str:
    out, length = [], 0
    for part in parts:
        weight_of(part)
        text = str(part)
        out.append(text)
        length += len(text)
        if length > MOST:
            raise TooMuchError("it makes a text of over a million characters")
    return "".join(out)


def _check_given(name: str, given: Iterable[Any]) -> None:
    """That a function is not asked for a result out of all proportion."""
    given = list(given)
    numbers = [one for one in given if isinstance(one, int | float)]
    if any(not -MOST_NUMBER <= number <= MOST_NUMBER for number in numbers):
        raise TooMuchError(f"it calls {name[:40]} with a number beyond {MOST_NUMBER:,}")
    form = given[0] if given and name in {"format", "_now"} else None  # what is put into it has no say
    if isinstance(form, str | bytes) and _WIDE.search(form if isinstance(form, str) else form.decode("latin-1")):
        raise TooMuchError(f"it calls {name[:40]} with a width beyond {MOST_NUMBER:,}")
    if name in _MULTIPLIES:
        work = 1
        for one in given:
            work *= max(1, abs(int(one))) if isinstance(one, int | float) else weight_of(one)
        if work > MOST_WORK:
            raise TooMuchError(f"it calls {name[:40]} for a text of millions of characters")


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose arguments and result are weighed."""

    @wraps(function)
    def filtered(*args: Any, **kwargs: Any) -> Any:
        args = tuple(weighed(one) for one in args)
        _check_given(name, [*args, *kwargs.values()])
        result = function(*args, **kwargs)
        return result if isinstance(result, Iterator) else weighed(result)

    return filtered


class _Generator(CodeGenerator):
    """Jinja's, with every value that an expression builds passed through the environment's scales."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802
        self._weighed(super().visit_List, node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802
        self._weighed(super().visit_Dict, node, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:  # noqa: N802
        if node.ctx == "load":
            self._weighed(super().visit_Tuple, node, frame)
        else:
            super().visit_Tuple(node, frame)

    def _weighed(self, visit: Callable[[Any, Frame], None], node: nodes.Node, frame: Frame) -> None:
        self.write("environment.weighed(")
        visit(node, frame)
        self.write(")")


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox with bounds on what a template makes. Render in `time_limit`."""

    code_generator_class = _Generator
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(finalize=weighed, **options)
        self.filters = {name: _bounded(name, function) for name, function in self.filters.items()}
        del self.globals["lipsum"]
        self.concat = _joined  # type: ignore[method-assign]
        self.joined = _joined
        self.weighed = weighed

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805  Jinja's names
        args = tuple(weighed(one) for one in args)
        name = str(getattr(__obj, "__name__", ""))
        own = getattr(__obj, "__self__", None)
        whose = [own] if isinstance(own, str | bytes | list | tuple | dict) else []
        _check_given(name, [*whose, *args, *kwargs.values()])
        return weighed(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002  Jinja's
        if operator == "*" and not _fits_product(left, right):
            raise TooMuchError("it multiplies beyond a million")
        if operator == "**" and not (abs(right) <= MOST_NUMBER and _bits(left) * abs(right) <= MOST_BITS):
            raise TooMuchError("it raises a number to a power without bounds")
        if operator == "%" and isinstance(left, str | bytes):
            _check_given("format", [left, *(right if isinstance(right, tuple) else (right,))])
        return weighed(self.binop_table[operator](left, right))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        formatted = super().wrap_str_format(value)
        return None if formatted is None else _with_self(value.__self__, formatted)


def _with_self(text: Any, formatted: Callable[..., str]) -> Callable[..., str]:
    """A bound method of a text, so that the text is looked at with what it is given."""

    def format_(*args: Any, **kwargs: Any) -> str:
        args = tuple(weighed(one) for one in args)
        _check_given("format", [text, *args, *kwargs.values()])
        return formatted(*args, **kwargs)

    return format_


def _fits_product(left: Any, right: Any) -> bool:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return _bits(left) + _bits(right) <= MOST_BITS
    times, whole = (left, right) if isinstance(left, int) else (right, left)
    return not isinstance(times, int) or weight_of(whole) * max(times, 0) <= MOST


def _bits(number: Any) -> int:
    return number.bit_length() if isinstance(number, int) else 64


@contextmanager
def time_limit(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """End what runs inside, in this thread, after so much processor time.

    Raises:
        TooMuchError: the time was over.
    """
    end = time.thread_time() + seconds
    before = sys.gettrace()

    def step(frame: FrameType, _event: str, _arg: Any) -> Any:
        if time.thread_time() > end:
            raise _TimeOver
        return None if frame.f_code.co_filename == __file__ else step  # what is weighed here has its own bound

    sys.settrace(step)
    try:
        yield
    except _TimeOver:
        raise TooMuchError(f"it runs for more than {seconds:g} seconds") from None
    finally:
        sys.settrace(before)
