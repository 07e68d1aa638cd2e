"""Whisper's two networks written as ONNX: sound -> what the decoder attends to, and one token more
of a transcript.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from polysense.read.sound.whisper_tiny.weights import Arrays

Shapes: TypeAlias = dict[str, list[int | str]]

LAYERS, HEADS, DIM = 4, 6, 384
HEAD_DIM = DIM // HEADS
EPSILON = 1e-5
CROSS = [f"cross_{kind}_{n}" for n in range(LAYERS) for kind in ("key", "value")]
"""Outputs of the encoder and inputs of the decoder: keys (1, 6, 64, 1500), values (1, 6, 1500, 64)
of a layer.
"""
PAST = [f"past_{kind}_{n}" for n in range(LAYERS) for kind in ("key", "value")]
"""Inputs of the decoder: keys and values (1, 6, tokens before, 64) of a layer."""
PRESENT = [name.replace("past", "present") for name in PAST]
"""The same after the token."""


class _Graph:
    """Nodes in order, and the constants that they need."""

    def __init__(self, weights: Arrays) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: dict[str, NDArray[Any]] = {}

    def node(
        self, kind: str, inputs: Sequence[str], output: str, domain: str = "", **attributes: Any
    ) -> str:
        from onnx.helper import make_node

        self.nodes.append(make_node(kind, list(inputs), [output], domain=domain, **attributes))
        return output

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants[name] = np.ascontiguousarray(value)
        return name

    def floats(self, name: str) -> NDArray[np.float32]:
        return np.asarray(self.weights[name], np.float32)

    def weight(self, name: str) -> str:
        return self.constant(name, self.floats(name))

    def norm(self, x: str, name: str, output: str) -> str:
        inputs = [x, self.weight(f"{name}/gamma"), self.weight(f"{name}/beta")]
        return self.node("LayerNormalization", inputs, output, axis=-1, epsilon=EPSILON)

    def dense(self, x: str, name: str, output: str, first: int = 0, last: int | None = None) -> str:
        """x by rows first..last of a matrix, and its bias."""
        key = f"{name}/{first}"
        matrix = self.constant(f"{key}/matrix", self.floats(f"{name}/weight")[first:last].T)
        bias = self.constant(f"{key}/bias", self.floats(f"{name}/bias")[first:last])
        product = self.node("MatMul", [x, matrix], f"{output}/product")
        return self.node("Add", [product, bias], output)

    def wide(self, x: str, name: str, output: str) -> str:
        """x plus the feed-forward network over it."""
        normal = self.norm(x, f"{name}/layer_norm", f"{output}/normal")
        inner = self.dense(normal, f"{name}/linear_0", f"{output}/inner")
        active = self.node("Gelu", [inner], f"{output}/active", "com.microsoft")
        outer = self.dense(active, f"{name}/linear_1", f"{output}/outer")
        return self.node("Add", [x, outer], output)

    def split_heads(self, x: str, output: str, order: tuple[int, ...]) -> str:
        """(1, n, 384) as heads: (1, 6, n, 64) for the order 0, 2, 1, 3."""
        shape = self.constant("heads", np.array([0, -1, HEADS, HEAD_DIM]))
        split = self.node("Reshape", [x, shape], f"{output}/split")
        return self.node("Transpose", [split], output, perm=order)

    def join_heads(self, x: str, output: str) -> str:
        shape = self.constant("joined", np.array([0, -1, DIM]))
        turned = self.node("Transpose", [x], f"{output}/turned", perm=(0, 2, 1, 3))
        return self.node("Reshape", [turned, shape], output)

    def save(self, name: str, inputs: Sequence[Any], outputs: Sequence[Any], path: Path) -> None:
        import onnx
        from onnx.helper import make_graph, make_model, make_opsetid
        from onnx.numpy_helper import from_array

        constants = [from_array(value, key) for key, value in self.constants.items()]
        graph = make_graph(self.nodes, name, inputs, outputs, constants)
        opsets = [make_opsetid("", 17), make_opsetid("com.microsoft", 1)]
        onnx.save(make_model(graph, opset_imports=opsets, ir_version=10), path)


def write_encoder(weights: Arrays, path: Path) -> None:
    """`mel` (1, 80, 3000) -> CROSS."""
    g = _Graph(weights)
    x = "mel"
    for conv, stride in (("conv1", 1), ("conv2", 2)):
        inputs = [x, g.weight(f"encoder/{conv}/weight"), g.weight(f"encoder/{conv}/bias")]
        sum_ = g.node("Conv", inputs, conv, kernel_shape=[3], pads=[1, 1], strides=[stride])
        x = g.node("Gelu", [sum_], f"{conv}/active", "com.microsoft")
    x = g.node("Transpose", [x], "frames", perm=(0, 2, 1))
    x = g.node("Add", [x, g.weight("encoder/position_encodings/encodings")], "x0")
    for n in range(LAYERS):
        at = f"encoder/layer_{n}"
        normal = g.norm(x, f"{at}/self_attention/layer_norm", f"{at}/normal")
        linear = f"{at}/self_attention/linear_0"
        matrix = g.constant(f"{linear}/matrix", g.floats(f"{linear}/weight").T)
        heads = g.node(
            "Attention",
            [normal, matrix, g.weight(f"{linear}/bias")],
            f"{at}/heads",
            "com.microsoft",
            num_heads=HEADS,
        )
        mixed = g.dense(heads, f"{at}/self_attention/linear_1", f"{at}/mixed")
        x = g.node("Add", [x, mixed], f"{at}/attended")
        x = g.wide(x, f"{at}/ffn", f"x{n + 1}")
    x = g.norm(x, "encoder/layer_norm", "encoded")
    for n in range(LAYERS):
        linear = f"decoder/layer_{n}/attention/linear_1"
        key = g.dense(x, linear, f"{linear}/key", 0, DIM)
        value = g.dense(x, linear, f"{linear}/value", DIM)
        g.split_heads(key, f"cross_key_{n}", (0, 2, 3, 1))
        g.split_heads(value, f"cross_value_{n}", (0, 2, 1, 3))
    g.save("encoder", _floats({"mel": [1, 80, 3000]}), _floats(_CROSS_SHAPES), path)


_CROSS_SHAPES: Shapes = {
    name: [1, HEADS, HEAD_DIM, 1500] if "key" in name else [1, HEADS, 1500, HEAD_DIM]
    for name in CROSS
}


def write_decoder(weights: Arrays, heads: Sequence[tuple[int, int]], path: Path) -> None:
    """`token` (1, 1) and its `place` (1,), int64, with PAST and CROSS -> `logits` (1, 51864) of the
    next token, `attention` (heads, 1500) of the (layer, head) pairs in `heads`, and PRESENT.
    """
    from onnx.helper import make_tensor_value_info

    g = _Graph(weights)
    # as the file has it: of one row a token, 16 bits lose nothing and take half of the memory
    table = g.constant("table", weights["decoder/embeddings/weight"].astype(np.float16))
    word = g.node("Cast", [g.node("Gather", [table, "token"], "halves")], "word", to=1)
    places = g.weight("decoder/position_encodings/encodings")
    x = g.node("Add", [word, g.node("Gather", [places, "place"], "where")], "x0")
    scale = g.constant("scale", np.array(HEAD_DIM**-0.5, np.float32))
    aligned = []
    for n in range(LAYERS):
        at = f"decoder/layer_{n}"
        x = _self_attention(g, x, n, scale)
        normal = g.norm(x, f"{at}/attention/layer_norm", f"{at}/cross/normal")
        query = g.dense(normal, f"{at}/attention/linear_0", f"{at}/cross/query")
        query = g.split_heads(query, f"{at}/cross/queries", (0, 2, 1, 3))
        product = g.node("MatMul", [query, f"cross_key_{n}"], f"{at}/cross/product")
        product = g.node("Mul", [product, scale], f"{at}/cross/scaled")
        shares = g.node("Softmax", [product], f"{at}/cross/shares", axis=-1)
        if own := [head for layer, head in heads if layer == n]:
            index = g.constant(f"{at}/aligned", np.array(own))
            aligned.append(g.node("Gather", [shares, index], f"{at}/cross/aligned", axis=1))
        mixed = g.node("MatMul", [shares, f"cross_value_{n}"], f"{at}/cross/mixed")
        mixed = g.join_heads(mixed, f"{at}/cross/joined")
        output = g.dense(mixed, f"{at}/attention/linear_2", f"{at}/cross/output")
        x = g.node("Add", [x, output], f"{at}/attended")
        x = g.wide(x, f"{at}/ffn", f"x{n + 1}")
    x = g.norm(x, "decoder/layer_norm", "decoded")
    flat = g.node("Reshape", [x, g.constant("row", np.array([1, DIM]))], "last")
    projection = g.constant("projection", g.floats("decoder/projection/weight").T)
    g.node("MatMul", [flat, projection], "logits")
    shares_by_head = g.node("Concat", aligned, "aligned", axis=1)
    g.node(
        "Reshape", [shares_by_head, g.constant("by_head", np.array([len(heads), -1]))], "attention"
    )
    pasts: Shapes = {name: [1, HEADS, "past", HEAD_DIM] for name in PAST}
    inputs = [
        make_tensor_value_info("token", 7, [1, 1]),
        make_tensor_value_info("place", 7, [1]),
        *_floats(pasts | _CROSS_SHAPES),
    ]
    outputs: Shapes = {"logits": [1, len(weights["decoder/embeddings/weight"])]}
    outputs |= {"attention": [len(heads), 1500]}
    presents: Shapes = {name: [1, HEADS, "present", HEAD_DIM] for name in PRESENT}
    g.save("decoder", inputs, _floats(outputs | presents), path)


def _self_attention(g: _Graph, x: str, n: int, scale: str) -> str:
    at = f"decoder/layer_{n}/self_attention"
    normal = g.norm(x, f"{at}/layer_norm", f"{at}/normal")
    parts = []
    for i, kind in enumerate(("query", "key", "value")):
        part = g.dense(normal, f"{at}/linear_0", f"{at}/{kind}", i * DIM, (i + 1) * DIM)
        parts.append(g.split_heads(part, f"{at}/{kind}/heads", (0, 2, 1, 3)))
    query, key, value = parts
    key = g.node("Concat", [f"past_key_{n}", key], f"present_key_{n}", axis=2)
    value = g.node("Concat", [f"past_value_{n}", value], f"present_value_{n}", axis=2)
    turned = g.node("Transpose", [key], f"{at}/turned", perm=(0, 1, 3, 2))
    product = g.node("MatMul", [query, turned], f"{at}/product")
    scaled = g.node("Mul", [product, scale], f"{at}/scaled")
    shares = g.node("Softmax", [scaled], f"{at}/shares", axis=-1)
    mixed = g.join_heads(g.node("MatMul", [shares, value], f"{at}/mixed"), f"{at}/joined")
    output = g.dense(mixed, f"{at}/linear_1", f"{at}/output")
    return g.node("Add", [x, output], f"{at}/attended")


def _floats(shapes: Shapes) -> list[Any]:
    from onnx.helper import make_tensor_value_info

    return [make_tensor_value_info(name, 1, shape) for name, shape in shapes.items()]
