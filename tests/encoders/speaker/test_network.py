"""The speaker encoder as ONNX: the published weights, and what torch computes with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.speaker.frames import BANDS, WINDOW, frames
from polysense.encoders.speaker.network import LAYERS, WIDTH, export
from polysense.weights.packaged import GE2E

from .vowels import vowel


def test_the_weights_are_whole() -> None:
    """As many numbers as the published network has: three LSTMs and a dense layer."""
    with np.load(GE2E.verified(), allow_pickle=False) as stored:
        sizes = {name: stored[name].size for name in stored.files}
        assert all(np.isfinite(stored[name]).all() for name in stored.files)
    assert len(sizes) == 4 * LAYERS + 2
    assert sum(sizes.values()) == 1_423_616


def test_the_graph_computes_what_torch_does(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    import onnxruntime

    with np.load(GE2E.verified(), allow_pickle=False) as stored:
        state = {n: torch.from_numpy(stored[n].astype(np.float32)) for n in stored.files}
    network = torch.nn.ModuleDict(
        {
            "lstm": torch.nn.LSTM(BANDS, WIDTH, LAYERS, batch_first=True),
            "linear": torch.nn.Linear(WIDTH, WIDTH),
        }
    )
    network.load_state_dict(state)
    mels = frames(vowel(120, 5.0))
    windows = np.stack([mels[at : at + WINDOW] for at in (0, 80, 160)])
    with torch.inference_mode():
        states = network["lstm"](torch.from_numpy(windows))[1][0][-1]
        expected = torch.nn.functional.normalize(torch.relu(network["linear"](states)), dim=1)
    export(GE2E.verified(), tmp_path / "ge2e.onnx")
    session = onnxruntime.InferenceSession(
        str(tmp_path / "ge2e.onnx"), providers=["CPUExecutionProvider"]
    )
    [rows] = session.run(["voices"], {"windows": windows})
    np.testing.assert_allclose(rows, expected.numpy(), atol=1e-5)


def test_other_arrays_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(KeyError):
        export(tmp_path / "other.npz", tmp_path / "other.onnx")
