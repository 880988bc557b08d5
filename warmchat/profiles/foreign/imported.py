"""What an import comes to: the text of a profile file, and what of the original has no place in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from warmchat.domain.text import one_line, printable, shown
from warmchat.profiles.schema import SamplingEntry


@dataclass(frozen=True, slots=True)
class Imported:
    """A profile from elsewhere.

    Attributes:
        kind: what the original was, in words.
        profile_id: an id made from its name.
        text: the profile file.
        dropped: what was left out or changed, a sentence each.
    """

    kind: str
    profile_id: str
    text: str
    dropped: tuple[str, ...] = ()


def profile_text(name: str, body: str, *, description: str = "", sampling: Mapping[str, Any] | None = None) -> str:
    """The text of a profile file. What a terminal would obey is taken out of every part."""
    front: dict[str, Any] = {"name": one_line(name, 60) or "Imported"}
    if description.strip():
        front["description"] = one_line(description, 500)
    if sampling:
        front["sampling"] = dict(sampling)
    front["accent"] = "warm"  # what comes from elsewhere is checked like the companion, and should look like it
    lines = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{lines}---\n{printable(body).strip()}\n"


def sampling_of(values: Mapping[str, Any], names: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The sampling values that can be used, by our names; of the others, why not.

    Args:
        names: their name -> our name.
    """
    taken: dict[str, Any] = {}
    dropped = []
    for theirs, ours in names.items():
        if values.get(theirs) is None:
            continue
        value = values[theirs]
        try:
            SamplingEntry.model_validate({ours: value})
        except ValueError:
            dropped.append(f"{theirs}: {shown(value)} is outside of what {ours} may be")
        else:
            taken[ours] = value
    return taken, dropped


def left_out(values: Mapping[str, Any], known: set[str], why: Mapping[str, str]) -> list[str]:
    """A sentence for each setting that has no place in a profile."""
    return [
        f"{one_line(str(key), 40)}: {shown(value)}{f' ({why[key]})' if key in why else ''}"
        for key, value in values.items()
        if key not in known and value not in (None, "", [], {})
    ]


def text_at(values: Mapping[str, Any], key: str) -> str:
    """A text, or "" where there is none or something else."""
    value = values.get(key)
    return value if isinstance(value, str) else ""
