"""The warmth dial and what a profile's adapters come to."""

from pathlib import Path

import pytest

from tests.engine.adapter_files import control_vector, lora
from warmchat.domain.errors import SettingsError
from warmchat.domain.profile import AdapterRef, Profile
from warmchat.models.adapters import AdapterShelf
from warmchat.voices.dial import Setting, checked_dial, dial_of, raw_strength, setting_for

SPAN = (-0.3, 0.4)


@pytest.fixture
def shelf(tmp_path: Path) -> AdapterShelf:
    (tmp_path / "base").mkdir()
    control_vector(tmp_path / "base" / "warmth.gguf", span=SPAN)
    control_vector(tmp_path / "base" / "plain.gguf")
    lora(tmp_path / "base" / "warm.gguf")
    return AdapterShelf([("test", tmp_path)])


def strengths(setting: Setting) -> dict[str, float]:
    """Raw strengths by name; the file keeps its range in 32 bits."""
    return {adapter.name: round(adapter.strength, 6) for adapter in setting.adapters}


def voice(*adapters: AdapterRef) -> Profile:
    return Profile("v", "V", "Be.", adapters=adapters)


@pytest.mark.parametrize(("dial", "raw"), [(0, 0), (1, 0.4), (-1, -0.3), (0.5, 0.2), (-0.5, -0.15)])
def test_the_dials_ends_are_the_ends_of_the_range(dial: float, raw: float) -> None:
    assert raw_strength(dial, SPAN) == pytest.approx(raw)
    assert dial_of(raw, SPAN) == pytest.approx(dial)


def test_what_lies_beyond_the_range_is_at_the_end_and_no_position_is_an_error() -> None:
    assert dial_of(9, SPAN) == 1
    assert checked_dial(-1) == -1
    for wrong in (1.5, -2, float("nan")):
        with pytest.raises(SettingsError):
            checked_dial(wrong)


def test_the_file_says_the_strength_and_the_dial_replaces_it(shelf: AdapterShelf) -> None:
    profile = voice(AdapterRef("control_vector", "warmth", 0.1), AdapterRef("lora", "warm", 0.5))
    own = setting_for(profile, None, shelf, "base")
    assert strengths(own) == {"warmth": 0.1, "warm": 0.5}
    assert own.dial == own.own_dial == pytest.approx(0.25)
    assert not own.moved
    turned = setting_for(profile, 1.0, shelf, "base")
    assert strengths(turned) == {"warmth": 0.4, "warm": 0.5}
    assert turned.moved


def test_a_voice_without_a_vector_is_driven_by_the_warmth_vector_where_there_is_one(shelf: AdapterShelf) -> None:
    assert setting_for(voice(), None, shelf, "base").adapters == ()
    turned = setting_for(voice(), 0.5, shelf, "base")
    assert strengths(turned) == {"warmth": 0.2}
    assert setting_for(voice(), 0.0, shelf, "base").adapters == ()
    assert setting_for(voice(), None, shelf, "base").dial == 0


def test_what_is_missing_is_left_out_and_said_with_how_to_make_it(shelf: AdapterShelf) -> None:
    setting = setting_for(voice(AdapterRef("control_vector", "warmth", 0.2)), None, shelf, "other")
    assert setting.adapters == ()
    assert setting.dial is None
    ((message, hint),) = setting.missing
    assert "warmth" in message
    assert "other" in message
    assert "warmchat adapters vector" in hint
    assert setting_for(voice(), None, shelf, "other").missing == ()
    assert setting_for(voice(), 0.5, shelf, "other").missing, "a dial that drives nothing is said"


def test_a_file_that_names_no_range_has_minus_one_to_one(shelf: AdapterShelf) -> None:
    turned = setting_for(voice(AdapterRef("control_vector", "plain", 0.2)), 1.0, shelf, "base")
    assert turned.adapters[0].strength == 1.0
