"""A context that holds several sequences and computes parts of them together, by one call of llama.cpp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warmchat.domain.errors import EngineError
from warmchat.engine.llama.bindings import bindings as _c
from warmchat.engine.llama.native import ABORTED, Context


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens that one sequence reads next.

    Attributes:
        position: of the first of them in its sequence.
        draws: a token is drawn after the last of them, so that its logits are wanted.
    """

    sequence: int
    tokens: Sequence[int]
    position: int
    draws: bool


class BatchContext(Context):
    """Several sequences over one KV memory. What two of them have in common is stored once.

    Made as a `Context` with several ``sequences``, numbered from 0, which share its ``n_ctx`` tokens.
    """

    def decode_parts(self, parts: Sequence[Part]) -> bool:
        """Read all parts; a part's logits are then found at the index of its last token among all of them.

        Returns:
            False where the abort flag stopped it: then nothing of any part is kept.

        Raises:
            EngineError: llama.cpp failed in it; what is in memory is uncertain.
        """
        batch, index = self._batch, 0
        for part in parts:
            for offset, token in enumerate(part.tokens):
                batch.token[index] = token
                batch.pos[index] = part.position + offset
                batch.seq_id[index][0] = part.sequence
                batch.logits[index] = 0
                index += 1
            batch.logits[index - 1] = part.draws
        batch.n_tokens = index
        code = _c.llama_decode(self._context, batch)
        if code == 0:
            return True
        if code == ABORTED:
            for part in parts:
                self.cut_sequence(part.sequence, part.position)
            return False
        raise EngineError(f"llama.cpp failed in a batch (code {code})", "the native log tells more")

    def share(self, source: int, target: int, length: int) -> None:
        """Let the (empty) target hold the first `length` tokens of the source too; nothing is computed or copied."""
        _c.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def cut_sequence(self, sequence: int, length: int) -> None:
        """Forget what this sequence holds from position `length` on; others that share it keep it."""
        _c.llama_memory_seq_rm(self._memory, sequence, length, -1)
