"""YAMNet written as ONNX from its rounded weights, with numpy and onnx alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.sound_events.mel import BANDS, FRAMES

CLASSES, FEATURES = 521, 1024

STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
"""Of the thirteen depthwise convolutions, each before a pointwise one; the first of all has 2."""


def export(weights: Path, path: Path) -> None:
    """Write patches (n, 1, 96, 64) -> logits (n, 521) as ONNX; `weights` is what
    `tools/make_yamnet.py` has written. Raises ValueError and KeyError where it is not.
    """
    import onnx
    from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info
    from onnx.numpy_helper import from_array

    constants = dict(read_weights(weights))
    model = make_model(
        make_graph(
            list(_nodes(constants)),
            "yamnet",
            [make_tensor_value_info("patches", onnx.TensorProto.FLOAT, ["n", 1, FRAMES, BANDS])],
            [make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["n", CLASSES])],
            [from_array(np.ascontiguousarray(v), name) for name, v in constants.items()],
        ),
        opset_imports=[make_opsetid("", 17)],
        ir_version=10,
    )
    onnx.checker.check_model(model)
    onnx.save(model, path)


def read_weights(path: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """(name, values): kernel.0 to kernel.27 and bias.0 to bias.27, the last of the classifier;
    batch norms are folded in. A kernel of whole numbers is scaled by its row's step.
    """
    with np.load(path, allow_pickle=False) as stored:
        for name in stored.files:
            if name.startswith("step."):
                continue
            values = stored[name].astype(np.float32)
            step = name.replace("kernel", "step")
            if step in stored.files and step != name:
                values = values * stored[step].reshape(-1, *[1] * (values.ndim - 1))
            yield name, values


def _nodes(constants: dict[str, NDArray[np.float32]]) -> Iterator[Any]:
    from onnx.helper import make_node

    x = "patches"
    strides = [2, *(stride for pair in STRIDES for stride in (pair, 1))]
    for i, stride in enumerate(strides):
        kernel = constants[f"kernel.{i}"]
        is_depthwise = i > 0 and kernel.shape[1] == 1
        yield make_node(
            "Conv",
            [x, f"kernel.{i}", f"bias.{i}"],
            [f"linear.{i}"],
            kernel_shape=list(kernel.shape[2:]),
            strides=[stride, stride],
            group=len(kernel) if is_depthwise else 1,
            auto_pad="SAME_UPPER",
        )
        yield make_node("Relu", [f"linear.{i}"], [f"active.{i}"])
        x = f"active.{i}"
    last = len(strides)
    yield make_node("GlobalAveragePool", [x], ["pooled"])
    yield make_node("Flatten", ["pooled"], ["features"])
    yield make_node("Gemm", ["features", f"kernel.{last}", f"bias.{last}"], ["logits"], transB=1)
