"""How a voice draws, as it is typed after ``/sampling`` and told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING

from warmchat.domain.errors import SettingsError
from warmchat.domain.profile import Sampling
from warmchat.domain.text import one_line

if TYPE_CHECKING:
    from warmchat.session import ChatSession

NAMES = tuple(field.name for field in fields(Sampling))
OWN = frozenset({"off", "reset", "own"})
TAKES = "[NAME N]"
OFF: dict[str, float] = {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.0, "dry_multiplier": 0.0}
# Said only together with what they belong to.
PARTS = {"repeat_last_n": "repeat_penalty", "dry_allowed_length": "dry_multiplier"}


def sampling_words(sampling: Sampling) -> str:
    """The steps that are on, and the longest reply."""
    values = asdict(sampling)
    del values["seed"]  # the one that was used has a row of its own
    return ", ".join(f"{name} {values[name]:g}" for name in values if not _is_off(name, values))


def _is_off(name: str, values: dict[str, float]) -> bool:
    step = PARTS.get(name, name)
    return step in OFF and values[step] == OFF[step]


def set_sampling(session: ChatSession, words: str) -> str:
    """Do what stands after ``/sampling`` and tell how the active voice draws from the next reply on.

    Args:
        words: ``temperature 0.3 top_p=0.9``; ``off``: as the profile's file says; "": change nothing.

    Raises:
        SettingsError: a name is not known, or a value cannot be.
    """
    if words.lower() in OWN:
        session.override_sampling()
    elif words:
        changes = {**session.sampling_changes, **sampling_of(words)}
        _check(session.profile.sampling, changes)
        session.override_sampling(**changes)
    seed = session.profile.sampling.seed
    told = sampling_words(session.profile.sampling) + (f", seed {seed}" if seed is not None else "")
    return told + (" (changed)" if session.sampling_changes else " (as its file says)")


def sampling_of(words: str) -> dict[str, float]:
    """Names with values, as they are typed; whole numbers stay whole. Raises `SettingsError`."""
    pieces = words.replace("=", " ").replace(":", " ").replace(",", " ").split()
    given: dict[str, float] = {}
    for name, value in zip(pieces[::2], [*pieces[1::2], ""], strict=False):
        if name not in NAMES:
            near = get_close_matches(name, NAMES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(NAMES)}"
            raise SettingsError(f"{one_line(name, 30)} is no part of sampling", hint)
        try:
            number = float(value)
        except ValueError:
            raise SettingsError(f"{name} needs a number", "such as /sampling temperature 0.3") from None
        whole = isinstance(getattr(Sampling(), name), int) or name == "seed"
        given[name] = int(number) if whole and number.is_integer() else number
    return given


def _check(now: Sampling, changes: Mapping[str, float]) -> None:
    from pydantic import ValidationError

    from warmchat.profiles.schema import SamplingEntry, what_to_write

    try:
        SamplingEntry.model_validate({**asdict(now), **changes})
    except ValidationError as error:
        name = str(error.errors(include_url=False)[0]["loc"][0])
        raise SettingsError(
            f"{name} cannot be {changes.get(name, getattr(now, name)):g}", f"give {what_to_write((name,))}"
        ) from error
