"""Kinds of server: by what each is known, and what it takes beyond the common API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

_LLAMA = {
    "top_k": "top_k",
    "min_p": "min_p",
    "repeat_penalty": "repeat_penalty",
    "repeat_last_n": "repeat_last_n",
    "dry_multiplier": "dry_multiplier",
    "dry_allowed_length": "dry_allowed_length",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of server.

    Attributes:
        owner: what it writes into ``owned_by`` of its models.
        takes: names of `Sampling` beyond the common API that it takes, each with the server's own name for it.
        counts: how it counts tokens: of the text that its template makes, of messages, or not at all.
        usual_n_ctx: its window where it does not say and was not told.
        continues: it goes on from a message of the assistant at the end; ``continue_fields`` ask for that.
        refuses_excess: it refuses a request whose ``max_tokens`` would not fit behind the prompt, instead of stopping
            where the window is full.
    """

    name: str
    owner: str
    takes: dict[str, str] = field(default_factory=dict)
    counts: Literal["text", "messages", ""] = ""
    usual_n_ctx: int = 0
    continues: bool = False
    continue_fields: dict[str, bool] = field(default_factory=dict)
    refuses_excess: bool = False
    tells_progress: bool = False


KINDS = (
    Kind("llama.cpp", "llamacpp", _LLAMA, counts="text", continues=True, tells_progress=True),
    Kind(
        "vLLM", "vllm", {"top_k": "top_k", "min_p": "min_p", "repeat_penalty": "repetition_penalty"},
        counts="messages", continues=True, refuses_excess=True,
        continue_fields={"add_generation_prompt": False, "continue_final_message": True},
    ),
    Kind("Ollama", "library", usual_n_ctx=4096),
    # Its own counting waits for the reply that is being made, or ends it: it is not used.
    Kind(
        "llama_cpp.server", "me", {"top_k": "top_k", "min_p": "min_p", "repeat_penalty": "repeat_penalty"},
        usual_n_ctx=2048,
    ),
)  # fmt: skip
UNKNOWN = Kind("", "", _LLAMA, refuses_excess=True)
