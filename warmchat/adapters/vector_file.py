"""A control vector as a GGUF file: what llama.cpp and other tools read, and how it was made, in its metadata."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from warmchat.domain.errors import AdapterError

if TYPE_CHECKING:
    from warmchat.adapters.directions import States

SPARE_BYTES = 1 << 20  # for the metadata and the card
LARGEST_BYTES = 4 << 20  # of the directions: 128 layers of 8,192 numbers


@dataclass(frozen=True, slots=True)
class VectorFacts:
    """What a control vector's file says about it.

    Attributes:
        architecture, base, model, model_name, quantisation: of the model that it was made with; `model`: its identity.
        from_profile, against_profile: (id, hash) of the profiles whose prompts it was made from.
        layers: first and last layer that it acts on.
        strengths: raw strengths at the dial's two ends, -1 and +1; None where they were not measured.
        recommended: the raw strength that does what it is for with the least harm; None where none was found.
        created: date, ISO 8601.
        version: of warmchat.
        pairs: how many pairs of states it was made from.
        examples: hash of the examples that were shown before each message; empty for none.
    """

    name: str
    architecture: str
    base: str
    model: str
    model_name: str
    quantisation: str
    from_profile: tuple[str, str]
    against_profile: tuple[str, str]
    method: str
    read: str
    layers: tuple[int, int]
    pairs: int
    created: str
    version: str
    strengths: tuple[float, float] | None = None
    recommended: float | None = None
    examples: str = ""


def check_place(path: Path, bytes_needed: int = LARGEST_BYTES) -> None:
    """Make the folder, and see that a file can be written there before hours are spent on it.

    Raises:
        AdapterError: no permission, no room, or the name cannot be used.
    """
    needed = bytes_needed + SPARE_BYTES
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(path.parent).free
        writable = os.access(path.parent, os.W_OK)
    except OSError as error:
        raise _cannot_write(path, error) from error
    if not writable:
        raise AdapterError(f"{path.parent} cannot be written: no permission", "--data-dir chooses another folder")
    if free < needed:
        raise AdapterError(
            f"The disk of {path.parent} has {free / 2**20:.1f} MiB left; the adapter takes {needed / 2**20:.1f}",
            "free some space, or choose another folder with --data-dir",
        )


def write_vector(path: Path, by_layer: States, facts: VectorFacts) -> None:
    """Write the directions of `facts.layers`; the file appears whole or not at all.

    Args:
        by_layer: (layers, width) float32, from layer 0 on.

    Raises:
        AdapterError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _write(draft, by_layer, facts)
        _flush(draft)
        draft.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:  # Ctrl-C included
        with suppress(OSError):
            draft.unlink()


def write_card(path: Path, text: str) -> None:
    """The card beside the file, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _write(path: Path, by_layer: States, facts: VectorFacts) -> None:
    import numpy as np

    import gguf

    first, last = facts.layers
    writer = gguf.GGUFWriter(path, "controlvector")
    writer.add_name(facts.name)
    writer.add_string("controlvector.model_hint", facts.architecture)
    writer.add_uint32("controlvector.layer_count", last - first + 1)
    for key, value in _texts(facts).items():
        writer.add_string(f"warmchat.{key}", value)
    writer.add_array("warmchat.layers", [first, last])
    writer.add_uint32("warmchat.pairs", facts.pairs)
    if facts.strengths is not None:
        writer.add_float32("warmchat.strength_min", facts.strengths[0])
        writer.add_float32("warmchat.strength_max", facts.strengths[1])
    if facts.recommended is not None:
        writer.add_float32("warmchat.strength_recommended", facts.recommended)
    for layer in range(first, last + 1):
        writer.add_tensor(f"direction.{layer}", np.ascontiguousarray(by_layer[layer], dtype=np.float32))
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _texts(facts: VectorFacts) -> dict[str, str]:
    return {
        "version": facts.version,
        "created": facts.created,
        "base": facts.base,
        "model": facts.model,
        "model_name": facts.model_name,
        "quantisation": facts.quantisation,
        "from_profile": facts.from_profile[0],
        "from_hash": facts.from_profile[1],
        "against_profile": facts.against_profile[0],
        "against_hash": facts.against_profile[1],
        "method": facts.method,
        "read": facts.read,
        "examples": facts.examples or "none",
    }


def _flush(path: Path) -> None:
    """Have it on the disk before it takes the name: a full disk shows itself here at the latest."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(path: Path, error: OSError) -> AdapterError:
    return AdapterError(
        f"{path} cannot be written: {error.strerror or error}", "--data-dir chooses another folder; is the disk full?"
    )
