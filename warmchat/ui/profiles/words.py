"""What a profile says about itself, what its draft lacks, and where two of its texts part. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from difflib import unified_diff
from pathlib import Path

from textual.content import Content

from warmchat.domain.errors import ProfileError
from warmchat.domain.profile import Profile, Sampling
from warmchat.domain.text import one_line, printable
from warmchat.profiles.parse import Parsed, parse_profile
from warmchat.ui.bounded import bounded, more_words
from warmchat.ui.words import dial_words, raw_words

SHOWN = 20_000  # characters of a prompt in the preview
SHOWN_LINES = 500
Part = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was understood, or why it cannot be used.

    Attributes:
        line: where the reason stands, from 1; None where it stands nowhere.
        said: the reason and what to write, or the warnings; empty where all is well.
    """

    parsed: Parsed | None
    line: int | None = None
    said: str = ""


def understood(text: str, profile_id: str) -> Draft:
    """The draft of a profile file, checked as the file would be."""
    file = Path(f"{profile_id}.md")
    try:
        parsed = parse_profile(text, profile_id, file=file)
    except ProfileError as error:
        message = error.message.removeprefix(f"{file}, ").removeprefix(f"{file}: ")
        return Draft(None, error.line, f"{message}; {error.hint}")
    return Draft(parsed, said="; ".join(w.removeprefix(f"{file}, ") for w in parsed.warnings))


def preview(profile: Profile, ink: str) -> Content:
    """A profile to read: what it is for, how it draws, its adapters, its prompt."""
    parts: list[Part] = [(one_line(profile.name, 60), ink), (f"  {profile.id}\n", "$faint")]
    if profile.description:
        parts.append(f"{one_line(profile.description, 500)}\n")
    parts.append((f"{one_line(profile.source, 200)}\n", "$faint"))
    default = asdict(Sampling())
    drawn = [f"{name} {value:g}" for name, value in asdict(profile.sampling).items()
             if value is not None and (value != default[name] or name == "temperature")]  # fmt: skip
    parts.append("\n" + ", ".join(drawn) + "\n")
    if profile.strategy != "direct" or profile.neutralise:
        rewriter = f" by {one_line(profile.rewriter, 60)}" if profile.rewriter else ""
        parts.append(f"strategy {profile.strategy}{rewriter}{', neutralise' if profile.neutralise else ''}\n")
    for ref in profile.adapters:
        kind = "control vector" if ref.kind == "control_vector" else "LoRA"
        place = f"dial {dial_words(ref.dial)}" if ref.dial is not None else raw_words(ref.strength)
        parts.append(f"{kind} {one_line(ref.name, 60)} at {place}\n")
    prompt = printable(profile.system_prompt)
    head = bounded(prompt, characters=SHOWN, lines=SHOWN_LINES)
    parts += ["\n", head or ("No system prompt: nothing is sent before your message.", "$faint")]
    more = more_words(prompt, head)
    if more:
        parts.append((f"\n… {more} (all of it is sent)", "$faint"))
    return Content.assemble(*parts)


def difference(before: str, after: str, *, names: tuple[str, str]) -> Content:
    """Two texts line by line: what went, what came. Says so where they are the same, and where of long ones only the
    beginnings were compared."""
    old, new = bounded(before), bounded(after)
    cut = (old, new) != (before, after)
    rest = [("\nOnly the beginnings of the two, which are very long, were compared", "$faint")] if cut else []
    lines = unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="", n=2)
    found = bounded("\n".join(printable(line) for line in lines))
    if not found:
        return Content.assemble(f"{names[1]} says the same as {names[0]}, line for line.", *rest)
    parts: list[Part] = []
    for line in found.split("\n"):
        style = {"+": "$said-agree", "-": "$said-disagree", "@": "$faint"}.get(line[:1], "")
        parts.append((line + "\n", style))
    return Content.assemble(*parts, *rest)
