"""The only door to the ``openai`` package: requests go out, JSON values come in, its errors become ours.

None of the package's own habits is kept that would surprise: no retries (ours know whether text came), no redirects, no
headers taken from ``OPENAI_*`` variables, which belong to another server than the one the user named.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from warmchat.domain.errors import EngineError
from warmchat.engine.remote.config import Address, RemoteConfig
from warmchat.engine.remote.failures import Blame

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_OUR_HEADERS = frozenset({
    "host", "user-agent", "accept", "accept-encoding", "content-type", "content-length", "transfer-encoding",
})  # fmt: skip


class Client:
    """One server, asked from one event loop. The first request imports the library (0.6 s)."""

    def __init__(self, config: RemoteConfig, address: Address, key: str) -> None:
        self._config = config
        self._address = address
        self._key = key
        self._opened: AsyncOpenAI | None = None
        self.blame = Blame(config, address, key)

    @property
    def _api(self) -> AsyncOpenAI:
        if self._opened is None:
            self._opened = _open(self._config, self._address, self._key)
        return self._opened

    async def ask(self, path: str, body: object = None, *, seconds: float = 0.0) -> Any:
        """What the server answers at `path`, as a JSON value: a GET, or a POST where there is a body.

        Args:
            path: below the base URL, or a whole address at the same server.
            seconds: longest wait; 0 is the usual one.

        Raises:
            EngineError: anything but an answer.
        """
        limit, api = seconds or self._config.answer_s, self._api
        with self._told(path):
            try:
                async with asyncio.timeout(limit):
                    if body is None:
                        return await api.get(path, cast_to=object)
                    return await api.post(path, body=body, cast_to=object)
            except TimeoutError:
                raise self.blame.slow(limit, "no answer") from None

    async def chat(self, body: dict[str, Any]) -> AsyncGenerator[object]:
        """The JSON values of a streamed reply, to the end of the stream. Closing the generator closes the connection.

        Raises:
            EngineError: the request was refused, the connection broke, or nonsense came.
        """
        path, api = "/chat/completions", self._api
        from openai import AsyncStream

        with self._told(path):
            stream = await api.post(
                path, body={**body, "stream": True}, cast_to=object, stream=True, stream_cls=AsyncStream[object]
            )
            async with stream:
                async for value in stream:
                    yield value

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Turn the library's errors into ours. ``from None``: theirs hold the request, and that holds the key."""
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            wait = error.response.headers.get("retry-after", "")
            body = error.body if error.body is not None else error.message
            raise self.blame.refused(error.status_code, body, path, wait) from None
        except openai.APITimeoutError:  # of the connection alone: we count the rest ourselves
            raise self.blame.slow(self._config.connect_s, "no connection") from None
        except openai.APIConnectionError as error:
            raise self.blame.not_reached(error) from None
        except openai.APIError as error:
            raise self.blame.in_stream(error.body, error.message) from None
        except openai.OpenAIError as error:
            raise EngineError(f"The request to {self._address.place} failed: {type(error).__name__}") from None
        except ValueError:  # no JSON, or bytes that are no text
            raise self.blame.nonsense("something that is not JSON") from None


def _open(config: RemoteConfig, address: Address, key: str) -> AsyncOpenAI:
    try:
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout
    except ImportError:
        raise EngineError("The package openai is not installed", "pip install 'warmchat[remote]'") from None

    async def only_ours(request: Any) -> None:
        for name in list(request.headers):
            if name.lower() not in _OUR_HEADERS:
                del request.headers[name]
        # A connection of its own for each request: one that the server has let go of meanwhile cannot be met.
        request.headers["connection"] = "close"
        if key:
            request.headers["authorization"] = f"Bearer {key}"

    http = DefaultAsyncHttpxClient(
        follow_redirects=False,
        trust_env=not address.loopback,  # a proxy could only lead away from this machine
        event_hooks={"request": [only_ours]},
    )
    timeout = Timeout(None, connect=config.connect_s)  # the pauses in a stream are counted by text, not by bytes
    return AsyncOpenAI(api_key=key or "none", base_url=address.base, timeout=timeout, max_retries=0, http_client=http)
