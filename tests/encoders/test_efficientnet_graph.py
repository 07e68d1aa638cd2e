"""EfficientNet-Lite0 as ONNX without torch: what the published network computes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.efficientnet_graph import CLASSES, FEATURES, SIDE, export
from polysense.errors import Unreadable
from polysense.weights.packaged import EFFICIENTNET


def run(path: Path, pixels: np.ndarray) -> list[np.ndarray]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    outputs: list[np.ndarray] = session.run(["features", "logits"], {"pixels": pixels})
    return outputs


def test_export_needs_no_torch(tmp_path: Path) -> None:
    """The base install has none."""
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from pathlib import Path\n"
        "from polysense.encoders.efficientnet_graph import export\n"
        "from polysense.weights.packaged import EFFICIENTNET\n"
        "export(EFFICIENTNET.verified(), Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.onnx")], check=True)
    pixels = np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 3), np.uint8)
    features, logits = run(tmp_path / "x.onnx", pixels)
    assert features.shape == (2, FEATURES)
    assert logits.shape == (2, CLASSES)
    assert (features >= 0).all()


@pytest.mark.slow
def test_the_graph_computes_what_torch_does(tmp_path: Path) -> None:
    """Against the published code, where it is installed."""
    torch = pytest.importorskip("torch", reason="the extra `models` is not installed")
    published = pytest.importorskip("efficientnet_lite_pytorch", reason="not installed")
    network = published.EfficientNet.from_name("efficientnet-lite0").eval()
    weights = EFFICIENTNET.verified()
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    pixels = np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 3), np.uint8)
    with torch.inference_mode():
        scaled = (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() - 127) / 128
        expected = network.extract_features(scaled).mean((2, 3)).numpy()
    export(weights, tmp_path / "x.onnx")
    features, _ = run(tmp_path / "x.onnx", pixels)
    np.testing.assert_allclose(features, expected, atol=1e-4)


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    """Never a graph of half the weights."""
    (tmp_path / "cut.pth").write_bytes(EFFICIENTNET.locate().read_bytes()[:1_000_000])
    with pytest.raises(Unreadable, match=r"cut\.pth"):
        export(tmp_path / "cut.pth", tmp_path / "x.onnx")
    assert not (tmp_path / "x.onnx").exists()
