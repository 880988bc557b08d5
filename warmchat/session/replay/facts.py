"""What is known of how a reply was made, then and now, side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from warmchat.domain.conversation import prompt_hash
from warmchat.domain.turn import Reply, Usage
from warmchat.engine.protocol import EngineInfo, Finished, Job
from warmchat.models.adapters import file_digest
from warmchat.session.filled import engine_facts
from warmchat.session.replay.logged import REWRITTEN, Asked

UNKNOWN = "not recorded"
# What each fact is called, and what it means for the words where it differs.
MEANING = {
    "model": "another model file made the reply",
    "template": "the chat template puts the messages together otherwise",
    "profile": "the profile is not the one that spoke then",
    "prompt": "the voice does not read the same messages as then",
    "turns read": "earlier turns that were read are not in the log",
    "tokens read": "the same text is read as other tokens",
    "adapters": "the adapters, their strengths or their files are others",
    "sampling": "the reply is drawn otherwise",
    "seed": "the draw begins with another seed",
    "kv_type": "keys and values are kept in another number format",
    "flash_attention": "attention is computed in another way",
    "gpu_layers": "another part of the model runs on a GPU",
    "machine": "other kinds of instructions compute it, so the last bits differ",
    "threads": "other threads share the work (on a processor that changes no bits)",
    "n_ctx": "the context window has another size",
    "mmap": "the weights are read in another way (that changes no bits)",
    "prefix": "what stands before the message was kept on one side and read anew on the other: the last bits differ",
}
HARMLESS = ("threads", "n_ctx", "mmap")


@dataclass(frozen=True)
class Fact:
    """One thing that a reply depends on.

    Attributes:
        then, now: in words.
        same: None where the log does not say.
    """

    name: str
    then: str
    now: str
    same: bool | None

    @property
    def meaning(self) -> str:
        """What it means for the words where the two differ."""
        return MEANING.get(self.name, f"another version of {self.name} computes it")


def facts_of(reply: Reply, asked: Asked, job: Job, made: Finished, info: EngineInfo) -> list[Fact]:
    """All that is known, the weightiest first.

    Args:
        job: the last that was asked now, and `made` its end.
    """
    origin, now = reply.origin, {**engine_facts(info), **made.origin.engine}
    found = [
        _fact("model", f"{origin.model_name} {origin.model}".strip(), f"{info.model_name} {info.model}"),
        _fact("template", origin.template, info.template),
        _fact("profile", reply.profile_hash, asked.profile.hash),
        _fact("prompt", origin.prompt, prompt_hash(job.messages)),
        _turns_read(asked),
        _fact("tokens read", origin.engine.get("tokens", ""), now.get("tokens", "")),
        _fact("adapters", *_adapters(origin.adapters, job)),
        _fact("sampling", _sampling(asdict(origin.sampling)), _sampling(asdict(job.sampling))),
        _fact("seed", str(origin.seed), str(job.sampling.seed or 0)),
        _fact("kv_type", origin.kv_type, info.kv_type),
    ]
    names = ("flash_attention", "gpu_layers", "machine", "n_ctx", "mmap")
    found += [_fact(name, origin.engine.get(name, ""), now.get(name, "")) for name in names]
    found.append(_fact("threads", str(origin.threads or ""), str(info.threads)))
    found += list(_versions(origin.versions, info.versions))
    found.append(_prefix(reply, made))
    return found


def _fact(name: str, then: str, now: str) -> Fact:
    return Fact(name, then or UNKNOWN, now or UNKNOWN, then == now if then and now else None)


def _turns_read(asked: Asked) -> Fact:
    if not asked.window_known:
        return Fact("turns read", UNKNOWN, "all on the branch", None)
    if not asked.unread:
        return Fact("turns read", "as logged", "as logged", True)
    gone = f"{len(asked.unread)} that are not in the log: off the record, or deleted"
    return Fact("turns read", gone, "without", False)


def _adapters(then: tuple[dict[str, Any], ...], job: Job) -> tuple[str, str]:
    """Then and now; without the files' hashes where the log is from before they were kept."""
    on = [adapter for adapter in then if adapter.get("strength")]
    kept = all("file" in adapter for adapter in on)
    now = [{**asdict(spec), "file": file_digest(spec.path) if kept else ""} for spec in job.adapters]
    before, after = (", ".join(_adapter(adapter) for adapter in side) or "none" for side in (on, now))
    return before, after


def _adapter(value: Mapping[str, Any]) -> str:
    layers = value.get("layers")
    where = f" in layers {layers[0]} to {layers[1]}" if layers else ""
    file = f" (file {value['file']})" if value.get("file") else ""
    return f"{value.get('name')} {value.get('strength'):g}{where}{file}"


def _sampling(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in values.items() if name != "seed" and value is not None)


def _versions(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Fact]:
    for name in sorted({*then, *now}):
        yield _fact(name, then.get(name, ""), now.get(name, ""))


def _prefix(reply: Reply, made: Finished) -> Fact:
    """How much of the prompt was kept from before; with none on either side the calls are the same."""
    now = _kept(made.usage)
    if not reply.usage.prompt_tokens or reply.way in REWRITTEN:  # lost on the way; or the figures are of several jobs
        return Fact("prefix", UNKNOWN, now, None)
    return Fact("prefix", _kept(reply.usage), now, kept(reply.usage) == kept(made.usage))


def kept(usage: Usage) -> int:
    """Tokens of the prompt that were kept from before."""
    return max(0, usage.prompt_tokens - usage.evaluated_tokens)


def _kept(usage: Usage) -> str:
    return f"{kept(usage):,} of {usage.prompt_tokens:,} tokens kept"
