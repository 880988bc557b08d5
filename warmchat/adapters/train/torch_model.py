"""The model in PyTorch, read from the GGUF, with a LoRA on it. Transformers and peft are imported here alone."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warmchat.adapters.train.exchanges import by_length
from warmchat.adapters.train.layout import TARGETS
from warmchat.adapters.train.recipe import Recipe
from warmchat.domain.errors import TrainingError
from warmchat.domain.text import one_line
from warmchat.engine.llama.threads import usable_threads
from warmchat.engine.llama.vocabulary import Exchange
from warmchat.gguf.header import GGUFHeader

if TYPE_CHECKING:
    from warmchat.adapters.train.layout import Matrix

NEEDED = ("torch", "transformers", "peft", "matplotlib")
TOKENS_AT_ONCE = 512  # more is hardly faster on a CPU and costs memory: the layers' values are kept for the way back
FLOAT = 4  # bytes
SPARE = 1 << 29


def check_extra() -> None:
    """Raise `TrainingError` where a package of the extra is missing."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise TrainingError(f"Training needs {', '.join(missing)}", "pip install 'warmchat[train]'")


def memory_need(header: GGUFHeader) -> int:
    """Bytes that training takes at its height, roughly: the weights as 32-bit floats, twice while they are read; then
    once, with what the layers and the words' scores keep for the way back."""
    weights = FLOAT * header.n_params
    layers = header.block_count * header.embedding_length * 24 * TOKENS_AT_ONCE * FLOAT
    words = 3 * TOKENS_AT_ONCE * 160_000 * FLOAT  # 160,000: a large vocabulary
    return max(2 * weights, weights + layers + words) + SPARE


class TorchModel:
    """A model with a LoRA on all linear layers of its blocks. Make it with `load`.

    Attributes:
        heads, heads_kv: of the attention, for queries and for keys.
    """

    def __init__(self, model: Any, recipe: Recipe) -> None:
        import peft
        import torch

        self._torch = torch
        self._model = model
        self._bf16 = recipe.precision == "bf16"
        self.heads: int = model.config.num_attention_heads
        self.heads_kv: int = model.config.num_key_value_heads
        torch.manual_seed(recipe.seed)
        config = peft.LoraConfig(
            r=recipe.rank, lora_alpha=recipe.alpha, lora_dropout=recipe.dropout, target_modules=list(TARGETS),
            task_type="CAUSAL_LM",
        )  # fmt: skip
        self._peft = peft.get_peft_model(model, config)  # puts the LoRA into `model` itself

    @staticmethod
    def load(path: Path, recipe: Recipe) -> TorchModel:
        """Read the weights, as 32-bit floats.

        Raises:
            TrainingError: transformers cannot read this file.
        """
        with _quiet():
            import torch
            from transformers import AutoModelForCausalLM

            try:
                model = AutoModelForCausalLM.from_pretrained(
                    str(path.parent), gguf_file=path.name, dtype=torch.float32, local_files_only=True
                )
            except (OSError, ValueError, KeyError, RuntimeError, NotImplementedError) as error:
                raise TrainingError(
                    f"transformers cannot read {one_line(path.name)}: {one_line(str(error))}",
                    "another quantisation of the model may work (Q8_0, Q4_0, Q4_1, F16)",
                ) from error
            model.config.use_cache = False
            return TorchModel(model, recipe)

    @property
    def trainable(self) -> list[Any]:
        """The LoRA's tensors."""
        return [tensor for tensor in self._peft.parameters() if tensor.requires_grad]

    def train(self, on: bool) -> None:
        """With dropout, or without."""
        self._peft.train(on)

    @contextmanager
    def bare(self) -> Iterator[None]:
        """In the block the LoRA counts for nothing."""
        with self._peft.disable_adapter():
            yield

    def learn(self, exchanges: Sequence[Exchange]) -> float:
        """Add the gradient of the mean negative log-likelihood of all reply tokens (the end token among them).

        Returns:
            That mean, in nats a token.
        """
        total = sum(len(exchange.ids) - exchange.start for exchange in exchanges)
        loss = 0.0
        for group in by_length(exchanges, TOKENS_AT_ONCE):
            with self._torch.autocast("cpu", self._torch.bfloat16, enabled=self._bf16):
                part = -self._log_likelihoods([exchanges[index] for index in group]).sum() / total
            part.backward()
            loss += float(part.detach())
        return loss

    def log_likelihoods(self, exchanges: Sequence[Exchange]) -> list[list[float]]:
        """The natural log-probability of each reply token, end token last, exchange by exchange."""
        out: list[list[float]] = [[] for _ in exchanges]
        self.train(False)
        with self._torch.no_grad():
            for group in by_length(exchanges, TOKENS_AT_ONCE):
                flat = self._log_likelihoods([exchanges[index] for index in group]).tolist()
                for index in group:
                    size = len(exchanges[index].ids) - exchanges[index].start
                    out[index], flat = flat[:size], flat[size:]
        return out

    def lora(self) -> dict[str, tuple[Matrix, Matrix]]:
        """A and B of each trained layer by module name, as `layout.file_tensors` takes them."""
        out = {}
        for name, module in self._model.named_modules():
            if hasattr(module, "lora_A"):
                a, b = (getattr(module, which)["default"].weight for which in ("lora_A", "lora_B"))
                out[name] = (a.detach().float().numpy().copy(), b.detach().float().numpy().copy())
        return out

    def state(self) -> dict[str, Any]:
        """The LoRA, to be kept in a checkpoint."""
        return {name: t.detach().clone() for name, t in self._peft.named_parameters() if t.requires_grad}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Take the LoRA of a checkpoint."""
        with self._torch.no_grad():
            for name, tensor in self._peft.named_parameters():
                if tensor.requires_grad:
                    tensor.copy_(state[name])

    def _log_likelihoods(self, exchanges: Sequence[Exchange]) -> Any:
        """Of all reply tokens, one after the other. Only their places go through the last layer: it is as wide as the
        vocabulary, a fifth of the work in a small model."""
        torch = self._torch
        longest = max(len(exchange.ids) for exchange in exchanges)
        ids = torch.zeros((len(exchanges), longest), dtype=torch.long)
        mask = torch.zeros_like(ids)
        targets = torch.zeros_like(ids, dtype=torch.bool)
        for row, exchange in enumerate(exchanges):
            ids[row, : len(exchange.ids)] = torch.tensor(exchange.ids)
            mask[row, : len(exchange.ids)] = 1
            targets[row, exchange.start : len(exchange.ids)] = True
        hidden = self._model.model(input_ids=ids, attention_mask=mask).last_hidden_state
        before = targets.roll(-1, dims=1)  # a token is foretold at the place before it
        scores = self._model.lm_head(hidden[before])
        return -torch.nn.functional.cross_entropy(scores.float(), ids[targets], reduction="none")


@contextmanager
def _quiet() -> Iterator[None]:
    """The libraries' bars and warnings are about themselves; ours is the only talk on the terminal."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # nothing is asked of the network
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        yield


def use_threads(threads: int) -> None:
    """Compute with so many threads; 0 for the physical cores that this process may use."""
    import torch

    torch.set_num_threads(threads or usable_threads())
