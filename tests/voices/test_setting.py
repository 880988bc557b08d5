"""What a profile's adapters come to: as its file says, and with what was changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.adapter_files import control_vector, lora
from warmchat.domain.errors import SettingsError
from warmchat.domain.profile import AdapterRef, Profile
from warmchat.domain.turn import Origin
from warmchat.models.adapters import AdapterShelf
from warmchat.voices.setting import (
    NONE,
    AdapterState,
    Changes,
    Key,
    Named,
    Setting,
    changed_from,
    recorded,
    setting_for,
)

SPAN = (-0.3, 0.4)
WARMTH: Named = ("control_vector", "warmth")
WARMTH_KEY: Key = ("base", "control_vector", "warmth")
WARM_KEY: Key = ("base", "lora", "warm")


@pytest.fixture
def shelf(tmp_path: Path) -> AdapterShelf:
    (tmp_path / "base").mkdir()
    (tmp_path / "other").mkdir()
    control_vector(tmp_path / "base" / "warmth.gguf", span=SPAN)
    control_vector(tmp_path / "base" / "plain.gguf")
    lora(tmp_path / "base" / "warm.gguf")
    lora(tmp_path / "other" / "warm.gguf")
    return AdapterShelf([("test", tmp_path)])


def strengths(setting: Setting) -> dict[str, float]:
    """Raw strengths by name; the file keeps its range in 32 bits."""
    return {adapter.name: round(adapter.strength, 6) for adapter in setting.adapters}


def voice(*adapters: AdapterRef) -> Profile:
    return Profile("v", "V", "Be.", adapters=adapters)


def dialled(position: float) -> Changes:
    return Changes(dial=position)


def state(setting: Setting, name: str) -> AdapterState:
    return next(each for each in setting.states if each.name == name)


BOTH = voice(AdapterRef("control_vector", "warmth", 0.1), AdapterRef("lora", "warm", 0.5))


def test_the_file_says_the_strength_and_the_dial_replaces_it(shelf: AdapterShelf) -> None:
    own = setting_for(BOTH, NONE, shelf, "base")
    assert strengths(own) == {"warmth": 0.1, "warm": 0.5}
    assert own.dial == own.own_dial == 0.25
    assert not own.changed
    turned = setting_for(BOTH, dialled(1.0), shelf, "base")
    assert strengths(turned) == {"warmth": 0.4, "warm": 0.5}
    assert [each.name for each in turned.changed] == ["warmth"]


def test_the_layers_of_the_file_hold_wherever_the_dial_stands(shelf: AdapterShelf) -> None:
    upper = voice(AdapterRef("control_vector", "warmth", 0.1, layers=(16, 22)))
    for changes in (NONE, dialled(1.0)):
        (spec,) = setting_for(upper, changes, shelf, "base").adapters
        assert spec.layers == (16, 22)
    assert recorded(setting_for(upper, NONE, shelf, "base"))[0]["layers"] == (16, 22), "the log says it"


def test_the_dial_where_the_file_says_is_the_files_strength_to_the_last_bit(shelf: AdapterShelf) -> None:
    assert setting_for(BOTH, dialled(0.25), shelf, "base").adapters == setting_for(BOTH, NONE, shelf, "base").adapters


def test_a_voice_without_a_vector_is_driven_by_the_warmth_vector_where_there_is_one(shelf: AdapterShelf) -> None:
    assert setting_for(voice(), NONE, shelf, "base").adapters == ()
    turned = setting_for(voice(), dialled(0.5), shelf, "base")
    assert strengths(turned) == {"warmth": 0.2}
    assert setting_for(voice(), dialled(0.0), shelf, "base").adapters == ()
    assert setting_for(voice(), NONE, shelf, "base").dial == 0


def test_steps_count_from_where_the_voice_stands_and_not_beyond_the_end(shelf: AdapterShelf) -> None:
    assert setting_for(BOTH, NONE.stepped(1).stepped(1), shelf, "base").dial == 0.5
    assert setting_for(BOTH, dialled(0.5).stepped(-1), shelf, "base").dial == 0.375
    assert setting_for(BOTH, Changes(steps=40), shelf, "base").dial == 1.0
    typed = NONE.with_strength(WARMTH, WARMTH_KEY, -0.3)
    assert setting_for(BOTH, typed.stepped(1), shelf, "base").dial == -0.875


def test_each_adapter_has_its_own_strength_which_goes_back_to_the_files(shelf: AdapterShelf) -> None:
    changes = NONE.with_strength(WARMTH, WARM_KEY, 0.75)
    changed = setting_for(BOTH, changes, shelf, "base")
    assert strengths(changed) == {"warmth": 0.1, "warm": 0.75}
    assert [each.name for each in changed.changed] == ["warm"]
    back = changes.with_strength(WARMTH, WARM_KEY, None)
    assert setting_for(BOTH, back, shelf, "base") == setting_for(BOTH, NONE, shelf, "base")


def test_the_dial_and_a_raw_strength_of_its_vector_replace_each_other(shelf: AdapterShelf) -> None:
    raw = dialled(1.0).with_strength(WARMTH, WARMTH_KEY, 0.2)
    assert strengths(setting_for(BOTH, raw, shelf, "base"))["warmth"] == 0.2
    assert setting_for(BOTH, raw, shelf, "base").dial == 0.5
    assert strengths(setting_for(BOTH, raw.dialled(WARMTH, -1.0), shelf, "base"))["warmth"] == -0.3
    assert strengths(setting_for(BOTH, raw.dialled(WARMTH, None), shelf, "base"))["warmth"] == 0.1


def test_a_raw_strength_is_for_one_model_alone(shelf: AdapterShelf) -> None:
    changes = NONE.with_strength(WARMTH, WARM_KEY, 0.75)
    assert strengths(setting_for(BOTH, changes, shelf, "other")) == {"warm": 0.5}


def test_what_the_file_does_not_name_can_be_switched_on(shelf: AdapterShelf) -> None:
    quiet = setting_for(voice(), NONE, shelf, "base", others=True)
    assert {each.name: (each.named, each.strength) for each in quiet.states} == {
        "warmth": (False, 0.0), "plain": (False, 0.0), "warm": (False, 0.0),
    }  # fmt: skip
    assert quiet.adapters == ()
    on = NONE.with_strength(WARMTH, WARM_KEY, 1.0)
    assert strengths(setting_for(voice(), on, shelf, "base")) == {"warm": 1.0}
    assert len(setting_for(voice(), on, shelf, "base", others=True).states) == 3, "none twice"


def test_what_is_missing_is_left_out_and_said_with_how_to_make_it(shelf: AdapterShelf) -> None:
    asking = voice(AdapterRef("control_vector", "warmth", 0.2))
    setting = setting_for(asking, NONE, shelf, "elsewhere")
    assert setting.adapters == ()
    assert setting.dial is None
    ((message, hint),) = setting.missing
    assert "warmth" in message
    assert "elsewhere" in message
    assert "warmchat adapters vector" in hint
    assert setting_for(voice(), NONE, shelf, "elsewhere").missing == ()
    for moved in (dialled(0.5), Changes(steps=1)):
        assert setting_for(voice(), moved, shelf, "elsewhere").missing, "a dial that drives nothing is said"


def test_an_engine_that_takes_no_adapters_says_so_and_lists_no_others(shelf: AdapterShelf) -> None:
    setting = setting_for(BOTH, NONE, shelf, "", others=True)
    assert [each.name for each in setting.states] == ["warmth", "warm"]
    assert all("a server takes no adapters" in message for message, _ in setting.missing)


def test_a_file_that_names_no_range_has_minus_one_to_one(shelf: AdapterShelf) -> None:
    turned = setting_for(voice(AdapterRef("control_vector", "plain", 0.2)), dialled(1.0), shelf, "base")
    assert turned.adapters[0].strength == 1.0


def test_a_strength_beyond_the_measured_range_is_refused_with_both_ends(shelf: AdapterShelf) -> None:
    warmth = state(setting_for(BOTH, NONE, shelf, "base"), "warmth")
    assert warmth.checked(0.4) == 0.4, "the end itself, which the file keeps in 32 bits"
    assert warmth.checked(-0.3) == -0.3
    for wrong in (0.41, -0.31, 9.0, float("nan"), float("inf")):
        with pytest.raises(SettingsError, match=r"from -0\.3 to \+0\.4"):
            warmth.checked(wrong)


def test_an_unmeasured_adapter_may_go_as_far_as_a_profile_file_may(shelf: AdapterShelf) -> None:
    warm = state(setting_for(BOTH, NONE, shelf, "base"), "warm")
    assert warm.checked(1.5) == 1.5
    with pytest.raises(SettingsError, match="to \\+100"):
        warm.checked(101)


def test_a_reply_is_changed_where_a_recorded_strength_is_not_the_files(shelf: AdapterShelf) -> None:
    def made(dial: float | None, *adapters: dict[str, object]) -> Origin:
        return Origin(dial=dial, adapters=adapters)

    own = voice(AdapterRef("control_vector", "calm", -1.0), AdapterRef("lora", "warm", 0.5))
    calm: dict[str, object] = {"kind": "control_vector", "name": "calm", "strength": -1.0}
    warm: dict[str, object] = {"kind": "lora", "name": "warm", "strength": 0.5}
    assert changed_from(voice(), made(None)) == {}
    assert changed_from(voice(), made(0.0)) == {}
    assert changed_from(voice(), made(0.5, {"name": "warmth", "strength": 2.0})) == {WARMTH: 2.0}
    assert changed_from(own, made(-0.5, calm, warm)) == {}
    assert changed_from(own, made(-0.5, calm)) == {}, "there was no such file for that model"
    assert changed_from(own, made(0.0, warm)) == {("control_vector", "calm"): 0.0}
    assert changed_from(own, made(-0.5, calm, {**warm, "strength": 0.0})) == {("lora", "warm"): 0.0}
    assert changed_from(own, made(0.5, {**calm, "strength": "strong"}, warm)) == {("control_vector", "calm"): 0.0}


def test_what_was_switched_off_is_recorded_as_off(shelf: AdapterShelf) -> None:
    off = setting_for(BOTH, NONE.with_strength(WARMTH, WARM_KEY, 0.0), shelf, "base")
    assert strengths(off) == {"warmth": 0.1}, "the engine is not asked for it"
    assert {a["name"]: a["strength"] for a in recorded(off)} == {"warmth": 0.1, "warm": 0.0}
    origin = Origin(dial=off.dial, adapters=recorded(off))
    assert changed_from(BOTH, origin) == {("lora", "warm"): 0.0}
    assert changed_from(replace(BOTH, adapters=BOTH.adapters[:1]), origin) == {}


def test_a_place_on_the_dial_means_the_range_of_the_vector_that_is_there(shelf: AdapterShelf) -> None:
    asking = voice(AdapterRef("control_vector", "warmth", dial=0.5))
    own = setting_for(asking, NONE, shelf, "base")
    assert strengths(own) == {"warmth": 0.2}
    assert own.dial == own.own_dial == 0.5
    assert not own.changed
    assert strengths(setting_for(asking, dialled(-1.0), shelf, "base")) == {"warmth": -0.3}
    assert [each.name for each in setting_for(asking, dialled(1.0), shelf, "base").changed] == ["warmth"]


def test_a_reply_made_at_the_profiles_place_of_the_dial_is_not_changed(shelf: AdapterShelf) -> None:
    asking = voice(AdapterRef("control_vector", "warmth", dial=0.5))
    own, turned = (setting_for(asking, changes, shelf, "base") for changes in (NONE, dialled(1.0)))
    assert changed_from(asking, Origin(adapters=recorded(own), dial=own.dial)) == {}
    found = changed_from(asking, Origin(adapters=recorded(turned), dial=turned.dial))
    assert {name: round(raw, 6) for name, raw in found.items()} == {WARMTH: 0.4}
