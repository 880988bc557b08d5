"""Train the cross-encoder. By hand: `python -m tests.compare.training.train FOLDER` (extra `train`, one thread).

Reads the mixture of part 0, a fresh one for each pass: other rewritings, other manners, same natural pairs. Writes
FOLDER/pass-N.pt after each pass, with AUROC on the tuning part, and goes on from the last one that is there.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch

from tests.compare.training.mixture import TUNE, Shares, Wanted, measured_sets, training_pairs
from tests.compare.training.network import Network, batches, cutter, logits, tensors
from warmchat.compare.cross_encoder.cutting import Cutter
from warmchat.compare.metrics import auroc


@dataclass(frozen=True)
class Recipe:
    """Everything that a run depends on besides the data."""

    seed: int = 20
    passes: int = 3
    batch: int = 16
    rate: float = 1e-4
    head_times: float = 10.0
    decay: float = 0.01
    warm_up: float = 0.08  # share of the steps
    clip: float = 1.0
    share: float = 1.0  # of each pass's pairs; less for a trial run


def main() -> None:
    """Train, or go on with a training."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passes", type=int, default=Recipe.passes)
    parser.add_argument("--share", type=float, default=Recipe.share)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    options = parser.parse_args()
    recipe = Recipe(seed=options.seed, passes=options.passes, share=options.share)
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / "recipe.json").write_text(json.dumps(asdict(recipe), indent=1), encoding="utf-8")
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    train(options.folder, recipe)


def train(folder: Path, recipe: Recipe) -> None:
    """All passes that are not in the folder yet."""
    network, cut = Network(pretrained=True), cutter()
    optimiser = _optimiser(network, recipe)
    first = _resume(folder, network, optimiser)
    for at in range(first, recipe.passes):
        wanted = training_pairs(recipe.seed + at, Shares())
        wanted = wanted[: int(len(wanted) * recipe.share)]
        began = time.perf_counter()
        loss = _one_pass(network, optimiser, cut, wanted, at, recipe)
        print(f"pass {at}: {len(wanted)} pairs, loss {loss:.4f}, {time.perf_counter() - began:.0f} s", flush=True)
        state = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "pass": at}
        torch.save(state, folder / f"pass-{at}.pt")
        _tell(network, cut)


def _optimiser(network: Any, recipe: Recipe) -> Any:
    body = [p for p in network.body.parameters() if p.requires_grad]
    head = [*network.hidden.parameters(), *network.out.parameters()]
    groups = [{"params": body, "times": 1.0}, {"params": head, "times": recipe.head_times}]
    return torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=recipe.decay)


def _resume(folder: Path, network: Any, optimiser: Any) -> int:
    saved = sorted(folder.glob("pass-*.pt"), key=lambda f: int(f.stem.split("-")[1]))
    if not saved:
        return 0
    state = torch.load(saved[-1], weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["pass"]) + 1


def _one_pass(
    network: Any, optimiser: Any, cut: Cutter, wanted: Sequence[Wanted], at: int, recipe: Recipe
) -> float:
    """One pass over the pairs; the mean loss."""
    network.train()
    random = Random(recipe.seed * 100 + at)
    pieces = [cut.piece(w.pair.question, w.pair.a, w.pair.b) for w in wanted]
    targets = torch.tensor([w.target for w in wanted])
    loss_of = torch.nn.BCEWithLogitsLoss()
    planned = list(batches(pieces, recipe.batch, random))
    total, began = 0.0, time.perf_counter()
    for step, chosen in enumerate(planned):
        done = (at + step / len(planned)) / recipe.passes
        factor = min(done / recipe.warm_up, (1 - done) / (1 - recipe.warm_up))
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * group["times"] * max(factor, 0.0)
        with torch.autocast("cpu", torch.bfloat16):
            found = network(*tensors([pieces[i] for i in chosen]))
        loss = loss_of(found.float(), targets[chosen])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
        optimiser.step()
        total += loss.item()
        if step % 50 == 49:
            spent = time.perf_counter() - began
            print(f"  {step + 1}/{len(planned)} loss {total / (step + 1):.4f} {spent:.0f} s", flush=True)
    return total / len(planned)


def _tell(network: Any, cut: Cutter) -> None:
    for name, pairs in measured_sets(TUNE):
        some = pairs[:: 2 if name.startswith("NQ") else 1]
        found = logits(network, [cut.piece(p.question, p.a, p.b) for p in some], half=True)
        print(f"  {name}: {len(some)} pairs, AUROC {auroc([p.label for p in some], found) or 0:.4f}", flush=True)


if __name__ == "__main__":
    main()
