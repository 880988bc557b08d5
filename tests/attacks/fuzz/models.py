"""Targets that read model files: headers and templates in this process, whole models and adapters in the child."""

from __future__ import annotations

import struct
import tempfile
from functools import cache
from pathlib import Path
from random import Random

import numpy as np

import gguf
from tests.adapters.train.tiny_models import TEMPLATE, WIDTH, tiny_model
from tests.attacks.fuzz.case import Target, run_cli
from tests.attacks.fuzz.mutate import NUMBERS, hostile_text, mutated
from tests.attacks.fuzz.written import JINJA, jinja_template
from tests.engine.adapter_files import control_vector
from tests.gguf.gguf_files import gguf_bytes
from warmchat.domain.conversation import Message
from warmchat.domain.profile import Sampling
from warmchat.engine.config import EngineConfig
from warmchat.engine.process import ProcessEngine
from warmchat.engine.protocol import AdapterSpec, Finished, Job

KEYS = (
    "general.architecture", "general.name", "general.alignment", "general.type", "tokenizer.chat_template",
    "tokenizer.ggml.model", "tokenizer.ggml.pre", "tokenizer.ggml.tokens", "tokenizer.ggml.token_type",
    "tokenizer.ggml.merges", "tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id", "llama.block_count",
    "llama.context_length", "llama.embedding_length", "llama.feed_forward_length", "llama.attention.head_count",
    "llama.attention.head_count_kv", "llama.rope.dimension_count", "llama.rope.freq_base", "llama.vocab_size",
    "llama.attention.layer_norm_rms_epsilon", "token_embd.weight", "output_norm.weight", "blk.0.attn_q.weight",
    "adapter.type", "adapter.lora.alpha", "controlvector.model_hint", "controlvector.layer_count", "direction.1",
)  # fmt: skip
WORDS = tuple(
    [key.encode() for key in KEYS]
    + [b"GGUF", b"llama", b"qwen2", b"gemma3", b"mamba", b"bert", b"t5", b"clip", b"gpt2", b"spm", b"bpe", b"lora"]
    + [struct.pack("<I", kind) for kind in range(14)]
)
CHAT = (Message("system", "Be kind."), Message("user", "What is it?"), Message("assistant", "x"), Message("user", "?"))


@cache
def _good(kind: str) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "x.gguf"
        if kind == "model":
            tiny_model(file)
        elif kind == "lora":
            _small_lora(file)
        else:
            control_vector(file, width=64, layers=range(1, 2))
        return file.read_bytes()


def _small_lora(file: Path) -> None:
    """A LoRA of rank 4 on the query projection of the tiny model's two layers."""
    chance = np.random.default_rng(1)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 8.0)
    for layer in range(2):
        for name, shape in (("lora_a", (4, WIDTH)), ("lora_b", (WIDTH, 4))):
            numbers = chance.normal(size=shape).astype(np.float32) * 0.1
            writer.add_tensor(f"blk.{layer}.attn_q.weight.{name}", numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _header_end(data: bytes | bytearray) -> int:
    """Where the names of tensors are surely over: most of what is behind is numbers, and harmless."""
    last = max(data.rfind(b".weight"), data.rfind(b"direction."), data.rfind(b"lora_b"))
    return min(len(data), last + 64)


def _gguf(rng: Random, folder: Path) -> Path:
    kind = rng.choice(("model", "lora", "vector", "small"))
    data = gguf_bytes() if kind == "small" else _good(kind)
    file = folder / rng.choice(("x.gguf", "x-00001-of-00003.gguf", "\x1b[31m.gguf", "a\u202eb.gguf"))
    file.write_bytes(mutated(rng, data, WORDS, within=_header_end(data)))
    return file


def _use_header(file: Path) -> None:
    from warmchat.gguf.header import read_header
    from warmchat.models.adapters import AdapterShelf
    from warmchat.models.find import Places, find_models
    from warmchat.ui.pickers.rows import model_rows

    model_rows(find_models(Places(here=file.parent)))
    for command in (("models", "info"), ("adapters", "info")):
        run_cli(*command, str(file))
        run_cli(*command, str(file), "--json")
    read_header(file)
    AdapterShelf.look_at(file)


# ---- templates


def _template(rng: Random, folder: Path) -> Path:
    file = folder / "template.jinja"
    trimmed = "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}{% endfor %}"
    honest = (TEMPLATE, JINJA[0], trimmed)
    file.write_bytes(jinja_template(rng, honest).encode("utf-8", "surrogatepass"))
    return file


def _use_template(file: Path) -> None:
    from warmchat.engine.llama.template import ChatTemplate

    template = ChatTemplate(file.read_bytes().decode("utf-8", "replace"), bos="<s>", eos="</s>")
    for messages in (CHAT, CHAT[1:], CHAT[1:2] * 60):
        template.pieces(messages)
        template.pieces(messages, reply=False, bare=True)


# ---- whole models, and adapters on a good one: what llama.cpp makes of them stays in the child


def _model(rng: Random, folder: Path) -> Path:
    data = bytearray(_good("model"))
    end = _header_end(data)
    file = folder / "x.gguf"
    deed = rng.random()
    if deed < 0.4:  # one number of its metadata, wherever its key stands
        for _ in range(rng.choice((1, 1, 2))):
            key = rng.choice(KEYS[6:22]).encode()
            at = data.find(key)
            if at >= 0:
                at += len(key) + 4
                data[at : at + 4] = struct.pack("<Q", rng.choice(NUMBERS[:20]) % 2**64)[:4]
    elif deed < 0.5:
        text = rng.choice(JINJA) if rng.random() < 0.7 else hostile_text(rng)
        data = bytearray(_with_template(bytes(data), text.encode("utf-8", "replace")))
    else:
        data = bytearray(mutated(rng, bytes(data), WORDS, within=end, in_place=rng.random() < 0.8))
    file.write_bytes(bytes(data))
    return file


def _with_template(data: bytes, template: bytes) -> bytes:
    """The file with another chat template, as long as the old one: cut, or filled up."""
    old = TEMPLATE.encode()
    return data.replace(old, template[: len(old)].ljust(len(old)))


def _use_model(file: Path) -> None:
    from warmchat.gguf.header import chat_model

    _load_and_speak(file, chat_model(file).identity)


def _use_unchecked(file: Path) -> None:
    """Past our own look at the header, which refuses most of what would end llama.cpp."""
    _load_and_speak(file, "unchecked")


def _load_and_speak(file: Path, identity: str) -> None:
    engine = ProcessEngine(EngineConfig(str(file), identity, n_ctx=256, threads=1, memory_limit=1 << 30))
    try:
        engine.describe()
        _speak(engine)
    finally:
        engine.close()


def _speak(engine: ProcessEngine, *adapters: AdapterSpec) -> None:
    *_, last = engine.submit(Job(CHAT, Sampling(max_tokens=3), sequence="voice", adapters=adapters))
    if not isinstance(last, Finished):
        raise AssertionError("a job that ends without an end")


def _adapter(rng: Random, folder: Path) -> Path:
    kind = rng.choice(("lora", "vector"))
    data = _good(kind)
    file = folder / f"{kind}.gguf"
    within = _header_end(data) if rng.random() < 0.8 else 0
    file.write_bytes(mutated(rng, data, WORDS, within=within, in_place=rng.random() < 0.8))
    return file


class _Seat:
    """One good engine for many adapters; a new one after each that its process did not survive."""

    engine: ProcessEngine | None = None


def leave_seat() -> None:
    """Close the engine that the adapters were tried on, if there is one."""
    engine, _Seat.engine = _Seat.engine, None
    if engine is not None:
        engine.close()


def _use_adapter(file: Path) -> None:
    if _Seat.engine is None:
        model = Path(tempfile.mkdtemp(dir=file.parents[1])) / "good.gguf"
        model.write_bytes(_good("model"))
        _Seat.engine = ProcessEngine(EngineConfig(str(model), n_ctx=256, threads=1, memory_limit=1 << 30))
    spec = AdapterSpec("lora" if file.stem == "lora" else "control_vector", "x", str(file), 0.5)
    try:
        _speak(_Seat.engine, spec)
    finally:  # also where its process died of it, which is a refusal, too
        _speak(_Seat.engine)  # without the adapter it works as ever


TARGETS = (
    Target("model header", _gguf, _use_header, batch=200),
    Target("chat template", _template, _use_template, seconds=60.0, batch=200),
    Target("model in the engine", _model, _use_model, seconds=90.0, batch=30),
    Target("model past our checks", _model, _use_unchecked, seconds=90.0, batch=30),
    Target("adapter in the engine", _adapter, _use_adapter, seconds=90.0, batch=60),
)
