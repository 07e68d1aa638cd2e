"""Who speaks, by the speaker encoder of Resemblyzer (Wan et al. 2018, generalised end-to-end loss);
its weights lie in the wheel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.audio_window import listen
from polysense.encoders.torch_checkpoint import read_state_dict
from polysense.errors import MissingDependency
from polysense.protocols import Encoder, Signal, Vectors
from polysense.read.sound import spectrum
from polysense.read.sound.decode import RATE
from polysense.read.sound.spectrum import Floats
from polysense.types import Modality, Part, Role, Space
from polysense.weights import onnx_model
from polysense.weights.packaged import RESEMBLYZER, verify

WEIGHTS = RESEMBLYZER.sha256

LONGEST = 120.0
"""Seconds of a part that are heard."""

WINDOW, HOP, BANDS = 160, 80, 40
"""Frames of 10 ms that the network reads at once, frames from one such window to the next, mel
bands.
"""

LAYERS, WIDTH = 3, 256
"""LSTMs, and the width of each and of the vectors."""

LOUDNESS = 10 ** (-30 / 20)
"""Root mean square to which quieter recordings are raised: -30 dBFS."""


class Resemblyzer(Encoder):
    """Voices. Needs the weights of the package resemblyzer, whose code is not run.

    threads=0 takes every core.
    """

    extra = "speaker"
    accepts = frozenset({"audio"})
    signal: Signal = "perceptual"
    space = Space("resemblyzer", "0.1.4", 256)
    fusion_weight: Mapping[tuple[Modality, Modality] | Modality, float] = {("audio", "audio"): 1.4}

    def __init__(self, *, threads: int = 0) -> None:
        self.threads = threads

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit rows: the mean over windows of 1.6 s; NaN where nobody speaks."""
        rows = np.full((len(parts), self.space.dim), np.nan, np.float32)
        for row, part in zip(rows, parts, strict=True):
            mels = frames(listen(part, LONGEST))
            if len(mels):
                row[:] = self._embed(mels)
        return rows

    def _embed(self, mels: Floats) -> Floats:
        if len(mels) < WINDOW:
            mels = np.pad(mels, ((0, WINDOW - len(mels)), (0, 0)))
        starts = range(0, len(mels) - WINDOW + HOP // 2, HOP)
        padded = np.pad(mels, ((0, HOP), (0, 0)))
        windows = np.stack([padded[start : start + WINDOW] for start in starts])
        session = onnx_model.load("resemblyzer", WEIGHTS, _export, threads=self.threads)
        mean = session.run(["voices"], {"windows": windows})[0].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)


def weights() -> Path:
    """The file of the weights. Raises MissingDependency where the package is not installed."""
    try:
        return RESEMBLYZER.locate()
    except MissingDependency as e:
        raise MissingDependency(
            "telling voices apart with resemblyzer needs that package",
            "Install it: pip install 'polysense[speaker]'",
        ) from e


def _export(path: Path) -> None:
    """Write windows (n, WINDOW, BANDS) -> unit vectors (n, WIDTH) as ONNX: three LSTMs in a row, a
    dense layer on the last state, ReLU, norm.
    """
    import onnx
    from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
    from onnx.numpy_helper import from_array

    state = {
        name.removeprefix("model_state."): value
        for name, value in read_state_dict(verify(weights(), WEIGHTS)).items()
    }
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
        "resemblyzer",
        [make_tensor_value_info("windows", onnx.TensorProto.FLOAT, ["n", WINDOW, BANDS])],
        [make_tensor_value_info("voices", onnx.TensorProto.FLOAT, ["n", WIDTH])],
        [from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    onnx.save(make_model(graph, opset_imports=[make_opsetid("", 17)], ir_version=10), path)


def _gates_as_onnx(rows: NDArray[Any]) -> NDArray[Any]:
    """torch has the gates of an LSTM as input, forget, cell, output; ONNX as input, output, forget,
    cell.
    """
    entry, forget, cell, output = np.split(rows, 4)
    return np.concatenate([entry, output, forget, cell])


def frames(sound: Floats) -> Floats:
    """Mel power, (frames, BANDS), of the stretches of samples at RATE where someone speaks, pauses
    cut; empty where nobody does.
    """
    if not spectrum.voicing(sound, RATE).has_voice:
        return np.empty((0, BANDS), np.float32)
    level = float(np.sqrt(np.mean(sound**2)))
    # the window's sum of squares
    power = spectrum.stft(sound * max(1.0, LOUDNESS / level), 400, RATE // 100) * np.float32(150.0)
    loudness = 10 * np.log10(power.sum(axis=1) + spectrum.POWER_FLOOR)
    loud = loudness > np.percentile(loudness, 95) - 35
    # pauses of up to 0.3 s are speech
    near = np.convolve(loud, np.ones(31))[15 : 15 + len(loud)] > 0
    return np.asarray(power[near] @ spectrum.mel_bank(BANDS, 400, RATE).T, np.float32)
