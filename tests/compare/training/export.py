"""Write a trained network as the shipped file. By hand: `python -m tests.compare.training.export PASS.pt [OUT]`.

Prints the size and the largest difference of a probability to PyTorch in 32 bits, over pairs of the tuning part.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import onnx
import torch

from tests.compare.training.graph import network_graph
from tests.compare.training.mixture import TUNE, natural_pairs, truthful_pairs, warmed
from tests.compare.training.network import Network, base_folder, cutter, logits
from warmchat.compare.cross_encoder.encoder import CrossEncoder, probability

OUT = Path(__file__).resolve().parents[3] / "models" / "cross-encoder"


def main() -> None:
    """Export, then compare."""
    source = Path(sys.argv[1])
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    network = Network(pretrained=False)
    network.load_state_dict(torch.load(source, weights_only=True)["network"])
    config = network.body.config
    made = network_graph(network.state_dict(), config.num_hidden_layers, config.num_attention_heads)
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(made, str(out / "model.onnx"))
    shutil.copyfile(base_folder() / "tokenizer.json", out / "tokenizer.json")
    print(f"{(out / 'model.onnx').stat().st_size / 2**20:.1f} MiB")
    _compare(network, out)


def _compare(network: Network, out: Path) -> None:
    torch.set_num_threads(1)
    natural = natural_pairs(TUNE)[:150]
    pairs = [*natural, *warmed(natural)[:75], *truthful_pairs(TUNE)[:75]]
    cut = cutter()
    exact = logits(network, [cut.piece(p.question, p.a, p.b) for p in pairs])
    with CrossEncoder(out) as shipped:
        found = shipped.scores([(p.question, p.a, p.b) for p in pairs])
    apart = sorted(abs(probability(e) - f) for e, f in zip(exact, found, strict=True))
    print(f"{len(pairs)} pairs: probability apart at most {apart[-1]:.4f}, mean {sum(apart) / len(apart):.5f}")


if __name__ == "__main__":
    main()
