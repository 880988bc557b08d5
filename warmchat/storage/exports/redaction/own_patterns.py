"""Patterns that somebody wrote, tried in a process of their own: one can take for ever on a text of forty characters.

The process is this module run as ``python -m``; it gets JSON on stdin, says on stdout which pattern it is at, and at
last where they match.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence

from warmchat.domain.errors import ExportError
from warmchat.domain.text import shown

LIMIT_S = 20.0  # for a batch; a good pattern reads megabytes in a second
BATCH = 2_000_000  # characters
MEMORY = 2 << 30  # bytes of the process

Found = tuple[int, int, int]  # start and end in characters, number of the pattern


def find_own(
    patterns: Sequence[tuple[str, str]], texts: Sequence[str], *, limit_s: float = LIMIT_S
) -> list[list[Found]]:
    """Where each pattern matches in each text; empty matches are passed over.

    Args:
        patterns: label and regular expression.

    Raises:
        ExportError: a pattern is none, or takes longer than `limit_s`.
    """
    found: list[list[Found]] = []
    for batch in _batches(texts):
        found += _ask([pattern for _, pattern in patterns], batch, limit_s)
    return found


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _ask(patterns: list[str], texts: list[str], limit_s: float) -> list[list[Found]]:
    command = [sys.executable, "-P", "-m", __name__]
    try:
        done = subprocess.run(
            command, input=json.dumps([patterns, texts]).encode(), capture_output=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        at = _last_number(error.stdout or b"")
        raise _refused(patterns[at], f"takes longer than {limit_s:.0f} seconds") from error
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines or not lines[-1].startswith((b"[", b'"')):
        raise _refused(patterns[_last_number(done.stdout)], "takes more memory than it may have")
    answer = json.loads(lines[-1])
    if isinstance(answer, str):
        raise _refused(patterns[_last_number(b"\n".join(lines[:-1]))], f"is none: {answer}")
    return [[(start, end, number) for start, end, number in places] for places in answer]


def _last_number(said: bytes) -> int:
    numbers = [int(line) for line in said.splitlines() if line.isdigit()]
    return numbers[-1] if numbers else 0


def _refused(pattern: str, why: str) -> ExportError:
    what = f"The pattern {shown(pattern, 80)!r} {shown(why, 120)}"
    return ExportError(what, "nothing was exported: mend the pattern")


def _answer() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    patterns, texts = json.load(sys.stdin)
    found: list[list[Found]] = [[] for _ in texts]
    for number, pattern in enumerate(patterns):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        try:
            compiled = re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            sys.stdout.write(json.dumps(str(error)))
            return
        for places, text in zip(found, texts, strict=True):
            places += [(m.start(), m.end(), number) for m in compiled.finditer(text) if m.start() < m.end()]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _answer()
