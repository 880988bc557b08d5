"""Replies with all that is known of how they came about, also where the engine never came to say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from warmchat.domain.conversation import prompt_hash, split_thinking
from warmchat.domain.profile import Profile
from warmchat.domain.turn import Origin, Reply, ReplyRole, Turn, new_id
from warmchat.engine.protocol import EngineInfo, Finished, Job
from warmchat.voices.setting import Setting, recorded
from warmchat.voices.strategy import Said


def blank(role: ReplyRole, profile: Profile, kept: Sequence[Turn], *, asked: str = "") -> Reply:
    """A reply of which nothing is there yet; `kept`: the earlier turns that are read for it."""
    origin = Origin(window=tuple(turn.id for turn in kept))
    return Reply(new_id(), role, profile.id, profile.hash, "", "interrupted", origin=origin, asked=asked)


def begun(draft: Reply, job: Job, info: EngineInfo, setting: Setting) -> Reply:
    """The draft with its origin as far as it is known before the engine has answered: it may be lost on the way."""
    origin = Origin(
        model=info.model,
        model_name=info.model_name,
        template=info.template,
        adapters=recorded(setting),
        dial=setting.dial,
        sampling=job.sampling,
        seed=job.sampling.seed or 0,
        threads=info.threads,
        kv_type=info.kv_type,
        versions=info.versions,
        window=draft.origin.window,
        prompt=prompt_hash(job.messages),
        cuts=draft.origin.cuts,
        engine=engine_facts(info),
    )
    return replace(draft, origin=origin)


def engine_facts(info: EngineInfo) -> dict[str, str]:
    """How the engine stands, as `Origin.engine` keeps it; a server says nothing of it."""
    if not info.flash_attention:
        return {}
    return {
        "n_ctx": str(info.n_ctx),
        "flash_attention": info.flash_attention,
        "gpu_layers": str(info.gpu_layers),
        "mmap": info.mmap,
        "machine": info.machine,
    }


def filled(draft: Reply, finished: Finished) -> Reply:
    """The draft with text, ending and figures; the engine's word on the origin goes before what we knew.

    What was read and the adapters are ours to say: the engine is given no dial, and nothing of what was switched off.
    """
    thinking, text = split_thinking(finished.text)
    known = draft.origin
    said = finished.origin if finished.origin.model else known  # cancelled before it was anybody's work: it says little
    return replace(
        draft,
        text=text,
        thinking=thinking,
        stop=finished.stop,
        usage=finished.usage,
        timings=finished.timings,
        origin=replace(
            said, adapters=known.adapters, dial=known.dial, window=known.window, prompt=known.prompt, cuts=known.cuts,
            engine={**known.engine, **said.engine},
        ),
    )


def shown(draft: Reply, said: Said) -> Reply:
    """The draft, filled with what a strategy came to."""
    return replace(filled(draft, replace(said.finished, text=said.text)), way=said.way, asked=said.asked)
