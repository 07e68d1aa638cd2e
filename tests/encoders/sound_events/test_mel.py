"""YAMNet's patches: as many as there are, of the shape that it was trained on."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.encoders.sound_events.mel import BANDS, FRAMES, OFFSET, RATE, SHORTEST, patches


@pytest.mark.parametrize(
    ("samples", "count"),
    [(0, 1), (1, 1), (SHORTEST, 1), (SHORTEST + 1, 2), (10 * RATE, 20), (SHORTEST + 7680, 2)],
)
def test_every_sample_is_in_a_patch(samples: int, count: int) -> None:
    """Short sounds are filled with silence, and nothing is dropped at the end."""
    assert patches(np.zeros(samples, np.float32)).shape == (count, 1, FRAMES, BANDS)


def test_silence_is_the_offset() -> None:
    np.testing.assert_allclose(patches(np.zeros(RATE, np.float32)), np.log(OFFSET), atol=1e-6)


@pytest.mark.parametrize("hertz", [200, 1000, 5000])
def test_a_tone_is_loudest_in_its_band(hertz: int) -> None:
    """HTK's mel scale, 125 to 7500 Hz in 64 bands."""
    t = np.arange(RATE) / RATE
    frame = patches(np.sin(2 * np.pi * hertz * t).astype(np.float32))[0, 0, 40]
    edges = 1127 * np.log1p(np.array([125, 7500]) / 700)
    place = (1127 * np.log1p(hertz / 700) - edges[0]) / (edges[1] - edges[0]) * (BANDS + 1) - 1
    assert abs(frame.argmax() - place) <= 1
