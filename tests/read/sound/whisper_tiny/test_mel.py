"""What Whisper sees of a sound is what it was trained on."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.read.sound.whisper_tiny.mel import log_mel


@pytest.mark.parametrize("seconds", [0.5, 30, 31])
def test_as_transformers_has_it(seconds: float) -> None:
    """Short, full and too long, against another implementation."""
    transformers = pytest.importorskip("transformers", reason="needs the extra models")
    n = int(16_000 * seconds)
    noise = np.random.default_rng(0).normal(0, 0.1, n) * np.sin(np.arange(n) / 4000)
    sound = (noise + 0.2 * np.sin(np.arange(n) * 0.08)).astype(np.float32)
    features = transformers.WhisperFeatureExtractor()(
        sound, sampling_rate=16_000, return_tensors="np"
    )["input_features"][0]
    assert np.abs(log_mel(sound) - features).max() < 1e-3


def test_silence_has_no_marks() -> None:
    """No sound, no infinity."""
    assert np.allclose(log_mel(np.zeros(0, np.float32)), -1.5)
