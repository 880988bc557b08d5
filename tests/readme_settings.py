"""Writes the table of settings into README: ``python -m tests.readme_settings``."""

from __future__ import annotations

from pathlib import Path

from pydantic_core import PydanticUndefined

from warmchat.settings import Settings

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- settings: python -m tests.readme_settings -->\n", "<!-- /settings -->"


def table() -> str:
    """The settings as a Markdown table."""
    rows = ["| setting | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        known = field.default is not PydanticUndefined
        default = "the user's data folder" if not known else "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def updated(text: str) -> str:
    """README with the table as the settings are now."""
    before, rest = text.split(START)
    return before + START + table() + END + rest.split(END, 1)[1]


if __name__ == "__main__":
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
