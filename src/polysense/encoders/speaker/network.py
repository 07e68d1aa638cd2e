"""The network of the speaker encoder, made an ONNX graph with numpy and onnx alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.speaker.frames import BANDS
from polysense.weights import onnx_model
from polysense.weights.packaged import GE2E

LAYERS, WIDTH = 3, 256
"""LSTMs, and the width of each and of the vectors."""


def voice(windows: NDArray[np.float32], *, threads: int = 0) -> NDArray[np.float32]:
    """(WIDTH,): the unit vector of the voice in windows (n, frames, BANDS), the mean of theirs."""
    session = onnx_model.load("ge2e_any_length", GE2E.sha256, _export, threads=threads)
    mean = session.run(["voices"], {"windows": windows})[0].mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def export(weights: Path, path: Path) -> None:
    """Write windows (n, frames, BANDS) -> unit vectors (n, WIDTH) as ONNX: three LSTMs in a row, a
    dense layer on the last state, ReLU, norm. `weights` is what `tools/make_ge2e.py` has written.
    """
    import onnx
    from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
    from onnx.numpy_helper import from_array

    with np.load(weights, allow_pickle=False) as stored:
        state = {name: stored[name].astype(np.float32) for name in stored.files}
    constants: dict[str, NDArray[Any]] = {}
    nodes = [make_node("Transpose", ["windows"], ["x0"], perm=[1, 0, 2])]  # time comes first
    for n in range(LAYERS):
        names = [f"lstm.{kind}_l{n}" for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        inputs, states, *biases = [_gates_as_onnx(state[name]) for name in names]
        constants[f"inputs{n}"], constants[f"states{n}"] = inputs[None], states[None]
        constants[f"biases{n}"] = np.concatenate(biases)[None]
        sources = [f"x{n}", f"inputs{n}", f"states{n}", f"biases{n}"]
        nodes.append(make_node("LSTM", sources, [f"y{n}", f"last{n}"], hidden_size=WIDTH))
        nodes.append(make_node("Squeeze", [f"y{n}", "direction"], [f"x{n + 1}"]))
    constants["direction"], constants["first"] = np.array([1]), np.array([0])
    constants["weight"], constants["bias"] = state["linear.weight"], state["linear.bias"]
    nodes += [
        make_node("Squeeze", [f"last{LAYERS - 1}", "first"], ["hidden"]),
        make_node("Gemm", ["hidden", "weight", "bias"], ["projected"], transB=1),
        make_node("Relu", ["projected"], ["positive"]),
        make_node("LpNormalization", ["positive"], ["voices"], axis=-1, p=2),
    ]
    graph = make_graph(
        nodes,
        "ge2e",
        [make_tensor_value_info("windows", onnx.TensorProto.FLOAT, ["n", "frames", BANDS])],
        [make_tensor_value_info("voices", onnx.TensorProto.FLOAT, ["n", WIDTH])],
        [from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    onnx.save(make_model(graph, opset_imports=[make_opsetid("", 17)], ir_version=10), path)


def _export(path: Path) -> None:
    export(GE2E.verified(), path)


def _gates_as_onnx(rows: NDArray[Any]) -> NDArray[Any]:
    """torch has the gates of an LSTM as input, forget, cell, output; ONNX as input, output, forget,
    cell.
    """
    entry, forget, cell, output = np.split(rows, 4)
    return np.concatenate([entry, output, forget, cell])
