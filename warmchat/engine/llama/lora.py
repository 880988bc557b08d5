"""A LoRA file as llama.cpp holds it: loaded once for a model, bound to contexts by `Context.use_adapters`."""

from __future__ import annotations

from warmchat.domain.errors import AdapterError
from warmchat.engine.llama.bindings import bindings as _c
from warmchat.engine.llama.native import Model


class LoraAdapter:
    """A LoRA, loaded for one model.

    Raises:
        AdapterError: llama.cpp would not load it for this model.
    """

    def __init__(self, model: Model, path: str) -> None:
        self.pointer = _c.llama_adapter_lora_init(model.pointer, path.encode())
        if not self.pointer:
            raise AdapterError(
                f"llama.cpp could not load the LoRA {path} for {model.description}",
                "it must have been made for this architecture and size; the native log tells more",
            )

    def close(self) -> None:
        if self.pointer:
            _c.llama_adapter_lora_free(self.pointer)
            self.pointer = None
