"""Whether the current folder replaces the profile that the others are checked against.

Someone who starts warmchat in a folder from elsewhere should not get another oracle unasked: the checks would then say
what that folder wants. The asking is done by those who have a screen; here is the question and the memory of answers.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from warmchat.domain.errors import ProfileError
from warmchat.domain.text import one_line
from warmchat.profiles.library import LOCAL, SHIPPED, ProfileLibrary
from warmchat.profiles.parse import read_profile

MAX_STORE_BYTES = 1024 * 1024


def untrusted_reference(library: ProfileLibrary, reference: str, store: Path) -> Path | None:
    """The file in ./system_prompts that replaces the reference while its folder is not trusted; else None.

    A file that says the same as the shipped one (`Profile.hash`) replaces nothing. A reference that is not shipped at
    all counts as replaced: the folder decides what it says.

    Raises:
        UnknownProfile, ProfileError: the reference cannot be read.
    """
    label, file = library.file_of(reference)
    if label != LOCAL or file.parent.resolve() in trusted_folders(store):
        return None
    shipped = next((folder / file.name for name, folder in library.folders if name == SHIPPED), None)
    if shipped is not None and shipped.is_file() and read_profile(shipped).profile.hash == library.get(reference).hash:
        return None
    return file


def trusted_folders(store: Path) -> frozenset[Path]:
    """The folders that the user has trusted. A store that is missing or damaged means none."""
    try:
        with store.open("rb") as opened:
            known = json.loads(opened.read(MAX_STORE_BYTES))
    except (OSError, ValueError, RecursionError):
        return frozenset()
    listed = known.get("trusted") if isinstance(known, dict) else None
    return frozenset(Path(item) for item in (listed if isinstance(listed, list) else []) if isinstance(item, str))


def trust_folder(folder: Path, store: Path) -> None:
    """Remember that the user trusts this folder. The store is replaced whole, readable by the user alone.

    Raises:
        ProfileError: the store cannot be written.
    """
    known = sorted(str(path) for path in {*trusted_folders(store), folder.resolve()})
    draft = store.with_name(f"{store.name}.{os.getpid()}.new")
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as opened:  # noqa: PTH123  a descriptor, not a path
            json.dump({"trusted": known}, opened)
        draft.replace(store)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise ProfileError(
            f"The answer cannot be kept in {one_line(str(store))}: {error.strerror}", "it will be asked again next time"
        ) from error
