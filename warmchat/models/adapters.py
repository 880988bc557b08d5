"""Adapters on the disk: found by name for the loaded model, with the range of strengths that their maker measured."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from warmchat.domain.errors import AdapterError, ModelError
from warmchat.domain.text import one_line
from warmchat.gguf.header import GGUFHeader, read_header
from warmchat.gguf.raw import MalformedError, Value, read_raw
from warmchat.settings import Settings
from warmchat.shipped import shipped_folder

AdapterKind = Literal["control_vector", "lora"]
DEFAULT_RANGE = (-1.0, 1.0)
_KINDS: dict[str, AdapterKind] = {"control vector": "control_vector", "adapter": "lora"}


def base_name(header: GGUFHeader) -> str:
    """What a model's adapters are filed under: base and size, the same for every quantisation (``smollm2-135m``)."""
    named = "-".join(part for part in (header.basename or header.name or header.path.stem, header.size_label) if part)
    return re.sub(r"[^a-z0-9.]+", "-", named.lower()).strip("-") or "unnamed"


@dataclass(frozen=True)
class FoundAdapter:
    """An adapter file.

    Attributes:
        base: the base name of the model that it is filed under.
        range: raw strengths at the dial's two ends; -1 and 1 where the file does not say.
        measured: the file does say.
        source: where it was found.
    """

    kind: AdapterKind
    name: str
    path: Path
    base: str
    range: tuple[float, float] = DEFAULT_RANGE
    measured: bool = False
    source: str = ""


def file_digest(path: str) -> str:
    """Sixteen hex digits over the bytes of an adapter file; empty where it cannot be read."""
    try:
        status = Path(path).stat()
        return _digest(path, status.st_mtime_ns, status.st_size)
    except OSError:
        return ""


@lru_cache(maxsize=64)  # a voice's adapters are recorded at each of its replies
def _digest(path: str, _changed_at: int, _size: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


class AdapterShelf:
    """The folders of adapters: in each, a folder for each base name with ``NAME.gguf`` files."""

    def __init__(self, folders: Sequence[tuple[str, Path]]) -> None:
        self._folders = list(folders)

    def find(self, kind: AdapterKind, name: str, base: str) -> FoundAdapter:
        """The adapter of this name for models of this base.

        Raises:
            AdapterError: there is none, or it is of the other kind, or cannot be read; the hint says how to make one.
        """
        make = "warmchat adapters vector" if kind == "control_vector" else "warmchat adapters train"
        for source, folder in self._folders if base else ():  # a server's model has no base
            path = folder / base / f"{name}.gguf"
            if path.is_file():
                found = _look_at(path, base, source)
                if found.kind != kind:
                    raise AdapterError(f"{name} is a {found.kind.replace('_', ' ')}", f"the profile says {kind}")
                return found
        raise AdapterError(
            f"There is no {kind.replace('_', ' ')} called {name!r} for {base}", f"{make} makes one for this model"
        )

    def all(self, base: str | None = None) -> Iterator[FoundAdapter]:
        """Every adapter, or those for one base; the first folder that has a name wins."""
        for source, filed, path in self.files():
            if base is None or filed == base:
                yield _look_at(path, filed, source)

    def files(self) -> Iterator[tuple[str, str, Path]]:
        """(where it was found, base that it is filed under, path) of every adapter file, none of them opened."""
        seen: set[tuple[str, str]] = set()
        for source, folder in self._folders:
            for path in sorted(folder.glob("*/*.gguf")) if folder.is_dir() else ():
                key = (path.parent.name, path.stem)
                if key not in seen:
                    seen.add(key)
                    yield source, path.parent.name, path

    @staticmethod
    def look_at(path: Path) -> FoundAdapter:
        """What this file is. Raises `AdapterError` where it is no adapter, or cannot be read."""
        return _look_at(path, path.parent.name, "file")


def default_adapter_folders(settings: Settings) -> list[tuple[str, Path]]:
    """(label, folder) in search order: the user's own, then the shipped ones."""
    return [("data folder", settings.data_dir / "adapters"), ("shipped", shipped_folder("models") / "adapters")]


def _look_at(path: Path, base: str, source: str) -> FoundAdapter:
    try:
        kind = _KINDS.get(read_header(path).kind)
        with path.open("rb") as file:
            metadata = read_raw(file, path.stat().st_size).metadata
    except (MalformedError, OSError) as error:
        raise AdapterError(f"{one_line(path.name)} cannot be read: {error}", "make or fetch it again") from error
    except AdapterError:
        raise
    except ModelError as error:
        raise AdapterError(error.message, error.hint) from error
    if kind is None:
        raise AdapterError(f"{one_line(path.name)} is neither a LoRA nor a control vector", "take it out of the folder")
    low, high = _number(metadata.get("warmchat.strength_min")), _number(metadata.get("warmchat.strength_max"))
    measured = low is not None and high is not None and low < 0 < high
    span = (low, high) if measured and low is not None and high is not None else DEFAULT_RANGE
    return FoundAdapter(kind, path.stem, path, base, span, measured, source)


def _number(value: Value | None) -> float | None:
    return float(value) if isinstance(value, int | float) else None
