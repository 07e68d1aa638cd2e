"""A sound becomes a landscape: time to the right, pitch to the back, loudness upwards."""

from __future__ import annotations

import io
import time
import wave
from pathlib import Path

import numpy as np
import pytest
import trimesh

from polysense.make.solid.spectrogram3d import Spectrogram3d
from polysense.testing import check_converter
from polysense.types import Part, Span

RATE = 16_000


def sound(samples: np.ndarray) -> Part:
    return Part("audio", samples.astype(np.float32), f"audio/pcm;rate={RATE}")


def tone(hertz: float, seconds: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def read(part: Part) -> trimesh.Trimesh:
    (mesh,) = trimesh.load(io.BytesIO(part.data), file_type="glb", force="scene").geometry.values()
    return mesh


def ridge(mesh: trimesh.Trimesh, low: float, high: float) -> float:
    """Where, from the back (-) to the front (+), the land is highest between two places on the way."""
    x, y, z = mesh.vertices.T
    within = (x > low) & (x < high)
    return float(z[within][np.argmax(y[within])])


def test_low_in_front_high_behind_one_after_the_other() -> None:
    """First a low tone, then a high one: the first ridge lies nearer to the reader, and each where
    its time is.
    """
    (part,) = check_converter(Spectrogram3d(), sound(np.concatenate([tone(200, 1), tone(3000, 1)])))
    mesh = read(part)
    assert mesh.is_watertight
    assert mesh.volume > 0
    assert ridge(mesh, -0.055, -0.005) > 0.01
    assert ridge(mesh, 0.005, 0.055) < -0.005
    assert mesh.extents[[0, 2]] == pytest.approx((0.12, 0.06), rel=1e-4)
    assert mesh.bounds[0][1] == pytest.approx(0, abs=1e-6)
    assert part.meta["seconds"] == 2.0


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0), np.zeros(10), np.zeros(3 * RATE), np.full(RATE, 1e-5), np.full(RATE, np.nan)],
)
def test_silence_gives_nothing(samples: np.ndarray) -> None:
    assert list(Spectrogram3d().convert(sound(samples))) == []


def test_a_moment_is_closed_too() -> None:
    assert read(next(iter(Spectrogram3d().convert(sound(tone(440, 0.03)))))).is_watertight


def test_only_the_piece_that_is_meant(tmp_path: Path) -> None:
    """The span's seconds, not the whole recording."""
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as f:
        f.setparams((1, 2, RATE, 0, "NONE", ""))
        f.writeframes(
            (np.concatenate([np.zeros(2 * RATE), tone(440, 1)]) * 32767).astype("<i2").tobytes()
        )
    assert (
        list(Spectrogram3d().convert(Part("audio", path, "audio/wav", span=Span(seconds=(0, 1.5)))))
        == []
    )
    (part,) = Spectrogram3d().convert(Part("audio", path, "audio/wav", span=Span(seconds=(2, 3))))
    assert part.meta["seconds"] == pytest.approx(1, abs=0.05)
    assert part.name == "a-landscape.glb"


@pytest.mark.slow
def test_hours_are_pooled(tmp_path: Path) -> None:
    """Of three hours a few seconds a column are heard: it is done in seconds, and the tone in the
    second half is in its place.
    """
    path = tmp_path / "long.wav"
    minute = (tone(440, 60)[::2] * 32767).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as f:
        f.setparams((1, 2, RATE // 2, 0, "NONE", ""))
        for n in range(180):
            f.writeframes(minute if n >= 90 else bytes(len(minute)))
    began = time.process_time()
    (part,) = Spectrogram3d().convert(Part("audio", path, "audio/wav"))
    assert time.process_time() - began < 30
    mesh = read(part)
    x, y, _ = mesh.vertices.T
    assert y[x < -0.005].max() < 0.004
    assert y[x > 0.005].max() > 0.015
    assert part.meta["cells"] == [200, 64]
    assert part.meta["pooled"] is True
