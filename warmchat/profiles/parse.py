"""The text of a profile file becomes a `Profile`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from warmchat.domain.errors import ProfileError
from warmchat.domain.profile import Profile
from warmchat.domain.text import one_line, shown
from warmchat.profiles.frontmatter import MAX_FILE_BYTES, FrontMatterError, read_document
from warmchat.profiles.schema import ProfileEntry, extra_values, unknown_keys, what_to_write

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class Parsed:
    """A profile with what its file holds beyond it.

    Attributes:
        warnings: one sentence per setting that nothing reads, with file, line and the nearest known name; one for all
            where they stand outside the front matter.
        extra: those settings at the top level, as they stand in the file.
    """

    profile: Profile
    warnings: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


def is_profile_id(text: str) -> bool:
    """Whether a profile may be called so: small letters, digits, - and _, starting with a letter or digit."""
    return _ID.fullmatch(text) is not None


def read_profile(file: Path, *, source: str = "") -> Parsed:
    """The profile in this file; its id is the file's stem.

    Raises:
        ProfileError: the file cannot be read or its front matter cannot be used; names file, line and what to write.
    """
    try:
        if not file.is_file():
            raise ProfileError(f"{one_line(str(file))} is not a file", "warmchat profiles list shows what there is")
        with file.open("rb") as opened:
            raw = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProfileError(f"{one_line(str(file))} cannot be read: {reason}", "check its permissions") from error
    _check_size(len(raw), file)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _error(file, line, "the text is not UTF-8", "the file again with the encoding UTF-8") from error
    return parse_profile(text, file.stem, file=file, source=source)


def parse_profile(text: str, profile_id: str, *, file: Path, source: str = "") -> Parsed:
    """The profile that this text describes. `file` is for messages; `source` says where it was found.

    Raises:
        ProfileError: the front matter cannot be used; names file, line and what to write.
    """
    if not is_profile_id(profile_id):
        raise ProfileError(
            f"{one_line(str(file))}: a profile cannot be called {one_line(profile_id, 60)!r}",
            "name the file with small letters, digits, - and _, such as companion.md",
        )
    _check_size(len(text), file)
    try:
        document = read_document(text)
        entry = ProfileEntry.model_validate(document.values)
    except FrontMatterError as error:
        raise _error(file, error.line, error.message, error.write) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = tuple(first["loc"])
        complaint = _complaint(keys, first["input"], first)
        raise _error(file, document.line_of(keys), complaint, what_to_write(keys)) from error
    if entry.strategy == "rewrite" and not document.body.strip():
        raise _error(file, document.line_of(("strategy",)), "strategy: rewrite without a system prompt says nothing",
                     "below the second --- how an answer is to be said, such as: Rewrite the text kindly.")  # fmt: skip
    if entry.rewriter and entry.strategy != "rewrite":
        raise _error(file, document.line_of(("rewriter",)), "rewriter: has no part in strategy: direct",
                     "strategy: rewrite, or leave rewriter: out")  # fmt: skip
    if entry.rewriter.startswith(("http://", "https://")):
        raise _error(file, document.line_of(("rewriter",)), "a server cannot be the rewriter: what you ask stays here",
                     what_to_write(("rewriter",)))  # fmt: skip
    outside = _settings_outside(text) if not document.values else None
    if outside is not None:
        said = (f"{_place(file, outside)}: these settings are read as prompt; begin the file with the line ---",)
        return Parsed(_profile(entry, document.body, profile_id, source), said)
    warnings = tuple(
        f"{_place(file, document.line_of(keys))}: {one_line(str(keys[-1]), 60)} is not known"
        + (f"; did you mean {near}?" if near else "")
        for keys, near in unknown_keys(entry)
    )
    return Parsed(_profile(entry, document.body, profile_id, source), warnings, extra_values(entry))


_SETTING = re.compile(rf"(?:{'|'.join(ProfileEntry.model_fields)}):")


def _settings_outside(text: str) -> int | None:
    """The line, from 1, of the first setting where front matter does not stand first in a file, and so is none."""
    after = [(at, line) for at, (before, line) in enumerate(pairwise(text.split("\n")), 2)
             if before.rstrip().endswith("---") and (at > 2 or before.rstrip() != "---")]  # fmt: skip
    return next((at for at, line in after if _SETTING.match(line)), None)


def _check_size(size: int, file: Path) -> None:
    if size > MAX_FILE_BYTES:
        raise ProfileError(
            f"{one_line(str(file))} is larger than {MAX_FILE_BYTES // 1024} KiB",
            "a system prompt of a few lines works best",
        )


def _profile(entry: ProfileEntry, body: str, profile_id: str, source: str) -> Profile:
    return Profile(
        id=profile_id,
        name=one_line(entry.name or "", 60) or profile_id,
        system_prompt=body,
        description=one_line(entry.description, 500),
        strategy=entry.strategy,
        neutralise=entry.neutralise,
        rewriter=entry.rewriter.strip(),
        sampling=entry.sampling.as_sampling(),
        adapters=tuple(item.as_ref() for item in entry.adapters),
        accent=entry.accent,
        source=source,
    )


def _complaint(keys: tuple[str | int, ...], value: object, error: Any) -> str:
    """What is wrong with a value, in words of the file rather than of the library that found it."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    name = next((key for key in reversed(keys) if isinstance(key, str)), "the front matter")
    given = "empty" if value is None else repr(value) if isinstance(value, str) else shown(value)
    return f"{one_line(name, 60)} cannot be {one_line(given, 60)}"


def _place(file: Path, line: int) -> str:
    return f"{one_line(str(file))}, line {line}"


def _error(file: Path, line: int, message: str, write: str) -> ProfileError:
    error = ProfileError(f"{_place(file, line)}: {one_line(message)}", f"write {write}")
    error.line = line
    return error
