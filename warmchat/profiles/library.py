"""All profiles that can be found, read again when their files change."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from warmchat.domain.errors import ProfileError, UnknownProfile
from warmchat.domain.profile import Profile
from warmchat.domain.text import one_line
from warmchat.places import config_folder
from warmchat.profiles.parse import Parsed, is_profile_id, read_profile
from warmchat.settings import Settings
from warmchat.shipped import shipped_folder

MAX_FILES = 500  # per folder: someone's notes folder given by mistake must not be read whole
SHIPPED = "shipped"
LOCAL = "./system_prompts"

Folder = tuple[str, Path]
Stamp = tuple[int, int, int, int]


def default_folders(settings: Settings, *, local: bool = True) -> list[Folder]:
    """(label, folder) in search order. `local` False leaves ./system_prompts out, for a folder that is not trusted.

    Raises:
        ProfileError: the folder of --profile-dir is not there.
    """
    shipped = shipped_folder("system_prompts")
    here = Path("system_prompts").absolute()
    folders: list[Folder] = []
    if settings.profile_dir is not None:
        if not settings.profile_dir.is_dir():  # the user named it: saying nothing would give them other voices
            missing = f"There is no folder {settings.profile_dir}"
            raise ProfileError(missing, "--profile-dir takes a folder of .md files")
        folders.append(("--profile-dir", settings.profile_dir.absolute()))
    # In a checkout ./system_prompts is the shipped folder: searched here it would hide the user's own profiles.
    if local and here.is_dir() and not _same(here, shipped):
        folders.append((LOCAL, here))
    return [*folders, ("config", config_folder() / "system_prompts"), (SHIPPED, shipped)]


@dataclass
class _File:
    """One profile file: as it was read last, the last good reading, and what is wrong with the present one."""

    path: Path
    label: str
    stamp: Stamp | None = None
    good: Parsed | None = None
    error: ProfileError | None = None


@dataclass
class _Scan:
    """What the folders hold: for each id the file that counts, and names that cannot be used."""

    files: dict[str, tuple[str, Path, Stamp]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


class ProfileLibrary:
    """The profiles of some folders; the first folder that has an id wins. May be used from several threads.

    Every question looks at the folders again (a stat per file) and reads what has changed. A file that cannot be used
    any more, or is gone, leaves its last good version in force and a line in `problems`.
    """

    def __init__(self, folders: Sequence[Folder]) -> None:
        self.folders = list(folders)
        self._lock = threading.RLock()
        self._files: dict[str, _File] = {}
        self._name_problems: list[str] = []
        self._seen = self._signature()

    def ids(self) -> list[str]:
        """Ids that `get` can give, sorted."""
        return [profile.id for profile in self.all()]

    def all(self) -> list[Profile]:
        """Every usable profile, sorted by id; profiles that have only ever been broken are in `problems` alone."""
        with self._lock:
            scan = self._refresh()
            found = (self._files[profile_id].good for profile_id in sorted(scan.files))
            return [parsed.profile for parsed in found if parsed is not None]

    def get(self, profile_id: str) -> Profile:
        """The profile as its file says it now, or its last good version.

        Raises:
            UnknownProfile: no file has that id.
            ProfileError: its file cannot be used and never could.
        """
        return self.parsed(profile_id).profile

    def parsed(self, profile_id: str) -> Parsed:
        """`get`, with the settings that nothing reads."""
        with self._lock:
            self._refresh()
            file = self._files.get(profile_id)
            if file is not None and file.good is not None:
                return file.good
            if file is not None and file.error is not None:
                raise file.error
            raise self._unknown(profile_id)

    def file_of(self, profile_id: str) -> Folder:
        """The label of the folder and the file that this profile is read from, usable or not.

        Raises:
            UnknownProfile: no file has that id.
        """
        with self._lock:
            scan = self._refresh()
            if profile_id not in scan.files:
                raise self._unknown(profile_id)
            label, path, _ = scan.files[profile_id]
            return label, path

    def problems(self) -> list[str]:
        """What is wrong, one sentence each with file, line and what to write; empty when all is well."""
        with self._lock:
            scan = self._refresh()
            out = list(scan.problems)
            for profile_id, file in sorted(self._files.items()):
                if file.error is not None:
                    kept = "" if file.good is None else "; the version read before stays in force"
                    out.append(f"{file.error}{kept}")
                elif profile_id not in scan.files:
                    out.append(f"{one_line(str(file.path))} is gone; the version read before stays in force")
            return out

    def warnings(self) -> list[str]:
        """Settings that nothing reads, one sentence each with file, line and the nearest known name."""
        with self._lock:
            scan = self._refresh()
            readings = (self._files[profile_id].good for profile_id in sorted(scan.files))
            return [warning for parsed in readings if parsed is not None for warning in parsed.warnings]

    def changed(self) -> bool:
        """Whether a file was added, edited or removed since this was asked last (at first: since the library was made).

        Cheap: it reads no file, so it may be polled.
        """
        with self._lock:
            now = self._signature()
            changed, self._seen = now != self._seen, now
            return changed

    def _signature(self) -> dict[str, tuple[str, Path, Stamp]]:
        return self._scan().files

    def _refresh(self) -> _Scan:
        scan = self._scan()
        for profile_id, (label, path, stamp) in scan.files.items():
            file = self._files.get(profile_id)
            if file is None or file.path != path:
                # The last good version survives a change of place: an editor may save by way of another file.
                file = _File(path, label, good=file.good if file else None)
                self._files[profile_id] = file
            if file.stamp == stamp:
                continue
            file.stamp = stamp
            try:
                file.good = read_profile(path, source=SHIPPED if label == SHIPPED else str(path))
                file.error = None
            except ProfileError as error:
                file.error = error
        for profile_id in [i for i in self._files if i not in scan.files and self._files[i].good is None]:
            del self._files[profile_id]  # broken from the start, and gone now
        return scan

    def _scan(self) -> _Scan:
        scan = _Scan()
        for label, folder in self.folders:
            for path in _profile_files(folder):
                try:
                    stat = path.stat()
                except OSError:  # removed meanwhile, or a link that leads nowhere
                    continue
                if not is_profile_id(path.stem):
                    scan.problems.append(
                        f"{one_line(str(path))}: a profile cannot be called {one_line(path.stem, 60)!r} "
                        "(write the file name with small letters, digits, - and _)"
                    )
                elif path.stem not in scan.files:
                    stamp = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
                    scan.files[path.stem] = (label, path, stamp)
        return scan

    def _unknown(self, profile_id: str) -> UnknownProfile:
        known = self.ids()
        near = get_close_matches(profile_id, known, n=1)
        listed = ", ".join(known) or "none was found; warmchat profiles new ID writes one"
        hint = f"did you mean {near[0]}? There are: {listed}" if near else f"there are: {listed}"
        return UnknownProfile(f"There is no profile {one_line(profile_id, 60)!r}", hint)


def _profile_files(folder: Path) -> Iterator[Path]:
    """The Markdown files of a folder. README and files that start with _ or . stand beside profiles and are none."""
    try:
        entries = sorted(islice(folder.iterdir(), MAX_FILES))
    except OSError:  # most folders of the search order do not exist
        return
    for path in entries:
        if path.suffix == ".md" and not path.name.startswith(("_", ".")) and path.stem.lower() != "readme":
            yield path


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
