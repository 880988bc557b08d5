"""One reply, from the request to its end: tries again where that is safe, and says so where it was cut short."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

from warmchat.domain.errors import EngineError, EngineLost, PromptTooLong
from warmchat.domain.text import one_line
from warmchat.domain.turn import Origin, StopReason, Timings
from warmchat.engine.protocol import EngineEvent, Finished, Job
from warmchat.engine.remote.client import Client
from warmchat.engine.remote.config import RemoteConfig
from warmchat.engine.remote.counting import estimate
from warmchat.engine.remote.failures import Refused, may_try_again
from warmchat.engine.remote.gathered import CUT, Gathered
from warmchat.engine.remote.request import body_of, not_taken, unknown_fields
from warmchat.engine.remote.server import Server

LONGEST_REPLY = 2 << 20  # characters; a server that goes on beyond heeds no max_tokens and may never end
AFTER_THE_END_S = 2.0  # for the usage, which comes behind the last word; a reply is not held up for it longer


class RemoteReply:
    """One try to have one job answered; after `run` failed before any text, it may be run again.

    Args:
        left_out: fields that this server does not take, learnt here and kept by the engine.
        count: tokens of the job's prompt.
        emit: given each event as it comes.
        queued_s: how long the job has waited until now.
    """

    def __init__(
        self,
        job: Job,
        *,
        client: Client,
        config: RemoteConfig,
        left_out: set[str],
        count: Callable[[], Awaitable[int]],
        emit: Callable[[EngineEvent], None],
        queued_s: float,
    ) -> None:
        self._job = job
        self._client = client
        self._config = config
        self._left_out = left_out
        self._count = count
        self._emit = emit
        self._queued_s = queued_s
        self._body: dict[str, Any] = {}
        self._server: Server | None = None
        self._sent_max = job.sampling.max_tokens
        self._began = time.monotonic()
        self._first_s = 0.0
        self.gathered = Gathered()

    async def run(self, server_of: Callable[[], Awaitable[Server]]) -> Finished:
        """The whole reply, repeated where that is allowed. Raises `EngineError`; after text came, `EngineLost`."""
        repeated = 0
        while True:
            try:
                self._server = await server_of()
                await self._stream(self._server)
                return self.finished(self.gathered.stop(self._job.sampling.max_tokens, self._sent_max))
            except EngineError as error:
                if self.gathered.begun:
                    raise self._lost(error) from None
                if self._learnt(error):
                    continue
                if repeated >= self._config.retries or not may_try_again(error):
                    raise
                wait = error.wait_s if isinstance(error, Refused) else 0.0
            pause = self._config.backoff_s * 2**repeated * random.uniform(0.8, 1.2)
            await asyncio.sleep(max(wait, pause))
            repeated += 1

    def finished(self, stop: StopReason) -> Finished:
        """What came, as the end of the job."""
        server, job = self._server, self._job
        versions = dict(server.info.versions) if server else {}
        if server and (missed := not_taken(job.sampling, server.kind, self._left_out)):
            versions["not taken"] = ", ".join(missed)
        for name, said in (("answered as", self.gathered.answered_as), ("fingerprint", self.gathered.fingerprint)):
            if said and not (server and said == server.model):
                versions[name] = one_line(said, 80)
        return Finished(
            text=self.gathered.text,
            stop=stop,
            usage=self.gathered.usage(estimate(job.messages)),
            timings=Timings(self._queued_s, self._first_s, time.monotonic() - self._began),
            origin=Origin(
                model=server.info.model if server else "",
                model_name=server.info.model_name if server else "",
                template=server.info.template if server else "",
                sampling=job.sampling,
                seed=job.sampling.seed or 0,
                versions=versions,
            ),
        )

    async def _stream(self, server: Server) -> None:
        self.gathered = gathered = Gathered()
        bounded = server.kind.refuses_excess and server.told_n_ctx
        body = body_of(self._job, server, self._left_out, await self._count() if bounded else None)
        self._sent_max = body.get("max_tokens", body.get("max_completion_tokens", self._sent_max))
        self._body = body
        self._began = time.monotonic()
        async with aclosing(self._client.chat(body)) as values:
            await self._read(values.__anext__, gathered)
        if gathered.finish in CUT:
            raise self._client.blame.cut_short()
        if gathered.finish == "content_filter":
            raise EngineLost("The server withheld the rest of the reply (its content filter)", "ask in other words")
        if not gathered.finish:
            if gathered.chunks == 0:
                await self._ask_why(body)
            raise self._client.blame.cut_short(_hint(server))

    async def _read(self, next_value: Callable[[], Awaitable[object]], gathered: Gathered) -> None:
        """Take in the stream to its end; each wait for text has its limit, whatever else the server sends."""
        config = self._config
        until = self._began + config.first_token_s
        while True:
            limit = config.between_s if gathered.begun else config.first_token_s
            try:
                async with asyncio.timeout(until - time.monotonic()):
                    value = await next_value()
                events = gathered.take(value)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if gathered.finish:
                    return
                raise self._client.blame.slow(limit, "no more text" if gathered.begun else "no text") from None
            except EngineError:
                if gathered.finish:  # the reply is whole; what came behind it matters to nobody
                    return
                raise
            except ValueError:
                raise self._client.blame.nonsense("something that is no part of a reply") from None
            if gathered.size > LONGEST_REPLY:
                raise self._client.blame.nonsense("a reply without an end")
            for event in events:
                if not self._first_s and gathered.begun:
                    self._first_s = time.monotonic() - self._began
                self._emit(event)
            if gathered.finish:
                until = min(until, time.monotonic() + AFTER_THE_END_S)
            elif events:
                until = time.monotonic() + (config.between_s if gathered.begun else config.first_token_s)

    async def _ask_why(self, body: dict[str, Any]) -> None:
        """Raise what the server has against this request.

        A stream in which nothing came at all is how llama_cpp.server tells that the prompt is too long; asked without
        a stream, it says so.
        """
        short = {name: value for name, value in body.items() if name not in ("stream_options", "return_progress")}
        try:
            await self._client.ask("/chat/completions", {**short, "max_tokens": 1}, seconds=self._config.first_token_s)
        except PromptTooLong:
            raise
        except EngineError:
            return  # it is no wiser: the stream that ended early is what there is to tell

    def _learnt(self, error: EngineError) -> bool:
        """Whether the refusal named fields that can be left out; then the request is made again without them."""
        if not isinstance(error, Refused) or error.status not in (400, 422):
            return False
        fields = unknown_fields(error.said, self._body) - self._left_out
        self._left_out |= fields
        return bool(fields)

    def _lost(self, error: EngineError) -> EngineLost:
        """What ended a reply in its middle. It is raised, not told as a `Finished`: the session then keeps the part as
        interrupted and does not compare it, for what was cut off would count as left out."""
        return error if isinstance(error, EngineLost) else EngineLost(error.message, error.hint)


def _hint(server: Server) -> str:
    if server.kind.name == "llama_cpp.server":
        return "another request came in between: start that server with --interrupt_requests false"
    return "send the message again"
