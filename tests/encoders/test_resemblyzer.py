"""Resemblyzer: says what to install; with weights in place it runs the true network without running
the package.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense.encoders import resemblyzer
from polysense.encoders.resemblyzer import BANDS, HOP, WINDOW, Resemblyzer, frames, weights
from polysense.errors import MissingDependency
from polysense.types import Part
from polysense.weights import onnx_model


def vowel(hertz: float, seconds: float = 2.0) -> np.ndarray:
    """A buzz through two resonances that move, as a voice's do."""
    t = np.arange(int(16000 * seconds)) / 16000
    low, high = 500 + 250 * np.sin(2 * np.pi * 2 * t), 1500 + 700 * np.sin(2 * np.pi * 3 * t)
    pitch = 2 * np.pi * np.cumsum(hertz * (1 + 0.1 * np.sin(2 * np.pi * t))) / 16000
    loud = [
        np.exp(-(((k * hertz - low) / 150) ** 2)) + 0.3 * np.exp(-(((k * hertz - high) / 200) ** 2))
        for k in range(1, 25)
    ]
    return (
        0.2
        * sum(a * np.sin(k * pitch) for k, a in enumerate(loud, 1))
        * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))
    ).astype(np.float32)


@pytest.fixture
def untrained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The network of a package whose code must not run, with weights of the true shapes."""
    import torch

    torch.manual_seed(0)
    network = torch.nn.ModuleDict(
        {"lstm": torch.nn.LSTM(40, 256, 3, batch_first=True), "linear": torch.nn.Linear(256, 256)}
    )
    folder = tmp_path / "resemblyzer"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise AssertionError('the package was imported')")
    torch.save(
        {"step": 1, "model_state": {**network.state_dict(), "similarity_weight": torch.ones(1)}},
        folder / "pretrained.pt",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        resemblyzer, "WEIGHTS", sha256((folder / "pretrained.pt").read_bytes()).hexdigest()
    )
    monkeypatch.delitem(sys.modules, "resemblyzer", raising=False)
    return network


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polysense.weights.packaged.find_spec", lambda name: None)
    with pytest.raises(MissingDependency) as error:
        weights()
    assert "pip install 'polysense[speaker]'" in error.value.hint


def test_the_network_runs_without_the_package_being_imported(untrained: Any) -> None:
    """Rows are unit and positive; short voices and long ones; silence and noise are NaN."""
    noise, silence = (
        np.random.default_rng(0).normal(0, 0.1, 32000).astype(np.float32),
        np.zeros(48000, np.float32),
    )
    sounds = (
        vowel(120),
        vowel(120, 0.8),
        np.concatenate([vowel(210), silence, vowel(210)]),
        silence,
        noise,
    )
    rows = Resemblyzer(threads=1).encode(
        [Part("audio", sound, "audio/pcm;rate=16000") for sound in sounds]
    )
    assert rows.shape == (5, 256)
    np.testing.assert_allclose(np.linalg.norm(rows[:3], axis=1), 1, atol=1e-5)
    assert (rows[:3] >= 0).all()
    assert np.isnan(rows[3:]).all()
    assert "resemblyzer" not in sys.modules


def test_the_exported_graph_computes_what_torch_does(untrained: Any) -> None:
    """For any number of windows: it is written from an example of one."""
    import torch

    mels = frames(vowel(120, 5.0))
    windows = torch.from_numpy(np.stack([mels[at : at + WINDOW] for at in range(0, 3 * HOP, HOP)]))
    with torch.inference_mode():
        states = untrained["lstm"](windows)[1][0][-1]
        expected = torch.nn.functional.normalize(
            torch.relu(untrained["linear"](states)), dim=1
        ).numpy()
    session = onnx_model.load("resemblyzer", resemblyzer.WEIGHTS, resemblyzer._export, threads=1)
    np.testing.assert_allclose(
        session.run(["voices"], {"windows": windows.numpy()})[0], expected, atol=1e-5
    )


def test_other_weights_are_refused(untrained: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file of that name would put voices into a space that is not the one named."""
    monkeypatch.setattr(resemblyzer, "WEIGHTS", "0" * 64)
    with pytest.raises(MissingDependency, match="SHA-256"):
        Resemblyzer(threads=1).encode([Part("audio", vowel(120), "audio/pcm;rate=16000")])


def test_pauses_are_cut_and_volume_is_raised() -> None:
    """What the network was trained on: speech at -30 dBFS without long silence."""
    sound = vowel(120)
    apart = frames(np.concatenate([sound, np.zeros(80000, np.float32), sound]))
    assert apart.shape[1] == BANDS
    assert len(apart) < 480
    np.testing.assert_allclose(frames(0.001 * sound), frames(0.01 * sound), rtol=0.02, atol=1e-6)
