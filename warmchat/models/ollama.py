"""The models of Ollama, which keeps weights by their hash: its manifests say which name has which."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

MAX_ENTRIES = 20_000  # files and folders looked at, per place
MAX_MANIFEST = 1024 * 1024

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_WEIGHTS = "application/vnd.ollama.image.model"


def children(folder: Path, most: int = MAX_ENTRIES) -> list[Path]:
    """What a folder holds, sorted, at most so many; nothing where it is none or may not be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in islice(entries, max(most, 0)))
    except OSError:
        return []


def ollama_models(root: Path) -> Iterator[tuple[str, Path]]:
    """(name, file) of every model whose weights are a GGUF; `root` holds ``manifests`` and ``blobs``."""
    manifests = root / "manifests"
    level = [manifests]
    for _ in range(4):  # host / namespace / model / tag
        level = [entry for folder in level for entry in children(folder)][:MAX_ENTRIES]
    for manifest in sorted(level):
        digest = _weights_digest(manifest)
        if digest is None:
            continue
        _, namespace, model, tag = manifest.relative_to(manifests).parts
        name = f"{model}:{tag}" if namespace == "library" else f"{namespace}/{model}:{tag}"
        blobs = [root / "blobs" / f"sha256-{digest}", root / "blobs" / f"sha256:{digest}"]
        blob = next((blob for blob in blobs if _begins_as_gguf(blob)), None)
        if blob is not None:
            yield name, blob


def _weights_digest(manifest: Path) -> str | None:
    try:
        if not manifest.is_file() or manifest.stat().st_size > MAX_MANIFEST:
            return None
        layers = json.loads(manifest.read_bytes())["layers"]
        digests = [layer["digest"] for layer in layers if layer["mediaType"] == _WEIGHTS]
        match = _DIGEST.fullmatch(digests[0])
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):  # not one of Ollama's, or damaged
        return None
    return match.group(1) if match else None


def _begins_as_gguf(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(4) == b"GGUF"
    except OSError:
        return False
