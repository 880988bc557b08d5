"""Fetch a model: a GGUF of the Hugging Face hub, in a way that survives a cut connection.

What has come is kept in a ``.part`` file beside the place where the model will be. It gets its name when it is whole:
size, hash and header are right.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from warmchat.domain.errors import ModelError, PullFailed
from warmchat.domain.text import one_line
from warmchat.gguf.header import is_part, read_header
from warmchat.gguf.lookalike import looks_like
from warmchat.models.hub import ConnectionCutError, Expected, Hub, HubFile

Phase = Literal["download", "check"]
Progress = Callable[[Phase, int, int], None]
"""Called with the phase, the bytes done and the bytes in all."""

TRIES = 5  # without a single new byte
SPARE_BYTES = 64 * 1024 * 1024  # left free on the disk: the log and the system need some
_SPEC = re.compile(r"hf:([A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95})(?::(.+))?")
_CHUNK = 1024 * 1024


def parse_spec(spec: str) -> tuple[str, str]:
    """``hf:OWNER/REPO[:FILE]`` in its parts: (``OWNER/REPO``, FILE or an empty text).

    Raises:
        PullFailed: it has another form.
    """
    match = _SPEC.fullmatch(spec.strip())
    if match is None:
        raise PullFailed(
            f"{one_line(spec)!r} does not say what to fetch",
            "the form is hf:OWNER/REPO or hf:OWNER/REPO:FILE; without anything the starter is fetched",
        )
    return match.group(1), (match.group(2) or "").strip()


def pull_hf(
    spec: str,
    target: Path,
    *,
    progress: Progress | None = None,
    endpoint: str | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Path:
    """Fetch one GGUF into ``target/OWNER/REPO/FILE`` and return its path; nothing is fetched that is there already.

    FILE may be a part of a name that only one file has, such as ``Q4_K_M``. Stopped with Ctrl-C or cut off, the next
    call goes on from there.

    Args:
        progress: see `Progress`; called often.
        endpoint: the hub; None is the library's own default or ``HF_ENDPOINT``.
        pause: waits so many seconds before another try.

    Raises:
        PullFailed: with what to do about it; the part that came is kept unless it is known to be wrong.
    """
    repo, wanted = parse_spec(spec)
    hub = Hub(repo, endpoint)
    expected = hub.expected(choose(hub.files(), wanted, repo).path)
    file = target.joinpath(*repo.split("/"), *expected.path.split("/"))
    tell = progress if progress is not None else _silent
    try:
        if _is_there(file, expected, tell):
            return file
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{hashlib.sha256(expected.etag.encode()).hexdigest()[:12]}.part")
        with _opened_alone(part) as opened:
            _check_space(part, expected.size - part.stat().st_size)
            _fetch(hub, expected, opened, tell, pause)
            _verify(part, opened, expected, tell)
            part.replace(file)
        _drop_older_parts(file)
    except OSError as error:
        raise _disk_error(error, target) from error
    return file


def choose(files: Sequence[HubFile], wanted: str, repo: str) -> HubFile:
    """The GGUF that is meant.

    Raises:
        PullFailed: none, or several; the hint then has a command for each.
    """
    ggufs = [file for file in files if file.path.lower().endswith(".gguf")]
    whole = [file for file in ggufs if not is_part(file.path.rsplit("/", 1)[-1])]
    models = [file for file in whole if "mmproj" not in file.path.lower()]
    if wanted:
        exact = [file for file in whole if wanted in (file.path, file.path.rsplit("/", 1)[-1])]
        matches = exact or [file for file in models if wanted.lower() in file.path.lower()]
        if not matches and any(file.path == wanted for file in files):
            what = "one part of a model split over several files" if is_part(wanted) else "not a GGUF file"
            raise PullFailed(f"{one_line(wanted)} is {what}", _listed(models, repo) or _no_gguf_hint())
        if not matches:
            raise PullFailed(f"{repo} has no file {one_line(wanted)!r}", _listed(models, repo) or _no_gguf_hint())
    else:
        matches = models
    if not matches:
        what = "only models split over several files" if len(whole) < len(ggufs) else "no GGUF file"
        raise PullFailed(f"{repo} has {what}", _no_gguf_hint())
    if len(matches) > 1:
        raise PullFailed(f"{repo} has {len(matches)} GGUF files: say which", _listed(matches, repo))
    return matches[0]


def _listed(files: Sequence[HubFile], repo: str) -> str:
    lines = []
    for file in sorted(files, key=lambda file: (file.size, file.path))[:40]:
        size = f"   ({file.size / 1e9:.2f} GB)" if file.size else ""
        lines.append(f"\n    warmchat models pull hf:{repo}:{one_line(file.path)}{size}")
    return "type one of:" + "".join(lines) if lines else ""


def _no_gguf_hint() -> str:
    return "look for a repository of the same model whose name ends in GGUF"


def _is_there(file: Path, expected: Expected, tell: Progress) -> bool:
    """Whether the whole file came earlier. Without a hash from the hub its size decides."""
    if not file.is_file() or file.stat().st_size != expected.size:
        return False
    with file.open("rb") as opened:
        return not expected.sha256 or _sha256(opened, expected.size, tell) == expected.sha256


@contextmanager
def _opened_alone(part: Path) -> Iterator[BinaryIO]:
    """The part file, open to read and write; two downloads into one file would mix."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    with open(descriptor, "r+b") as opened:  # noqa: PTH123  a descriptor, not a path
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise PullFailed("This file is being fetched already", "wait for the other download to end") from error
        yield opened


def _check_space(part: Path, missing: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if missing + SPARE_BYTES > free:
        raise PullFailed(
            f"The disk has {free / 1e9:.2f} GB free, and {missing / 1e9:.2f} GB are still to come",
            f"free some space, or give another place with --data-dir (now {one_line(str(part.parent))})",
        )


def _fetch(hub: Hub, expected: Expected, opened: BinaryIO, tell: Progress, pause: Callable[[float], None]) -> None:
    """Append to the part until it has its full size."""
    tries = 0
    while True:
        have = opened.seek(0, os.SEEK_END)
        if have > expected.size:
            have = opened.truncate(0)
        tell("download", have, expected.size)
        if have == expected.size:
            return
        try:
            _append(hub, expected, opened, have, tell)
        except ConnectionCutError as error:
            now = opened.seek(0, os.SEEK_END)
            tries = 0 if now > have else tries + 1
            if tries >= TRIES:
                kept = f"{now / 1e6:,.1f} of {expected.size / 1e6:,.1f} MB came and are kept. " if now else ""
                raise PullFailed(f"{error.message}. {kept}".strip(" ."), error.hint) from error
            pause(min(2.0**tries, 8.0) / 2)


def _append(hub: Hub, expected: Expected, opened: BinaryIO, have: int, tell: Progress) -> None:
    with hub.stream(expected, have) as (start, chunks):
        if start != have:
            have = opened.truncate(start)
        opened.seek(have)
        for chunk in chunks:
            opened.write(chunk)
            have += len(chunk)
            _check_start(opened, have, len(chunk), expected)
            tell("download", min(have, expected.size), expected.size)
    opened.flush()
    if have < expected.size:  # ended without an error, as some proxies do
        raise ConnectionCutError("The connection ended early", "run the same command again: it goes on from there")


def _check_start(opened: BinaryIO, have: int, added: int, expected: Expected) -> None:
    """Stop early where this cannot become the file: a login page is seen at once, not after gigabytes."""
    if have > expected.size:
        opened.truncate(0)
        raise PullFailed(f"The server sends more than the {expected.size:,} bytes it announced", "try another file")
    if have - added < 4 <= have:
        opened.seek(0)
        start = opened.read(512)
        opened.seek(have)
        if start[:4] != b"GGUF":
            opened.truncate(0)
            what, _ = looks_like(start, expected.size)
            raise PullFailed(f"What the server sends is not a GGUF file: {what}", "check HF_ENDPOINT and the proxy")


def _verify(part: Path, opened: BinaryIO, expected: Expected, tell: Progress) -> None:
    opened.flush()
    os.fsync(opened.fileno())
    if expected.sha256 and _sha256(opened, expected.size, tell) != expected.sha256:
        part.unlink()
        raise PullFailed(
            f"{one_line(expected.path)} came with another hash than the hub states, and was thrown away",
            "run the same command again; if it repeats, do not use this file",
        )
    try:
        read_header(part)
    except ModelError as error:
        part.unlink()
        raise PullFailed(f"{one_line(expected.path)} came whole, but {error.message}", "try another file") from error


def _drop_older_parts(file: Path) -> None:
    """What came of earlier versions of the same file is of no more use."""
    for path in file.parent.iterdir():
        if path.name.startswith(f"{file.name}.") and path.suffix == ".part":
            path.unlink()


def _sha256(opened: BinaryIO, size: int, tell: Progress) -> str:
    digest = hashlib.sha256()
    opened.seek(0)
    done = 0
    while chunk := opened.read(_CHUNK):
        digest.update(chunk)
        done += len(chunk)
        tell("check", done, size)
    return digest.hexdigest()


def _disk_error(error: OSError, target: Path) -> PullFailed:
    if error.errno == errno.ENOSPC:
        return PullFailed("The disk is full; what came is kept", "free some space and run the same command again")
    reason = error.strerror or type(error).__name__
    return PullFailed(f"{one_line(str(target))} cannot be written: {reason}", "give another place with --data-dir")


def _silent(phase: Phase, done: int, total: int) -> None:
    """No one watches."""
