"""YAMNet as ONNX: whole, and made of what comes with this package alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.sound_events.graph import CLASSES, FEATURES, export, read_weights
from polysense.weights.packaged import YAMNET


def test_the_weights_are_whole() -> None:
    """As many numbers as the published network has, its batch norms folded: 28 layers."""
    arrays = dict(read_weights(YAMNET.verified()))
    kernels = [a for name, a in arrays.items() if name.startswith("kernel")]
    assert len(kernels) == 28
    assert arrays["kernel.27"].shape == (CLASSES, FEATURES)
    assert all(np.isfinite(a).all() for a in arrays.values())
    # 3,751,369 with three numbers of each of 27 batch norms, of which one is left, as the bias
    norms = sum(len(a) for name, a in arrays.items() if name.startswith("bias")) - CLASSES
    assert sum(a.size for a in arrays.values()) + 2 * norms == 3_751_369


def test_the_graph_runs(tmp_path: Path) -> None:
    import onnxruntime

    export(YAMNET.verified(), tmp_path / "yamnet.onnx")
    session = onnxruntime.InferenceSession(
        str(tmp_path / "yamnet.onnx"), providers=["CPUExecutionProvider"]
    )
    [logits] = session.run(["logits"], {"patches": np.zeros((3, 1, 96, 64), np.float32)})
    assert logits.shape == (3, CLASSES)
    np.testing.assert_allclose(logits[0], logits[2], atol=1e-4)


def test_other_arrays_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(KeyError):
        export(tmp_path / "other.npz", tmp_path / "other.onnx")
