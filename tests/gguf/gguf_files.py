"""Writes tiny GGUF files: a few key/value pairs, and tensors of zeros."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"

CHAT: dict[str, object] = {
    "general.architecture": "llama",
    "general.type": "model",
    "general.name": "Tiny Chat",
    "general.basename": "tiny",
    "general.size_label": "1K",
    "general.file_type": 3,
    "llama.block_count": 4,
    "llama.context_length": 2048,
    "llama.embedding_length": 64,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["<s>", "a", "b"],
    "tokenizer.ggml.scores": [0.0, 1.0, 2.0],
    "tokenizer.chat_template": TEMPLATE,
}
# name, dimensions, type (2 is Q4_0: 18 bytes for 32 elements; 0 is F32)
TENSORS: tuple[tuple[str, tuple[int, ...], int], ...] = (("token_embd.weight", (64, 32), 2), ("norm.weight", (64,), 0))
_BYTES = {0: (1, 4), 1: (1, 2), 2: (32, 18), 12: (256, 144)}


def gguf_bytes(
    pairs: Mapping[str, object] = CHAT,
    tensors: Sequence[tuple[str, tuple[int, ...], int]] = TENSORS,
    *,
    version: int = 3,
    with_data: bool = True,
) -> bytes:
    """A whole file. Values: bool, int (uint32), float, str, lists of them; the data of the tensors is zeros."""
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs))
    for key, value in pairs.items():
        kind, data = _encoded(value)
        head += _text(key) + struct.pack("<I", kind) + data
    offset = 0
    for name, dims, type_number in tensors:
        head += _text(name) + struct.pack(f"<I{len(dims)}Q", len(dims), *dims)
        head += struct.pack("<IQ", type_number, offset)
        elements = 1
        for length in dims:
            elements *= length
        per_block, size = _BYTES.get(type_number, (1, 1))
        last = elements // per_block * size
        end = offset + last
        offset = -(-end // 32) * 32
    data_size = (offset - (-(-last // 32) * 32) + last) if tensors else 0
    head += bytes(-len(head) % 32)
    return head + (bytes(data_size) if with_data else b"")


def write_gguf(path: Path, pairs: Mapping[str, object] = CHAT, **more: object) -> Path:
    """`CHAT` with `more` over it (a key's dots written as __), or other pairs; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf_bytes({**pairs, **{key.replace("__", "."): value for key, value in more.items()}}))
    return path


def _encoded(value: object) -> tuple[int, bytes]:
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, int):
        return (4, struct.pack("<I", value)) if value < 2**32 else (10, struct.pack("<Q", value))
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    if isinstance(value, str):
        return 8, _text(value)
    assert isinstance(value, list)
    kind = _encoded(value[0])[0] if value else 4
    return 9, struct.pack("<IQ", kind, len(value)) + b"".join(_encoded(item)[1] for item in value)


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw
