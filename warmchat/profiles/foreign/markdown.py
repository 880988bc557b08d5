"""Markdown with front matter: aichat roles, agents of Claude Code, agents, chat modes and prompts of VS Code."""

from __future__ import annotations

import re
from pathlib import Path

from warmchat.domain.errors import ProfileError
from warmchat.domain.text import one_line
from warmchat.profiles.foreign.imported import Imported, left_out, profile_text, sampling_of, text_at
from warmchat.profiles.frontmatter import FrontMatterError, read_document
from warmchat.profiles.schema import ProfileEntry

AICHAT = {"use_tools"}
AGENT = {"tools", "handoffs", "argument-hint", "mode", "agent", "agents", "permissionMode", "skills", "color", "target"}
AGENT_ENDS = (".agent", ".chatmode", ".prompt", ".instructions")
WHY = {
    "model": "a profile is for any model: choose it with --model",
    "tools": "warmchat calls no tools",
    "use_tools": "warmchat calls no tools",
    "handoffs": "one voice does not call another",
    "color": "the accent is warm or cold, or a colour that you write there",
}
INPUT = "__INPUT__"


def read_markdown(text: str, file: Path) -> Imported:
    """A profile from a Markdown file. Raises `ProfileError`."""
    try:
        document = read_document(text)
    except FrontMatterError as error:
        where = f"{one_line(str(file))}, line {error.line}"
        raise ProfileError(f"{where}: {error.message}", f"write {error.write}") from error
    values, body = document.values, document.body
    stem = next((file.stem.removesuffix(end) for end in AGENT_ENDS if file.stem.endswith(end)), file.stem)
    if values and values.keys() <= ProfileEntry.model_fields.keys() and values.keys() - {"name", "description"}:
        return Imported("warmchat profile", stem, text)
    kind = _kind(set(values), file)
    sampling, dropped = sampling_of(values, {"temperature": "temperature", "top_p": "top_p"})
    known = {"name", "description", "temperature", "top_p"}
    dropped += left_out(values, known, WHY)
    if INPUT in body:
        body = re.sub(rf"[ \t]*{INPUT}", "", body).strip()
        dropped.append(f"{INPUT}: the message comes after the prompt, not inside it")
    if "### INPUT:" in body:
        dropped.append("### INPUT and ### OUTPUT: the examples stay in the prompt as text, not as turns")
    if not body.strip():
        raise ProfileError(f"{one_line(file.name)} holds no prompt", "the text after the front matter is the prompt")
    name = text_at(values, "name") or stem
    written = profile_text(name, body, description=text_at(values, "description"), sampling=sampling)
    return Imported(kind, name, written, tuple(dropped))


def _kind(keys: set[str], file: Path) -> str:
    if file.stem.endswith(AGENT_ENDS):
        return "VS Code agent"
    if keys & AGENT or {"name", "description"} <= keys:
        return "agent"
    return "aichat role"
