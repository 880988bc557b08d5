"""Adapter files for the starter, made on the spot with the field's own writer."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import gguf

N_EMBD, N_LAYER = 576, 30


def control_vector(
    path: Path, *, seed: int = 1, size: float = 1.0, width: int = N_EMBD, layers: range = range(8, 23),
    architecture: str = "controlvector", hint: str = "llama", poison: float | None = None,
    span: tuple[float, float] | None = None,
) -> Path:  # fmt: skip
    """A random direction of length `size` for each layer."""
    chance = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_string("controlvector.model_hint", hint)
    writer.add_uint32("controlvector.layer_count", len(layers))
    if span is not None:
        writer.add_float32("warmchat.strength_min", span[0])
        writer.add_float32("warmchat.strength_max", span[1])
    for layer in layers:
        direction = chance.normal(size=width).astype(np.float32)
        direction *= size / np.linalg.norm(direction)
        if poison is not None:
            direction[3] = poison
        writer.add_tensor(f"direction.{layer}", direction)
    _finish(writer)
    return path


def lora(
    path: Path, *, seed: int = 1, size: float = 0.05, width: int = N_EMBD, poison: float | None = None,
    kept_as: str = "F32", architecture: str = "llama",
) -> Path:  # fmt: skip
    """A random LoRA of rank 4 on the query projection of some layers, in F32, F16 or BF16."""
    chance = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    kind = gguf.GGMLQuantizationType[kept_as]
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 8.0)
    for layer in range(4, 12):
        a = chance.normal(size=(4, width)).astype(np.float32) * size
        b = chance.normal(size=(width, 4)).astype(np.float32) * size
        if poison is not None:
            a[0, 0] = poison
        for name, numbers in (("lora_a", a), ("lora_b", b)):
            kept = gguf.quantize(numbers.astype(np.float32), kind)
            writer.add_tensor(f"blk.{layer}.attn_q.weight.{name}", kept, raw_dtype=kind)
    _finish(writer)
    return path


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
