"""Who is measured: profiles by name, with the warmth dial where one says (`companion@0.5`), and no prompt at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from warmchat.domain.errors import AdapterError, ProfileError
from warmchat.domain.profile import Profile
from warmchat.domain.text import one_line
from warmchat.models.adapters import AdapterShelf
from warmchat.storage.evals.records import VoiceRecord
from warmchat.voices.dial import checked_dial
from warmchat.voices.setting import NONE as UNCHANGED
from warmchat.voices.setting import Changes, Setting, recorded, setting_for

NO_PROMPT = "none"
"""The pseudo-profile without any system prompt, also without the template's own; it samples as the reference does."""


@dataclass(frozen=True, slots=True)
class EvalVoice:
    """A profile as it is measured.

    Attributes:
        label: what tables call it, such as ``companion@+0.5``.
        setting: its adapters for the loaded model.
        bare: also the system prompt that the model's template puts in itself is left out.
        reference: who answers for a voice that says answers kindly.
    """

    label: str
    profile: Profile
    setting: Setting
    bare: bool = False
    reference: EvalVoice | None = None

    def key(self, made_with: Sequence[object]) -> str:
        """Sixteen hex digits over all that its replies depend on: itself, and what else goes in (JSON values)."""
        if self.reference is not None:
            made_with = [*made_with, self.reference.key([])]
        files = [[s.kind, s.name, s.strength, _digest(Path(s.path))] for s in self.setting.adapters]
        whole = [self.profile.hash, self.bare, files, *made_with]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]

    def record(self, made_with: Sequence[object]) -> VoiceRecord:
        """What the file of measurements keeps of it."""
        return VoiceRecord(
            label=self.label,
            key=self.key(made_with),
            profile=self.profile.id,
            profile_hash=self.profile.hash,
            system_prompt=self.profile.system_prompt,
            strategy=self.profile.strategy,
            bare=self.bare,
            dial=self.setting.dial,
            adapters=tuple({k: a[k] for k in ("kind", "name", "strength")} for a in recorded(self.setting)),
            sampling=asdict(self.profile.sampling),
        )


def voices_named(
    names: str, *, profile_of: Callable[[str], Profile], reference: str, shelf: AdapterShelf, base: str
) -> tuple[EvalVoice, ...]:
    """The voices of a list such as ``none,oracle,companion@0.5``, each once, in that order.

    Args:
        profile_of: gives a profile by its id; raises `ProfileError`.
        reference: id of the reference, whose sampling `none` has.
        base: of the loaded model; empty where the engine takes no adapters.

    Raises:
        ProfileError: no voice is named, or one that there is not.
        SettingsError: a dial's position is none.
        AdapterError: a dial is named and nothing is there for it to drive.
    """
    voices: dict[str, EvalVoice] = {}
    for name in filter(None, (part.strip() for part in names.split(","))):
        profile_id, at, position = name.partition("@")
        profile = _profile(profile_id.strip(), profile_of, reference)
        dial = _position(position, name) if at else None
        setting = setting_for(profile, Changes(dial) if dial is not None else UNCHANGED, shelf, base)
        if dial is not None and setting.driven is None:
            raise _no_vector(profile.id, setting, base)
        label = f"{profile.id}@{dial:+g}" if dial is not None else profile.id
        voices[label] = EvalVoice(
            label, profile, setting, bare=profile_id.strip() == NO_PROMPT,
            reference=_answering(profile, profile_of, reference, shelf, base),
        )  # fmt: skip
    if not voices:
        raise ProfileError("No profile is named", "--profiles oracle,companion for example")
    return tuple(voices.values())


def _answering(
    profile: Profile, profile_of: Callable[[str], Profile], reference: str, shelf: AdapterShelf, base: str
) -> EvalVoice | None:
    """Who answers for this voice; None where it answers itself."""
    if profile.strategy != "rewrite":
        return None
    if profile.rewriter:
        raise ProfileError(
            f"{profile.id} lets another model rewrite ({one_line(profile.rewriter, 60)}): one model is measured",
            "leave rewriter: out of a copy of it",
        )
    answering = profile_of(reference)
    return EvalVoice(reference, answering, setting_for(answering, UNCHANGED, shelf, base))


def _profile(profile_id: str, profile_of: Callable[[str], Profile], reference: str) -> Profile:
    if profile_id != NO_PROMPT:
        return profile_of(profile_id)
    return Profile(NO_PROMPT, "No prompt", "", "No system prompt at all", sampling=profile_of(reference).sampling)


def _position(text: str, name: str) -> float:
    try:
        return checked_dial(float(text))
    except ValueError as error:
        what = f"{one_line(name, 40)!r} names no position of the warmth dial"
        raise ProfileError(what, "write companion@0.5, from -1 to +1") from error


def _no_vector(profile_id: str, setting: Setting, base: str) -> AdapterError:
    message, hint = next(iter(setting.missing), (f"There is no warmth vector for {base}", "warmchat adapters vector"))
    return AdapterError(f"The warmth dial of {profile_id} drives nothing: {message}", hint)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:16]
