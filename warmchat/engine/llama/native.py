"""The one door to llama.cpp: every native handle has one owner here, with a `close`.

Nothing above this module sees a pointer. All calls but tokenising are made by the thread that owns the context.
"""

from __future__ import annotations

import ctypes
import re
import sys
from array import array
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from warmchat.domain.errors import AdapterError, EngineError, ModelError
from warmchat.engine.llama.bindings import bindings, model_params

if TYPE_CHECKING:
    from warmchat.engine.llama.lora import LoraAdapter


_c = bindings

ABORTED = 2  # what llama_decode returns when the abort callback said so
NO_ROOM = 1

KV_TYPES = {"f16": 1, "q8_0": 8}  # ggml's numbers of the types that keys and values may be kept in
SWITCH = {"auto": -1, "off": 0, "on": 1}  # llama.cpp's numbers, of flash attention and of mapping; auto asks the device

SCORED = 32  # most tokens whose logits are kept at once: each takes as many floats as there are words
DRY_BREAKERS = (b"\n", b":", b'"', b"*")  # llama.cpp's own: repetition across these is form, not a loop

LogSink = Callable[[str], None]


class Backend:
    """llama.cpp's global state: initialised once, its talk sent to `sink` line by line."""

    def __init__(self, sink: LogSink) -> None:
        @_c.llama_log_callback  # type: ignore[untyped-decorator]
        def forward(_level: int, text: bytes, _data: object) -> None:
            sink(text.decode("utf-8", "replace"))

        self._callback = forward  # llama.cpp keeps the pointer: it must outlive every call
        _c.llama_log_set(forward, ctypes.c_void_p(0))
        _c.llama_backend_init()

    @staticmethod
    def version() -> str:
        """llama.cpp's own build number, as it names it."""
        return str(_c.llama_version().decode())

    @staticmethod
    def machine() -> str:
        """The kinds of instructions and code that llama.cpp uses here, in its own names, such as ``AVX2 FMA``."""
        used = re.findall(r"(\w+) = 1\b", _c.llama_print_system_info().decode())
        return " ".join(name for name in used if model_params().use_extra_bufts or name not in ("REPACK", "AMX_INT8"))


class AbortFlag:
    """A flag that llama.cpp looks at between the nodes of its graph; any thread may raise it.

    The callback is libc's ``strlen`` over a two-byte buffer: 0 for an empty string, 1 for "\\x01". A Python callback
    would take the interpreter's lock some thousand times a token and would cost a quarter of the speed.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        libc = ctypes.CDLL(None) if sys.platform != "win32" else ctypes.cdll.msvcrt
        self.callback = ctypes.cast(libc.strlen, _c.ggml_abort_callback)
        self.data = ctypes.cast(self._buffer, ctypes.c_void_p)

    def set(self) -> None:
        self._buffer[0] = b"\x01"

    def clear(self) -> None:
        self._buffer[0] = b"\x00"

    def is_set(self) -> bool:
        return bool(self._buffer[0] != b"\x00")


class Model:
    """The weights and the vocabulary of one GGUF file. Tokenising is safe from any thread.

    Args:
        gpu_layers: kept on a GPU; -1 for all. mmap: a key of `SWITCH`: map the file, or read it into memory of our own.

    Raises:
        ModelError: llama.cpp would not load it; the last lines of its log say why.
    """

    def __init__(self, path: str, *, gpu_layers: int = -1, mmap: str = "auto", vocab_only: bool = False) -> None:
        params = model_params()
        params.n_gpu_layers = 999 if gpu_layers < 0 else gpu_layers
        params.load_mode = SWITCH[mmap]
        params.vocab_only = vocab_only
        self._model = _c.llama_model_load_from_file(path.encode(), params)
        if not self._model:
            raise ModelError(f"llama.cpp could not load {path}", "warmchat models check FILE tells more")
        self._vocab = _c.llama_model_get_vocab(self._model)
        self._pieces: dict[int, bytes] = {}
        self._dry: dict[tuple[float, int], ctypes.c_void_p] = {}

    def close(self) -> None:
        for step in self._dry.values():
            _c.llama_sampler_free(step)
        self._dry.clear()
        if self._model:
            _c.llama_model_free(self._model)
            self._model = None

    @property
    def pointer(self) -> ctypes.c_void_p:
        return self._model  # type: ignore[no-any-return]

    def meta(self, key: str) -> str:
        """A metadata value as text; empty where the file has none."""
        size = _c.llama_model_meta_val_str(self._model, key.encode(), None, 0)
        if size < 0:
            return ""
        buffer = ctypes.create_string_buffer(size + 1)
        _c.llama_model_meta_val_str(self._model, key.encode(), buffer, size + 1)
        return buffer.value.decode("utf-8", "replace")

    @property
    def n_ctx_train(self) -> int:
        return int(_c.llama_model_n_ctx_train(self._model))

    @property
    def architecture(self) -> str:
        return self.meta("general.architecture")

    @property
    def n_embd(self) -> int:
        """Numbers in the residual stream."""
        return int(_c.llama_model_n_embd(self._model))

    @property
    def n_layer(self) -> int:
        return int(_c.llama_model_n_layer(self._model))

    @property
    def n_params(self) -> int:
        return int(_c.llama_model_n_params(self._model))

    @property
    def size(self) -> int:
        """Bytes of all tensors."""
        return int(_c.llama_model_size(self._model))

    @property
    def description(self) -> str:
        """llama.cpp's short description, such as ``llama 135M Q4_1``."""
        buffer = ctypes.create_string_buffer(256)
        _c.llama_model_desc(self._model, buffer, 256)
        return buffer.value.decode("utf-8", "replace")

    @property
    def n_vocab(self) -> int:
        return int(_c.llama_vocab_n_tokens(self._vocab))

    @property
    def bos(self) -> int:
        return int(_c.llama_vocab_bos(self._vocab))

    @property
    def eos(self) -> int:
        return int(_c.llama_vocab_eos(self._vocab))

    @property
    def adds_bos(self) -> bool:
        """The vocabulary wants a beginning-of-sequence token before everything."""
        return bool(_c.llama_vocab_get_add_bos(self._vocab))

    @property
    def can_generate(self) -> bool:
        """A decoder (encoders and embedding models are not chat models)."""
        return bool(_c.llama_model_has_decoder(self._model)) and not bool(_c.llama_model_has_encoder(self._model))

    @property
    def is_recurrent(self) -> bool:
        """Some layer remembers by a state that neither can be cut nor shared in part."""
        return bool(_c.llama_model_is_recurrent(self._model)) or bool(_c.llama_model_is_hybrid(self._model))

    def tokenise(self, text: str, *, special: bool) -> list[int]:
        """Token ids; with `special`, text such as ``<|im_end|>`` becomes the token it names."""
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        buffer = (_c.llama_token * room)()
        count = _c.llama_tokenize(self._vocab, raw, len(raw), buffer, room, False, special)
        if count < 0:
            room = -count
            buffer = (_c.llama_token * room)()
            count = _c.llama_tokenize(self._vocab, raw, len(raw), buffer, room, False, special)
        return list(buffer[:count])

    def dry(self, multiplier: float, allowed_length: int) -> ctypes.c_void_p:
        """A sampler step that makes it dear to go on with a repeated sequence of tokens; the caller owns it."""
        key = (multiplier, allowed_length)
        if key not in self._dry:  # it looks through the whole vocabulary: 16 ms, too much for each reply's first token
            breakers = (ctypes.c_char_p * len(DRY_BREAKERS))(*DRY_BREAKERS)
            self._dry[key] = _c.llama_sampler_init_dry(
                self._vocab, multiplier, 1.75, allowed_length, self.n_ctx_train, breakers, len(DRY_BREAKERS)
            )
        step: ctypes.c_void_p = _c.llama_sampler_clone(self._dry[key])
        return step

    def is_end(self, token: int) -> bool:
        """The token ends a reply."""
        return bool(_c.llama_vocab_is_eog(self._vocab, token))

    def token_text(self, token: int) -> str:
        """The token as the vocabulary spells it, for templates (``bos_token``)."""
        if token < 0:
            return ""
        return str(_c.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace"))

    def piece(self, token: int) -> bytes:
        """The bytes that the token adds to a text. Control tokens add none, but for the marks of a thinking block."""
        found = self._pieces.get(token)
        if found is None:
            found = self._piece(token, special=False)
            if not found:
                named = self._piece(token, special=True)
                found = named if named in (b"<think>", b"</think>") else b""
            self._pieces[token] = found
        return found

    def _piece(self, token: int, *, special: bool) -> bytes:
        buffer = ctypes.create_string_buffer(256)
        size = _c.llama_token_to_piece(self._vocab, token, buffer, 256, 0, special)
        if size < 0:
            buffer = ctypes.create_string_buffer(-size)
            size = _c.llama_token_to_piece(self._vocab, token, buffer, -size, 0, special)
        return bytes(buffer.raw[:size])


class Context:
    """One llama context: its KV memory and its compute buffers, holding one sequence of tokens.

    Args:
        n_ctx: tokens it can hold.
        chunk: the most tokens that one `decode` takes; llama.cpp computes them in one go.
        kv_type: a key of `KV_TYPES`, for keys and values both. flash_attention: a key of `SWITCH`.
        sequences: more than one for a `BatchContext`; they share the `n_ctx` tokens.
        watch: a C callback that sees each tensor as it is computed; it slows every decode down.
    """

    def __init__(
        self, model: Model, *, n_ctx: int, threads: int, chunk: int, gpu_layers: int = -1,
        kv_type: str = "f16", flash_attention: str = "auto", sequences: int = 1, watch: object = None,
    ) -> None:  # fmt: skip
        self.abort = AbortFlag()
        self._threads = threads
        params = _c.llama_context_default_params()
        params.n_ctx = n_ctx
        params.n_batch = params.n_ubatch = chunk
        params.n_seq_max = sequences
        params.kv_unified = sequences > 1  # or each would have a part of its own, and could not share what is read
        params.n_outputs_max = max(SCORED, sequences)  # without this, room is taken for the logits of a whole chunk
        params.n_threads = params.n_threads_batch = threads
        params.no_perf = True
        params.offload_kqv = gpu_layers != 0
        params.type_k = params.type_v = KV_TYPES[kv_type]
        params.flash_attn_type = SWITCH[flash_attention]
        params.abort_callback = self.abort.callback
        params.abort_callback_data = self.abort.data
        params.cb_eval = watch or params.cb_eval
        self._context = _c.llama_init_from_model(model.pointer, params)
        if not self._context:
            raise EngineError("llama.cpp could not make a context", "try a smaller --ctx, or --kv-type f16")
        self._memory = _c.llama_get_memory(self._context)
        self._n_vocab = model.n_vocab
        self._batch = _c.llama_batch_init(chunk, 0, 1)
        for index in range(chunk):
            self._batch.n_seq_id[index] = 1
            self._batch.seq_id[index][0] = 0

    def close(self) -> None:
        if self._context:
            _c.llama_batch_free(self._batch)
            _c.llama_free(self._context)
            self._context = None

    @property
    def pointer(self) -> ctypes.c_void_p:
        return self._context  # type: ignore[no-any-return]

    @property
    def n_ctx(self) -> int:
        return int(_c.llama_n_ctx(self._context))

    def use_threads(self, threads: int) -> None:
        """Compute with so many threads from the next decode on."""
        if threads != self._threads:
            _c.llama_set_n_threads(self._context, threads, threads)
            self._threads = threads

    def decode(self, tokens: Sequence[int], position: int, *, keep_all: bool = False) -> bool:
        """Read tokens, the first at `position`; the logits after the last one are then there to sample from.

        Args:
            keep_all: keep the logits after every token (at most `SCORED`), for `logprobs`.

        Returns:
            False where the abort flag stopped it; `length` then says what was kept.

        Raises:
            EngineError: llama.cpp failed in it.
        """
        batch = self._batch
        last = len(tokens) - 1
        batch.n_tokens = last + 1
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = position + index
            batch.logits[index] = keep_all
        batch.logits[last] = 1
        code = _c.llama_decode(self._context, batch)
        if code == 0:
            return True
        if code == ABORTED:
            return False
        if code == NO_ROOM:
            raise EngineError("The context is full", "start a new session, or use a larger --ctx")
        raise EngineError(f"llama.cpp failed while reading (code {code})", "the native log tells more")

    @property
    def length(self) -> int:
        """Tokens in memory."""
        return int(_c.llama_memory_seq_pos_max(self._memory, 0)) + 1

    def cut(self, length: int) -> bool:
        """Forget everything from position `length` on. False where this kind of memory cannot (recurrent models)."""
        return bool(_c.llama_memory_seq_rm(self._memory, 0, length, -1))

    def clear(self) -> None:
        """Forget everything."""
        _c.llama_memory_clear(self._memory, False)

    def use_adapters(self, loras: Sequence[tuple[LoraAdapter, float]], vector: array[float] | None, width: int) -> None:
        """Compute with these LoRA adapters and control vector from the next decode on; what was read before is stale.

        Args:
            vector: what is added to the residual stream, layer after layer from layer 1 on; None for nothing.
            width: numbers a layer (the model's embedding length).
        """
        pointers = (_c.llama_adapter_lora_p_ctypes * len(loras))(*(lora.pointer for lora, _ in loras))
        scales = (ctypes.c_float * len(loras))(*(scale for _, scale in loras))
        code = _c.llama_set_adapters_lora(self._context, pointers, len(loras), scales)
        if vector is None:
            code = code or _c.llama_set_adapter_cvec(self._context, None, 0, width, 0, 0)
        else:
            data = (ctypes.c_float * len(vector)).from_buffer(vector)
            code = code or _c.llama_set_adapter_cvec(
                self._context, data, len(vector), width, 1, len(vector) // width
            )
        if code != 0:
            raise AdapterError(f"llama.cpp would not use the adapter (code {code})", "does it fit this model?")

    def logprobs(self, tokens: Sequence[int]) -> list[float]:
        """Natural log-probabilities: of tokens[i] after the i-th token of the last `decode`, which kept its logits."""
        import numpy as np  # here, not above: only scores need it, and it takes a tenth of a second

        out = []
        for index, token in enumerate(tokens):
            row = np.ctypeslib.as_array(_c.llama_get_logits_ith(self._context, index), shape=(self._n_vocab,))
            wide = row.astype(np.float64)
            top = wide.max()
            out.append(float(wide[token] - top - np.log(np.exp(wide - top).sum())))
        return out
