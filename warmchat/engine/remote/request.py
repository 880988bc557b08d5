"""A job as the body of a request, and what to leave out of it where a server does not know a field. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from warmchat.domain.conversation import Message
from warmchat.domain.errors import EngineError
from warmchat.domain.profile import Sampling
from warmchat.engine.protocol import Job
from warmchat.engine.remote.kinds import UNKNOWN, Kind
from warmchat.engine.remote.server import Server

LEAST_REPLY = 16  # tokens: an estimated prompt may seem to fill the window that it does not fill

_OFF = Sampling()
_ALWAYS = ("top_k", "min_p")  # servers have defaults of their own here (40 and 0.05 in llama.cpp), not "off"
_NEVER_OMITTED = frozenset({"model", "messages"})
_UNKNOWN_FIELD = re.compile(
    r"unknown|unrecogni[sz]ed|unsupported|(?:not|n't) (?:supported|permitted|allowed)|not support|unexpected|\bextra\b",
    re.I,
)


def body_of(job: Job, server: Server, left_out: Collection[str], prompt_tokens: int | None) -> dict[str, Any]:
    """The request for this job.

    Args:
        left_out: fields that this server does not take. ``max_tokens`` among them means that it wants the newer name.
        prompt_tokens: size of the prompt, where the reply has to be kept within the window; None leaves it as it is.

    Raises:
        EngineError: the job goes on from a partial reply, and this server cannot.
    """
    sampling = job.sampling
    messages = job.messages
    body: dict[str, Any] = {
        "model": server.model,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": sampling.seed,
        "stream_options": {"include_usage": True},
        **_extras(sampling, server.kind),
    }
    if prompt_tokens is not None:
        room = max(LEAST_REPLY, server.n_ctx - prompt_tokens)
        body["max_tokens"] = min(sampling.max_tokens, room)
    if server.kind.tells_progress:
        body["return_progress"] = True
    if job.continue_from:
        if not server.kind.continues:
            raise EngineError("This server cannot go on from a partial reply", "ask for a new one")
        messages = (*messages, Message("assistant", job.continue_from))
        body |= server.kind.continue_fields
    body["messages"] = [{"role": m.role, "content": _writable(m.content)} for m in messages]
    if "max_tokens" in left_out:
        body["max_completion_tokens"] = body["max_tokens"]
    return {name: value for name, value in body.items() if value is not None and name not in left_out}


def unknown_fields(said: str, body: dict[str, Any]) -> set[str]:
    """Fields of the request that a refusal names as not known or not taken."""
    if not _UNKNOWN_FIELD.search(said):
        return set()
    return {name for name in body if name not in _NEVER_OMITTED and re.search(rf"\b{name}\b", said)}


def not_taken(sampling: Sampling, kind: Kind, left_out: Collection[str]) -> list[str]:
    """Names of the sampling that were asked for and that the server was not told."""
    extra = [name for name in UNKNOWN.takes if getattr(sampling, name) != getattr(_OFF, name)]
    missed = [name for name in extra if name not in kind.takes or kind.takes[name] in left_out]
    return sorted({*missed, *({"temperature", "top_p", "seed"} & set(left_out))})


def _extras(sampling: Sampling, kind: Kind) -> dict[str, Any]:
    wanted = {name: getattr(sampling, name) for name in kind.takes}
    drawn = sampling.temperature > 0 and kind is not UNKNOWN
    return {
        kind.takes[name]: value
        for name, value in wanted.items()
        if value != getattr(_OFF, name) or (drawn and name in _ALWAYS)
    }


def _writable(text: str) -> str:
    """The text with what UTF-8 cannot hold (lone surrogates, from a broken paste) replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
