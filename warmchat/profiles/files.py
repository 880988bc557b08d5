"""The text of profile files: reading it, saving an edit, making a new one. None of them loses what the user wrote."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from warmchat.domain.errors import ProfileError
from warmchat.domain.text import one_line
from warmchat.places import config_folder
from warmchat.profiles.library import SHIPPED, Folder, ProfileLibrary
from warmchat.profiles.parse import is_profile_id
from warmchat.shipped import shipped_folder

TEMPLATE = """\
---
name: {id}
description: What this voice is for, in one line.
sampling: {{temperature: 0.7, top_p: 0.9, min_p: 0.05}}
accent: warm
---
You are a helpful assistant.
"""
_NAME_LINE = re.compile(r"\A(---\n(?:(?!---).*\n)*?)name:.*\n")


class ProfileFiles:
    """The files behind a library. New ones are made in the user's config folder, whatever folder is searched first."""

    def __init__(self, library: ProfileLibrary) -> None:
        self._library = library

    def place(self, profile_id: str) -> Folder:
        """The label of the folder and the file of this profile. Raises `UnknownProfile`."""
        return self._library.file_of(profile_id)

    def text(self, profile_id: str) -> str:
        """The whole file. Raises `ProfileError`."""
        return text_of(self.place(profile_id)[1])

    def shipped(self, profile_id: str) -> str | None:
        """The file of that name that comes with the program; None where there is none."""
        file = shipped_folder("system_prompts") / f"{profile_id}.md"
        return text_of(file) if is_profile_id(profile_id) and file.is_file() else None

    def save(self, profile_id: str, text: str, *, read: str | None = None) -> Path:
        """Write an edit where the profile is read from; of a shipped one, a copy in the user's folder.

        Args:
            read: the text that was edited. Where the file says something else by now, nothing is written.

        Raises:
            ProfileError: the file was changed meanwhile, or cannot be written.
        """
        label, file = self.place(profile_id)
        if label == SHIPPED:
            return self.create(profile_id, text)
        if read is not None and file.exists() and text_of(file) != read:
            raise ProfileError(
                f"{one_line(str(file))} was changed by another program",
                "save under another name, or leave and edit anew",
            )
        _replace(file, text)
        return file

    def edit(self, profile_id: str, editor: Callable[[Path], None]) -> tuple[Path, bool]:
        """Let an editor change the file; of a shipped one, a copy in the user's folder, which is taken back where
        nothing was changed: it would hide every later version of the shipped one.

        Returns:
            The file that is read from then on, and whether it is a new copy.

        Raises:
            ProfileError: the copy cannot be written. And what `editor` raises.
        """
        label, file = self.place(profile_id)
        if label != SHIPPED:
            editor(file)
            return file, False
        before = file.read_bytes()
        copy = self.create(profile_id, text_of(file))
        changed = False
        try:
            editor(copy)
        finally:
            changed = not copy.exists() or copy.read_bytes() != before
            if not changed:
                copy.unlink()
        return (copy, True) if changed else (file, False)

    def create(self, profile_id: str, text: str) -> Path:
        """Write a new file into the user's folder. Raises `ProfileError`; nothing is overwritten."""
        if not is_profile_id(profile_id):
            raise ProfileError(
                f"A profile cannot be called {one_line(profile_id, 60)!r}",
                "use small letters, digits, - and _, such as my-voice",
            )
        file = own_file(profile_id)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as opened:
                opened.write(text)
        except FileExistsError as error:
            raise ProfileError(f"{file} exists already", f"warmchat profiles edit {profile_id} opens it") from error
        except OSError as error:
            raise _unwritten(file, error) from error
        return file

    def hidden_by(self, profile_id: str, file: Path) -> Path | None:
        """The file that is read in place of this one, where another folder comes first in the search order."""
        now = self.place(profile_id)[1]
        return now if now != file else None


def own_file(profile_id: str) -> Path:
    """Where a profile of this id stands in the user's folder."""
    return config_folder() / "system_prompts" / f"{profile_id}.md"


def text_of(file: Path) -> str:
    """The text of a file. Raises `ProfileError`."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{one_line(str(file))} cannot be read", "warmchat profiles check says why") from error


def renamed(text: str, name: str) -> str:
    """The text of a profile file with another name in its front matter, where it gives one."""
    return _NAME_LINE.sub(rf"\g<1>name: {name}\n", text, count=1)


def free_id(wanted: str, taken: list[str]) -> str:
    """An id near `wanted` that nothing has yet."""
    stem = re.sub(r"[^a-z0-9_-]+", "-", wanted.lower()).strip("-_")[:50] or "voice"
    number, found = 2, stem
    while found in taken:
        found, number = f"{stem}-{number}", number + 1
    return found


def _replace(file: Path, text: str) -> None:
    """In one step, so that a full disk or a lost program leaves the old file."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o600  # a folder of voices may be shared on purpose
        target = file.resolve() if file.is_symlink() else file
        draft.write_text(text, encoding="utf-8")
        draft.chmod(mode)
        draft.replace(target)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise _unwritten(file, error) from error


def _unwritten(file: Path, error: OSError) -> ProfileError:
    return ProfileError(f"{file} cannot be written: {error.strerror}", "check the folder's permissions")
