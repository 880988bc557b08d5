"""A trained network as an ONNX file: weights as 8-bit integers with a scale for each output, everything else 32-bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from warmchat.compare.cross_encoder.cutting import QUESTION, SIDE

OPSET = 20  # the first with Gelu
POSITIONS = QUESTION + 2 * SIDE + 4  # what the network can read; the rest of the table is not shipped

Floats = NDArray[np.float32]


class Graph:
    """Collects nodes and weights. Names of weights are those of the PyTorch state."""

    def __init__(self, state: Mapping[str, Any], heads: int) -> None:
        self._state = {name: np.asarray(value, dtype=np.float32) for name, value in state.items()}
        self._nodes: list[Any] = []
        self._weights: list[Any] = []
        self._heads = heads
        self._known: set[str] = set()

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; the name of its output."""
        name = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def weight(self, name: str, values: NDArray[Any]) -> str:
        """Add a constant under a name, once."""
        if name not in self._known:
            self._known.add(name)
            self._weights.append(numpy_helper.from_array(values.copy(order="C"), name))
        return name

    def whole(self, *values: int) -> str:
        """A constant of whole numbers, one dimension."""
        return self.weight("i" + "_".join(map(str, values)), np.array(values, np.int64))

    def number(self, value: float) -> str:
        """A constant number."""
        return self.weight(f"f{value}", np.array(value, np.float32))

    def given(self, name: str) -> Floats:
        """A weight of the PyTorch state."""
        return self._state[name]

    def linear(self, x: str, name: str, matrix: Floats, bias: Floats) -> str:
        """x @ matrix.T + bias, the matrix in 8 bits."""
        whole, scale = quantised(matrix)
        kept = self.weight(f"{name}.weight", whole.T)
        scales = self.weight(f"{name}.scale", scale[:, 0])
        product = self.node("MatMul", x, self.node("DequantizeLinear", kept, scales, axis=1))
        return self.node("Add", product, self.weight(f"{name}.bias", bias))

    def norm(self, x: str, name: str) -> str:
        """Layer normalisation with BERT's epsilon."""
        scale, bias = (self.weight(f"{name}.{part}", self.given(f"{name}.{part}")) for part in ("weight", "bias"))
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)

    def dense(self, x: str, name: str) -> str:
        """A linear layer of the PyTorch state."""
        return self.linear(x, name, self.given(f"{name}.weight"), self.given(f"{name}.bias"))

    def model(self, logit: str, words: str) -> Any:
        """The whole as a checked ONNX model: inputs `ids`, `sides`, outputs `logit` and `words`, the words' vectors."""
        self._nodes.append(helper.make_node("Identity", [logit], ["logit"]))
        self._nodes.append(helper.make_node("Identity", [words], ["words"]))
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "tokens"]) for name in ("ids", "sides")
        ]
        outputs = [
            helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["rows"]),
            helper.make_tensor_value_info("words", TensorProto.FLOAT, ["rows", "tokens", "width"]),
        ]
        graph = helper.make_graph(self._nodes, "cross_encoder", inputs, outputs, self._weights)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="warmchat")
        made.ir_version = 9
        onnx.checker.check_model(made)
        return made

    @property
    def heads(self) -> int:
        return self._heads


def quantised(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """The rows as whole numbers -127..127, and the factor of each row, shape (rows, 1)."""
    scale = np.maximum(np.abs(matrix).max(axis=1, keepdims=True), 1e-12) / 127
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)


def network_graph(state: Mapping[str, Any], layers: int, heads: int) -> Any:
    """The ONNX model of a `Network` state: BERT (Devlin et al. 2019) and the head of network.py."""
    g = Graph(state, heads)
    words = _words(g)
    x = _placed(g, words)
    padding = g.node("Equal", "sides", g.weight("pad", np.array(-1, np.int64)))
    blocked = g.node("Mul", g.node("Cast", padding, to=TensorProto.FLOAT), g.number(-1e9))
    mask = g.node("Unsqueeze", blocked, g.whole(1, 2))
    for layer in range(layers):
        x = _layer(g, x, mask, f"body.encoder.layer.{layer}")
    return g.model(_head(g, x), words)


def _words(g: Graph) -> str:
    words, scales = quantised(g.given("body.embeddings.word_embeddings.weight"))
    rows = g.node("Cast", g.node("Gather", g.weight("table", words), "ids"), to=TensorProto.FLOAT)
    return g.node("Mul", rows, g.node("Gather", g.weight("table.scale", scales), "ids"))


def _placed(g: Graph, words: str) -> str:
    places = g.given("body.embeddings.position_embeddings.weight")[:POSITIONS]
    table = g.weight("places", places + g.given("body.embeddings.token_type_embeddings.weight")[0])
    length = g.node("Shape", "ids", start=1, end=2)
    placed = g.node("Slice", table, g.whole(0), length, g.whole(0))
    return g.norm(g.node("Add", words, placed), "body.embeddings.LayerNorm")


def _layer(g: Graph, x: str, mask: str, name: str) -> str:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    matrices = [g.given(f"{part}.weight") for part in parts]
    biases = [g.given(f"{part}.bias") for part in parts]
    width = matrices[0].shape[0]
    size = width // g.heads
    # The scores' factor goes into the query's weights.
    matrices[0], biases[0] = matrices[0] / size**0.5, biases[0] / size**0.5
    joined = g.linear(x, f"{name}.qkv", np.concatenate(matrices), np.concatenate(biases))
    split = g.node("Reshape", joined, g.whole(0, 0, 3, g.heads, size))
    turned = g.node("Transpose", split, perm=[2, 0, 3, 1, 4])
    query, key, value = (
        g.node("Gather", turned, g.weight(f"at{i}", np.array(i, np.int64)), axis=0) for i in range(3)
    )
    scores = g.node("MatMul", query, g.node("Transpose", key, perm=[0, 1, 3, 2]))
    attention = g.node("Softmax", g.node("Add", scores, mask), axis=-1)
    read = g.node("Transpose", g.node("MatMul", attention, value), perm=[0, 2, 1, 3])
    merged = g.dense(g.node("Reshape", read, g.whole(0, 0, width)), f"{name}.attention.output.dense")
    x = g.norm(g.node("Add", merged, x), f"{name}.attention.output.LayerNorm")
    wide = g.node("Gelu", g.dense(x, f"{name}.intermediate.dense"))
    return g.norm(g.node("Add", g.dense(wide, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")


def _head(g: Graph, x: str) -> str:
    first = g.node("Gather", x, g.weight("at0", np.array(0, np.int64)), axis=1)
    a, b = _mean(g, x, 1), _mean(g, x, 2)
    apart = g.node("Abs", g.node("Sub", a, b))
    joined = g.node("Concat", first, g.node("Mul", a, b), apart, g.node("Add", a, b), axis=1)
    hidden = g.node("Gelu", g.dense(joined, "hidden"))
    return g.node("Squeeze", g.dense(hidden, "out"), g.whole(1))


def _mean(g: Graph, x: str, side: int) -> str:
    chosen = g.node("Equal", "sides", g.weight(f"at{side}", np.array(side, np.int64)))
    weights = g.node("Unsqueeze", g.node("Cast", chosen, to=TensorProto.FLOAT), g.whole(1))
    total = g.node("MatMul", weights, x)  # (rows, 1, width)
    count = g.node("Max", g.node("ReduceSum", weights, g.whole(2)), g.number(1.0))
    return g.node("Squeeze", g.node("Div", total, count), g.whole(1))
