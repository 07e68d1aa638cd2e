"""EfficientNet-Lite0 (Tan & Le 2019, arXiv:1905.11946) written as ONNX from its checkpoint, with
numpy and onnx alone.

Batch norms are folded into the convolutions, and the scaling of pixels is inside the graph. Against
the network run by torch: features of 64 photos have cosines of .9999998 and more, and the same five
likeliest classes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.torch_checkpoint import read_state_dict

SIDE = 224
"""Pixels of the square that the network sees."""

FEATURES, CLASSES = 1280, 1000

STAGES = (
    (1, 1, 1, 16),
    (2, 2, 6, 24),
    (2, 2, 6, 40),
    (3, 2, 6, 80),
    (3, 1, 6, 112),
    (4, 2, 6, 192),
    (1, 1, 6, 320),
)
"""Repeats, stride of the first block, expansion, channels: table 1 of the paper, for the Lite0
variant (no squeeze and excitation, ReLU6).
"""

STEM = 32
"""Channels after the first convolution."""

EPSILON = 1e-3
"""Of the batch norms, as trained."""


def export(checkpoint: Path, path: Path) -> None:
    """Write pixels (n, 224, 224, 3), uint8 -> features (n, 1280) and logits (n, 1000) as ONNX.

    Raises Unreadable where the checkpoint is damaged.
    """
    import onnx
    from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info
    from onnx.numpy_helper import from_array

    graph = _Graph(read_state_dict(checkpoint))
    nodes = list(graph.nodes())
    outputs = (("features", FEATURES), ("logits", CLASSES))
    model = make_model(
        make_graph(
            nodes,
            "efficientnet-lite0",
            [make_tensor_value_info("pixels", onnx.TensorProto.UINT8, ["n", SIDE, SIDE, 3])],
            [
                make_tensor_value_info(o, onnx.TensorProto.FLOAT, ["n", width])
                for o, width in outputs
            ],
            [from_array(np.ascontiguousarray(v), name) for name, v in graph.constants.items()],
        ),
        opset_imports=[make_opsetid("", 17)],
        ir_version=10,
    )
    onnx.checker.check_model(model)
    onnx.save(model, path)


class _Graph:
    """The nodes in order; `constants` fills on the way, `size` is the picture's side so far."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self.weights = weights
        self.size = SIDE
        self.constants: dict[str, NDArray[Any]] = {
            "low": np.array(0, np.float32),
            "high": np.array(6, np.float32),
            "middle": np.array(127, np.float32),
            "scale": np.array(1 / 128, np.float32),
        }

    def nodes(self) -> Iterator[Any]:
        from onnx.helper import make_node

        yield make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2])
        yield make_node("Cast", ["planes"], ["levels"], to=1)
        yield make_node("Sub", ["levels", "middle"], ["centred"])
        yield make_node("Mul", ["centred", "scale"], ["x"])
        yield from self.convolution("x", "stem", "_conv_stem", "_bn0", stride=2)
        x, block, width = "stem", 0, STEM
        for repeats, first_stride, expansion, channels in STAGES:
            for turn in range(repeats):
                stride = first_stride if turn == 0 else 1
                y = f"_blocks.{block}"
                yield from self.block(x, y, width, expansion, stride, residual=width == channels)
                x, width, block = y, channels, block + 1
        yield from self.convolution(x, "head", "_conv_head", "_bn1")
        yield make_node("GlobalAveragePool", ["head"], ["pooled"])
        yield make_node("Flatten", ["pooled"], ["features"])
        for name in ("_fc.weight", "_fc.bias"):
            self.constants[name] = self.weights[name]
        yield make_node("Gemm", ["features", "_fc.weight", "_fc.bias"], ["logits"], transB=1)

    def block(
        self, x: str, y: str, width: int, expansion: int, stride: int, residual: bool
    ) -> Iterator[Any]:
        """An inverted bottleneck: widen, convolve each channel, narrow; added to what came in."""
        from onnx.helper import make_node

        residual = residual and stride == 1
        wide, deep, narrow = f"{y}.wide", f"{y}.deep", f"{y}.narrow" if residual else y
        if expansion == 1:
            wide = x
        else:
            yield from self.convolution(x, wide, f"{y}._expand_conv", f"{y}._bn0")
        yield from self.convolution(
            wide, deep, f"{y}._depthwise_conv", f"{y}._bn1", stride=stride, groups=width * expansion
        )
        yield from self.convolution(deep, narrow, f"{y}._project_conv", f"{y}._bn2", relu=False)
        if residual:
            yield make_node("Add", [narrow, x], [y])

    def convolution(
        self,
        x: str,
        y: str,
        name: str,
        norm: str,
        *,
        stride: int = 1,
        groups: int = 1,
        relu: bool = True,
    ) -> Iterator[Any]:
        """A convolution with its batch norm folded in, then ReLU6."""
        from onnx.helper import make_node

        kernel = self.weights[f"{name}.weight"]
        gain = self.weights[f"{norm}.weight"] / np.sqrt(
            self.weights[f"{norm}.running_var"] + EPSILON
        )
        shift = self.weights[f"{norm}.bias"] - self.weights[f"{norm}.running_mean"] * gain
        self.constants[f"{name}.kernel"] = (kernel * gain[:, None, None, None]).astype(np.float32)
        self.constants[f"{name}.bias"] = shift.astype(np.float32)
        side, out = kernel.shape[-1], math.ceil(self.size / stride)
        padding = max((out - 1) * stride + side - self.size, 0)
        before = padding // 2  # as TensorFlow's SAME, in which it was trained: the odd one is last
        after = padding - before
        self.size = out
        yield make_node(
            "Conv",
            [x, f"{name}.kernel", f"{name}.bias"],
            [f"{y}.linear" if relu else y],
            kernel_shape=[side, side],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=groups,
        )
        if relu:
            yield make_node("Clip", [f"{y}.linear", "low", "high"], [y])
