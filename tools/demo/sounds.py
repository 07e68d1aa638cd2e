"""Sounds made from sines and noise: the old cracked bell, the new bell, waves, the foghorn; and
writing sound files.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

Samples = NDArray[np.float32]

RATE = 24000
_STRIKE = 392.0  # g', the note of both bells
_PARTIALS = (
    (0.5, 0.5, 5.0),
    (1.0, 0.8, 3.2),
    (1.2, 0.9, 2.6),
    (1.5, 0.35, 1.8),
    (2.0, 1.0, 1.9),
    (2.51, 0.4, 1.1),
    (3.01, 0.35, 0.8),
    (4.17, 0.3, 0.5),
    (5.43, 0.2, 0.3),
)
"""Each partial of a tuned bell: ratio to the prime, strength, seconds to fall by e."""


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(int(seconds * RATE)) / RATE


def _stroke(seconds: float, cracked: bool, rng: np.random.Generator) -> NDArray[np.float64]:
    t = _time(seconds)
    out = np.zeros_like(t)
    for ratio, strength, fall in _PARTIALS:
        if cracked:  # two halves ring apart, sourly and not for long
            for detune in (0.955, 1.021):
                out += (
                    0.5
                    * strength
                    * np.sin(2 * np.pi * _STRIKE * ratio * detune * t + rng.uniform(0, 6))
                    * np.exp(-t / (0.16 * fall + 0.05))
                )
        else:
            warble = 1 + 0.12 * np.sin(2 * np.pi * (0.6 + 0.5 * ratio) * t)
            out += strength * np.sin(2 * np.pi * _STRIKE * ratio * t) * warble * np.exp(-t / fall)
    clank = rng.normal(0, 1, len(t)) * np.exp(-t / (0.06 if cracked else 0.012))
    out += (1.1 if cracked else 0.5) * sosfilt(
        butter(2, (1200, 6500), "band", fs=RATE, output="sos"), clank
    )
    if cracked:
        rattle = (
            np.sign(np.sin(2 * np.pi * 47 * t)) * rng.normal(0, 0.35, len(t)) * np.exp(-t / 0.28)
        )
        out += sosfilt(butter(2, (700, 4000), "band", fs=RATE, output="sos"), rattle)
    return out


def bell(cracked: bool, strokes: int = 3, every: float = 2.0) -> Samples:
    """Strokes of the fog bell: cracked as in 1953, or recast in 1954."""
    rng = np.random.default_rng(1953 if cracked else 1954)
    ring = 2.0 if cracked else 4.0
    out = np.zeros(int(((strokes - 1) * every + ring + 0.2) * RATE))
    for i in range(strokes):
        start = int((0.1 + i * every) * RATE)
        stroke = _stroke(ring, cracked, rng)
        out[start : start + len(stroke)] += stroke * rng.uniform(0.85, 1)
    return _finish(_room(out, 0.12))


def waves(seconds: float = 10.0) -> Samples:
    """Waves that run up a shingle beach and drain away."""
    rng = np.random.default_rng(7)
    t = _time(seconds)
    noise = rng.normal(0, 1, len(t))
    deep = sosfilt(butter(2, 420, "low", fs=RATE, output="sos"), noise)
    wash = sosfilt(butter(2, (500, 5200), "band", fs=RATE, output="sos"), noise)
    phase = (t / 4.6 + 0.15) % 1
    swell = np.where(phase < 0.35, (phase / 0.35) ** 2, np.exp(-(phase - 0.35) * 4.2))
    late = np.roll(swell, int(0.5 * RATE))
    return _finish(2.4 * deep * (0.25 + swell) + 0.8 * wash * (0.05 + late**1.5))


def foghorn(blasts: int = 2) -> Samples:
    """Blasts of three seconds: two low reeds a fourth apart, with the grunt at the end."""
    out = []
    for _ in range(blasts):
        t = _time(3.0)
        pitch = np.where(t > 2.6, 1 - 0.35 * (t - 2.6) / 0.4, np.minimum(1, 0.9 + t))
        turn = 2 * np.pi * np.cumsum(pitch) / RATE
        reed = sum(
            (np.sin(92 * k * turn) + 0.8 * np.sin(122.6 * k * turn + k)) / k**0.9
            for k in range(1, 14)
        )
        envelope = np.minimum(1, t / 0.15) * np.minimum(1, (3.0 - t) / 0.12)
        out += [
            sosfilt(butter(2, 1100, "low", fs=RATE, output="sos"), reed) * envelope,
            np.zeros(int(1.2 * RATE)),
        ]
    return _finish(_room(np.concatenate(out), 0.35))


def _room(sound: NDArray[np.float64], wet: float) -> NDArray[np.float64]:
    t = _time(1.2)
    echo = np.random.default_rng(2).normal(0, 1, len(t)) * np.exp(-t / 0.3)
    tail = fftconvolve(sound, echo / np.linalg.norm(echo))
    return np.pad(sound, (0, len(tail) - len(sound))) + wet * tail


def _finish(sound: NDArray[np.float64]) -> Samples:
    fade = np.minimum(1, np.arange(len(sound))[::-1] / (0.4 * RATE))
    return (0.85 * sound * fade / np.abs(sound * fade).max()).astype(np.float32)


def noisy(sound: Samples, start: float, end: float, level: float, seed: int = 3) -> Samples:
    """A stretch of a sound, as a cheap recorder would have it: hiss and a narrow band."""
    cut = sound[int(start * RATE) : int(end * RATE)].astype(np.float64)
    cut = sosfilt(
        butter(2, (200, 6000), "band", fs=RATE, output="sos"), cut
    ) + np.random.default_rng(seed).normal(0, level, len(cut))
    return (0.7 * cut / np.abs(cut).max()).astype(np.float32)


def write(path: Path, sound: Samples, rate: int, bitrate: int = 48_000, title: str = "") -> None:
    """A mono .mp3 or .ogg (Opus, at RATE), the same bytes each time."""
    if path.suffix == ".ogg" and rate != RATE:
        shared = math.gcd(RATE, rate)
        sound, rate = resample_poly(sound, RATE // shared, rate // shared).astype(np.float32), RATE
    codec = {".mp3": "libmp3lame", ".ogg": "libopus"}[path.suffix]
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", container_options={"fflags": "+bitexact"}) as out:
        if title:
            out.metadata["title"] = title
        stream = out.add_stream(codec, rate=rate)
        stream.codec_context.layout = "mono"
        stream.codec_context.format = "s16p" if codec == "libmp3lame" else "s16"
        stream.codec_context.bit_rate = bitrate
        for packet in encoded(stream, sound, rate):
            out.mux(packet)


def encoded(stream: av.AudioStream, sound: Samples, rate: int) -> Iterator[av.Packet]:
    """The packets of a mono sound in the stream's own sample format, padded to whole frames, whose
    bytes are always the same.
    """
    stream.codec_context.open(strict=False)
    size, kind = stream.codec_context.frame_size, stream.codec_context.format.name
    sound = np.pad(sound, (0, -len(sound) % size))
    samples = np.round(sound * 32767).astype(np.int16) if kind.startswith("s16") else sound
    for start in range(0, len(samples), size):
        frame = av.AudioFrame.from_ndarray(
            samples[None, start : start + size], format=kind, layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield from stream.encode(frame)
    yield from stream.encode(None)
