"""What the scripted engine says: long Markdown of three kinds, or a line that tells which message it answers."""

from __future__ import annotations

from warmchat.engine.protocol import Job

WORDS = 400  # pieces of a long reply: 10 seconds at 40 a second
END = "Thus-it-ends."
_TEXT = "the river runs under an old bridge and past the mill where people meet at noon to talk"
_SOME = _TEXT.split()


def _said(count: int, start: int) -> str:
    return " ".join(_SOME[(start + i) % len(_SOME)] for i in range(count))


def long_list() -> str:
    """A list of many items."""
    lines = [f"- **Item {n}**: {_said(9, n)}" for n in range(WORDS // 12)]
    return "\n".join(lines) + f"\n\n{END}"


def long_table() -> str:
    """A table of many rows."""
    rows = [f"| {n} | {_said(4, n)} | {_said(3, n + 5)} |" for n in range(WORDS // 12)]
    return "| no | what | where |\n|---|---|---|\n" + "\n".join(rows) + f"\n\n{END}"


def long_fence() -> str:
    """A block of code of many lines."""
    lines = [f"    value_{n} = compute({n}, first={n % 7}, second='{_said(2, n)}') # go on" for n in range(WORDS // 12)]
    return "```python\ndef main():\n" + "\n".join(lines) + f"\n```\n\n{END}"


def long_prose() -> str:
    """Paragraphs."""
    paragraphs = [_said(50, n).capitalize() + "." for n in range(WORDS // 50)]
    return "\n\n".join(paragraphs) + f"\n\n{END}"


KINDS = {"list": long_list, "table": long_table, "fence": long_fence, "prose": long_prose}


def reply_to(job: Job) -> str:
    """Messages ask for a kind by its name; any other is answered with its own last word, so that it can be seen."""
    asked = job.messages[-1].content.strip()
    if asked in KINDS:
        return KINDS[asked]()
    last = asked.split()[-1][:20] if asked else ""
    return f"I read it. Ende-{last}"
