"""Where things are kept: settings, folders, the log. Nothing is made or changed by looking."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from warmchat.cli.doctor.report import Section, short, size_text, without_password
from warmchat.domain.errors import LogError, SettingsError
from warmchat.places import config_folder, read_settings_file
from warmchat.profiles.trust import trusted_folders
from warmchat.settings import Settings, local_file_needs_trust, settings_files

PREFIX = "WARMCHAT_"
OWN_VARIABLES = {"WARMCHAT_COMPLETE", "WARMCHAT_REMOTE_KEY"}  # shell completion's, and the key's usual name
LITTLE_DISK = 200 << 20  # bytes; a log grows by megabytes, a model takes more than this
MOST_FILES = 20_000


def look_at_settings(section: Section, settings: Settings, broken: SettingsError | None) -> None:
    """The files and variables that settings come from."""
    if broken is not None:
        section.wrong(broken.message, broken.hint, stops=True)
    files = settings_files()
    local = files[-1]
    left_out = local_settings_left_out(settings)
    for file in files:
        untrusted = ", left out: not trusted yet" if left_out and file == local else ""
        section.add("file", f"{short(file)}: {_settings_in(file)}{untrusted}")
    if left_out:
        section.wrong(
            f"{local} decides where replies are made or how they are checked, so it is left out here",
            "the chat asks once whether this folder is trusted",
        )
    names = sorted(name for name in os.environ if name.startswith(PREFIX))
    section.add("environment", ", ".join(names) or f"no {PREFIX}* variables")
    known = {PREFIX + name.upper() for name in Settings.model_fields} | OWN_VARIABLES | {settings.remote_key_variable}
    for name in names:
        if name.upper() not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]}?" if near else "README lists the settings"
            section.wrong(f"Nothing reads the variable {name}", meant)
    section.facts |= {
        "files": [{"path": str(file), "exists": file.is_file()} for file in files],
        "environment": names,
        "local_file_left_out": left_out,
        "values": {
            **settings.model_dump(mode="json"),
            "remote_url": without_password(settings.remote_url.partition("#")[0]),
            "judge_model": without_password(settings.judge_model),
        },
    }


def local_settings_left_out(settings: Settings) -> bool:
    """The current folder's file would decide how replies are checked, and nobody has said yet that it may."""
    return local_file_needs_trust() and Path.cwd().resolve() not in trusted_folders(settings.trust_file)


def _settings_in(file: Path) -> str:
    try:
        given = read_settings_file(file)
    except FileNotFoundError:
        return "not there"
    except (OSError, ValueError):
        return "cannot be read"
    return ", ".join(given) or "empty"


def look_at_folders(section: Section, settings: Settings) -> None:
    """The folders: whether they can be written, how large they are, who may look into them."""
    folders = {
        "config": config_folder(),
        "data": settings.data_dir,
        "models": settings.models_dir,
        "adapters": settings.data_dir / "adapters",
    }
    for name, folder in folders.items():
        problem = unwritable(folder)
        there = os.path.isdir(folder)  # noqa: PTH112  Path.is_dir raises where a folder above may not be entered
        size = sum(_sizes(folder)) if there else 0
        mode = stat.S_IMODE(folder.stat().st_mode) if there else 0
        state = [f"{size_text(size)}, mode {mode:03o}"] if there else [] if problem else ["made when it is needed"]
        section.add(name, f"{short(folder)}: {', '.join([*state, *([problem] if problem else [])])}")
        section.facts[name] = {
            "path": str(folder), "exists": there, "writable": not problem, "bytes": size, "mode": f"{mode:03o}",
        }  # fmt: skip
        if problem and name == "data":
            section.wrong(
                f"Nothing can be kept in {folder}: {problem}",
                "mend its permissions, name another with --data-dir, or chat with --no-log",
            )
    _disk(section, settings.data_dir)


def _disk(section: Section, folder: Path) -> None:
    usage = shutil.disk_usage(_existing(folder))
    section.add("disk", f"{size_text(usage.free)} of {size_text(usage.total)} free there", disk_free=usage.free)
    if usage.free < LITTLE_DISK:
        section.wrong(f"The disk is nearly full: {size_text(usage.free)} free", "make room: a full disk ends the log")


def unwritable(folder: Path) -> str:
    """Why nothing can be written into this folder, or where it would be made; empty where it can. Really tries."""
    place = _existing(folder)
    if not place.is_dir():
        return "it is no folder" if place == folder else f"{place} is no folder"
    try:
        with tempfile.TemporaryFile(dir=place):  # root may do what permissions forbid, but no one a read-only disk
            pass
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    for place in (folder, *folder.parents):
        if os.path.lexists(place):  # where a folder may not be entered this says no, where Path.exists raises
            return place
    return Path.cwd()


def _sizes(folder: Path) -> Iterator[int]:
    for path in islice(folder.rglob("*"), MOST_FILES):
        try:
            status = path.lstat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            yield status.st_size


def look_at_log(section: Section, settings: Settings) -> None:
    """The session log: whether it opens, and what it holds."""
    file = settings.log_file
    section.facts |= {"kept": settings.log, "path": str(file), "exists": file.exists()}
    if not settings.log:
        section.add("log", "not kept: the setting log is off")
        return
    if not file.exists():
        later = "cannot be made there" if unwritable(file.parent) else "made with the first chat"
        section.add("log", f"{short(file)}: {later}")
        return
    from warmchat.storage.health import examine

    mode = stat.S_IMODE(file.stat().st_mode)
    section.add("log", f"{short(file)}, mode {mode:03o}", mode=f"{mode:03o}")
    if mode & 0o077:
        section.wrong(f"Others may read the log (mode {mode:03o})", f"chmod 600 {file}; the next chat does so, too")
    if not os.access(file, os.W_OK):
        section.wrong("The log cannot be written", f"chmod u+w {file}, or chat with --no-log")
    try:
        health = examine(file)
    except LogError as error:
        section.wrong(f"{error.message}: nothing of a chat will be kept", error.hint)
        return
    later = "" if health.version == health.newest else f", brought to {health.newest} by the next chat"
    section.add("holds", f"{health.counts.get('sessions', 0):,} sessions, {health.counts.get('turns', 0):,} turns")
    section.add("schema", f"version {health.version}{later}; {size_text(health.bytes)}")
    section.facts |= {"version": health.version, "newest": health.newest, "counts": health.counts,
                      "bytes": health.bytes, "read_whole": health.whole}  # fmt: skip
