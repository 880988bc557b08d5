"""Whether model and context fit this machine, asked before anything is allocated: llama.cpp would end the process."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from warmchat.domain.errors import NotEnoughMemory

AUTOMATIC_CONTEXT = 8192  # tokens; more is a wish to be stated, for it costs memory and reading time
SMALLEST_CONTEXT = 512
RESERVE = 256 << 20  # bytes left for compute buffers and the rest of the program
GIB = 1 << 30


def available_memory() -> int:
    """Bytes that can be allocated without swapping."""
    return int(psutil.virtual_memory().available)


@dataclass(frozen=True, slots=True)
class ContextChoice:
    """A context size in tokens, and in words why it is that size."""

    n_ctx: int
    reason: str


def check_weights(size: int, available: int) -> None:
    """Refuse weights of `size` bytes that `available` bytes cannot hold."""
    if size + RESERVE > available:
        raise NotEnoughMemory(
            f"The model takes {size / GIB:.1f} GiB and {available / GIB:.1f} GiB are free",
            "use a smaller model or a stronger quantisation (Q4_K_M), or close other programs",
        )


def choose_context(*, wanted: int, trained: int, kv_per_token: int, free: int) -> ContextChoice:
    """The context size to use.

    Args:
        wanted: tokens asked for; 0 leaves the choice to us.
        trained: tokens that the model was trained for.
        kv_per_token: bytes of KV memory a token takes.
        free: bytes that KV memory may take in all, weights and reserve already taken off.

    Raises:
        NotEnoughMemory: what was asked for does not fit, or not even the smallest would.
    """
    fits = max(0, free) // max(1, kv_per_token)
    if wanted > 0:
        if wanted > fits:
            raise NotEnoughMemory(
                f"A context of {wanted:,} tokens takes {wanted * kv_per_token / GIB:.1f} GiB; "
                f"{max(0, free) / GIB:.1f} GiB are free for it",
                f"at most --ctx {fits // 256 * 256} fits here" if fits >= SMALLEST_CONTEXT else "use a smaller model",
            )
        return ContextChoice(wanted, "asked for")
    natural = min(trained, AUTOMATIC_CONTEXT) if trained > 0 else AUTOMATIC_CONTEXT
    if natural * 2 <= fits:  # two voices keep their texts at once
        return ContextChoice(natural, "what the model was trained for, at most 8,192")
    smaller = fits // 2 // 256 * 256
    if smaller < SMALLEST_CONTEXT:
        raise NotEnoughMemory(
            f"Only {max(0, free) / GIB:.1f} GiB are free beside the model: too little for a context",
            "use a smaller model, or close other programs",
        )
    return ContextChoice(smaller, f"what memory allows for two voices; the model was trained for {trained:,}")
