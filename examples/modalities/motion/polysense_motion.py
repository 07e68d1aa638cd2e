"""Traces of motion sensors for polysense: a modality that nothing knew, with a parser, a descriptor
that nobody trained, and traces made by seed to teach with.

A .motion file is a csv with the header x,y,z: accelerations in g, 50 a second.

    python polysense_motion.py FOLDER [COUNT]     writes COUNT traces, and pairs.csv
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import Unreadable
from polysense.modalities import ModalityDescription
from polysense.protocols import Encoder, Parser, Signal, Vectors
from polysense.types import Asset, Chunk, Part, Role, Space, Span

MOTION = ModalityDescription(
    "motion", title_zh="运动", endings=(".motion",), is_encoded_whole=True, is_shown=True
)

RATE = 50
"""Samples a second."""
WINDOW = 128
"""Samples of one spectrum: 2.5 seconds."""
BANDS = 24
"""Bands of frequencies, from 0.4 Hz to the highest, each twelve hundredths of an octave or more."""

Trace = NDArray[np.float64]


def read(data: Any) -> Trace:
    """(samples, 3) of a file's path or bytes. Raises Unreadable."""
    content = data if isinstance(data, bytes) else Path(data).read_bytes()
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
        if rows[0] != ["x", "y", "z"]:
            raise ValueError("its header is not x,y,z")
        trace = np.array(rows[1:], float).reshape(-1, 3)
    except (ValueError, IndexError) as e:
        raise Unreadable(f"this is no trace: {e}", "Take it out of the folder.") from e
    if len(trace) < 8:
        raise Unreadable("the trace is shorter than 8 samples", "Take it out of the folder.")
    return trace


def write(path: Path, trace: Trace) -> None:
    """A .motion file."""
    path.write_text("x,y,z\n" + "".join(f"{x:.4f},{y:.4f},{z:.4f}\n" for x, y, z in trace))


class MotionParser(Parser):
    """Reads .motion files: one chunk a trace."""

    accepts = frozenset({".motion"})

    def parse(self, asset: Asset) -> Iterator[Chunk]:
        """One chunk. Raises Unreadable."""
        seconds = len(read(asset.path)) / RATE
        part = Part("motion", asset.path, name=asset.name)
        words = f"motion trace of {seconds:.1f} seconds"
        yield Chunk(asset, Span(seconds=(0.0, seconds)), "motion", part, text=words)


class MotionEncoder(Encoder):
    """Spectra of what changes along gravity and across it, and how strong, how jerky, how still it
    is: however the sensor lies.
    """

    accepts = frozenset({"motion"})
    signal: Signal = "perceptual"
    space = Space("motion", "1", 2 * BANDS + 10)
    min_score = 0.5
    confident_score = 0.9

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors. Raises Unreadable."""
        rows = [describe(read(p.data)) for p in parts]
        return np.asarray(rows, np.float32).reshape(len(rows), self.space.dim)


def describe(trace: Trace) -> Trace:
    """(dim,), of unit length: how it differs from the middle of all kinds of motion."""
    middle, spread = _scale()
    row = (_features(trace) - middle) / spread
    return np.asarray(row / np.linalg.norm(row))


@cache
def _scale() -> tuple[Trace, Trace]:
    """Mean of the features over a few traces of each kind, and how they differ within a kind."""
    random = np.random.default_rng(0)
    rows = np.stack([[_features(make(kind, random)) for _ in range(6)] for kind in MOTIONS])
    return rows.mean(axis=(0, 1)), np.maximum(rows.std(axis=1).mean(axis=0), 0.02)


def _features(trace: Trace) -> Trace:
    gravity = trace.mean(axis=0)
    down = gravity / max(float(np.linalg.norm(gravity)), 1e-9)
    moving = trace - gravity
    along = moving @ down
    across = np.linalg.norm(moving - along[:, None] * down, axis=1)
    blocks = [_bands(along), _bands(across - across.mean())]
    strength = np.linalg.norm(moving, axis=1)
    jerk = np.linalg.norm(np.diff(moving, axis=0), axis=1)
    still = np.linalg.norm(trace, axis=1)
    shares = np.percentile(strength, (10, 50, 90, 100))
    extremes = [still.max(), still.min(), (still < 0.4).mean(), (strength < 0.05).mean()]
    halves = np.array_split(strength, 2)
    change = np.log1p(halves[1].mean()) - np.log1p(halves[0].mean())
    numbers = np.array([*np.log1p(shares), np.log1p(jerk.mean()), change, *extremes])
    return np.concatenate([*blocks, numbers])


def _bands(signal: Trace) -> Trace:
    """(BANDS,): the logarithm of the mean energy in each band; windows overlap by half."""
    padded = np.pad(signal, (0, max(0, WINDOW - len(signal))))
    starts = range(0, len(padded) - WINDOW + 1, WINDOW // 2)
    windows = np.stack([padded[s : s + WINDOW] for s in starts]) * np.hanning(WINDOW)
    energy = (np.abs(np.fft.rfft(windows, axis=1)) ** 2).mean(axis=0)[1:]
    edges = np.unique(np.geomspace(1, len(energy) + 1, BANDS + 1).astype(int))
    sums = np.array([energy[a - 1 : b - 1].mean() for a, b in pairwise(edges)])
    return np.log1p(np.pad(sums, (0, BANDS - len(sums)))) / 4


def _steps(random: np.random.Generator, time: Trace, rate: float, strength: float) -> Trace:
    """Up and down with each step, sideways with every second."""
    rate *= random.uniform(0.85, 1.15)
    phase = random.uniform(0, 2 * np.pi)
    up = strength * (np.sin(2 * np.pi * rate * time + phase) ** 3)
    up += 0.35 * strength * np.sin(4 * np.pi * rate * time + phase)
    side = 0.35 * strength * np.sin(np.pi * rate * time + phase)
    return np.stack([side, 0.5 * np.roll(up, 3), up], axis=1)


def _still(random: np.random.Generator, time: Trace) -> Trace:
    """Breath, and now and then a small stir."""
    breath = random.uniform(0.003, 0.02) * np.sin(2 * np.pi * random.uniform(0.2, 0.4) * time)
    stir = np.zeros((len(time), 3))
    for at in random.integers(0, len(time), random.integers(0, 4)):
        stir[at : at + random.integers(5, 40)] += random.normal(0, 0.06, 3)
    return stir + breath[:, None]


def _stairs(random: np.random.Generator, time: Trace) -> Trace:
    """Slow steps, and a pause on each landing."""
    trace = _steps(random, time, 1.4, 0.45)
    trace[:, 2] += 0.12 * np.sign(np.sin(2 * np.pi * 1.4 * time))
    landing = random.uniform(0.3, 0.7) * time[-1]
    return np.where((np.abs(time - landing) < 0.5)[:, None], 0.05 * trace, trace)


def _fall(random: np.random.Generator, time: Trace) -> Trace:
    """A walk, no weight for a third of a second, a blow, and nothing more."""
    at = random.uniform(0.35, 0.6) * time[-1]
    trace = np.where((time < at)[:, None], _steps(random, time, 1.8, 0.3), 0.0)
    trace[(time >= at) & (time < at + 0.35), 2] -= 0.9
    blow = (time >= at + 0.35) & (time < at + 0.45)
    trace[blow] += random.normal((0, 0, 3), 2.5, (int(blow.sum()), 3))
    return trace


def _cycle(random: np.random.Generator, time: Trace) -> Trace:
    """A smooth turning, and the road's shaking."""
    pedals = 0.12 * np.sin(2 * np.pi * 1.2 * time + random.uniform(0, 6))
    shaking = random.normal(0, 0.12, (len(time), 3))
    return np.stack([pedals, 0.5 * pedals, 0 * time], axis=1) + shaking


def _drive(random: np.random.Generator, time: Trace) -> Trace:
    """An engine's humming, and slow bends."""
    hum = random.uniform(0.03, 0.12) * np.sin(2 * np.pi * random.uniform(12, 23) * time)
    bend = random.uniform(0.03, 0.2) * np.sin(
        random.uniform(0.3, 1.5) * time + random.uniform(0, 6)
    )
    return np.stack([bend, hum, hum], axis=1)


def _jump(random: np.random.Generator, time: Trace) -> Trace:
    """Flight and landing, again and again."""
    phase = (time * random.uniform(0.7, 1.3) + random.uniform(0, 1)) % 1
    up = np.where(phase < 0.4, -0.95, np.where(phase < 0.55, 2.5, 0.0))
    return np.stack([0.1 * up, 0.1 * up, up], axis=1)


Motion = Callable[[np.random.Generator, Trace], Trace]

MOTIONS: Mapping[str, tuple[Motion, tuple[str, ...]]] = {
    "walking": (
        lambda r, t: _steps(r, t, 1.8, 0.35),
        (
            "somebody walks",
            "a walk through the park",
            "walking on foot",
            "walking along a street",
            "a hiker walks",
            "a slow stroll",
            "walking home",
            "he walked to the shop",
        ),
    ),
    "running": (
        lambda r, t: _steps(r, t, 2.8, 1.3),
        (
            "somebody runs",
            "jogging, running",
            "a sprint, running fast",
            "a runner's race",
            "she runs a marathon",
            "running after the bus",
            "a jog",
            "runners training",
        ),
    ),
    "stairs": (
        _stairs,
        (
            "climbing the stairs",
            "up a staircase",
            "walking upstairs",
            "stairs to the next floor",
            "climbing a stairway",
            "up the steps of the stairs",
            "taking the stairs",
            "stairs in a tower",
        ),
    ),
    "falling": (
        _fall,
        (
            "a person falls down",
            "an accident, a fall",
            "tripped and fell",
            "falling to the ground",
            "he fell off a ladder",
            "somebody stumbles and falls",
            "a bad fall",
            "fell over and lies there",
        ),
    ),
    "standing": (
        _still,
        (
            "standing still",
            "sitting and resting",
            "no movement at all",
            "lying quietly",
            "waiting without moving",
            "asleep, motionless",
            "sitting at a desk, still",
            "resting quietly",
        ),
    ),
    "cycling": (
        _cycle,
        (
            "riding a bicycle",
            "a bike tour",
            "pedalling a bicycle",
            "cycling along a road",
            "a cyclist",
            "riding a bike",
            "a bicycle ride",
            "cycling, bike riding",
        ),
    ),
    "driving": (
        _drive,
        (
            "driving in a car",
            "a trip by car",
            "driving on the motorway",
            "a car ride",
            "a drive in a vehicle",
            "the car's driver",
            "driving an automobile",
            "behind the wheel of a car",
        ),
    ),
    "jumping": (
        _jump,
        (
            "jumping up and down",
            "skipping rope, jumping",
            "hopping on the spot",
            "jumps on a trampoline",
            "somebody jumps",
            "a series of jumps",
            "leaping, jumping high",
            "hops and jumps",
        ),
    ),
}
"""Kinds of motion: what makes the accelerations, and words for it."""


CIRCUMSTANCES = ("", " for a while", " today", " again", " alone")
"""What is said besides, and no sensor tells."""


def make(kind: str, random: np.random.Generator) -> Trace:
    """A trace of a kind: 6 to 12 seconds, the sensor in any direction, with noise."""
    time = np.arange(int(random.uniform(6, 12) * RATE)) / RATE
    noise = random.uniform(0.005, 0.04)
    trace = MOTIONS[kind][0](random, time) * random.uniform(0.6, 1.4)
    trace = trace + random.normal((0, 0, 1), noise, trace.shape)  # gravity, and noise
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    return np.asarray(trace @ turn.T)


def make_folder(folder: Path, count: int = 320, seed: int = 0) -> list[tuple[str, str, str]]:
    """Write traces and pairs.csv; their (name, kind, words)."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(count):
        random = np.random.default_rng((seed, number))
        kind = list(MOTIONS)[number % len(MOTIONS)]
        words = f"{random.choice(MOTIONS[kind][1])}{random.choice(CIRCUMSTANCES)}"
        name = f"{number:04}.motion"
        write(folder / name, make(kind, random))
        rows.append((name, kind, words))
    with (folder / "pairs.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["motion", "text", "group"])
        table.writerows((name, words, kind) for name, kind, words in rows)
    return rows


if __name__ == "__main__":
    traces = make_folder(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
    print(f"{len(traces)} traces written to {sys.argv[1]}")
