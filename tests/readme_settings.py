"""Writes the table of settings into README: ``python -m tests.readme_settings``."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from pydantic_core import PydanticUndefined

from warmchat.settings import Settings

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- settings: python -m tests.readme_settings -->\n", "<!-- /settings -->"


def table() -> str:
    """The settings as a Markdown table."""
    said = _docstrings()
    rows = ["| setting | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        known = field.default is not PydanticUndefined
        made = "none" if name == "keys" else "the user's data folder"
        default = made if not known else "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{name}` | {default} | {said[name]} |")
    return "\n".join(rows) + "\n"


def _docstrings() -> dict[str, str]:
    """What stands under each setting. Read here, not by pydantic: at every start that would take 15 ms."""
    body = ast.parse(inspect.getsource(Settings)).body[0]
    assert isinstance(body, ast.ClassDef)
    pairs = zip(body.body, body.body[1:], strict=False)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairs
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }


def updated(text: str) -> str:
    """README with the table as the settings are now."""
    before, rest = text.split(START)
    return before + START + table() + END + rest.split(END, 1)[1]


if __name__ == "__main__":
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
