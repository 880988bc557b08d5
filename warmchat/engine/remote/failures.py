"""What went wrong with a server, in the program's own errors. No key and no traceback is in any of them."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any

from warmchat.domain.errors import EngineError, EngineLost, PromptTooLong
from warmchat.domain.text import one_line
from warmchat.engine.remote.config import Address, RemoteConfig

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})  # statuses that may be gone a moment later
LONGEST_WAIT_S = 20.0  # whatever a server asks for: the reader waits meanwhile

_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context|maximum context length|context (?:size|window|length)", re.I
)
_HINTS = {
    429: "it has too much to do, or your quota is used up: try again later",
    503: "it may still be loading its model: try again in a moment",
}
SHORTEN = "shorten it, or give the server a larger context and say so with n_ctx"


class Refused(EngineError):
    """The server answered with an error status, or with an error in its stream (status 0).

    Attributes:
        said: all that the server wrote, with the key taken out.
        wait_s: pause that the server asked for.
    """

    def __init__(self, message: str, hint: str, *, status: int, said: str = "", wait_s: float = 0.0) -> None:
        super().__init__(message, hint)
        self.status = status
        self.said = said
        self.wait_s = min(wait_s, LONGEST_WAIT_S)


class NotReached(EngineError):
    """No connection, or one that broke."""


class CutShort(EngineLost):
    """The stream ended before the reply did."""


def may_try_again(error: EngineError) -> bool:
    """Whether the same request may fare better in a moment."""
    return isinstance(error, NotReached | CutShort) or (isinstance(error, Refused) and error.status in AGAIN)


class Blame:
    """Words for failures at one server."""

    def __init__(self, config: RemoteConfig, address: Address, key: str) -> None:
        self._config = config
        self._address = address
        self._key = key

    def refused(self, status: int, body: object, path: str, wait: str = "") -> EngineError:
        """The error for an answer with this status; `body` is what came with it, in whatever form."""
        said = self._clean(body)
        short = f": {one_line(self._clean(_words(body)))}" if said else ""
        place = self._address.place
        variable = self._config.key_variable
        if status in (401, 403):  # not the server's words: some repeat the key
            why = f"the key in {variable} was sent" if self._key else f"no key was sent: put it into {variable}"
            return Refused(f"{place} refused the request for want of a right key ({status})", why, status=status)
        if status in (400, 413, 422, 500) and _TOO_LONG.search(said):
            return PromptTooLong(f"{place} says that the text is too long{short}", SHORTEN)
        if status == 404:
            hint = f"does the base URL end in /v1? It is {self._address.base}"
            return Refused(f"{place} has nothing at {path} (404){short}", hint, status=status, said=said)
        if 300 <= status < 400:  # never followed: text would go where the user has not sent it
            hint = "give the address that it is at now as the base URL"
            return Refused(f"{place} sends elsewhere ({status})", hint, status=status)
        message = f"{place} refused the request ({status}){short}"
        hint = _HINTS.get(status, "the server's log may say why")
        return Refused(message, hint, status=status, said=said, wait_s=_seconds(wait))

    def in_stream(self, body: object, message: str) -> EngineError:
        """The error for one that the server put into its stream."""
        said = self._clean(body if body is not None else message)
        if _TOO_LONG.search(said):
            return PromptTooLong(f"{self._address.place} says that the text is too long: {one_line(said)}", SHORTEN)
        words = one_line(self._clean(_words(body) if body is not None else message))
        return Refused(f"{self._address.place} failed: {words}", "the server's log may say why", status=0, said=said)

    def not_reached(self, error: BaseException) -> NotReached:
        """The error for a connection that could not be had, or was lost."""
        place = self._address.place
        causes = list(_causes(error))
        if any(isinstance(c, ConnectionRefusedError) for c in causes):
            hint = f"is the server running? The address is {self._address.base}"
            return NotReached(f"Nothing answers at {place}", hint)
        if any(isinstance(c, socket.gaierror) for c in causes):
            return NotReached(f"There is no machine called {place}", "look at the base URL, and at the network")
        if any(isinstance(c, ssl.SSLError) for c in causes):
            hint = "does it speak https at all? A certificate of your own is named by SSL_CERT_FILE"
            return NotReached(f"No encrypted connection to {place} could be made", hint)
        return NotReached(f"The connection to {place} broke", "send the message again; the server's log may say why")

    def slow(self, seconds: float, what: str) -> EngineError:
        """The error for a wait that took too long, such as ``what`` "no answer"."""
        message = f"{self._address.place}: {what} within {seconds:g} s"
        return EngineError(message, "it may be busy: try again, or allow more time")

    def nonsense(self, what: str) -> EngineError:
        """The error for an answer that is not one of this API."""
        hint = f"is it an OpenAI-compatible server, and does the base URL end in /v1? It is {self._address.base}"
        return EngineError(f"{self._address.place} answered with {what}", hint)

    def cut_short(self, hint: str = "send the message again") -> CutShort:
        """The error for a reply that ended without a word of why."""
        return CutShort(f"{self._address.place} ended the reply before it was finished", hint)

    def _clean(self, body: object) -> str:
        """The body as text without the key, also where JSON writes the key with escapes."""
        text = body if isinstance(body, str) else "" if body is None else _as_json(body)
        for key in {self._key, _as_json(self._key)[1:-1]} - {""}:
            text = text.replace(key, "[key]")
        return text


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _words(body: object) -> object:
    """The sentence in an error's body, wherever servers put it; else the whole body."""
    found: Any = body
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and name in found:
            found = found[name]
    return found


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and the members of groups."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, *(one.exceptions if isinstance(one, BaseExceptionGroup) else ())]


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:  # a date, which no server of this kind sends
        return 0.0
