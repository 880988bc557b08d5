"""What is known of a run at a glance, before anything is validated."""

from __future__ import annotations

from pathlib import Path

import pytest

from warmchat.cli.glance import folder_has_a_say, glance
from warmchat.places import config_folder
from warmchat.ui.glance import Glance


def config(text: str) -> None:
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "warmchat.toml").write_text(text, encoding="utf-8")


def test_by_default_the_shipped_oracle_speaks() -> None:
    assert glance({}) == Glance("oracle", "Oracle", "cold", "oracle", "dark", True)


def test_the_command_line_beats_the_environment_and_that_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    config('profile = "companion"\ntheme = "light"\nlog = false\n')
    assert glance({}) == Glance("companion", "Companion", "warm", "oracle", "light", False)
    monkeypatch.setenv("WARMCHAT_PROFILE", "oracle")
    monkeypatch.setenv("WARMCHAT_LOG", "true")
    assert glance({}) == Glance("oracle", "Oracle", "cold", "oracle", "light", True)
    assert glance({"profile": "companion", "theme": "dark", "log": False}) == Glance(
        "companion", "Companion", "warm", "oracle", "dark", False
    )


def test_keys_of_one_s_own_hold_from_the_first_paint(monkeypatch: pytest.MonkeyPatch) -> None:
    config('[keys]\nswitch-voice = "f5"\nhelp = 3\n')
    assert glance({}).keys == {"switch-voice": "f5"}
    monkeypatch.setenv("WARMCHAT_KEYS", "{}")
    assert glance({}).keys == {}
    monkeypatch.delenv("WARMCHAT_KEYS")
    config("keys = 3")
    assert glance({}).keys == {}


@pytest.mark.parametrize("text", ["profile = ", "profile = 3", 'profile = "../../etc/passwd"', "theme = []", "\x00"])
def test_what_is_broken_is_left_to_the_reading_that_counts(text: str) -> None:
    config(text)
    assert glance({}).theme == "dark"
    assert glance({}).accent == "cold"


def test_the_user_s_own_profile_gives_the_look(tmp_path: Path) -> None:
    own = config_folder() / "system_prompts"
    own.mkdir(parents=True)
    (own / "companion.md").write_text('---\nname: "Maud"\naccent: \'#aa00ff\'  # violet\n---\naccent: cold\n')
    assert glance({"profile": "companion"}) == Glance("companion", "Maud", "#aa00ff")
    (tmp_path / "companion.md").write_text("accent: warm\n")  # no front matter: the words of a prompt
    assert glance({"profile": "companion", "profile_dir": str(tmp_path)}) == Glance("companion", "companion", "cold")
    assert glance({"profile": "companion", "profile_dir": "~nobody-here/x"}).name == "Maud"


def test_a_folder_has_a_say_only_by_files_of_its_own(in_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not folder_has_a_say()
    (in_folder / "system_prompts").mkdir()
    assert folder_has_a_say()
    (in_folder / "system_prompts").rmdir()
    (in_folder / "warmchat.toml").symlink_to(in_folder / "nowhere")
    assert folder_has_a_say()
    monkeypatch.chdir(Path(__file__).parents[2])  # the checkout's folder is the shipped one
    assert not folder_has_a_say()
