"""Adapters of one model: LoRA files and control vectors, loaded once, put into force on a lane's context."""

from __future__ import annotations

import re
import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Protocol

from warmchat.domain.errors import AdapterError
from warmchat.engine.llama.lora import LoraAdapter
from warmchat.engine.llama.native import Context, Model
from warmchat.engine.protocol import AdapterSpec
from warmchat.gguf.hints import is_hint_for
from warmchat.gguf.raw import MalformedError, RawHeader, Tensor, read_raw

_DIRECTION = re.compile(r"direction\.(\d{1,4})")
REMAKE = "make one for this model: warmchat adapters vector"


class Shape(Protocol):
    """What of a model an adapter must fit."""

    @property
    def n_embd(self) -> int: ...
    @property
    def n_layer(self) -> int: ...
    @property
    def architecture(self) -> str: ...


@dataclass(frozen=True)
class ControlVector:
    """Directions by layer (1 and up), each as many float32 as the model's residual stream is wide."""

    name: str
    directions: dict[int, array[float]]

    @classmethod
    def read(cls, path: Path, model: Shape) -> ControlVector:
        """A control vector file (GGUF, architecture ``controlvector``, tensors ``direction.N``).

        Raises:
            AdapterError: it is none, is cut short, was made for another model, or holds numbers that are none.
        """
        try:
            with path.open("rb") as file:
                header = read_raw(file, path.stat().st_size)
                _check_made_for(header, path, model)
                directions = {}
                for tensor in header.tensors:
                    layer = _layer_of(tensor, path, model)
                    file.seek(header.data_start + tensor.offset)
                    directions[layer] = _floats(file.read(model.n_embd * 4), path, model.n_embd)
        except MalformedError as error:
            raise AdapterError(f"{path.name} cannot be read: {error}", REMAKE) from error
        except OSError as error:
            raise AdapterError(f"{path.name} cannot be read: {error.strerror or error}", "check the path") from error
        if not directions:
            raise AdapterError(f"{path.name} holds no directions", REMAKE)
        return cls(path.stem, directions)

    def added_to(self, sum_: array[float], strength: float, layers: tuple[int, int] | None, width: int) -> None:
        """Add strength x direction to the buffer that llama.cpp takes (layer after layer, from layer 1).

        Raises:
            AdapterError: it has no direction for any of these layers.
        """
        first, last = layers or (1, max(self.directions))
        if not any(first <= layer <= last for layer in self.directions):
            raise AdapterError(
                f"{self.name} steers in layers {min(self.directions)} to {max(self.directions)}, none of them among "
                f"{first} to {last}", "change layers in the profile, or leave it out for all"
            )  # fmt: skip
        for layer, direction in self.directions.items():
            if first <= layer <= last:
                at = (layer - 1) * width
                for index, value in enumerate(direction):
                    sum_[at + index] += strength * value


def _check_made_for(header: RawHeader, path: Path, model: Shape) -> None:
    if header.metadata.get("general.architecture") != "controlvector":
        raise AdapterError(f"{path.name} is no control vector", "its GGUF architecture should be controlvector")
    hint = header.metadata.get("controlvector.model_hint")
    if isinstance(hint, str) and not is_hint_for(hint, model.architecture):
        raise AdapterError(f"{path.name} was made for a {hint} model, the loaded one is {model.architecture}", REMAKE)


def _layer_of(tensor: Tensor, path: Path, model: Shape) -> int:
    named = _DIRECTION.fullmatch(tensor.name)
    if named is None or tensor.type_name != "F32":
        raise AdapterError(f"{path.name} holds {tensor.name[:40]!r}, which is no direction", REMAKE)
    layer = int(named.group(1))
    if tensor.elements != model.n_embd:
        raise AdapterError(
            f"{path.name} is {tensor.elements} wide, the loaded model's residual stream {model.n_embd}", REMAKE
        )
    if not 1 <= layer < model.n_layer:
        raise AdapterError(f"{path.name} has a direction for layer {layer} of the model's {model.n_layer}", REMAKE)
    return layer


def _floats(raw: bytes, path: Path, count: int) -> array[float]:
    values = array("f")
    if len(raw) < count * 4:
        raise AdapterError(f"{path.name} is cut short", "make or fetch it again")
    values.frombytes(raw)
    if not isfinite(sum(values)):
        raise AdapterError(f"{path.name} holds numbers that are none (NaN or infinite)", REMAKE)
    return values


def _as_f32(raw: bytes, type_name: str) -> bytes:
    """Little-endian numbers of 16 or 32 bits as float32. What is cut short stays too short."""
    if type_name == "F16":
        return array("f", struct.unpack(f"<{len(raw) // 2}e", raw[: len(raw) // 2 * 2])).tobytes()
    if type_name == "BF16":  # the upper half of a float32
        whole = bytearray(len(raw) // 2 * 4)
        whole[2::4], whole[3::4] = raw[0 : len(whole) // 2 : 2], raw[1 : len(whole) // 2 : 2]
        return bytes(whole)
    return raw


class AdapterStore:
    """Loads each adapter file once and puts sets of them into force."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._loras: dict[tuple[str, int], LoraAdapter] = {}
        self._vectors: dict[tuple[str, int], ControlVector] = {}

    def apply(self, context: Context, adapters: Sequence[AdapterSpec]) -> None:
        """Put exactly these into force on this context.

        Raises:
            AdapterError: a file cannot be used with this model.
        """
        loras: dict[LoraAdapter, float] = {}  # llama.cpp takes each once: what is named twice adds up, as vectors do
        for spec in adapters:
            if spec.kind == "lora" and spec.strength != 0:
                adapter = self._lora(spec)
                loras[adapter] = loras.get(adapter, 0.0) + spec.strength
        vectors = [a for a in adapters if a.kind == "control_vector" and a.strength != 0]
        context.use_adapters(list(loras.items()), self._sum(vectors) if vectors else None, self._model.n_embd)

    def close(self) -> None:
        for lora in self._loras.values():
            lora.close()
        self._loras.clear()

    def _sum(self, vectors: Sequence[AdapterSpec]) -> array[float]:
        width = self._model.n_embd
        sum_ = array("f", bytes(4 * width * (self._model.n_layer - 1)))
        for spec in vectors:
            self._vector(spec).added_to(sum_, spec.strength, spec.layers, width)
        return sum_

    def _vector(self, spec: AdapterSpec) -> ControlVector:
        key = _version(spec)
        if key not in self._vectors:
            self._vectors[key] = ControlVector.read(Path(spec.path), self._model)
        return self._vectors[key]

    def _lora(self, spec: AdapterSpec) -> LoraAdapter:
        key = _version(spec)
        if key not in self._loras:
            _check_numbers(Path(spec.path))
            self._loras[key] = LoraAdapter(self._model, spec.path)
        return self._loras[key]


def _version(spec: AdapterSpec) -> tuple[str, int]:
    """The file as it is now: one that was made anew is loaded anew."""
    try:
        return spec.path, Path(spec.path).stat().st_mtime_ns
    except OSError as error:
        message = f"{Path(spec.path).name} cannot be read: {error.strerror or error}"
        raise AdapterError(message, "check the path") from error


def _check_numbers(path: Path) -> None:
    """Refuse a LoRA whose tensors hold NaN or infinity: llama.cpp would take it and say nonsense.

    Quantised tensors are let through: they hold no such numbers but in their scales.
    """
    try:
        with path.open("rb") as file:
            header = read_raw(file, path.stat().st_size)
            for tensor in header.tensors:
                if tensor.type_name in ("F32", "F16", "BF16") and tensor.size:
                    file.seek(header.data_start + tensor.offset)
                    _floats(_as_f32(file.read(tensor.size), tensor.type_name), path, tensor.elements)
    except MalformedError as error:
        raise AdapterError(f"{path.name} cannot be read: {error}", "make or fetch it again") from error
