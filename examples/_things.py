"""Sounds, and the things that make them, so that the examples need no data. Nothing here is about
polysense.
"""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

RATE = 22_050

Sound = NDArray[np.float64]


def save_sound(path: Path, sound: Sound) -> Path:
    """WAV of 16 bits, mono."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(
            (np.clip(sound / max(np.abs(sound).max(), 1e-9), -1, 1) * 30_000)
            .astype("<i2")
            .tobytes()
        )
    return path


def footsteps(steps: int, seed: int) -> Sound:
    """Somebody walking on boards: the heel, a moment later the toe, now left, now right."""
    chance = np.random.default_rng(seed)
    sound = np.zeros(int((0.3 + steps * 0.55) * RATE))
    t = np.arange(int(0.16 * RATE)) / RATE
    for step in range(steps):
        at = 0.1 + step * 0.55 + chance.normal(0, 0.008)
        pitch = 92 if step % 2 else 104
        for after, loud, hardness in ((0.0, 1.0, 70), (0.11, 0.45, 110)):
            thud = np.sin(2 * np.pi * pitch * t) * np.exp(-t * 38) + 0.5 * chance.normal(
                0, 1, len(t)
            ) * np.exp(-t * hardness)
            start = int((at + after) * RATE)
            sound[start : start + len(t)] += loud * thud * chance.uniform(0.85, 1.0)
    return sound


def ringing(
    partials: tuple[float, ...], base: float, fade: float, seconds: float = 4.0, every: float = 2.0
) -> Sound:
    """Something struck again and again that rings in these partials of a base pitch, and fades."""
    t = np.arange(int(every * RATE)) / RATE
    one = sum(
        np.sin(2 * np.pi * base * p * t) * np.exp(-t * fade * (1 + 0.4 * i)) / (1 + 0.3 * i)
        for i, p in enumerate(partials)
    )
    return np.tile(np.asarray(one), int(seconds / every))


def whistle(seconds: float = 4.0) -> Sound:
    """A kettle coming to the boil."""
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = 1900 + 500 * t / seconds + 14 * np.sin(2 * np.pi * 6 * t)
    return np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.minimum(
        t / 1.5, 1
    ) + 0.12 * np.random.default_rng(3).normal(0, 1, len(t))


def _slab(
    start: float, end: float, bottom: float, top: float, inset: float = 0.0
) -> trimesh.Trimesh:
    """A closed piece of the sole from start to end of its length (0 is the back of the heel, 1 the
    tip); else in metres.
    """
    # closer at the ends, which are round
    t = start + (end - start) * (1 - np.cos(np.linspace(0, np.pi, 48))) / 2
    half = (
        PchipInterpolator((0, 0.15, 0.42, 0.7, 1), (0.03, 0.034, 0.026, 0.046, 0.03))(t)
        * (1 - np.abs(2 * t - 1) ** 6) ** 0.5
        + 0.001
        - inset
    )
    middle, lift = (
        0.016 * np.sin(np.pi * t) ** 2 - 0.012 * t,
        0.012 * np.clip((t - 0.75) / 0.25, 0, 1) ** 2,
    )
    corners = [
        np.c_[0.28 * t, middle + side * half, high + lift]
        for side, high in ((1, bottom), (-1, bottom), (-1, top), (1, top))
    ]
    rings = np.stack(corners, axis=1).reshape(-1, 3)
    faces = [
        [4 * i + a, 4 * i + (a + 1) % 4, 4 * i + 4 + (a + 1) % 4, 4 * i + 4 + a]
        for i in range(len(t) - 1)
        for a in range(4)
    ]
    last = len(rings) - 4
    quads = np.array([*faces, [3, 2, 1, 0], [last, last + 1, last + 2, last + 3]])
    mesh = trimesh.Trimesh(rings, np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]]))
    mesh.fix_normals()
    return mesh


def sole() -> trimesh.Trimesh:
    """A sole of 28 cm that is narrow at the waist, with a heel of 2 cm and twelve bars of tread."""
    tread = [_slab(x, x + 0.025, -0.004, 0.001, 0.0008) for x in np.arange(0.46, 0.94, 0.04)]
    return _upright(
        trimesh.util.concatenate(
            [_slab(0, 1, 0, 0.009), _slab(0.004, 0.27, -0.02, 0.001, 0.0008), *tread]
        )
    )


def bell() -> trimesh.Trimesh:
    """A hand bell without its handle."""
    return _turned(
        (0, 0.13),
        (0.03, 0.13),
        (0.05, 0.1),
        (0.06, 0.04),
        (0.09, 0),
        (0.085, 0),
        (0.055, 0.04),
        (0.045, 0.09),
        (0, 0.12),
    )


def kettle() -> trimesh.Trimesh:
    """A kettle, its lid on."""
    return _turned(
        (0, 0), (0.1, 0), (0.11, 0.05), (0.07, 0.13), (0.03, 0.14), (0.03, 0.155), (0, 0.16)
    )


def glass() -> trimesh.Trimesh:
    """A wine glass."""
    outside = (0, 0), (0.035, 0), (0.004, 0.008), (0.004, 0.07), (0.03, 0.1), (0.034, 0.16)
    return _turned(*outside, (0.032, 0.16), (0.028, 0.1), (0, 0.078))


def _turned(*profile: tuple[float, float]) -> trimesh.Trimesh:
    """A body of revolution, by radius and height in metres."""
    return _upright(trimesh.creation.revolve(profile, sections=64))


def _upright(mesh: trimesh.Trimesh) -> trimesh.Trimesh:
    """With y up, as glTF has it."""
    return mesh.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, (1, 0, 0)))
