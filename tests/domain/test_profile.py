"""The hash of a profile: what makes a voice another one, and what does not."""

from __future__ import annotations

from dataclasses import replace

from warmchat.domain.profile import AdapterRef, Profile

WARM = Profile("c", "C", "You are warm.", adapters=(AdapterRef("control_vector", "warmth", 0.25),))


def test_settings_that_came_later_change_no_hash_of_before() -> None:
    assert WARM.hash == "6092a957f4f48f79", "as the log of an earlier version holds it"


def test_what_the_voice_says_depends_on_is_in_the_hash() -> None:
    steered = AdapterRef("control_vector", "warmth", 0.25, layers=(8, 22))
    dialled = AdapterRef("control_vector", "warmth", dial=0.25)
    others = [replace(WARM, adapters=(steered,)), replace(WARM, adapters=(dialled,)), replace(WARM, system_prompt="")]
    assert len({WARM.hash, *(other.hash for other in others)}) == 4
    assert replace(WARM, name="D", accent="warm", source="x").hash == WARM.hash
