"""README is true today."""

import re
from pathlib import Path
from urllib.parse import unquote

from tests.readme_settings import README, updated

ROOT = README.parent


def test_the_table_of_settings_is_current() -> None:
    text = README.read_text(encoding="utf-8")
    assert updated(text) == text, "run: python -m tests.readme_settings"


def test_every_room_that_is_named_exists_and_every_one_that_exists_is_named() -> None:
    text = README.read_text(encoding="utf-8")
    tree = text.split("## How it is built")[1].split("```")[1]
    named = set(re.findall(r"^  (\w+)(?:/|\.py) ", tree, re.MULTILINE)) | {"shipped"}
    rooms = {p.stem for p in (ROOT / "warmchat").iterdir() if not p.name.startswith("_") and p.name != "shipped_files"}
    assert rooms == named


def test_links_lead_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (ROOT / Path(unquote(target))).exists(), target
